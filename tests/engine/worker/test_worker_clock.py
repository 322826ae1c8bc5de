from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from engine import Engine, FixedClock, RunningClock
from engine.clock import REFRESH, DatabaseClock
from engine.store import Database, ground, migrate, reference
from engine.store.moment import database_now
from engine.worker import Turned, Worker, confirm_clock
from tests.engine.worker.story import kinds, open_helping, turn
from tests.support import scratch
from tests.support.world import NOON

STOPPED = Turned(stopped=True)


@pytest.mark.parametrize("minutes", [1, 5])
def test_a_small_step_back_of_the_clock_is_no_jump(engine: Engine, clock: FixedClock, minutes: int) -> None:
    turn(engine)
    clock.advance(minutes=-minutes)
    assert turn(engine) == Turned()


def test_a_jump_back_stops_every_worker_until_someone_confirms_it(engine: Engine, clock: FixedClock) -> None:
    case = open_helping(engine)
    worker = Worker(engine)
    clock.advance(hours=20)
    worker.turn()
    clock.advance(hours=-3)
    assert worker.turn() == STOPPED
    assert turn(engine) == STOPPED
    clock.advance(hours=10)  # past the limit; though the clock is where it was and further
    assert worker.turn() == STOPPED
    assert kinds(engine, case) == ["case_opened"]
    confirm_clock(engine.database, clock.now())
    assert worker.turn().breached == 1


def test_a_jump_back_while_no_worker_ran_is_seen_by_the_next_one(engine: Engine, clock: FixedClock) -> None:
    clock.advance(days=2)
    turn(engine)
    clock.set(NOON)
    assert turn(engine) == STOPPED


def test_time_spent_standing_still_is_no_jump(engine: Engine, clock: FixedClock) -> None:
    turn(engine)
    clock.advance(days=400)
    assert turn(engine) == Turned()


def test_keeping_the_clock_makes_nobody_read_the_reference_data_again(
    engine: Engine, clock: FixedClock
) -> None:
    with engine.database.read() as connection:
        before = reference.load(connection).installation.reference_version
    clock.advance(hours=1)
    turn(engine)
    with engine.database.read() as connection:
        assert reference.load(connection).installation.reference_version == before


def test_a_real_installation_has_no_demo_clock_to_keep(engine: Engine) -> None:
    turn(engine)
    with engine.database.read() as connection:
        assert connection.scalar(select(ground.installation.c.demo_now)) is None


# ------------------------------------------------------------------ the demo's clock


@pytest.fixture
def demo() -> Iterator[Engine]:
    from engine import MasterKey
    from tests.support.world import SECRET

    with scratch.folder() as folder:
        url = f"sqlite:///{folder / 'demo.db'}"
        migrate(url)
        database = Database(url)
        with database.write() as connection:
            reference.create_installation(connection, "demo", "Asia/Ho_Chi_Minh", NOON)
        database.close()
        made = Engine(url, MasterKey(SECRET), FixedClock(NOON))
        yield made
        made.database.close()


def test_a_demo_goes_on_from_the_minute_it_was_left_at(demo: Engine) -> None:
    worker = Worker(demo)
    worker.turn()
    _advance(demo, seconds=59)
    worker.turn()
    assert _kept(demo) == NOON
    _advance(demo, seconds=1)
    worker.turn()
    assert _kept(demo) == NOON + timedelta(minutes=1)


def test_a_demo_keeps_its_clock_when_it_is_stopped(demo: Engine) -> None:
    from threading import Event

    Worker(demo).turn()
    _advance(demo, seconds=17)
    stop = Event()
    stop.set()
    Worker(demo).run(stop)
    assert _kept(demo) == NOON + timedelta(seconds=17)


def test_a_demo_does_not_keep_a_clock_that_jumped_back(demo: Engine) -> None:
    Worker(demo).turn()
    _advance(demo, days=-1)
    assert Worker(demo).turn() == STOPPED
    assert _kept(demo) == NOON


def test_a_running_clock_starts_where_it_was_left() -> None:
    left = datetime(2020, 1, 1, tzinfo=UTC)
    assert timedelta() <= RunningClock(left).now() - left < timedelta(seconds=10)


def _advance(demo: Engine, **duration: float) -> None:
    assert isinstance(demo.clock, FixedClock)
    demo.clock.advance(**duration)


def _kept(demo: Engine) -> datetime:
    with demo.database.read() as connection:
        kept = connection.scalars(select(ground.installation.c.demo_now)).one()
    assert isinstance(kept, datetime)
    return kept


# ------------------------------------------------------------------ the database's clock


class _Asked:
    """A database that answers `moment` and counts how often it was asked."""

    def __init__(self, moment: datetime) -> None:
        self.moment, self.times, self.down = moment, 0, False

    def __call__(self) -> datetime:
        self.times += 1
        if self.down:
            raise ConnectionError
        return self.moment


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The machine's monotonic clock, to be moved by hand."""
    seconds = [1000.0]
    monkeypatch.setattr("engine.clock.time.monotonic", lambda: seconds[0])
    return seconds


def test_the_database_is_asked_once_in_thirty_seconds_and_counted_between(counted: list[float]) -> None:
    asked = _Asked(NOON)
    clock = DatabaseClock(asked)
    counted[0] += REFRESH - 0.5
    assert clock.now() == NOON + timedelta(seconds=REFRESH - 0.5)
    assert asked.times == 1
    counted[0] += 0.5
    asked.moment = NOON + timedelta(seconds=31)
    assert clock.now() == NOON + timedelta(seconds=31)
    assert asked.times == 2


def test_while_the_database_is_away_its_clock_is_counted_on(counted: list[float]) -> None:
    asked = _Asked(NOON)
    clock = DatabaseClock(asked)
    asked.down = True
    for _ in range(4):
        counted[0] += REFRESH
        clock.now()
    assert clock.now() == NOON + timedelta(seconds=4 * REFRESH)
    asked.down, asked.moment = False, NOON + timedelta(hours=1)
    counted[0] += REFRESH
    assert clock.now() == NOON + timedelta(hours=1)


def test_a_database_that_cannot_be_asked_at_first_is_an_error() -> None:
    asked = _Asked(NOON)
    asked.down = True
    with pytest.raises(ConnectionError):
        DatabaseClock(asked)


def test_postgresql_tells_its_own_time(postgresql_database: str) -> None:
    database = Database(postgresql_database)
    now = database_now(database)
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    assert database_now(database) > now
    database.close()
