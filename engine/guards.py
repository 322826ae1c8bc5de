"""How the guard of a way stands: what can come out of it while its form is still to be filled, and why it cannot be true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from engine.commands import Blocker
from engine.definition.expression import FALSE, TRUE, UNKNOWN, GuardFault, missing
from engine.scene import Scene
from engine.workflow import CompiledCondition, CompiledWay

# What a guard reads of who acts: to be passed as pending where it is asked whether anybody could.
ANYBODY = frozenset(("actor.id", "actor.functions", "actor.agency", "actor.area"))


class Guard(NamedTuple):
    """How a guard stands: which of true, false, unknown can come out, and the blockers if true cannot."""

    mask: int
    blockers: list[Blocker]


def guard_of(
    scene: Scene,
    way: CompiledWay,
    values: Mapping[str, Any],
    pending: frozenset[str],
    known: Mapping[str, Any] | None = None,
) -> Guard:
    """The guard of `way` over the case with `values` laid over it.

    pending: names that the form may still fill with anything. known: what the guard reads, where it was worked out.
    """
    if not way.conditions:
        return Guard(TRUE, [])
    if known is None or values or way.of_holding:
        known = scene.environment(way.reads, values)
    blockers: list[Blocker] = []
    masks: list[int] = []
    for number, condition in enumerate(way.conditions):
        try:
            mask = condition.possible(known, pending) if pending else _outcome(condition, known)
            if not mask & TRUE:
                blockers.append(_unmet(way, number, condition, mask, known))
        except GuardFault:  # any error inside a guard means refused
            mask = UNKNOWN
            blockers.append(Blocker("guard_fault", {"transition": way.transition.key, "condition": number}))
        masks.append(mask)
    return Guard(_all_of(masks), blockers)


def _all_of(masks: Sequence[int]) -> int:
    """What can come out of the conjunction, its parts taken as independent."""
    found = TRUE if all(mask & TRUE for mask in masks) else 0
    if any(mask & FALSE for mask in masks):
        found |= FALSE
    if any(mask & UNKNOWN for mask in masks) and all(mask & (TRUE | UNKNOWN) for mask in masks):
        found |= UNKNOWN
    return found


def _outcome(condition: CompiledCondition, env: Mapping[str, Any]) -> int:
    held = condition.holds(env)
    return TRUE if held is True else FALSE if held is False else UNKNOWN


def _unmet(
    way: CompiledWay, number: int, condition: CompiledCondition, mask: int, env: Mapping[str, Any]
) -> Blocker:
    params: dict[str, Any] = {"transition": way.transition.key, "condition": number}
    if not mask & FALSE:
        return Blocker("guard_missing", {**params, "missing": missing(condition.condition.expression, env)})
    joins = any(name.startswith("subcases.") for name in condition.condition.expression.reads)
    return Blocker("join" if joins else "guard", params)
