"""Opening a case's file: what this person may see of it, its story, the proof that it is whole, and the ways on.

Every look is itself recorded, in the transaction of the read (semantics.md §6). A case out of reach does not
exist for the person: None, whatever the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from uuid_utils.compat import uuid7

from engine.access.disclosure import reaches, readable
from engine.access.vault import Vault
from engine.commands import Way
from engine.definition.model import Field, FieldType, Text
from engine.judge import ways
from engine.ledger.chain import EventRow, Flaw, verify_case
from engine.record import REASON
from engine.scene import Scene
from engine.store.steps import StepTransaction
from engine.timeline import Entry, entries

REASON_FIELD = Field(key=REASON, type=FieldType.LONG_TEXT, title=Text())


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """values: only of `readable` fields. reasons: seq of an event to the reason given then. flaws: empty when whole."""

    scene: Scene
    readable: frozenset[str]
    values: Mapping[str, Any]
    story: tuple[Entry, ...]
    reasons: Mapping[int, str]
    flaws: tuple[Flaw, ...]
    ways: tuple[Way, ...]


def open_case(transaction: StepTransaction, scene: Scene, vault: Vault, what: str, request: str) -> CaseView | None:
    """The view of `scene`'s case for its actor; `what` names the look for the read log ("case page", "print")."""
    case, workflow = scene.case, scene.workflow
    assert case is not None
    if not reaches(workflow.definition, case.agency, scene.seen.holdings):
        return None
    may_read = readable(workflow.definition, case.agency, scene.seen.holdings)
    rows, envelopes = transaction.story(case)
    present = {
        name: envelopes[pointer[0], name]
        for name, pointer in case.sealed.items()
        if name in may_read and (pointer[0], name) in envelopes
    }
    opened = vault.values(transaction, workflow.field, case, scene.seen.keys, may_read - set(case.sealed))
    values = dict(opened) | vault.unsealed(workflow.field, case, scene.seen.keys, present)
    env = scene.environment([name for name in workflow.computed if name in may_read], values)
    values |= {name: env[name] for name in workflow.computed if name in may_read}
    story = entries((row.body, row.leaf) for row in rows)
    reasons = {}
    for entry in story:
        if REASON in entry.sealed and (entry.seq, REASON) in envelopes:
            found = vault.unsealed(lambda _: REASON_FIELD, case, scene.seen.keys, {REASON: envelopes[entry.seq, REASON]})
            reasons[entry.seq] = found.get(REASON, "")
    transaction.log_read(
        {
            "id": str(uuid7()), "at": scene.now, "actor": scene.actor, "root": case.root, "case_id": case.id,
            "what": what, "request": request,
        }  # fmt: skip
    )
    return CaseView(
        scene=scene,
        readable=may_read,
        values=values,
        story=story,
        reasons=reasons,
        flaws=verify_case((EventRow(*row) for row in rows), root=case.root, case=case.id, version=case.version, head=case.head, sealed=envelopes),
        ways=ways(scene),
    )
