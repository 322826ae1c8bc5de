"""Databases for tests: empty, migrated, each test's own, on SQLite and on PostgreSQL.

The schema is made once a worker, by the program's own migrations; a test gets a copy of it, so that nothing a
test does (dropping a trigger, rewriting the record) can reach another one.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import postgres, scratch

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> str:
    """The address of an empty, migrated database of this test alone; the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_database")
    return url


@pytest.fixture
def sqlite_database(sqlite_template: Path) -> Iterator[str]:
    """The same on SQLite only."""
    with scratch.folder() as folder:
        path = folder / "casework.db"
        shutil.copy(sqlite_template, path)  # with its permissions
        yield f"sqlite:///{path}"


@pytest.fixture
def postgresql_database(
    postgres_server: postgres.Server,
    postgres_template: str,
    worker: str,
    numbers: Iterator[int],
    left: list[str],
) -> Iterator[str]:
    """The same on PostgreSQL only."""
    name = f"{worker}_{next(numbers)}"
    postgres_server.create(name, postgres_template)
    yield postgres_server.url_of(name)
    # A connection takes a moment to end, and DROP DATABASE looks for it every tenth of a second only: drop the one before.
    while left:
        postgres_server.drop(left.pop())
    left.append(name)


@pytest.fixture(scope="session")
def left(postgres_server: postgres.Server) -> Iterator[list[str]]:
    """Databases of tests that have ended, still to be dropped."""
    names: list[str] = []
    yield names
    for name in names:
        postgres_server.drop(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """This worker's PostgreSQL. Without one the test is skipped, or fails where REQUIRE_PG=1."""
    # One server a worker and not one for all: it starts in half a second, and no worker has to know
    # when the last of the others is done.
    try:
        with postgres.server() as running:
            yield running
    except postgres.NoServer as error:
        if os.environ.get("REQUIRE_PG") == "1":
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server, worker: str) -> Iterator[str]:
    """The name of a migrated database to copy."""
    name = f"{worker}_template"
    postgres_server.create(name)
    _migrate(postgres_server.url_of(name))
    yield name
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Path]:
    """The file of a migrated database to copy."""
    with scratch.folder() as folder:
        path = folder / "casework.db"
        _migrate(f"sqlite:///{path}")
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the copy takes one file only
        connection.close()
        yield path


@pytest.fixture(scope="session")
def worker() -> str:
    """A name no other worker and no other run on the same server has."""
    return f"casework_test_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}_{os.getpid()}"


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    """1, 2, 3 …"""
    return itertools.count(1)


def _migrate(url: str) -> None:
    # Here and not above: this module is loaded before coverage starts, and by tests that need no store.
    from engine.store import migrate

    migrate(url)
