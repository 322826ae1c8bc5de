"""The hot path: what one step reads and writes, few statements in few round trips (semantics.md §11).

A `StepTransaction` reads all that a step may depend on with one statement (look.py) and writes all that it changes
with one more, which fails as a whole unless the case is as it was read. Why that needs no lock: docs/decisions/009.
"""

from __future__ import annotations

import json
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Dialect,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    select,
)

from engine.commands import Outcome
from engine.store.database import Database
from engine.store.driver import Driver, Sqlite
from engine.store.holds import ACTOR_HOLDS, AGENCY_HOLDS
from engine.store.look import CASE_COLUMNS as CASE_COLUMNS
from engine.store.look import LOCK, PEEK, WITHOUT_CASE, outdated, seen, seen_in_turn
from engine.store.look import CaseRow as CaseRow
from engine.store.look import Child as Child
from engine.store.look import Holding as Holding
from engine.store.look import Row as Row
from engine.store.look import Seen as Seen
from engine.store.look import SubjectKey as SubjectKey
from engine.store.look import Taken as Taken
from engine.store.statement import Compiled, Statement, together
from engine.store.tables import case_event, case_number, cases, event_sealed, number_counter
from engine.store.writing import INSERT, Batch, forgotten, written
from engine.store.writing import Writing as Writing

CHANGED = "the case changed since it was read"


class Conflict(RuntimeError):
    """Another transaction was there first; nothing was written. Ask again."""


class Gone(RuntimeError):
    """The database cannot be reached or refused the write; nothing is known to be written."""


_case: Any = bindparam("case")

_sealed = select(event_sealed.c.field, event_sealed.c.seq, event_sealed.c.ciphertext).where(
    event_sealed.c.root == bindparam("root"), event_sealed.c.case_id == _case
)


def _sealed_at(dialect: Dialect) -> Select[Any]:
    """The envelopes of some events; each database has its own way to be given a list."""
    seqs: ColumnElement[Any]
    if dialect.name == "sqlite":
        seqs = event_sealed.c.seq.in_(
            select(func.json_each(bindparam("seqs", type_=JSON)).table_valued("value"))
        )
    else:
        seqs = event_sealed.c.seq == func.any(bindparam("seqs", type_=ARRAY(Integer)))
    return _sealed.where(seqs)


SEALED = Statement(_sealed)
SEALED_AT = Statement(_sealed_at)
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

NUMBERED = Statement(select(case_number.c.case_id).where(case_number.c.reference == bindparam("reference")))


