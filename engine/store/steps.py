"""The hot path: what one step reads and writes, few statements in few round trips (semantics.md §11).

A `StepTransaction` locks the case, reads all that a step may depend on in one round trip and writes all that it
changes in one more. On PostgreSQL the COMMIT is sent only after the compare-and-set answered one row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Dialect, and_, bindparam, func, insert, or_, select, update

from engine.commands import Outcome
from engine.store.database import Database
from engine.store.statement import Statement
from engine.store.tables import (
    area_cover,
    case_event,
    case_number,
    cases,
    command,
    deadline,
    event_sealed,
    holding,
    installation,
    log_pending,
    name_token,
    notice,
    number_counter,
    outbox,
    read_log,
    subject_key,
)

Row = Mapping[str, Any]


class Conflict(RuntimeError):
    """Another transaction was there first; nothing was written. Ask again."""


class Gone(RuntimeError):
    """The database cannot be reached or refused the write; nothing is known to be written."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """The summary of a case: the fold of its events (columns of the table `cases`)."""

    root: str
    id: str
    parent: str | None
    subcase_key: str | None
    definition: str
    definition_number: int
    reference: str
    area: str
    agency: str | None
    state: str
    stage: str
    came_from: str | None
    cycle: int
    owner: str | None
    version: int
    head: bytes
    entered_at: datetime
    entered_seq: int
    opened_at: datetime
    closed_at: datetime | None
    next_due: datetime | None
    data: Mapping[str, Any]
    sealed: Mapping[str, Any]


CASE_COLUMNS = tuple(each.name for each in fields(CaseRow))


class Holding(NamedTuple):
    """A function of the actor in force today; `covers`: its area answers for the case's area."""

    function: str
    agency: str
    area: str
    covers: bool


class Taken(NamedTuple):
    """That a person took a transition, and when last."""

    transition: str
    actor: str
    at: datetime


class Child(NamedTuple):
    """A sub-case as its parent sees it."""

    id: str
    subcase_key: str
    state: str
    closed_at: datetime | None
    definition: str
    definition_number: int
    reference: str
    agency: str | None
    area: str
    next_due: datetime | None


