"""A worker in a process of its own, which may kill itself at a named moment."""

from __future__ import annotations

from datetime import datetime

from engine import Engine, FixedClock, MasterKey
from engine.store import queue
from engine.worker import Worker, errands
from tests.engine.worker.traps import Traps
from tests.support.world import SECRET

MOMENTS = ("before a step", "after a step", "before it is noted", "after it is noted", "after a notice")


def work(url: str, now: datetime, moment: str, nth: int) -> None:
    """Turns until nothing is left to do, or dies at the `nth` such `moment` ("" for never)."""
    engine = Engine(url, MasterKey(SECRET), FixedClock(now))
    traps = Traps(moment, nth)
    engine.apply = traps.around(engine.apply, "before a step", "after a step")  # type: ignore[method-assign]
    errands.run = traps.around(errands.run, "before it is noted", "after it is noted")
    queue.tell = traps.around(queue.tell, "", "after a notice")
    queue.settle = traps.around(queue.settle, "before it is noted", "")
    worker = Worker(engine)
    while worker.turn().worked:
        pass
    engine.database.close()
