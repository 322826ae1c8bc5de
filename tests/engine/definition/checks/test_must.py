"""The must-analysis and its ways, against every history of small nets."""

from collections import deque
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from engine.definition.checks.must import Change, Must
from engine.definition.checks.net import Net, Place
from tests.engine.definition.checks.drawing import TITLE, net

FACTS = ("x", "y", "z")
Changes = Mapping[str, list[Change]]


def must(drawn: str, start: str = "", **changes: Change) -> tuple[Net, Must]:
    """`changes` by the move they belong to, "ab" for "a>b"."""
    found = Net(net(drawn))
    return found, Must(found, start, lambda move: [changes.get(move.way.key.replace(">", ""), Change())])


def test_only_what_every_way_brings_about_is_certain() -> None:
    _, found = must("a>b a>c b>d c>d", ab=Change("xy"), ac=Change("x"), bd=Change("z"), cd=Change("z"))
    assert found.at(Place("b")) == {"x", "y"}
    assert found.at(Place("d")) == {"x", "z"}
    assert found.holds(Place("d"), "x") and not found.holds(Place("d"), "y")
    assert not found.holds(Place("d"), "never heard of")


def test_what_a_step_takes_away_is_not_certain_after_it() -> None:
    _, found = must("a>b b>c c>b c>d", "x", cb=Change(takes="x"))
    assert not found.holds(Place("b"), "x") and not found.holds(Place("d"), "x")
    assert [each.way.key for each in found.way(Place("d"), "x") or ()] == ["a>b", "b>c", "c>b", "b>c", "c>d"]


def test_a_step_that_does_not_move_counts_too() -> None:
    same = {"b>b": {"to": "same"}}
    found = Net(net("a>b b>b b>c", same))
    taken = Must(found, "x", lambda move: [Change(takes="x")] if move.way.to is None else [])
    assert not taken.holds(Place("b"), "x")
    assert [each.way.key for each in taken.way(Place("c"), "x") or ()] == ["a>b", "b>b", "b>c"]


def test_reopening_keeps_what_it_does_not_take() -> None:
    again = {"c": {"final": True, "reopen": {"by": ["province_child_lead"], "to": "b"}}}
    found = Net(net("a>b b>c", again))
    kept = Must(found, "x", lambda move: [])
    assert kept.holds(Place("b"), "x")
    taken = Must(found, "x", lambda move: [Change(takes="x")] if move.way.trigger == "reopen" else [])
    assert not taken.holds(Place("b"), "x")
    assert [each.way.key for each in taken.way(Place("b"), "x") or ()] == ["a>b", "b>c", "reopen.c"]


def test_a_copy_stands_or_falls_with_what_it_was_copied_from() -> None:
    _, found = must("a>b a>c b>d c>d d>e", ab=Change("x"), de=Change(copies={"y": "x"}))
    assert not found.holds(Place("e"), "y")
    assert [each.way.key for each in found.way(Place("e"), "y") or ()] == ["a>c", "c>d", "d>e"]
    _, found = must("a>b b>c", "x", bc=Change(copies={"y": "x"}))
    assert found.holds(Place("c"), "y")


def test_the_changes_of_a_step_come_one_after_another() -> None:
    found = Net(net("a>b"))
    one_by_one = [Change(takes="x"), Change("y"), Change(copies={"x": "y"})]
    after = Must(found, "x", lambda move: one_by_one)
    (move,) = found.moves
    assert [after.along(move, number) for number in range(4)] == [{"x"}, set(), {"y"}, {"x", "y"}]
    assert after.along(move) == {"x", "y"}


def test_a_way_can_be_asked_for_without_some_steps() -> None:
    drawn, found = must("a>b a>c c>b b>d")
    (short,) = (each for each in drawn.moves if each.way.key == "a>b")
    assert [each.way.key for each in found.way(Place("d"), "x", frozenset((short,))) or ()] == [
        "a>c",
        "c>b",
        "b>d",
    ]
    assert found.way(Place("b"), "x", frozenset(drawn.moves)) is None


some = st.sets(st.sampled_from(FACTS), max_size=2)
change = st.builds(Change, some, some, st.dictionaries(st.sampled_from(FACTS), some, max_size=1))
drawings = st.dictionaries(
    st.tuples(*[st.sampled_from("abcd")] * 2).map(">".join),
    st.lists(change, max_size=2),
    min_size=1,
    max_size=7,
)


@given(drawings, some)
def test_facts_are_certain_exactly_when_they_hold_after_every_history(
    changes: Changes, start: set[str]
) -> None:
    drawn = Net(net(" ".join(changes), {"a": {"initial": True}}, transitions=_transitions(changes)))
    found = Must(drawn, start, lambda move: changes[move.way.key])
    histories = _histories(drawn, changes, frozenset(start))
    for place, sets in histories.items():
        assert found.at(place) == frozenset.intersection(*sets)
        for fact in set(FACTS) - found.at(place):
            way = found.way(place, fact)
            assert way is not None
            held = frozenset(start)
            for move in way:
                held = _after(changes[move.way.key], held)
            assert fact not in held
            assert len(way) == min(length for each, length in sets.items() if fact not in each)


def _transitions(changes: Changes) -> list[dict[str, object]]:
    return [
        {"key": key, "title": TITLE, "from": [key[0]], "to": key[2], "by": ["commune_officer"]}
        for key in changes
    ]


def _histories(drawn: Net, changes: Changes, start: frozenset[str]) -> dict[Place, dict[frozenset[str], int]]:
    """At each place every set of facts a case may come with, and after how many steps at least."""
    found: dict[Place, dict[frozenset[str], int]] = {place: {start: 0} for place in drawn.starts}
    todo = deque((place, start) for place in drawn.starts)
    while todo:
        place, held = todo.popleft()
        for move in drawn.out[place]:
            after = _after(changes[move.way.key], held)
            if after not in found.setdefault(move.target, {}):
                found[move.target][after] = found[place][held] + 1
                todo.append((move.target, after))
    return found


def _after(changes: list[Change], held: frozenset[str]) -> frozenset[str]:
    for each in changes:
        before, held = held, (held - frozenset(each.takes)) | frozenset(each.gives)
        for copy, needs in each.copies.items():
            held = held | {copy} if before >= frozenset(needs) else held - {copy}
    return held
