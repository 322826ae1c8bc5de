"""Writers forked from a warm parent and killed by it (SIGKILL); where each stood when it died is known afterwards.

A writer notes its place in memory it shares with the parent, and acknowledges a step in a file once `apply` has returned.
"""

from __future__ import annotations

import mmap
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from engine import Command, Engine, FixedClock, MasterKey
from engine.commands import BREACH, OPEN, SYSTEM
from engine.store import steps, tables
from engine.store.steps import StepTransaction
from tests.engine.evidence import clock_of, limits_of
from tests.engine.wide import build_wide
from tests.support.world import BA_BE, NOON, SECRET, TOY, publish

WITHIN = 30.0  # seconds: as long as a held writer may keep the others of a busy machine waiting
HELD_WITHIN = 12  # statements
PAUSE = 0.02  # seconds: some steps
REST = (
    0.002  # seconds between two steps of a writer; SQLite lets a writer that never rests keep all others out
)
BATCH = timedelta(days=30)  # by how much the clocks of a batch are ahead of those of the batch before


class Place(IntEnum):
    """Where a writer is."""

    BETWEEN_STEPS = 0
    BEFORE_FIRST_STATEMENT = 1
    IN_TRANSACTION = 2  # the first statement was answered, COMMIT is not yet sent
    IN_COMMIT = 3  # it is being sent, or is under way; without a lock together with all that is written
    AFTER_COMMIT = 4  # but not yet acknowledged


@dataclass(frozen=True)
class Kill:
    """`command`: the step the writer was at. `statements`: how many of its transaction had been answered."""

    place: Place
    statements: int
    command: str


class Slot:
    """What one writer and the parent tell each other: a byte each, and the id of the command the writer is at.

    STEPS: acknowledged ones. AIM, HOLD: the writer stops the HOLD-th time it reaches the place AIM; then HELD is 1.
    """

    PLACE, STATEMENTS, STEPS, AIM, HOLD, HELD = range(6)
    SIZE = 6 + 36

    def __init__(self, memory: mmap.mmap, number: int) -> None:
        self._memory, self._start = memory, number * self.SIZE

    def __getitem__(self, index: int) -> int:
        return self._memory[self._start + index]

    def __setitem__(self, index: int, value: int) -> None:
        self._memory[self._start + index] = value

    @property
    def command(self) -> str:
        return self._memory[self._start + 6 : self._start + self.SIZE].decode()

    @command.setter
    def command(self, id: str) -> None:
        self._memory[self._start + 6 : self._start + self.SIZE] = id.encode()

    def reach(self, place: Place) -> None:
        """The writer is there now, and stays there if it was told to; in COMMIT it only says so."""
        self[self.PLACE] = place
        if place and self[self.AIM] == place:
            self[self.HOLD] -= 1
            if not self[self.HOLD]:
                self[self.AIM], self[self.HELD] = 0, 1
                if place is not Place.IN_COMMIT:  # to be killed while that is under way
                    time.sleep(WITHIN)

    def kill(self) -> Kill:
        """What is left of a dead writer."""
        return Kill(Place(self[self.PLACE]), self[self.STATEMENTS], self.command)


def noting(slot: Slot) -> type[StepTransaction]:
    """A step transaction that notes its place, and stops after the statement it is told to be held at."""

    class Noting(StepTransaction):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            slot[Slot.STATEMENTS] = 0
            self._unnoted, self._execute = self._execute, self._noted(self._execute)

        def _noted(self, execute: Callable[..., Any]) -> Callable[..., Any]:
            def run(*args: Any) -> Any:
                answer = execute(*args)
                slot[Slot.STATEMENTS] += 1
                slot.reach(Place.IN_TRANSACTION)
                return answer

            return run

        def commit(self) -> None:
            slot.reach(Place.IN_COMMIT)
            self._execute = self._unnoted
            super().commit()
            slot.reach(Place.AFTER_COMMIT)

        def rollback(self) -> None:
            slot.reach(Place.BEFORE_FIRST_STATEMENT)
            super().rollback()

    return Noting


def build_both(url: str) -> Engine:
    """An engine with the toy and `wide`, for `life`."""
    engine = build_wide(url)
    with engine.database.write() as connection:
        publish(connection, TOY)
    engine.library.refresh()
    return engine


