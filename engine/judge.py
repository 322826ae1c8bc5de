"""Why a step may not be taken: every reason at once, never only the first (architecture.md §1, idea 4).

Pure functions over a `Scene`. `judge` is what `apply` asks, `ways` what `available` answers; both stand on the
same parts, so a greyed button and a refusal give the same reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.commands import SYSTEM, Blocker, Command, Way
from engine.definition.expression import FALSE, TRUE, UNKNOWN, GuardFault, missing
from engine.forms import check, is_empty
from engine.scene import Scene
from engine.store.steps import Holding
from engine.workflow import CompiledCondition, CompiledWay

NOTHING: frozenset[str] = frozenset()


def judge(
    scene: Scene, command: Command, values: Mapping[str, Any]
) -> tuple[CompiledWay | None, tuple[Blocker, ...]]:
    """The way the command takes, or all blockers.

    values: the command's form laid over the stored values, decisions included. Of several alternatives the first
    whose guard is true wins; one whose guard is unknown stops the step (semantics.md §2).
    """
    alternatives = _alternatives(scene, command.trigger)
    if not alternatives:
        return None, (_not_here(scene, command.trigger),)
    refused: list[Blocker] = []
    for way in alternatives:
        guard = tuple(_guard(scene, way, values, NOTHING))
        if guard:
            refused += guard
            if any(each.code in ("guard_missing", "guard_fault") for each in guard) and not any(
                _is_false(each) for each in guard
            ):
                return None, _unique(refused + _of_person_and_form(scene, way, command, values))
            continue
        blockers = _of_person_and_form(scene, way, command, values)
        return (None, _unique(blockers)) if blockers else (way, ())
    return None, _unique(refused + _of_person_and_form(scene, alternatives[0], command, values))


def ways(scene: Scene, acting_as: str = "") -> tuple[Way, ...]:
    """Every way out of the present state, allowed or not, judged by what is known without the form."""
    triggers = dict.fromkeys(way.transition.trigger for way in scene.workflow.ways_from(scene.state))
    return tuple(
        _way(scene, trigger, acting_as)
        for trigger in triggers
        if any(set(way.transition.by) - {SYSTEM} for way in _alternatives(scene, trigger))
    )


def holding_for(scene: Scene, way: CompiledWay, acting_as: str = "") -> Holding | None:
    """The first function of the actor that may take this way on this case."""
    return next((each for each in scene.seen.holdings if _may(scene, way, each, acting_as)), None)


def in_scope(scene: Scene, holding: Holding) -> bool:
    """Does this holding reach this case: by the serving agency, or by a function with access and its area?"""
    agency = scene.case.agency if scene.case else scene.agency
    if agency and holding.agency == agency:
        return True
    return holding.covers and (not agency or holding.function in scene.workflow.definition.access)


def _way(scene: Scene, trigger: str, acting_as: str) -> Way:
    blocked: list[Blocker] = []
    for way in _alternatives(scene, trigger):
        stored: dict[str, Any] = {}
        person = list(_person(scene, way, acting_as))
        guard = list(_guard(scene, way, stored, way.pending))
        if not guard and not person:
            needs = tuple(_lacking(scene, way, stored, {}))
            if way.transition.reason == "required":
                needs += ("reason",)
            status = "needs" if needs else "ready"
            return Way(trigger=trigger, transition=way.transition.key, status=status, needs=needs)
        blocked += person + guard
        if guard and not any(_is_false(each) for each in guard):
            break
    first = _alternatives(scene, trigger)[0].transition.key
    return Way(trigger=trigger, transition=first, status="blocked", blockers=_unique(blocked))


def _alternatives(scene: Scene, trigger: str) -> tuple[CompiledWay, ...]:
    if scene.case is None:
        return (scene.workflow.opening,)
    return scene.workflow.alternatives(scene.case.state, trigger)


def _not_here(scene: Scene, trigger: str) -> Blocker:
    known = [way for way in scene.workflow.ways.values() if way.transition.trigger == trigger]
    if not known:
        return Blocker("unknown_trigger", {"trigger": trigger})
    sources = tuple(dict.fromkeys(source for way in known for source in way.transition.sources))
    return Blocker("wrong_state", {"trigger": trigger, "state": scene.state, "sources": sources})


def _of_person_and_form(
    scene: Scene, way: CompiledWay, command: Command, values: Mapping[str, Any]
) -> list[Blocker]:
    blockers = list(_person(scene, way, command.acting_as))
    given = {key: value for key, value in command.values.items() if not is_empty(value)}
    blockers += check(command.values, way.fields, scene.today, scene.now)
    blockers += (Blocker("field_missing", {"field": key}, key) for key in _lacking(scene, way, values, given))
    if way.transition.reason == "required" and not command.reason.strip():
        blockers.append(Blocker("reason", {}, "reason"))
    blockers += _decided(scene, way, values)
    return blockers


def _person(scene: Scene, way: CompiledWay, acting_as: str) -> Iterator[Blocker]:
    by = way.transition.by
    if scene.actor == SYSTEM:
        if SYSTEM not in by:
            yield Blocker("function", {"functions": by})
        return
    if not scene.trusted:
        fitting = [
            each for each in scene.seen.holdings if each.function in by and acting_as in ("", each.function)
        ]
        if not fitting:
            yield Blocker("function", {"functions": tuple(each for each in by if each != SYSTEM)})
        elif not any(in_scope(scene, each) for each in fitting):
            yield Blocker("scope", {"functions": tuple(dict.fromkeys(each.function for each in fitting))})
    for trigger in way.transition.other_than:
        if any(
            each.actor == scene.actor and scene.workflow.trigger_of.get(each.transition) == trigger
            for each in scene.seen.taken
        ):
            yield Blocker("four_eyes", {"trigger": trigger})


def _may(scene: Scene, way: CompiledWay, holding: Holding, acting_as: str) -> bool:
    if holding.function not in way.transition.by or acting_as not in ("", holding.function):
        return False
    return scene.trusted or in_scope(scene, holding)


def _guard(
    scene: Scene, way: CompiledWay, values: Mapping[str, Any], pending: frozenset[str]
) -> Iterator[Blocker]:
    if not way.conditions:
        return
    env = scene.environment(way.reads, values)
    for number, condition in enumerate(way.conditions):
        try:
            mask = condition.possible(env, pending) if pending else _outcome(condition, env)
        except GuardFault:  # any error inside a guard means refused
            yield Blocker("guard_fault", {"transition": way.transition.key, "condition": number})
            continue
        if not mask & TRUE:
            yield _unmet(way, number, condition, mask, env)


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


def _is_false(blocker: Blocker) -> bool:
    return blocker.code in ("guard", "join")


def _lacking(
    scene: Scene, way: CompiledWay, values: Mapping[str, Any], given: Mapping[str, Any]
) -> Iterator[str]:
    """The form's required fields without a value; what the case already holds counts unless a row is appended."""
    env: dict[str, Any] | None = None
    for each in way.form_fields:
        held = given.get(each.key)
        if is_empty(held) and not way.transition.appends and each.key not in values:
            held = scene.values.get(each.key)
        if not is_empty(held):
            continue
        if each.required:
            yield each.key
        elif each.key in way.required_when:
            if env is None:
                env = scene.environment(way.reads, values)
            if way.required_when[each.key](env) is True:
                yield each.key


def _decided(scene: Scene, way: CompiledWay, values: Mapping[str, Any]) -> Iterator[Blocker]:
    """Who confirms another class than the rules propose says why."""
    for decision in scene.workflow.definition.decisions.values():
        if decision.confirms in way.fields and decision.why:
            proposed, confirmed = values.get(decision.gives), values.get(decision.confirms)
            if not is_empty(confirmed) and proposed != confirmed and is_empty(values.get(decision.why)):
                yield Blocker("decision_reason", {"field": decision.why, "proposed": proposed}, decision.why)


def _unique(blockers: list[Blocker]) -> tuple[Blocker, ...]:
    found: list[Blocker] = []
    for each in blockers:
        if each not in found:
            found.append(each)
    return tuple(found)
