"""Opening a case's file: what this person may see of it, its story, the proof that it is whole, and the ways on.

Every look is itself recorded, in the transaction of the read (semantics.md §6). A case out of reach does not
exist for the person: None, whatever the reason.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from uuid_utils.compat import uuid7

from engine.access.disclosure import hears_reasons, reaches, readable
from engine.access.vault import FieldOf, Vault
from engine.commands import Way
from engine.definition.model import Field, FieldType
from engine.definition.text import Text
from engine.earlier import Earlier, cleared
from engine.judge import ways
from engine.ledger.body import leaf
from engine.ledger.chain import EventRow, Flaw, FlawCode, verify_case
from engine.record import REASON
from engine.scene import Scene
from engine.store.steps import StepTransaction
from engine.timeline import Entry, entries
from engine.workflow import held

REASON_FIELD = Field(key=REASON, type=FieldType.LONG_TEXT, title=Text())


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """values: only of `readable` fields. proposed: by trigger, the values that wait for a second person, of those fields.
    reasons: seq of an event to the reason given then. flaws: empty when whole. earlier: what steps cleared, oldest first.
    """

    scene: Scene
    readable: frozenset[str]
    values: Mapping[str, Any]
    proposed: Mapping[str, Mapping[str, Any]]
    story: tuple[Entry, ...]
    reasons: Mapping[int, str]
    flaws: tuple[Flaw, ...]
    ways: tuple[Way, ...]
    earlier: tuple[Earlier, ...]


def open_case(
    transaction: StepTransaction, scene: Scene, vault: Vault, what: str, request: str
) -> CaseView | None:
    """The view of `scene`'s case for its actor; `what` names the look for the read log ("case page", "print")."""
    case, workflow = scene.case, scene.workflow
    assert case is not None
    if not reaches(workflow.definition, case.agency, scene.seen.holdings):
        return None
    opened = scene.opened_by == scene.actor
    may_read = readable(workflow.definition, case.agency, scene.seen.holdings, opened=opened)
    rows, envelopes = transaction.story(case)
    chain = [EventRow(*row) for row in rows]
    flaws = verify_case(
        chain,
        root=case.root,
        case=case.id,
        version=case.version,
        head=case.head,
        sealed=envelopes,
        erased=erased(chain),
    )
    story = entries((row.body, row.leaf) for row in chain if leaf(row.body) == row.leaf)
    values = dict(vault.opened(workflow.field, case, may_read))
    reasons: dict[int, str] = {}
    closed: list[Flaw] = []
    unseal = partial(_unsealed, vault, scene, closed)
    waits = {
        held(way.transition.trigger, name)
        for way in workflow.ways.values()
        for name in (way.asked if way.transition.proposes else ())
        if name in may_read
    }
    waiting = dict(vault.opened(workflow.field, case, waits))
    for name, (seq, _) in case.sealed.items():
        if name in may_read | waits and (seq, name) in envelopes:
            found = (
                {name: scene.values[name]}
                if name in scene.values
                else unseal(workflow.field, seq, name, envelopes[seq, name])
            )
            values, waiting = (values | found, waiting) if name in may_read else (values, waiting | found)
    hears = hears_reasons(workflow.definition, case.agency, scene.seen.holdings)
    for entry in story:
        own = entry.actor == scene.actor
        if (hears or own) and REASON in entry.sealed and (entry.seq, REASON) in envelopes:
            said = unseal(lambda _: REASON_FIELD, entry.seq, REASON, envelopes[entry.seq, REASON])
            reasons[entry.seq] = said.get(REASON, "")
    earlier = []
    for gone in cleared(workflow, story):
        before = case._replace(data=dict(gone.open))
        held_then = dict(vault.opened(workflow.field, before, may_read))
        for name, seq in gone.sealed.items():
            if name in may_read and (seq, name) in envelopes:
                held_then |= unseal(workflow.field, seq, name, envelopes[seq, name])
        if held_then:
            earlier.append(Earlier(gone.entry, held_then))
    env = scene.environment([name for name in workflow.computed if name in may_read], values)
    values |= {name: env[name] for name in workflow.computed if name in may_read}
    transaction.log_read(
        {
            "id": str(uuid7()),
            "at": scene.now,
            "actor": scene.actor,
            "root": case.root,
            "case_id": case.id,
            "what": what,
            "request": request,
        }  # fmt: skip
    )
    return CaseView(
        scene=scene,
        readable=may_read,
        values=values,
        proposed=_proposed(scene, waits, waiting),
        story=story,
        reasons=reasons,
        flaws=flaws or tuple(closed),
        ways=ways(scene),
        earlier=tuple(earlier),
    )


def _proposed(scene: Scene, waits: Collection[str], waiting: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By trigger, each field for which a value waits and that may be read; None where it is to be emptied."""
    assert scene.case is not None
    found: dict[str, dict[str, Any]] = {}
    for trigger in {
        way.transition.trigger for way in scene.workflow.ways.values() if way.transition.proposes
    }:
        for listed in scene.case.data.get(held(trigger), ()):
            name = listed.partition("=")[0]
            if held(trigger, name) in waits:
                found.setdefault(trigger, {})[name] = waiting.get(held(trigger, name))
    return found


def _unsealed(
    vault: Vault, scene: Scene, closed: list[Flaw], field: FieldOf, seq: int, name: str, envelope: bytes
) -> dict[str, Any]:
    """One value, or none; what cannot be opened is added to `closed`."""
    case = scene.case
    assert case is not None
    values, broken = vault.unsealed(field, case, scene.seen.keys, {name: envelope})
    closed += (Flaw(FlawCode.SEALED, case.id, seq, "closed", {"field": each}) for each in broken)
    return values


def erased(chain: Iterable[EventRow]) -> frozenset[tuple[int, str]]:
    """The (seq, field) whose values `subject_erased` events of this chain allow to be missing."""
    found: set[tuple[int, str]] = set()
    for row in chain:
        if row.kind == "subject_erased" and leaf(row.body) == row.leaf:
            found |= {(seq, name) for seq, name in json.loads(row.body)["args"].get("erased", ())}
    return frozenset(found)
