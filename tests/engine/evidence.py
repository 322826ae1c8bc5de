"""What the store holds, read beside the engine: the evidence that the tests of the engine look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from engine import Blocker, Engine, FixedClock, Outcome
from engine.ledger.chain import EventRow, Flaw, verify_case
from engine.listing import Listing
from engine.store import Database
from engine.store.cases import find_case
from engine.store.steps import CaseRow, step_transaction
from engine.store.tables import case_event, deadline, metadata
from engine.text import LANGUAGES
from engine.verification import verify
from engine.words import Words

WRITTEN = (
    "cases", "case_event", "event_sealed", "command", "log_pending", "case_number", "number_counter", "subject_key",
    "name_token", "deadline", "outbox", "notice", "read_log",
)  # fmt: skip
Snapshot = Mapping[str, list[tuple[Any, ...]]]


@contextmanager
def listing(engine: Engine, actor: str) -> Iterator[Listing]:
    """The lists of a person, on a reading transaction."""
    with engine.database.read() as connection:
        yield Listing(engine, connection, actor)


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
    wanted = (
        select(deadline).where(deadline.c.case_id == case).order_by(deadline.c.created_seq, deadline.c.key)
    )
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
    """The events fold to the row and those of its time limits, the chain is unbroken, and every key is there."""
    assert engine.replay(case) == ()
    assert verify(engine.database, case).flaws == ()


def snapshot(database: Database) -> Snapshot:
    """Every row of every table that a step may write."""
    with database.read() as connection:
        return {
            name: sorted(tuple(map(repr, each)) for each in connection.execute(select(metadata.tables[name])))
            for name in WRITTEN
        }


def clock_of(engine: Engine) -> FixedClock:
    """The engine's clock, to be moved."""
    assert isinstance(engine.clock, FixedClock)
    return engine.clock


def refused(
    engine: Engine, take: Callable[[], Outcome], *expected: str | tuple[str, str]
) -> tuple[Blocker, ...]:
    """`take` is refused for exactly these codes (with their field), in words of both languages, and changes nothing."""
    before = snapshot(engine.database)
    outcome = take()
    assert not outcome.applied
    assert codes(outcome) == {(each, "") if isinstance(each, str) else each for each in expected}
    assert snapshot(engine.database) == before
    workflow = next(each for each in engine.library.current() if each.definition.open.area)
    for language in LANGUAGES:
        words = Words(workflow, language, lambda _, name: name, engine.library.zone)
        assert all(words.blocker(each) for each in outcome.blockers)
    return outcome.blockers
