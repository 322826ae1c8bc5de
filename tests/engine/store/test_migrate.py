from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect
from sqlalchemy.exc import DBAPIError

from engine.store import Database, migrate, self_check
from engine.store.migrate import ForeignKeyBroken
from engine.store.migrations.__main__ import draft
from engine.store.tables import metadata
from tests.support import postgres

AT_ONCE = 4
MIGRATIONS = files("engine.store") / "migrations"
NEWEST = int(ScriptDirectory(str(MIGRATIONS)).get_current_head() or 0)


@pytest.fixture
def empty_postgresql(postgres_server: postgres.Server, worker: str, numbers: Iterator[int]) -> Iterator[str]:
    name = f"{worker}_{next(numbers)}_empty"
    postgres_server.create(name)
    yield postgres_server.url_of(name)
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/casework.db"
    url: str = request.getfixturevalue("empty_postgresql")
    return url


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Gives the migrations one more version, with this body."""
    module = import_module("engine.store.migrate")  # `engine.store.migrate` itself is the function
    here = tmp_path / "store"
    shutil.copytree(module.files("engine.store") / "migrations", here / "migrations")
    monkeypatch.setattr(module, "files", lambda _package: here)

    def write(body: str) -> Path:
        lines = [
            "import sqlalchemy as sa",
            "from alembic import op",
            f"revision = '{NEWEST + 1:04}'",
            f"down_revision = '{NEWEST:04}'",
        ]
        lines += ["def upgrade():", *("    " + line for line in body.splitlines())]
        (here / "migrations" / "versions" / f"{NEWEST + 1:04}_next.py").write_text("\n".join(lines))
        return here / "migrations" / "versions"

    return write


def test_the_migrated_schema_is_that_of_the_tables(database: str) -> None:
    store = Database(database)
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    store.close()


def test_the_migrated_schema_has_every_check_of_the_tables(database: str) -> None:
    store = Database(database)
    spelling = store.writer.dialect.identifier_preparer
    with store.read() as connection:
        inspector = inspect(connection)
        for table in metadata.tables.values():
            declared = {
                spelling.format_constraint(each): str(each.sqltext)
                for holder in (table, *table.columns)
                for each in holder.constraints
                if isinstance(each, CheckConstraint)
            }
            found = {each["name"]: each["sqltext"] for each in inspector.get_check_constraints(table.name)}
            assert found.keys() == declared.keys()
            if store.is_sqlite:  # PostgreSQL writes conditions in words of its own
                assert found == declared
    store.close()


def test_migrating_again_changes_nothing_and_keeps_the_rows(database: str) -> None:
    store = Database(database)
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO number_counter VALUES ('child_case|01840|2026', 7)")
    migrate(database)
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT last FROM number_counter").scalar() == 7
    assert self_check(store) == ()
    store.close()


def test_processes_that_start_at_once_all_find_the_schema(empty: str) -> None:
    context = get_context("forkserver")
    context.set_forkserver_preload(["engine.store", "alembic.command"])
    started = [context.Process(target=migrate, args=(empty,)) for _ in range(AT_ONCE)]
    for each in started:
        each.start()
    for each in started:
        each.join(60)
    assert [each.exitcode for each in started] == [0] * AT_ONCE
    store = Database(empty)
    assert self_check(store) == ()
    store.close()


def test_a_migration_waits_for_the_one_that_was_first(tmp_path: Path) -> None:
    first = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(first, fcntl.LOCK_EX)
    second = Thread(target=migrate, args=(f"sqlite:///{tmp_path}/casework.db",))
    second.start()
    second.join(0.5)
    assert second.is_alive()
    assert list(tmp_path.iterdir()) == []
    os.close(first)
    second.join()
    assert (tmp_path / "casework.db").exists()


def test_only_the_owner_can_read_a_new_file_and_the_folder_made_for_it(tmp_path: Path) -> None:
    path = tmp_path / "share" / "casework" / "casework.db"
    migrate(f"sqlite:///{path}")
    store = Database(f"sqlite:///{path}")
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO number_counter VALUES ('a', 1)")
        modes = {
            each.name: stat.S_IMODE(each.stat().st_mode) for each in (path.parent, *path.parent.iterdir())
        }
    store.close()
    assert modes == {
        "casework": 0o700,
        "casework.db": 0o600,
        "casework.db-wal": 0o600,
        "casework.db-shm": 0o600,
    }


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    migrate(f"sqlite:///{tmp_path}/casework.db")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="needs a file"):
        migrate(url)


def test_triggers_stand_again_after_a_table_was_made_anew(
    sqlite_database: str, next_version: Callable[[str], Path]
) -> None:
    next_version(
        "with op.batch_alter_table('case_event') as batch:\n    batch.add_column(sa.Column('note', sa.Text))"
    )
    migrate(sqlite_database)
    store = Database(sqlite_database)
    with store.read() as connection:
        assert "note" in {each["name"] for each in inspect(connection).get_columns("case_event")}
    assert self_check(store) == ()
    store.close()


def test_making_a_table_anew_keeps_the_rows_that_refer_to_it(
    sqlite_database: str, next_version: Callable[[str], Path]
) -> None:
    with sqlite3.connect(sqlite_database.removeprefix("sqlite:///")) as connection:
        connection.execute(
            "INSERT INTO area VALUES ('19', '19', '2025-07-01', NULL, 'province', 'a', 'a', NULL)"
        )
        connection.execute("INSERT INTO agency VALUES ('office', 'a', 'a', '19', '2025-07-01', NULL)")
    next_version(
        "with op.batch_alter_table('area') as batch:\n    batch.add_column(sa.Column('note', sa.Text))"
    )
    migrate(sqlite_database)
    assert connection.execute("SELECT area FROM agency").fetchall() == [("19",)]
    connection.close()


def test_a_migration_that_leaves_rows_referring_to_nothing_is_not_kept(
    sqlite_database: str, next_version: Callable[[str], Path]
) -> None:
    connection = sqlite3.connect(sqlite_database.removeprefix("sqlite:///"))
    next_version(
        """op.execute("INSERT INTO agency VALUES ('office', 'a', 'a', 'nowhere', '2025-07-01', NULL)")"""
    )
    with pytest.raises(ForeignKeyBroken, match="agency → area"):
        migrate(sqlite_database)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(f"{NEWEST:04}",)]
    assert connection.execute("SELECT * FROM agency").fetchall() == []
    connection.close()


def test_of_a_migration_that_fails_nothing_is_kept(
    database: str, next_version: Callable[[str], Path]
) -> None:
    next_version("op.create_table('half', sa.Column('id', sa.Text))\nop.execute('SELECT nonsense')")
    with pytest.raises(DBAPIError):
        migrate(database)
    store = Database(database)
    with store.read() as connection:
        assert not inspect(connection).has_table("half")
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [
            f"{NEWEST:04}"
        ]
    store.close()


def test_a_draft_of_the_next_version_spells_types_out_and_migrates(
    tmp_path: Path, next_version: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    versions = next_version("op.drop_table('sign_in_attempt')\nop.drop_column('setting', 'value')")
    draft("Bring them back")
    (path,) = versions.glob("*_bring_them_back.py")
    assert path.name == f"{NEWEST + 2:04}_bring_them_back.py"
    assert path.name in capsys.readouterr().out
    text = path.read_text()
    assert "sa.Column('at', MOMENT, nullable=False)" in text
    assert "sa.Column('value', JSON, nullable=False)" in text