class StepTransaction:
    """One write transaction of one step (and of the steps of its sub-cases).

    locked: `look` locks the case, and as many statements may follow as are needed. Else, on PostgreSQL alone, nothing
    is locked: what is written goes with `commit`, as one statement which is a transaction of its own, and Conflict
    says that the step needs the lock.
    """

    def __init__(self, driver: Driver, dialect: Dialect, locked: bool) -> None:
        self._dialect = dialect
        self._is_sqlite = isinstance(driver, Sqlite)
        self._locked = locked or self._is_sqlite
        self._driver = driver
        self._execute: Any = driver.execute if self._is_sqlite else self._in_turn
        self._coming: deque[Row] = deque()
        self._sent: Row | None = None
        self._ahead: tuple[Row, list[Any]] | None = None
        self._last: Sequence[tuple[Compiled, Sequence[Any]]] = ()
        self.committed = False

    def look(
        self, *, case: str, command: str, actor: str, today: date, area: str = "", lock: bool = True
    ) -> Seen:
        """Read what a step of the case may depend on, and lock it. `area`: of an opening, where the case will belong."""
        self._not_the_last()
        asked = {"case": case, "command": command, "actor": actor, "today": today, "area": area}
        if self._is_sqlite:
            return seen_in_turn(self._ask, asked)
        statement = LOCK if lock and self._locked else PEEK
        found = self._came_ahead(asked) or self._ask(statement, asked)
        while found and outdated(found[0]):
            found = self._ask(statement, asked)
        row = found[0] if found else self._ask(WITHOUT_CASE, asked)[0]
        self._look_ahead()
        return seen(row)

    def expect(self, looks: Iterable[Row]) -> None:
        """The looks that follow, in order: under locks on PostgreSQL each is on its way while the one before is worked on."""
        if self._locked and not self._is_sqlite:
            self._coming = deque(looks)

    def sealed(self, case: CaseRow, wanted: Sequence[str]) -> dict[str, bytes]:
        """The present ciphertexts of the `wanted` private fields of `case`; an erased one is absent."""
        if not any(name in case.sealed for name in wanted):
            return {}
        places = {(name, case.sealed[name][0]) for name in wanted if name in case.sealed}
        seqs = sorted({seq for _, seq in places})
        rows = self._ask(SEALED_AT, {"root": case.root, "case": case.id, "seqs": seqs})
        found = {field: ciphertext for field, seq, ciphertext in rows if (field, seq) in places}
        if len(found) < len(places) and not self._locked:
            raise Conflict("was one erased since the case was read?")
        return found

    def events_after(self, case: CaseRow, version: int) -> list[tuple[str, bytes]]:
        """(actor, body) of the events after `version`."""
        rows = self._ask(LATER, {"root": case.root, "case": case.id, "version": version})
        return [(actor, body) for actor, body in rows]

    def outcome(self, root: str, case: str, seq: int) -> Outcome:
        """The outcome that the command of this event gave."""
        ((transition, body, reference),) = self._ask(ONE_EVENT, {"root": root, "case": case, "seq": seq})
        return Outcome(
            applied=True, case=case, version=seq, state=json.loads(body)["to"], reference=reference,
            transition=transition or "", repeated=True,
        )  # fmt: skip

    def case_of_number(self, number: str) -> str | None:
        """The id of the case with this human number."""
        found = self._ask(NUMBERED, {"reference": number})
        return found[0][0] if found else None

    def agency_holds(self, agency: str, function: str, today: date) -> bool:
        """Does anybody at the agency hold the function ("": any) on that day?"""
        return bool(self._ask(AGENCY_HOLDS, {"agency": agency, "function": function, "today": today}))

    def actor_holds(self, actor: str, function: str, area: str, today: date) -> bool:
        """Does this person hold the function ("": any) on that day, and answer for the area ("": any)?"""
        of = {"actor": actor, "function": function, "area": area, "today": today}
        return bool(self._ask(ACTOR_HOLDS, of))

    def story(self, case: CaseRow) -> tuple[list[EventRow], dict[tuple[int, str], bytes]]:
        """All events of the case, oldest first, and every envelope by (seq, field)."""
        of = {"root": case.root, "case": case.id}
        events, sealed = self._ask(STORY, of), self._ask(SEALED, of)
        return [EventRow(*row) for row in events], {(seq, field): envelope for field, seq, envelope in sealed}

    def log_read(self, row: Row) -> None:
        """Record a look at a child's file."""
        self._run([(INSERT["read_log"], [row])])

    def next_number(self, scope: str) -> int:
        """The next number of a counter row, locked until commit: numbers are unique for ever, and may have gaps."""
        text = (
            "INSERT INTO number_counter (scope, last) VALUES ({0}, 1) "
            "ON CONFLICT (scope) DO UPDATE SET last = number_counter.last + 1 RETURNING last"
        )
        assert number_counter.c.keys() == ["scope", "last"]
        self.needs_lock()
        if self._is_sqlite:
            ((number,),) = self._execute(text.format("?"), (scope,))
        else:
            ((number,),) = self._execute(text.format("$1"), (scope.encode(),))
        return int(number)

    def write(self, writing: Writing) -> None:
        """Write a step. Conflict if the case is no longer as it was read."""
        if writing.forget_tokens:  # before the new ones: they may be the same again
            self.needs_lock()
            self._run([forgotten(writing)])
        batches = written(writing)
        if self._is_sqlite:
            if self._run(batches) != 1:
                raise Conflict(CHANGED)
            return
        self._last = self._bound(batches)
        if self._locked:
            self._send()

    def commit(self) -> None:
        """Make it true. Nothing is sent, rendered or logged as done before this."""
        if self._last:
            self._send()
        else:
            self._execute("COMMIT")
        self.committed = True

    def rollback(self) -> None:
        """Take back what was not committed."""
        self._driver.rollback()

    def _in_turn(self, text: str, params: Sequence[Any] = ()) -> Any:
        """On PostgreSQL: what was sent ahead is received first."""
        self._receive()
        return self._driver.execute(text, params)

    def _look_ahead(self) -> None:
        if self._coming:
            assert not isinstance(self._driver, Sqlite)
            self._sent, compiled = self._coming[0], LOCK.on(self._dialect)
            self._driver.send(compiled.text, compiled.bind(self._sent))

    def _receive(self) -> None:
        if self._sent is not None:
            assert not isinstance(self._driver, Sqlite)
            sent, self._sent = self._sent, None
            self._ahead = sent, self._driver.received()

    def _came_ahead(self, asked: Row) -> list[Sequence[Any]]:
        """The rows of a look that was sent ahead; none if another was."""
        while self._coming and self._coming.popleft() != asked:
            pass
        self._receive()
        ahead, self._ahead = self._ahead, None
        return LOCK.on(self._dialect).rows(ahead[1]) if ahead and ahead[0] == asked else []

    def _ask(self, statement: Statement, params: Row) -> list[Sequence[Any]]:
        compiled = statement.on(self._dialect)
        return compiled.rows(self._execute(compiled.text, compiled.bind(params)))

    def _bound(self, batches: Sequence[Batch]) -> list[tuple[Compiled, Sequence[Any]]]:
        return [
            (compiled, compiled.bind(row))
            for statement, rows in batches
            if rows
            for compiled in (statement.on(self._dialect),)
            for row in rows
        ]

    def _run(self, batches: Sequence[Batch]) -> int:
        """Run the batches one after another; SQLite says how many rows the very first changed."""
        todo = self._bound(batches)
        answers = [self._execute(compiled.text, params) for compiled, params in todo]
        return answers[0].rowcount if self._is_sqlite else 0

    def _send(self) -> None:
        """All that is written as one statement, which fails as a whole unless the case is as it was read."""
        text = together(tuple(compiled for compiled, _ in self._last))
        params = [each for _, bound in self._last for each in bound]
        self._last = ()
        try:
            self._execute(text, params)
        except psycopg.errors.DivisionByZero:
            raise Conflict(CHANGED) from None

    def needs_lock(self) -> None:
        """What follows is only right under locks: Conflict without them, and the step is taken again with them."""
        if not self._locked:
            raise Conflict("several statements need the lock")

    def _not_the_last(self) -> None:
        if self._last:
            raise Conflict("what comes after the write needs the lock")


@contextmanager
def step_transaction(
    database: Database, *, write: bool = True, locked: bool = True
) -> Iterator[StepTransaction]:
    """A transaction for one step; rolled back unless `commit` was called. Driver errors become Conflict or Gone."""
    kept = database.steps if write else database.looks
    driver: Driver | None = None
    try:
        driver = kept.take()
        if database.is_sqlite:
            driver.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        elif locked:
            driver.execute("BEGIN")
        transaction = StepTransaction(driver, database.writer.dialect, locked)
        try:
            yield transaction
        finally:
            if not transaction.committed:
                transaction.rollback()
    except (sqlite3.IntegrityError, psycopg.IntegrityError, psycopg.errors.SerializationFailure,
            psycopg.errors.DeadlockDetected) as error:  # fmt: skip
        raise Conflict(type(error).__name__) from error
    except (sqlite3.OperationalError, psycopg.OperationalError) as error:
        if driver is not None:
            kept.drop(driver)
            driver = None
        raise Gone(type(error).__name__) from error
    finally:
        if driver is not None:
            kept.give_back(driver)
