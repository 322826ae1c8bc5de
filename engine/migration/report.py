"""What a move changes for one case, as data for a person to read before it is done: codes, keys and moments only.

Nothing that a case holds stands in it, so that an administrator, who sees no case, may read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from engine.deadlines import DeadlinePlan, OpenDeadline
from engine.engine import RehearsedMove
from engine.library import Library
from engine.lookup import Wanted
from engine.migration.differing import REMEMBERED, differing
from engine.prospects import Prospect, prospects
from engine.scene import Scene
from engine.values import to_json
from engine.workflow import Workflow

Told = dict[str, Any]


@lru_cache(REMEMBERED)
def also(old: Workflow, state: str, new: Workflow, there: str, touched: frozenset[str]) -> Wanted:
    """What the report asks for: what the ways on read, before and after, where they may come to differ."""
    triggers = differing(old, state, new, there, touched)
    ways = [
        (workflow, way)
        for workflow, stands in ((old, state), (new, there))
        for trigger in triggers
        for way in workflow.alternatives(stands, trigger)
    ]
    return Wanted(
        values=frozenset(name for workflow, way in ways for name in workflow.judged(way)),
        there=frozenset(name for _, way in ways for name in way.asked),
    )


def of_case(rehearsed: RehearsedMove, library: Library) -> Told:
    """The report of one rehearsed move; parts in which nothing changes are left out.

    gained, lost: function to the triggers that are open to it only after, or only before. closed: trigger to why it is
    open to nobody any more. forms: trigger to what its form lacks only after. joins: trigger to whether it is open,
    where tracks count and that changed. limits: `made`, `moved` and `ended`. renamed, defaulted, dropped: fields; what
    is dropped stays in the record, but the new version does not know it.
    """
    scene, change, case = rehearsed.scene, rehearsed.change, rehearsed.case
    assert scene is not None and change is not None and case is not None and scene.case is not None
    assert scene.leaves is not None
    before = _as_before(scene, library)
    values = {**scene.values, **change.values}
    closed = scene.closed - change.values.keys()
    after = replace(scene, case=case, values=values, closed=closed, leaves=None, _limits=None)
    triggers = differing(before.workflow, before.state, after.workflow, after.state, frozenset(change.values))
    told: Told = _compared(prospects(before, triggers), prospects(after, triggers)) if triggers else {}
    told["limits"] = _limits(scene, change.deadlines)
    told["renamed"], told["defaulted"] = change.migrated["renamed"], change.migrated["defaulted"]
    known = scene.workflow
    held = {*case.data, *case.sealed}
    told["dropped"] = sorted(
        each
        for each in held
        if not each.startswith("@") and known.field(each) is None and scene.leaves.field(each)
    )
    return {name: each for name, each in told.items() if each}


def _as_before(scene: Scene, library: Library) -> Scene:
    assert scene.leaves is not None
    subcases = scene.leaves.definition.subcases
    tracks = {key: library.newest(each.definition) for key, each in subcases.items()}
    calendar = library.calendar(scene.leaves.definition.calendar)
    return replace(scene, workflow=scene.leaves, leaves=None, tracks=tracks, calendar=calendar)


def _compared(before: Mapping[str, Prospect], after: Mapping[str, Prospect]) -> Told:
    closed: Told = {}
    forms: Told = {}
    joins: Told = {}
    for trigger, now in after.items():
        was = before.get(trigger)
        if was is None:
            continue
        if was.functions and not now.functions:
            closed[trigger] = [_blocker(each) for each in now.blockers]
        if lacks := sorted(set(now.lacks) - set(was.lacks)):
            forms[trigger] = lacks
        if (was.joins or now.joins) and bool(was.functions) != bool(now.functions):
            joins[trigger] = bool(now.functions)
    return {
        "gained": _only_in(after, before), "lost": _only_in(before, after), "closed": closed, "forms": forms, "joins": joins,
    }  # fmt: skip


def _only_in(one: Mapping[str, Prospect], other: Mapping[str, Prospect]) -> dict[str, list[str]]:
    """By function the triggers open to it in `one` and not in `other`."""
    found: dict[str, list[str]] = {}
    for trigger, each in sorted(one.items()):
        there = other[trigger].functions if trigger in other else frozenset[str]()
        for function in sorted(each.functions - there):
            found.setdefault(function, []).append(trigger)
    return found


def _blocker(blocker: Any) -> Told:
    return {"code": blocker.code, "params": to_json(dict(blocker.params))}


def _limits(scene: Scene, plan: DeadlinePlan) -> Told:
    was = {each.id: each for each in scene.limits}
    moved = [
        [each.key, to_json(was[each.id].due_at), to_json(each.due_at)]
        for each in plan.retarget
        if was[each.id].due_at != each.due_at
    ]
    made = [_due(each) for each in (*plan.create, *plan.restore)]
    ended = [_due(was[each]) for each, _ in plan.end]
    found = {"made": made, "moved": moved, "ended": ended}
    return {name: sorted(each) for name, each in found.items() if each}


def _due(limit: OpenDeadline) -> list[Any]:
    return [limit.key, to_json(limit.due_at)]
