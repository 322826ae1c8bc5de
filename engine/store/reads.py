"""Who looked at what; and what the full record of a case shows beside its events: its time limits and the looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from uuid_utils.compat import uuid7

from engine.store.tables import deadline, read_log


def limits_of(connection: Connection, root: str, case: str) -> Sequence[Any]:
    """Every time limit the case ever had, in the order they began."""
    of = select(deadline).where(deadline.c.root == root, deadline.c.case_id == case)
    return connection.execute(of.order_by(deadline.c.start_at, deadline.c.id)).all()


def reads_of(connection: Connection, root: str, case: str, limit: int) -> Sequence[Any]:
    """The newest looks at the case's file."""
    of = select(read_log).where(read_log.c.root == root, read_log.c.case_id == case)
    return connection.execute(of.order_by(read_log.c.at.desc(), read_log.c.id.desc()).limit(limit)).all()


def log_search(connection: Connection, at: datetime, actor: str, request: str, what: str = "search") -> None:
    """Record that somebody searched, in the transaction that shows what was found. at: an instant, UTC.

    what: the kind of search; never what was looked for.
    """
    row = {"id": str(uuid7()), "at": at, "actor": actor, "what": what, "request": request}
    connection.execute(insert(read_log), row)
