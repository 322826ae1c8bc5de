"""SQL compiled once a worker: every test opens databases of its own, all of the same two kinds.

SQLAlchemy keeps compiled statements by engine and dialect. Compiling them anew took a sixth of the tests' time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Engine


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Engines of one kind share the first one's dialect and what it has compiled."""
    from engine.store import database

    first: dict[tuple[str, str], tuple[Any, dict[Any, Any]]] = {}

    def create(url: Any, **options: Any) -> Engine:
        made = sqlalchemy.create_engine(url, **options)
        dialect, cache = first.setdefault((made.dialect.name, made.dialect.driver), (made.dialect, {}))
        made.dialect = dialect
        made.update_execution_options(compiled_cache=cache)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", create)
        yield
