"""What the administration lists: reference data as classes over the store's tables, only ever read through them.

Nothing of a case is mapped here, so nothing of a case can be reached through Flask-Admin. Saving goes through
engine.store.reference.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy.orm import registry, relationship, scoped_session, sessionmaker

from engine.store import Database, ground
from web.accounts import Account as Account


class Area:
    """A row of `area`."""

    id: str
    name_vi: str
    name_en: str


class Agency:
    """A row of `agency`."""

    id: str
    name_vi: str
    name_en: str
    area: str
    valid_from: date
    valid_to: date | None
    place: Area


class Holding:
    """A row of `holding`."""

    id: str
    actor: str
    function: str
    agency: str
    area: str
    valid_from: date
    valid_to: date | None
    person: Account
    office: Agency


class Setting:
    """A row of `setting`."""

    key: str
    value: Any
    unconfirmed: bool
    law: str


class Swap:
    """A row of `calendar_swap`."""

    calendar: str
    day: date
    worked: bool
    reason: str


class Table:
    """A row of `decision_table`."""

    id: str
    valid_from: date
    valid_to: date | None
    sha256: str
    source: str
    plain: Any


_orm = registry()
_orm.map_imperatively(Area, ground.area)
_orm.map_imperatively(Agency, ground.agency, properties={"place": relationship(Area, viewonly=True)})
_orm.map_imperatively(
    Holding,
    ground.holding,
    properties={
        "person": relationship(Account, viewonly=True),
        "office": relationship(Agency, viewonly=True),
    },
)
_orm.map_imperatively(Setting, ground.setting)
_orm.map_imperatively(Swap, ground.calendar_swap)
_orm.map_imperatively(Table, ground.decision_table)


class AdminSession(scoped_session[Any]):
    """A session Flask-Admin takes for the Flask-SQLAlchemy object it wants."""

    @property
    def session(self) -> AdminSession:
        """Itself."""
        return self


def session(app: Flask, database: Database) -> AdminSession:
    """The session of the lists, on the reader: on SQLite not even a mistake can write through it."""
    found = AdminSession(sessionmaker(database.reader))
    app.teardown_appcontext(lambda _: found.remove())
    return found
