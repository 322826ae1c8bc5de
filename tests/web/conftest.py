"""Fixtures of the tests of the gate and the administration: a small real installation, its application, visitors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from engine import Engine, FixedClock
from engine.store import reference
from engine.store.rows import ActorRow, HoldingRow, SettingRow, SwapRow
from tests.support import world
from tests.support.browser import OpenPage
from tests.web import journey
from tests.web.demo_house import build_once, copied
from tests.web.journey import MONDAY, House, furnish, opened, served
from tests.web.screens import Told
from tests.web.visitor import Visitor, give_password, hashed, put_table
from web import accounts
from web.app import create_app
from workflows import catalogue

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NOBODY = QUICK.hash("nobody")
MANY = 27  # reports beside the demonstration's own: two pages of a list
NAMED = ("Lý Thị Dục", "Ma Đức Dũng", "Bàn Văn Dức", "Hoàng Thị Đục")
TABLES = ("vocational_entry", "poverty_line_2022", "poverty_line_2027")


class Compiled(BytecodeCache):
    """Templates compiled once, for all the applications of this process."""

    def __init__(self) -> None:
        self.code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.code:
            bucket.bytecode_from_string(self.code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {"bytecode_cache": Compiled()}


@pytest.fixture(autouse=True)
def quick_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of passwords that cost next to nothing, except where their cost is the matter."""
    if "slow_hashes" not in request.fixturenames:
        monkeypatch.setattr(accounts, "_hasher", QUICK)
        monkeypatch.setattr(accounts, "NOBODY", NOBODY)


@pytest.fixture
def slow_hashes() -> None:
    """The hashes that are kept in earnest."""


@pytest.fixture
def clock() -> FixedClock:
    """Monday noon, until it is moved."""
    return FixedClock(world.NOON)


@pytest.fixture
def engine(database: str, clock: FixedClock) -> Iterator[Engine]:
    """Two communes and a province; the officer, the chairman and the administrator have PASSWORD."""
    built = world.build(database, clock)
    give_password(built, "officer", "chair", "admin")
    yield built
    built.database.close()


@pytest.fixture
def app(engine: Engine) -> Flask:
    """The application on it."""
    return create_app(engine, testing=True)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A stranger at a browser."""
    return Visitor(app)


@pytest.fixture
def administered(engine: Engine) -> Engine:
    """The same with the shipped settings, an exchanged day and three texts of two rule tables."""
    found = catalogue.settings().items()
    settings = [
        SettingRow(key=key, value=each.value, unconfirmed=each.unconfirmed, law=each.law)
        for key, each in found
    ]
    with engine.database.write() as connection:
        reference.put_settings(connection, [*settings, SettingRow(key="worker_note", value={"at": "x"})])
        swap = SwapRow(calendar="vn_public", day=date(2026, 1, 2), worked=False, reason="bù Tết")
        reference.put_swaps(connection, [swap])
        for name in TABLES:
            put_table(connection, catalogue.decision_table_texts()[name])
    engine.library.refresh()
    return engine


@pytest.fixture
def admin(administered: Engine, app: Flask) -> Visitor:
    """The administrator, signed in."""
    visitor = Visitor(app)
    assert visitor.sign_in("admin").status_code == 303
    return visitor


@pytest.fixture
def binh(administered: Engine, app: Flask) -> Visitor:
    """The second administrator, signed in."""
    person = ActorRow(
        id="binh",
        name="Bình Văn Thử",
        username="binh",
        fs_uniquifier="binh",
        password=hashed(),
        language="en",
    )
    held = HoldingRow(
        id="binh", actor="binh", function="admin", agency="so_y_te", area=world.PROVINCE, valid_from=date(2025, 7, 1)
    )  # fmt: skip
    with administered.database.write() as connection:
        reference.put_actors(connection, [person])
        reference.put_holdings(connection, [held])
    visitor = Visitor(app)
    assert visitor.sign_in("binh").status_code == 303
    return visitor


@pytest.fixture
def demo(sqlite_database: str) -> Iterator[Flask]:
    """The demonstration's content and people, with their doors."""
    engine = furnish(sqlite_database, FixedClock(MONDAY))
    yield create_app(engine, demo_sign_in=True, testing=True)
    engine.database.close()


@pytest.fixture
def furnished(database: str) -> Iterator[Engine]:
    """The shipped content with the demonstration's people, on its Monday, and no case."""
    engine = furnish(database, FixedClock(MONDAY))
    yield engine
    engine.database.close()


@pytest.fixture
def house(sqlite_database: str, open_page: OpenPage) -> Iterator[House]:
    """The same served to browsers.

    One database is enough for what a browser shows; test_journey.py is played on PostgreSQL.
    """
    with opened(sqlite_database, open_page) as made:
        yield made


@pytest.fixture(scope="session")
def built_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration at MOMENT, built once for all workers of a run; to be copied (demo_house)."""
    own = tmp_path_factory.getbasetemp()
    return build_once(own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own)


@pytest.fixture(scope="session")
def demonstration(built_demo: Path) -> Iterator[tuple[Engine, str]]:
    """A copy of it with many more reports, served to tests that only look."""
    with copied(built_demo) as (_, engine), served(engine) as base:
        clock = engine.clock
        assert isinstance(clock, FixedClock)
        for name in (*NAMED, *(f"Trẻ Thử {chr(ord('A') + n % 26)}" for n in range(MANY - len(NAMED)))):
            journey.bring(engine, clock, "receive", name=name, carer="")
        yield engine, base


@pytest.fixture
def told(demonstration: tuple[Engine, str], open_page: OpenPage) -> Told:
    """The same before the people of this test."""
    return Told(*demonstration, open_page)
