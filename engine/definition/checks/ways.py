"""A way through a definition on which a fact does not hold, checked to be one that a case can go.

The shortest way of must.py follows one fact alone. Here it is gone step by step, with what is filled in and what
effects have set. Where a guard cannot be true, a step that does not move the case and changes what the guard reads is
put in, or another way is looked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from engine.definition.checks.absent import NONE, Given
from engine.definition.checks.filling import Filling
from engine.definition.checks.must import Must
from engine.definition.checks.net import Move, Net, Place
from engine.definition.expression import TRUE
from engine.definition.expression.tree import Const
from engine.definition.model import Field, FieldType

TRIES = 12  # changes to a way, before it is believed that there is none


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step to be looked at where a way ends: one of these outcomes of its guard, if some names are absent then."""

    move: Move
    outcomes: int = TRUE
    absent: frozenset[str] = NONE


@dataclass(frozen=True, slots=True)
class _Values:
    """What a case may hold: the names that perhaps are filled in, and values that are all a field can have (None:
    empty), because an effect has set it or a guard has let only these pass."""

    perhaps: frozenset[str]
    among: Mapping[str, Collection[Any]] = field(default_factory=dict)


class _Stuck(NamedTuple):
    """After how many steps a way to `place` ends, and the names whose values keep it from going on."""

    after: int
    place: Place
    names: frozenset[str]


class Ways:
    """Ways to a place on which a fact of `must` does not hold."""

    def __init__(self, net: Net, filling: Filling, must: Must) -> None:
        self._net, self._filling, self._must = net, filling, must

    def to(self, place: Place, fact: str, then: Wanted | None = None) -> list[str] | None:
        """The transitions of a short way to `place`; None if none was found."""
        without: frozenset[Move] = frozenset()  # steps that cannot be taken on such a way
        moves = self._must.way(place, fact)
        for _ in range(TRIES):
            if moves is None:
                return None
            stuck = self._stuck(moves, place, then)
            if stuck is None:
                return [each.way.key for each in moves]
            mended = self._mended(moves, stuck, fact, without)
            if mended is None and moves:
                without |= {moves[min(stuck.after, len(moves) - 1)]}
                mended = self._must.way(place, fact, without)
            moves = mended
        return None

    def _stuck(self, moves: list[Move], place: Place, then: Wanted | None) -> _Stuck | None:
        """Where the way cannot be gone on; None if it can be gone to its end."""
        values = _Values(self._filling.asked_at_opening)
        for number, wanted in enumerate([*(Wanted(each) for each in moves), *([then] if then else [])]):
            asked = self._filling.asked(wanted.move.way)  # the form may say anything of these
            among = {key: each for key, each in values.among.items() if key not in asked}
            given = self._given(wanted, values.perhaps, among)
            read = {key: each for key, each in among.items() if key in wanted.move.reads}
            passes = self._net.judged(wanted.move, given) & wanted.outcomes
            if not passes or not all(self._left(wanted, given, key, each) for key, each in read.items()):
                return _Stuck(number, place, frozenset((*given.absent, *read)) - wanted.absent)
            kept = values.among if wanted.move.way.proposes else among  # what is proposed changes nothing yet
            values = self._after(wanted, given, _Values(values.perhaps, kept))
        return None

    def _given(self, wanted: Wanted, perhaps: frozenset[str], among: Mapping[str, Collection[Any]]) -> Given:
        asked = self._filling.asked(wanted.move.way)
        reads = (wanted.move.reads - asked) & self._net.definition.fields.keys()
        return Given(
            absent={*wanted.absent, *(each for each in reads if each not in perhaps)},
            filled=asked,
            fixed={key: value for key in reads if len(among.get(key, ())) == 1 for value in among[key]},
        )

    def _left(self, wanted: Wanted, given: Given, name: str, among: Collection[Any]) -> list[Any]:
        """Those of the values of one field with which the outcome that is wanted can come."""
        tried = ((each, replace(given, fixed={**given.fixed, name: each})) for each in among)
        return [each for each, one in tried if self._net.judged(wanted.move, one) & wanted.outcomes]

    def _after(self, wanted: Wanted, given: Given, before: _Values) -> _Values:
        """What the guard lets pass, and what the effects set."""
        among = dict(before.among)
        for name in wanted.move.reads.difference(given.absent) if not wanted.move.way.proposes else ():
            values = among.get(name) or _all_of(self._net.definition.fields.get(name))
            left = self._left(wanted, given, name, values)
            if len(left) < len(values):
                among[name] = left
        for effect in wanted.move.way.do:
            if effect.name == "clear":
                among = {key: each for key, each in among.items() if key not in effect.arguments["fields"]}
            elif effect.name == "set":
                values = effect.arguments["values"]
                among = {key: each for key, each in among.items() if key not in values}
                trees = ((key, each.tree) for key, each in values.items())
                among |= {key: (_held(tree.value),) for key, tree in trees if isinstance(tree, Const)}
        return _Values(self._filling.perhaps(wanted.move.way, before.perhaps), among)

    def _mended(
        self, moves: list[Move], stuck: _Stuck, fact: str, without: frozenset[Move]
    ) -> list[Move] | None:
        """The way with a step put in, as late as can be, that stays in its place and changes what kept it."""
        for number in range(stuck.after, -1, -1):
            place = moves[number].source if number < len(moves) else stuck.place
            for step in self._net.out[place]:
                useful = step.target == place and stuck.names & self._filling.perhaps(step.way, NONE)
                if useful and step not in (*moves, *without) and self._must.still_lacks(step, fact):
                    return [*moves[:number], step, *moves[number:]]
        return None


def _held(value: Any) -> Any:
    """What a field holds after it was set: a blank text empties it."""
    return None if isinstance(value, str) and not value.strip() else value


def _all_of(field: Field | None) -> tuple[Any, ...]:
    """Every value that a field with few of them can have, none (None) included; nothing for other fields."""
    if field is None or field.compute:
        return ()
    if field.type is FieldType.BOOLEAN:
        return (None, True, False)
    return (None, *field.options) if field.type is FieldType.CHOICE else ()
