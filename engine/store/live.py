"""The open cases of a workflow in counts: where they stand, which fields hold a value. Reads no value."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Column, Connection, Text, and_, cast, func, literal_column, select

from engine.store.tables import cases


def open_cases(connection: Connection, definition: str) -> dict[int, dict[str, int]]:
    """How many open cases of a workflow follow each version, by state."""
    query = (
        select(cases.c.definition_number, cases.c.state, func.count().label("number"))
        .where(cases.c.definition == definition, cases.c.closed_at.is_(None))
        .group_by(cases.c.definition_number, cases.c.state)
    )
    found: dict[int, dict[str, int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.definition_number, {})[row.state] = row.number
    return found


def used(connection: Connection, definition: str) -> frozenset[str]:
    """The names under which some case of a workflow, open or not, holds a value, those that wait for a person included."""
    return _keys(connection, definition, cases.c.data) | _keys(connection, definition, cases.c.sealed)


def _keys(connection: Connection, definition: str, column: Column[object]) -> frozenset[str]:
    if connection.dialect.name == "sqlite":
        each = func.json_each(column).table_valued("key").alias("held")
        query = select(each.c.key).select_from(cases).join(each, literal_column("1") == literal_column("1"))
    else:
        query = select(func.jsonb_object_keys(column))
    found = connection.scalars(query.where(cases.c.definition == definition).distinct())
    return frozenset(found)


def open_in(connection: Connection, definition: str, states: Collection[str], most: int) -> Sequence[str]:
    """The ids of open cases in some states, at most so many."""
    here = and_(cases.c.definition == definition, cases.c.closed_at.is_(None), cases.c.state.in_(states))
    return connection.scalars(select(cast(cases.c.id, Text)).where(here).limit(most)).all()
