"""Taking back what a batch opened, as far as nobody has touched it: a step of the workflow, with a reason, recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import uuid4

from engine.commands import Blocker, Command, Outcome
from engine.engine import Engine
from engine.store import imports, inbox
from engine.store.imports import Batch, Opening, StagedRow

OF_LIMITS = ("warning", "breach", "escalation")


def ways_back(engine: Engine, definition: str, trigger: str) -> tuple[str, ...]:
    """The transitions that take back what was opened by mistake, by key."""
    workflow = engine.library.newest(definition)
    ways = workflow.definition.transitions.values() if workflow else ()
    return tuple(each.key for each in ways if each.trigger == trigger)


def undoable(opening: Opening | None) -> bool:
    """Is this case as the import left it? What the system did by itself does not count."""
    return opening is not None and not opening.touched


def undo(
    engine: Engine,
    batch: Batch,
    rows: Sequence[StagedRow],
    *,
    actor: str,
    trigger: str,
    reason: str,
    session: str = "",
    request: str = "",
) -> Mapping[int, Outcome]:
    """Withdraw the cases of these rows, each by its own step; answers the outcomes by row number.

    A case that a person has worked on since is refused as stale, one that was taken back before as `taken_back`.
    Notices of its time limits are put away: nobody has to see to them any more. trigger: of the workflow, declared
    with the import.
    """
    found: dict[int, Outcome] = {}
    for row in rows:
        if row.status != "received":
            continue
        found[row.number] = engine.apply(
            Command(
                id=str(uuid4()), case=row.case_id, trigger=trigger,  # once at most, by the expected version
                actor=actor, reason=reason, expected_version=1, session=session, request=request,
            )
        )  # fmt: skip
    refused = [each.case for each in found.values() if not each.applied]
    with engine.database.read() as connection:
        there = imports.openings(connection, refused, ways_back(engine, batch.definition, trigger))
    for number, outcome in found.items():
        if outcome.case in there and there[outcome.case].withdrawn:
            found[number] = Outcome.refused(outcome.case, Blocker("taken_back"))
    with engine.database.write() as connection:
        back = [each.case for each in found.values() if each.applied]
        inbox.put_away_of(connection, back, OF_LIMITS, engine.clock.now())
    return found
