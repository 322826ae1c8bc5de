"""Brings a database to the newest schema, with its guards. Moving cases is another matter."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from engine.store import triggers
from engine.store.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

# Any number that other programs on the same server do not lock by.
ADVISORY_LOCK = int.from_bytes(b"casework", "big")


class ForeignKeyBroken(RuntimeError):
    """A migration left rows that refer to nothing; nothing of it was kept."""


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest schema and put its triggers in place; all of it or nothing.

    url: `sqlite:///path` or `postgresql+psycopg://…` with the rights of the owner. Runs again without harm;
    of several processes one works and the others wait. A new SQLite file is readable by its owner only, and
    so is the folder made for it. Raises ValueError for an SQLite address without a file.
    """
    from alembic import command  # here: only a migration needs Alembic, which is slow to import

    database = Database(url)
    try:
        with _alone(database) as connection:
            command.upgrade(config(connection), "head")
            triggers.install(connection)
    finally:
        database.close()


def config(connection: Connection) -> Config:
    """Alembic's settings for work on `connection`; migrations/env.py takes it from there."""
    from alembic.config import Config

    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", str(files("engine.store") / "migrations").replace("%", "%%"))
    return made


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """A write transaction that no other migration runs beside."""
    if database.is_sqlite:
        with _alone_on_file(database) as connection:
            yield connection
    else:
        with database.writer.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            yield connection


@contextmanager
def _alone_on_file(database: Database) -> Iterator[Connection]:
    name = database.url.database
    if not name or name == ":memory:":
        raise ValueError("an SQLite database needs a file")
    path = Path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The transaction alone is not enough: turning a new file to WAL does not always wait for others (44 of
    # 1,200 were refused when measured), and nobody waits for a transaction longer than busy_timeout.
    with _locked(path.parent):
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        with database.writer.connect() as connection:
            # To make a table anew is to drop the old one, which must not count as deleting what others refer
            # to. Inside a transaction this pragma does nothing.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
            with connection.begin():
                yield connection
                if broken := connection.execute(text("PRAGMA foreign_key_check")).first():
                    raise ForeignKeyBroken(f"{broken[0]} → {broken[2]}")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
