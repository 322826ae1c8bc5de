"""The database's own clock, for `DatabaseClock`: the one every process and every worker agrees on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from engine.store.database import Database
from engine.store.types import Moment


def database_now(database: Database) -> datetime:
    """The present moment by a PostgreSQL server, UTC; SQLite has no clock but the machine's."""
    with database.read() as connection:
        return connection.scalars(select(func.clock_timestamp(type_=Moment))).one()
