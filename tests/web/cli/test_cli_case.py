from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from engine import Engine
from engine.store import ground, tables
from tests.engine.worker.story import done, open_helping, open_lesson, turn
from tests.support.world import BA_BE, fire
from tests.web.cli.hands import FILLED, Call, Said, one_sentence, open_case

# ------------------------------------------------------------------ cases: doing


def test_a_case_is_opened_and_moved_by_script(engine: Engine, call: Call) -> None:
    said = call("case", "open", "toy", "--as", "officer", *FILLED)
    assert said.code == 0
    number = re.search(r"\d{5}-\d{4}-\d{5}", said.out)
    assert number
    said = call(
        "case",
        "fire",
        number[0],
        "ask",
        "--as",
        "officer",
        "--set",
        "amount=1.500.000",
        "--set",
        "urgency=low",
        "--lang",
        "en",
    )
    assert said == Said(0, f"Done: Submit. Case {number[0]}: Submitted, entry 2.\n", "")


def test_what_is_done_is_recorded_as_come_by_the_command_line(engine: Engine, call: Call) -> None:
    case = open_case(call)["case"]
    call("case", "fire", case, "ask", "--as", "officer", "--set", "amount=5", "--set", "urgency=low")
    with engine.database.read() as connection:
        bodies = connection.scalars(
            select(tables.case_event.c.body).where(tables.case_event.c.case_id == case)
        ).all()
    assert [(json.loads(each)["request"], json.loads(each)["actor"]) for each in bodies] == [
        ("cli", "officer")
    ] * 2


def test_a_refused_step_prints_every_reason_and_changes_nothing(engine: Engine, call: Call) -> None:
    case = open_case(call)["case"]
    said = call("case", "fire", case, "ask", "--as", "chair", "--set", "amount=0", "--lang", "en")
    assert said.code == 1
    assert said.out.splitlines()[0] == "Not done: Submit."
    assert "- The amount must be above zero." in said.out
    assert "- Fill in “Urgency”." in said.out
    assert "- This can only be done by: Commune child-protection officer." in said.out
    assert len(engine.timeline(case)) == 1
    vietnamese = call("case", "fire", case, "ask", "--as", "chair", "--set", "amount=0")
    assert "- Số tiền phải lớn hơn 0." in vietnamese.out
    assert vietnamese.out.count("\n- ") == said.out.count("\n- ")


def test_a_refusal_in_json_has_codes_and_both_languages(engine: Engine, call: Call) -> None:
    said = call("case", "open", "toy", "--as", "officer", "--set", f"place={BA_BE}", "--json")
    assert said.code == 1
    assert said.json["applied"] is False
    (blocker,) = said.json["blockers"]
    assert (blocker["code"], blocker["field"]) == ("field_missing", "what")
    assert blocker["message"] == {"vi": "Cần điền “Nội dung”.", "en": "Fill in “What”."}


def test_values_that_cannot_be_read_are_told_with_all_else_and_nothing_is_tried(
    engine: Engine, call: Call
) -> None:
    case = open_case(call)["case"]
    words = ("--set", "amount=much", "--set", "colour=red", "--set", "urgency=low")
    said = call("case", "fire", case, "ask", "--as", "chair", *words, "--json")
    assert said.code == 1
    assert {(each["code"], each["field"]) for each in said.json["blockers"]} >= {
        ("field_type", "amount"), ("field_unknown", "colour"), ("function", ""),
    }  # fmt: skip
    said = call("case", "fire", case, "ask", "--as", "officer", *words)
    assert said.code == 1
    assert len(engine.timeline(case)) == 1


def test_a_trigger_that_is_not_there_is_refused_by_name(engine: Engine, call: Call) -> None:
    case = open_case(call)["case"]
    assert [
        each["code"]
        for each in call("case", "fire", case, "frob", "--as", "officer", "--json").json["blockers"]
    ] == ["unknown_trigger"]
    assert [
        each["code"]
        for each in call("case", "fire", case, "grant", "--as", "chair", "--json").json["blockers"]
    ] == ["wrong_state"]


def test_the_same_request_twice_is_one_step(engine: Engine, call: Call) -> None:
    command = str(uuid4())
    first, again = open_case(call, "--command", command), open_case(call, "--command", command)
    assert (first["case"], first["reference"]) == (again["case"], again["reference"])
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert len(engine.timeline(first["case"])) == 1
    other = call(
        "case",
        "open",
        "toy",
        "--as",
        "officer",
        "--set",
        f"place={BA_BE}",
        "--set",
        "what=x",
        "--command",
        command,
        "--json",
    )
    assert other.code == 1
    assert [each["code"] for each in other.json["blockers"]] == ["command_reused"]


def test_a_reason_is_given_with_the_step(engine: Engine, call: Call) -> None:
    case = open_case(call)["case"]
    call("case", "fire", case, "ask", "--as", "officer", "--set", "amount=5", "--set", "urgency=low")
    said = call("case", "fire", case, "return_request", "--as", "chair", "--json")
    assert [each["code"] for each in said.json["blockers"]] == ["reason"]
    assert (
        call("case", "fire", case, "return_request", "--as", "chair", "--reason", "Thiếu giấy tờ").code == 0
    )


