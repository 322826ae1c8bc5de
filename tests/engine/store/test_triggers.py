from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from engine.store import Database
from engine.store.ground import definition_version, installation
from engine.store.tables import case_event, read_log
from tests.engine.store.events import GENESIS, chain, event, seal, write, write_case

NOW = datetime(2026, 3, 2, tzinfo=UTC)

COLUMNS = ", ".join(case_event.columns.keys())
SAME = f"({COLUMNS}) SELECT {COLUMNS} FROM case_event WHERE seq = 1"
FORGED = f"({COLUMNS}) SELECT {COLUMNS.replace('actor', 'kind')} FROM case_event WHERE seq = 1"
ON_BOTH = {
    "update": "UPDATE case_event SET actor = 'other'",
    "update of nothing": "UPDATE case_event SET actor = actor WHERE seq = 1",
    "update of the key": "UPDATE case_event SET case_id = 'other' WHERE seq = 2",
    "delete": "DELETE FROM case_event WHERE seq = 2",
    "insert of a seq taken": f"INSERT INTO case_event {FORGED}",
    "upsert": f"INSERT INTO case_event {SAME} ON CONFLICT (root, case_id, seq) DO UPDATE SET actor = 'other'",
}
ON_SQLITE = {
    **ON_BOTH,
    "insert or replace": f"INSERT OR REPLACE INTO case_event {FORGED}",
    "replace": f"REPLACE INTO case_event {FORGED}",
    "replace of the row number": (
        f"REPLACE INTO case_event (rowid, {COLUMNS}) "
        f"SELECT rowid, {COLUMNS.replace('case_id', 'kind')} FROM case_event WHERE seq = 1"
    ),
    "update or replace": "UPDATE OR REPLACE case_event SET seq = 1 WHERE seq = 2",
    "update or ignore": "UPDATE OR IGNORE case_event SET actor = 'other'",
    "update of the row number": "UPDATE case_event SET rowid = 99 WHERE seq = 1",
}
REPLICA = "SET session_replication_role = replica; "
ON_POSTGRESQL = {
    **ON_BOTH,
    **{f"{what}, as a replica": REPLICA + statement for what, statement in ON_BOTH.items()},
    "truncate": "TRUNCATE case_event CASCADE",
    "truncate, as a replica": REPLICA + "TRUNCATE case_event CASCADE",
    "truncate with all that refers to it": "TRUNCATE case_event, event_sealed, log_pending",
    "merge": "MERGE INTO case_event USING (SELECT 1) AS one ON seq = 1 WHEN MATCHED THEN DELETE",
}


@pytest.fixture
def store(database: str) -> Iterator[Database]:
    made = Database(database)
    yield made
    made.close()


def events_of(store: Database) -> list[Any]:
    with store.read() as connection:
        return list(connection.execute(text(f"SELECT {COLUMNS} FROM case_event ORDER BY root, seq")))


# ------------------------------------------------------------------ the record only grows


@pytest.mark.parametrize("recursive_triggers", ["ON", "OFF"])
@pytest.mark.parametrize("statement", ON_SQLITE.values(), ids=ON_SQLITE.keys())
def test_sqlite_refuses_to_change_the_record(
    sqlite_database: str, statement: str, recursive_triggers: str
) -> None:
    store = Database(sqlite_database)
    write_case(store, "case", "case_opened", "step_taken")
    before = events_of(store)
    outsider = sqlite3.connect(sqlite_database.removeprefix("sqlite:///"))  # without our pragmas
    outsider.execute(f"PRAGMA recursive_triggers={recursive_triggers}")
    with pytest.raises(sqlite3.IntegrityError, match="casework"):
        outsider.execute(statement)
    outsider.commit()
    outsider.close()
    assert events_of(store) == before
    store.close()


@pytest.mark.postgresql
@pytest.mark.parametrize("statement", ON_POSTGRESQL.values(), ids=ON_POSTGRESQL.keys())
def test_postgresql_refuses_to_change_the_record(postgresql_database: str, statement: str) -> None:
    store = Database(postgresql_database)
    write_case(store, "case", "case_opened", "step_taken")
    before = events_of(store)
    outsider = psycopg.connect(postgresql_database.replace("postgresql+psycopg", "postgresql"))
    with pytest.raises(psycopg.errors.IntegrityError, match="casework"):
        outsider.execute(statement)
    outsider.close()
    assert events_of(store) == before
    store.close()


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_event SET actor = 'other'",
        "DELETE FROM case_event",
        "TRUNCATE case_event CASCADE",
        "ALTER TABLE case_event DISABLE TRIGGER guard_case_event_update",
        "DROP TRIGGER guard_case_event_update ON case_event",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "DROP TABLE case_event CASCADE",
    ],
)
def test_a_role_that_only_reads_and_inserts_can_neither_change_the_record_nor_its_guards(
    postgresql_database: str, statement: str
) -> None:
    store = Database(postgresql_database)
    write_case(store, "case", "case_opened")
    with store.writer.connect() as connection:  # never committed: roles are common to all databases
        connection.exec_driver_sql("CREATE ROLE casework_app_of_a_test")
        connection.exec_driver_sql(
            "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO casework_app_of_a_test"
        )
        connection.exec_driver_sql("SET SESSION AUTHORIZATION casework_app_of_a_test")
        write(connection, *chain("other", "case_opened", "step_taken"))
        with pytest.raises(DBAPIError) as refused:
            connection.exec_driver_sql(statement)
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
    store.close()


