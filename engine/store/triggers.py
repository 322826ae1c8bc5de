# ruff: noqa: S608 (the statements are made of the names of our own tables)
"""The database's own guards: the record is append-only whoever writes, and what is settled once stays so.

They stop mistakes and the application itself; the owner of the file or the database can take them away, which
`self_check` names at start and the chain of the events shows for ever (trust.md §1.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, Table, UniqueConstraint

from engine.store.changing import version_event
from engine.store.ground import definition_version, installation
from engine.store.tables import case_event, event_sealed, read_log

PREFIX = "guard_"
GENESIS = "0" * 64  # `prev` of a case's first event


class Protected(NamedTuple):
    """A table whose rows only come. `settled`: the columns that never change, all of them if None.

    `erasable`: rows may go once their case has a `subject_erased` event (semantics.md §6).
    """

    table: Table
    settled: tuple[str, ...] | None = None
    erasable: bool = False


# In the order in which other transactions write them, so that two never wait for each other.
PROTECTED = (
    Protected(installation, settled=("id", "kind", "log")),
    Protected(
        definition_version,
        settled=("definition", "number", "sha256", "source", "plain", "published_at", "published_by"),
    ),
    Protected(version_event),
    Protected(case_event),
    Protected(event_sealed, erasable=True),
    Protected(read_log),
)


def install(connection: Connection) -> None:
    """Put every trigger in place, in the transaction of `connection`; again and again without harm.

    After every migration: SQLite loses the triggers of a table that is made anew. Needs the owner's rights.
    """
    for statement in _on_sqlite() if connection.dialect.name == "sqlite" else _on_postgresql(connection):
        connection.exec_driver_sql(statement)


def _changed(protected: Protected) -> str:
    """The condition under which an update is refused; empty: always."""
    if protected.settled is None:
        return ""
    return f"WHEN ({' OR '.join(f'OLD.{name} <> NEW.{name}' for name in protected.settled)})"


_ERASED = (
    "EXISTS (SELECT 1 FROM case_event "
    "WHERE root = OLD.root AND case_id = OLD.case_id AND kind = 'subject_erased')"
)

# ------------------------------------------------------------------ SQLite


def _on_sqlite() -> Iterator[str]:
    for each in PROTECTED:
        name = each.table.name
        refuse = f"SELECT RAISE(ABORT, 'casework: {name} is append-only')"
        unless_erased = f"WHEN NOT {_ERASED}" if each.erasable else ""
        yield from _trigger(name, "UPDATE", _changed(each), refuse)
        yield from _trigger(name, "DELETE", unless_erased, refuse)
        if each.table is case_event:
            yield from _trigger(name, "INSERT", "", _CHAIN_ON_SQLITE)
        else:
            yield from _trigger(name, "INSERT", f"WHEN {_taken(each.table)}", refuse)


def _trigger(table: str, event: str, when: str, body: str) -> Iterator[str]:
    name = f"{PREFIX}{table}_{event.lower()}"
    yield f"DROP TRIGGER IF EXISTS {name}"
    yield f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when} BEGIN {body}; END"


def _taken(table: Table) -> str:
    """True if a row already has one of the new row's keys, the hidden one included.

    Where recursive_triggers is off, as on any connection but ours, REPLACE deletes without a DELETE trigger.
    """
    unique = (each for each in table.constraints if isinstance(each, UniqueConstraint))
    hidden = [("rowid",)] if table.dialect_options["sqlite"]["with_rowid"] else []
    keys = [tuple(each.columns.keys()) for each in (table.primary_key, *unique)]
    return " OR ".join(
        f"EXISTS (SELECT 1 FROM {table.name} WHERE {' AND '.join(f'{name} = NEW.{name}' for name in key)})"
        for key in (*keys, *hidden)
    )


# One look at the newest event of the case. SQLite has no SHA-256, so the leaf is left to `verify`; and before
# 3.41 it lets json_each, not json_extract, into a trigger where trusted_schema is off.
_CHAIN_ON_SQLITE = f"""
SELECT CASE
    WHEN NEW.seq <> coalesce(newest.seq, 0) + 1
        THEN RAISE(ABORT, 'casework: seq of event')
    WHEN (SELECT value FROM json_each(CAST(NEW.body AS TEXT), '$.prev'))
            IS NOT coalesce(newest.head, '{GENESIS}')
        THEN RAISE(ABORT, 'casework: prev of event')
    WHEN EXISTS (SELECT 1 FROM case_event WHERE rowid = NEW.rowid)
        THEN RAISE(ABORT, 'casework: case_event is append-only')
    END
FROM (SELECT 1) LEFT JOIN (
    SELECT seq, lower(hex(leaf)) AS head FROM case_event
    WHERE root = NEW.root AND case_id = NEW.case_id ORDER BY seq DESC LIMIT 1
) AS newest"""

# ------------------------------------------------------------------ PostgreSQL


def _on_postgresql(connection: Connection) -> Iterator[str]:
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for name, body in _FUNCTIONS.items():
        # Nothing put before the built-in functions, and no temporary table, is to be taken for the real one.
        body = body.replace("case_event", f"{schema}.case_event")
        yield (
            f"CREATE OR REPLACE FUNCTION {schema}.{PREFIX}{name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path = pg_catalog, pg_temp AS $${body}$$"
        )
    for each in PROTECTED:
        table = f"{schema}.{each.table.name}"
        for event, when, function in (
            ("UPDATE", _changed(each), "refuse"),
            ("DELETE", "", "unless_erased" if each.erasable else "refuse"),
            ("TRUNCATE", "", "refuse"),
            *([("INSERT", "", "chain")] if each.table is case_event else []),
        ):
            name = f"{PREFIX}{each.table.name}_{event.lower()}"
            yield (
                f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} "
                f"FOR EACH {'STATEMENT' if event == 'TRUNCATE' else 'ROW'} {when} "
                f"EXECUTE FUNCTION {schema}.{PREFIX}{function}()"
            )
            # Otherwise a session passes it that calls itself a replica.
            yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"


_FUNCTIONS = {
    "refuse": """
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
        MESSAGE = 'casework: ' || TG_TABLE_NAME || ' is append-only';
END""",
    "unless_erased": f"""
BEGIN
    IF {_ERASED} THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
        MESSAGE = 'casework: ' || TG_TABLE_NAME || ' is append-only';
END""",
    # A seq taken already is what a lost race looks like: it gets the code of one, and the step is tried anew.
    "chain": f"""
DECLARE
    newest record;
BEGIN
    SELECT seq, leaf INTO newest FROM case_event
        WHERE root = NEW.root AND case_id = NEW.case_id ORDER BY seq DESC LIMIT 1;
    IF NEW.seq <= newest.seq THEN
        RAISE EXCEPTION USING ERRCODE = 'unique_violation', MESSAGE = 'casework: seq of event';
    ELSIF NEW.seq <> coalesce(newest.seq, 0) + 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'casework: seq of event';
    ELSIF NEW.leaf <> sha256('\\x00'::bytea || NEW.body) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'casework: leaf of event';
    ELSIF convert_from(NEW.body, 'UTF8')::json ->> 'prev'
            IS DISTINCT FROM coalesce(encode(newest.leaf, 'hex'), '{GENESIS}') THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'casework: prev of event';
    END IF;
    RETURN NEW;
END""",
}
