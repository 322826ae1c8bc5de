"""Builds the demonstration's database in its folder, and has the story told into it."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from datetime import UTC, datetime

from engine import Engine, FixedClock, MasterKey, create_key_file
from engine.store import Database, migrate, reference
from engine.worker.loop import confirm_clock
from web.content import load_content, load_demo_people
from web.demo.teller import tell
from web.installation import Installation

PUBLISHED = datetime(2024, 1, 2, 1, 0, tzinfo=UTC)  # before the oldest case
EARLIEST = datetime(
    2026, 9, 14, 2, 0, tzinfo=UTC
)  # the areas of July 2025 must be as old as the longest story


def build(installation: Installation, now: datetime | None = None, some: Collection[str] = ()) -> None:
    """Make the demo anew in its folder; what was there is thrown away. now: aware, default this moment.

    some: the keys of the children that are told of; default all.
    """
    moment = max(now or datetime.now(UTC), EARLIEST)
    shutil.rmtree(installation.home, ignore_errors=True)
    installation.home.mkdir(mode=0o700, parents=True)
    create_key_file(installation.key)
    migrate(installation.url)
    clock = FixedClock(PUBLISHED)
    database = Database(installation.url)
    with database.write() as connection:
        reference.create_installation(connection, "demo", "Asia/Ho_Chi_Minh", moment)
        load_content(connection, clock.now(), "demo")
        load_demo_people(connection)
    database.close()
    engine = Engine(installation.url, MasterKey.load(installation.key), clock)
    tell(engine, clock, moment, some)
    confirm_clock(engine.database, moment)  # from here its clock runs on
    engine.database.close()
