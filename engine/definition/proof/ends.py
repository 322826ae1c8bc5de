"""Whether a case can still come to an end from wherever it is, with what it holds there.

Unlike reach.py it keeps apart what cases in one state hold: what an effect has set, what was emptied, and for choices and
yes/no what a form was given, as long as a later step reads it without asking anew. Where that is too much to follow the
values of forms are held to be anything, and then states are not told apart: a case that is said to be stuck is stuck.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from engine.definition.expression.tree import names_in
from engine.definition.flow import Transition
from engine.definition.model import Definition, FieldType
from engine.definition.proof.reach import ANYTHING, CAME_FROM, EITHER, EMPTY, NOTHING, Held, Holds, Walk

PLACES, FILLINGS = (
    500,
    12,
)  # followed one by one, and of one form: with more its values are held to be anything
Case = tuple[str, tuple[tuple[str, Held], ...]]  # a state, and what is held there as far as it matters


@dataclass(slots=True)
class _Place:
    """before: the step that led here first. sure: some case surely comes here; seen: what guards have read on the way that
    is not known to the value, and may hang together. onward: the cases that follow."""

    before: tuple[Case, str] | None
    sure: bool
    seen: frozenset[str]
    onward: set[Case] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Stuck:
    """A case that can be and that no values lead to an end. steps: a way there. holds: the values, None for none."""

    state: str
    steps: tuple[str, ...]
    holds: Mapping[str, Any]


def stuck(walk: Walk) -> tuple[Stuck, ...]:
    """Where a case first comes to be so, once for each state; nothing where nobody can tell."""
    for apart in (True, False):
        search = _Search(walk, apart)
        if search.done():
            return () if walk.unsure else tuple(search.found())
    return ()


class _Search:
    def __init__(self, walk: Walk, apart: bool) -> None:
        definition = walk.definition
        self._definition, self._apart, self._walk = definition, apart, walk
        self._reads = {way.key: self._read(way) for way in definition.ways}
        self._live = _live(definition, self._walk, self._reads)
        self._places: dict[Case, _Place] = {}

    def done(self) -> bool:
        """Follows every case; False where there are too many."""
        waiting: deque[Case] = deque()
        form = self._definition.forms.get(self._definition.open.form)
        asked = frozenset(each.key for each in form.fields if not each.required_when) if form else frozenset()
        opened = self._walk.opened()
        given = (
            frozenset(name for name, held in opened.items() if held == EITHER) - asked
        )  # or not, by a parent
        for state in (each.key for each in self._definition.states.values() if each.initial):
            for holds in self._told_apart(opened, asked, state):
                self._arrive(self._case(state, holds), _Place(None, True, given), waiting)
        while waiting:
            if len(self._places) > PLACES:
                return False
            case = waiting.popleft()
            for way in self._walk.ways.get(case[0], ()):
                self._step(case, way, waiting)
        return True

    def _step(self, case: Case, way: Transition, waiting: deque[Case]) -> None:
        state, here = case[0], self._places[case]
        before = dict.fromkeys(self._definition.fields, EITHER) | dict(case[1])
        asked = self._walk.asked(way, before)
        target = way.to or state
        filled = _filled(self._definition, way)
        fillings = (
            [asked] if way.proposes else self._told_apart(asked, filled & self._kept(way, target), target)
        )
        for holds in fillings:
            if self._walk.stopped(way, state, holds) is not None:
                continue
            loose = frozenset(
                name
                for name in self._reads[way.key] - filled
                if len(holds.get(name, EITHER)) > 1 or ANYTHING in holds[name]
            )
            sure = here.sure and not loose & here.seen
            after = self._walk.after(way, before if way.proposes else holds, state)
            there = self._case(target, after)
            here.onward.add(there)
            seen = (here.seen | loose) - (filled | _set(way))
            self._arrive(there, _Place((case, way.key), sure, seen), waiting)

    def _arrive(self, case: Case, place: _Place, waiting: deque[Case]) -> None:
        known = self._places.get(case)
        if known is None or (place.sure and not known.sure):
            place.onward = known.onward if known else place.onward
            self._places[case] = place
            waiting.append(case)

    def found(self) -> Iterator[Stuck]:
        """The nearest of them in each state that a case comes to from where it could still have ended, or begins in."""
        ending = self._ending()
        told: set[str] = set()
        for case, place in self._places.items():
            entered = place.before is None or place.before[0] in ending
            if case not in ending and place.sure and entered and case[0] not in told:
                told.add(case[0])
                yield Stuck(case[0], self._steps(case), _values(case))

    def _ending(self) -> set[Case]:
        back: dict[Case, list[Case]] = {}
        for case, place in self._places.items():
            for there in place.onward:
                back.setdefault(there, []).append(case)
        todo = [case for case in self._places if self._definition.states[case[0]].final]
        ending = set(todo)
        while todo:
            for case in back.get(todo.pop(), ()):
                if case not in ending:
                    ending.add(case)
                    todo.append(case)
        return ending

    def _steps(self, case: Case) -> tuple[str, ...]:
        steps: list[str] = []
        while before := self._places[case].before:
            case, step = before
            steps.append(step)
        return tuple(reversed(steps))

    # ------------------------------------------------------------------ what is kept apart

    def _case(self, state: str, holds: Holds) -> Case:
        live = self._live[state]
        return state, tuple(
            sorted((name, held) for name, held in holds.items() if name in live and held != EITHER)
        )

    def _kept(self, way: Transition, target: str) -> frozenset[str]:
        return self._live[target] | self._reads[way.key]

    def _told_apart(self, holds: Holds, filled: frozenset[str], state: str) -> Iterator[Holds]:
        """The same with each value that a form may give for what matters afterwards."""
        names = (
            [name for name in sorted(filled) if name in self._live[state] and self._values(name)]
            if self._apart
            else []
        )
        options = [
            [frozenset((each,)) for each in (*self._values(name), *_none(holds[name]))] for name in names
        ]
        count = 1
        for each in options:
            count *= len(each)
        if count > FILLINGS:
            names, options = [], []
        for chosen in product(*options):
            yield {**holds, **dict(zip(names, chosen, strict=True))}

    def _values(self, name: str) -> tuple[Any, ...]:
        declared = self._definition.fields.get(name)
        if declared is None or declared.compute:
            return ()
        if declared.type is FieldType.BOOLEAN:
            return (True, False)
        if declared.type is not FieldType.CHOICE:
            return ()
        return tuple(key for key, each in declared.options.items() if not each.disabled)

    def _read(self, way: Transition) -> frozenset[str]:
        """The fields that its guard reads in the end, tables by their own name."""
        named: set[str] = set()
        for _, node in self._walk.guards[way.key]:
            named |= self._walk.linked(names_in(node))
        return frozenset(named)


def _live(
    definition: Definition, walk: Walk, reads: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """By state, what some later step reads as the case holds it, before it is asked or set anew."""
    live: dict[str, frozenset[str]] = dict.fromkeys(definition.states, frozenset())
    into: dict[str, set[str]] = {}
    for way in definition.ways:
        for state in way.sources:
            into.setdefault(way.to or state, set()).add(state)
    written = {way.key: _filled(definition, way) | _set(way) for way in definition.ways}
    stored = {way.key: reads[way.key] - _filled(definition, way) for way in definition.ways}
    todo = deque(definition.states)
    while todo:
        state = todo.popleft()
        found = live[state]
        for way in walk.ways.get(state, ()):
            later = live[way.to or state] - written[way.key] if not way.proposes else live[way.to or state]
            if way.to is not None:
                later -= {CAME_FROM}
            found |= stored[way.key] | later
        if found != live[state]:
            live[state] = found
            todo.extend(each for each in into.get(state, ()) if each not in todo)
            if state not in todo:
                todo.append(state)
    return live


def _filled(definition: Definition, way: Transition) -> frozenset[str]:
    """What the form of a step asks for, whatever else: what is required now and then may stay as it was."""
    if way.appends:
        return frozenset((way.appends,))
    form = definition.forms.get(way.form)
    return (
        frozenset(each.key for each in form.fields if not each.required_when and not each.only)
        if form
        else frozenset()
    )


def _set(way: Transition) -> frozenset[str]:
    names: set[str] = set()
    for effect in way.do:
        if effect.name == "set":
            names |= effect.arguments["values"].keys()
        elif effect.name == "clear":
            names |= set(effect.arguments["fields"])
    return frozenset(names)


def _none(held: Held) -> tuple[Any, ...]:
    return (NOTHING,) if NOTHING in held else ()


def _values(case: Case) -> dict[str, Any]:
    """What is known to the value there."""
    one = ((name, next(iter(held))) for name, held in case[1] if len(held) == 1 and held != EMPTY)
    known = {name: value for name, value in one if value is not ANYTHING and name != CAME_FROM}
    return known | {name: None for name, held in case[1] if held == EMPTY and name != CAME_FROM}
