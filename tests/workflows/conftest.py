"""The shipped workflows on an engine whose record is proved once the test is through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.verification import verify
from tests.workflows.road import Road


@pytest.fixture
def road(database: str) -> Iterator[Road]:
    """The shipped content with the demonstration's people and no case."""
    made = Road(database)
    yield made
    report = verify(made.engine.database)
    assert report.clean, [each.say("en") for each in report.flaws]
    made.engine.database.close()
