"""A case by its human number, as people name it on paper and on the command line."""

from __future__ import annotations

from sqlalchemy import Connection, and_, select

from engine.store.steps import CASE_COLUMNS, CaseRow
from engine.store.tables import case_number, cases


def case_of_number(connection: Connection, reference: str) -> CaseRow | None:
    """The case with this number; numbers are unique for ever."""
    its_case = and_(cases.c.root == case_number.c.root, cases.c.id == case_number.c.case_id)
    query = select(*(cases.c[name] for name in CASE_COLUMNS)).join(case_number, its_case)
    row = connection.execute(query.where(case_number.c.reference == reference)).one_or_none()
    return CaseRow(*row) if row else None
