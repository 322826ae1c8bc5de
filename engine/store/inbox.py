"""Notices as one person sees them. Writing them is the worker's (store/queue.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from engine.store.tables import cases, notice


def notices(connection: Connection, actor: str, *, unread_only: bool, limit: int) -> Sequence[Any]:
    """A person's notices, newest first, each with its case's number, state, area and workflow."""
    query = (
        select(
            notice,
            cases.c.reference,
            cases.c.state,
            cases.c.area,
            cases.c.definition,
            cases.c.definition_number,
        )
        .join(cases, and_(cases.c.root == notice.c.root, cases.c.id == notice.c.case_id))
        .where(notice.c.actor == actor)
    )
    if unread_only:
        query = query.where(notice.c.read_at.is_(None))
    return connection.execute(query.order_by(notice.c.at.desc(), notice.c.id).limit(limit)).all()


def count_unread(connection: Connection, actor: str) -> int:
    """How many notices wait to be read."""
    query = (
        select(func.count()).select_from(notice).where(notice.c.actor == actor, notice.c.read_at.is_(None))
    )
    return connection.scalar(query) or 0


def mark_read(connection: Connection, actor: str, notice_id: str, now: datetime) -> None:
    """Put a notice of this person away; another person's stays."""
    connection.execute(
        update(notice)
        .where(notice.c.id == notice_id, notice.c.actor == actor, notice.c.read_at.is_(None))
        .values(read_at=now)
    )
