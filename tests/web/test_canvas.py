"""Where boxes and arrows stand: nothing lies upon another that it has nothing to do with."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest

from engine.definition.diagram import Diagram, diagram
from tests.engine.definition.test_diagram import loaded, shipped
from tests.support.world import TOY
from web.canvas import Arrow, Canvas, Pair, Point, canvas
from workflows import catalogue

Piece = tuple[Point, Point]
GRAPHS = {name: diagram(shipped(name)) for name in catalogue.definition_texts()} | {
    "toy": diagram(loaded(TOY))
}


def drawn(graph: Diagram, *more: Pair) -> Canvas:
    pairs = [*((each.source, each.target) for each in graph.edges), *more]
    return canvas(graph, pairs, dict.fromkeys((each.state for each in graph.nodes), 4), pairs[::3])


def pieces(arrow: Arrow) -> list[Piece]:
    """The straight pieces of an arrow, with its corners where the roundings meet."""
    points = [
        (int(x), int(y))
        for kind, x, y in re.findall(r"([MLQ])(\d+) (\d+)", arrow.path)
        if kind != "L" or arrow.path.endswith(f"L{x} {y}")
    ]
    return list(pairwise(points))


def upright(piece: Piece) -> bool:
    return piece[0][0] == piece[1][0]


def lie_upon(one: Piece, other: Piece) -> bool:
    """Do two pieces share more than a point?"""
    if upright(one) != upright(other):
        return False
    across, along = (0, 1) if upright(one) else (1, 0)
    if one[0][across] != other[0][across]:
        return False
    ends = [sorted((piece[0][along], piece[1][along])) for piece in (one, other)]
    return max(ends[0][0], ends[1][0]) < min(ends[0][1], ends[1][1])


@pytest.mark.parametrize("name", GRAPHS)
def test_arrows_that_neither_start_nor_end_together_never_lie_upon_each_other(name: str) -> None:
    arrows = drawn(GRAPHS[name]).arrows
    for (one, first), (other, second) in combinations(arrows.items(), 2):
        if one[0] != other[0] and one[1] != other[1]:
            found = [(a, b) for a in pieces(first) for b in pieces(second) if lie_upon(a, b)]
            assert found == [], (one, other)


@pytest.mark.parametrize("name", GRAPHS)
def test_every_arrow_goes_at_right_angles_from_its_box_to_its_box_and_through_none(name: str) -> None:
    whole = drawn(GRAPHS[name])
    assert len(whole.arrows) == len(GRAPHS[name].edges)
    for (source, target), arrow in whole.arrows.items():
        parts = pieces(arrow)
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in parts)
        for key, end in ((source, parts[0][0]), (target, parts[-1][1])):
            box = whole.boxes[key]
            assert box.x - 8 <= end[0] <= box.x + box.width + 8
            assert box.y - 8 <= end[1] <= box.bottom + 8
        for box in whole.boxes.values():
            for (x1, y1), (x2, y2) in parts:
                beside = max(x1, x2) <= box.x or min(x1, x2) >= box.x + box.width
                assert beside or max(y1, y2) <= box.y or min(y1, y2) >= box.bottom, (source, target)
        assert all(0 < x < whole.width and 0 < y < whole.height for part in parts for x, y in part)


@pytest.mark.parametrize("name", GRAPHS)
def test_numbers_stand_apart_and_no_box_outside_its_lane(name: str) -> None:
    whole = drawn(GRAPHS[name])
    places = {arrow.at for arrow in whole.arrows.values()}
    for (x1, y1), (x2, y2) in combinations(places, 2):
        assert abs(x1 - x2) >= 16 or abs(y1 - y2) >= 16
    for node in GRAPHS[name].nodes:
        box, lane = whole.boxes[node.state], whole.lanes[node.lane]
        assert lane.title_y < box.y < box.bottom < lane.y + lane.height


def test_a_pair_the_definition_has_no_way_between_is_drawn_and_one_of_unknown_states_is_not() -> None:
    graph = GRAPHS["toy"]
    whole = drawn(graph, ("granted", "asked"), ("gone", "asked"), ("draft", "draft"))
    assert ("granted", "asked") in whole.arrows
    assert len(whole.arrows) == len(graph.edges) + 1


def test_arrows_to_all_states_of_a_bundle_take_one_line() -> None:
    graph = GRAPHS["child_case"]
    ends = ("review", "closed")
    pairs = [("reported", each) for each in ends]
    apart, together = (
        {
            piece
            for each in ends
            for piece in pieces(canvas(graph, pairs, {}, (), bundles).arrows["reported", each])
            if upright(piece)
        }
        for bundles in (None, dict.fromkeys(ends, "both"))
    )
    assert len(together) < len(apart)
