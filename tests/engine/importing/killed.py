"""An importer in a process of its own, which is killed wherever it happens to be."""

from __future__ import annotations

from engine import Engine, FixedClock, MasterKey
from engine.importing import advance
from tests.support.world import NOON, SECRET


def go_on(url: str, batch: str, most: int) -> None:
    """Work on a batch until it has ended."""
    engine = Engine(url, MasterKey(SECRET), FixedClock(NOON))
    while advance(engine, batch, most):
        pass
    engine.database.close()
