"""What the tests of the worker stand on: the workflows of story.py in the small province, at noon of a Monday."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import Engine, FixedClock
from tests.engine.worker.story import build
from tests.support.world import NOON


@pytest.fixture
def clock() -> FixedClock:
    """Noon, until it is moved."""
    return FixedClock(NOON)


@pytest.fixture
def engine(database: str, clock: FixedClock) -> Iterator[Engine]:
    """An engine on them, of this test alone."""
    made = build(database, clock)
    yield made
    made.database.close()
