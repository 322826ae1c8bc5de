"""Notices as one person sees them. Writing them is the worker's (store/queue.py)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, select, tuple_, update

from engine.store.reach import Reach
from engine.store.tables import cases, deadline, notice

TOGETHER = 500  # ids asked about at once


def notices(
    connection: Connection,
    actor: str,
    *,
    unread_only: bool,
    limit: int,
    kinds: Collection[str] = (),
    after: tuple[datetime, str] | None = None,
) -> Sequence[Any]:
    """A person's notices, newest first, each with its case's number, state, end, area and workflow, if it has a case.

    kinds: these only. after: (at, id) of the last one of the page before.
    """
    query = (
        select(
            notice,
            cases.c.reference,
            cases.c.state,
            cases.c.closed_at,
            cases.c.area,
            cases.c.definition,
            cases.c.definition_number,
        )
        .outerjoin(cases, and_(cases.c.root == notice.c.root, cases.c.id == notice.c.case_id))
        .where(*_of(actor, unread_only, kinds))
    )
    if after:
        last = tuple_(literal(after[0], notice.c.at.type), literal(after[1]))
        query = query.where(tuple_(notice.c.at, notice.c.id) < last)
    return connection.execute(query.order_by(notice.c.at.desc(), notice.c.id.desc()).limit(limit)).all()


def count_unread(connection: Connection, actor: str, *, since: datetime | None = None) -> int:
    """How many notices wait to be read. since: of those that came after this moment."""
    query = select(func.count()).select_from(notice).where(*_of(actor, True, ()))
    if since is not None:
        query = query.where(notice.c.at > since)
    return connection.scalar(query) or 0


def visible(connection: Connection, within: Reach, cases_told: Collection[str]) -> frozenset[str]:
    """Those of these cases that a person may still open."""
    if not cases_told:
        return frozenset()
    query = select(cases.c.id).where(cases.c.id.in_(cases_told), within.where())
    return frozenset(connection.scalars(query))


def waiting(connection: Connection, told: Collection[str]) -> frozenset[tuple[str, datetime]]:
    """(id, due moment) of the time limits of these cases that nobody has met yet."""
    query = select(deadline.c.id, deadline.c.due_at).where(
        deadline.c.case_id.in_(told), deadline.c.ended_at.is_(None)
    )
    return frozenset((row.id, row.due_at) for row in connection.execute(query)) if told else frozenset()


def mark_all_read(
    connection: Connection, actor: str, upto: datetime, now: datetime, kinds: Collection[str] = ()
) -> None:
    """Put away what came up to the moment `upto`, which is as much as the person has been shown."""
    wanted = (*_of(actor, True, kinds), notice.c.at <= upto)
    connection.execute(update(notice).where(*wanted).values(read_at=now))


def mark_read(connection: Connection, actor: str, notice_ids: Collection[str], now: datetime) -> None:
    """Put notices of this person away; another person's stay."""
    wanted = (notice.c.id.in_(notice_ids), *_of(actor, True, ()))
    connection.execute(update(notice).where(*wanted).values(read_at=now))


def put_away_of(connection: Connection, roots: Sequence[str], kinds: Collection[str], now: datetime) -> None:
    """Put away everybody's notices of these kinds about these cases."""
    for first in range(0, len(roots), TOGETHER):
        wanted = (notice.c.root.in_(roots[first : first + TOGETHER]), notice.c.kind.in_(sorted(kinds)))
        connection.execute(update(notice).where(*wanted, notice.c.read_at.is_(None)).values(read_at=now))


def _of(actor: str, unread_only: bool, kinds: Collection[str]) -> list[ColumnElement[bool]]:
    found = [notice.c.actor == actor]
    if unread_only:
        found.append(notice.c.read_at.is_(None))
    if kinds:
        found.append(notice.c.kind.in_(sorted(kinds)))
    return found
