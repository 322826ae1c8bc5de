"""Which fields are certainly filled in at each place: what forms, rule tables and effects do to them (must.py).

A required field of a form is filled, one that a guard cannot be true without, what `set` gives if that is known,
the table a row goes to. `clear` empties. What a person may empty by hand was filled in before all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from engine.definition.checks.absent import NONE, Given, looked_through
from engine.definition.checks.must import Change, Must
from engine.definition.checks.net import Move, Net
from engine.definition.expression import TRUE, Node, children
from engine.definition.expression.tree import Call, Column, Const, Fold, Name
from engine.definition.flow import Effect, Transition
from engine.definition.model import Decision, Definition, FormField


class Filling:
    """What the steps of a definition fill in."""

    def __init__(self, net: Net) -> None:
        self._net, self._definition = net, net.definition
        self._inputs = {key: _inputs(net.definition, each) for key, each in net.definition.decisions.items()}
        self.asked_at_opening = self._may_fill(net.definition.open.form)
        self._asked = {each.key: self._asked_by(each) for each in net.definition.ways}
        self._of_way = {each.key: self._changes(each) for each in net.definition.ways}
        self._cannot_lack: dict[Any, Change] = {}

    def must(self) -> Must:
        """What is certainly filled at each place. The changes of a step: by its guard, its form, and each effect."""
        form = self._form(self._definition.open.form)
        return Must(self._net, _required(form) | self._answers(form), self.changes)

    def changes(self, move: Move) -> list[Change]:
        """What a step does to the fields."""
        return [self._of_guard(move), *self._of_way[move.way.key]]

    def asked(self, way: Transition) -> frozenset[str]:
        """The names that the form of a step may fill in, with rule tables and accepted proposals."""
        return self._asked[way.key]

    def perhaps(self, way: Transition, before: frozenset[str]) -> frozenset[str]:
        """The fields that may be filled in after a step, from those that may be before it."""
        asked = NONE if way.proposes else self.asked(way)
        found = before | asked
        for effect in way.do:
            if effect.name == "set":
                found |= effect.arguments["values"].keys()
            elif effect.name == "clear":
                found -= frozenset(effect.arguments["fields"]) - asked
        return found

    def is_field(self, name: str) -> bool:
        """Is it a field, or what a track returned?"""
        return name in self._definition.fields or name.partition(".")[0] in self._definition.subcases

    def _asked_by(self, way: Transition) -> frozenset[str]:
        if way.appends:
            return frozenset((way.appends,))
        decided = self._definition.ways if way.accepts else ()
        return self._may_fill(way.form, *(each.form for each in decided if each.trigger == way.accepts))

    def _may_fill(self, *forms: str) -> frozenset[str]:
        fields = {each.key for form in forms for each in self._form(form)}
        return frozenset((*fields, *(each.gives for each in self._touched(fields))))

    def _of_guard(self, move: Move) -> Change:
        """The fields without which the step cannot be taken."""
        key = (move.way.key, move.above, move.source if move.around else None)
        if key not in self._cannot_lack:
            fields = (name for name in move.reads if self.is_field(name))
            self._cannot_lack[key] = Change(
                gives=[name for name in fields if not self._net.judged(move, Given(absent=(name,))) & TRUE]
            )
        return self._cannot_lack[key]

    def _changes(self, way: Transition) -> list[Change]:
        form = self._form(way.form)
        given = _required(form) | self._answers(form)
        if way.appends:
            given = frozenset((way.appends,))
        elif way.proposes:
            given = NONE
        changes, said = [Change(gives=given)], set(given)
        for effect in way.do:
            changes.append(self._of_effect(effect, way, said))
            said |= set(effect.arguments["values"]) if effect.name == "set" else set()
        return changes

    def _of_effect(self, effect: Effect, way: Transition, said: Collection[str]) -> Change:
        """said: what the step itself writes, which `clear` leaves alone."""
        if effect.name == "clear":
            return Change(takes=[each for each in effect.arguments["fields"] if each not in said])
        if effect.name != "set":
            return Change()
        row = {f"{way.appends}.{each}" for each in _required(self._form(way.form))} if way.appends else set()
        known = {
            key: _known_from(looked_through(each, self._definition.fields)[0], row)
            for key, each in effect.arguments["values"].items()
        }
        return Change(
            takes=[key for key, names in known.items() if names is None],
            copies={key: names for key, names in known.items() if names is not None},
        )

    def _form(self, key: str) -> tuple[FormField, ...]:
        return self._definition.forms[key].fields if key else ()

    def _touched(self, fields: Collection[str]) -> list[Decision]:
        """The rule tables that are asked when a form fills these fields."""
        decisions = self._definition.decisions
        return [each for key, each in decisions.items() if not self._inputs[key].isdisjoint(fields)]

    def _answers(self, form: Iterable[FormField]) -> frozenset[str]:
        """What rule tables answer because the form asks for the day they go by."""
        required = _required(form)
        return frozenset(each.gives for each in self._touched(required) if each.on in required)


@lru_cache(maxsize=1)
def filling_of(net: Net) -> Filling:
    """What the steps of a net fill in, worked out once for all rules that ask for it one after another."""
    return Filling(net)


def _required(form: Iterable[FormField]) -> frozenset[str]:
    return frozenset(each.key for each in form if each.required)


def _inputs(definition: Definition, decision: Decision) -> frozenset[str]:
    reads = (looked_through(each, definition.fields)[1] for each in decision.inputs.values())
    return frozenset((decision.on,)).union(*reads)


def _known_from(node: Node, row: Collection[str]) -> frozenset[str] | None:
    """The fields that make the value of `node` known if all of them are filled; None if nothing makes sure of it.

    row: the cells, as "table.column", that the row just added certainly has.
    """
    match node:
        case Const():
            return None if isinstance(node.value, str) and not node.value.strip() else NONE
        case Name():
            return _known_name(node.name)
        case Call(function="known"):
            return NONE
        case Fold(function="count", predicate=None) | Fold(function="streak"):
            return frozenset((node.table.name,))
        case Fold(function="last", column=Column() as column):
            return NONE if f"{column.table}.{column.name}" in row else None
        case Fold() | Column():
            return None
    found = [_known_from(each, row) for each in children(node)]
    return None if None in found else NONE.union(*(each for each in found if each is not None))


def _known_name(name: str) -> frozenset[str] | None:
    if name == "case.came_from":
        return None  # a case that was just opened came from nowhere
    around = name in ("today", "now") or name.partition(".")[0] in ("case", "actor", "subcases")
    return NONE if around else frozenset((name,))
