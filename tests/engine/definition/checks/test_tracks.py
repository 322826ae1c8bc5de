"""WF401 to WF406: joins, ends and secrets of tracks."""

from typing import Any

import pytest

from engine.definition.model import Definition
from tests.engine.definition.checks.drawing import TITLE, codes, fields, found, net, track, when

OPENS = {"to": "same", "do": [{"effect": "open_subcase", "key": "t"}]}
ENDS = {"z": {"final": True}}


def drawn(line: str, changes: dict[str, dict[str, Any]], **of_track: Any) -> Definition:
    return net(line, {**ENDS, **changes}, subcases=track("other", **of_track))


def told(definition: Definition, code: str) -> list[tuple[str, list[str]]]:
    return [(each.path, each.witness.get("path", [])) for each in found(definition, code)]


WAITS = when("subcases.t.closed >= 1")


def test_a_join_on_a_way_that_opens_nothing_is_told_with_that_way() -> None:
    steps = {"a>b": {"do": OPENS["do"]}, "b>z": {"when": WAITS}}
    assert told(drawn("a>b a-lapse>b b>z", steps), "WF401") == [("transitions.b>z.when", ["a-lapse>b"])]
    assert told(drawn("a>b b>z", steps), "WF401") == []


def test_a_join_that_nothing_ever_opens_for_is_told() -> None:
    (finding,) = found(drawn("a>b b>z", {"b>z": {"when": when("subcases.any_opened")}}), "WF401")
    assert (finding.witness, finding.params["subcase"]) == ({"path": ["a>b"], "state": "b"}, "t")
    both = [*track("other"), {**track("other")[0], "key": "u", "code": "U"}]
    (finding,) = found(
        net("a>b b>z", {**ENDS, "b>z": {"when": when("subcases.any_opened")}}, subcases=both), "WF401"
    )
    assert (finding.variant, finding.params["subcase"]) == ("any", "")


def test_a_track_that_can_still_be_opened_is_waited_for_in_good_right() -> None:
    assert told(drawn("a>b b>b b>z", {"b>b": OPENS, "b>z": {"when": WAITS}}), "WF401") == []
    back = {"c>c": OPENS, "b>z": {"when": WAITS}}
    assert told(drawn("a>b b>c c>c c>b b>z", back), "WF401") == []


def test_a_step_for_cases_with_a_track_beside_one_for_the_others_is_no_fault() -> None:
    steps = {"b>z": {"when": WAITS}, "b-plain>z": {}}
    assert told(drawn("a>b b>z b-plain>z", steps), "WF401") == []


def test_an_exceptional_end_is_no_comfort_unless_there_is_no_other() -> None:
    aside = {"x": {"final": True, "exceptional": True}, "b>z": {"when": WAITS}}
    assert told(drawn("a>b b>x b>z", aside), "WF401") == [("transitions.b>z.when", ["a>b"])]
    aside["z"] = {"final": True, "exceptional": True}
    assert told(drawn("a>b b>x b>z", aside), "WF401") == []


@pytest.mark.parametrize(
    "guard",
    [
        "subcases.all_closed",
        "subcases.t.open == 0",
        "subcases.t.count == subcases.t.closed",
        "not known(t.on) or t.on",
    ],
)
def test_a_guard_that_holds_without_a_track_waits_for_none(guard: str) -> None:
    returns = [{"key": "on", "type": "boolean"}]
    assert told(drawn("a>b b>z", {"b>z": {"when": when(guard)}}, returns=returns), "WF401") == []


def test_a_returned_value_is_waited_for_too() -> None:
    returns = [{"key": "on", "type": "boolean"}]
    guard = {"b>z": {"when": when("known(t.on) and t.on")}}
    assert told(drawn("a>b b>z", guard, returns=returns), "WF401") == [("transitions.b>z.when", ["a>b"])]


def test_a_track_whose_workflow_cannot_end_is_told_where_that_is_known() -> None:
    endless = net("a>b b>a c>z", {"a": {"initial": True}, **ENDS}, id="other")
    parent = drawn("a>a a>z", {"a>a": OPENS})
    assert [each.path for each in found(parent, "WF402", {"other": endless})] == ["subcases.t.definition"]
    assert found(parent, "WF402", {"other": net("a>z", id="other")}) == []
    assert found(parent, "WF402", {}) == []


