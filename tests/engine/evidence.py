"""What the store holds, read beside the engine: the evidence that the tests of the engine look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine import Blocker, Engine, Outcome
from engine.ledger.chain import EventRow, Flaw, verify_case
from engine.store import Database
from engine.store.cases import find_case
from engine.store.steps import CaseRow, step_transaction
from engine.store.tables import case_event, deadline, metadata

Snapshot = Mapping[str, list[tuple[Any, ...]]]


def codes(answer: Outcome | tuple[Blocker, ...]) -> set[tuple[str, str]]:
    """(code, field) of every blocker."""
    blockers = answer.blockers if isinstance(answer, Outcome) else answer
    return {(each.code, each.field) for each in blockers}


def row_of(engine: Engine, case: str) -> CaseRow:
    """The case's row."""
    with engine.database.read() as connection:
        found = find_case(connection, case)
    assert found is not None
    return found


def events_of(engine: Engine, case: str) -> list[dict[str, Any]]:
    """The case's events with all their columns, oldest first."""
    wanted = select(case_event).where(case_event.c.case_id == case).order_by(case_event.c.seq)
    with engine.database.read() as connection:
        return [dict(each) for each in connection.execute(wanted).mappings()]


def limits_of(engine: Engine, case: str) -> list[dict[str, Any]]:
    """The case's time limits, ended ones too, in the order they were made."""
    wanted = select(deadline).where(deadline.c.case_id == case).order_by(deadline.c.created_seq, deadline.c.key)
    with engine.database.read() as connection:
        return [dict(each) for each in connection.execute(wanted).mappings()]


def flaws_of(engine: Engine, case: str) -> tuple[Flaw, ...]:
    """What the chain of the case has against it."""
    found = row_of(engine, case)
    with step_transaction(engine.database, write=False) as transaction:
        events, sealed = transaction.story(found)
    rows = [EventRow(*each) for each in events]
    return verify_case(
        rows, root=found.root, case=case, version=found.version, head=bytes(found.head), sealed=sealed
    )


def assert_whole(engine: Engine, case: str) -> None:
    """The events fold to the row and the chain is unbroken."""
    assert engine.replay(case) == ()
    assert flaws_of(engine, case) == ()


def snapshot(database: Database) -> Snapshot:
    """Every row of every table."""
    with database.read() as connection:
        return {
            table.name: sorted(tuple(map(repr, each)) for each in connection.execute(select(table)))
            for table in metadata.sorted_tables
        }
