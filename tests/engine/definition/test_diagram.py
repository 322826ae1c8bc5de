"""The graph of a definition: lanes by stage, and what each arrow stands for."""

from __future__ import annotations

from engine.definition.diagram import LANE, diagram
from engine.definition.model import Definition
from schemas.load import load_definition
from tests.support.world import TOY

ASKING, ENDING = "  asking: {vi: Đề nghị, en: Asking}\n", "  ending: {vi: Kết thúc, en: Ending}\n"
STAGES = "stages:\n" + ASKING + ENDING


def loaded(text: str) -> Definition:
    definition = load_definition(text, {}).definition
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


def test_without_stages_so_many_states_stand_in_a_row() -> None:
    plain = TOY.replace(STAGES, "").replace("    stage: asking\n", "").replace("    stage: ending\n", "")
    definition = loaded(plain)
    rows = lanes(definition)
    assert [len(states) for _, states in rows[:-1]] == [LANE] * (len(rows) - 1)
    assert [state for _, states in rows for state in states] == list(definition.states)


def test_all_ways_between_two_states_are_one_arrow() -> None:
    definition = loaded(TOY)
    edges = {(each.source, each.target): each.transitions for each in diagram(definition).edges}
    moves = [way for way in definition.ways if way.to is not None]
    assert sum(map(len, edges.values())) == sum(len(way.sources) for way in moves)
    assert all(way.key in edges[source, way.to] for way in moves if way.to for source in way.sources)
