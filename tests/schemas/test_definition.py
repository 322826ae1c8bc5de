"""The schema of a definition: shorthands written out, and everything that is refused, each with its place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.definition import report
from engine.definition.findings import Finding
from engine.definition.model import Place
from schemas.load import load_definition
from schemas.yaml_text import read

HERE = Path(__file__).parent
TEXT = (HERE / "whole.yaml").read_text()
LISTS: Mapping[str, Any] = {
    "hazards": {
        "title": {"vi": "Yếu tố"},
        "options": {"heavy": {"vi": "Nặng", "en": "Heavy", "law": "LC 147"}},
    },
    "classes": {"safe": {"vi": "An toàn", "en": "Safe"}, "harmed": {"vi": "Bị hại", "en": "Harmed"}},
}


def plain_of(text: str) -> dict[str, Any]:
    loaded = load_definition(text, LISTS)
    assert loaded.findings == ()
    assert loaded.plain is not None
    return loaded.plain


def findings_of(old: str, new: str) -> tuple[Finding, ...]:
    assert TEXT.count(old) >= 1, old
    loaded = load_definition(TEXT.replace(old, new, 1), LISTS)
    assert (loaded.definition is None) == bool(loaded.findings)
    for finding in loaded.findings:
        assert finding.place
        for language in ("vi", "en"):
            assert report.say(finding, language)
            assert report.hint(finding, language)
    return loaded.findings


def the_finding(old: str, new: str) -> Finding:
    (finding,) = findings_of(old, new)
    return finding


def entry(plain: Mapping[str, Any], part: str, key: str) -> Mapping[str, Any]:
    return next(each for each in plain[part] if each["key"] == key)


def test_the_whole_format_is_read_without_a_finding() -> None:
    loaded = load_definition(TEXT, LISTS)
    assert loaded.findings == ()
    assert loaded.definition is not None


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("    when: risk_level == \"high\"\n", "    when: [{need: 'risk_level == \"high\"'}]\n"),
        ("    when: risk_level == \"high\"\n", "    when:\n      - risk_level == \"high\"\n"),
        ("      - known(risk_level)\n", "      - {need: known(risk_level)}\n"),
        ("    from: planning\n", "    from: [planning]\n"),
        ("by: commune_officer, form: intake", "by: [commune_officer], form: intake"),
        ("starts: separate\n", "starts: [separate]\n"),
        ("other_than: open}", "other_than: [open]}"),
        ("within: PT12H,", "within: 12 hours,"),
        ("within: 0 days,", "within: [{within: P0D}],"),
        ("high: 3 days, law: TT 02}, 1 month]", "law: TT 02, high: P3D}, {within: P1M}]"),
        ("    do: [{cancel_subcases: all}]\n", "    do: {cancel_subcases: all}\n"),
        ("from: start\n", "from: 'start'\n"),
        ("to: planning, by: [commune_officer],", "to: planning, reason: none, by: [commune_officer],"),
        ("of: reporter,", "of: reporter, open: false, searchable: false,"),
        ("title: {vi: Tuổi, en: Age}, compute", "title: {vi: Tuổi, en: Age}, of: case, compute"),
        ("{vi: Họ tên, en: Name}", "{en: Name, vi: ' Họ tên '}"),
        ("min: 0.5, max: 150,", "max: 150.00, min: 0.50,"),
        ("fields: {visited_on: required,", "sections: [{fields: {visited_on: required,"),
    ],
)  # fmt: skip
def test_two_ways_to_write_the_same_give_the_same_canonical_form(short: str, long: str) -> None:
    assert TEXT.count(short) >= 1, short
    text = TEXT.replace(short, long, 1)
    if "sections: [{fields: {visited_on" in text:
        text = text.replace('risk_level == "high"}}}', 'risk_level == "high"}}}]}')
    assert plain_of(text) == plain_of(TEXT)


def test_a_map_whose_order_means_something_is_a_list() -> None:
    plain = plain_of(TEXT)
    assert [each["key"] for each in entry(plain, "fields", "risk_level")["options"]] == [
        "high",
        "low",
        "medium",
    ]
    assert [each["key"] for each in plain["transitions"]][:2] == ["start", "lapse"]
    assert [each["key"] for each in plain["states"]] == ["reported", "planning", "implementing", "closed"]


def test_code_lists_are_written_in() -> None:
    plain = plain_of(TEXT)
    assert entry(plain, "fields", "hazards")["options"] == [
        {"key": "heavy", "title": {"vi": "Nặng", "en": "Heavy"}, "law": "LC 147"}
    ]
    found = entry({"columns": entry(plain, "fields", "visits")["columns"]}, "columns", "found")
    assert [each["key"] for each in found["options"]] == ["safe", "harmed"]


def test_what_equals_its_default_is_left_out() -> None:
    plain = plain_of(TEXT)
    assert set(entry(plain, "states", "planning")) == {"key", "title", "stage", "deadlines"}
    assert entry(plain, "fields", "amount")["min"] == 0
    assert entry(plain, "subcases", "schooling")["once"] is True


@pytest.mark.parametrize(
    ("old", "new", "name", "where", "suggestion"),
    [
        ("    when: risk_level", "    whem: risk_level", "whem", "transitions.submit_high", "when"),
        ("owner: commune_officer", "ownr: commune_officer", "ownr", "", "owner"),
        ("min: 0, open: true, law", "mim: 0, open: true, law", "mim", "fields.amount", "min"),
        ("warn: 4 hours", "wrn: 4 hours", "wrn", "states.reported.deadlines.measure", "warn"),
        ("{vi: Ngày, en: Date}", "{vi: Ngày, e: Date}", "e", "fields.visits.columns.visited_on.title", "en"),
        (
            "safe: {type: boolean,",
            "safe: {type: boolean, open: true,",
            "open",
            "fields.visits.columns.safe",
            "",
        ),
        ("say: {vi: Có kế", "sai: {vi: Có kế", "sai", "transitions.submit.do.1.notify", "say"),
        ("format: 1", "format: 1\n_schema: 1", "_schema", "", ""),
    ],
)
def test_an_unknown_key_is_named_with_its_place_and_the_nearest(
    old: str, new: str, name: str, where: str, suggestion: str
) -> None:
    finding = next(each for each in findings_of(old, new) if each.code == "WF104")
    assert finding.params["name"] == name
    assert finding.params["where"] == where
    assert finding.params["suggestion"] == suggestion
    assert finding.params["allowed"] == sorted(finding.params["allowed"])
    text = TEXT.replace(old, new, 1)
    at = text.index(f"{name}:", text.index(new))
    assert finding.place == Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


@pytest.mark.parametrize(
    "case", read((HERE / "refused.yaml").read_text()).plain["refused"], ids=lambda case: case["at"]
)
def test_a_value_that_cannot_be_used_is_refused_at_its_place(case: dict[str, str]) -> None:
    found = {(each.variant, each.path) for each in findings_of(case["change"], case["into"])}
    assert (case["says"], case["at"]) in found


def test_all_problems_are_found_at_once() -> None:
    text = (
        TEXT.replace("initial: true", "initial: 1")
        .replace("code: GD", "code: gd")
        .replace("within: 15 days", "within: x")
    )
    lines = [each.place.line for each in load_definition(text, LISTS).findings if each.place]
    assert len(lines) == 3
    assert lines == sorted(lines)


def test_a_duplicate_key_is_told_together_with_what_else_is_wrong() -> None:
    text = TEXT.replace("  lift: {", "  start: {").replace("code: GD", "code: gd")
    assert [each.code for each in load_definition(text, LISTS).findings] == ["WF103", "WF105"]


def test_a_broken_code_list_is_told_and_not_raised() -> None:
    loaded = load_definition(TEXT, {**LISTS, "hazards": {"options": {"heavy": 7}}})
    assert [(each.code, each.variant) for each in loaded.findings] == [("WF105", "list_broken")]
