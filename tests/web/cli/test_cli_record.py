from __future__ import annotations

from pathlib import Path

import pytest

from engine import Engine
from engine.store import reference
from engine.text import LANGUAGES
from tests.engine.intruder import intruder
from tests.support.world import TOY, open_toy
from tests.web.cli.hands import FILLED, Call, Said, one_sentence, open_case
from web.texts import catalogue

ROOT = Path(__file__).parents[3]


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
    ("language", "ours"), [("vi", "quy trình “toy”, bản số 1"), ("en", "workflow “toy”, version 1")]
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


# ------------------------------------------------------------------ publishing


def test_a_sound_file_is_published_once(engine: Engine, call: Call, tmp_path: Path) -> None:
    file = tmp_path / "toy.yaml"
    file.write_text(
        TOY.replace(
            "max: today}", "max: today, help: {vi: Theo giấy khai sinh, en: As on the birth certificate}}"
        ),
        "utf-8",
    )
    assert "version 2" in call("publish", str(file), "--as", "admin", "--lang", "en").out
    with engine.database.read() as connection:
        row = reference.definition(connection, "toy", 2)
    assert row is not None
    assert (row.number, row.published_by, row.source) == (2, "admin", file.read_text("utf-8"))


def test_the_version_in_force_is_not_published_again_and_that_is_said(
    engine: Engine, call: Call, tmp_path: Path
) -> None:
    file, changed = tmp_path / "toy.yaml", TOY.replace("{vi: Số tiền,", "{vi: Số tiền xin,")
    file.write_text(TOY, "utf-8")
    said = call("publish", str(file), "--as", "admin")
    assert said.code == 0
    assert "Không ban hành gì" in said.out
    assert "bản số 1, đang hiệu lực" in said.out
    file.write_text(changed, "utf-8")
    assert "was published as version 2" in call("publish", str(file), "--as", "admin", "--lang", "en").out
    file.write_text(TOY, "utf-8")
    said = call("publish", str(file), "--as", "admin", "--lang", "en")
    assert (said.code, "still follow version 2" in said.out) == (0, True)
    with engine.database.read() as connection:
        assert reference.load(connection).newest["toy"] == 2


def test_a_rule_table_is_published(engine: Engine, call: Call) -> None:
    file = ROOT / "workflows" / "decisions" / "policy_credit.yaml"
    assert "policy_credit" in call("publish", str(file), "--as", "admin").out
    with engine.database.read() as connection:
        assert "policy_credit" in reference.load(connection).decision_tables
    again = call("publish", str(file), "--as", "admin", "--lang", "en")
    assert (again.code, again.out.startswith("Nothing was published: rule table policy_credit")) == (0, True)


def test_a_file_with_errors_is_not_published_and_each_is_told(
    engine: Engine, call: Call, tmp_path: Path
) -> None:
    file = tmp_path / "toy.yaml"
    file.write_text(TOY.replace("to: asked", "to: aksed"), "utf-8")
    said = call("publish", str(file), "--as", "admin", "--lang", "en")
    assert (said.code, said.out) == (1, "")
    assert "WF101" in said.err
    file.write_text("\tx: [", "utf-8")
    assert call("publish", str(file), "--as", "admin").code == 2
    assert call("publish", str(tmp_path / "none.yaml"), "--as", "admin").code == 2
    with engine.database.read() as connection:
        assert reference.load(connection).newest["toy"] == 1


def test_a_version_that_cannot_be_read_by_open_cases_is_not_published(
    engine: Engine, call: Call, tmp_path: Path
) -> None:
    open_toy(engine)
    file = tmp_path / "toy.yaml"
    file.write_text(TOY.replace("what: {type: text,", "what: {type: long_text,"), "utf-8")
    said = call("publish", str(file), "--as", "admin", "--lang", "en")
    assert (said.code, said.out) == (1, "")
    assert "WF703" in said.err
    file.write_text(TOY.replace('need: "known(name)"', 'need: "known(name) and years > 90"'), "utf-8")
    said = call("publish", str(file), "--as", "admin", "--lang", "en")
    assert (said.code, "version 2" in said.out) == (0, True)
    assert "WF702" in said.err  # a warning is told and stops nobody


def test_only_an_administrator_publishes(engine: Engine, call: Call, tmp_path: Path) -> None:
    file = tmp_path / "toy.yaml"
    file.write_text(TOY, "utf-8")
    said = call("publish", str(file), "--as", "officer")
    assert (said.code, said.out) == (1, "")
    assert one_sentence(said.err)
