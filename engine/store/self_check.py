# ruff: noqa: S608 (the statements are made of the names of our own tables)
"""At start: do the database's guards stand? Every statement they must refuse is tried on rows made for that.

Nothing of it stays. It is not the proof of the record, which is `verify`; but a program that serves must not
begin when this answers anything (trust.md §1.5).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, Executable, Table, insert, select, text
from sqlalchemy.exc import DBAPIError

from engine.store.changing import version_event
from engine.store.database import Database
from engine.store.ground import definition_version, installation
from engine.store.tables import case_event, event_sealed, read_log
from engine.store.triggers import GENESIS, PREFIX

WHEN = datetime(2000, 1, 1, tzinfo=UTC)


class Target(NamedTuple):
    """The row a trial is made on: `where` finds it, `column` must not change, `key` makes it another row."""

    table: Table
    where: str
    column: str
    key: str


TARGETS = (
    Target(definition_version, "definition = :scratch", "source", "definition"),
    Target(installation, "id = 1", "log", ""),
    Target(case_event, "root = :scratch AND seq = 1", "actor", "case_id"),
    Target(event_sealed, "root = :scratch", "ciphertext", "field"),
    Target(read_log, "id = :scratch", "what", "id"),
    Target(version_event, "id = :scratch", "actor", "id"),
)


class Trial(NamedTuple):
    """A statement that must be refused; `code` says what it would do to which table."""

    code: str
    statement: Executable


def self_check(database: Database) -> tuple[str, ...]:
    """What the database lets pass though its guards must refuse it; empty when all is well.

    Answers codes `table.what`, e.g. `case_event.update`; on PostgreSQL also `case_event.update.replica`, of a
    session that calls itself a replica. Needs a migrated database and the right to insert, else DBAPIError.
    """
    scratch = str(uuid4())
    with database.writer.connect() as connection, connection.begin() as transaction:
        try:
            head = _make_rows(connection, scratch)
            trials = (*_changes(scratch), *_breaks(scratch, head))
            return tuple(
                _on_sqlite(connection, (*trials, *_replacements(scratch)))
                if database.is_sqlite
                else _on_postgresql(connection, trials)
            )
        finally:
            transaction.rollback()


def _on_sqlite(connection: Connection, trials: Sequence[Trial]) -> Iterator[str]:
    # As on an outsider's connection; with it on, the DELETE triggers alone would refuse a REPLACE.
    connection.exec_driver_sql("PRAGMA recursive_triggers=OFF")
    try:
        # That the leaf is the body's hash cannot be asked of SQLite.
        yield from (
            each.code for each in trials if each.code != "case_event.leaf" and _passes(connection, each)
        )
    finally:
        connection.exec_driver_sql("PRAGMA recursive_triggers=ON")


def _on_postgresql(connection: Connection, trials: Sequence[Trial]) -> Iterator[str]:
    for each in trials:
        if _passes(connection, each):
            yield each.code
        if _passes(connection, each, "SET LOCAL session_replication_role = replica"):
            yield each.code + ".replica"
    yield from (
        f"{each.table.name}.truncate" for each in TARGETS if _can_be_emptied(connection, each.table.name)
    )


def _changes(scratch: str) -> Iterator[Trial]:
    for table, where, column, _ in TARGETS:
        name, columns = table.name, ", ".join(table.columns.keys())
        key = ", ".join(table.primary_key.columns.keys())
        again = f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {name} WHERE {where}"
        for what, statement in (
            ("update", f"UPDATE {name} SET {column} = {column} || '.' WHERE {where}"),
            ("delete", f"DELETE FROM {name} WHERE {where}"),
            ("upsert", f"{again} ON CONFLICT ({key}) DO UPDATE SET {column} = excluded.{column} || '.'"),
        ):
            yield Trial(f"{name}.{what}", _text(statement, where, scratch))


def _replacements(scratch: str) -> Iterator[Trial]:
    """SQLite's way to put a row in the place of one with the same key, or with the same hidden row number."""
    for table, where, column, key in TARGETS:
        for what, hidden, changed in (("replace", "", column), ("replace_rowid", "rowid, ", key)):
            if changed:
                columns = table.columns.keys()
                values = ", ".join(f"{each} || '.'" if each == changed else each for each in columns)
                statement = (
                    f"INSERT OR REPLACE INTO {table.name} ({hidden}{', '.join(columns)}) "
                    f"SELECT {hidden}{values} FROM {table.name} WHERE {where}"
                )
                yield Trial(f"{table.name}.{what}", _text(statement, where, scratch))