REQUIRED = {"required": True}


def test_an_end_over_a_required_track_is_told_with_the_way_that_opens_it() -> None:
    definition = drawn("a>b b>b b>z", {"b>b": OPENS}, **REQUIRED)
    assert told(definition, "WF403") == [("transitions.b>z", ["a>b", "b>b"])]
    assert told(drawn("a>b b>b b>z", {"b>b": OPENS}), "WF403") == []


@pytest.mark.parametrize(
    ("guard", "leaves"),
    [
        ("subcases.t.open == 0", False),
        ("subcases.all_closed", False),
        ("subcases.t.closed == subcases.t.count", False),
        ("subcases.t.closed >= 1", True),
        ("subcases.any_opened", True),
    ],
)
def test_a_guard_keeps_a_required_track_from_being_left_open(guard: str, leaves: bool) -> None:
    steps = {"b>b": OPENS, "b>z": {"when": when(guard)}}
    assert bool(found(drawn("a>b b>b b>z", steps, **REQUIRED), "WF403")) == leaves


def test_of_a_track_that_is_opened_once_one_that_has_ended_is_enough() -> None:
    steps = {"b>b": OPENS, "b>z": {"when": when("subcases.t.closed >= 1")}}
    assert found(drawn("a>b b>b b>z", steps, **REQUIRED, once=True), "WF403") == []


def test_cancelling_a_required_track_or_an_earlier_join_is_enough() -> None:
    cancels = {"b>b": OPENS, "b>z": {"do": [{"effect": "cancel_subcases", "keys": ["all"]}]}}
    assert found(drawn("a>b b>b b>z", cancels, **REQUIRED), "WF403") == []
    joined = {"b>b": OPENS, "b>c": {"when": when("subcases.all_closed")}}
    assert found(drawn("a>b b>b b>c c>z", joined, **REQUIRED), "WF403") == []
    assert found(drawn("a>b b>c c>z", {}, **REQUIRED), "WF403") == []


def test_all_closed_is_told_where_there_may_be_no_track() -> None:
    guard = {"b>z": {"when": when("subcases.all_closed")}}
    assert [each.path for each in found(drawn("a>b b>b b>z", {"b>b": OPENS, **guard}), "WF404")] == [
        "transitions.b>z.when"
    ]
    opened = {"a>b": {"do": OPENS["do"]}, **guard}
    assert found(drawn("a>b b>z", opened), "WF404") == []


@pytest.mark.parametrize(
    "guard",
    [
        "subcases.any_opened and subcases.all_closed",
        "known(x) or (subcases.any_opened and subcases.all_closed)",
        "subcases.t.count >= 1 and subcases.all_closed",
        "not subcases.all_closed",
    ],
)
def test_all_closed_is_not_told_where_it_lets_nobody_pass_without_a_track(guard: str) -> None:
    steps = {"b>b": OPENS, "b>z": {"when": when(guard)}}
    definition = net("a>b b>b b>z", {**ENDS, **steps}, subcases=track("other"), fields=fields(x="integer"))
    assert found(definition, "WF404") == []


STRICT = [{"key": "secret", "type": "text", "title": TITLE, "private": "strict"}, *fields(x="text")]


def test_a_strict_field_is_given_to_no_track_and_copied_into_no_other_case() -> None:
    given = net("a>z", fields=STRICT, subcases=track("other", gives=["x", "secret"]))
    assert [(each.path, each.variant) for each in found(given, "WF406")] == [("subcases.t.gives.1", "")]
    copy = [{"effect": "open_case", "as": "found", "values": {"x": "secret"}}]
    copied = net("a>z", {"a>z": {"do": copy}}, fields=STRICT, links=[{"key": "found", "title": TITLE}])
    assert [(each.path, each.variant) for each in found(copied, "WF406")] == [
        ("transitions.a>z.do.0", "open_case")
    ]


def test_without_tracks_nothing_is_said_of_them() -> None:
    assert codes(net("a>b b>z", ENDS)) == []
