"""Engines for the tests of the engine: on the toy workflow, on `wide`, which has what the toy lacks, and on `roads`."""

from collections.abc import Iterator

import pytest

from engine import Engine, FixedClock
from tests.engine.roads import build_roads
from tests.engine.wide import build_wide
from tests.support.world import NOON, build


@pytest.fixture
def toy(database: str) -> Iterator[Engine]:
    """An engine of this test alone, in the small world of tests/support, at noon of a Monday."""
    built = build(database, FixedClock(NOON))
    yield built
    built.database.close()


@pytest.fixture
def wide(database: str) -> Iterator[Engine]:
    """The same with the workflow `wide`."""
    built = build_wide(database, FixedClock(NOON))
    yield built
    built.database.close()


@pytest.fixture
def roads(database: str) -> Iterator[Engine]:
    """The same with the workflow `roads`."""
    built = build_roads(database, FixedClock(NOON))
    yield built
    built.database.close()
