"""Live cases moved from the command line: plan, dry run, apply (killed and gone on with), revert; every refusal a sentence."""

from __future__ import annotations

import multiprocessing
import re
import time
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Any

import pytest

from engine import Engine, migration
from engine.migration import PlanBroken
from engine.store import live, moves, queue
from engine.text import LANGUAGES, messages
from tests.engine.evidence import assert_whole, row_of
from tests.engine.migration.moves import asked_case, version
from tests.engine.test_moving import NEW_LIMIT, RENAMED
from tests.support.world import CHO_RA, fire, open_toy
from tests.web.cli.hands import Call, Said, one_sentence
from tests.web.cli.moved import run

ADMIN = ("--as", "admin")
BETWEEN = ("toy", "--from", "1", "--to", "2")
SURE = ("--sure", "states.asked")
REASON = ("--reason", "quy định mới")

processes = multiprocessing.get_context("forkserver")


def made(call: Call, *more: str) -> str:
    """The id of a new migration."""
    said = call("migrate", "plan", *BETWEEN, *more, *ADMIN, "--json")
    assert said.code == 0, said
    return str(said.json["id"])


def looked_at(call: Call, *more: str) -> tuple[str, str]:
    """A new migration that was looked at: its id, and the hash of the report."""
    id = made(call, *more)
    return id, str(call("migrate", "dry-run", id, *ADMIN, "--json").json["report"])


def applied(call: Call, id: str, report: str, *more: str) -> Said:
    return call("migrate", "apply", id, "--report", report, *REASON, *ADMIN, *more)


def test_a_plan_is_printed_with_its_guesses_and_the_cases_that_stand_there(
    engine: Engine, call: Call
) -> None:
    asked_case(engine)
    version(engine, *RENAMED, NEW_LIMIT)
    said = call("migrate", "plan", *BETWEEN, "--limit", "*=today", *ADMIN)
    assert said.code == 0
    assert (
        "asked (Đã trình) → submitted (Đã trình), 1 hồ sơ   ĐOÁN, hãy xác nhận: --sure states.asked"
        in said.out
    )
    assert "Mọi thời hạn: tính lại từ hôm nay" in said.out
    id = re.findall(r"migrate dry-run (\S+)", said.out)[0]
    shown = call("migrate", "show", id, *ADMIN, "--lang", "en")
    assert "GUESSED" in shown.out and "This move is not looked at yet." in shown.out
    assert call("migrate", "list", *ADMIN).out == f"{id}\ttoy\t1 → 2\tchưa xem trước\n"


def test_a_dry_run_says_the_totals_each_case_in_words_and_the_hash(engine: Engine, call: Call) -> None:
    case, draft = asked_case(engine), open_toy(engine).case
    version(engine, *RENAMED, NEW_LIMIT)
    id = made(call, *SURE)
    said = call("migrate", "dry-run", id, "--cases", *ADMIN, "--lang", "en")
    assert said.code == 0
    assert "2 cases: will move\n" in said.out and "2 of 2 cases done" in said.err
    number = row_of(engine, case).reference
    assert re.search(rf"^{number}\twill move\tSubmitted\t.*a new time limit “", said.out, re.MULTILINE)
    report = re.findall(r"--report ([0-9a-f]{64})", said.out)[0]
    with engine.database.read() as connection:
        row = moves.get(connection, id)
    assert row is not None and row.report_sha256 == report
    assert row_of(engine, draft).definition_number == 1
    assert "Triệu" not in said.out + said.err and "riêng tư" not in said.out


def test_what_was_looked_at_is_applied_and_taken_back(engine: Engine, call: Call) -> None:
    cases = [asked_case(engine), open_toy(engine).case]
    version(engine, *RENAMED)
    id, report = looked_at(call, *SURE)
    said = applied(call, id, report)
    assert (said.code, "2 hồ sơ đã chuyển" in said.out) == (0, True)
    assert [row_of(engine, each).definition_number for each in cases] == [2, 2]
    again = applied(call, id, report)
    assert (again.code, again.out) == (0, said.out)
    back = call("migrate", "revert", id, *ADMIN, "--json")
    assert (back.code, back.json["reverts"], back.json["totals"]) == (0, id, {"planned": 2})
    assert applied(call, back.json["id"], back.json["report"]).code == 0
    assert [row_of(engine, each).definition_number for each in cases] == [1, 1]
    for each in cases:
        assert_whole(engine, each)
    assert (call("verify").code, call("replay").code) == (0, 0)


