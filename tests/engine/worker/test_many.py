from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from engine import Engine, FixedClock, MasterKey
from engine.store import queue
from engine.verification import replay, verify
from engine.worker import Turned, Worker
from tests.engine.worker.killed import MOMENTS, work
from tests.engine.worker.story import build, done, kinds, notices, open_helping, open_lesson, outbox, turn
from tests.support.world import NOON, SECRET, fire

CASES = 12
OVERDUE = NOON + timedelta(days=2)  # a day after the limit: the worker stood still that long

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.engine.worker.killed"])


@pytest.fixture
def cases(engine: Engine) -> list[str]:
    """Cases whose limit will be missed; one is woken by a track, one told of beside."""
    found = [open_helping(engine) for _ in range(CASES)]
    done(fire(engine, open_lesson(engine, found[0]), "finish", "teacher", score=8))
    done(fire(engine, found[1], "shout", "officer"))
    return found


def test_four_threads_make_each_effect_once(engine: Engine, cases: list[str]) -> None:
    engine.clock = FixedClock(OVERDUE)
    start = Barrier(4)
    turned: list[Turned] = []

    def run() -> None:
        own = Engine(_url(engine), MasterKey(SECRET), FixedClock(OVERDUE))
        worker = Worker(own)
        start.wait()
        turned.extend(worker.turn() for _ in range(4))
        own.database.close()

    threads = [Thread(target=run) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(turned) == 16
    assert sum(each.failed for each in turned) == 0
    _finish(engine)
    assert sum(each.breached for each in turned) <= CASES
    _once(engine, cases)


def test_four_processes_make_each_effect_once(engine: Engine, cases: list[str]) -> None:
    url = _url(engine)
    running = [processes.Process(target=work, args=(url, OVERDUE, "", 0)) for _ in range(4)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    assert [each.exitcode for each in running] == [0, 0, 0, 0]
    _finish(engine)
    _once(engine, cases)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_killed_at_any_moment_leaves_nothing_half_done_and_nothing_twice(
    engine: Engine, cases: list[str], moment: str
) -> None:
    url = _url(engine)
    for nth in (1, 8):
        victim = processes.Process(target=work, args=(url, OVERDUE, moment, nth))
        victim.start()
        victim.join()
        assert victim.exitcode == -signal.SIGKILL
    _finish(engine)
    _once(engine, cases)


def test_while_one_worker_has_a_case_another_leaves_it_alone(engine: Engine, cases: list[str]) -> None:
    engine.clock = FixedClock(OVERDUE)
    with queue.claimed(engine.database, cases[0]) as mine:
        assert mine
        with queue.claimed(engine.database, cases[0]) as also:
            assert not also
        turn(engine)
        assert "deadline_breached" not in kinds(engine, cases[0])
    _finish(engine)
    _once(engine, cases)


def test_on_postgresql_the_other_cases_go_on_while_one_is_held(postgresql_database: str) -> None:
    engine = build(postgresql_database, FixedClock(NOON))
    held, free = open_helping(engine), open_helping(engine)
    engine.clock = FixedClock(OVERDUE)
    with queue.claimed(engine.database, held):
        turn(engine)
    assert kinds(engine, free) == ["case_opened", "deadline_breached", "step_taken"]
    assert kinds(engine, held) == ["case_opened"]
    engine.database.close()


def _url(engine: Engine) -> str:
    return engine.database.url.render_as_string(hide_password=False)


def _finish(engine: Engine) -> None:
    """A worker that nobody disturbs does what is left, and then nothing."""
    engine.clock = FixedClock(OVERDUE + timedelta(hours=2))
    turn(engine)
    assert turn(engine) == Turned()


def _once(engine: Engine, cases: list[str]) -> None:
    for case in cases:
        assert kinds(engine, case).count("deadline_breached") == 1
        # Of one case a track returns as well, before or after.
        assert [each.transition for each in engine.timeline(case)].count("give_up") == 1
    told = notices(engine)
    assert Counter(each.kind for each in told) == {
        "breach": CASES,
        "escalation": CASES,
        "returned": 1,
        "notify": 1,
    }
    assert kinds(engine, cases[0]).count("subcase_returned") == 1
    assert {row.last_error for row in outbox(engine)} == {None}
    assert all(row.done_at for row in outbox(engine))
    assert verify(engine.database).flaws == ()
    assert replay(engine.database).differences == ()