def life(engine: Engine, shared: str) -> Iterator[Command]:
    """The steps of two new cases, one of them with a track, and a word on the case that all writers share."""

    def step(case: str, trigger: str, actor: str, reason: str = "", **values: Any) -> Command:
        return Command(id=str(uuid4()), case=case, trigger=trigger, actor=actor, values=values, reason=reason)

    def opening(definition: str, **values: Any) -> Command:
        return Command(
            id=str(uuid4()), case=str(uuid4()), trigger=OPEN, actor="officer", definition=definition,
            values={"place": BA_BE} | values,
        )  # fmt: skip

    first = opening("toy", what="sách vở", name="Triệu Thị Đức")
    yield first
    yield step(first.case, "ask", "officer", amount=1_500_000, urgency="high", note="nhà xa")
    clock_of(engine).advance(hours=13)
    (limit,) = (each["id"] for each in limits_of(engine, first.case) if not each["ended_at"])
    yield step(first.case, BREACH, SYSTEM, deadline=limit)
    yield step(first.case, "return_request", "chair", reason="Thiếu giấy tờ")
    yield step(shared, "remark", "second", note="đã gọi")
    second = opening("wide", kind="a")
    yield second
    yield step(second.case, "assign", "officer", where="school")
    with engine.database.read() as connection:
        track = connection.scalars(
            select(tables.cases.c.id).where(tables.cases.c.parent == second.case)
        ).one()
    yield step(track, "end", "teacher", result="tốt")
    yield step(second.case, "finish", "officer")


def write(engine: Engine, shared: str, slot: Slot, acknowledged: int) -> None:
    """Take steps until killed, or until the parent is gone. acknowledged: a file that is only appended to."""
    warm = os.getppid()
    steps.StepTransaction = noting(slot)  # type: ignore[misc]
    while True:
        for command in life(engine, shared):
            slot.command = command.id
            slot.reach(Place.BEFORE_FIRST_STATEMENT)
            outcome = engine.apply(command)
            assert outcome.applied, (command, outcome.blockers)
            os.write(acknowledged, f"{command.id} {command.case} {outcome.version}\n".encode())
            slot.reach(Place.BETWEEN_STEPS)
            slot[Slot.STEPS] = min(slot[Slot.STEPS] + 1, 255)
            time.sleep(REST)
            if os.getppid() != warm:
                return


def parent(url: str, shared: str, acknowledged: Path, seed: int, orders: Connection) -> None:
    """Get warm; then, for each order (what the writers are to be killed at), fork, kill and answer the kills."""
    engine = Engine(url, MasterKey(SECRET), FixedClock(NOON))
    for command in life(engine, shared):
        outcome = engine.apply(command)
        assert outcome.applied, outcome.blockers
    engine.database.close()  # a connection must not be shared with a fork
    chance = Random(seed)  # noqa: S311 - chance, not a secret
    while order := orders.recv():
        clock_of(engine).set(clock_of(engine).now() + BATCH)
        orders.send(_batch(engine, shared, acknowledged, chance, order))


def _batch(
    engine: Engine, shared: str, acknowledged: Path, chance: Random, aims: Sequence[Place | None]
) -> list[Kill]:
    """Fork writers, wait until each took a step, kill them one by one."""
    memory = mmap.mmap(-1, len(aims) * Slot.SIZE)
    slots = [Slot(memory, number) for number in range(len(aims))]
    alive: dict[int, Slot] = {}
    try:
        for slot in slots:
            alive[_fork(lambda slot=slot: _write_into(engine, shared, slot, acknowledged))] = slot
        _wait(lambda: all(slot[Slot.STEPS] for slot in slots), "a writer took no step")
        return [_kill(alive, chance, aim) for aim in chance.sample(aims, len(aims))]
    finally:
        for process in alive:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _kill(alive: dict[int, Slot], chance: Random, aim: Place | None) -> Kill:
    """Kill one at some moment, or where it is held; answer where it stood once it was dead."""
    process, slot = chance.choice(list(alive.items()))
    if aim:
        slot[Slot.HOLD] = chance.randint(1, HELD_WITHIN) if aim is Place.IN_TRANSACTION else 1
        slot[Slot.AIM] = aim  # only now does the writer look
        _wait(lambda: slot[Slot.HELD] == 1, "a writer was not held")
    else:
        time.sleep(chance.uniform(0, PAUSE))
    os.kill(process, signal.SIGKILL)
    del alive[process]
    _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status), f"a writer ended by itself: {status}"
    return slot.kill()


def _fork(run: Callable[[], None]) -> int:
    process = os.fork()
    if process:
        return process
    try:
        run()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _write_into(engine: Engine, shared: str, slot: Slot, acknowledged: Path) -> None:
    file = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    write(engine, shared, slot, file)


def _wait(ready: Callable[[], bool], complaint: str) -> None:
    until = time.monotonic() + WITHIN
    while not ready():
        assert time.monotonic() < until, complaint
        time.sleep(0.0005)
