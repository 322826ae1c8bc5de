"""What an allowed step changes, before it is sealed, chained and written (record.py).

Pure: a `Scene` and a way in, a `Change` out. One function for each kind of event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unicodedata import normalize

from engine import deadlines, proposals
from engine.commands import OPEN, SYSTEM, UNLINKED, Command
from engine.deadlines import DeadlinePlan
from engine.definition.flow import REOPEN
from engine.definition.model import FieldType
from engine.forms import is_empty, part_of
from engine.ids import derived_id
from engine.links import LINKS, MERGED, link_key
from engine.scene import Scene
from engine.store.steps import Row, Taken
from engine.values import to_json
from engine.workflow import CompiledWay


@dataclass(slots=True, kw_only=True)
class Change:
    """values: new typed values by field (None: emptied). appended: table to its new row. offer: an area the case is
    offered to, "" when an offer ends. links, unlinks: how it belongs to other cases from now on, or no more.
    follows: commands for sub-cases, carried out in the same transaction after this one. outbox: (kind, payload).
    migrated: of a move to another version: `came_from`, and what it takes to take it back (moving.py)."""

    kind: str
    transition: str | None
    state: str
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    appended: dict[str, Any] = field(default_factory=dict)
    decisions: dict[str, Any] = field(default_factory=dict)
    milestones: dict[str, str] = field(default_factory=dict)
    reopened: bool = False
    owner: str | None = None
    area: str = ""
    offer: str | None = None
    links: list[dict[str, Any]] = field(default_factory=list)
    unlinks: list[str] = field(default_factory=list)
    deadlines: DeadlinePlan = field(default_factory=DeadlinePlan)
    breached: str = ""
    returned: dict[str, Any] = field(default_factory=dict)
    migrated: dict[str, Any] = field(default_factory=dict)
    follows: list[Command] = field(default_factory=list)
    outbox: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


MILESTONES = "@milestones"  # where a case's summary keeps them, beside its fields


def of_way(
    scene: Scene, command: Command, way: CompiledWay, values: dict[str, Any], decided: dict[str, Any]
) -> Change:
    """The change of an opening or of a transition."""
    state = scene.workflow.initial
    if scene.case is not None:
        state = scene.workflow.machine.move(scene.case.state, way.transition.key)
    change = Change(
        kind="case_opened" if scene.case is None else _kind(way),
        transition=way.transition.key,
        state=state,
        reason=normalize("NFC", command.reason.strip()),
        reopened=way.transition.trigger == REOPEN,
        values=proposals.propose(scene, way, values) if way.transition.proposes else values,
        decisions=decided,
    )
    if way.transition.appends:
        change.appended = {way.transition.appends: values[way.transition.appends][-1]}
    if proposal := way.transition.accepts or way.transition.declines:
        change.values |= proposals.settled(scene, proposal)
    _own(scene, change)
    _effects(scene, command, way, change)
    _move_area(scene, change)
    if scene.workflow.definition.states[state].final and scene.case and not _closed(scene):
        if scene.case.parent:
            change.outbox.append(("subcase_returned", {}))
        if scene.case.offered or change.offer:
            change.offer = ""  # nobody is left waiting for a case that has ended
    change.deadlines = _time(scene, command.trigger, change, moved=way.transition.to is not None)
    _milestones(scene, change)
    return change


def of_beginning(scene: Scene, state: str, values: dict[str, Any]) -> Change:
    """A case that is thought of as standing in `state` with these values: with the time limits that begin there."""
    change = Change(kind="case_opened", transition=OPEN, state=state, values=values)
    change.deadlines = _time(scene, OPEN, change, moved=True)
    _milestones(scene, change)
    return change


def _kind(way: CompiledWay) -> str:
    return "data_corrected" if way.transition.accepts else "step_taken"


def of_link(scene: Scene, command: Command) -> Change:
    """Another case has named this one, or names it no more: recorded here too; nothing else changes."""
    assert scene.case is not None
    link = dict(command.values)
    kind = "case_merged" if link["as"] == MERGED else "case_linked"
    change = Change(kind=kind, transition=None, state=scene.case.state)
    if command.trigger == UNLINKED:
        change.unlinks = [link_key(link | {"back": True})]
    else:
        change.links = [link | {"back": True}]
    return change


def of_breach(scene: Scene, row: Row) -> Change:
    """A time limit has passed: recorded, escalated, never blocking. row: the open limit."""
    assert scene.case is not None
    change = Change(kind="deadline_breached", transition=None, state=scene.case.state, breached=row["id"])
    payload = {"deadline": row["id"], "key": row["key"], "due": to_json(row["due_at"])}
    change.outbox.append(("breach", payload | {"to": row["escalate_to"]}))
    if row["then"]:
        change.outbox.append(("fire", {"trigger": row["then"], "deadline": row["id"]}))
    return change


def of_return(scene: Scene, command: Command) -> Change:
    """A track has ended: copy what it returns, move no state, tell the owner."""
    assert scene.case is not None
    change = Change(
        kind="subcase_returned", transition=None, state=scene.case.state, values=dict(command.values)
    )
    change.returned = {"subcase": command.subcase, "case": command.parent}
    change.outbox.append(("returned", {"subcase": command.subcase}))
    _milestones(scene, change)
    return change


def _own(scene: Scene, change: Change) -> None:
    """Who first takes a step under the owner's function owns an ownerless case; a track's queue likewise."""
    definition, holding = scene.workflow.definition, scene.holding
    if holding is None or (scene.case and scene.case.owner):
        return
    of_agency = scene.case is not None and scene.case.agency == holding.agency
    if holding.function == definition.owner or of_agency:
        change.owner = scene.actor


def _move_area(scene: Scene, change: Change) -> None:
    """The case belongs where the field named by `open.area` says; forwarded elsewhere, it waits there for an owner."""
    field = scene.workflow.definition.open.area
    area = change.values.get(field) if field and not change.area else None
    if area and scene.case is not None and area != scene.case.area:
        change.area, change.owner = area, ""


def _effects(scene: Scene, command: Command, way: CompiledWay, change: Change) -> None:
    for number, effect in enumerate(way.transition.do):
        match effect.name:
            case "own":
                change.owner = _said(scene, change, effect.arguments["field"])
            case "offer":
                change.offer = _said(scene, change, effect.arguments["field"])
            case "settle_offer":
                change.offer = ""
                if effect.arguments["accepted"] and scene.case and scene.case.offered:
                    change.area, change.owner = scene.case.offered, scene.actor
            case "link":
                _link(scene, change, effect.arguments["as"], _said(scene, change, effect.arguments["to"]))
            case "unlink":
                _unlink(scene, change, effect.arguments["as"])
            case "open_case":
                _open_other(scene, command, change, way.transition.key, number, effect.arguments)
            case "set":
                for key, evaluate in scene.workflow.effects[way.transition.key, number].items():
                    names = effect.arguments["values"][key].reads
                    value = evaluate(scene.environment(names, change.values))
                    change.values[key] = None if is_empty(value) else value
            case "clear":
                held = {*scene.case.data, *scene.case.sealed} if scene.case else set()
                emptied = held & {*effect.arguments["fields"]} - {
                    *change.values
                }  # what this step says stands
                change.values |= dict.fromkeys(sorted(emptied))
            case "open_subcase":
                change.follows.append(_opening_of(scene, command, effect.arguments["key"], change))
            case "cancel_subcases":
                keys = effect.arguments["keys"]
                for child in sorted(scene.seen.children, key=lambda each: each.id):
                    if not child.closed_at and (child.subcase_key in keys):
                        change.follows.append(_derived(command, child.id, "cancel", reason=command.reason))
            case "notify":
                change.outbox.append(
                    (
                        "notify",
                        {"transition": way.transition.key, "effect": number, "number": scene.workflow.number},
                    )
                )
            case name:
                assert name == "stop_deadline"  # read by _time


def _said(scene: Scene, change: Change, field: str) -> Any:
    """What the form says of a field; what the case held before where the form leaves it as it is."""
    return change.values[field] if field in change.values else scene.values.get(field)


def _link(scene: Scene, change: Change, kind: str, number: str | None) -> None:
    """This case names another; the other one is told through the outbox (semantics.md §1)."""
    if number:
        other = scene.named[number]
        change.links.append({"as": kind, "case": other, "reference": number})
        change.outbox.append(("link", {"as": kind, "to": other}))


def _unlink(scene: Scene, change: Change, kind: str) -> None:
    """What this case had named under `kind` it names no more."""
    for each in scene.case.data.get(LINKS, ()) if scene.case else ():
        if each["as"] == kind and not each.get("back"):
            change.unlinks.append(link_key(each))
            change.outbox.append(("unlink", {"as": kind, "to": each["case"]}))


def _open_other(
    scene: Scene, command: Command, change: Change, transition: str, number: int, arguments: Mapping[str, Any]
) -> None:
    """A linked case of the same workflow, opened by the worker. rows: how far the tables had come by then."""
    opened = derived_id(command.id, f"open_case:{number}")
    reads = {name for each in arguments["values"].values() for name in each.reads}
    env = scene.environment(reads, change.values)
    tables = {name for name, each in scene.workflow.definition.fields.items() if each.type is FieldType.TABLE}
    rows = {name: len(env[name] or ()) for name in sorted(tables & reads)}
    change.links.append({"as": arguments["as"], "case": opened})
    payload = {
        "transition": transition,
        "effect": number,
        "case": opened,
        "as": arguments["as"],
        "rows": rows,
        "number": scene.workflow.number,
    }
    change.outbox.append(("open_case", payload | {"actor": command.actor}))


def _opening_of(scene: Scene, command: Command, key: str, change: Change) -> Command:
    """The command that opens a track: what `gives` hands over, and the part of the form that is the track's own."""
    subcase = scene.workflow.definition.subcases[key]
    track = scene.of_track(key, change.values)
    given = track.values if track else {}
    own = part_of(key, command.values)
    chosen = (
        change.values[name]
        for name, each in scene.workflow.definition.fields.items()
        if each.type is FieldType.AGENCY and each.holder == subcase.holder and change.values.get(name)
    )
    agency = next(chosen, "")
    child = derived_id(command.id, f"open:{key}")
    return Command(
        id=derived_id(command.id, f"command:{key}"),
        case=child,
        trigger=OPEN,
        actor=command.actor,
        values=own | {name: value for name, value in given.items() if not is_empty(value)},
        acting_as=command.acting_as,
        session=command.session,
        request=command.request,
        definition=subcase.definition,
        agency=agency,
        parent=command.case,
        subcase=key,
    )


