"""A hundred writers killed (SIGKILL), fifty on each database: no acknowledged step is lost, none is half written, the next go on."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from random import SystemRandom
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from engine import Engine
from engine.store.tables import cases, command
from tests.engine.evidence import assert_whole, clock_of
from tests.engine.whole import assert_every_event_is_whole
from tests.engine.writers import BATCH, Kill, Place, build_both, parent
from tests.support.world import NOON, fire, open_toy, same_id

KILLS = 50  # on each database
# What those at once are killed at; None: wherever they happen to be.
AIMS = (Place.IN_TRANSACTION, Place.IN_TRANSACTION, Place.AFTER_COMMIT, Place.IN_COMMIT, None)
SHARED = same_id("the case that all writers work on")
NAME = "killed_writers"  # by which PostgreSQL knows their connections

processes = multiprocessing.get_context("forkserver")


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """Where the writers write."""
    built = build_both(database)
    assert open_toy(built, case=SHARED).applied
    yield built
    built.database.close()


def test_a_hundred_kills_lose_no_acknowledged_step_and_leave_none_half_written(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    acknowledged, seed = tmp_path / "acknowledged", SystemRandom().getrandbits(32)
    kills: list[Kill] = []
    with _warm_parent(engine, acknowledged, seed) as orders:
        for _ in range(KILLS // len(AIMS)):
            orders.send(AIMS)
            batch: list[Kill] = orders.recv()
            _wait_until_gone(engine)
            _assert_nothing_lost(engine, acknowledged, batch, f"seed {seed}")
            kills += batch
        orders.send(None)
    counts = Counter(each.place.name for each in kills)
    # As record_property does, which warns where the report is written as JUnit's second format.
    request.node.user_properties += [(place.name, counts[place.name]) for place in Place]
    assert len(kills) == KILLS
    between = [each for each in kills if each.place is Place.IN_TRANSACTION]
    assert len(between) * 3 >= KILLS, f"too few between the first statement and COMMIT: {dict(counts)}"
    assert counts[Place.AFTER_COMMIT.name], dict(counts)
    assert any(each.statements > 1 for each in between), f"none had written anything, seed {seed}"
    _assert_all_go_on(engine)


@contextmanager
def _warm_parent(engine: Engine, acknowledged: Path, seed: int) -> Iterator[Connection]:
    """A process of one thread, which a test runner's own may not be: what it forks finds no lock held by nobody."""
    url = engine.database.url
    if not engine.database.is_sqlite:
        url = url.update_query_dict({"application_name": NAME})
    orders, theirs = processes.Pipe()
    given = (url.render_as_string(hide_password=False), SHARED, acknowledged, seed, theirs)
    warm = processes.Process(target=parent, args=given)
    warm.start()
    theirs.close()
    try:
        yield orders
    finally:
        orders.close()
        warm.join()
    assert warm.exitcode == 0


def _wait_until_gone(engine: Engine) -> None:
    """PostgreSQL goes on with a statement whose client is dead, and only then takes back its transaction."""
    if engine.database.is_sqlite:
        return
    until = time.monotonic() + 20
    left = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :name")
    while True:
        with engine.database.read() as connection:
            if not connection.scalar(left, {"name": NAME}):
                return
        assert time.monotonic() < until, "PostgreSQL still serves a killed writer"
        time.sleep(0.005)


def _assert_nothing_lost(engine: Engine, acknowledged: Path, kills: list[Kill], about: str) -> None:
    with engine.database.read() as connection:
        done = {each.id: each for each in connection.execute(select(command))}
    lines = acknowledged.read_text("ascii").splitlines()
    for id, case, version in map(str.split, lines):
        assert (done[id].case_id, done[id].seq) == (case, int(version)), about
    ids = {line.split()[0] for line in lines}
    for each in kills:
        if each.place in (Place.BEFORE_FIRST_STATEMENT, Place.IN_TRANSACTION):
            assert each.command not in done, (each, about)
        if each.place is Place.AFTER_COMMIT:
            assert each.command in done, (each, about)
        if each.place is Place.BETWEEN_STEPS:
            assert (each.command in done) == (each.command in ids), (each, about)
    assert_every_event_is_whole(engine.database)


def _assert_all_go_on(engine: Engine) -> None:
    """Each case is the fold of its events, its chain unbroken; and the next step of each that still has one is taken."""
    clock_of(engine).set(NOON + (KILLS // len(AIMS) + 1) * BATCH)
    with engine.database.read() as connection:
        found = connection.execute(select(cases.c.id, cases.c.definition, cases.c.state)).all()
    for id, definition, state in found:
        if definition == "toy":
            assert fire(engine, id, "remark", "officer", note="tiếp").applied
        elif state == "given":
            assert fire(engine, id, "end", "teacher", result="tốt").applied
        elif definition == "wide" and state == "new":
            assert fire(engine, id, "fill", "officer", command=str(uuid4()), long="tiếp").applied
        assert_whole(engine, id)
    assert_every_event_is_whole(engine.database)
