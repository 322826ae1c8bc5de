"""From a declared time limit and a step to its moments (start, due, warning) and the rule that won.

Asks only what the step and its values say; whether a limit begins or ends is planning.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from engine.calendar import Calendar
from engine.deadlines.moments import after_pause, due, moment, warn_at
from engine.deadlines.records import OpenDeadline, Scope
from engine.definition.flow import Deadline, Duration, Limit, Repeat
from engine.definition.model import Definition

ENTRY = "entry"
OPEN = "open"
Pauses = list[list[str]]  # pairs of ISO 8601 moments, as they stand in a rule's JSON


class Place(NamedTuple):
    """Where a time limit is declared; `state` is "" for one of the whole case."""

    scope: Scope
    state: str
    key: str

    @property
    def path(self) -> str:
        """The place in the definition, e.g. "states.review.deadlines.decide"."""
        if self.scope == "case":
            return f"deadlines.{self.key}"
        return f"states.{self.state}.{'repeats' if self.scope == 'repeat' else 'deadlines'}.{self.key}"


def places(definition: Definition, states: Iterable[str]) -> Iterator[tuple[Place, Deadline]]:
    """All limits of the case and of `states`, in the order written.

    A repeat is read as a limit that runs from its last doing. A state this version does not have gives none.
    """
    for key, declared in definition.deadlines.items():
        yield Place("case", "", key), declared
    for name in states:
        state = definition.states.get(name)
        if state is None:
            continue
        for key, declared in state.deadlines.items():
            yield Place("state", name, key), declared
        for key, repeat in state.repeats.items():
            yield Place("repeat", name, key), _as_deadline(repeat)


class Step(NamedTuple):
    """The step with the arguments of `plan`, and the questions asked of it."""

    definition: Definition
    name: str
    stops: frozenset[str]
    enters: bool  # anew: not back from an interlude
    returns: bool  # from an interlude to the state before it
    state: str
    seq: int
    now: datetime
    entry: int
    entered_at: datetime
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    last_taken: Callable[[str], datetime | None]
    calendar: Calendar
    zone: ZoneInfo
    ids: Callable[[str], str]

    def took(self, names: Sequence[str]) -> bool:
        """Is this step one of the transitions named?"""
        return self.name in names

    def taken(self, names: Sequence[str]) -> datetime | None:
        """When one of the transitions named was last taken, this step included."""
        if self.took(names):
            return self.now
        times = map(self.last_taken, names)
        return max((each for each in times if each is not None), default=None)

    def took_start(self, declared: Deadline) -> bool:
        """Is this step the transition that the limit runs from?"""
        source = declared.start
        return source != ENTRY and source not in self.definition.fields and self.took((source,))


class Reckoned(NamedTuple):
    """The moments of a limit, and the rule that won."""

    start_at: datetime
    due_at: datetime
    warn_at: datetime | None
    rule: Mapping[str, Any]


def starts(declared: Deadline) -> tuple[str, ...]:
    """The transitions that start a limit of the whole case; without any, its opening."""
    return declared.starts or (OPEN,)


def start_of(step: Step, place: Place, declared: Deadline) -> datetime | None:
    """From when the limit runs; None while its field is empty or its transition not taken."""
    source = _source(declared, step.after)
    if source in step.definition.fields and source != ENTRY:
        return moment(step.after.get(source), step.zone)
    if declared.start != ENTRY:
        return step.taken((declared.start,))
    if place.scope == "case":
        return step.taken(starts(declared))
    done = step.taken(declared.done_by) if place.scope == "repeat" else None
    return max(done, step.entered_at) if done else step.entered_at


def reckon(step: Step, declared: Deadline, start: datetime | None, pauses: Pauses) -> Reckoned | None:
    """The limit from `start` as the values after the step give it; None when they, or the start, give none.

    The earliest due wins, of equals the one written first.
    """
    given = [
        (_due(step, start, duration, pauses), index, limit, duration)
        for index, limit in enumerate(declared.within)
        if start and (duration := _duration(limit, step.after))
    ]
    if start is None or not given:
        return None
    due_at, index, limit, duration = min(given, key=lambda each: each[:2])
    by = step.definition.fields.get(limit.by)
    rule = {
        "limit": index,
        "by": limit.by,
        "value": step.after.get(limit.by) if by and by.open else None,
        "amount": duration.amount,
        "unit": duration.unit,
        "law": limit.law or declared.law,
        "from": _source(declared, step.after),
        "pauses": pauses,
    }
    return Reckoned(start, due_at, _warning(step, declared, start, due_at), rule)


def run_on(step: Step, declared: Deadline, paused: OpenDeadline, pauses: Pauses) -> Reckoned:
    """A paused limit that runs again with nothing else changed: the rule that won, the last pause added."""
    due_at = _pause_added(step, paused.due_at, paused.rule["unit"], paused.start_at, pauses[-1])
    rule = {**paused.rule, "pauses": pauses}
    return Reckoned(paused.start_at, due_at, _warning(step, declared, paused.start_at, due_at), rule)


def touched(step: Step, declared: Deadline) -> bool:
    """Did this step change what the limit is reckoned from?"""
    reads = [declared.start, declared.or_from, *(limit.by for limit in declared.within if limit.by)]
    return step.took_start(declared) or any(step.before.get(name) != step.after.get(name) for name in reads)


def known_before(step: Step, declared: Deadline) -> bool:
    """Did the values before this step already give a start and a limit?"""
    source = _source(declared, step.before)
    if source in step.definition.fields and step.before.get(source) is None:
        return False
    return any(_duration(limit, step.before) for limit in declared.within)


def stands_still(step: Step, declared: Deadline) -> bool:
    """Does the limit stand still after the step: by the state, or by the field that says so?"""
    return step.state in declared.pause_in or step.after.get(declared.pause_while) is True


def _source(declared: Deadline, values: Mapping[str, Any]) -> str:
    """What the limit runs from: the second field while the first is empty."""
    return declared.or_from if declared.or_from and values.get(declared.start) is None else declared.start


def _due(step: Step, start: datetime, duration: Duration, pauses: Pauses) -> datetime:
    at = due(start, duration, step.calendar, step.zone)
    for pause in pauses:
        at = _pause_added(step, at, duration.unit, start, pause)
    return at


def _pause_added(step: Step, due_at: datetime, unit: str, start: datetime, pause: list[str]) -> datetime:
    """`due_at` moved on by a pause, as far as it fell between the start and the due moment."""
    began, ended = (datetime.fromisoformat(each) for each in pause)
    began = max(began, start)
    if began > due_at or began >= ended:
        return due_at
    return after_pause(due_at, unit, began, ended, step.calendar, step.zone)


def _warning(step: Step, declared: Deadline, start: datetime, due_at: datetime) -> datetime | None:
    at = warn_at(due_at, declared.warn, step.calendar, step.zone)
    # Never before the limit began; one that begins on a day to come is warned of before that day.
    return None if at is None else max(at, min(start, step.now))


def _duration(limit: Limit, values: Mapping[str, Any]) -> Duration | None:
    if not limit.by:
        return limit.duration
    value = values.get(limit.by, "")
    return limit.durations.get(str(value).lower() if isinstance(value, bool) else value)


def _as_deadline(repeat: Repeat) -> Deadline:
    return Deadline(
        key=repeat.key,
        title=repeat.title,
        within=(repeat.every,),
        warn=repeat.warn,
        escalate_to=repeat.escalate_to,
        done_by=repeat.done_by,
        pause_while=repeat.pause_while,
        law=repeat.law,
    )