# ------------------------------------------------------------------ and grows link by link


def test_events_of_several_cases_are_chained_each_to_its_own(store: Database) -> None:
    first, second = chain("a", "case_opened", "step_taken"), chain("b", "case_opened", "step_taken")
    with store.write() as connection:
        write(connection, first[0], second[0], second[1], first[1])
    assert len(events_of(store)) == 4


@pytest.mark.parametrize("seq", [1, 2, 4, 5])
def test_an_event_of_another_number_than_the_next_is_refused(store: Database, seq: int) -> None:
    last = write_case(store, "case", "case_opened", "step_taken")[-1]
    with pytest.raises(DBAPIError, match="seq of event"), store.write() as connection:
        write(connection, event("case", seq, last["leaf"].hex()))


def test_a_case_begins_with_event_one(store: Database) -> None:
    with pytest.raises(DBAPIError, match="seq of event"), store.write() as connection:
        write(connection, event("case", 2, GENESIS))


@pytest.mark.parametrize("prev", [GENESIS, "f" * 64, ""])
def test_an_event_that_does_not_follow_from_the_last_is_refused(store: Database, prev: str) -> None:
    write_case(store, "case", "case_opened")
    with pytest.raises(DBAPIError, match="prev of event"), store.write() as connection:
        write(connection, event("case", 2, prev))


def test_a_first_event_that_claims_a_predecessor_is_refused(store: Database) -> None:
    with pytest.raises(DBAPIError, match="prev of event"), store.write() as connection:
        write(connection, event("case", 1, "f" * 64))


def test_a_predecessor_named_deeper_in_the_body_does_not_count(store: Database) -> None:
    first = write_case(store, "case", "case_opened")[0]
    body = b'{"args":{"prev":"%s"},"prev":"%s"}' % (first["leaf"].hex().encode(), GENESIS.encode())
    forged = event("case", 2, GENESIS, body=body)
    if not store.is_sqlite:
        with store.read() as connection:
            hashed = text("SELECT sha256(decode('00', 'hex') || :body)")
            forged["leaf"] = bytes(connection.execute(hashed, {"body": body}).scalar_one())
    with pytest.raises(DBAPIError, match="prev of event"), store.write() as connection:
        write(connection, forged)


def test_postgresql_refuses_a_leaf_that_is_not_the_hash_of_the_body(postgresql_database: str) -> None:
    store = Database(postgresql_database)
    with pytest.raises(DBAPIError, match="leaf of event"), store.write() as connection:
        write(connection, event("case", 1, GENESIS, leaf=b"\0" * 32))
    store.close()


def test_postgresql_says_of_a_seq_taken_what_it_says_of_a_lost_race(postgresql_database: str) -> None:
    store = Database(postgresql_database)
    first = write_case(store, "case", "case_opened")[0]
    with pytest.raises(DBAPIError) as refused, store.write() as connection:
        write(connection, event("case", 1, first["leaf"].hex()))
    assert isinstance(refused.value.orig, psycopg.errors.UniqueViolation)
    store.close()


def test_postgresql_is_not_fooled_by_a_temporary_table_of_the_same_name(postgresql_database: str) -> None:
    store = Database(postgresql_database)
    write_case(store, "case", "case_opened")
    with store.writer.connect() as connection:
        connection.exec_driver_sql("CREATE TEMP TABLE case_event (LIKE public.case_event)")
        forged = event("case", 1, GENESIS)
        names = ", ".join(forged), ", ".join(f":{name}" for name in forged)
        statement = text("INSERT INTO public.case_event ({}) VALUES ({})".format(*names))
        with pytest.raises(DBAPIError, match="seq of event"):
            connection.execute(statement, forged)
    store.close()


def test_postgresql_is_not_fooled_by_a_function_put_before_its_own(postgresql_database: str) -> None:
    store = Database(postgresql_database)
    with store.writer.connect() as connection:
        connection.exec_driver_sql("CREATE SCHEMA forged")
        connection.exec_driver_sql(
            "CREATE FUNCTION forged.sha256(bytea) RETURNS bytea RETURN decode('00', 'hex')"
        )
        connection.exec_driver_sql("SET LOCAL search_path = forged, pg_catalog, public")
        assert connection.exec_driver_sql("SELECT sha256(decode('ff', 'hex'))").scalar() == b"\0"
        with pytest.raises(DBAPIError, match="leaf of event"):
            write(connection, event("case", 1, GENESIS, leaf=b"\0"))
    store.close()


