"""The engine and the reference model answer alike, whatever is sent to them. Thousands of runs: tests/soak/model.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from engine import Engine, FixedClock
from tests.engine.model.machine import START, machine_for, prepare
from tests.support.world import build

RUNS = settings(
    max_examples=120, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def crowded(database: str) -> Iterator[Engine]:
    engine = build(database, FixedClock(START))
    prepare(engine.database)
    yield engine
    engine.database.close()


def test_the_engine_does_what_the_model_says(crowded: Engine) -> None:
    run_state_machine_as_test(machine_for(crowded), settings=settings(RUNS, max_examples=60))
