"""Why a step may not be taken: every reason at once, never only the first (architecture.md §1, idea 4).

Pure functions over a `Scene`. `judge` is what `apply` asks, `ways` what `available` answers; both stand on the
same parts, so a greyed button and a refusal give the same reasons.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from unicodedata import normalize

from engine import deadlines, proposals
from engine.commands import SYSTEM, Blocker, Command, Way
from engine.definition.expression import FALSE, TRUE, UNKNOWN
from engine.definition.model import Field, FieldType
from engine.definition.text import Text
from engine.forms import check, filled, is_empty, part_of
from engine.guards import guard_of
from engine.scene import Scene
from engine.store.steps import Holding
from engine.workflow import CompiledWay

NOTHING: frozenset[str] = frozenset()
REASON_FIELD = Field(key="reason", type=FieldType.LONG_TEXT, title=Text())  # what a reason may be made of


def judge(
    scene: Scene, command: Command, values: Mapping[str, Any]
) -> tuple[CompiledWay | None, tuple[Blocker, ...]]:
    """The way the command takes, or all blockers.

    values: the command's form laid over the stored values, decisions included. Of several alternatives the first
    whose guard is true wins; one whose guard is unknown stops the step (semantics.md §2). What blocks a way
    whatever the form says is told in the words of `ways`. Where an alternative wins that this person may not take,
    nothing is said of those above it that no form could have opened.
    """
    alternatives = alternatives_of(scene, command.trigger)
    if not alternatives:
        return None, (_not_here(scene, command.trigger),)
    if scene.broken:
        return None, (Blocker("record_broken"),)
    refused: list[Blocker] = []
    open_to_some_form: list[Blocker] = []
    for way in alternatives:
        scene.holding = holding_for(scene, way, command.acting_as)
        guard = guard_of(scene, way, values, NOTHING)
        person = _standing(scene, way, command.acting_as)
        if guard.blockers:
            whatever = guard_of(scene, way, _proposed(scene, way), way.pending)
            told = _told(whatever.blockers, guard.blockers) + person
            refused += told
            open_to_some_form += told if whatever.mask != FALSE else []
            if guard.mask & UNKNOWN:
                break
            continue
        form = _of_form(scene, way, command, values)
        if person:
            return None, unique(open_to_some_form + person + form)
        return (None, unique(form)) if form else (way, ())
    return None, unique(refused + _of_form(scene, way, command, values))


def ways(scene: Scene, acting_as: str = "") -> tuple[Way, ...]:
    """Every way out of the present state, allowed or not, judged by what is known without the form."""
    here = scene.workflow.ways_from(scene.state)
    triggers = dict.fromkeys(way.transition.trigger for way in here)
    known = scene.environment(scene.workflow.judged_in(scene.state), {})
    return tuple(
        _way(scene, trigger, acting_as, known)
        for trigger in triggers
        if any(set(way.transition.by) - {SYSTEM} for way in alternatives_of(scene, trigger))
    )


def way(scene: Scene, trigger: str) -> Way | None:
    """The way of one trigger, judged like those of `ways`; None where it does not start from here. `open` before a case is there."""
    here = alternatives_of(scene, trigger)
    names = frozenset[str]().union(*(scene.workflow.judged(each) for each in here))
    return _way(scene, trigger, "", scene.environment(names, {})) if here else None


def holding_for(scene: Scene, way: CompiledWay, acting_as: str = "") -> Holding | None:
    """The first function of the actor that may take this way on this case."""
    return next((each for each in scene.seen.holdings if _may(scene, way, each, acting_as)), None)


def in_scope(scene: Scene, holding: Holding, way: CompiledWay) -> bool:
    """Does this holding reach this case: by the serving agency, or by a function with access and its area?

    A way taken where the case is offered to asks for the area it is offered to.
    """
    if way.transition.at == "offered":
        return holding.offered and holding.function in scene.workflow.definition.access
    agency = scene.case.agency if scene.case else scene.agency
    if agency and holding.agency == agency:
        return True
    return holding.covers and (not agency or holding.function in scene.workflow.definition.access)


def _way(scene: Scene, trigger: str, acting_as: str, known: Mapping[str, Any]) -> Way:
    """One trigger: open by an alternative that may come to win, else blocked for what is certain to be told.

    known: what the guards of the state read, whoever asks.
    """
    alternatives = alternatives_of(scene, trigger)
    if scene.broken and scene.broken & scene.workflow.read_anyway(scene.state, trigger):
        key = alternatives[0].transition.key
        return Way(trigger=trigger, transition=key, status="blocked", blockers=(Blocker("record_broken"),))
    blocked: list[Blocker] = []
    never: list[Blocker] = []
    certain = True  # is this alternative looked at whatever the form will say?
    may_win = False
    for way in alternatives:
        scene.holding = holding_for(scene, way, acting_as)
        guard = guard_of(scene, way, _proposed(scene, way), way.pending, known)
        person = _standing(scene, way, acting_as)
        tracks = list(of_tracks(scene, way, {}, {}, pending=way.asked))
        person += (each for each in tracks if not each.field)
        if guard.mask & TRUE and not person:
            needs = (*lacking(scene, way, {}, {}), *(each.field for each in tracks if each.field))
            if way.transition.reason == "required":
                needs += ("reason",)
            status = "needs" if needs else "ready"
            return Way(trigger=trigger, transition=way.transition.key, status=status, needs=needs)
        if certain:
            (never if guard.mask == FALSE else blocked).extend(guard.blockers + person)
        certain = certain and guard.mask == FALSE
        may_win = may_win or bool(guard.mask & TRUE)
        if not guard.mask & FALSE:
            break
    first = alternatives[0].transition.key
    blocked = blocked if may_win else never + blocked
    return Way(trigger=trigger, transition=first, status="blocked", blockers=unique(blocked))


def _told(whatever: list[Blocker], now: list[Blocker]) -> list[Blocker]:
    """The blockers of a guard; those that hold whatever the form says are told as `ways` tells them."""
    by_condition = {each.params["condition"]: each for each in (*now, *whatever)}
    return [by_condition[number] for number in sorted(by_condition)]


def alternatives_of(scene: Scene, trigger: str) -> tuple[CompiledWay, ...]:
    if scene.case is None:
        return (scene.workflow.opening,)
    return scene.workflow.alternatives(scene.case.state, trigger)


def _not_here(scene: Scene, trigger: str) -> Blocker:
    known = [way for way in scene.workflow.ways.values() if way.transition.trigger == trigger]
    if not known:
        return Blocker("unknown_trigger", {"trigger": trigger})
    sources = tuple(dict.fromkeys(source for way in known for source in way.transition.sources))
    return Blocker("wrong_state", {"trigger": trigger, "state": scene.state, "sources": sources})


def _of_form(scene: Scene, way: CompiledWay, command: Command, values: Mapping[str, Any]) -> list[Blocker]:
    given = {key: value for key, value in command.values.items() if not is_empty(value)}
    own = {key: value for key, value in command.values.items() if key.partition(".")[0] not in way.opens}
    blockers = list(check(own, way.fields, scene.today, scene.now))
    blockers += of_tracks(scene, way, command.values, values)
    if way.transition.proposes:
        blockers += proposals.blockers(scene, way, values)
    blockers += (Blocker("field_missing", {"field": key}, key) for key in lacking(scene, way, values, given))
    blockers += _fixed(scene, way, command.values)
    blockers += check(
        {REASON_FIELD.key: normalize("NFC", command.reason)},
        {REASON_FIELD.key: REASON_FIELD},
        scene.today,
        scene.now,
    )
    if way.transition.reason == "required" and not command.reason.strip():
        blockers.append(Blocker("reason", {}, "reason"))
    blockers += _decided(scene, way, values)
    return blockers


def of_tracks(
    scene: Scene,
    way: CompiledWay,
    given: Mapping[str, Any],
    values: Mapping[str, Any],
    pending: frozenset[str] = NOTHING,
) -> Iterator[Blocker]:
    """What stops the opening of the tracks of this way: `track` where the case lacks what it has to hand over, else
    blockers of the track's own part of the form, under its key. pending: names the form has yet to fill.
    """
    for key in way.opens:
        opening = scene.of_track(key, values)
        if opening is None:
            yield Blocker("unknown_definition", {"definition": key})
            continue
        if not scene.workflow.definition.subcases[key].many and any(
            each.subcase_key == key for each in scene.seen.children
        ):
            yield Blocker("track_once", {"subcase": key})
        compiled = opening.workflow.opening
        own = {name: value for name, value in part_of(key, given).items() if not is_empty(value)}
        asked = {name: each for name, each in compiled.fields.items() if name not in opening.values}
        lacks = [*lacking(opening, compiled, own, own)]
        missing = tuple(name for name in lacks if name in opening.values and name not in pending)
        if missing:
            yield Blocker("track", {"subcase": key, "missing": missing})
        for each in check(own, asked, scene.today, scene.now):
            yield replace(each, field=f"{key}.{each.field}")
        for name in lacks:
            if name in asked:
                yield Blocker("field_missing", {"field": name}, f"{key}.{name}")


def _standing(scene: Scene, way: CompiledWay, acting_as: str) -> list[Blocker]:
    """What stands against a way whatever its guard and its form say."""
    return [
        *_person(scene, way, acting_as),
        *left_open(scene, way),
        *_too_late(scene, way),
        *proposals.blockers(scene, way),
    ]


def _proposed(scene: Scene, way: CompiledWay) -> Mapping[str, Any]:
    """The values that taking this way would make the case's own without its form saying them."""
    return proposals.proposed(scene, way.transition.accepts) if way.transition.accepts else {}


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
        elif not any(in_scope(scene, each, way) for each in fitting):
            functions = tuple(dict.fromkeys(each.function for each in fitting))
            at = {"at": way.transition.at} if way.transition.at else {}
            yield Blocker("scope", {"functions": functions, **at})
    trigger_of = scene.workflow.trigger_of
    for trigger in way.transition.other_than:
        # A step that only an earlier version knows may have been this one under another name: it counts.
        if any(
            each.actor == scene.actor
            and each.transition
            and trigger_of.get(each.transition, trigger) == trigger
            for each in scene.seen.taken
        ):
            yield Blocker("four_eyes", {"trigger": trigger})


