"""Whatever the engine answers for a real case, a thought-of case answers for the same values: state, values, time limits,
ways and blockers. Walks over the small workflows, with a seed each."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from engine import Engine, FixedClock
from engine.definition.model import FieldType
from tests.engine.available_law import forms
from tests.engine.trial.beside import Beside
from tests.support.world import BA_BE

PEOPLE = {"officer": "commune_officer", "second": "commune_officer", "chair": "commune_chair", "lead": "province_child_lead"}  # fmt: skip
STEPS = 25
OPENING: dict[str, dict[str, Any]] = {
    "roads": {"place": BA_BE, "what": "đường lầy", "name": "Triệu Thị Đức"},
    "wide": {"place": BA_BE, "kind": "a", "count": 3},
    "toy": {"place": BA_BE, "what": "sách vở", "name": "Triệu Thị Đức"},
}


def walk(engine: Engine, definition: str, seed: int) -> int:
    """A walk of some steps taken at random, refused ones among them; answers how many were taken."""
    random = Random(seed)  # noqa: S311 (nothing secret)
    clock = engine.clock
    assert isinstance(clock, FixedClock)
    beside = Beside(engine, clock, PEOPLE)
    beside.open(definition, "officer", **OPENING[definition])
    done = 0
    for _ in range(STEPS):
        if random.random() < 0.15:
            beside.wait(random.choice((1, 20, 50, 300)))
            continue
        workflow, state = beside.trial.workflow, beside.trial.state
        here = [
            each
            for each in workflow.ways_from(state)
            if all(declared.type is not FieldType.CASE for declared in each.fields.values())
        ]
        if not here:
            break
        staying = [each for each in here if each.transition.to is None]
        way = random.choice(staying if staying and random.random() < 0.8 else here)
        tried = [each for each in list(forms(way))[:200] if each.get("where") != "ba_be"]  # serves no track
        actor = random.choice(list(PEOPLE))
        done += beside.fire(way.transition.trigger, actor, random.choice(tried), random.choice(("", "vì")))
    return done


SEEDS = pytest.mark.parametrize("seed", range(8))


@SEEDS
def test_a_thought_of_case_goes_as_a_real_one_would_through_offers_corrections_and_reopening(
    roads: Engine, seed: int
) -> None:
    assert walk(roads, "roads", seed) > 0


@SEEDS
def test_a_thought_of_case_goes_as_a_real_one_would_through_tracks_choices_and_rule_tables(
    wide: Engine, seed: int
) -> None:
    assert walk(wide, "wide", seed) > 0


@SEEDS
def test_a_thought_of_case_goes_as_a_real_one_would_where_two_persons_are_needed(
    toy: Engine, seed: int
) -> None:
    assert walk(toy, "toy", seed) > 0


def test_tracks_are_opened_end_and_are_cancelled_as_real_ones_are(wide: Engine) -> None:
    clock = wide.clock
    assert isinstance(clock, FixedClock)
    beside = Beside(wide, clock, PEOPLE)
    beside.open("wide", "officer", **OPENING["wide"] | {"kind": None})
    assert not beside.fire("assign", "officer", {"where": "school"})  # the case has no kind to hand over
    assert beside.fire("fill", "officer", {"kind": "b"})
    assert beside.fire("assign", "officer", {"where": "school"})
    assert beside.fire("take_care", "officer", {"where": "school"})
    assert not beside.fire("stop", "officer", {})  # a required track is open
    beside.end_track("help", "end", "teacher", result="xong")
    assert beside.trial.values["help.result"] == "xong"
    assert not beside.fire("finish", "officer", {})
    assert beside.fire("abandon", "officer", {})
    kinds = [each.kind for each in beside.trial.path if each.kind != "waited"]
    assert kinds == ["step"] * 4 + ["ended", "step", "ended"]
