"""`publish`, `drafts`, `retire`: two persons at the command line, what each is told, and the exit codes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from engine import Engine
from engine.store import changing, reference
from engine.store.rows import ActorRow, HoldingRow
from tests.support.world import PROVINCE, TOY, open_toy
from tests.web.cli.hands import Call, one_sentence, open_case
from tests.web.visitor import rows

ROOT = Path(__file__).parents[3]
OTHER = TOY.replace("{vi: Số tiền,", "{vi: Số tiền xin,")
WARNED = OTHER.replace('province_child_lead: "*"', 'province_child_lead: "*"\n  auditor: "*"')


@pytest.fixture(autouse=True)
def binh(engine: Engine) -> None:
    """A second administrator."""
    person = ActorRow(id="binh", name="Bình Thử", username="binh", fs_uniquifier="binh")
    held = HoldingRow(
        id="binh",
        actor="binh",
        function="admin",
        agency="so_y_te",
        area=PROVINCE,
        valid_from=date(2025, 7, 1),
    )
    with engine.database.write() as connection:
        reference.put_actors(connection, [person])
        reference.put_holdings(connection, [held])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A changed workflow."""
    path = tmp_path / "toy.yaml"
    path.write_text(OTHER, "utf-8")
    return path


def newest(engine: Engine) -> int:
    with engine.database.read() as connection:
        return reference.newest(connection)["toy"]


def draft_in(text: str) -> str:
    found = re.search(r"--draft (\S+)", text)
    assert found
    return found[1]


def test_one_submits_a_file_and_a_second_person_publishes_it(engine: Engine, call: Call, file: Path) -> None:
    said = call("publish", str(file), "--as", "admin", "--lang", "en")
    assert (said.code, newest(engine)) == (0, 1)
    draft = draft_in(said.out)
    assert "waits for a second person" in call("drafts", "--lang", "en").out
    own = call("publish", "--draft", draft, "--as", "admin", "--lang", "en")
    assert (own.code, "another administrator has to publish it" in own.err) == (1, True)
    assert "version 2" in call("publish", "--draft", draft, "--as", "binh", "--lang", "en").out
    with engine.database.read() as connection:
        row = reference.definition(connection, "toy", 2)
    assert row is not None
    assert (row.published_by, row.source) == ("binh", OTHER)
    again = call("publish", "--draft", draft, "--as", "binh", "--lang", "en")
    assert (again.code, "published already, as version 2" in again.err) == (1, True)
    assert call("drafts", "--lang", "en").out == "0 drafts.\n"


def test_the_same_file_again_is_the_same_draft(engine: Engine, call: Call, file: Path) -> None:
    first, second = (draft_in(call("publish", str(file), "--as", "admin").out) for _ in range(2))
    assert first == second
    assert len(rows(engine, changing.definition_draft)) == 1


def test_a_warning_is_ticked_with_a_reason_or_nothing_is_submitted(
    engine: Engine, call: Call, file: Path
) -> None:
    file.write_text(WARNED, "utf-8")
    said = call("publish", str(file), "--as", "admin", "--lang", "en")
    assert (said.code, said.out) == (1, "")
    assert f"{file}:12:13: warning WF503 " in said.err
    assert "--tick CODE:PATH=REASON" in said.err
    for tick, code, words in (
        ("WF503", 2, "says no reason"), ("WF503= ", 2, "says no reason"), ("WF601=x", 1, "no warning “WF601”"),
        ("WF503:access.officer=x", 1, "no warning"),
    ):  # fmt: skip
        told = call("publish", str(file), "--as", "admin", "--tick", tick, "--lang", "en")
        assert (told.code, one_sentence(told.err), words in told.err) == (code, True, True)
    assert rows(engine, changing.definition_draft) == []
    assert call("publish", str(file), "--as", "admin", "--tick", "WF503:access.auditor=để kiểm tra").code == 0
    (draft,) = rows(engine, changing.definition_draft)
    assert draft["ticks"] == {"WF503:access.auditor": {"reason": "để kiểm tra", "by": "admin"}}


def test_a_code_alone_ticks_all_its_warnings(engine: Engine, call: Call, file: Path) -> None:
    file.write_text(WARNED.replace('auditor: "*"', 'auditor: "*"\n  school: "*"'), "utf-8")
    assert call("publish", str(file), "--as", "admin", "--tick", "WF503=để kiểm tra").code == 0
    (draft,) = rows(engine, changing.definition_draft)
    assert sorted(draft["ticks"]) == ["WF503:access.auditor", "WF503:access.school"]


def test_content_that_is_published_is_answered_as_such(engine: Engine, call: Call, file: Path) -> None:
    file.write_text(TOY, "utf-8")
    said = call("publish", str(file), "--as", "admin")
    assert (said.code, said.out) == (
        0, "Không ban hành gì. Nội dung không khác gì phiên bản 1 đã ban hành của quy trình “toy”.\n",
    )  # fmt: skip
    file.write_text(OTHER, "utf-8")
    call("publish", "--draft", draft_in(call("publish", str(file), "--as", "admin").out), "--as", "binh")
    file.write_text(TOY, "utf-8")
    said = call("publish", str(file), "--as", "admin", "--lang", "en")
    assert (said.code, "new cases follow version 2" in said.out, newest(engine)) == (0, True, 2)
    assert len(rows(engine, changing.definition_draft)) == 1


