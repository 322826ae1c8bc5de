"""A live case goes to another version of its workflow: what that changes, or every reason why not (definition-format.md §5).

Pure: a `Scene` of the version it goes to, which knows the one it `leaves`, and a `Move` in, a `Change` out. No guard is
asked and no effect runs. What it takes to take it back stands in the event (`migrated`). Which cases go where is the
business of engine.migration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from engine.change import Change
from engine.commands import Blocker
from engine.deadlines import DeadlinePlan, OpenDeadline
from engine.deadlines.moving import plan_move
from engine.definition.flow import REOPEN
from engine.definition.model import Field, FieldType
from engine.forms import is_empty
from engine.ids import derived_id
from engine.scene import Scene
from engine.store.steps import CaseRow, Row
from engine.values import NotAValue, from_json, to_json
from engine.workflow import PROPOSED, Workflow

REMEMBERED = 4096  # fields of which it was told whether two versions read them alike
CHOOSING = (FieldType.CHOICE, FieldType.CHOICES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How one case goes from the version it follows to number `to`: the values of the command.

    migration, plan: id, and hash of the plan it carries out. state: where the case goes. states: old state to new, for
    what else names a state, where they differ. fields: old name to new. defaults: field to the JSON of the value it gets where it has
    none. limits: as `plan_move` takes its rules. reverts: the migration whose move is taken back; if nothing has
    happened to the case since, everything it changed is put back exactly.
    """

    migration: str
    plan: str
    to: int
    state: str
    states: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)
    reverts: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """As a command carries it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Move:
        """From the values of a command. TypeError for others."""
        return cls(**values)


def settled(move: Move, last: Mapping[str, Any]) -> Move:
    """The move as it is carried out: one that takes back the last thing that happened goes just where the case was.

    last: the body of the case's newest event; only asked of a move that reverts.
    """
    undone = _undone(move, last)
    if not undone:
        return move
    back = {new: old for old, new in undone["renamed"].items()}
    return replace(move, state=last["from"], fields=back, defaults={})


def loads(target: Workflow, move: Move) -> frozenset[str]:
    """The names whose stored values a settled move may read: what limits go by, and what it renames."""
    return target.needed(target.timed | move.fields.keys())


def touched(move: Move, last: Mapping[str, Any]) -> frozenset[str]:
    """The names whose values a settled move may change."""
    undone = _undone(move, last)
    return frozenset(
        (*move.fields, *move.fields.values(), *move.defaults, *(undone["defaulted"] if undone else ()))
    )


def unreadable(case: CaseRow, leaves: Workflow, target: Workflow) -> frozenset[str]:
    """The names under which the case holds what the new version would read as another type."""
    return frozenset(name for name in (*case.data, *case.sealed) if _retyped(leaves, target, name))


@lru_cache(REMEMBERED)
def _retyped(leaves: Workflow, target: Workflow, name: str) -> bool:
    was, now = leaves.field(name), target.field(name)
    if was is None or now is None:
        return False
    columns = ((each, now.columns.get(key)) for key, each in was.columns.items())
    return was.type is not now.type or any(new and new.type is not each.type for each, new in columns)


def of_move(
    scene: Scene, move: Move, last: Mapping[str, Any], reason: str, versions: Callable[[str, int], Workflow]
) -> Change | tuple[Blocker, ...]:
    """The change, or every blocker. last: as for `settled`. reason: kept, sealed, by the event. versions: a workflow by id
    and number: those that the tracks follow.
    """
    assert scene.case is not None and scene.leaves is not None
    undone, move = _undone(move, last), settled(move, last)
    back = () if undone else (*_of_way_back(scene, move), *_of_types(scene, move))
    blockers = [*_of_state(scene, move), *back, *_of_tracks(scene, versions), *_of_values(scene, move)]
    if blockers:
        return tuple(blockers)
    # What was erased with the case itself keeps no reason: it could not be sealed.
    said = "" if "case" in _erased(scene) else normalize("NFC", reason.strip())
    change = Change(kind="case_migrated", transition=None, state=move.state, reason=said)
    # What was erased reads as missing, and stays where the record says that it was.
    renamed = {old: new for old, new in move.fields.items() if not is_empty(scene.values.get(old))}
    for old, new in renamed.items():
        change.values |= {new: scene.values.get(old), old: None}
    defaulted = (
        []
        if undone
        else [name for name in move.defaults if _lacks(scene, name) and name not in change.values]
    )
    change.values |= {name: _default(scene, name, move.defaults[name]) for name in defaulted}
    change.values |= dict.fromkeys(undone["defaulted"]) if undone else {}
    change.deadlines = _restored(scene, undone) if undone else _planned(scene, move, change.values)
    change.migrated = {
        "migration": move.migration,
        "plan": move.plan,
        "from": {"number": scene.leaves.number, "sha256": scene.leaves.sha256},
        "came_from": undone["was"]["came_from"] if undone else _came_from(scene, move),
        "was": {"came_from": scene.case.came_from, "limits": _as_they_were(scene, change.deadlines)},
        "renamed": renamed,
        "defaulted": defaulted,
        "reverts": move.reverts,
    }
    return change


def _undone(move: Move, last: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the move that is taken back has changed, if it is the last thing that happened to the case."""
    migrated: Mapping[str, Any] | None = last.get("args", {}).get("migrated")
    if not migrated or not move.reverts or migrated["migration"] != move.reverts:
        return None
    return {**migrated, "made": last["args"].get("limits_made", {})}


