"""Taking back what a batch opened, as far as nobody has touched it: a step of the workflow, with a reason, recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

from engine.commands import Command, Outcome
from engine.engine import Engine
from engine.store.imports import Batch, Opening, StagedRow


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

    A case that a person has worked on since is refused as stale. trigger: of the workflow, declared with the import.
    """
    found = {}
    for row in rows:
        if row.status != "received":
            continue
        found[row.number] = engine.apply(
            Command(
                id=str(uuid5(UUID(row.case_id), f"undo:{batch.id}:{actor}")), case=row.case_id, trigger=trigger,
                actor=actor, reason=reason, expected_version=1, session=session, request=request,
            )
        )  # fmt: skip
    return found
