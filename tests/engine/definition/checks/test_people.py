"""WF501 to WF503: four eyes, and functions with nothing to do."""

from typing import Any

from engine.definition.model import Definition
from tests.engine.definition.checks.drawing import TITLE, deadline, fields, form, found, net, track, when


def alone(definition: Definition) -> list[tuple[str, list[str]]]:
    return [(each.path, each.witness["path"]) for each in found(definition, "WF501")]


APPROVES = {"b>c": {"other_than": ["a>b"]}}
AT = "transitions.b>c.other_than"


def test_a_way_around_the_first_person_is_shown() -> None:
    assert alone(net("a>b b>c", APPROVES)) == []
    assert alone(net("a>b a-lapse>b b>c", APPROVES)) == [(AT, ["a-lapse>b"])]


def test_of_several_first_steps_one_is_enough() -> None:
    either = {"b>c": {"other_than": ["a>b", "a-again>b"]}}
    assert alone(net("a>b a-again>b b>c", either)) == []
    assert alone(net("a>b a-again>b a-lapse>b b>c", either)) == [(AT, ["a-lapse>b"])]


def test_alternatives_of_one_trigger_are_one_step() -> None:
    shared = {
        "a>b": {"trigger": "go", "when": when("known(x)")},
        "a-else>b": {"trigger": "go"},
        "b>c": {"other_than": ["go"]},
    }
    assert alone(net("a>b a-else>b b>c", shared, fields=fields(x="integer"))) == []


def test_who_opened_the_case_always_did() -> None:
    assert alone(net("a>b b>c", {"b>c": {"other_than": ["open"]}})) == []


def test_a_first_person_of_an_earlier_cycle_counts() -> None:
    again = {"c": {"final": True, "reopen": {"by": ["province_child_lead"], "to": "b"}}}
    assert alone(net("a>b b>c", {**APPROVES, **again})) == []


def test_where_the_guard_asks_what_only_the_first_step_writes_the_author_has_decided() -> None:
    agrees = {"b>b": {"to": "same", "do": [{"effect": "set", "values": {"agreed": "true"}}]}}
    free = {"b>c": {"other_than": ["b>b"]}}
    asking = {"b>c": {"other_than": ["b>b"], "when": when("x > 3 or (known(agreed) and agreed)")}}
    given = fields(agreed="boolean", x="integer")
    intake = {"open": {"title": TITLE, "by": ["commune_officer"], "form": "f"}, "forms": [form("f", "x")]}
    assert alone(net("a>b b>b b>c", {**agrees, **free}, fields=given, **intake)) == [(AT, ["a>b"])]
    assert alone(net("a>b b>b b>c", {**agrees, **asking}, fields=given, **intake)) == []


def test_a_step_that_needs_what_only_the_first_step_writes_proves_that_it_was_taken() -> None:
    agrees = {"b>b": {"to": "same", "do": [{"effect": "set", "values": {"agreed": "true"}}]}}
    proves = {"b>c": {"when": when("known(agreed)")}, "c>d": {"other_than": ["b>b"]}}
    assert alone(net("a>b b>b b>c c>d", {**agrees, **proves}, fields=fields(agreed="boolean"))) == []
    elsewhere = {"a>b": {"do": [{"effect": "set", "values": {"agreed": "false"}}]}}
    told = alone(net("a>b b>b b>c c>d", {**agrees, **proves, **elsewhere}, fields=fields(agreed="boolean")))
    assert told == [("transitions.c>d.other_than", ["a>b", "b>c"])]


def test_a_way_on_which_an_effect_has_closed_the_step_is_none() -> None:
    closes = {"a-lapse>b": {"do": [{"effect": "set", "values": {"late": "true"}}]}}
    guard = {"b>c": {"other_than": ["a>b"], "when": when("not known(late) or not late")}}
    assert alone(net("a>b a-lapse>b b>c", {**closes, **guard}, fields=fields(late="boolean"))) == []


def test_a_way_for_other_cases_than_the_step_is_none() -> None:
    small = {"a>b": {"when": when('risk == "one"')}, "a-fast>b": {"when": when('risk == "two"')}}
    intake: dict[str, Any] = {
        "fields": fields(risk="choice"), "forms": [form("f", "risk")],
        "open": {"title": TITLE, "by": ["commune_officer"], "form": "f"},
    }  # fmt: skip
    assert alone(net("a>b a-fast>b b>c", {**small, **APPROVES}, **intake)) == [(AT, ["a-fast>b"])]
    one = {"b>c": {**APPROVES["b>c"], "when": when('risk == "one"')}}
    assert alone(net("a>b a-fast>b b>c", {**small, **one}, **intake)) == []
    asked_again = {"b>b": {"to": "same", "form": "f"}}
    assert alone(net("a>b a-fast>b b>b b>c", {**small, **one, **asked_again}, **intake)) == [
        (AT, ["a-fast>b", "b>b"])
    ]


