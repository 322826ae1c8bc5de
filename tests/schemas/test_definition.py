"""The schema of a definition: shorthands written out, and everything that is refused, each with its place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.definition import report
from engine.definition.findings import Finding
from engine.definition.model import Place
from schemas.load import load_definition

TEXT = (Path(__file__).parent / "whole.yaml").read_text()
LISTS: Mapping[str, Any] = {
    "hazards": {"title": {"vi": "Yếu tố"}, "options": {"heavy": {"vi": "Nặng", "en": "Heavy", "law": "LC 147"}}},
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
        ("to: planning, by: [commune_officer], other_than", "to: planning, reason: none, by: [commune_officer], other_than"),
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
    assert [each["key"] for each in entry(plain, "fields", "risk_level")["options"]] == ["high", "low", "medium"]
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
        ("safe: {type: boolean,", "safe: {type: boolean, open: true,", "open", "fields.visits.columns.safe", ""),
        ("say: {vi: Có kế", "sai: {vi: Có kế", "sai", "transitions.submit.do.1.notify", "say"),
        ("profile: schooling}", "profil: schooling}", "profil", "transitions.open_schooling.do.2.disclose", "profile"),
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
    ("old", "new", "variant", "path"),
    [
        ("format: 1\n", "format: 2\n", "format", "format"),
        ("format: 1\n", "format: true\n", "format", "format"),
        ("format: 1\n", "", "missing", "format"),
        ("id: whole\n", "", "missing", "id"),
        ("id: whole\n", "id: Whole\n", "id", "id"),
        ("id: whole\n", "id: 7\n", "text", "id"),
        ("id: whole\n", f"id: {'a' * 61}\n", "id", "id"),
        ('"{area}-{year}-{number:05}"', '"{area}-{year}"', "reference", "reference"),
        ('"{area}-{year}-{number:05}"', '"{number.__class__}"', "reference", "reference"),
        ('"{area}-{year}-{number:05}"', '"{number!r}"', "reference", "reference"),
        ('"{area}-{year}-{number:05}"', '"{number:>999999999}"', "reference", "reference"),
        ('"{area}-{year}-{number:05}"', '"{number"', "reference", "reference"),
        ('"{area}-{year}-{number:05}"', '"{}{number}"', "reference", "reference"),
        ('commune_officer: "*"', "commune_officer: all", "access", "access.commune_officer"),
        ("[child_name, village]\n", "[child_name, child_name]\n", "twice", "access.collaborator.1"),
        ("title: {vi: Trọn vẹn, en: Whole}", "title: Trọn vẹn", "label", "title"),
        ("title: {vi: Trọn vẹn, en: Whole}", "title: {vi: 7}", "text", "title.vi"),
        ("title: {vi: Trọn vẹn, en: Whole}", "title:", "empty", "title"),
        ("title: {vi: Trọn vẹn, en: Whole}", "title: {vi: '  '}", "empty", "title.vi"),
        ("{type: boolean, title: {vi: Đồng ý", "{type: bool, title: {vi: Đồng ý", "one_of", "fields.agreed.type"),
        ("{type: boolean, title: {vi: Đồng ý", "{title: {vi: Đồng ý", "missing", "fields.agreed.type"),
        ("  agreed:", "  class:", "reserved", "fields.class"),
        ("  agreed:", "  today:", "reserved", "fields.today"),
        ("  agreed:", "  Agreed:", "id", "fields.Agreed"),
        ("  agreed: {type", "  agreed: 7\n  ignored: {type", "mapping", "fields.agreed"),
        ("list: hazards, open", "open", "options_or_list", "fields.hazards.type"),
        ("high: {vi: Cao, en: High, law: D56/2017 art. 26}", "hi gh: {vi: Cao}", "id", "fields.risk_level.options.hi gh"),
        ("min: 0, open: true, law", "min: 0.5, open: true, law", "whole_number", "fields.amount.min"),
        ("min: 0, open: true, law", "min: true, open: true, law", "whole_number", "fields.amount.min"),
        ("min: 0, open: true, law", "min: 9, max: 8, open: true, law", "bounds_crossed", "fields.amount.min"),
        ("min: 0.5, max: 150", "min: x, max: 150", "number", "fields.weight.min"),
        ("min: 0.5, max: 150", "min: 151.5, max: 150", "bounds_crossed", "fields.weight.min"),
        ("min: 0.5, max: 150", "min: [1]", "scalar", "fields.weight.min"),
        ("min: 1990-01-01", "min: 1990-02-30", "date", "fields.child_dob.min"),
        ("min: 1990-01-01", "min: 19900101", "date", "fields.child_dob.min"),
        ("max: now", "max: today", "one_of", "fields.received_at.max"),
        ("max: 80", "max: 0", "text_length", "fields.child_name.max"),
        ("max: 80", "min: 2", "not_for_type", "fields.child_name.min"),
        ("holder: commune_officer, open", "searchable: true, open", "not_for_type", "fields.officer.searchable"),
        ("private: strict", "private: strict, open: true", "open_and_private", "fields.narrative.private"),
        ("open: true\n    columns:", "open: yes\n    columns:", "boolean", "fields.visits.open"),
        ("      visited_on: {type: date,", "      visited_on: {type: table,", "one_of", "fields.visits.columns.visited_on.type"),
        ("place: required, received_at", "place: needed, received_at", "form_field", "forms.intake.sections.0.fields.place"),
        ("{required_when: known(child_name)}", "{}", "missing", "forms.intake.sections.1.fields.child_dob.required_when"),
        ("en: Plan}, fields: {risk_level", "en: Plan}, f: {}, fields: {risk_level", "", "forms.plan.f"),
        ("en: Visit}, fields: {visited_on: required, safe: {required_when: risk_level == \"high\"}}}", "en: Visit}}", "fields_or_sections", "forms.visit"),
        ("within: 0 days", "within: 0 day s", "duration", "states.reported.deadlines.forward.within"),
        ("within: 0 days", "within: [1 day, x]", "duration", "states.reported.deadlines.forward.within.1"),
        ("within: 0 days", "within: []", "empty", "states.reported.deadlines.forward.within"),
        ("within: 0 days", "within: {by: risk_level}", "limit_empty", "states.reported.deadlines.forward.within"),
        ("within: 0 days", "within: {by: risk_level, high: x}", "duration", "states.reported.deadlines.forward.within.high"),
        ("within: 0 days", "within: {high: 1 day}", "", "states.reported.deadlines.forward.within.high"),
        ("high: 1 week, low: 1 month}, done_by: log_visit", "high: 1 week}", "missing", "states.implementing.repeats.visit.done_by"),
        ("    final: true\n", "", "reopen_not_final", "states.closed.reopen"),
        ("initial: true\n", "initial: 1\n", "boolean", "states.reported.initial"),
        ("  start: {title", "  open: {title", "reserved", "transitions.open"),
        ("    trigger: submit\n", "    trigger: reopen\n", "reserved", "transitions.submit_high.trigger"),
        ("    from: planning\n", "    from: []\n", "empty", "transitions.submit_high.from"),
        ("    from: planning\n", "    from: [planning, planning]\n", "twice", "transitions.submit_high.from.1"),
        ("    from: planning\n", "", "missing", "transitions.submit_high.from"),
        ("reason: required}", "reason: yes}", "one_of", "transitions.note.reason"),
        ("    when: risk_level == \"high\"\n", "    when: true\n", "text", "transitions.submit_high.when"),
        ("    when: risk_level == \"high\"\n", "    when:\n", "empty", "transitions.submit_high.when"),
        ("- open_subcase: schooling", "- open_subcase: {a: b}", "text", "transitions.open_schooling.do.0.open_subcase"),
        ("- open_subcase: schooling", "- run: schooling", "one_of", "transitions.open_schooling.do.0"),
        ("- open_subcase: schooling", "- open_subcase", "effect", "transitions.open_schooling.do.0"),
        ("set: {agreed: \"true\",", "set: {agreed: true,", "text", "transitions.submit.do.0.set.agreed"),
        ("code: GD", "code: gd", "code", "subcases.schooling.code"),
        ("repeat: once", "repeat: 2", "one_of", "subcases.schooling.repeat"),
        ("enrolled_on: date,", "enrolled_on: table,", "one_of", "subcases.schooling.returns.enrolled_on"),
        ("accept: {WF206: Có", "accept: {F206: Có", "id", "accept.F206"),
        ("accept: {WF206: Có người ký thay}", "accept: {WF206: }", "empty", "accept.WF206"),
        ("form: intake, area: place", "area: place", "area_without_form", "open.area"),
        ("  separation:\n", "  separation: {}\n  other:\n", "missing", "deadlines.separation.within"),
        ("list: hazards, open", "list: hazard, open", "list", "fields.hazards.list"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_refused_at_its_place(
    old: str, new: str, variant: str, path: str
) -> None:
    found = {(each.variant, each.path) for each in findings_of(old, new)}
    assert (variant, path) in found


def test_all_problems_are_found_at_once() -> None:
    text = TEXT.replace("initial: true", "initial: 1").replace("code: GD", "code: gd").replace("within: 15 days", "within: x")
    lines = [each.place.line for each in load_definition(text, LISTS).findings if each.place]
    assert len(lines) == 3
    assert lines == sorted(lines)


def test_a_duplicate_key_is_told_together_with_what_else_is_wrong() -> None:
    text = TEXT.replace("  lift: {", "  start: {").replace("code: GD", "code: gd")
    assert [each.code for each in load_definition(text, LISTS).findings] == ["WF103", "WF105"]


def test_a_broken_code_list_is_told_and_not_raised() -> None:
    loaded = load_definition(TEXT, {**LISTS, "hazards": {"options": {"heavy": 7}}})
    assert [(each.code, each.variant) for each in loaded.findings] == [("WF105", "list_broken")]