def left_open(scene: Scene, way: CompiledWay) -> Iterator[Blocker]:
    """A case does not end over a required track that is open, unless the step cancels it (definition-format.md §6)."""
    definition = scene.workflow.definition
    if not scene.case or way.transition.to is None or not definition.states[way.transition.to].final:
        return
    ended = {
        key for each in way.transition.do if each.name == "cancel_subcases" for key in each.arguments["keys"]
    }
    waiting = {each.subcase_key for each in scene.seen.children if not each.closed_at} - ended
    for key, subcase in definition.subcases.items():
        if subcase.required and key in waiting:
            yield Blocker("track_open", {"subcase": key})


def _too_late(scene: Scene, way: CompiledWay) -> Iterator[Blocker]:
    """A closed case is reopened within the time its workflow names."""
    within = way.transition.within
    if within and scene.case and scene.case.closed_at:
        until = deadlines.due(scene.case.closed_at, within, scene.calendar, scene.zone)
        if scene.now > until:
            yield Blocker("reopen_late", {"until": until.astimezone(scene.zone).date()})


def _may(scene: Scene, way: CompiledWay, holding: Holding, acting_as: str) -> bool:
    if holding.function not in way.transition.by or acting_as not in ("", holding.function):
        return False
    return scene.trusted or in_scope(scene, holding, way)


