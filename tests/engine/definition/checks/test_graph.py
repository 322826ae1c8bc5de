"""The searches of the graph, against nets drawn in a line: "a>b b>c" are moves named after themselves."""

from hypothesis import given
from hypothesis import strategies as st

from engine.definition.checks.graph import Edge, backward, circles, groups, reach, way


def net(drawn: str) -> list[Edge]:
    return [Edge(step[0], step, step[2]) for step in drawn.split()]


def test_a_way_found_is_a_shortest_one() -> None:
    found = reach(["a"], net("a>b b>c c>d a>c"))
    assert set(found) == set("abcd")
    assert way(found, "d") == ["a>c", "c>d"]
    assert way(found, "a") == []


def test_what_cannot_be_reached_is_not_found() -> None:
    assert set(reach(["a"], net("a>b c>a"))) == {"a", "b"}


def test_backward_says_what_leads_to_a_state() -> None:
    assert set(reach(["d"], backward(net("a>b b>d c>a d>e")))) == set("abcd")


def test_one_circle_for_each_group() -> None:
    found = list(circles(net("a>b b>c c>a c>d d>e e>d e>f")))
    assert [{edge.source for edge in circle} for circle in found] == [{"a", "b", "c"}, {"d", "e"}]
    for circle in found:
        assert [edge.target for edge in circle] == [*(edge.source for edge in circle[1:]), circle[0].source]


def test_a_move_from_a_state_to_itself_is_a_circle() -> None:
    assert [[edge.transition for edge in circle] for circle in circles(net("a>b b>b"))] == [["b>b"]]


def test_a_long_line_needs_no_recursion() -> None:
    moves = [Edge(str(at), "on", str(at + 1)) for at in range(20_000)]
    assert list(circles(moves)) == []
    assert len(list(circles([*moves, Edge("20000", "back", "0")]))) == 1


moves = st.lists(st.tuples(*[st.sampled_from("abcdef")] * 2), max_size=14).map(
    lambda pairs: [Edge(source, f"{source}>{target}", target) for source, target in pairs]
)


@given(moves)
def test_groups_are_the_states_that_reach_each_other(drawn: list[Edge]) -> None:
    states = {state for edge in drawn for state in (edge.source, edge.target)}
    reached = {state: set(reach([state], drawn)) for state in states}
    grouped = {state: group for group in groups(drawn) for state in group}
    assert set(grouped) == states
    for one in states:
        for other in states:
            together = other in reached[one] and one in reached[other]
            assert (grouped[one] == grouped[other]) == together


@given(moves)
def test_a_circle_is_found_exactly_when_a_state_leads_back_to_itself(drawn: list[Edge]) -> None:
    back = {edge.source for edge in drawn if edge.source in reach([edge.target], drawn)}
    found = list(circles(drawn))
    assert bool(found) == bool(back)
    assert {edge.source for circle in found for edge in circle} <= back
