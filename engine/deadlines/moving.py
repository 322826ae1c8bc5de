"""What a change to another version of the workflow does to the open time limits of a case (definition-format.md §5).

Pure, like planning.py, whose business is a step. A move is no step: nothing is entered, taken or met by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.calendar import Calendar
from engine.deadlines.reckoning import (
    Pauses,
    Place,
    Reckoned,
    Step,
    places,
    reckon,
    run_on,
    stands_still,
    start_of,
    starts,
)
from engine.deadlines.records import DeadlinePlan, How, OpenDeadline, breached
from engine.definition.flow import Deadline
from engine.definition.model import Definition

KEEP, ENTRY, TODAY = "keep", "entry", "today"
RULES = (KEEP, ENTRY, TODAY)
ALL = "*"  # the rule of every limit that has none of its own


def plan_move(
    old: Definition,
    new: Definition,
    *,
    states: Mapping[str, str],
    rules: Mapping[str, str],
    state_before: str,
    state_after: str,
    came_from: str | None,
    seq: int,
    now: datetime,
    entry: int,
    entered_at: datetime,
    values: Mapping[str, Any],
    last_taken: Callable[[str], datetime | None],
    open: Sequence[OpenDeadline],
    calendar: Calendar,
    zone: ZoneInfo,
    ids: Callable[[str], str],
) -> DeadlinePlan:
    """What becomes of the `open` limits of a case that goes from `old` to `new`.

    states: state of the old version to the one it becomes. rules: path of a limit in the new version, or ALL, to
    "keep" (as it runs; a limit that the old version did not have runs from now), "entry" (reckoned again from where
    its rule says, as if it had always been so) or "today" (it begins now). came_from: the state before `state_before`,
    as the old version calls it. The other arguments as in `plan`, which see; values: with the computed ones, as the
    new version has them.

    * A limit that was missed stays missed, whatever its rule. Whom it escalates to, and whether it stands still, is the
      new version's.
    * In an interlude the limits of the state that it interrupts count as those of the state itself.
    * A limit that the new version does not have there is `superseded`.
    * A limit that the old version had and that does not run was met, or has no value to run by: it is not made.
    """
    step = Step(
        definition=new, name="", stops=frozenset(), enters=False, returns=False, state=state_after, seq=seq, now=now,
        entry=entry, entered_at=entered_at, before=values, after=values, last_taken=last_taken, calendar=calendar,
        zone=zone, ids=ids,
    )  # fmt: skip
    here = _counting(new, state_after, states.get(came_from or "", came_from))
    there = {states.get(each.state, each.state) for each in open if each.state}
    interrupted = sorted(there) if new.states[state_after].interlude else ()
    declared = dict(places(new, dict.fromkeys((*here, *interrupted))))
    end: list[tuple[str, How]] = []
    after: dict[Place, tuple[OpenDeadline, OpenDeadline]] = {}
    # Where a state and the one it interrupts became one, the limit of the state that kept its name runs on.
    for each in sorted(open, key=lambda each: each.state != states.get(each.state, each.state)):
        place = Place(each.scope, states.get(each.state, each.state), each.key)
        known = place in declared and place not in after
        stands = _stands(step, place, each, declared[place], rules) if known else None
        if stands is None:
            end.append((each.id, "superseded"))
        else:
            after[place] = (each, stands)
    had = {
        place._replace(state=states.get(place.state, place.state))
        for place, _ in places(old, _counting(old, state_before, came_from))
    }
    new_ones = (
        _made(step, place, each, rules)
        for place, each in places(new, dict.fromkeys(here))
        if place not in after and place not in had and _runs(step, place, each)
    )
    return DeadlinePlan(
        create=tuple(each for each in new_ones if each),
        end=tuple(end),
        retarget=tuple(stands for was, stands in after.values() if stands != was),
    )


def _counting(definition: Definition, state: str, came_from: str | None) -> tuple[str, ...]:
    """The states whose limits count while a case stands in `state`."""
    return (state, came_from) if came_from and definition.states[state].interlude else (state,)


def _rule(place: Place, rules: Mapping[str, str]) -> str:
    return rules.get(place.path) or rules.get(ALL) or KEEP


def _stands(
    step: Step, place: Place, was: OpenDeadline, declared: Deadline, rules: Mapping[str, str]
) -> OpenDeadline | None:
    """An open limit as it stands in the new version; None when its rule gives none there."""
    stands = replace(was, state=place.state, escalate_to=declared.escalate_to, then=declared.then)
    if breached(was, step.now):
        return stands
    still, rule = stands_still(step, declared), _rule(place, rules)
    reckoned = _reckoned(step, place, was, declared, rule, still)
    if reckoned is None:
        return None
    since = was.paused_at if was.paused_at and rule != TODAY else step.now
    stands = replace(stands, **reckoned._asdict(), paused_at=since if still else None)
    return replace(stands, paused_at=None) if breached(stands, step.now) else stands


def _reckoned(
    step: Step, place: Place, was: OpenDeadline, declared: Deadline, rule: str, still: bool
) -> Reckoned | None:
    """The moments of an open limit by its rule. still: time stands still for it in the new version."""
    if rule == TODAY:
        return reckon(step, declared, step.now, [])
    pauses: Pauses = [*was.rule["pauses"]]
    if was.paused_at and not still:
        pauses.append([was.paused_at.isoformat(), step.now.isoformat()])
    if rule == ENTRY:
        return reckon(step, declared, _start(step, place, was, declared), pauses)
    if len(pauses) > len(was.rule["pauses"]):
        return run_on(step, declared, was, pauses)
    return Reckoned(was.start_at, was.due_at, was.warn_at, was.rule)


def _start(step: Step, place: Place, was: OpenDeadline, declared: Deadline) -> datetime | None:
    """Where its rule says that it runs from; the case may have been there before an interlude already."""
    start = start_of(step, place, declared)
    if start and place.scope != "case" and was.rule["from"] == declared.start == ENTRY:
        return min(start, was.start_at)
    return start


def _runs(step: Step, place: Place, declared: Deadline) -> bool:
    """Would a limit that the old version did not have be running by now?"""
    begun = step.taken(starts(declared)) if place.scope == "case" else step.entered_at
    if begun is None:
        return False
    ended = () if place.scope == "repeat" else tuple(_since(step, declared, begun))
    return not ended


def _since(step: Step, declared: Deadline, begun: datetime) -> Iterator[datetime]:
    for names in (declared.done_by, declared.ends):
        taken = step.taken(names)
        if taken is not None and taken > begun:
            yield taken


def _made(step: Step, place: Place, declared: Deadline, rules: Mapping[str, str]) -> OpenDeadline | None:
    start = start_of(step, place, declared)
    if start is not None and _rule(place, rules) != ENTRY:
        start = max(start, step.now)
    reckoned = reckon(step, declared, start, [])
    if reckoned is None:
        return None
    made = OpenDeadline(
        id=step.ids(place.path), key=place.key, scope=place.scope, state=place.state,
        entry=step.seq if place.scope == "case" else step.entry, escalate_to=declared.escalate_to, then=declared.then,
        **reckoned._asdict(),
    )  # fmt: skip
    still = stands_still(step, declared) and not breached(made, step.now)
    return replace(made, paused_at=step.now) if still else made
