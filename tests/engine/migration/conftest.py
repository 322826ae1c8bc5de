"""An engine on `care`, whose cases are hard to move."""

from collections.abc import Iterator

import pytest

from engine import Engine
from tests.engine.migration.care import build_care


@pytest.fixture
def care(database: str) -> Iterator[Engine]:
    """In the small world of tests/support, at noon of a Monday."""
    built = build_care(database)
    yield built
    built.database.close()
