"""What one step does to the time limits of its case: made, ended, moved, paused, resumed (semantics.md §4).

Pure: the step and the open limits go in, a `DeadlinePlan` comes out. Planning a step again on its own result
changes nothing, because a limit made by the step is known by its id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.calendar import Calendar
from engine.deadlines.reckoning import (
    ENTRY,
    OPEN,
    Pauses,
    Place,
    Step,
    known_before,
    places,
    reckon,
    run_on,
    stands_still,
    start_of,
    starts,
    touched,
)
from engine.deadlines.records import DeadlinePlan, How, OpenDeadline, breached
from engine.definition.flow import REOPEN, Deadline
from engine.definition.model import Definition


def plan(
    definition: Definition,
    *,
    trigger: str,
    transition_key: str,
    moved: bool,
    state_before: str | None,
    state_after: str,
    came_from: str | None,
    seq: int,
    now: datetime,
    entry: int,
    entered_at: datetime,
    values_before: Mapping[str, Any],
    values_after: Mapping[str, Any],
    last_taken: Callable[[str], datetime | None],
    open: Sequence[OpenDeadline],
    calendar: Calendar,
    zone: ZoneInfo,
    ids: Callable[[str], str],
) -> DeadlinePlan:
    """What this step does to the time limits.

    trigger, transition_key: of the step; both "" for an event that is no step (a correction of data). Limits
    name transitions by key; the engine's own steps without a key go by their trigger, an opening, known by
    `state_before` None, by "open". moved: the case entered `state_after` by this step (False for `to: same`).
    came_from: the state before `state_before`.
    seq, now: of this event. entry, entered_at: seq and moment at which the case entered the state it stands
    in; ignored when the step moves. values_*: field values with the computed ones, missing = absent or None.
    last_taken: when a transition was last taken in this cycle (or "open" at all). open: the open limits of this case
    alone. ids: a stable id for a declared place ("states.review.deadlines.decide") in this step, e.g. uuid5
    of case, place and seq.

    Where semantics.md §4 leaves the rule open, decided for what an officer can foresee:

    * Leaving a state ends its limits as `left`; a `done_by` taken by the same step says `met`, which comes
      first. An interlude leaves nothing: the limits of the state before it run on, and are neither ended nor
      begun anew when the case is back there.
    * The end of a case ends the limits of the whole case that no step in the final state can end.
    * A limit missed at `now` stays as it is until it ends: no correction, pause or vanished rule
      un-breaches it.
    * Only this step's changes count: the field a limit runs from, the fields it goes `by`, the transition
      it runs from. What stood open keeps the calendar it was counted with.
    * A limit that its own value takes away (field emptied, value without a limit) is `superseded`, and made
      again, from the same start, once a value gives it, unless it was done meanwhile.
    * Of several limits the earliest due wins, of equals the one written first.
    * A repeat counts from the last `done_by` since the state was entered, else from the entry: a state not
      yet entered is never late.
    * `starts` taken again supersedes the running limit and starts anew; a top-level limit without `starts`
      starts with the case. `stop_deadline` ends every open limit of that key, not one the same step makes
      by entering.
    * A warning longer than its limit comes at the start.
    """
    left = definition.states.get(state_before or "")
    returns = bool(moved and left and left.interlude and state_after == came_from)
    step = Step(
        definition=definition,
        name=OPEN if state_before is None else transition_key or trigger,
        stops=_stops(definition, transition_key),
        enters=(moved and not returns) or state_before is None,
        returns=returns,
        state=state_after,
        seq=seq,
        now=now,
        entry=seq if moved or state_before is None else entry,
        entered_at=now if (moved and not returns) or state_before is None else entered_at,
        before=values_before,
        after=values_after,
        last_taken=last_taken,
        calendar=calendar,
        zone=zone,
        ids=ids,
    )
    return _planned(step, open)


def _planned(step: Step, before: Sequence[OpenDeadline]) -> DeadlinePlan:
    declarations = dict(places(step.definition, {each.state for each in before}))
    end: dict[str, How] = {}
    after: dict[Place, OpenDeadline] = {}
    met: set[Place] = set()
    for each in before:
        place = Place(each.scope, each.state, each.key)
        declared = declarations.get(place)
        how = None if each.id == step.ids(place.path) else _ending(step, each, declared)
        stands = each if how or declared is None else _adjusted(step, place, each, declared)
        if how or stands is None:
            end[each.id] = how or "superseded"
            met.update({place} if how == "met" else ())
        else:
            after[place] = stands
    create = (
        _created(step, place, declared)
        for place, declared in places(step.definition, (step.state,))
        if place not in after and _begins(step, place, declared, met=place in met)
    )
    known = {each.id: each for each in before}
    changed = [(known[each.id], each) for each in after.values() if each != known[each.id]]
    return DeadlinePlan(
        create=tuple(each for each in create if each),
        end=tuple(end.items()),
        move=tuple(new for old, new in changed if bool(old.paused_at) == bool(new.paused_at)),
        pause=tuple(new for old, new in changed if new.paused_at and not old.paused_at),
        resume=tuple(new for old, new in changed if old.paused_at and not new.paused_at),
    )


def _ending(step: Step, deadline: OpenDeadline, declared: Deadline | None) -> How | None:
    whole_case = deadline.scope == "case"
    if declared and step.took(declared.done_by):
        return "met"
    if declared and whole_case and step.took(declared.ends):
        return "ended"
    if deadline.key in step.stops:
        return "stopped"
    if declared and whole_case and step.took(starts(declared)):
        return "superseded"
    return "left" if _leaves(step, deadline, declared) else None


def _leaves(step: Step, deadline: OpenDeadline, declared: Deadline | None) -> bool:
    """Does the step lead away from where the limit counts?"""
    state = step.definition.states[step.state]
    if deadline.scope == "case":
        return step.enters and state.final and not _can_end(step, declared)
    if step.returns:
        return deadline.state != step.state
    return step.enters and not state.interlude


def _can_end(step: Step, declared: Deadline | None) -> bool:
    """Can a step in the final state end the limit? Reopening the case is none."""
    ways = map(step.definition.way, (*declared.done_by, *declared.ends)) if declared else ()
    return any(way and way.trigger != REOPEN and step.state in way.sources for way in ways)


def _adjusted(step: Step, place: Place, deadline: OpenDeadline, declared: Deadline) -> OpenDeadline | None:
    """An open limit that nothing ends, as it stands after the step; None when its rule gives none now."""
    still = stands_still(step, declared)
    resumes = deadline.paused_at is not None and not still
    after = replace(deadline, paused_at=None) if resumes else deadline
    if breached(deadline, step.now):
        return after
    pauses: Pauses = [*deadline.rule["pauses"]]
    if deadline.paused_at and resumes:
        pauses.append([deadline.paused_at.isoformat(), step.now.isoformat()])
    if touched(step, declared):
        start = deadline.start_at if declared.start == ENTRY else start_of(step, place, declared)
        reckoned = reckon(step, declared, start, pauses)
        if reckoned is None:
            return None
        after = replace(after, **reckoned._asdict())
    elif resumes:
        after = replace(after, **run_on(step, declared, deadline, pauses)._asdict())
    return replace(after, paused_at=step.now) if still and _can_pause(step, after) else after


def _begins(step: Step, place: Place, declared: Deadline, *, met: bool) -> bool:
    """Does this step make the limit, if start and values give one? `met`: the step met the one before."""
    if step.took(starts(declared)) if place.scope == "case" else step.enters:
        return True
    if place.key in step.stops:
        return False
    if place.scope == "repeat":
        return met or step.returns or not known_before(step, declared)
    begun = step.taken(starts(declared)) if place.scope == "case" else step.entered_at
    if begun is None or _since(step.taken(declared.ends), begun):
        return False
    newly_known = not known_before(step, declared) and not _since(step.taken(declared.done_by), begun)
    return newly_known or step.took_start(declared)


def _created(step: Step, place: Place, declared: Deadline) -> OpenDeadline | None:
    reckoned = reckon(step, declared, start_of(step, place, declared), [])
    if reckoned is None:
        return None
    made = OpenDeadline(
        id=step.ids(place.path),
        key=place.key,
        scope=place.scope,
        state=place.state,
        entry=step.seq if place.scope == "case" else step.entry,
        start_at=reckoned.start_at,
        due_at=reckoned.due_at,
        warn_at=reckoned.warn_at,
        rule=reckoned.rule,
        escalate_to=declared.escalate_to,
        then=declared.then,
    )
    still = stands_still(step, declared) and _can_pause(step, made)
    return replace(made, paused_at=step.now) if still else made


def _can_pause(step: Step, deadline: OpenDeadline) -> bool:
    return deadline.paused_at is None and not breached(deadline, step.now)


def _since(taken: datetime | None, begun: datetime) -> bool:
    return taken is not None and taken > begun


def _stops(definition: Definition, transition_key: str) -> frozenset[str]:
    transition = definition.way(transition_key)
    effects = transition.do if transition else ()
    return frozenset(str(each.arguments["key"]) for each in effects if each.name == "stop_deadline")