def _of_state(scene: Scene, move: Move) -> Iterator[Blocker]:
    """A case stands nowhere but in a state of its version, and is neither ended nor opened again by a move."""
    assert scene.case is not None and scene.leaves is not None
    after = scene.workflow.definition.states.get(move.state)
    before = scene.leaves.definition.states[scene.case.state]
    if after is None:
        yield Blocker("move_state", {"name": move.state, "number": scene.workflow.number})
    elif after.final != before.final:
        yield Blocker("move_final", {"name": move.state, "number": scene.workflow.number})


def _of_way_back(scene: Scene, move: Move) -> Iterator[Blocker]:
    """A case whose way on depends on where it came from does not go where nobody knows that state."""
    workflow, goes_back_to = scene.workflow, _came_from(scene, move)
    if goes_back_to is None or goes_back_to in workflow.definition.states:
        return
    if "case.came_from" in workflow.judged_in(move.state):
        yield Blocker("move_came_from", {"name": goes_back_to, "number": workflow.number})


def _of_tracks(scene: Scene, versions: Callable[[str, int], Workflow]) -> Iterator[Blocker]:
    """A track that is open goes on under its key, and can give back what only the new version waits for."""
    assert scene.leaves is not None
    running = [each for each in scene.seen.children if not each.closed_at]
    for key in sorted({each.subcase_key for each in running}):
        before, after = (each.definition.subcases.get(key) for each in (scene.leaves, scene.workflow))
        told = {"name": key, "number": scene.workflow.number}
        if after is None:
            yield Blocker("move_track", told)
            continue
        asked = after.returns.keys() - (before.returns.keys() if before else set())
        follow = {(each.definition, each.definition_number) for each in running if each.subcase_key == key}
        if any(asked - versions(*each).definition.fields.keys() for each in follow):
            yield Blocker("move_returns", told)


def _of_values(scene: Scene, move: Move) -> Iterator[Blocker]:
    """What is renamed or filled in has to be what the new name may hold; nothing waits under the old one."""
    assert scene.case is not None
    if scene.broken:
        yield Blocker("record_broken")
    for old, new in move.fields.items():
        if not _holds(scene, old):
            continue
        declared, was, value = scene.workflow.field(new), scene.field(old), scene.values.get(old)
        if declared is None or was is None or declared.type is not was.type or _holds(scene, new):
            yield Blocker("move_field", {"field": old, "name": new}, old)
        elif not _fits(declared, value) or (not is_empty(value) and _shut(scene, new)):
            yield Blocker("move_value", {"field": old, "name": new}, old)
        if any(each.endswith(f"{PROPOSED}{old}") for each in (*scene.case.data, *scene.case.sealed)):
            yield Blocker("move_pending", {"field": old}, old)
    for name, value in move.defaults.items():
        declared = scene.workflow.field(name)
        try:
            fits = declared is not None and _fits(declared, from_json(value, declared))
        except NotAValue:
            fits = False
        if not fits:
            yield Blocker("move_value", {"field": name, "name": name}, name)


def _of_types(scene: Scene, move: Move) -> Iterator[Blocker]:
    """What keeps its name is to be read by the new version as it was written; publishing saw only what was held then."""
    assert scene.case is not None and scene.leaves is not None
    for name in sorted(unreadable(scene.case, scene.leaves, scene.workflow) - move.fields.keys()):
        yield Blocker("move_field", {"field": name, "name": name}, name)