def test_a_proposal_that_is_decided_was_made() -> None:
    steps: dict[str, dict[str, Any]] = {
        "b-ask>b": {"to": "same", "form": "f", "proposes": True},
        "b-say>b": {"to": "same", "accepts": "b-ask>b", "other_than": ["b-ask>b"]},
    }
    given: dict[str, Any] = {"fields": fields(x="text"), "forms": [form("f", optional=["x"])]}
    assert alone(net("a>b b-ask>b b-say>b b>c", steps, **given)) == []


CHAIR, OFFICER = {"by": ["commune_chair"]}, {"by": ["commune_officer"]}


def test_two_people_of_one_function_are_told() -> None:
    both = {"a>b": CHAIR, "b>c": {**CHAIR, **APPROVES["b>c"]}}
    (finding,) = found(net("a>b b>c", both), "WF502")
    assert finding.params == {"transition": "b>c", "triggers": ["a>b"], "function": "commune_chair"}


def test_a_second_function_on_either_side_is_enough() -> None:
    for other in (
        {"a>b": OFFICER, "b>c": {**CHAIR, **APPROVES["b>c"]}},
        {"b>c": {**CHAIR, **APPROVES["b>c"]}},
        {"a>b": CHAIR, "b>c": APPROVES["b>c"]},
        {"a>b": {"by": ["commune_chair", "system"]}, "b>c": {**CHAIR, **APPROVES["b>c"]}},
    ):
        assert found(net("a>b b>c", other), "WF502") == []


def test_who_alone_may_open_and_who_decides_on_proposals_count() -> None:
    opened = {"open": {"title": TITLE, **CHAIR}}
    assert found(net("a>b", {"a>b": {**CHAIR, "other_than": ["open"]}}, **opened), "WF502")
    steps: dict[str, dict[str, Any]] = {
        "b-ask>b": {"to": "same", "form": "f", "proposes": True, **CHAIR},
        "b-say>b": {"to": "same", "accepts": "b-ask>b", **CHAIR},
    }
    given: dict[str, Any] = {"fields": fields(x="text"), "forms": [form("f", optional=["x"])]}
    assert len(found(net("a>b b-ask>b b-say>b b>c", steps, **given), "WF502")) == 1


def idle(definition: Definition, **family: Definition) -> list[tuple[str, str]]:
    return [(each.variant, each.path) for each in found(definition, "WF503", family)]


def test_a_function_that_only_looks_is_told() -> None:
    assert idle(net("a>b", access={"auditor": [], "commune_chair": "*"})) == [("", "access.auditor")]


def test_whoever_is_told_chosen_or_reads_has_something_to_do() -> None:
    sees: dict[str, Any] = {"access": {"auditor": []}}
    notify = [{"effect": "notify", "to": "auditor", "say": TITLE}]
    assert idle(net("a>b", {"a": {"deadlines": deadline(escalate_to="auditor")}}, **sees)) == []
    assert idle(net("a>b", deadlines=deadline(escalate_to="auditor", starts=["a>b"]), **sees)) == []
    assert idle(net("a>b", {"a>b": {"do": notify}}, **sees)) == []
    assert idle(net("a>b", owner="auditor", **sees)) == []
    assert (
        idle(net("a>b", subcases=track("other") and [{**track("other")[0], "holder": "auditor"}], **sees))
        == []
    )
    for more in ({"holder": "auditor", "type": "actor"}, {"readers": ["auditor"], "type": "text"}):
        assert idle(net("a>b", fields=[{"key": "x", "title": TITLE, **more}], **sees)) == []


def test_whoever_is_told_must_see_the_case() -> None:
    again = [
        {
            "key": "r",
            "title": TITLE,
            "every": {"duration": "1 week"},
            "done_by": ["a>b"],
            "escalate_to": "police",
        }
    ]
    assert idle(net("a>b", {"a": {"repeats": again}})) == [("told", "states.a.repeats.r")]
    assert idle(net("a>b", {"a": {"repeats": again}}, access={"police": []})) == []
    assert idle(net("a>b", {"a": {"repeats": again}, "a>b": {"by": ["police", "commune_chair"]}})) == []


def test_whoever_may_read_a_field_must_see_the_case() -> None:
    secret = [{"key": "x", "type": "text", "title": TITLE, "readers": ["opener", "police"]}]
    assert idle(net("a>b", fields=secret)) == [("reader", "fields.x.readers")]


def test_the_agency_that_serves_a_track_sees_it() -> None:
    told = net("a>b", {"a": {"deadlines": deadline(escalate_to="school")}}, id="other")
    assert idle(told) == [("told", "states.a.deadlines.due")]
    assert idle(told, parent=net("a>b", id="parent", subcases=track("other"))) == []
