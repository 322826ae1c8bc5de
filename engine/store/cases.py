"""Reading cases for screens, replay and verification: through SQLAlchemy, in a read transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from engine.store.steps import CASE_COLUMNS, CaseRow
from engine.store.tables import case_event, cases


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
