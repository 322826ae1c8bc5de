"""How many cases are under way on each version of a workflow: counts only, for those who see no case."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from engine.store.tables import cases


def open_cases(connection: Connection, definition: str) -> dict[int, dict[str, int]]:
    """The open cases of `definition` by version and state."""
    column = cases.c
    wanted = (
        select(column.definition_number, column.state, func.count().label("n"))
        .where(column.definition == definition, column.closed_at.is_(None))
        .group_by(column.definition_number, column.state)
    )
    found: dict[int, dict[str, int]] = {}
    for row in connection.execute(wanted):
        found.setdefault(row.definition_number, {})[row.state] = row.n
    return found
