from __future__ import annotations

import pytest

from engine import Engine
from engine.text import LANGUAGES
from tests.engine.intruder import intruder
from tests.web.cli.hands import FILLED, Call, Said, one_sentence, open_case
from web.texts import catalogue

# ------------------------------------------------------------------ the record


def test_a_whole_record_is_clean_in_both_languages(engine: Engine, call: Call) -> None:
    number = open_case(call)["reference"]
    reach = {each: catalogue().say(each, "cli.verify.reach") for each in LANGUAGES}
    assert call("verify") == Said(0, f"Toàn vẹn: 1 hồ sơ, 1 dòng.\n{reach['vi']}\n", "")
    assert call("verify", "--lang", "en", "--case", number) == Said(
        0, f"Whole: 1 cases, 1 entries.\n{reach['en']}\n", ""
    )
    assert call("replay", "--lang", "en") == Said(0, "Equal: 1 cases, 1 entries.\n", "")
    assert call("replay", "--case", number).code == 0


def test_a_record_changed_by_hand_is_named_and_exit_1(engine: Engine, call: Call) -> None:
    first, second = open_case(call), open_case(call)
    with intruder(engine.database.url.render_as_string(hide_password=False), first["case"]) as there:
        there.rewrite(1, rehash=False, actor="lead")
    said = call("verify", "--lang", "en")
    assert said.code == 1
    assert said.out.startswith(f"EDITED: Case {first['reference']}, entry 1: ")
    assert said.out.splitlines()[-2] == "Changed by hand: 1 places, in 2 cases and 2 entries checked."
    assert call("verify", "--case", second["reference"]).code == 0
    assert call("verify", "--case", first["reference"]).code == 1
    assert f"Hồ sơ {first['reference']}, dòng 1" in call("verify").out


def test_a_case_row_changed_by_hand_is_named_by_replay(engine: Engine, call: Call) -> None:
    case = open_case(call)
    with intruder(engine.database.url.render_as_string(hide_password=False), case["case"]) as there:
        there.run("UPDATE cases SET state = 'granted' WHERE id = :case")
    said = call("replay", "--lang", "en")
    assert said.code == 1
    assert f"Case {case['reference']}: “state”" in said.out
    assert call("replay", "--case", case["reference"]).code == 1


def test_a_time_limit_changed_by_hand_is_named_by_both(engine: Engine, call: Call) -> None:
    case = open_case(call)
    with intruder(engine.database.url.render_as_string(hide_password=False), case["case"]) as there:
        there.run("DELETE FROM deadline WHERE case_id = :case")
    said = call("verify", "--lang", "en")
    assert said.code == 1
    assert said.out.startswith(f"LIMIT: Case {case['reference']}: the time limit “ask”")
    said = call("replay", "--lang", "en")
    assert said.code == 1
    assert f"Case {case['reference']}: time limit “ask”: “missing”" in said.out


@pytest.mark.parametrize(
    ("language", "ours"), [("vi", "quy trình “toy”, phiên bản 1"), ("en", "workflow “toy”, version 1")]
)
def test_a_workflow_changed_by_hand_is_named_and_nothing_is_done_by_it(
    engine: Engine, call: Call, language: str, ours: str
) -> None:
    case = open_case(call)["case"]
    with intruder(engine.database.url.render_as_string(hide_password=False), case) as there:
        there.run("UPDATE definition_version SET plain = '{}'")
    for words in (
        ("case", "show", case, "--as", "officer"),
        ("case", "fire", case, "ask", "--as", "officer", "--set", "amount=5", "--set", "urgency=low"),
        ("case", "open", "toy", "--as", "officer", *FILLED),
    ):
        said = call(*words, "--lang", language)
        assert (said.code, said.out) == (2, "")
        assert ours in said.err and "./run verify" in said.err
        assert one_sentence(said.err)
    said = call("verify", "--lang", language)
    assert said.code == 1
    assert ours.lower() in said.out.lower()
