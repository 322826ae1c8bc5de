"""What must not be so where real cases are kept is named by its code."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from engine.store import Database
from engine.store.safety import unsafe


@pytest.fixture
def file(sqlite_database: str) -> Iterator[Database]:
    made = Database(sqlite_database)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("mode", "found"),
    [(0o600, ()), (0o640, ("file_open",)), (0o604, ("file_open",)), (0o620, ("file_open",)), (0o666, ("file_open",))],
)  # fmt: skip
def test_a_file_that_others_can_open(file: Database, mode: int, found: tuple[str, ...]) -> None:
    Path(file.url.database or "").chmod(mode)
    assert unsafe(file) == found


def test_a_new_file_is_its_owners_alone(file: Database) -> None:
    assert stat.S_IMODE(Path(file.url.database or "").stat().st_mode) == 0o600
    assert unsafe(file) == ()


def test_a_server_that_may_lose_what_it_acknowledged_and_a_user_above_the_guards(
    postgresql_database: str,
) -> None:
    made = Database(postgresql_database)
    with made.read() as connection:
        settings = {
            name: connection.scalar(text(f"SHOW {name}"))
            for name in ("fsync", "full_page_writes", "synchronous_commit")
        }
        above = connection.scalar(text("SELECT usesuper FROM pg_user WHERE usename = current_user"))
    expected = {name for name, value in settings.items() if value == "off"} | (
        {"superuser"} if above else set()
    )
    assert set(unsafe(made)) == expected
    made.close()


@pytest.mark.parametrize(("kept", "named"), [("on", False), ("off", True)])
def test_a_connection_that_does_not_wait_for_the_disk_is_named(
    postgresql_database: str, kept: str, named: bool
) -> None:
    url = make_url(postgresql_database).update_query_dict({"options": f"-csynchronous_commit={kept}"})
    made = Database(url)
    assert ("synchronous_commit" in unsafe(made)) is named
    made.close()
