"""The record as it lies in the store, a page of cases at a time, for checking all of it in bounded memory.

Whoever changed a row by hand may have left anything in any column, so what is checked is read as it comes from
the driver and not converted. What is wrong with it is judged elsewhere (engine.verification).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, select, tuple_, type_coerce
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import NullType

from engine.store.cases import as_recorded, limit_columns
from engine.store.database import Database
from engine.store.ground import decision_table, definition_version
from engine.store.steps import CASE_COLUMNS, CaseRow
from engine.store.tables import (
    case_event,
    case_number,
    cases,
    command,
    deadline,
    event_sealed,
    subject_key,
)

Key = tuple[str, str]  # root and case


class Registered(NamedTuple):
    """The command of an event, as the event and as the registry of commands have it; None: not registered."""

    seq: int
    id: Any
    sha256: Any
    registered: tuple[Any, Any, Any, Any] | None  # sha256, root, case, seq


@dataclass(slots=True)
class Stored:
    """All that is stored of one case. events: as `engine.ledger.chain.EventRow` takes them.

    version, head: of the case row; None for events without one. row: the whole case row, None if it cannot be
    read. number: what the registry of numbers says of the case's own; None: nothing. limits: as `cases.limits`.
    keys: id of a subject's key to the wrapped key.
    """

    key: Key
    version: Any = None
    head: Any = None
    row: CaseRow | None = None
    known: bool = False
    number: Key | None = None
    events: list[tuple[Any, ...]] = field(default_factory=list)
    sealed: dict[tuple[int, str], Any] = field(default_factory=dict)
    commands: list[Registered] = field(default_factory=list)
    limits: list[Mapping[str, Any]] = field(default_factory=list)
    keys: dict[Any, Any] = field(default_factory=dict)

    @property
    def loose(self) -> int:
        """How many rows there are of a case that is not known: of events, else of what hangs on them."""
        return len(self.events) or len(self.sealed) or len(self.limits) + len(self.keys)


class Loose(NamedTuple):
    """A row of a registry that names an event or a case which is not there."""

    case: str
    seq: int
    name: str


class Workflow(NamedTuple):
    """A published version of a workflow; plain: None if it cannot be read."""

    definition: Any
    number: Any
    sha256: Any
    plain: Any


class RuleTable(NamedTuple):
    """A published text of a rule table, days in ISO 8601; plain: None if it cannot be read."""

    id: Any
    valid_from: Any
    valid_to: Any
    sha256: Any
    plain: Any


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """A read in which every question gets its answer as of the same moment."""
    with database.reader.connect() as connection:
        if not database.is_sqlite:
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def page(connection: Connection, after: Key | None, limit: int) -> tuple[list[Stored], Key | None]:
    """The next `limit` cases behind `after` with all they hold, and rows between them that belong to no case; and the key
    to go on from, None when this was the last page. One consistent view.
    """
    keys = _key(cases)
    query = select(*keys, *_raw(cases, "version", "head")).order_by(*keys).limit(limit)
    heads = connection.execute(query.where(tuple_(*keys) > after) if after else query).all()
    last = (heads[-1][0], heads[-1][1]) if len(heads) == limit else None

    def between(table: Table) -> list[ColumnElement[bool]]:
        bounds = [tuple_(*_key(table)) > after] if after else []
        return [*bounds, tuple_(*_key(table)) <= last] if last else bounds

    found = {
        (root, case): Stored((root, case), version, head, known=True) for root, case, version, head in heads
    }
    _fill(connection, found, between)
    return list(found.values()), last


def one(connection: Connection, key: Key) -> Stored:
    """One case with all it holds."""
    query = select(*_raw(cases, "version", "head")).where(tuple_(*_key(cases)) == key)
    version, head = connection.execute(query).one()
    found = {key: Stored(key, version, head, known=True)}
    _fill(connection, found, lambda table: [tuple_(*_key(table)) == key])
    return found[key]


def loose_commands(connection: Connection, case: str = "") -> Iterator[Loose]:
    """Registered commands whose event is not there: it was taken away, or its tail cut off."""
    its_event = and_(
        case_event.c.root == command.c.root,
        case_event.c.case_id == command.c.case_id,
        case_event.c.seq == command.c.seq,
        case_event.c.command_id == command.c.id,
    )
    query = select(command.c.case_id, command.c.seq, command.c.id).outerjoin(case_event, its_event)
    query = query.where(case_event.c.seq.is_(None), *([command.c.case_id == case] if case else []))
    for row in connection.execution_options(yield_per=1000).execute(query):
        yield Loose(*row)


def loose_numbers(connection: Connection, case: str = "") -> Iterator[Loose]:
    """Numbers that were given to a case which is not there, or no longer has it."""
    its_case = and_(cases.c.id == case_number.c.case_id, cases.c.reference == case_number.c.reference)
    query = select(case_number.c.case_id, case_number.c.reference).outerjoin(cases, its_case)
    query = query.where(cases.c.id.is_(None), *([case_number.c.case_id == case] if case else []))
    for case_id, reference in connection.execution_options(yield_per=1000).execute(query):
        yield Loose(case_id, 0, reference)


def workflows(connection: Connection) -> list[Workflow]:
    """All versions of all workflows."""
    found = connection.execute(select(*_raw(definition_version, *Workflow._fields)))
    return [Workflow(*row)._replace(plain=_json(row.plain)) for row in found]


def rule_tables(connection: Connection) -> list[RuleTable]:
    """All texts of all rule tables."""
    days = [
        as_recorded(connection, decision_table.c[name], "YYYY-MM-DD") for name in ("valid_from", "valid_to")
    ]
    wanted = select(*_raw(decision_table, "id"), *days, *_raw(decision_table, "sha256", "plain"))
    return [RuleTable(*row)._replace(plain=_json(row.plain)) for row in connection.execute(wanted)]


def present(connection: Connection, ids: Collection[str]) -> frozenset[str]:
    """Which of these cases are there."""
    return (
        frozenset(connection.scalars(select(cases.c.id).where(cases.c.id.in_(ids)))) if ids else frozenset()
    )


def key_of(connection: Connection, case: str) -> Key | None:
    """The key of a case by its id."""
    found = connection.execute(select(*_key(cases)).where(cases.c.id == case)).first()
    return (found[0], found[1]) if found else None


# ------------------------------------------------------------------ parts


def _moment(stored: Any) -> datetime | None:
    """The moment that `as_recorded` gave as text; None where something stands that is none."""
    try:
        return datetime.fromisoformat(stored)
    except (TypeError, ValueError):
        return None


def _raw(table: Table, *names: str) -> list[ColumnElement[Any]]:
    return [type_coerce(table.c[name], NullType()).label(name) for name in names]


def _json(stored: Any) -> Any:
    """JSON as SQLite (text) or PostgreSQL (read already) gives it."""
    try:
        return json.loads(stored) if isinstance(stored, (str, bytes)) else stored
    except (ValueError, RecursionError):
        return None


def _key(table: Table) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return table.c.root, table.c.id if table is cases else table.c.case_id


def _fill(connection: Connection, found: dict[Key, Stored], between: Any) -> None:
    of_event = (
        *_raw(case_event, "seq", "body", "leaf"),
        as_recorded(connection, case_event.c.at),
        *_raw(case_event, "kind", "transition", "actor"),
    )
    of_command = (
        *_raw(case_event, "command_id", "command_sha256"),
        *(
            each.label(f"registered_{each.name}")
            for each in _raw(command, "sha256", "root", "case_id", "seq")
        ),
    )
    query = select(*_key(case_event), *of_event, *of_command)
    query = query.outerjoin(command, command.c.id == case_event.c.command_id).where(*between(case_event))
    for root, case, *values in connection.execute(query):
        stored = found.setdefault((root, case), Stored((root, case)))
        (seq, body, leaf, at, *rest), (name, digest, *registered) = values[:7], values[7:]
        event = (seq, body, leaf, _moment(at), *rest)
        stored.events.append(event)
        there = (registered[0], registered[1], registered[2], registered[3])
        stored.commands.append(Registered(event[0], name, digest, None if registered[1] is None else there))
    sealed = select(*_key(event_sealed), *_raw(event_sealed, "seq", "field", "ciphertext"))
    for root, case, seq, name, ciphertext in connection.execute(sealed.where(*between(event_sealed))):
        found.setdefault((root, case), Stored((root, case))).sealed[seq, name] = ciphertext
    limits = select(*_key(deadline), *limit_columns(connection)).where(*between(deadline))
    for each in connection.execute(limits).mappings():
        key = (each["root"], each["case_id"])
        found.setdefault(key, Stored(key)).limits.append(dict(each))
    keys = select(*_key(subject_key), *_raw(subject_key, "kid", "wrapped")).where(*between(subject_key))
    for root, case, kid, wrapped in connection.execute(keys):
        found.setdefault((root, case), Stored((root, case))).keys[kid] = wrapped
    numbers = select(*_key(cases), case_number.c.root, case_number.c.case_id)
    numbers = numbers.join(case_number, case_number.c.reference == cases.c.reference).where(*between(cases))
    for root, case, *named in connection.execute(numbers):
        found[root, case].number = (named[0], named[1])
    for row in _rows(connection, [each.key for each in found.values() if each.known]):
        found[row.root, row.id].row = row


def _rows(connection: Connection, keys: Sequence[Key]) -> Iterator[CaseRow]:
    """The case rows that can be read; where one cannot, the others still are."""
    query = select(*(cases.c[name] for name in CASE_COLUMNS)).where(tuple_(*_key(cases)).in_(keys))
    try:
        yield from [CaseRow(*row) for row in connection.execute(query)]
    except (TypeError, ValueError, SQLAlchemyError):
        if len(keys) > 1:
            for key in keys:
                yield from _rows(connection, [key])
