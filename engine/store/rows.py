"""Rows of reference data as frozen values, and the two ways they go: read whole, put by their key.

A field is a column of the same name; dates are days in the installation's zone, moments UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Table, select
from sqlalchemy.dialects import postgresql, sqlite


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationRow:
    """What this installation is. `log`, `epoch`: origin of its record. `zone`: of legal days."""

    kind: str
    log: str
    epoch: int
    zone: str
    created_at: datetime
    demo_now: datetime | None
    reference_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRow:
    """A unit from `valid_from` to `valid_to` inclusive (None: still there). id: "CODE@valid_from"."""

    id: str
    code: str
    valid_from: date
    valid_to: date | None = None
    level: str
    name_vi: str
    name_en: str
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessionRow:
    """That the area `new` took in the area `old`, wholly or in part."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRow:
    """An office and where it sits."""

    id: str
    name_vi: str
    name_en: str
    area: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorRow:
    """A person who works with cases. `password`: argon2id hash. `fs_uniquifier`: a new one ends sessions.

    `email`: where mail goes, set by administrators. `mail`: the person's own choice: off, urgent or digest.
    """

    id: str
    name: str
    username: str
    password: str | None = field(default=None, repr=False)
    active: bool = True
    fs_uniquifier: str = field(repr=False)
    language: str = "vi"
    demo_order: int | None = None
    email: str | None = field(default=None, repr=False)
    mail: str = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingRow:
    """That a person holds a function for an agency in an area, from `valid_from` to `valid_to` inclusive."""

    id: str
    actor: str
    function: str
    agency: str
    area: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """A number or choice of the installation. `unconfirmed`: known by memory only."""

    key: str
    value: Any
    unconfirmed: bool = False
    law: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRow:
    """A day that the calendar alone tells wrongly. `worked`: though a holiday or weekend; else a day off."""

    calendar: str
    day: date
    worked: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTableRow:
    """One text of a rule table. `source`: as its author wrote it; `plain`: its canonical parsed form."""

    id: str
    valid_from: date
    valid_to: date | None = None
    sha256: str
    source: str
    plain: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionRow:
    """One published version of a definition; only `status` (published or retired) ever changes."""

    definition: str
    number: int
    sha256: str
    status: str
    source: str
    plain: Any
    published_at: datetime
    published_by: str


Row = TypeVar("Row")


def rows_of(kind: type[Row], table: Table) -> Select[Any]:
    """The select that `read` takes for rows of `kind`; narrow it with `where`, `join`, `order_by`."""
    return select(*(table.c[each.name] for each in fields(kind)))  # type: ignore[arg-type]


def read(connection: Connection, kind: type[Row], statement: Select[Any]) -> tuple[Row, ...]:
    """The rows of a statement made by `rows_of`."""
    return tuple(kind(**row) for row in connection.execute(statement).mappings())


def put(connection: Connection, table: Table, rows: Sequence[Any]) -> None:
    """Insert rows, or overwrite those that have the same primary key."""
    if not rows:
        return
    names = [each.name for each in fields(rows[0])]
    key = table.primary_key.columns.keys()
    insert = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    changed = {name: insert.excluded[name] for name in names if name not in key}
    connection.execute(
        insert.on_conflict_do_update(index_elements=key, set_=changed)
        if changed
        else insert.on_conflict_do_nothing(index_elements=key),
        [{name: getattr(row, name) for name in names} for row in rows],
    )
