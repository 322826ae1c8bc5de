"""Thousands of runs of the state machines of tests/engine/model. Not collected by itself: `./test tests/soak/model.py`.

SOAK_RUNS in the environment: how many on each database, 5000 if it is not set (some minutes for each thousand).
A failure is made small here, however long that takes.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from engine import Engine
from tests.engine.model.machine import machine_for
from tests.engine.model.roads_machine import roads_machine_for
from tests.engine.model.test_model import RUNS
from tests.engine.model.test_model import crowded as crowded
from tests.engine.model.test_model import crowded_roads as crowded_roads
from tests.engine.model.test_planted_faults import ON_ROADS, finds

LONG = settings(
    RUNS, max_examples=int(os.environ.get("SOAK_RUNS", "5000")), stateful_step_count=50,
    phases=(Phase.reuse, Phase.generate, Phase.shrink),
)  # fmt: skip


def test_thousands_of_runs(crowded: Engine) -> None:
    run_state_machine_as_test(machine_for(crowded), settings=LONG)


@pytest.mark.parametrize("name", ON_ROADS)
def test_the_machine_of_the_roads_finds(
    crowded_roads: Engine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ON_ROADS[name](monkeypatch)
    finds(roads_machine_for(crowded_roads), name)


def test_thousands_of_runs_on_roads(crowded_roads: Engine) -> None:
    run_state_machine_as_test(roads_machine_for(crowded_roads), settings=LONG)