def lacking(
    scene: Scene, way: CompiledWay, values: Mapping[str, Any], given: Mapping[str, Any]
) -> Iterator[str]:
    """The form's required fields without a value; what the case already holds counts unless the form asks anew."""
    env: dict[str, Any] | None = None
    for each in way.form_fields:
        if not is_empty(given.get(each.key)):
            continue
        if not way.transition.asks_anew and each.key not in values and scene.holds(each.key):
            continue
        if each.required:
            yield each.key
        elif each.key in way.required_when:
            if env is None:
                env = scene.environment(way.reads, values)
            if way.required_when[each.key](env) is True:
                yield each.key


def _fixed(scene: Scene, way: CompiledWay, given: Mapping[str, Any]) -> Iterator[Blocker]:
    """The tables of which the form may change some columns only, and in which something else was changed."""
    for each in way.form_fields:
        if not each.only or each.key not in given:
            continue
        stood, now = scene.values.get(each.key) or (), given[each.key] or ()
        if not isinstance(now, tuple) or _without(now, each.only) != _without(stood, each.only):
            yield Blocker(
                "field_fixed",
                {"field": each.key, "missing": tuple(f"{each.key}.{key}" for key in each.only)},
                each.key,
            )


def _without(rows: Sequence[Any], columns: Collection[str]) -> list[dict[str, Any]]:
    """The filled cells of the rows, but for some columns."""
    return [
        {key: cell for key, cell in filled(row).items() if key not in columns}
        if isinstance(row, Mapping)
        else {}
        for row in rows
    ]


def _decided(scene: Scene, way: CompiledWay, values: Mapping[str, Any]) -> Iterator[Blocker]:
    """Who confirms another class than the rules propose says why; what they proposed in an earlier step counts."""
    for decision in scene.workflow.definition.decisions.values():
        if decision.confirms in way.fields and decision.why:
            confirmed = values.get(decision.confirms)
            proposed, why = (
                values[name] if name in values else scene.values.get(name)
                for name in (decision.gives, decision.why)
            )
            if not is_empty(confirmed) and proposed != confirmed and is_empty(why):
                yield Blocker("decision_reason", {"field": decision.why, "proposed": proposed}, decision.why)


def unique(blockers: list[Blocker]) -> tuple[Blocker, ...]:
    found: list[Blocker] = []
    for each in blockers:
        if each not in found:
            found.append(each)
    return tuple(found)
