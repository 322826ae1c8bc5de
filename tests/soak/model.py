"""Thousands of runs of the state machine of tests/engine/model. Not collected by itself: `./test tests/soak/model.py`.

SOAK_RUNS in the environment: how many on each database, 5000 if it is not set (some minutes for each thousand).
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from engine import Engine, FixedClock
from tests.engine.model.machine import START, machine_for, prepare
from tests.engine.model.test_model import RUNS
from tests.support.world import build


@pytest.fixture
def crowded(database: str) -> Iterator[Engine]:
    engine = build(database, FixedClock(START))
    prepare(engine.database)
    yield engine
    engine.database.close()


def test_thousands_of_runs(crowded: Engine) -> None:
    long = settings(RUNS, max_examples=int(os.environ.get("SOAK_RUNS", "5000")), stateful_step_count=50)
    run_state_machine_as_test(machine_for(crowded), settings=long)
