"""The row of a case after one more event: what the case has come to. Replay folds the same from the record (replay.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.change import MILESTONES, Change
from engine.commands import Command
from engine.links import LINKS, linked
from engine.scene import Scene
from engine.store.steps import CaseRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What is settled once, when a case is opened."""

    root: str
    reference: str
    area: str


def summary(
    scene: Scene,
    command: Command,
    change: Change,
    plain: Mapping[str, Any],
    pointers: Mapping[str, Any],
    opened: Opened | None,
) -> CaseRow:
    """The case's row after one more event, still without its head.

    plain: the new open values as JSON. pointers: where the new private ones are kept. None takes a value away.
    """
    before, definition = scene.case, scene.workflow.definition
    seq = before.version + 1 if before else 1
    state = definition.states[change.state]
    moved = before is None or moves(scene, change)
    data = _merged(before.data if before else {}, plain)
    if change.milestones:
        data[MILESTONES] = {**data.get(MILESTONES, {}), **change.milestones}
    if change.links or change.unlinks:
        data[LINKS] = linked(data.get(LINKS, ()), change.links, change.unlinks)
    sealed = _merged(before.sealed if before else {}, pointers)
    limits = change.deadlines.applied(scene.limits)
    next_due = min((each.due_at for each in limits if each.paused_at is None), default=None)
    if before is None:
        assert opened is not None
        return CaseRow(
            root=opened.root, id=scene.case_id, parent=command.parent or None, subcase_key=command.subcase or None,
            definition=definition.id, definition_number=scene.workflow.number, reference=opened.reference,
            area=opened.area, offered=None, agency=command.agency or None, state=state.key, stage=state.stage, came_from=None, cycle=1,
            owner=change.owner, version=1, head=b"", entered_at=scene.now, entered_seq=1, opened_at=scene.now,
            closed_at=scene.now if state.final else None, next_due=next_due, data=data, sealed=sealed,
        )  # fmt: skip
    came_from = before.state if moved else before.came_from
    return before._replace(
        definition_number=scene.workflow.number,
        state=state.key,
        stage=state.stage,
        came_from=change.migrated["came_from"] if change.migrated else came_from,
        cycle=before.cycle + (1 if change.reopened else 0),
        owner=_owner(before, change),
        area=change.area or before.area,
        offered=before.offered if change.offer is None else change.offer or None,
        version=seq,
        entered_at=scene.now if moved else before.entered_at,
        entered_seq=seq if moved else before.entered_seq,
        closed_at=(before.closed_at or scene.now) if state.final else None,
        next_due=next_due,
        data=data,
        sealed=sealed,
    )


def _owner(before: CaseRow, change: Change) -> str | None:
    """A new owner; after a change of area none unless somebody took it on; else who it was."""
    return (change.owner or None) if change.area else change.owner or before.owner


def moves(scene: Scene, change: Change) -> bool:
    """Did the case enter a state by it?"""
    return scene.workflow.ways[change.transition].transition.to is not None if change.transition else False


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Old values with the new ones over them; None takes a value away."""
    return {key: value for key, value in {**old, **new}.items() if value is not None}
