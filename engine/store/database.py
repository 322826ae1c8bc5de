"""Connections: one `Database` for SQLite (two engines on one file) and PostgreSQL (one), behind one face.

SQLAlchemy's defaults on SQLite silently lose updates; this recipe does not (semantics.md §11, trust.md §4.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

from engine.store.driver import Driver, Kept, Libpq, Sqlite

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "trusted_schema=OFF",
    "secure_delete=ON",
    "busy_timeout=15000",
)


class Database:
    """The store's connections. `url`: `sqlite:///path` or `postgresql+psycopg://…`."""

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.writer = _sqlite(self.url, "BEGIN IMMEDIATE", ())
            self.reader = _sqlite(self.url, "BEGIN", ("query_only=ON",))
        else:
            self.writer = self.reader = create_engine(
                self.url.set(drivername="postgresql+psycopg"),
                pool_size=10,
                max_overflow=20,
                pool_pre_ping=False,
            )
        self.steps = Kept(lambda: self._driver(self.writer))
        self.looks = Kept(lambda: self._driver(self.reader)) if self.is_sqlite else self.steps

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction: one consistent view, nothing can be written (on SQLite not even by mistake)."""
        with self.reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction for what is not a step of a case: reference data, people, the read log."""
        with self.writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give every pooled connection back."""
        self.steps.close()
        self.looks.close()
        self.writer.dispose()
        self.reader.dispose()

    def _driver(self, engine: Engine) -> Driver:
        """A new connection for steps, set up as those of `engine` are."""
        if self.is_sqlite:
            pooled = engine.raw_connection()
            connection: Any = pooled.driver_connection
            pooled.detach()
            return Sqlite(connection)
        _, asked = engine.dialect.create_connect_args(engine.url)
        return Libpq(psycopg.connect(**asked, autocommit=True))


def _sqlite(url: URL, begin: str, extra: tuple[str, ...]) -> Engine:
    engine = create_engine(url, paramstyle="named", connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # stop the driver's own BEGIN
        for pragma in PRAGMAS + extra:
            connection.execute("PRAGMA " + pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