def _holds(scene: Scene, name: str) -> bool:
    assert scene.case is not None
    return name in scene.case.data or name in scene.case.sealed


def _lacks(scene: Scene, name: str) -> bool:
    """Is a default wanted? Not for somebody who was erased: there is no key to seal it."""
    return not _holds(scene, name) and not _shut(scene, name)


def _shut(scene: Scene, name: str) -> bool:
    declared = scene.workflow.field(name)
    return declared is not None and not declared.open and declared.of in _erased(scene)


def _erased(scene: Scene) -> frozenset[str]:
    return frozenset(each.subject for each in scene.seen.keys if each.wrapped is None)


def _fits(declared: Field, value: Any) -> bool:
    """Has the field every option that the value names?"""
    if declared.type not in CHOOSING or not declared.options:
        return True
    return {*([value] if isinstance(value, str) else value or ())} <= declared.options.keys()


def _default(scene: Scene, name: str, value: Any) -> Any:
    declared = scene.workflow.field(name)
    assert declared is not None
    given = from_json(value, declared)
    return None if is_empty(given) else given


def _came_from(scene: Scene, move: Move) -> str | None:
    """The state before, as the new version calls it; one it does not have stays in the case, unread, like a field."""
    assert scene.case is not None
    states = {**move.states, scene.case.state: move.state}
    return states.get(scene.case.came_from or "", scene.case.came_from)


# ------------------------------------------------------------------ time limits


def _planned(scene: Scene, move: Move, values: Mapping[str, Any]) -> DeadlinePlan:
    case = scene.case
    assert case is not None and scene.leaves is not None
    seq = case.version + 1
    return plan_move(
        scene.leaves.definition,
        scene.workflow.definition,
        states={**move.states, case.state: move.state},
        rules=move.limits,
        state_before=case.state,
        state_after=move.state,
        came_from=case.came_from,
        seq=seq,
        now=scene.now,
        entry=case.entered_seq,
        entered_at=case.entered_at,
        values=scene.environment(scene.workflow.timed, values),
        last_taken=last_taken(scene),
        open=scene.limits,
        calendar=scene.calendar,
        zone=scene.zone,
        ids=lambda path: derived_id(scene.case_id, f"{path}:{seq}"),
    )


def last_taken(scene: Scene) -> Callable[[str], datetime | None]:
    """When a way was last taken in this cycle, by its key or its trigger; the opening counts in every cycle."""
    assert scene.leaves is not None
    trigger_of = scene.leaves.trigger_of | scene.workflow.trigger_of
    again = [each.at for each in scene.seen.taken if trigger_of.get(each.transition) == REOPEN]
    since = max(again, default=None)
    times: dict[str, datetime] = {}
    for each in sorted(scene.seen.taken, key=lambda taken: taken.at):
        if since is None or each.at >= since or each.transition == "open":
            times |= {trigger_of.get(each.transition, each.transition): each.at, each.transition: each.at}
    return times.get


def _as_they_were(scene: Scene, plan: DeadlinePlan) -> dict[str, Any]:
    """The limits that the move changes or ends, whole, as they are before it; rules hold no private value."""
    changed = {each.id for each in plan.retarget} | {each for each, _ in plan.end}
    return {each.id: _told(each) for each in scene.limits if each.id in changed}


MOMENTS = ("start_at", "due_at", "warn_at", "paused_at")


def _told(limit: OpenDeadline) -> dict[str, Any]:
    told: dict[str, Any] = to_json(
        {name: getattr(limit, name) for name in OpenDeadline.__dataclass_fields__ if name != "id"}
    )
    return told


def _restored(scene: Scene, undone: Mapping[str, Any]) -> DeadlinePlan:
    """Every limit as it was before the move that is taken back: those it made end, those it ended run again."""
    was = {id: _retold(id, told) for id, told in undone["was"]["limits"].items()}
    running = {each.id for each in scene.limits}
    made = [each.id for each in scene.limits if each.id in undone["made"]]
    return DeadlinePlan(
        end=tuple((each, "superseded") for each in made),
        retarget=tuple(each for id, each in was.items() if id in running),
        restore=tuple(each for id, each in was.items() if id not in running),
    )


def _retold(id: str, told: Row) -> OpenDeadline:
    moments = {name: datetime.fromisoformat(told[name]) if told[name] else None for name in MOMENTS}
    return OpenDeadline(id=id, **{**told, **moments})
