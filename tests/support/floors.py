"""Speed as a ratio to a floor of the same run: what a hostile thing costs, in the cost of an honest one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def cost(do: Callable[[], Any], times: int = 3) -> float:
    """Processor time of this thread, the least of some runs: another process may take the core meanwhile."""
    best = float("inf")
    for _ in range(times):
        began = time.thread_time()
        do()
        best = min(best, time.thread_time() - began)
    return best
