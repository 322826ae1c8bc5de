from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from engine import Engine, FixedClock
from engine.worker import Turned, Worker
from tests.engine.worker.story import build, kinds, open_helping
from tests.support.world import NOON

PATIENCE = 20  # seconds; the machine may be busy


@pytest.fixture
def engine(sqlite_database: str) -> Iterator[Engine]:
    made = build(sqlite_database, FixedClock(NOON))
    yield made
    made.database.close()


@contextmanager
def running(worker: Worker, every: float) -> Iterator[Event]:
    """The worker's loop in a thread of its own, stopped afterwards."""
    stop = Event()
    thread = Thread(target=worker.run, args=(stop, every))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        worker.hurry()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def comes_true(condition) -> bool:  # type: ignore[no-untyped-def]
    """Does it come true in time?"""
    until = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return bool(condition())


def test_the_loop_does_what_becomes_due(engine: Engine) -> None:
    case = open_helping(engine)
    with running(Worker(engine), every=0.05):
        engine.clock.advance(hours=25)  # type: ignore[attr-defined]
        assert comes_true(lambda: "deadline_breached" in kinds(engine, case))


def test_a_hurried_loop_does_not_wait_out_its_second(engine: Engine) -> None:
    case, worker = open_helping(engine), Worker(engine)
    turns = _counted(worker)
    with running(worker, every=3600):
        assert comes_true(lambda: turns)
        engine.clock.advance(hours=25)  # type: ignore[attr-defined]
        worker.hurry(case)
        assert comes_true(lambda: "deadline_breached" in kinds(engine, case))


def test_a_turn_that_fails_does_not_end_the_loop_nor_is_its_text_logged(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    worker, calls = Worker(engine), []

    def failing() -> Turned:
        calls.append(1)
        raise RuntimeError("Triệu Thị Đức")

    monkeypatch.setattr(worker, "turn", failing)
    with running(worker, every=0.01):
        assert comes_true(lambda: len(calls) > 3)
    assert "RuntimeError" in caplog.text
    assert "Triệu" not in caplog.text


def test_a_loop_told_to_stop_leaves_the_rest_for_the_next_one(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.worker.loop.PAGE", 1)
    cases = [open_helping(engine) for _ in range(3)]
    engine.clock.advance(hours=25)  # type: ignore[attr-defined]
    worker, stop, apply = Worker(engine), Event(), engine.apply

    def stopping(command):  # type: ignore[no-untyped-def]
        stop.set()
        return apply(command)

    monkeypatch.setattr(engine, "apply", stopping)
    worker.run(stop)
    assert sum("deadline_breached" in kinds(engine, case) for case in cases) == 1
    monkeypatch.undo()
    assert Worker(engine).turn().breached == 2


def _counted(worker: Worker) -> list[Turned]:
    turned: list[Turned] = []
    turn = worker.turn

    def counting() -> Turned:
        turned.append(turn())
        return turned[-1]

    worker.turn = counting  # type: ignore[method-assign]
    return turned
