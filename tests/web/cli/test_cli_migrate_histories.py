"""The regression gate from the command line: histories taken again by the new version, in numbers, words and an exit code."""

from __future__ import annotations

from engine import Engine
from tests.engine.evidence import row_of, snapshot
from tests.engine.migration.moves import asked_case, version
from tests.engine.test_moving import RENAMED
from tests.support.world import fire, open_toy
from tests.web.cli.hands import Call, one_sentence
from tests.web.cli.test_cli_migrate import ADMIN, SURE, made

STRICTER = ('need: "amount >= 1"', 'need: "amount >= 1500"')


def test_histories_that_are_legal_under_other_names_are_counted_and_nothing_is_written(
    engine: Engine, call: Call
) -> None:
    asked_case(engine), open_toy(engine)
    version(engine, *RENAMED)
    id = made(call, *SURE)
    before = snapshot(engine.database)
    said = call("migrate", "histories", id, *ADMIN)
    assert (said.code, said.out) == (0, "Diễn biến của 2 trên 2 hồ sơ vẫn hợp lệ.\n")
    assert "Đã xét 2 trên 2 hồ sơ\n" in said.err
    assert snapshot(engine.database) == before
    said = call("migrate", "histories", id, *ADMIN, "--lang", "en")
    assert (said.code, said.out) == (0, "2 of 2 histories are still legal.\n")


def test_each_illegal_history_is_told_by_number_step_state_and_reason_and_by_nothing_it_holds(
    engine: Engine, call: Call
) -> None:
    number = row_of(engine, asked_case(engine)).reference
    open_toy(engine)
    version(engine, STRICTER)
    id = made(call)
    said = call("migrate", "histories", id, *ADMIN)
    first, line = said.out.splitlines()
    assert said.code == 1
    assert first.startswith("Diễn biến của 1 trên 2 hồ sơ vẫn hợp lệ; bước không hợp lệ đầu tiên: hồ sơ ")
    assert first.endswith(f"{number}, bước 2 “Trình đề nghị” từ “Dự thảo”.")
    assert line == f"{number}\tbước 2 “Trình đề nghị” từ “Dự thảo”\tSố tiền phải lớn hơn 0."
    told = call("migrate", "histories", id, *ADMIN, "--json")
    assert (told.code, told.json["looked_at"], told.json["legal"], told.json["more"]) == (1, 2, 1, False)
    (illegal,) = told.json["illegal"]
    assert (illegal["reference"], illegal["seq"], illegal["trigger"], illegal["state"], illegal["codes"]) == (
        number, 2, "ask", "draft", ["guard"],
    )  # fmt: skip
    english = call("migrate", "histories", id, *ADMIN, "--lang", "en")
    assert f"1 of 2 histories are still legal; first illegal step: case {number}, step 2 “" in english.out
    for each in (said, told, english):
        for private in ("sách vở", "riêng tư", "Triệu", "1000", "1.000", "Nông Thị"):
            assert private not in each.out + each.err


def test_a_step_that_is_gone_or_leads_elsewhere_is_called_as_the_old_version_called_it(
    engine: Engine, call: Call
) -> None:
    case = asked_case(engine)
    assert fire(engine, case, "return_request", "chair", reason="thiếu").applied
    version(engine, ("  return_request:", "  send_back:"))
    said = call("migrate", "histories", made(call), *ADMIN)
    assert said.code == 1 and "Quy trình của hồ sơ không có bước “Trả lại”." in said.out
    version(engine, ("    from: asked\n    to: draft\n", "    from: asked\n    to: same\n"))
    id = call("migrate", "plan", "toy", "--from", "1", "--to", "3", *ADMIN, "--json").json["id"]
    assert "Phiên bản mới đưa hồ sơ đến “Đã trình”." in call("migrate", "histories", id, *ADMIN).out


def test_as_many_are_looked_at_as_asked_for_and_a_set_of_none_is_said_so(engine: Engine, call: Call) -> None:
    for _ in range(3):
        open_toy(engine)
    version(engine, ("Duyệt, en: Grant}", "Duyệt, en: Allow}"))
    id = made(call)
    said = call("migrate", "histories", id, "--most", "2", *ADMIN)
    assert (said.code, said.out.splitlines()) == (
        0,
        [
            "Diễn biến của 2 trên 2 hồ sơ vẫn hợp lệ.",
            "Chỉ xét 2 hồ sơ đầu tiên; còn hồ sơ khác chưa xét.",
        ],
    )
    none = made(call, "--state", "draft=stay")
    assert call("migrate", "histories", none, *ADMIN).out.startswith("Kế hoạch không chuyển hồ sơ nào")


def test_only_an_administrator_asks_and_a_bad_call_is_one_sentence(engine: Engine, call: Call) -> None:
    version(engine, STRICTER)
    id = made(call)
    assert call("migrate", "histories", id, "--as", "lead").code == 1
    for given in (("x",), (id, "--most", "0")):
        said = call("migrate", "histories", *given, *ADMIN)
        assert said.code == 2 and one_sentence(said.err), said
