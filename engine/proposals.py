"""What waits for a second person: values that a form proposes, kept beside the case's own until they are decided on.

A proposed value stands under "TRIGGER:FIELD", sealed as its field is. The open list "TRIGGER:" says which fields
they are, each with a mark of what it would replace, so that nothing newer is overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from engine.commands import Blocker
from engine.forms import filled, is_empty
from engine.ledger.body import canonical
from engine.scene import Scene
from engine.store.steps import Taken
from engine.values import to_json
from engine.workflow import CompiledWay, held


def waits(scene: Scene, trigger: str) -> Mapping[str, str]:
    """The fields for which a value waits, each with the mark of what it would replace; empty when nothing does."""
    listed = scene.values.get(held(trigger)) or ()
    return {name: mark for each in listed for name, _, mark in (each.partition("="),)}


def proposed(scene: Scene, trigger: str) -> dict[str, Any]:
    """The values that wait, by field; None where a field is to be emptied."""
    return {name: scene.values.get(held(trigger, name)) for name in waits(scene, trigger)}


def propose(scene: Scene, way: CompiledWay, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a proposing step keeps of its form: the values that differ from the case's, and the list of them."""
    trigger = way.transition.trigger
    changed = [
        name for name in way.asked if name in values and _differs(values[name], scene.values.get(name))
    ]
    kept = {held(trigger, name): values[name] for name in sorted(changed)}
    return kept | {held(trigger): tuple(f"{name}={_mark(scene, name)}" for name in sorted(changed))}


def settled(scene: Scene, trigger: str) -> dict[str, None]:
    """What takes the proposal away, whatever was decided."""
    return dict.fromkeys((held(trigger), *(held(trigger, name) for name in waits(scene, trigger))))


def blockers(scene: Scene, way: CompiledWay, values: Mapping[str, Any] | None = None) -> Iterator[Blocker]:
    """Why a proposal may not be made or decided on now: `proposal_waiting`, `proposal_empty`, `proposal_none`,
    `four_eyes`, `own_entry`, `proposal_overtaken`. values: the proposing form, once it is known.
    """
    transition = way.transition
    if transition.proposes:
        if waits(scene, transition.trigger):
            yield Blocker("proposal_waiting")
        elif values is not None and not propose(scene, way, values)[held(transition.trigger)]:
            yield Blocker("proposal_empty")
    if decided := transition.accepts or transition.declines:
        waiting = waits(scene, decided)
        if not waiting:
            yield Blocker("proposal_none")
        elif transition.accepts and scene.actor in _proposers(scene, decided):
            yield Blocker("four_eyes", {"trigger": decided})
        cleared = _cleared_since(scene, decided) if transition.accepts and waiting else frozenset()
        for name, mark in waiting.items() if transition.accepts else ():
            if name in cleared or mark != _mark(scene, name):
                yield Blocker("proposal_overtaken", {"field": name})
            elif _wrote(scene, name):
                yield Blocker("own_entry", {"field": name})


def _proposers(scene: Scene, trigger: str) -> set[str]:
    """Who made the proposal that waits: who took its step last; at one and the same moment, all of them."""
    last = _proposed_at(scene, trigger)
    return {each.actor for each in _proposings(scene, trigger) if each.at == last}


def _proposings(scene: Scene, trigger: str) -> list[Taken]:
    return [each for each in scene.seen.taken if scene.workflow.trigger_of.get(each.transition) == trigger]


def _proposed_at(scene: Scene, trigger: str) -> datetime | None:
    return max((each.at for each in _proposings(scene, trigger)), default=None)


def _cleared_since(scene: Scene, trigger: str) -> frozenset[str]:
    """The fields that a step has emptied since the proposal: also one that was empty then, whose mark is the same,
    is asked anew by now."""
    at = _proposed_at(scene, trigger)
    ways = scene.workflow.ways
    return frozenset(
        name
        for each in scene.seen.taken
        if at is not None and each.at >= at and each.transition in ways
        for effect in ways[each.transition].transition.do
        if effect.name == "clear"
        for name in effect.arguments["fields"]
    )


def _wrote(scene: Scene, name: str) -> bool:
    """Did the actor take a step whose form asks for this field? Compared over all cycles, like four eyes."""
    ways = {"open": scene.workflow.opening, **scene.workflow.ways}
    return any(
        each.actor == scene.actor and each.transition in ways and name in ways[each.transition].asked
        for each in scene.seen.taken
        if not (each.transition in ways and ways[each.transition].transition.proposes)
    )


def _differs(new: Any, old: Any) -> bool:
    return not (is_empty(new) and is_empty(old)) and _filled(new) != _filled(old)


def _filled(value: Any) -> Any:
    """A table by its filled cells."""
    return tuple(map(filled, value)) if isinstance(value, tuple) else value


def _mark(scene: Scene, name: str) -> str:
    """What a field holds, without saying it: the event of a sealed value, a digest of an open one."""
    assert scene.case is not None
    if name in scene.case.sealed:
        return str(scene.case.sealed[name][0])
    if name in scene.case.data:
        return sha256(canonical(to_json({"is": scene.case.data[name]}))).hexdigest()[:16]
    return ""
