"""Stored tests: what each way of going otherwise is told by, where, and in both languages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.definition import report
from engine.definition.findings import Finding
from engine.trial import examine
from schemas.load import load_definition
from tests.support.world import TOY

GIVEN = "{place: '01906', what: sách vở, name: Triệu Thị Đức}"
ASK = "{fire: ask, by: commune_officer, values: {amount: 1500000, urgency: high}}"


def found(test: str) -> tuple[Finding, ...]:
    """What is said of the toy with one stored test."""
    loaded = load_definition(f"{TOY.rstrip()}\ntests:\n  first: {test}\n", {})
    assert loaded.findings == ()
    assert loaded.definition
    return tuple(each for each in examine(loaded.definition) if each.code.startswith("WF8"))


def the(test: str) -> tuple[str, str, str]:
    """The one finding: its code, variant and path; it has a line and sentences."""
    (finding,) = found(test)
    assert finding.place
    for language in ("vi", "en"):
        assert report.say(finding, language)
        assert report.hint(finding, language)
    return finding.code, finding.variant, finding.path


@pytest.mark.parametrize(
    "test",
    [
        f"{{at: draft, given: {GIVEN}, steps: [{ASK}], expect: {{state: asked, values: {{amount: 1500000, note: null}}, open: [grant], blocked: {{remark: field_missing}}}}}}".replace(", blocked: {remark: field_missing}", ""),
        "{steps: [{fire: open, values: {place: '01906', what: sách vở, name: Triệu Thị Đức}}], expect: {state: draft}}",
        f"{{at: draft, given: {GIVEN}, steps: [{ASK}, {{fire: grant, by: commune_chair, person: commune_officer, values: {{number: '1'}}, refused: four_eyes}}, {{fire: grant, values: {{number: '1'}}}}], expect: {{state: granted}}}}",
        "{at: granted, steps: [{fire: ask, refused: wrong_state}], expect: {blocked: {ask: wrong_state}}}",
        "{at: draft, expect: {values: {years: null}}}",
        "{at: draft, on: 2026-03-01, given: {born: 2012-03-02}, expect: {values: {years: 13}}}",
        "{at: draft, on: 2026-03-01, given: {born: 2012-03-02}, steps: {wait: 1 day}, expect: {values: {years: 14}}}",
    ],
)  # fmt: skip
def test_a_test_that_holds_is_not_spoken_of(test: str) -> None:
    assert found(test) == ()


@pytest.mark.parametrize(
    ("test", "variant", "path"),
    [
        ("{at: draft, steps: [{fire: ask}]}", "refused", "steps.0"),
        (f"{{at: draft, given: {GIVEN}, steps: [{{wait: 1 day}}, {ASK[:-1]}, refused: guard}}]}}", "taken", "steps.1"),
        ("{at: draft, steps: [{fire: ask, refused: four_eyes}]}", "otherwise", "steps.0"),
        ("{at: draft, expect: {state: asked}}", "state", "expect.state"),
        (f"{{at: draft, given: {GIVEN}, expect: {{values: {{what: gạo}}}}}}", "value", "expect.values.what"),
        ("{at: draft, expect: {open: [grant]}}", "no_way", "expect.open.0"),
        ("{at: granted, on: 2026-03-01, expect: {open: ask}}", "no_way", "expect.open.0"),
        (f"{{at: asked, given: {GIVEN}, expect: {{blocked: {{ask: guard}}}}}}", "no_way", "expect.blocked.ask"),
        (f"{{at: asked, given: {GIVEN}, expect: {{blocked: {{grant: guard}}}}}}", "free", "expect.blocked.grant"),
    ],
)  # fmt: skip
def test_what_goes_otherwise_is_told_at_its_place(test: str, variant: str, path: str) -> None:
    assert the(test) == ("WF801", variant, f"tests.first.{path}")


@pytest.mark.parametrize(
    ("test", "kind", "path"),
    [
        ("{at: drafd, expect: {state: draft}}", "state", "at"),
        ("{at: draft, expect: {state: asket}}", "state", "expect.state"),
        ("{at: draft, given: {wat: x}, expect: {state: draft}}", "field", "given.wat"),
        ("{at: draft, given: {years: 7}, expect: {state: draft}}", "field", "given.years"),
        ("{at: draft, given: {born: soon}, expect: {state: draft}}", "value", "given.born"),
        ("{at: draft, given: {urgency: hig}, expect: {state: draft}}", "option", "given.urgency"),
        ("{at: draft, steps: [{fire: aks}]}", "trigger", "steps.0.fire"),
        ("{at: draft, steps: [{fire: ask, by: officer}]}", "function", "steps.0.by"),
        ("{at: draft, steps: [{fire: ask, values: {number: '1'}}]}", "field", "steps.0.values.number"),
        ("{at: draft, steps: [{fire: ask, refused: gard}]}", "code", "steps.0.refused"),
        ("{at: draft, steps: [{end: help}]}", "track", "steps.0.end"),
        ("{at: draft, tracks: {help: {open: 1}}, expect: {state: draft}}", "track", "tracks.help"),
        ("{at: draft, expect: {open: aks}}", "trigger", "expect.open.0"),
        ("{at: draft, expect: {blocked: {aks: guard}}}", "trigger", "expect.blocked.aks"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_there_is_told_and_the_test_is_not_played(test: str, kind: str, path: str) -> None:
    assert the(test) == ("WF802", kind, f"tests.first.{path}")


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ("{}", "missing"),
        ("{given: {what: x}, expect: {state: draft}}", "given_nowhere"),
        ("{at: draft, steps: [{wait: 1 day, fire: ask}]}", "test_step"),
        ("{at: draft, steps: [{jump: 1}]}", "test_step"),
        ("{at: draft, on: 2026-02-30, expect: {state: draft}}", "date"),
        ("{at: draft, tracks: {help: {open: 21}}, expect: {state: draft}}", "track_count"),
        ("{at: draft, steps: [{wait: soon}]}", "duration"),
        ("{at: draft, given: {Not_A_Field: 1}, expect: {state: draft}}", "id"),
    ],
)  # fmt: skip
def test_what_is_no_test_is_refused_when_the_file_is_read(test: str, says: str) -> None:
    (finding,) = load_definition(f"{TOY.rstrip()}\ntests:\n  first: {test}\n", {}).findings
    assert (finding.code, finding.variant) == ("WF105", says)
    assert finding.place


def test_an_unknown_key_of_a_test_is_refused() -> None:
    text = f"{TOY.rstrip()}\ntests:\n  first: {{at: draft, expects: {{state: draft}}}}\n"
    (finding,) = load_definition(text, {}).findings
    assert (finding.code, finding.path) == ("WF104", "tests.first.expects")


def test_the_sentence_names_the_step_who_took_it_and_why_not() -> None:
    (finding,) = found("{title: {vi: Thiếu tiền, en: No money}, at: draft, steps: [{fire: ask}]}")
    said: Any = report.say(finding, "en")
    assert said.startswith(
        "Test “No money”, step 1 (“Submit”, commune_officer): it should be taken, but is refused"
    )
    assert "(field_missing)" in said


def test_a_test_changes_the_version_as_everything_in_the_file_does() -> None:
    plain = load_definition(
        f"{TOY.rstrip()}\ntests:\n  first: {{at: draft, given: {{amount: 5}}, expect: {{state: draft}}}}\n",
        {},
    ).plain
    assert plain
    assert plain["tests"] == [
        {"key": "first", "at": "draft", "given": {"amount": 5}, "expect": {"state": "draft"}}
    ]
    definition = load_definition(TOY, {}).definition
    assert definition
    assert definition.tests == {}
    assert date(2026, 3, 2).weekday() == 0
