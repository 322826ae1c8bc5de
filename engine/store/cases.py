"""Reading cases for screens, replay and verification: through SQLAlchemy, in a read transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Text, cast, func, select, type_coerce
from sqlalchemy.types import NullType

from engine.store.steps import CASE_COLUMNS, CaseRow
from engine.store.tables import case_event, cases, deadline

LIMIT_COLUMNS = (
    "id", "key", "scope", "state", "entry", "created_seq", "due_at", "paused_at", "ended_at", "ended_how", "breached_at",
)  # fmt: skip


def find_case(connection: Connection, case: str) -> CaseRow | None:
    """The row of a case by its id."""
    row = connection.execute(
        select(*(cases.c[name] for name in CASE_COLUMNS)).where(cases.c.id == case)
    ).one_or_none()
    return CaseRow(*row) if row else None


def find_cases(connection: Connection, ids: Collection[str]) -> Sequence[CaseRow]:
    """The rows of some cases, in no order; one that does not exist (yet) is left out."""
    query = select(*(cases.c[name] for name in CASE_COLUMNS)).where(cases.c.id.in_(ids))
    return [CaseRow(*row) for row in connection.execute(query)] if ids else []


def case_ids(connection: Connection, after: str = "", limit: int = 1000) -> Sequence[str]:
    """Ids of cases in order, a page at a time."""
    return connection.scalars(
        select(cases.c.id).where(cases.c.id > after).order_by(cases.c.id).limit(limit)
    ).all()


def events(connection: Connection, case: CaseRow) -> Sequence[tuple[bytes, bytes]]:
    """(body, leaf) of a case's events, oldest first."""
    found = connection.execute(
        select(case_event.c.body, case_event.c.leaf)
        .where(case_event.c.root == case.root, case_event.c.case_id == case.id)
        .order_by(case_event.c.seq)
    )
    return [(bytes(body), bytes(leaf)) for body, leaf in found]


def limits(connection: Connection, case: CaseRow) -> list[dict[str, Any]]:
    """A case's time limits, ended ones too, as they lie in the store: LIMIT_COLUMNS, moments as the record writes them."""
    query = select(*limit_columns(connection)).where(
        deadline.c.root == case.root, deadline.c.case_id == case.id
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def limit_columns(connection: Connection) -> list[ColumnElement[Any]]:
    """What `limits` selects; whatever stands there after tampering can be read."""
    return [
        as_recorded(connection, deadline.c[name])
        if name.endswith("_at")
        else type_coerce(deadline.c[name], NullType()).label(name)
        for name in LIMIT_COLUMNS
    ]


def as_recorded(
    connection: Connection, column: Column[Any], form: str = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
) -> ColumnElement[Any]:
    """A moment or day as the text that the record and SQLite write; what is none (infinity) as it is called."""
    if connection.dialect.name == "sqlite":
        return type_coerce(column, NullType()).label(column.name)
    utc = func.timezone("UTC", column) if form.endswith('"Z"') else column
    return func.coalesce(func.to_char(utc, form), cast(column, Text)).label(column.name)
