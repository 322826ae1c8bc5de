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
from engine.deadlines.reckoning import Place, Step, places, reckon, stands_still, start_of, starts
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
    its rule says, as if it had always been so) or "today" (it begins now). The other arguments as in `plan`, which
    see; values: with the computed ones, as the new version has them.

    * A limit that was missed stays missed, whatever its rule. Whom it escalates to is the new version's.
    * A limit that the new version does not have there is `superseded`.
    * A limit that the old version had and that does not run was met, or has no value to run by: it is not made.
    """
    step = Step(
        definition=new, name="", stops=frozenset(), enters=False, returns=False, state=state_after, seq=seq, now=now,
        entry=entry, entered_at=entered_at, before=values, after=values, last_taken=last_taken, calendar=calendar,
        zone=zone, ids=ids,
    )  # fmt: skip
    there = {states.get(each.state, each.state) for each in open if each.state}
    declared = dict(places(new, dict.fromkeys((state_after, *sorted(there)))))
    end: list[tuple[str, How]] = []
    after: dict[Place, tuple[OpenDeadline, OpenDeadline]] = {}
    for each in open:
        place = Place(each.scope, states.get(each.state, each.state), each.key)
        stands = _stands(step, place, each, declared[place], rules) if place in declared else None
        if stands is None:
            end.append((each.id, "superseded"))
        else:
            after[place] = (each, stands)
    had = {_renamed(place, state_before, state_after) for place, _ in places(old, (state_before,))}
    new_ones = (
        _made(step, place, each, rules)
        for place, each in places(new, (state_after,))
        if place not in after and place not in had and _runs(step, place, each)
    )
    return DeadlinePlan(
        create=tuple(each for each in new_ones if each),
        end=tuple(end),
        retarget=tuple(stands for was, stands in after.values() if stands != was),
    )


def _renamed(place: Place, before: str, after: str) -> Place:
    return place._replace(state=after) if place.state == before else place


def _rule(place: Place, rules: Mapping[str, str]) -> str:
    return rules.get(place.path) or rules.get(ALL) or KEEP


def _stands(
    step: Step, place: Place, was: OpenDeadline, declared: Deadline, rules: Mapping[str, str]
) -> OpenDeadline | None:
    """An open limit as it stands in the new version; None when its rule gives none there."""
    stands = replace(was, state=place.state, escalate_to=declared.escalate_to, then=declared.then)
    rule = _rule(place, rules)
    if rule == KEEP or breached(was, step.now):
        return stands
    start = step.now if rule == TODAY else start_of(step, place, declared)
    reckoned = reckon(step, declared, start, [] if rule == TODAY else [*was.rule["pauses"]])
    if reckoned is None:
        return None
    paused = (was.paused_at or step.now) if stands_still(step, declared) else None
    return replace(stands, **reckoned._asdict(), paused_at=step.now if paused and rule == TODAY else paused)


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
