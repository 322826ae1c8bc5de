"""Which steps there are between which places."""

from typing import Any

from engine.definition.checks.net import Net, Place, net_of
from tests.engine.definition.checks.drawing import fields, net, when


def steps(drawn: str, changes: dict[str, dict[str, Any]], **top: Any) -> dict[Place, list[str]]:
    found = Net(net(drawn, changes, **top))
    return {place: [each.way.key for each in moves] for place, moves in found.out.items()}


def test_a_step_that_does_not_move_leads_back_to_its_place() -> None:
    found = Net(net("a>b b>b b>c", {"b>b": {"to": "same"}}))
    (same,) = (each for each in found.moves if each.way.to is None)
    assert same.source == same.target == Place("b")


def test_places_are_told_apart_where_a_guard_asks_where_the_case_came_from() -> None:
    back = {"d>b": {"trigger": "back", "when": when('case.came_from == "b"')}, "d>c": {"trigger": "back"}}
    found = steps("a>b a>c b>d c>d d>b d>c b>e", back)
    assert found[Place("d", "b")] == ["d>b"]
    assert found[Place("d", "c")] == ["d>c"]
    assert set(found) == {Place("a"), Place("b"), Place("c"), Place("d", "b"), Place("d", "c"), Place("e")}


def test_a_guard_that_asks_for_the_state_holds_in_that_state_alone() -> None:
    both = {"c>d": {"from": ["b", "c"], "when": when('case.state == "c"')}}
    found = steps("a>b b>c c>d", both)
    assert (found[Place("b")], found[Place("c")]) == (["b>c"], ["c>d"])


def test_below_an_alternative_that_always_holds_nothing_is_looked_at() -> None:
    shared = {"a>b": {"trigger": "go"}, "a>c": {"trigger": "go"}}
    assert steps("a>b a>c b>d", shared)[Place("a")] == ["a>b"]
    shared["a>b"]["when"] = when("x > 3")
    assert steps("a>b a>c b>d", shared, fields=fields(x="integer"))[Place("a")] == ["a>b", "a>c"]


def test_what_nobody_may_do_is_no_step() -> None:
    assert steps("a>b b>c a>c", {"a>c": {"by": []}})[Place("a")] == ["a>b"]


def test_reopening_leads_on_from_an_end() -> None:
    found = steps("a>b", {"b": {"final": True, "reopen": {"by": ["province_child_lead"], "to": "a"}}})
    assert found[Place("b")] == ["reopen.b"]


def test_without_exactly_one_initial_state_there_is_no_step() -> None:
    assert steps("a>b", {"a": {"initial": False}}) == {}
    assert steps("a>c b>c", {"a": {"initial": True}, "b": {"initial": True}}) == {}


def test_the_net_of_a_definition_is_made_once_and_of_an_equal_one_again() -> None:
    one, other = net("a>b"), net("a>b")
    assert net_of(one) is net_of(one)
    assert net_of(one) is not net_of(other)
