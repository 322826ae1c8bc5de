"""Building a definition from its canonical form: what comes out, and every name that is not there."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.definition.build import Broken, build
from engine.definition.findings import Finding, Severity
from engine.definition.flow import Duration
from engine.definition.model import Definition, FieldType
from engine.definition.text import Text
from schemas.load import load_definition
from schemas.yaml_text import read

HERE = Path(__file__).parent
TEXT = (Path(__file__).parents[2] / "schemas" / "whole.yaml").read_text()
LISTS: Mapping[str, Any] = {
    "hazards": {"heavy": {"vi": "Nặng", "en": "Heavy"}},
    "classes": {"safe": {"vi": "An toàn", "en": "Safe"}, "harmed": {"vi": "Bị hại", "en": "Harmed"}},
}


@pytest.fixture(scope="module")
def whole() -> Definition:
    definition = load_definition(TEXT, LISTS).definition
    assert definition is not None
    return definition


def findings_of(*changes: tuple[str, str]) -> tuple[Finding, ...]:
    text = TEXT
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return load_definition(text, LISTS).findings


def test_fields_have_their_types_bounds_and_privacy(whole: Definition) -> None:
    dob = whole.fields["child_dob"]
    assert (dob.type, dob.of, dob.min, dob.max) == (FieldType.DATE, "child", date(1990, 1, 1), "today")
    assert whole.fields["weight"].min == Decimal("0.5")
    assert whole.fields["received_at"].max == "now"
    assert whole.fields["narrative"].strict
    assert not whole.fields["narrative"].open
    assert whole.fields["reporter_phone"].readers == ("commune_officer",)
    assert whole.fields["risk_level"].options["medium"].disabled
    assert list(whole.fields["visits"].columns) == ["visited_on", "safe", "found"]
    compute = whole.fields["child_age"].compute
    assert compute is not None
    assert compute.reads == {"child_dob", "today"}


def test_forms_say_what_is_required_and_when(whole: Definition) -> None:
    intake = whole.forms["intake"]
    assert [section.title.vi for section in intake.sections] == ["Nơi", "Trẻ"]
    assert [each.key for each in intake.fields] == ["place", "received_at", "child_name", "child_dob"]
    assert [each.required for each in intake.fields] == [True, True, False, False]
    assert intake.fields[3].required_when is not None
    assert whole.forms["plan"].sections[0].title == Text()


def test_time_limits_are_durations_by_value_and_in_lists(whole: Definition) -> None:
    plan = whole.states["planning"].deadlines["plan"]
    assert plan.within[0].duration == Duration(5, "working_days")
    assert plan.within[0].law == "D56/2017 art. 28"
    assert (plan.within[1].by, dict(plan.within[1].durations)) == (
        "risk_level",
        {"high": Duration(3, "days")},
    )
    assert plan.within[2].duration == Duration(1, "months")
    assert (plan.start, plan.done_by, plan.pause_in) == ("start", ("note",), ("reported",))
    measure = whole.states["reported"].deadlines["measure"]
    assert (measure.start, measure.warn, measure.then) == ("received_at", Duration(4, "hours"), "lapse")
    assert whole.states["reported"].deadlines["forward"].start == "entry"


def test_the_name_of_a_trigger_stands_for_all_its_transitions(whole: Definition) -> None:
    assert whole.deadlines["separation"].ends == ("lift", "submit", "submit_high")


def test_a_stage_stands_for_its_states_that_are_not_final(whole: Definition) -> None:
    assert whole.transitions["note"].sources == ("planning", "implementing")
    text = TEXT.replace(
        "    title: {vi: Đã kết thúc, en: Closed}\n",
        "    title: {vi: Đã kết thúc, en: Closed}\n    stage: intervention\n",
    )
    definition = load_definition(text, LISTS).definition
    assert definition is not None
    assert definition.transitions["note"].sources == ("planning", "implementing")


def test_a_stage_leaves_out_the_state_that_the_transition_leads_to() -> None:
    text = TEXT.replace(
        "from: [planning]\n    to: implementing", 'from: "stage:intervention"\n    to: implementing'
    )
    definition = load_definition(text, LISTS).definition
    assert definition is not None
    assert definition.transitions["submit"].sources == ("planning",)


def test_transitions_have_guards_with_their_sentences_and_effects(whole: Definition) -> None:
    submit = whole.transitions["submit"]
    assert [each.say.vi for each in submit.when] == ["Cần có lần thăm", ""]
    assert [each.expression.source for each in submit.when] == ["count(visits) >= 0", "known(risk_level)"]
    assert [each.name for each in submit.do] == ["set", "notify", "stop_deadline"]
    assert {key: each.source for key, each in submit.do[0].arguments["values"].items()} == {
        "agreed": "true",
        "amount": "0",
    }
    assert submit.do[1].arguments == {
        "to": "commune_chair",
        "say": Text("Có kế hoạch mới", "A plan was submitted"),
    }
    assert submit.do[2].arguments == {"key": "separation"}
    assert whole.transitions["submit_high"].trigger == "submit"
    assert whole.transitions["note"].to is None
    assert whole.transitions["note"].reason == "required"
    assert whole.transitions["start"].other_than == ("open",)


def test_all_tracks_are_cancelled_by_name(whole: Definition) -> None:
    assert whole.transitions["close"].do[0].arguments == {"keys": ("schooling",)}
    opened = [each.arguments for each in whole.transitions["open_schooling"].do]
    assert opened == [{"key": "schooling"}]


def test_the_rest_of_a_definition_is_there(whole: Definition) -> None:
    assert whole.shows == {
        "name": ("child_name",),
        "about": ("child_age", "village"),
        "risk": ("risk_level",),
        "also": ("visits",),
    }
    assert whole.access == {
        "commune_officer": ("*",),
        "collaborator": ("child_name", "village"),
        "auditor": (),
    }
    schooling = whole.subcases["schooling"]
    assert (schooling.code, schooling.many, schooling.required) == ("GD", False, True)
    assert schooling.returns == {"enrolled_on": FieldType.DATE, "attendance_rate": FieldType.INTEGER}
    reopen = whole.states["closed"].reopen
    assert reopen is not None
    assert (reopen.by, reopen.to, reopen.within) == (
        ("province_child_lead",),
        "planning",
        Duration(24, "months"),
    )
    assert list(whole.decisions["classification"].inputs) == ["age", "hazards"]
    assert whole.milestones["first_support"].when.source == "subcases.any_opened"
    assert whole.accept == {"WF206": "Có người ký thay"}
    assert whole.stages["detection"] == Text("Phát hiện", "Detection")


def test_what_may_be_missing_has_sensible_values() -> None:
    text = (
        TEXT.replace("calendar: vn_public\n", "")
        .replace("subject: child\n", "")
        .replace("owner: commune_officer\n", "")
    )
    definition = load_definition(
        text.replace('reference: "{area}-{year}-{number:05}"\n', ""), LISTS
    ).definition
    assert definition is not None
    assert (definition.calendar, definition.subject, definition.owner) == ("vn_public", "case", "")
    assert definition.reference == "{area}-{year}-{number:05}"


def test_a_track_is_numbered_under_its_parent_unless_said_otherwise() -> None:
    text = TEXT.replace(", area: place, law", ", law").replace('reference: "{area}-{year}-{number:05}"\n', "")
    definition = load_definition(text, LISTS).definition
    assert definition is not None
    assert definition.reference == "{parent}/{code}{number}"


@pytest.mark.parametrize(
    "case", read((HERE / "broken.yaml").read_text()).plain["broken"], ids=lambda case: case["at"]
)
def test_what_does_not_hold_together_is_told_at_its_place(case: dict[str, str]) -> None:
    wanted = (case["code"], case["says"], case["at"])
    found = {
        (each.code, each.variant, each.path): each for each in findings_of((case["change"], case["into"]))
    }
    assert wanted in found
    assert found[wanted].severity is Severity.ERROR
    assert found[wanted].place is not None
    assert found[wanted].params.get("suggestion") == case.get(
        "nearest", found[wanted].params.get("suggestion")
    )


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    findings = findings_of(
        ("from: planning\n", "from: planing\n"),
        ("stage: detection", "stage: detecton"),
        ('risk_level == "high"\n', "risk_level == 3\n"),
        ("when: subcases.any_opened", "when: 1 <"),
    )
    assert [each.code for each in findings] == ["WF101", "WF101", "WF305", "WF310"]
    assert len({each.place.line for each in findings if each.place}) == 4


def test_rings_of_computed_fields_are_told_for_each_field_in_them() -> None:
    ring = (
        "  first: {type: integer, title: {vi: Một, en: One}, compute: second + 1}\n"
        "  second: {type: integer, title: {vi: Hai, en: Two}, compute: first + 1}\n"
        "  third: {type: integer, title: {vi: Ba, en: Three}, compute: first + 1}\n"
    )
    findings = findings_of(("  agreed: {", ring + "  agreed: {"))
    assert [(each.variant, each.params["name"]) for each in findings] == [
        ("compute_ring", "first"),
        ("compute_ring", "second"),
    ]


def test_without_a_file_a_broken_definition_still_says_what_is_wrong() -> None:
    loaded = load_definition(TEXT, LISTS)
    assert loaded.plain is not None
    plain = {**loaded.plain, "owner": "x", "subcases": []}
    with pytest.raises(Broken) as caught:
        build(plain)
    assert {each.code for each in caught.value.findings} == {"WF101"}
    assert all(each.place is None for each in caught.value.findings)
    assert "WF101 transitions.open_schooling.do.0.open_subcase" in str(caught.value)
