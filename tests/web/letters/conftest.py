"""What the tests of letters stand on: the shipped content and the demonstration's people, on its Monday, no case yet."""

from __future__ import annotations

import pytest

from engine import Engine, FixedClock


@pytest.fixture
def engine(furnished: Engine) -> Engine:
    """The engine that has something to write of."""
    return furnished


@pytest.fixture
def clock(furnished: Engine) -> FixedClock:
    """Its clock."""
    assert isinstance(furnished.clock, FixedClock)
    return furnished.clock
