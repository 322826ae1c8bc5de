"""A worker in a process of its own, which may kill itself at a named moment: what kill -9 leaves behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine import Engine, FixedClock, MasterKey
from engine.store import queue
from engine.worker import Worker, errands
from tests.support.world import SECRET

MOMENTS = ("before a step", "after a step", "before it is noted", "after it is noted", "after a notice")


def work(url: str, now: datetime, moment: str, nth: int) -> None:
    """Turns until nothing is left to do, or dies at the `nth` such `moment` ("" for never)."""
    engine = Engine(url, MasterKey(SECRET), FixedClock(now))
    _set_traps(engine, moment, nth)
    worker = Worker(engine)
    while worker.turn().worked:
        pass
    engine.database.close()


def _set_traps(engine: Engine, moment: str, nth: int) -> None:
    left = [nth]

    def die_at(here: str) -> None:
        if here == moment:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    def trapped(call: Callable[..., Any], before: str, after: str) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            die_at(before)
            answer = call(*given, **named)
            die_at(after)
            return answer

        return run

    engine.apply = trapped(engine.apply, "before a step", "after a step")  # type: ignore[method-assign]
    errands.run = trapped(errands.run, "before it is noted", "after it is noted")
    queue.tell = trapped(queue.tell, "", "after a notice")
    queue.settle = trapped(queue.settle, "before it is noted", "")