def test_a_plan_says_for_states_cases_areas_fields_and_defaults_what_the_call_says(
    engine: Engine, call: Call
) -> None:
    one, other, far = (
        asked_case(engine),
        asked_case(engine),
        open_toy(engine, "other_officer", place=CHO_RA).case,
    )
    version(engine, *RENAMED)
    more = (
        "--state",
        "asked=hand",
        "--hand",
        f"{row_of(engine, one).reference}=submitted",
        "--state",
        "draft=stay",
    )
    id = made(call, *more, "--default", "amount=1.500.000", "--area", "01906")
    said = call("migrate", "dry-run", id, "--cases", *ADMIN, "--json")
    assert (said.code, said.json["totals"]) == (1, {"planned": 1, "hand": 1})
    found = {each["case"]: each["status"] for each in said.json["cases"]}
    assert found == {one: "planned", other: "hand"} and far not in found
    assert said.json["plan"]["defaults"] == {"amount": 1500000}


def test_a_case_that_changed_is_skipped_and_the_call_says_so(engine: Engine, call: Call) -> None:
    case = asked_case(engine)
    version(engine, NEW_LIMIT)
    id, report = looked_at(call)
    assert fire(engine, case, "remark", "officer", note="thêm").applied
    said = applied(call, id, report, "--cases")
    assert said.code == 1
    assert "\tbỏ qua\t" in said.out and "hồ sơ đã thay đổi sau khi xem trước" in said.out


def test_killed_in_the_middle_the_same_call_goes_on_and_moves_every_case_once(
    engine: Engine, call: Call, home: Path
) -> None:
    cases = [asked_case(engine) for _ in range(60)]
    version(engine, NEW_LIMIT)
    id, report = looked_at(call)
    url = engine.database.url.render_as_string(hide_password=False)
    words = ("migrate", "apply", id, "--report", report, *REASON, *ADMIN)
    kills = 0
    for aim in (1, 12, 24):
        mover = processes.Process(target=run, args=(str(home), url, *words))
        mover.start()
        while mover.is_alive() and moved(engine) < aim:
            time.sleep(0.002)
        kills += mover.is_alive()
        mover.kill()
        mover.join()
    assert kills == 3 and 0 < moved(engine) < 60
    said = call(*words)
    assert (said.code, "60 hồ sơ đã chuyển" in said.out) == (0, True)
    assert [row_of(engine, each).version for each in cases] == [3] * 60
    assert_whole(engine, cases[0])
    assert (call("verify").code, call("replay").code) == (0, 0)


def moved(engine: Engine) -> int:
    """How many cases follow the new version."""
    with engine.database.read() as connection:
        return sum(live.open_cases(connection, "toy").get(2, {}).values())


def test_while_a_worker_has_it_the_call_waits_and_then_goes_on(engine: Engine, call: Call) -> None:
    case = asked_case(engine)
    version(engine, NEW_LIMIT)
    id, report = looked_at(call)
    held, let_go = Event(), Event()

    def worker() -> None:
        with queue.claimed(engine.database, id) as mine:
            assert mine
            held.set()
            let_go.wait(10)

    thread = Thread(target=worker)
    thread.start()
    assert held.wait(10)
    Timer(0.5, let_go.set).start()
    assert applied(call, id, report).code == 0
    thread.join()
    assert row_of(engine, case).definition_number == 2


