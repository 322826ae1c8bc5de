"""A worker in a process of its own that carries a migration on, slowly enough to be killed in the middle."""

from __future__ import annotations

from pathlib import Path

from engine import Engine, FixedClock, MasterKey
from engine.migration import advance
from engine.store import moves
from tests.web.demo_house import MOMENT


def carry_on(url: str, key: str) -> None:
    """Move a few cases at a time until nothing is at work."""
    engine = Engine(url, MasterKey.load(Path(key)), FixedClock(MOMENT))
    while True:
        with engine.database.read() as connection:
            at_work = moves.at_work(connection)
        if not at_work:
            break
        for each in at_work:
            advance(engine, each, 2)
    engine.database.close()