def _derived(command: Command, case: str, trigger: str, reason: str) -> Command:
    return Command(
        id=derived_id(command.id, f"{trigger}:{case}"), case=case, trigger=trigger, actor=SYSTEM, reason=reason,
        session=command.session, request=command.request,
    )  # fmt: skip


def _time(scene: Scene, trigger: str, change: Change, *, moved: bool) -> DeadlinePlan:
    case = scene.case
    seq = case.version + 1 if case else 1
    history = _of_this_cycle(scene, change)
    by_key = {each.transition: each.at for each in history}
    by_trigger = {scene.workflow.trigger_of.get(each.transition, ""): each.at for each in history}

    def last_taken(name: str) -> datetime | None:
        """A transition by its key, or by its trigger when no transition has that key."""
        if name == change.transition or (name == trigger and name not in scene.workflow.ways):
            return scene.now
        return by_key.get(name) if name in scene.workflow.ways else by_trigger.get(name)

    names = scene.workflow.timed
    before = scene.environment(names, {})
    return deadlines.plan(
        scene.workflow.definition,
        trigger=trigger,
        transition_key=change.transition or "",
        moved=moved or case is None,
        state_before=case.state if case else None,
        state_after=change.state,
        came_from=case.came_from if case else None,
        seq=seq,
        now=scene.now,
        entry=case.entered_seq if case else 1,
        entered_at=case.entered_at if case else scene.now,
        values_before=before if case else {},
        values_after=scene.environment(names, change.values),
        last_taken=last_taken,
        open=scene.limits,
        calendar=scene.calendar,
        zone=scene.zone,
        ids=lambda key: derived_id(scene.case_id, f"{key}:{seq}"),
    )


def _of_this_cycle(scene: Scene, change: Change) -> list[Taken]:
    """The steps taken since the case was last opened again, oldest first; its opening counts in every cycle."""
    history = sorted(scene.seen.taken, key=lambda each: each.at)
    trigger_of = scene.workflow.trigger_of
    again = [each.at for each in history if trigger_of.get(each.transition) == REOPEN]
    since = scene.now if change.reopened else max(again, default=None)
    return [each for each in history if since is None or each.at >= since or each.transition == OPEN]


def _milestones(scene: Scene, change: Change) -> None:
    """A milestone is reached once, when its expression first becomes true."""
    reached = (scene.case.data.get(MILESTONES) or {}) if scene.case else {}
    for key, evaluate in scene.workflow.milestones.items():
        if key not in reached:
            reads = scene.workflow.definition.milestones[key].when.reads
            env = scene.environment(reads, change.values)
            if change.follows and "subcases.any_opened" in reads:
                env["subcases.any_opened"] = True
            if evaluate(env) is True:
                change.milestones[key] = to_json(scene.now)


def _closed(scene: Scene) -> bool:
    return scene.case is not None and scene.case.closed_at is not None