class SubjectKey(NamedTuple):
    """The key that seals what concerns one subject of a case; `wrapped` None once destroyed."""

    subject: str
    kid: str
    wrapped: bytes | None


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a step may depend on, read under the lock of the case."""

    earlier: tuple[Any, ...] | None  # (sha256, case, seq) of the command, if it was carried out before
    case: CaseRow | None
    holdings: tuple[Holding, ...]
    taken: tuple[Taken, ...]
    children: tuple[Child, ...]
    deadlines: tuple[Row, ...]
    keys: tuple[SubjectKey, ...]
    reference_version: int


@dataclass(frozen=True, slots=True)
class Writing:
    """All that a step changes, as rows; `case` is the new summary, `before` the locked one (None: a new case)."""

    before: CaseRow | None
    case: CaseRow
    event: Row
    sealed: Sequence[Row] = ()
    keys: Sequence[Row] = ()
    tokens: Sequence[Row] = ()
    forget_tokens: Sequence[str] = ()
    deadlines_new: Sequence[Row] = ()
    deadlines_changed: Sequence[Row] = ()
    outbox: Sequence[Row] = ()
    notices: Sequence[Row] = ()


_case: Any = bindparam("case")
_this = and_(cases.c.id == _case)
_root_of = select(cases.c.root).where(_this).scalar_subquery()
_root = cases.alias("root_case")
_area_of = (  # of a track: its root's area, which its agency need not serve
    select(_root.c.area).where(_root.c.root == _root_of, _root.c.id == _root.c.root).scalar_subquery()
)

DEADLINE_COLUMNS = (
    "id", "key", "scope", "state", "entry", "start_at", "due_at", "warn_at", "rule", "escalate_to", "then",
    "paused_at", "breached_at",
)  # fmt: skip

LOCK = Statement(select(*(cases.c[name] for name in CASE_COLUMNS)).where(_this).with_for_update())
PEEK = Statement(select(*(cases.c[name] for name in CASE_COLUMNS)).where(_this))
EARLIER = Statement(
    select(command.c.sha256, command.c.root, command.c.case_id, command.c.seq).where(command.c.id == bindparam("command"))
)


_in_force = and_(
    holding.c.valid_from <= bindparam("today"),
    or_(holding.c.valid_to.is_(None), holding.c.valid_to >= bindparam("today")),
)
AGENCY_HOLDS = Statement(
    select(holding.c.id).where(
        holding.c.agency == bindparam("agency"), holding.c.function == bindparam("function"), _in_force
    )
)


def _holdings(area: Any) -> Statement:
    covers = area_cover.c.area.is_not(None)
    return Statement(
        select(holding.c.function, holding.c.agency, holding.c.area, covers)
        .select_from(holding.outerjoin(area_cover, and_(area_cover.c.area == holding.c.area, area_cover.c.covered == area)))
        .where(holding.c.actor == bindparam("actor"), _in_force)
        .order_by(holding.c.id)
    )


HOLDINGS = _holdings(_area_of)
HOLDINGS_THERE = _holdings(bindparam("area"))
TAKEN = Statement(
    select(case_event.c.transition, case_event.c.actor, func.max(case_event.c.at, type_=case_event.c.at.type))
    .where(case_event.c.root == _root_of, case_event.c.case_id == _case, case_event.c.transition.is_not(None))
    .group_by(case_event.c.transition, case_event.c.actor)
)
CHILDREN = Statement(
    select(*(cases.c[name] for name in Child._fields))
    .where(cases.c.root == _root_of, cases.c.parent == _case)
    .order_by(cases.c.opened_at, cases.c.id)
)
DEADLINES = Statement(
    select(*(deadline.c[name] for name in DEADLINE_COLUMNS))
    .where(deadline.c.root == _root_of, deadline.c.case_id == _case, deadline.c.ended_at.is_(None))
    .order_by(deadline.c.due_at, deadline.c.id)
)
KEYS = Statement(
    select(subject_key.c.subject, subject_key.c.kid, subject_key.c.wrapped).where(
        subject_key.c.root == _root_of, subject_key.c.case_id == _case
    )
)
SEALED = Statement(
    select(event_sealed.c.field, event_sealed.c.seq, event_sealed.c.ciphertext).where(
        event_sealed.c.root == bindparam("root"), event_sealed.c.case_id == _case
    )
)
LATER = Statement(
    select(case_event.c.actor, case_event.c.body)
    .where(
        case_event.c.root == bindparam("root"),
        case_event.c.case_id == _case,
        case_event.c.seq > bindparam("version"),
    )
    .order_by(case_event.c.seq)
)
class EventRow(NamedTuple):
    """A stored event: the exact body, its leaf and the plain columns beside it."""

    seq: int
    body: bytes
    leaf: bytes
    at: datetime
    kind: str
    transition: str | None
    actor: str


STORY = Statement(
    select(*(case_event.c[name] for name in EventRow._fields))
    .where(case_event.c.root == bindparam("root"), case_event.c.case_id == _case)
    .order_by(case_event.c.seq)
)
ONE_EVENT = Statement(
    select(case_event.c.transition, case_event.c.body, cases.c.reference)
    .join(cases, and_(cases.c.root == case_event.c.root, cases.c.id == case_event.c.case_id))
    .where(
        case_event.c.root == bindparam("root"),
        case_event.c.case_id == _case,
        case_event.c.seq == bindparam("seq"),
    )
)
REFERENCE = Statement(select(installation.c.reference_version))

_set: dict[str, Any] = {name: bindparam("new_" + name) for name in CASE_COLUMNS if name not in ("root", "id")}
COMPARE_AND_SET = Statement(
    update(cases)
    .where(
        cases.c.root == bindparam("old_root"),
        cases.c.id == bindparam("old_id"),
        cases.c.version == bindparam("old_version"),
        cases.c.head == bindparam("old_head"),
    )
    .values(**_set)
)
INSERT = {
    table.name: Statement(insert(table).values({column.name: bindparam(column.name) for column in table.c if column.name != "id" or table is not outbox}))
    for table in (cases, case_event, event_sealed, log_pending, command, case_number, subject_key, name_token, deadline, outbox, notice, read_log)
}  # fmt: skip
CHANGE_DEADLINE = Statement(
    update(deadline)
    .where(
        deadline.c.root == bindparam("of_root"),
        deadline.c.case_id == bindparam("of_case"),
        deadline.c.id == bindparam("of_id"),
    )
    .values(
        **{
            name: bindparam("new_" + name)
            for name in ("start_at", "due_at", "warn_at", "rule", "paused_at", "ended_at", "ended_how", "breached_at")
        }
    )
)
FORGET_TOKENS = Statement(
    name_token.delete().where(
        name_token.c.root == bindparam("root"),
        name_token.c.case_id == bindparam("case_id"),
        name_token.c.field == bindparam("field"),
    )
)


class StepTransaction:
    """One write transaction of one step (and of the steps of its sub-cases)."""

    def __init__(self, connection: Any, dialect: Dialect, is_sqlite: bool) -> None:
        self._connection = connection
        self._dialect = dialect
        self._is_sqlite = is_sqlite
        self.committed = False

    def look(
        self, *, case: str, command: str, actor: str, today: date, area: str | None = None, lock: bool = True
    ) -> Seen:
        """Lock the case and read what its step may depend on. `area`: of an opening, where the case will belong."""
        of_case, of_actor = {"case": case}, {"case": case, "actor": actor, "today": today}
        asks: list[tuple[Statement, Row]] = [
            (LOCK if lock else PEEK, of_case),
            (EARLIER, {"command": command}),
            (HOLDINGS, of_actor) if area is None else (HOLDINGS_THERE, {"actor": actor, "today": today, "area": area}),
            (TAKEN, of_case),
            (CHILDREN, of_case),
            (DEADLINES, of_case),
            (KEYS, of_case),
            (REFERENCE, {}),
        ]
        locked, earlier, holdings, taken, children, deadlines, keys, reference = self._ask(asks)
        return Seen(
            earlier=earlier[0] if earlier else None,
            case=CaseRow(*locked[0]) if locked else None,
            holdings=tuple(Holding(*row) for row in holdings),
            taken=tuple(Taken(*row) for row in taken),
            children=tuple(Child(*row) for row in children),
            deadlines=tuple(dict(zip(DEADLINE_COLUMNS, row, strict=True)) for row in deadlines),
            keys=tuple(SubjectKey(*row) for row in keys),
            reference_version=reference[0][0],
        )

    def sealed(self, case: CaseRow, wanted: Sequence[str]) -> dict[str, bytes]:
        """The present ciphertexts of the `wanted` private fields of `case`; an erased one is absent."""
        if not any(name in case.sealed for name in wanted):
            return {}
        (rows,) = self._ask([(SEALED, {"root": case.root, "case": case.id})])
        found = {(field, seq): ciphertext for field, seq, ciphertext in rows}
        return {
            name: found[name, case.sealed[name][0]]
            for name in wanted
            if name in case.sealed and (name, case.sealed[name][0]) in found
        }

    def events_after(self, case: CaseRow, version: int) -> list[tuple[str, bytes]]:
        """(actor, body) of the events after `version`."""
        (rows,) = self._ask([(LATER, {"root": case.root, "case": case.id, "version": version})])
        return [(actor, body) for actor, body in rows]

    def outcome(self, root: str, case: str, seq: int) -> Outcome:
        """The outcome that the command of this event gave."""
        (rows,) = self._ask([(ONE_EVENT, {"root": root, "case": case, "seq": seq})])
        ((transition, body, reference),) = rows
        return Outcome(
            applied=True, case=case, version=seq, state=json.loads(body)["to"], reference=reference,
            transition=transition or "", repeated=True,
        )  # fmt: skip

    def agency_holds(self, agency: str, function: str, today: date) -> bool:
        """Does anybody at the agency hold the function on that day?"""
        (rows,) = self._ask([(AGENCY_HOLDS, {"agency": agency, "function": function, "today": today})])
        return bool(rows)

    def story(self, case: CaseRow) -> tuple[list[EventRow], dict[tuple[int, str], bytes]]:
        """All events of the case, oldest first, and every envelope by (seq, field)."""
        of = {"root": case.root, "case": case.id}
        events, sealed = self._ask([(STORY, of), (SEALED, of)])
        return [EventRow(*row) for row in events], {(seq, field): envelope for field, seq, envelope in sealed}

    def log_read(self, row: Row) -> None:
        """Record a look at a child's file."""
        self._write([(INSERT["read_log"], [row])])

    def next_number(self, scope: str) -> int:
        """The next number of a counter row, locked until commit: numbers are unique for ever, and may have gaps."""
        text = (
            "INSERT INTO number_counter (scope, last) VALUES ({0}, 1) "
            "ON CONFLICT (scope) DO UPDATE SET last = number_counter.last + 1 RETURNING last"
        )
        assert number_counter.c.keys() == ["scope", "last"]
        if self._is_sqlite:
            return int(self._connection.execute(text.format("?"), (scope,)).fetchone()[0])
        return int(self._connection.execute(text.format("%s"), (scope,)).fetchone()[0])

    def write(self, writing: Writing) -> None:
        """Write a step. Conflict if the case is no longer as it was read."""
        case, event = writing.case, writing.event
        triple = {"root": case.root, "case_id": case.id, "seq": case.version}
        if writing.before is None:
            first: tuple[Statement, Sequence[Row]] = (INSERT["cases"], [asdict(case)])
        else:
            before = writing.before
            changed = {"new_" + name: getattr(case, name) for name in CASE_COLUMNS if name not in ("root", "id")}
            where = {"old_root": before.root, "old_id": before.id, "old_version": before.version, "old_head": before.head}
            first = (COMPARE_AND_SET, [changed | where])
        rest: list[tuple[Statement, Sequence[Row]]] = [
            (INSERT["case_event"], [event]),
            (INSERT["command"], [{"id": event["command_id"], "sha256": event["command_sha256"], **triple}]),
            (INSERT["log_pending"], [triple]),
            (INSERT["subject_key"], writing.keys),
            (INSERT["event_sealed"], writing.sealed),
            (FORGET_TOKENS, [{"root": case.root, "case_id": case.id, "field": name} for name in writing.forget_tokens]),
            (INSERT["name_token"], writing.tokens),
            (INSERT["deadline"], writing.deadlines_new),
            (CHANGE_DEADLINE, writing.deadlines_changed),
            (INSERT["outbox"], writing.outbox),
            (INSERT["notice"], writing.notices),
        ]
        if writing.before is None:
            rest.append((INSERT["case_number"], [{"reference": case.reference, "root": case.root, "case_id": case.id}]))
        if self._write([first, *rest]) != 1:
            raise Conflict("the case changed since it was read")

    def commit(self) -> None:
        """Make it true. Nothing is sent, rendered or logged as done before this."""
        if self._is_sqlite:
            self._connection.execute("COMMIT")
        else:
            self._connection.commit()
        self.committed = True

    def _ask(self, asks: Sequence[tuple[Statement, Row]]) -> list[list[tuple[Any, ...]]]:
        ready = [(statement.on(self._dialect), params) for statement, params in asks]
        if self._is_sqlite:
            return [
                compiled.rows(self._connection.execute(compiled.text, compiled.bind(params)).fetchall())
                for compiled, params in ready
            ]
        with self._connection.pipeline():
            cursors = [self._connection.execute(compiled.text, compiled.bind(params)) for compiled, params in ready]
            return [compiled.rows(cursor.fetchall()) for (compiled, _), cursor in zip(ready, cursors, strict=True)]

    def _write(self, batches: Sequence[tuple[Statement, Sequence[Row]]]) -> int:
        """Run the batches in one round trip; answers the row count of the very first statement."""
        todo = [
            (compiled.text, compiled.bind(params))
            for statement, rows in batches
            if rows
            for compiled in (statement.on(self._dialect),)
            for params in rows
        ]
        if self._is_sqlite:
            counts = [self._connection.execute(text, params).rowcount for text, params in todo]
            return int(counts[0])
        with self._connection.pipeline():
            cursors = [self._connection.execute(text, params) for text, params in todo]
        return int(cursors[0].rowcount)


@contextmanager
def step_transaction(database: Database, *, write: bool = True) -> Iterator[StepTransaction]:
    """A transaction for one step; rolled back unless `commit` was called. Driver errors become Conflict or Gone."""
    engine = database.writer if write else database.reader
    pooled = engine.raw_connection()
    try:
        connection = pooled.driver_connection
        if database.is_sqlite:
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")  # type: ignore[union-attr]
        transaction = StepTransaction(connection, engine.dialect, database.is_sqlite)
        try:
            yield transaction
        finally:
            if not transaction.committed:
                pooled.rollback()
    except (sqlite3.IntegrityError, psycopg.errors.UniqueViolation, psycopg.errors.SerializationFailure,
            psycopg.errors.DeadlockDetected) as error:  # fmt: skip
        raise Conflict(type(error).__name__) from error
    except (sqlite3.OperationalError, psycopg.OperationalError) as error:
        pooled.invalidate()
        raise Gone(type(error).__name__) from error
    finally:
        pooled.close()
