"""Every mail goes out once, whoever runs beside and whatever dies in between."""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from engine import Engine, FixedClock, MasterKey
from engine.store import mail
from engine.worker import Mailer, Posted, Worker
from tests.engine.worker.posted import MOMENTS, mailer, mails, turn, wants, work
from tests.engine.worker.story import notices, open_helping, outbox
from tests.support.smtp import Mailbox
from tests.support.world import NOON, SECRET

CASES = 6
OVERDUE = NOON + timedelta(days=2)

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.engine.worker.posted"])


def test_trap_06_sweeping_twice_by_two_workers_after_a_day_down_sends_each_notice_and_mail_once(
    engine: Engine, box: Mailbox
) -> None:
    for actor in ("officer", "lead"):
        wants(engine, actor)
    cases = [open_helping(engine) for _ in range(CASES)]
    start = Barrier(3)

    def run() -> None:
        own = Engine(_url(engine), MasterKey(SECRET), FixedClock(OVERDUE))
        worker, post = Worker(own, mails=True), mailer(own, box.port)
        start.wait()
        for _ in range(4):
            worker.turn()
            post.turn()
        own.database.close()

    threads = [Thread(target=run) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    _finish(engine, box)
    _once(engine, box, cases)
    assert len(box.ids()) == len(set(box.ids()))


@pytest.mark.parametrize("moment", MOMENTS)
def test_trap_06_a_mailer_killed_at_any_moment_leaves_no_mail_out_and_repeats_none_but_by_its_own_id(
    engine: Engine, box: Mailbox, moment: str
) -> None:
    for actor in ("officer", "lead"):
        wants(engine, actor)
    cases = [open_helping(engine) for _ in range(CASES)]
    victim = processes.Process(target=work, args=(_url(engine), OVERDUE, box.port, moment))
    victim.start()
    victim.join()
    assert victim.exitcode == -signal.SIGKILL
    _finish(engine, box)
    _once(engine, box, cases)
    repeated = len(box.ids()) - len(set(box.ids()))
    assert repeated == (1 if moment == "after it is given" else 0)


def test_a_mail_of_the_same_is_never_left_twice(engine: Engine) -> None:
    for _ in range(2):
        with engine.database.write() as connection:
            mail.leave(connection, ["lead"], "digest", "2026-11-23", NOON)
    (row,) = mails(engine)
    with engine.database.write() as connection:
        mail.settle(connection, row.id, "sent", NOON)
        mail.settle(connection, row.id, "failed", NOON, "late")
        mail.postpone(connection, row.id, NOON, "late")
        assert mail.leave(connection, ["lead"], "digest", "2026-11-23", NOON) == 0
    (row,) = mails(engine)
    assert (row.state, row.attempts, row.code) == ("sent", 1, None)


def _url(engine: Engine) -> str:
    return engine.database.url.render_as_string(hide_password=False)


def _finish(engine: Engine, box: Mailbox) -> None:
    """A worker and a mailer that nobody disturbs do what is left, and then nothing."""
    engine.clock = FixedClock(OVERDUE + timedelta(hours=2))
    post: Mailer = mailer(engine, box.port)
    for _ in range(2):
        turn(engine)
        post.turn()
    assert not turn(engine).worked
    assert post.turn() == Posted()


def _once(engine: Engine, box: Mailbox, cases: list[str]) -> None:
    told = notices(engine)
    assert Counter(each.kind for each in told) == {"breach": CASES, "escalation": CASES}
    assert {each.last_error for each in outbox(engine)} == {None}
    rows = mails(engine)
    assert {each.state for each in rows} == {"sent"}
    assert Counter((each.actor, each.kind) for each in rows) == {
        ("officer", "notice"): CASES, ("lead", "notice"): CASES, ("officer", "digest"): 1, ("lead", "digest"): 1,
    }  # fmt: skip
    assert {f"<{each.id}@example.vn>" for each in rows} == set(box.ids())
    assert len(cases) == CASES
