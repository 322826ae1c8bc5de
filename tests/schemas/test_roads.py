"""What the loader says of the keys of tests/support/roads.yaml: offers, proposals, links, reopening, limits that fields steer."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.definition import report
from engine.definition.flow import Duration
from engine.definition.model import FieldType
from engine.text import LANGUAGES
from schemas.load import load_definition
from schemas.yaml_text import read

HERE = Path(__file__).parent
TEXT = (HERE.parent / "support" / "roads.yaml").read_text("utf-8")


def test_the_new_keys_are_read_without_a_finding() -> None:
    loaded = load_definition(TEXT, {})
    assert loaded.findings == ()
    definition = loaded.definition
    assert definition is not None
    assert definition.fields["other"].type is FieldType.CASE
    assert (definition.links["merged"].title.vi, definition.links["merged"].back.vi) == (
        "Gộp vào",
        "Đã gộp từ",
    )
    mend = definition.states["open"].deadlines["mend"]
    assert (mend.start, mend.or_from, mend.pause_while) == ("seen_on", "reported_on", "waiting")
    assert mend.within[0].durations == {"true": Duration(24, "hours"), "false": Duration(240, "hours")}
    assert definition.states["open"].repeats["look"].pause_while == "waiting"
    take, correct = definition.transitions["take"], definition.transitions["correct"]
    assert (take.at, take.do[0].arguments) == ("offered", {"accepted": True})
    assert (correct.proposes, correct.accepts) == (True, "")
    assert definition.transitions["accept_correction"].accepts == "correct"
    assert definition.transitions["decline_correction"].declines == "correct"
    (way,) = definition.reopenings.values()
    assert (way.key, way.trigger, way.sources, way.to, way.form) == (
        "reopen.done",
        "reopen",
        ("done",),
        "open",
        "reopening",
    )
    assert (way.within, way.reason) == (Duration(3, "days"), "optional")


@pytest.mark.parametrize(
    "case",
    read((HERE / "roads_refused.yaml").read_text("utf-8")).plain["refused"],
    ids=lambda case: f"{case['at']} {case['code']}",
)
def test_what_cannot_be_is_told_at_its_place_in_both_languages(case: dict[str, str]) -> None:
    assert TEXT.count(case["change"]) == 1
    loaded = load_definition(TEXT.replace(case["change"], case["into"]), {})
    assert loaded.definition is None
    found = {(each.code, each.variant, each.path): each for each in loaded.findings}
    wanted = (case["code"], case["says"], case["at"])
    assert wanted in found
    assert found[wanted].place
    assert all(report.say(found[wanted], language) for language in LANGUAGES)
