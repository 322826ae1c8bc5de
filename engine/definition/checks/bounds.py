"""The longest time that a case can spend in a state if every time limit is met, and in states that lead in circles.

A limit counts if it is met by leaving the state, and one of the whole case where it certainly runs. Time in which limits
stand still is not counted, nor that the field a limit goes by may be empty (WF307).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import ceil
from typing import NamedTuple

from engine.definition.checks.graph import Edge
from engine.definition.durations import HOLIDAYS, HOURS, days_of
from engine.definition.flow import Deadline, Duration, Limit
from engine.definition.model import Definition

YEAR = 350  # days, in which the long holidays come once


class Bound(NamedTuple):
    """Days of the calendar and working days, one after the other."""

    days: int = 0
    working: int = 0

    def __add__(self, other: object) -> Bound:
        assert isinstance(other, Bound)
        return Bound(self.days + other.days, self.working + other.working)

    @property
    def most(self) -> int:
        """In days of the calendar, however weekends and holidays fall."""
        if not self.working:
            return self.days
        return self.days + 2 * self.working + HOLIDAYS * ceil((self.days + 2 * self.working) / YEAR)


class Bounds:
    """Of the states in which a case waits, moves being the steps between them."""

    def __init__(self, definition: Definition, waiting: Collection[str], moves: Sequence[Edge]) -> None:
        self._definition, self._moves = definition, moves
        self._running = {
            each.key: self._runs(each, waiting) for each in definition.deadlines.values() if not each.done_by
        }

    def of(self, state: str) -> Bound | None:
        """The longest time in one state; None if nothing limits it."""
        own = self._definition.states[state].deadlines.values()
        found = [self._within(each) for each in own if not each.done_by and self._begun(each)]
        found += [
            self._within(self._definition.deadlines[key])
            for key, where in self._running.items()
            if state in where
        ]
        return min((each for each in found if each), key=lambda each: each.most, default=None)

    def together(self, states: Collection[str]) -> Bound | None:
        """The longest time in states that lead back to one another: that of a limit that runs through all of them."""
        inside = {each.transition for each in self._moves if each.source in states and each.target in states}
        found = [
            self._within(self._definition.deadlines[key])
            for key, where in self._running.items()
            if where >= set(states) and not inside & {*self._definition.deadlines[key].starts}
        ]
        return min((each for each in found if each), key=lambda each: each.most, default=None)

    def _runs(self, limit: Deadline, waiting: Collection[str]) -> set[str]:
        """The states in which a limit of the whole case certainly runs."""
        ended = {
            source
            for key in limit.ends
            if (way := self._definition.transitions.get(key)) and way.to is None
            for source in way.sources
        }
        running = (
            {each for each in waiting if not self._definition.states[each].initial}
            - ended
            - {*limit.pause_in}
        )
        while lost := {
            each.target
            for each in self._moves
            if each.target in running
            and (
                each.transition in limit.ends
                or (each.source not in running and each.transition not in limit.starts)
            )
        }:
            running -= lost
        return running if self._begun(limit) else set()

    def _begun(self, limit: Deadline) -> bool:
        """Does it run from a moment that has come, and not from a day that may lie ahead?"""
        field = self._definition.fields.get(limit.start)
        return field is None or field.max in ("today", "now")

    def _within(self, limit: Deadline) -> Bound | None:
        """The earliest of its durations counts, whatever the fields hold that it goes by."""
        found = [self._longest(each) for each in limit.within]
        return min((each for each in found if each), key=lambda each: each.most, default=None)

    def _longest(self, limit: Limit) -> Bound | None:
        if limit.duration:
            return _bound(limit.duration)
        field = self._definition.fields[limit.by]
        every = field.options or ("true", "false")
        if not all(option in limit.durations for option in every):
            return None
        return max((_bound(each) for each in limit.durations.values()), key=lambda each: each.most)


def _bound(duration: Duration) -> Bound:
    """Days end with the day: a day is counted for each midnight that may be passed."""
    if duration.unit == "working_days":
        return Bound(working=duration.amount)
    days = days_of(duration)[1]
    return Bound(ceil(days) if duration.unit in HOURS else int(days))


def longest(
    groups: Sequence[frozenset[str]], weights: Mapping[str, Bound], start: str, moves: Sequence[Edge]
) -> tuple[Bound, list[str]]:
    """The longest time from `start` through groups of states, in their order, and the steps that take it.

    weights: of each state that of its group.
    """
    number = {state: at for at, group in enumerate(groups) for state in group}
    best: dict[int, tuple[Bound, list[str]]] = {number.get(start, 0): (weights[start], [])}
    for at in range(len(groups)):
        if at not in best:
            continue
        time, steps = best[at]
        for each in moves:
            to = number[each.target]
            if number[each.source] == at and to != at:
                there = time + weights.get(each.target, Bound()), [*steps, each.transition]
                if to not in best or there[0].most > best[to][0].most:
                    best[to] = there
    return max(best.values(), key=lambda each: each[0].most)
