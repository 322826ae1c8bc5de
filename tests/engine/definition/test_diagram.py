"""The graph of a definition: lanes by stage, and what each arrow stands for."""

from __future__ import annotations

from engine.definition.diagram import ROW, diagram
from engine.definition.model import Definition
from schemas.load import load_definition
from tests.support.world import TOY
from workflows import catalogue

ASKING, ENDING = "  asking: {vi: Đề nghị, en: Asking}\n", "  ending: {vi: Kết thúc, en: Ending}\n"


def loaded(text: str) -> Definition:
    definition = load_definition(text, {}).definition
    assert definition
    return definition


def shipped(name: str) -> Definition:
    definition = load_definition(catalogue.definition_texts()[name], catalogue.code_lists()).definition
    assert definition
    return definition


def lanes(definition: Definition) -> list[tuple[str, list[str]]]:
    """The lanes, each with its states from left to right."""
    graph = diagram(definition)
    return [
        (
            stage,
            [each.state for each in sorted(graph.nodes, key=lambda each: each.column) if each.lane == lane],
        )
        for lane, stage in enumerate(graph.lanes)
    ]


def test_lanes_follow_the_order_of_the_stages_and_not_that_of_the_states() -> None:
    assert [stage for stage, _ in lanes(loaded(TOY))] == ["asking", "ending"]
    found = lanes(loaded(TOY.replace(ASKING + ENDING, ENDING + ASKING)))
    assert [stage for stage, _ in found] == ["ending", "asking"]
    assert found[1][1][:2] == ["draft", "asked"]


def test_a_stage_without_states_has_no_lane_and_states_without_a_stage_stand_last() -> None:
    text = TOY.replace("    stage: asking\n    initial: true", "    initial: true").replace(
        ASKING, "  empty: {vi: Trống, en: Empty}\n" + ASKING
    )
    assert [stage for stage, _ in lanes(loaded(text))] == ["asking", "ending", ""]
    assert lanes(loaded(text))[-1][1] == ["draft"]


def rows(definition: Definition) -> list[list[str]]:
    """The states row by row, from left to right; no two stand at one place."""
    nodes = diagram(definition).nodes
    assert len({(each.row, each.column) for each in nodes}) == len(nodes) == len(definition.states)
    return [
        [each.state for each in sorted(nodes, key=lambda each: each.column) if each.row == row]
        for row in range(1 + max(each.row for each in nodes))
    ]


def test_no_row_is_longer_than_one_sees_at_once_and_the_usual_states_come_in_order() -> None:
    definition = shipped("vocational_training")
    found = rows(definition)
    assert max(map(len, found)) == ROW
    usual = [key for key, state in definition.states.items() if not state.exceptional]
    assert [key for row in found for key in row if key in usual] == usual


def test_states_off_the_usual_road_stand_behind_the_others_or_below_near_those_they_come_from() -> None:
    nodes = {each.state: each for each in diagram(shipped("child_case")).nodes}
    assert nodes["verifying"].row == nodes["monitoring"].row
    assert nodes["not_verified"].column > nodes["initial_assessment"].column
    assert nodes["plan_returned"].row == nodes["plan_submitted"].row + 1
    assert nodes["plan_returned"].column == nodes["plan_submitted"].column


def test_a_way_back_to_where_it_starts_is_no_arrow() -> None:
    turning = TOY.replace("    from: asked\n    to: draft", "    from: [asked, draft]\n    to: draft")
    pairs = {(each.source, each.target) for each in diagram(loaded(turning)).edges}
    assert ("asked", "draft") in pairs
    assert ("draft", "draft") not in pairs


def test_all_ways_between_two_states_are_one_arrow() -> None:
    definition = loaded(TOY)
    edges = {(each.source, each.target): each.transitions for each in diagram(definition).edges}
    moves = [way for way in definition.ways if way.to is not None]
    assert sum(map(len, edges.values())) == sum(len(way.sources) for way in moves)
    assert all(way.key in edges[source, way.to] for way in moves if way.to for source in way.sources)
