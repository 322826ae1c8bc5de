"""The steps of a definition between the places a case can be in, as far as state and state before can tell.

Unlike graph.py it follows `to: same` and reopening, looks into guards, and tells places apart by where a case came
from where a guard asks for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine.definition.checks.absent import NONE, NOTHING, Given, Outcomes, joined, looked_through, outcomes
from engine.definition.checks.graph import initial
from engine.definition.checks.rule import Once
from engine.definition.expression import FALSE, TRUE
from engine.definition.expression.kleene import AND
from engine.definition.flow import Transition
from engine.definition.model import Definition

CAME_FROM = "case.came_from"


class Place(NamedTuple):
    """Where a case stands: its state and, where a guard asks for it, the state it came from."""

    state: str
    came_from: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard with its computed fields looked through, and all the names it reads."""

    outcomes: Outcomes
    reads: frozenset[str]

    @classmethod
    def of(cls, definition: Definition, way: Transition) -> Guard:
        """That of a way; one without conditions is always true."""
        parts = [looked_through(each.expression, definition.fields) for each in way.when]
        if not parts:
            return cls(lambda given: TRUE, NONE)
        reads = NONE.union(*(names for _, names in parts))
        return cls(joined(AND, [outcomes(tree) for tree, _ in parts]), reads)


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A step from one place to another. above: the guards of the alternatives that are tried before it.

    reads: the names that decide whether it can be taken, those of the alternatives included.
    """

    source: Place
    way: Transition
    target: Place
    guard: Guard
    above: tuple[Guard, ...]
    reads: frozenset[str]
    around: Mapping[str, Any] | None  # what is known of the case, if a guard asks


class Net:
    """Every step that can be taken, from the opening on."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        starts = initial(definition)
        self.starts = [Place(state) for state in starts] if len(starts) == 1 else []  # else it is WF102
        self.out: dict[Place, list[Move]] = {}
        self._from: dict[str, list[tuple[Transition, tuple[Guard, ...], frozenset[str]]]] = {}
        self._told_apart: set[str] = set()  # the states in which a guard asks where the case came from
        self._guards(definition)
        self._walk()

    @property
    def moves(self) -> Iterator[Move]:
        """All steps, nearest to the opening first."""
        return (move for moves in self.out.values() for move in moves)

    def judged(self, move: Move, given: Given) -> int:
        """What can come out of the guard of a step; 0 when an alternative above it is never false, so that it is not
        looked at."""
        if move.around:
            given = Given(given.absent, given.filled, {**given.fixed, **move.around})
        for each in move.above:
            if not each.outcomes(given) & FALSE:
                return 0
        return move.guard.outcomes(given)

    def _guards(self, definition: Definition) -> None:
        """The ways out of each state with their guards, their own one last."""
        guards = {way.key: Guard.of(definition, way) for way in definition.ways}
        for way in definition.ways:
            for state in way.sources if way.by else ():
                here = self._from.setdefault(state, [])
                above = (guards[each.key] for each, _, _ in here if each.trigger == way.trigger)
                tried = (*above, guards[way.key])
                here.append((way, tried, NONE.union(*(each.reads for each in tried))))
                if CAME_FROM in guards[way.key].reads:
                    self._told_apart.add(state)

    def _walk(self) -> None:
        todo = deque(self.starts)
        while todo:
            place = todo.popleft()
            if place not in self.out:
                moves = [self._move(place, *each) for each in self._from.get(place.state, ())]
                self.out[place] = [each for each in moves if self.judged(each, NOTHING) & TRUE]
                todo.extend(each.target for each in self.out[place])

    def _move(self, place: Place, way: Transition, tried: tuple[Guard, ...], reads: frozenset[str]) -> Move:
        target = place
        if way.to is not None:
            target = Place(way.to, place.state if way.to in self._told_apart else "")
        around = self._around(place) if any(each.startswith("case.") for each in reads) else None
        return Move(place, way, target, tried[-1], tried[:-1], reads, around)

    def _around(self, place: Place) -> Mapping[str, Any]:
        state = self.definition.states[place.state]
        return {"case.state": state.key, "case.stage": state.stage, CAME_FROM: place.came_from or None}


net_of = Once(Net)  # the net of a definition