@pytest.mark.parametrize(
    ("given", "code", "hint"),
    [
        (("plan", "toy", "--from", "1", "--to", "9"), 2, "phiên bản 9"),
        (("plan", "tyo", "--from", "1", "--to", "2"), 2, "toy"),
        (("plan", "toy", "--from", "1", "--to", "1"), 1, "hai phiên bản khác nhau"),
        (("plan", *BETWEEN, "--state", "asked=nowhere"), 1, "Trạng thái “Đã trình”: phiên bản mới không có trạng thái “nowhere”"),
        (("plan", *BETWEEN, "--state", "nowhere=draft"), 2, "nowhere"),
        (("plan", *BETWEEN, "--state", "asked=granted"), 1, "không thể chuyển thành “Đã duyệt”"),
        (("plan", *BETWEEN, "--state", "asked"), 2, "CŨ=MỚI"),
        (("plan", *BETWEEN, "--field", "what=amount"), 1, "“Nội dung” thành “Số tiền”"),
        (("plan", *BETWEEN, "--limit", "*=never"), 1, "Mọi thời hạn: “never”"),
        (("plan", *BETWEEN, "--default", "years=3"), 1, "“Tuổi”"),
        (("plan", *BETWEEN, "--default", "amount=nhiều"), 1, "“Số tiền” không dùng được: cần số tiền"),
        (("plan", *BETWEEN, "--hand", "nowhere=draft"), 2, "nowhere"),
        (("plan", *BETWEEN, "--area", "nowhere"), 2, "nowhere"),
        (("plan", *BETWEEN, "--sure", "states.draft"), 2, "states.draft"),
        (("dry-run", "nowhere"), 2, "nowhere"),
        (("show", "nowhere"), 2, "nowhere"),
        (("apply", "nowhere", "--report", "x"), 2, "nowhere"),
        (("revert", "nowhere"), 2, "nowhere"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(
    engine: Engine, call: Call, given: tuple[str, ...], code: int, hint: str
) -> None:
    version(engine, *RENAMED)
    said = call("migrate", *given, *ADMIN)
    assert (said.code, said.out) == (code, ""), said
    assert one_sentence(said.err) and hint in said.err


def test_nothing_is_applied_without_the_report_that_was_read_a_reason_and_every_guess_confirmed(
    engine: Engine, call: Call
) -> None:
    case = asked_case(engine)
    version(engine, *RENAMED)
    id, report = looked_at(call)
    for given, hint in (
        (("--report", "0" * 64, *REASON), "đã thay đổi"), (("--report", report), "lý do"),
        (("--report", report, *REASON), "Trạng thái “Đã trình”: chương trình mới chỉ đoán"),
    ):  # fmt: skip
        said = call("migrate", "apply", id, *given, *ADMIN)
        assert said.code == 1 and one_sentence(said.err) and hint in said.err, said
    assert row_of(engine, case).definition_number == 1
    assert call("migrate", "revert", id, *ADMIN).code == 1


@pytest.mark.parametrize(
    "given", [("list",), ("plan", *BETWEEN), ("show", "x"), ("apply", "x", "--report", "y")]
)
def test_only_an_administrator_moves_or_sees_moves(
    engine: Engine, call: Call, given: tuple[str, ...]
) -> None:
    said = call("migrate", *given, "--as", "lead")
    assert (said.code, said.out) == (1, "") and "quản trị viên" in said.err


def test_every_fault_of_a_plan_has_its_sentence() -> None:
    text = "".join(Path(each.__file__).read_text("utf-8") for each in _modules() if each.__file__)
    codes = set(re.findall(r'PlanBroken\(\s*"(\w+)"', text))
    assert len(codes) > 15
    for language in LANGUAGES:
        assert {code for code in codes if not messages().has(f"migration.fault.{code}")} == set()
        assert all(messages().sentences[language].get(f"migration.fault.{code}") for code in codes)


def _modules() -> list[Any]:
    from engine.migration import plan, running
    from web import migration_model

    return [plan, running, migration_model]


def test_a_dry_run_that_is_begun_again_leaves_no_case_out(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.engine.migration.test_running import again, planned, rows

    cases = {asked_case(engine) for _ in range(4)}
    version(engine, NEW_LIMIT)
    found = planned(engine)
    migration.look(engine, found, "admin")
    migration.advance(engine, found.id, 2)
    rehearse = engine.rehearse_moves

    def meanwhile(*given: Any) -> Any:
        monkeypatch.setattr(engine, "rehearse_moves", rehearse)
        migration.look(engine, again(engine, found), "admin")
        return rehearse(*given)

    monkeypatch.setattr(engine, "rehearse_moves", meanwhile)
    while migration.advance(engine, found.id, 2):
        pass
    assert rows(engine, found).keys() == cases
    with pytest.raises(PlanBroken):
        migration.may(engine, "lead")
