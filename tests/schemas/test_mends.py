from __future__ import annotations

from pathlib import Path

import pytest

from engine.definition import checks
from engine.definition.findings import Finding, Severity
from engine.definition.model import Place
from schemas.load import load_definition
from schemas.mends import Mend, mend
from schemas.yaml_text import Unreadable, read
from workflows import catalogue

FOLDER = Path(__file__).parents[1] / "engine" / "definition" / "checks"


def found_in(text: str, code: str) -> list[Finding]:
    loaded = load_definition(text, catalogue.code_lists(), None)
    findings = checks.run(loaded.definition, {}) if loaded.definition else loaded.findings
    return [each for each in findings if each.code == code]


def applied(text: str, change: Mend) -> str:
    lines = text.split("\n")
    at = sum(len(each) + 1 for each in lines[: change.line - 1]) + change.column - 1
    return text[:at] + change.insert + text[at + change.removed :]


@pytest.mark.parametrize("code", ["WF106", "WF301", "WF601"])
def test_what_is_proposed_mends_the_bad_example(code: str) -> None:
    text = (FOLDER / code / "bad.yaml").read_text("utf-8")
    for _ in range(5):
        findings = found_in(text, code)
        if not findings:
            return
        change = mend(findings[0], text, read(text))
        assert change is not None, findings[0]
        text = applied(text, change)
    assert found_in(text, code) == []


def test_a_name_is_replaced_by_the_one_that_was_meant() -> None:
    text = catalogue.definition_texts()["education_support"]
    broken = text.replace("to: enrolled", "to: enroled", 1)
    assert broken != text
    (finding,) = found_in(broken, "WF101")
    change = mend(finding, broken, read(broken))
    assert change is not None
    assert applied(broken, change) == text


def test_where_the_text_has_another_name_nothing_is_proposed() -> None:
    finding = Finding("WF101", Severity.ERROR, "a", Place(1, 4), {"name": "foo", "suggestion": "bar"})
    assert mend(finding, "a: baz", read("a: baz")) is None
    assert mend(finding, "a: foo", read("a: foo")) == Mend("name", 1, 4, "bar", 3)
    assert mend(finding, "", None) is None


@pytest.mark.parametrize("code", ["WF106", "WF301", "WF601"])
def test_what_an_author_will_type_over_is_selected(code: str) -> None:
    text = (FOLDER / code / "bad.yaml").read_text("utf-8")
    change = mend(found_in(text, code)[0], text, read(text))
    assert change is not None
    start, length = change.select
    assert change.insert[start : start + length].strip()
    try:
        read(applied(text, change))
    except Unreadable as unreadable:
        pytest.fail(str(unreadable.finding))
