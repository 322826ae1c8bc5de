"""What is open to whom from where a case stands, whoever asks: the ways on, judged without a person.

For comparing two versions of a workflow on the same case; `ways` (judge.py) says the same for one person. A guard that
asks who acts, or for whom, counts as passable.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from engine.commands import SYSTEM, Blocker
from engine.definition.expression import FALSE, TRUE
from engine.guards import ANYBODY, guard_of
from engine.judge import alternatives_of, lacking, left_open, of_tracks, unique
from engine.scene import Scene
from engine.workflow import CompiledWay


class Prospect(NamedTuple):
    """One trigger: to which functions it is open (none: to nobody), why not, and what its form still lacks."""

    functions: frozenset[str]
    blockers: tuple[Blocker, ...] = ()
    lacks: tuple[str, ...] = ()
    joins: bool = False  # does it wait for tracks?


def prospects(scene: Scene, triggers: Iterable[str]) -> dict[str, Prospect]:
    """By trigger, of these, the ways out of the present state that a person may take."""
    found = {trigger: _prospect(scene, trigger) for trigger in triggers}
    return {trigger: each for trigger, each in found.items() if each}


def _prospect(scene: Scene, trigger: str) -> Prospect | None:
    blocked: list[Blocker] = []
    people: set[str] = set()
    alternatives = alternatives_of(scene, trigger)
    joins = any(name.startswith("subcases.") for way in alternatives for name in way.reads)
    for way in alternatives:
        people |= set(way.transition.by) - {SYSTEM}
        mask, told = _judged(scene, way)
        if mask & TRUE:
            functions = frozenset(way.transition.by) - {SYSTEM}
            return (
                Prospect(functions, lacks=tuple(lacking(scene, way, {}, {})), joins=joins)
                if functions
                else None
            )
        blocked += told
        if not mask & FALSE:
            break
    return Prospect(frozenset(), unique(blocked), joins=joins) if people else None


def _judged(scene: Scene, way: CompiledWay) -> tuple[int, list[Blocker]]:
    """What can come out of the guard, and why the way is closed whatever its form says."""
    held = [
        *left_open(scene, way),
        *(each for each in of_tracks(scene, way, {}, {}, pending=way.asked) if not each.field),
    ]
    guard = guard_of(scene, way, {}, way.pending | ANYBODY)
    return (guard.mask & ~TRUE or FALSE) if held else guard.mask, [*guard.blockers, *held]
