"""Whether a case can still come to an end from wherever it is, with what it holds there.

Unlike reach.py it keeps apart what cases in one state hold: what an effect has set, what was emptied, and for choices and
yes/no what a form was given, as long as a later step reads it without asking anew. Where there are too many of them, further
cases in a state are taken together, so that more seems possible than is: a case that is said to be stuck is stuck.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from engine.definition.flow import Transition
from engine.definition.model import Definition, FieldType
from engine.definition.proof.reach import (
    ANYTHING,
    CAME_FROM,
    EITHER,
    EMPTY,
    NOTHING,
    Held,
    Holds,
    Walk,
)

APART, PLACES = 40, 60  # cases kept apart in a state, and of all states together beyond the first of each
FILLINGS = 12  # values of one form kept apart; with more they are held to be anything
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
    search = _Search(walk)
    if not search.matters:
        return ()  # cases in one state are all alike: what they can come to is told of the state
    search.followed()
    return () if walk.unsure else tuple(search.found())


class _Search:
    def __init__(self, walk: Walk) -> None:
        self._definition, self._walk = walk.definition, walk
        self._filled = {way.key: _filled(walk.definition, way) for way in walk.definition.ways}
        self._written = {way.key: self._filled[way.key] | _set(way) for way in walk.definition.ways}
        self._live = self._lived()
        self._most = PLACES + len(walk.definition.states)
        self._places: dict[Case, _Place] = {}
        self._number: dict[str, int] = {}  # of places, by state
        self._wide: dict[str, Case] = {}  # what stands for all further cases in a crowded state
        self._waiting: deque[Case] = deque()
        self._together: dict[str, Case] = {}

    @property
    def matters(self) -> bool:
        """Is anything of what cases hold ever read?"""
        return any(self._live.values())

    def followed(self) -> None:
        """Follows every case from the opening on; those taken together last, when most of them have come."""
        form = self._definition.forms.get(self._definition.open.form)
        asked = frozenset(each.key for each in form.fields if not each.required_when) if form else frozenset()
        opened = self._walk.opened()
        given = (
            frozenset(name for name, held in opened.items() if held == EITHER) - asked
        )  # or not, by a parent
        for state in (each.key for each in self._definition.states.values() if each.initial):
            for holds in self._told_apart(opened, asked, state):
                self._arrive(state, holds, _Place(None, True, given))
        while self._waiting or self._together:
            case = self._waiting.popleft() if self._waiting else self._together.popitem()[1]
            for way in self._walk.ways.get(case[0], ()):
                self._step(case, way)

    def _step(self, case: Case, way: Transition) -> None:
        state, here = case[0], self._places[case]
        before = dict.fromkeys(self._definition.fields, EITHER) | dict(case[1])
        asked = self._walk.asked(way, before)
        target, filled = way.to or state, self._filled[way.key]
        apart = here.sure and not way.proposes and not self._crowded(target)
        for holds in self._told_apart(asked, filled, target) if apart else [asked]:
            if self._walk.stopped(way, state, holds) is not None:
                continue
            loose = frozenset(
                name for name in self._walk.reads(way) - filled
                if len(holds.get(name, EITHER)) > 1 or ANYTHING in holds[name]
            )  # fmt: skip
            sure = here.sure and not loose & here.seen
            after = self._walk.after(way, before if way.proposes else holds, state)
            place = _Place((case, way.key), sure, (here.seen | loose) - self._written[way.key])
            here.onward.add(self._arrive(target, after, place))

    def _arrive(self, state: str, holds: Holds, place: _Place) -> Case:
        case = self._case(state, holds)
        if case not in self._places and self._crowded(state):
            return self._taken_together(state, case, place)
        known = self._places.get(case)
        if known is None or (place.sure and not known.sure):
            if known:
                place.onward = known.onward
            else:
                self._number[state] = self._number.get(state, 0) + 1
            self._places[case] = place
            self._waiting.append(case)
        return case

    def _taken_together(self, state: str, case: Case, place: _Place) -> Case:
        """One case that stands for all further ones in a state; when it has to stand for more it is followed anew."""
        before = self._wide.get(state)
        wide = (state, _joined(before[1], case[1])) if before else case
        if wide != before:
            self._wide[state] = self._together[state] = wide
            place.sure = False
            self._places.setdefault(wide, place)
            if before:
                self._places[before].onward.add(wide)
        return wide

    def _crowded(self, state: str) -> bool:
        number = self._number.get(state, 0)
        return number >= APART or (number > 0 and len(self._places) >= self._most)

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

    def _told_apart(self, holds: Holds, filled: frozenset[str], state: str) -> Iterator[Holds]:
        """The same with each value that a form may give for what matters afterwards."""
        names = [name for name in sorted(filled & self._live[state]) if self._values(name)]
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

    def _lived(self) -> dict[str, frozenset[str]]:
        """By state, what some later step reads as the case holds it, before it is asked or set anew."""
        live: dict[str, frozenset[str]] = dict.fromkeys(self._definition.states, frozenset())
        names = {*self._definition.fields, CAME_FROM}
        into: dict[str, set[str]] = {}
        for way in self._definition.ways:
            for state in way.sources:
                into.setdefault(way.to or state, set()).add(state)
        todo = deque(self._definition.states)
        while todo:
            state = todo.popleft()
            found = live[state]
            for way in self._walk.ways.get(state, ()):
                later = live[way.to or state]
                if not way.proposes:
                    later -= self._written[way.key]
                if way.to is not None:
                    later -= {CAME_FROM}
                found |= ((self._walk.reads(way) - self._filled[way.key]) & names) | later
            if found != live[state]:
                live[state] = found
                todo.extend(each for each in (state, *into.get(state, ())) if each not in todo)
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


def _joined(
    one: tuple[tuple[str, Held], ...], other: tuple[tuple[str, Held], ...]
) -> tuple[tuple[str, Held], ...]:
    """What cases of either sort hold; what is left out may be anything or nothing."""
    held = dict(other)
    both = ((name, each | held[name]) for name, each in one if name in held)
    wide = ((name, each & EITHER if ANYTHING in each else each) for name, each in both)
    return tuple((name, each) for name, each in wide if each != EITHER)


def _none(held: Held) -> tuple[Any, ...]:
    return (NOTHING,) if NOTHING in held else ()


def _values(case: Case) -> dict[str, Any]:
    """What is known to the value there."""
    one = ((name, next(iter(held))) for name, held in case[1] if len(held) == 1 and held != EMPTY)
    known = {name: value for name, value in one if value is not ANYTHING and name != CAME_FROM}
    return known | {name: None for name, held in case[1] if held == EMPTY and name != CAME_FROM}
