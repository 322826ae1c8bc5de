"""What waits for the worker: time limits missed or near, outgoing rows, its clock; and the notices it leaves.

Who is told what is decided in engine/worker. Reading notices is inbox.py.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Select,
    Table,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from engine.store import mail
from engine.store.database import Database
from engine.store.ground import actor, holding, installation, setting
from engine.store.tables import deadline, notice, outbox

CLOCK = "worker_clock"  # the setting that keeps when the worker last looked at the clock


class Limit(NamedTuple):
    """An open time limit of a case; moments are UTC."""

    root: str
    case_id: str
    id: str
    key: str
    scope: str
    state: str
    due_at: datetime
    warn_at: datetime | None


class Outgoing(NamedTuple):
    """A row of the outbox: what an event asked for beyond its own case."""

    id: int
    root: str
    case_id: str
    seq: int
    kind: str
    payload: Mapping[str, Any]
    created_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Looked:
    """When a worker last looked at the clock; `back_to`: where it had jumped back to, until someone confirms it."""

    at: datetime
    back_to: datetime | None = None


# ------------------------------------------------------------------ time limits

_running = and_(
    deadline.c.ended_at.is_(None), deadline.c.breached_at.is_(None), deadline.c.paused_at.is_(None)
)


def missed(connection: Connection, now: datetime, after: Limit | None, limit: int) -> Sequence[Limit]:
    """Limits missed and not yet recorded so, the oldest due first, from behind `after` on."""
    query = _limits().where(_running, deadline.c.due_at < now)
    return _page(connection, query, deadline.c.due_at, after and (after.due_at, after.id), limit)


def near(connection: Connection, now: datetime, after: Limit | None, limit: int) -> Sequence[Limit]:
    """Limits to warn of, the longest waiting first: the warning is reached, was not given for this due moment, and
    nothing is missed yet."""
    fresh = or_(deadline.c.warned_due.is_(None), deadline.c.warned_due != deadline.c.due_at)
    query = _limits().where(_running, fresh, deadline.c.warn_at <= now, deadline.c.due_at >= now)
    return _page(connection, query, deadline.c.warn_at, after and (after.warn_at, after.id), limit)


def next_due(connection: Connection) -> datetime | None:
    """The earliest moment at which an open limit is missed or to be warned of; None while none is open."""
    fresh = or_(deadline.c.warned_at.is_(None), deadline.c.warned_at < deadline.c.warn_at)
    query = select(func.min(deadline.c.due_at), func.min(case((fresh, deadline.c.warn_at)))).where(_running)
    return min((each for each in connection.execute(query).one() if each), default=None)


def limit_of(connection: Connection, root: str, case: str, limit: str) -> Limit:
    """One time limit, open or ended."""
    query = _limits().where(deadline.c.root == root, deadline.c.case_id == case, deadline.c.id == limit)
    return Limit(*connection.execute(query).one())


def mark_warned(connection: Connection, limit: Limit, now: datetime) -> None:
    """The warning was given, for the due moment that `limit` had when it was read."""
    which = (deadline.c.root == limit.root, deadline.c.case_id == limit.case_id, deadline.c.id == limit.id)
    connection.execute(update(deadline).where(*which).values(warned_at=now, warned_due=limit.due_at))


def _limits() -> Select[Any]:
    return select(*(deadline.c[name] for name in Limit._fields))


def _page(
    connection: Connection, query: Select[Any], by: Column[Any], after: tuple[Any, str] | None, limit: int
) -> Sequence[Limit]:
    """The next rows by the moment `by`, in whose order an index of its own has them."""
    if after:
        query = query.where(tuple_(by, deadline.c.id) > tuple_(literal(after[0], by.type), literal(after[1])))
    return [Limit(*row) for row in connection.execute(query.order_by(by, deadline.c.id).limit(limit))]


# ------------------------------------------------------------------ outbox


def waiting(connection: Connection, after: int, limit: int) -> Sequence[Outgoing]:
    """Rows not yet dealt with, in the order they were written, from behind the id `after` on."""
    query = select(*(outbox.c[name] for name in Outgoing._fields)).where(
        outbox.c.done_at.is_(None), outbox.c.id > after
    )
    return [Outgoing(*row) for row in connection.execute(query.order_by(outbox.c.id).limit(limit))]


def still_waits(connection: Connection, row: int) -> bool:
    """Has nobody dealt with it meanwhile?"""
    found = connection.scalar(select(outbox.c.id).where(outbox.c.id == row, outbox.c.done_at.is_(None)))
    return found is not None


def settle(connection: Connection, row: int, now: datetime, incident: str | None = None) -> None:
    """Dealt with, once and for ever. incident: a code, if what was asked for did not happen."""
    done = {"done_at": now, "attempts": outbox.c.attempts + 1, "last_error": incident}
    connection.execute(update(outbox).where(outbox.c.id == row, outbox.c.done_at.is_(None)).values(done))


def postpone(connection: Connection, row: int, error: str) -> None:
    """One more attempt that failed. error: a code, never a name."""
    failed = {"attempts": outbox.c.attempts + 1, "last_error": error}
    connection.execute(update(outbox).where(outbox.c.id == row).values(failed))


@contextmanager
def claimed(database: Database, what: str, room: str = "worker") -> Iterator[bool]:
    """Has this worker the case (or the mail) `what` to itself, so that nothing is done twice or out of order?

    False: another is at it. On SQLite one worker of a `room` is at work at a time. A worker that dies lets go at once,
    whatever it dies of.
    """
    if database.is_sqlite:
        handle = os.open(f"{database.url.database}-{room}", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            yield _lock(handle)
        finally:
            os.close(handle)
    else:
        mine = select(func.pg_try_advisory_xact_lock(func.hashtextextended(what, 0)))
        with database.writer.connect() as connection, connection.begin():
            yield bool(connection.scalar(mine))


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# ------------------------------------------------------------------ notices


def tell(connection: Connection, notices: Sequence[Mapping[str, Any]], urgent: Collection[str] = ()) -> int:
    """Leave notices; one that is there already stays as it is. Answers how many are new.

    urgent: the kinds of which a mail is left as well, in the same transaction, for whoever wants them at once.
    """
    if not notices:
        return 0
    new = _insert(connection, notice).on_conflict_do_nothing()
    told = connection.execute(
        new.returning(notice.c.id, notice.c.actor, notice.c.kind, notice.c.at),
        [dict(each) for each in notices],
    ).all()
    mail.of_notices(connection, [each for each in told if each.kind in urgent])
    return len(told)


def people_of(connection: Connection, agency: str, function: str, today: date) -> Sequence[str]:
    """The active people who hold `function` in an agency today."""
    held = holding.c
    return connection.scalars(
        select(held.actor)
        .join(actor, actor.c.id == held.actor)
        .where(
            held.agency == agency, held.function == function, held.valid_from <= today,
            or_(held.valid_to.is_(None), held.valid_to >= today), actor.c.active,
        )
        .order_by(held.actor)
        .distinct()
    ).all()  # fmt: skip


# ------------------------------------------------------------------ the worker's clock


def looked(connection: Connection) -> Looked | None:
    """When a worker last looked at the clock; None before the first time."""
    value = connection.scalar(select(setting.c.value).where(setting.c.key == CLOCK))
    if value is None:
        return None
    back_to = value.get("back_to")
    return Looked(datetime.fromisoformat(value["at"]), datetime.fromisoformat(back_to) if back_to else None)


def keep_look(connection: Connection, look: Looked) -> None:
    """Keep when the clock was looked at; of a demo, where its clock stands. Nobody's reference data changes by it."""
    value = {"at": look.at.isoformat(), "back_to": look.back_to.isoformat() if look.back_to else None}
    row = _insert(connection, setting).values(key=CLOCK, value=value, unconfirmed=False, law="")
    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
    if look.back_to is None:
        connection.execute(update(installation).where(installation.c.kind == "demo").values(demo_now=look.at))


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