def test_a_draft_whose_text_is_another_one_than_was_read_is_not_published(
    engine: Engine, call: Call, file: Path
) -> None:
    draft = draft_in(call("publish", str(file), "--as", "admin").out)
    said = call("publish", "--draft", draft, "--seen", "0" * 12, "--as", "binh", "--lang", "en")
    assert (said.code, one_sentence(said.err), newest(engine)) == (1, True, 1)
    found = re.search(r"text (\w{12})", call("drafts", "--lang", "en").out)
    assert found
    assert call("publish", "--draft", draft, "--seen", found[1], "--as", "binh").code == 0
    assert newest(engine) == 2


def test_a_version_is_retired_with_a_reason_and_it_is_said_what_follows(
    engine: Engine, call: Call, file: Path
) -> None:
    call("publish", "--draft", draft_in(call("publish", str(file), "--as", "admin").out), "--as", "binh")
    open_case(call)
    for words, code in (
        (["toy", "9", "--reason", "x"], 1), (["toy", "0", "--reason", "x"], 2), (["toy", "2"], 2),
        (["toy", "2", "--reason", " "], 1),
    ):  # fmt: skip
        said = call("retire", *words, "--as", "admin", "--lang", "en")
        assert (said.code, one_sentence(said.err)) == (code, True)
    said = call("retire", "toy", "2", "--reason", "thời hạn sai", "--as", "admin", "--lang", "en")
    assert (said.code, "New cases follow version 1" in said.out, newest(engine)) == (0, True, 1)
    said = call("retire", "toy", "1", "--reason", "thôi dùng", "--as", "admin", "--lang", "en")
    assert (said.code, "No new case of this workflow can be opened" in said.out) == (0, True)
    assert call("retire", "toy", "1", "--reason", "x", "--as", "admin").code == 1
    kinds = [each["kind"] for each in rows(engine, changing.version_event)]
    assert kinds == ["submitted", "published", "retired", "retired"]
    assert call("verify").code == 0


def test_a_rule_table_is_put_into_force_at_once(engine: Engine, call: Call) -> None:
    file = ROOT / "workflows" / "decisions" / "policy_credit.yaml"
    assert "policy_credit" in call("publish", str(file), "--as", "admin").out
    with engine.database.read() as connection:
        assert "policy_credit" in reference.load(connection).decision_tables
    again = call("publish", str(file), "--as", "admin", "--lang", "en")
    assert (again.code, again.out.startswith("Nothing was published: rule table policy_credit")) == (0, True)


def test_a_file_with_errors_is_not_submitted_and_each_is_told(
    engine: Engine, call: Call, file: Path, tmp_path: Path
) -> None:
    file.write_text(TOY.replace("to: asked", "to: aksed"), "utf-8")
    said = call("publish", str(file), "--as", "admin", "--lang", "en")
    assert (said.code, said.out) == (1, "")
    assert "WF101" in said.err
    file.write_text("\tx: [", "utf-8")
    assert call("publish", str(file), "--as", "admin").code == 2
    file.write_bytes(b"id: \xff\xfe")
    assert call("publish", str(file), "--as", "admin").code == 2
    assert call("publish", str(tmp_path / "none.yaml"), "--as", "admin").code == 2
    assert call("publish", str(tmp_path), "--as", "admin").code == 2
    assert rows(engine, changing.definition_draft) == []


def test_what_open_cases_could_not_read_is_not_submitted_and_what_they_lose_needs_a_tick(
    engine: Engine, call: Call, file: Path
) -> None:
    open_toy(engine)
    file.write_text(TOY.replace("what: {type: text,", "what: {type: long_text,"), "utf-8")
    said = call("publish", str(file), "--as", "admin", "--lang", "en")
    assert (said.code, said.out) == (1, "")
    assert "WF703" in said.err
    file.write_text(TOY.replace('need: "known(name)"', 'need: "known(name) and years > 90"'), "utf-8")
    said = call("publish", str(file), "--as", "admin", "--lang", "en")
    assert (said.code, "WF702" in said.err) == (1, True)
    ticks = [
        word for code in set(re.findall(r"WF\d{3}", said.err)) for word in ("--tick", f"{code}=chỉ người già")
    ]
    assert call("publish", str(file), "--as", "admin", *ticks).code == 0


def test_only_an_administrator_submits_publishes_and_retires(engine: Engine, call: Call, file: Path) -> None:
    draft = draft_in(call("publish", str(file), "--as", "admin").out)
    for words in (
        ["publish", str(file)], ["publish", "--draft", draft], ["retire", "toy", "1", "--reason", "x"],
    ):  # fmt: skip
        said = call(*words, "--as", "officer")
        assert (said.code, said.out, one_sentence(said.err)) == (1, "", True)
    assert newest(engine) == 1
    assert call("publish", "--draft", "none", "--as", "binh").code == 1
