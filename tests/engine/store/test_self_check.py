from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, insert, inspect

from engine.store import Database, self_check
from engine.store.ground import installation
from engine.store.triggers import PREFIX
from tests.engine.store.events import write_case

TABLES = ("case_event", "definition_version", "event_sealed", "installation", "read_log", "version_event")


@pytest.fixture
def store(database: str) -> Iterator[Database]:
    made = Database(database)
    yield made
    made.close()


def triggers(store: Database) -> list[tuple[str, str]]:
    statement = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        if store.is_sqlite
        else "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal ORDER BY tgname"
    )
    with store.read() as connection:
        return [(name, table) for name, table in connection.exec_driver_sql(statement)]


def counts(store: Database) -> dict[str, int]:
    with store.read() as connection:
        return {
            table: connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one()
            for table in inspect(connection).get_table_names()
        }


def test_a_database_with_all_its_guards_is_good(store: Database) -> None:
    assert self_check(store) == ()


def test_every_guarded_table_has_a_trigger_for_everything_that_must_not_happen(store: Database) -> None:
    events = ("update", "delete") if store.is_sqlite else ("update", "delete", "truncate")
    wanted = {f"{PREFIX}{table}_{each}" for table in TABLES for each in events}
    wanted |= {f"{PREFIX}{table}_insert" for table in (TABLES if store.is_sqlite else ("case_event",))}
    assert {name for name, _ in triggers(store)} == wanted


def test_whichever_trigger_is_dropped_its_table_is_named(store: Database) -> None:
    for name, table in triggers(store):
        on = "" if store.is_sqlite else f" ON {table}"
        with store.writer.connect() as connection:
            before = connection.exec_driver_sql(
                f"SELECT sql FROM sqlite_master WHERE name = '{name}'"
                if store.is_sqlite
                else f"SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = '{name}'"
            ).scalar_one()
            connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
            connection.commit()
        found = self_check(store)
        assert found, name
        assert {code.partition(".")[0] for code in found} == {table}, name
        with store.write() as connection:
            connection.exec_driver_sql(before)
            if not store.is_sqlite:
                connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    assert self_check(store) == ()


def test_what_a_dropped_trigger_let_through_is_named(store: Database) -> None:
    on = "" if store.is_sqlite else " ON case_event"
    with store.write() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER guard_case_event_update{on}")
        connection.exec_driver_sql(f"DROP TRIGGER guard_case_event_insert{on}")
    codes = {code for code in self_check(store) if not code.endswith(".replica")}
    by_kind = {"case_event.replace", "case_event.replace_rowid"} if store.is_sqlite else {"case_event.leaf"}
    assert codes == {"case_event.update", "case_event.upsert", "case_event.gap", "case_event.prev"} | by_kind


@pytest.mark.parametrize("state", ["DISABLE", "ENABLE", "ENABLE REPLICA"])
def test_a_postgresql_trigger_that_does_not_always_fire_is_named(
    postgresql_database: str, state: str
) -> None:
    store = Database(postgresql_database)
    with store.write() as connection:
        for what in ("delete", "truncate"):
            connection.exec_driver_sql(f"ALTER TABLE case_event {state} TRIGGER guard_case_event_{what}")
    named = {
        "DISABLE": {"case_event.delete", "case_event.delete.replica", "case_event.truncate"},
        "ENABLE": {"case_event.delete.replica", "case_event.truncate"},
        "ENABLE REPLICA": {"case_event.delete", "case_event.truncate"},
    }
    assert set(self_check(store)) == named[state]
    store.close()


def test_a_table_kept_busy_by_others_is_still_judged(postgresql_database: str) -> None:
    store = Database(postgresql_database)
    with store.writer.connect() as other:
        other.exec_driver_sql("SELECT * FROM read_log")  # a long report, say
        assert self_check(store) == ()
    with store.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_read_log_truncate ON read_log")
    with store.writer.connect() as other:
        other.exec_driver_sql("SELECT * FROM read_log")
        assert self_check(store) == ("read_log.truncate",)
    store.close()


@pytest.fixture
def app_role(postgresql_database: str, worker: str) -> Iterator[str]:
    """A role as the program should have it where the owner is another: it reads and inserts."""
    owner, role = Database(postgresql_database), f"{worker}_app"
    with owner.write() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role}")
        connection.exec_driver_sql(f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {role}")
    yield role
    with owner.write() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {role}")
        connection.exec_driver_sql(f"DROP ROLE {role}")
    owner.close()


def test_a_role_that_only_reads_and_inserts_can_ask_too(postgresql_database: str, app_role: str) -> None:
    store = Database(postgresql_database)
    event.listen(store.writer, "begin", lambda each: each.exec_driver_sql(f"SET LOCAL ROLE {app_role}"))
    assert self_check(store) == ()
    owner = Database(postgresql_database)
    with owner.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_case_event_insert ON case_event")
    assert set(self_check(store)) == {"case_event.gap", "case_event.prev", "case_event.leaf"}
    owner.close()
    store.close()


def test_the_trials_leave_nothing(store: Database) -> None:
    write_case(store, "case", "case_opened", "step_taken")
    row = {
        "id": 1,
        "kind": "real",
        "log": "origin",
        "zone": "UTC",
        "created_at": datetime(2026, 3, 2, tzinfo=UTC),
    }
    with store.write() as connection:
        connection.execute(insert(installation), row)
        on = "" if store.is_sqlite else " ON case_event"
        connection.exec_driver_sql(f"DROP TRIGGER guard_case_event_delete{on}")
    before = counts(store)
    assert self_check(store)
    assert counts(store) == before
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT kind, log FROM installation").one() == ("real", "origin")


def test_sqlite_connections_keep_their_settings(sqlite_database: str) -> None:
    store = Database(sqlite_database)
    self_check(store)
    with store.writer.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA recursive_triggers").scalar() == 1
    store.close()
