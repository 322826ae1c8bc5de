"""The engine and the reference models answer alike, whatever is sent to them. Thousands of runs: tests/soak/model.py.

A failure is told as it was found, within seconds. SHRINK=1 in the environment makes it small, which may take minutes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from engine import Engine, FixedClock
from tests.engine.model.base import START, prepare
from tests.engine.model.machine import machine_for
from tests.engine.model.roads_machine import roads_machine_for
from tests.engine.roads import build_roads
from tests.support.world import build

PHASES = (Phase.reuse, Phase.generate, *([Phase.shrink] if os.environ.get("SHRINK") == "1" else []))
RUNS = settings(
    max_examples=120, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck),
    phases=PHASES,
)  # fmt: skip


@pytest.fixture
def crowded(database: str) -> Iterator[Engine]:
    engine = build(database, FixedClock(START))
    prepare(engine.database)
    yield engine
    engine.database.close()


@pytest.fixture
def crowded_roads(database: str) -> Iterator[Engine]:
    engine = build_roads(database, FixedClock(START))
    prepare(engine.database)
    yield engine
    engine.database.close()


def test_the_engine_does_what_the_model_says(crowded: Engine) -> None:
    run_state_machine_as_test(machine_for(crowded), settings=settings(RUNS, max_examples=30))


def test_the_engine_does_what_the_model_of_the_roads_says(crowded_roads: Engine) -> None:
    run_state_machine_as_test(roads_machine_for(crowded_roads), settings=settings(RUNS, max_examples=25))