# ------------------------------------------------------------------ sealed values


def test_a_sealed_value_never_changes_and_does_not_go_while_its_subject_is_not_erased(
    store: Database,
) -> None:
    write_case(store, "case", "case_opened")
    write_case(store, "erased", "case_opened", "subject_erased")
    seal(store, "case", 1)
    for statement in (
        "UPDATE event_sealed SET ciphertext = ciphertext",
        "DELETE FROM event_sealed WHERE case_id = 'case'",
    ):
        with pytest.raises(DBAPIError, match="event_sealed is append-only"), store.write() as connection:
            connection.exec_driver_sql(statement)


def test_the_sealed_values_of_an_erased_subject_go(store: Database) -> None:
    write_case(store, "case", "case_opened", "subject_erased")
    seal(store, "case", 1)
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM event_sealed WHERE case_id = 'case'")
        assert connection.exec_driver_sql("SELECT count(*) FROM event_sealed").scalar() == 0


def test_a_sealed_value_of_an_erased_subject_can_go_but_not_change(store: Database) -> None:
    write_case(store, "case", "case_opened", "subject_erased")
    seal(store, "case", 1)
    with pytest.raises(DBAPIError, match="append-only"), store.write() as connection:
        connection.exec_driver_sql("UPDATE event_sealed SET field = 'child_dob'")


def test_erasing_one_subject_leaves_the_sealed_values_of_another_case(store: Database) -> None:
    write_case(store, "case", "case_opened")
    write_case(store, "erased", "case_opened", "subject_erased")
    seal(store, "case", 1)
    seal(store, "erased", 1)
    with pytest.raises(DBAPIError, match="append-only"), store.write() as connection:
        connection.exec_driver_sql("DELETE FROM event_sealed")


# ------------------------------------------------------------------ what else is settled once


@pytest.mark.parametrize(
    "statement", ["UPDATE read_log SET what = 'print'", "DELETE FROM read_log WHERE id = 'one'"]
)
def test_the_log_of_reads_only_grows(store: Database, statement: str) -> None:
    with store.write() as connection:
        connection.execute(
            insert(read_log), {"id": "one", "at": NOW, "actor": "officer", "what": "case page"}
        )
    with pytest.raises(DBAPIError, match="read_log is append-only"), store.write() as connection:
        connection.exec_driver_sql(statement)


@pytest.fixture
def published(store: Database) -> Database:
    row = {"definition": "toy", "number": 1, "sha256": "f" * 64, "status": "published", "source": "id: toy"}
    with store.write() as connection:
        connection.execute(
            insert(definition_version),
            row | {"plain": {"id": "toy"}, "published_at": NOW, "published_by": "admin"},
        )
    return store


@pytest.mark.parametrize(
    "change",
    [
        "definition = 'other'",
        "number = 2",
        "sha256 = 'e'",
        "source = 'id: other'",
        "plain = '{}'",
        "published_at = '2027-01-01T00:00:00.000000Z'",
        "published_by = 'other'",
    ],
)
def test_a_published_version_never_changes(published: Database, change: str) -> None:
    with (
        pytest.raises(DBAPIError, match="definition_version is append-only"),
        published.write() as connection,
    ):
        connection.exec_driver_sql(f"UPDATE definition_version SET {change}")


def test_a_published_version_is_never_deleted(published: Database) -> None:
    with (
        pytest.raises(DBAPIError, match="definition_version is append-only"),
        published.write() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM definition_version")


def test_a_published_version_can_be_retired(published: Database) -> None:
    with published.write() as connection:
        connection.exec_driver_sql("UPDATE definition_version SET status = 'retired'")
        assert connection.exec_driver_sql("SELECT status FROM definition_version").scalar() == "retired"


@pytest.fixture
def installed(store: Database) -> Database:
    row = {"id": 1, "kind": "real", "log": "origin", "zone": "Asia/Ho_Chi_Minh", "created_at": NOW}
    with store.write() as connection:
        connection.execute(insert(installation), row)
    return store


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE installation SET kind = 'demo'",
        "UPDATE installation SET log = 'other'",
        "DELETE FROM installation",
        "INSERT INTO installation SELECT * FROM installation WHERE true ON CONFLICT (id) DO UPDATE SET id=2",
    ],
)
def test_an_installation_never_becomes_another(installed: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="installation is append-only"), installed.write() as connection:
        connection.exec_driver_sql(statement)


def test_an_installation_can_move_to_a_new_epoch(installed: Database) -> None:
    with installed.write() as connection:
        connection.exec_driver_sql("UPDATE installation SET epoch = 2, reference_version = 9")
        assert connection.exec_driver_sql("SELECT epoch FROM installation").scalar() == 2
