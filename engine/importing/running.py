"""A batch carried out: a few rows at a time, each by the one write path, in the name of who asked for it.

A row is noted after its step. Killed in between, it is asked again with the same command, which changes nothing; so a
batch may be worked on by anybody, any number of times, from any point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from engine.access.sealing import KeyDestroyed, SealBroken
from engine.commands import OPEN, Command
from engine.engine import Engine
from engine.importing.identity import request_of
from engine.importing.reasons import Reason, of_blocker
from engine.importing.staging import contents
from engine.store import imports
from engine.store.imports import Batch, StagedRow

SLICE = 25  # rows between two looks at what is due; some tenths of a second
KEEP_PREVIEW = timedelta(days=1)
KEEP_RUN = timedelta(days=7)  # of the command line, which goes on only when it is called again
THERE = frozenset(("case_exists", "command_reused"))


def advance(engine: Engine, batch: str, most: int = SLICE) -> int:
    """Deal with the next rows of a running batch and answer how many; 0: none was left, and it has ended.

    Raises what the database raises; rows that were not noted are dealt with again.
    """
    with engine.database.read() as connection:
        found = imports.find_batch(connection, batch)
        rows = imports.rows_of(connection, batch, ("waiting",), limit=most) if found else ()
    if found is None or found.status != "running":
        return 0
    if not rows:
        stop(engine, found)
        return 0
    engine.library.refresh()
    dealt = [(row.number, *_dealt(engine, found, row)) for row in rows]
    with engine.database.write() as connection:
        imports.mark(connection, batch, dealt)
        imports.touch(connection, batch, engine.clock.now())
    return len(rows)


def stop(engine: Engine, batch: Batch) -> None:
    """End a batch: what was opened stays, what still waits is left out, what is sealed of it is deleted."""
    with engine.database.write() as connection:
        imports.end(connection, batch.id, engine.clock.now())


def forget(engine: Engine) -> int:
    """Throw away previews nobody started and runs nobody went on with: what a sheet says is not kept for ever."""
    now = engine.clock.now()
    with engine.database.read() as connection:
        found = imports.forgotten(connection, now - KEEP_PREVIEW, now - KEEP_RUN)
    for each in found:
        with engine.database.write() as connection:
            if each.status == "preview":
                imports.drop(connection, each.id)
            else:
                imports.end(connection, each.id, now)
    return len(found)


def _dealt(engine: Engine, batch: Batch, row: StagedRow) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """What became of a row: its status, and what is to be said of it. A case that is there was opened by this batch, before
    it was killed, or by somebody who brought the same row."""
    try:
        values = contents(engine, batch, row)
    except (SealBroken, KeyDestroyed):
        return "refused", [Reason("record_broken").plain()]
    outcome = engine.apply(
        Command(
            id=row.command_id, case=row.case_id, trigger=OPEN, actor=batch.actor, definition=batch.definition,
            values=values, request=request_of(batch.id),
        )
    )  # fmt: skip
    if outcome.applied and not outcome.repeated:
        return "received", row.reasons
    if outcome.applied or any(each.code in THERE for each in outcome.blockers):
        with engine.database.read() as connection:
            ours = imports.asked_by(connection, row.case_id) == request_of(batch.id)
        return "received" if ours else "already", row.reasons
    return "refused", [of_blocker(each).plain() for each in outcome.blockers]
