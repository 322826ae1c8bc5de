"""The loop behind the screens: once a second whatever is due, at least once attempted and once in effect.

Several may run, in one process or on several machines; one that is killed is replaced by any other. Nothing here
decides: a missed limit is a command like any other, and what follows from it stands in the outbox.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any
from uuid import UUID, uuid5

from engine import importing, migration
from engine.commands import BREACH, SYSTEM, Command
from engine.engine import Engine
from engine.published import VersionChanged
from engine.store import Database, imports, moves, queue
from engine.store.queue import Limit, Looked, Outgoing
from engine.worker import errands
from engine.worker.notices import Audience, of_limit

PAGE = 200
BACK = timedelta(minutes=5)  # semantics.md §4
KEEP_LOOK = timedelta(minutes=1)
LONGEST_WAIT = 3600  # seconds
MOST_ATTEMPTS = 20

log = logging.getLogger("casework.worker")

Due = Callable[[Any, datetime, Limit | None, int], Sequence[Limit]]
Deal = Callable[[Limit, datetime], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Turned:
    """What one turn did. breached: missed limits recorded. warned: limits warned of. sent: outbox rows dealt with.
    notices: new ones. failed: to be tried again. stopped: the clock jumped backwards, nothing is done until it is
    confirmed. imported: rows of sheets dealt with. moved: cases that a migration looked at or dealt with."""

    breached: int = 0
    warned: int = 0
    sent: int = 0
    notices: int = 0
    failed: int = 0
    stopped: bool = False
    imported: int = 0
    moved: int = 0

    @property
    def worked(self) -> bool:
        """Was there anything to do?"""
        return bool(self.breached or self.warned or self.sent or self.imported or self.moved)


class Worker:
    """The worker of an engine. Not to be shared by threads; each makes its own.

    mails: can mail be sent from here, so that urgent notices are left for the mailer (mails.py) as well?
    """

    def __init__(self, engine: Engine, *, mails: bool = False) -> None:
        self._engine, self._mails = engine, mails
        self._wake = Event()
        self._stop = Event()
        self._forgot = datetime.min.replace(tzinfo=UTC)
        self._later: dict[
            str, tuple[int, datetime]
        ] = {}  # limits and sheets that failed: attempts, not before

    def turn(self) -> Turned:
        """Do once what is due: missed limits, warnings, outbox, a few rows of a sheet. Raises only if the database cannot be read."""
        now = self._engine.clock.now()
        if not self._clock_runs_on(now):
            return Turned(stopped=True)
        done: Counter[str] = Counter()
        self._limits(done, now, queue.missed, self._breach)
        self._limits(done, now, queue.near, self._warn)
        self._outbox(done, now)
        self._sheets(done, now)
        self._migrations(done, now)
        return Turned(
            done["breached"], done["warned"], done["sent"], done["notices"], done["failed"],
            imported=done["imported"], moved=done["moved"],
        )  # fmt: skip

    def run(self, stop: Event, every: float = 1.0) -> None:
        """Turn after turn until `stop`, `every` seconds apart or when hurried. One bad row never ends it."""
        self._stop = stop
        while not stop.is_set():
            turned = Turned()
            try:
                turned = self.turn()
            except Exception as error:
                log.error("turn failed: %s", _code(error))
            if not turned.worked:
                self._wake.wait(every)
            self._wake.clear()
        self._keep_look()

    def hurry(self, case: str = "") -> None:
        """Something waits (for `case`): do not wait out the second. From any thread."""
        self._wake.set()

    # ------------------------------------------------------------------ time limits

    def _limits(self, done: Counter[str], now: datetime, due: Due, deal: Deal) -> None:
        for limit in self._due(now, due):
            if self._later.get(limit.id, (0, now))[1] > now:
                continue
            try:
                with queue.claimed(self._engine.database, limit.case_id) as mine:
                    if mine:
                        done.update(deal(limit, now))
                        self._later.pop(limit.id, None)
            except Exception as error:
                attempts = self._later.get(limit.id, (0, now))[0] + 1
                self._later[limit.id] = (attempts, now + wait_after(attempts))
                done["failed"] += 1
                log.error("limit %s of case %s: %s", limit.id, limit.case_id, _code(error))

    def _due(self, now: datetime, due: Due) -> Iterator[Limit]:
        last: Limit | None = None
        while not self._stop.is_set():
            with self._engine.database.read() as connection:
                page = due(connection, now, last, PAGE)
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1]

    def _breach(self, limit: Limit, _: datetime) -> Mapping[str, int]:
        """An event of the case, like any other, made by the system."""
        outcome = self._engine.apply(
            Command(
                id=str(uuid5(UUID(limit.id), BREACH)), case=limit.case_id, trigger=BREACH, actor=SYSTEM,
                values={"deadline": limit.id},
            )
        )  # fmt: skip
        if not outcome.applied:
            raise Refused(",".join(each.code for each in outcome.blockers))
        return {"breached": 0 if outcome.repeated else 1}

    def _warn(self, limit: Limit, now: datetime) -> Mapping[str, int]:
        """A notice, never an event: a warning makes no open form stale."""
        engine = self._engine
        with engine.database.read() as connection:
            case = errands.case_of(connection, limit.case_id)
            owner = Audience(connection, engine.library, case, errands.today_of(engine, now)).owner()
        with engine.database.write() as connection:
            new = queue.tell(connection, of_limit("warning", limit, owner, now))
            queue.mark_warned(connection, limit, now)
        return {"warned": 1, "notices": new}

    # ------------------------------------------------------------------ outbox

    def _outbox(self, done: Counter[str], now: datetime) -> None:
        held: set[str] = set()  # cases whose next row is not done: those behind it wait, in order
        for row in self._rows():
            if row.case_id in held:
                continue
            if row.attempts and row.created_at + waited(row.attempts) > now:
                held.add(row.case_id)
                continue
            try:
                with queue.claimed(self._engine.database, row.case_id) as mine:
                    if not mine:
                        held.add(row.case_id)
                    elif self._still(row):
                        done["notices"] += errands.run(self._engine, row, now, mails=self._mails)
                        done["sent"] += 1
            except Exception as error:
                done["failed"] += 1
                self._failed(row, now, _code(error))
                held.add(row.case_id)

    def _rows(self) -> Iterator[Outgoing]:
        last = 0
        while not self._stop.is_set():
            with self._engine.database.read() as connection:
                page = queue.waiting(connection, last, PAGE)
            yield from page
            if not page:
                return
            last = page[-1].id

    def _still(self, row: Outgoing) -> bool:
        with self._engine.database.read() as connection:
            return queue.still_waits(connection, row.id)

    def _failed(self, row: Outgoing, now: datetime, code: str) -> None:
        """Noted for another attempt; after the last one it stands as an incident and holds up nothing more."""
        log.error("outbox %d (%s) of case %s: %s", row.id, row.kind, row.case_id, code)
        with self._engine.database.write() as connection:
            if row.attempts + 1 < MOST_ATTEMPTS:
                queue.postpone(connection, row.id, code)
            else:
                queue.settle(connection, row.id, now, f"gave_up:{code}")

    # ------------------------------------------------------------------ sheets

    def _sheets(self, done: Counter[str], now: datetime) -> None:
        """A few rows of one sheet a turn, so that no time limit waits for the rest of it."""
        if now - self._forgot >= KEEP_LOOK:
            importing.forget(self._engine)
            self._forgot = now
        with self._engine.database.read() as connection:
            batch = imports.next_running(connection)
        if batch is not None:
            self._a_little(done, now, "imported", batch, importing.advance)

    def _migrations(self, done: Counter[str], now: datetime) -> None:
        """A few cases of each migration that is looked at or carried out."""
        with self._engine.database.read() as connection:
            at_work = moves.at_work(connection)
        for each in at_work:
            self._a_little(done, now, "moved", each, migration.advance_beside)

    def _a_little(
        self, done: Counter[str], now: datetime, what: str, id: str, advance: Callable[[Engine, str], int]
    ) -> None:
        """Some of a long work, by one worker at a time; what failed is tried again later."""
        if self._later.get(id, (0, now))[1] > now:
            return
        try:
            with queue.claimed(self._engine.database, id) as mine:
                if mine:
                    done[what] += advance(self._engine, id)
                    self._later.pop(id, None)
        except Exception as error:
            attempts = self._later.get(id, (0, now))[0] + 1
            self._later[id] = (attempts, now + wait_after(attempts))
            done["failed"] += 1
            log.error("%s %s: %s", what, id, _code(error))

    # ------------------------------------------------------------------ clock

    def _clock_runs_on(self, now: datetime) -> bool:
        """No, from a jump backwards on until someone confirms it; a time of standing still is no jump."""
        with self._engine.database.read() as connection:
            last = queue.looked(connection)
        if last and last.back_to:
            return False
        if last and now < last.at - BACK:
            log.error("the clock jumped backwards by %d seconds", (last.at - now).total_seconds())
            self._keep(Looked(last.at, back_to=now))
            return False
        if last is None or now - last.at >= KEEP_LOOK:
            self._keep(Looked(now))
        return True

    def _keep_look(self) -> None:
        """At the end, so that a demo's clock goes on from where it stands."""
        try:
            now = self._engine.clock.now()
            if self._clock_runs_on(now):
                self._keep(Looked(now))
        except Exception as error:
            log.error("clock not kept: %s", _code(error))

    def _keep(self, look: Looked) -> None:
        with self._engine.database.write() as connection:
            queue.keep_look(connection, look)


class Refused(RuntimeError):
    """The engine refused a command of its own worker: a fault of the program or of the data."""


def confirm_clock(database: Database, now: datetime) -> None:
    """The clock is right as it stands; workers that stopped because it jumped backwards go on."""
    with database.write() as connection:
        queue.keep_look(connection, Looked(now))


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 1, 2, 4 … seconds, at most an hour."""
    return timedelta(seconds=min(2 ** (attempts - 1), LONGEST_WAIT))


def waited(attempts: int) -> timedelta:
    """How long after it was written a row is tried again: all waits of its attempts together."""
    return sum((wait_after(each) for each in range(1, attempts + 1)), timedelta())


def _code(error: Exception) -> str:
    """The kind of a fault. The text of others than ours is left out: it may quote what was being written."""
    kind = type(error).__name__
    return f"{kind}:{error}" if isinstance(error, (Refused, errands.UnknownErrand, VersionChanged)) else kind
