"""The usual road: along the stage bar to a good end, and from a side road back to the bar."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.definition.diagram import moves
from engine.definition.road import usual_road
from tests.engine.definition.test_diagram import loaded, shipped
from tests.support.world import TOY
from workflows import catalogue

END = ("implementing", "review", "closure_submitted", "closed")


@pytest.mark.parametrize(
    ("here", "road"),
    [
        ("planning", ("planning", "plan_submitted", *END)),
        ("emergency", ("emergency", "specific_assessment", "planning", "plan_submitted", *END)),
        ("plan_returned", ("plan_returned", "plan_submitted", *END)),
        ("court_petition", ("court_petition", *END)),
        ("monitoring", ("monitoring", "closure_submitted", "closed")),
        ("closed", ()),
        ("not_verified", ()),
        ("of another version", ()),
    ],
)
def test_a_case_goes_along_the_bar_and_from_a_side_road_back_to_it(here: str, road: tuple[str, ...]) -> None:
    assert usual_road(shipped("child_case"), here) == road


@pytest.mark.parametrize("name", list(catalogue.definition_texts()))
def test_every_road_goes_along_ways_and_comes_from_every_open_state_of_the_bar_to_a_good_end(
    name: str,
) -> None:
    definition = shipped(name)
    ways = {(source, target) for source, target, _ in moves(definition)}
    for key, state in definition.states.items():
        road = usual_road(definition, key)
        assert set(pairwise(road)) <= ways
        assert len(set(road)) == len(road)
        if not state.final and not state.exceptional:
            assert definition.states[road[-1]].final
            assert not definition.states[road[-1]].exceptional


def test_where_no_good_end_is_reached_there_is_no_road() -> None:
    bad = TOY.replace(
        "    stage: ending\n    final: true", "    stage: ending\n    exceptional: true\n    final: true"
    )
    assert usual_road(loaded(TOY), "draft") == ("draft", "asked", "granted")
    assert usual_road(loaded(bad), "draft") == ()