def test_a_step_that_opens_a_track_takes_its_agency(engine: Engine, call: Call) -> None:
    case = open_helping(engine)
    assert call("case", "fire", case, "teach", "--as", "officer", "--set", "at=school").code == 0
    assert call("case", "list", "--as", "teacher", "--json").json[0]["definition"] == "lesson"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["case", "fire", "01906-2020-00001", "ask", "--as", "officer"], "01906-2020-00001"),
        (["case", "fire", str(uuid4()), "ask", "--as", "officer"], ""),
        (["case", "show", "x", "--as", "officer"], "x"),
        (["case", "show", "x", "--as", "nobody"], "nobody"),
        (["case", "list", "--as", "nobody"], "nobody"),
        (["case", "open", "frob", "--as", "officer"], "frob"),
        (["case", "open", "toy", "--as", "officer", "--set", "what"], "what"),
        (["case", "open", "toy", "--as", "officer", "--command", "one"], "one"),
        (["verify", "--case", "x"], "x"),
        (["replay", "--case", "x"], "x"),
    ],
)
def test_a_bad_name_is_one_sentence_and_exit_2(
    engine: Engine, call: Call, words: list[str], named: str
) -> None:
    for language in ("vi", "en"):
        said = call(*words, "--lang", language)
        assert (said.code, said.out) == (2, "")
        assert one_sentence(said.err)
        assert named in said.err


def test_who_is_no_longer_active_can_do_nothing(engine: Engine, call: Call) -> None:
    with engine.database.write() as connection:
        connection.execute(ground.actor.update().where(ground.actor.c.id == "officer").values(active=False))
    assert call("case", "open", "toy", "--as", "officer", *FILLED).code == 2


# ------------------------------------------------------------------ cases: looking


def _reads(engine: Engine) -> list[tuple[str, str | None, str, str]]:
    log = tables.read_log
    with engine.database.read() as connection:
        rows = connection.execute(
            select(log.c.actor, log.c.case_id, log.c.what, log.c.request).order_by(log.c.id)
        )
        return [tuple(row) for row in rows]


def test_showing_a_case_is_recorded_and_shows_what_this_person_may_see(engine: Engine, call: Call) -> None:
    case = open_case(call)
    said = call("case", "show", case["reference"], "--as", "officer", "--lang", "en")
    assert said.code == 0
    for part in (
        case["reference"],
        "Draft",
        "Name: Triệu Thị Đức",
        "Date of birth: 01/03/2012",
        "Submit (ask)",
        "needs “Amount”",
    ):
        assert part in said.out
    assert "Duyệt" not in said.out
    assert _reads(engine) == [("officer", case["case"], "cli show", "cli")]
    assert (
        call("case", "show", case["case"], "--as", "officer", "--json").json["values"]["born"] == "2012-03-01"
    )
    assert len(_reads(engine)) == 2


def test_a_partner_is_shown_its_track_and_what_it_was_given_only(engine: Engine, call: Call) -> None:
    case = open_helping(engine)
    track = open_lesson(engine, case)
    shown = call("case", "show", track, "--as", "teacher", "--json").json
    assert shown["values"]["name"] == "Triệu Thị Đức"
    parent = call("case", "show", case, "--as", "teacher")
    assert (parent.code, parent.out) == (2, "")
    officer = call("case", "show", track, "--as", "officer", "--json").json
    assert "name" not in officer["values"]


def test_what_a_track_gave_back_is_shown_with_its_parent(engine: Engine, call: Call) -> None:
    case = open_helping(engine)
    done(fire(engine, open_lesson(engine, case), "finish", "teacher", score=8))
    turn(engine)
    said = call("case", "show", case, "--as", "officer", "--lang", "en")
    assert "  Lesson · score: 8" in said.out
    assert "Track sent its results · The system" in said.out


def test_a_case_out_of_reach_looks_like_one_that_is_not_there(engine: Engine, call: Call) -> None:
    number = open_case(call)["reference"]
    there = call("case", "show", number, "--as", "other_officer")
    absent = call("case", "show", "01906-2020-00009", "--as", "other_officer")
    assert there.code == absent.code == 2
    assert there.err.replace(number, "N") == absent.err.replace("01906-2020-00009", "N")


def test_a_list_holds_what_is_within_reach_without_names_and_is_recorded(engine: Engine, call: Call) -> None:
    number = open_case(call)["reference"]
    said = call("case", "list", "--as", "officer")
    assert said.code == 0
    assert said.out.startswith(f"{number}\tĐề nghị hỗ trợ\tDự thảo\txã Ba Bể\t")
    assert "Triệu" not in said.out
    assert call("case", "list", "--as", "other_officer").out == ""
    assert _reads(engine) == [
        ("officer", None, "cli list", "cli"),
        ("other_officer", None, "cli list", "cli"),
    ]


def test_a_list_is_narrowed(engine: Engine, call: Call) -> None:
    first = open_case(call)["case"]
    second = open_case(call)["case"]
    call("case", "fire", second, "ask", "--as", "officer", "--set", "amount=5", "--set", "urgency=low")

    def listed(*more: str) -> list[str]:
        return [each["id"] for each in call("case", "list", "--as", "officer", "--json", *more).json]

    assert listed() == [second, first]
    assert listed("--limit", "1") == [second]
    assert listed("--state", "draft") == [first]
    assert listed("--state", "draft", "--state", "asked") == [second, first]
    assert listed("--definition", "helping") == []
    assert listed("--late") == []


def test_a_list_of_what_is_not_there_is_refused_with_what_is(engine: Engine, call: Call) -> None:
    said = call("case", "list", "--as", "officer", "--state", "drat", "--lang", "en")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("There is no state “drat”. Did you mean “draft”? There are: asked, ")
    assert (
        "There is no state “nostate”. There are: "
        in call("case", "list", "--as", "officer", "--state", "nostate", "--lang", "en").err
    )
    said = call("case", "list", "--as", "officer", "--definition", "toi", "--lang", "en")
    assert said.code == 2
    assert said.err == "There is no workflow “toi”. Did you mean “toy”? There are: helping, lesson, toy.\n"