def _breaks(scratch: str, head: bytes) -> Iterator[Trial]:
    """Events that do not follow from the one before."""
    for what, seq, prev, leaf in (
        ("gap", 4, head.hex(), None),
        ("prev", 3, GENESIS, None),
        ("leaf", 3, head.hex(), head),
    ):
        event = _event(scratch, seq, prev)
        yield Trial(f"case_event.{what}", insert(case_event).values(event | ({"leaf": leaf} if leaf else {})))


def _text(statement: str, where: str, scratch: str) -> Executable:
    made = text(statement)
    return made.bindparams(scratch=scratch) if ":scratch" in where else made


def _passes(connection: Connection, trial: Trial, setting: str = "") -> bool:
    """Is the statement let through? Whatever it did is undone."""
    savepoint = connection.begin_nested()
    try:
        if setting:
            connection.exec_driver_sql(setting)
        connection.execute(trial.statement)
    except DBAPIError:
        return False
    else:
        return True
    finally:
        savepoint.rollback()


def _can_be_emptied(connection: Connection, table: str) -> bool:
    """Asked of the catalogue too: a table that refers to this one may refuse, or others keep it busy."""
    stands = (
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:table AS regclass) AND tgname = :name "
        "AND tgenabled = 'A' AND tgtype = 34"  # before, statement, truncate
    )
    guards = connection.execute(
        text(stands), {"table": table, "name": f"{PREFIX}{table}_truncate"}
    ).scalar_one()
    # TRUNCATE takes the whole table for itself, and everyone behind it waits.
    trial = Trial("", text(f"TRUNCATE {table} CASCADE"))
    return not guards or _passes(connection, trial, "SET LOCAL lock_timeout = '1s'")


def _make_rows(connection: Connection, scratch: str) -> bytes:
    """A row in every guarded table; answers the leaf of the newest event, the second of its case."""
    first = _event(scratch, 1, GENESIS)
    second = _event(scratch, 2, first["leaf"].hex())
    sealed = {"root": scratch, "case_id": scratch, "seq": 2, "field": scratch, "ciphertext": b"\0"}
    rows: list[tuple[Table, dict[str, Any]]] = [
        (case_event, first),
        (case_event, second),
        (event_sealed, sealed),
        (read_log, {"id": scratch, "at": WHEN, "actor": scratch, "what": scratch}),
        (
            version_event,
            {"id": scratch, "at": WHEN, "kind": "retired", "actor": scratch, "definition": scratch, "facts": {}},
        ),
        (
            definition_version,
            {
                "definition": scratch, "number": 1, "sha256": scratch, "status": "published",
                "source": scratch, "plain": {}, "published_at": WHEN, "published_by": scratch,
            },
        ),
    ]  # fmt: skip
    if connection.execute(select(installation.c.id)).first() is None:
        rows.append(
            (installation, {"id": 1, "kind": "demo", "log": scratch, "zone": "UTC", "created_at": WHEN})
        )
    for table, row in rows:
        connection.execute(insert(table), row)
    leaf: bytes = second["leaf"]
    return leaf


def _event(scratch: str, seq: int, prev: str) -> dict[str, Any]:
    body = json.dumps({"prev": prev, "seq": seq}).encode()
    return {
        "root": scratch, "case_id": scratch, "seq": seq, "at": WHEN, "kind": "step_taken", "actor": scratch,
        "body": body, "leaf": hashlib.sha256(b"\0" + body).digest(),
        "command_id": scratch, "command_sha256": b"\0",
    }  # fmt: skip
