"""WF307: a guard, an effect or a time limit may read a field before anyone filled it in.

An unknown guard refuses the step, an effect then sets nothing, a limit by the value of a field does not run. Looked
for are only fields that the step's own form cannot fill in, and expressions that do not see to their absence
themselves; a limit only where every value of its field has one, so that the lack of a value can hardly be meant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain

from engine.definition.checks.absent import EITHER, Given, Outcomes, looked_through, outcomes
from engine.definition.checks.filling import filling_of
from engine.definition.checks.net import Move, Place, net_of
from engine.definition.checks.rule import Family, found, path_of
from engine.definition.checks.ways import Wanted, Ways
from engine.definition.expression import UNKNOWN, Expression
from engine.definition.findings import Finding, Severity
from engine.definition.flow import Limit, State, Transition
from engine.definition.model import Definition
from engine.definition.proof.terms import Undecided

CODE = "WF307"
SEVERITY = Severity.WARNING
TRUTHS = {"true", "false"}


@dataclass(frozen=True, slots=True)
class Read:
    """What stands at `path` reads `name` while it may be empty: on the step `move` from `place`, or being there."""

    path: str
    variant: str
    subject: str
    name: str
    place: Place
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """An expression that is read, with its computed fields looked through."""

    outcomes: Outcomes
    reads: frozenset[str]

    @classmethod
    def of(cls, expression: Expression, definition: Definition) -> Value:
        """That of an expression as it was written."""
        tree, reads = looked_through(expression, definition.fields)
        return cls(outcomes(tree), reads)


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """One finding for each reader and field, with a short way that leaves the field empty."""
    reading = Reading(definition)
    ways: dict[tuple[str, str], tuple[Read, list[str]]] = {}
    undecided: Undecided | None = None
    try:
        for read in chain(reading.guards(), reading.effects(), reading.limits()):
            key, way = (read.path, read.name), reading.way(read)
            if way is not None and (key not in ways or len(way) < len(ways[key][1])):
                ways[key] = (read, way)
    except Undecided as raised:
        undecided = raised
    for read, way in ways.values():
        yield found(
            definition, CODE, SEVERITY, read.path, read.variant,
            witness={"path": way, "field": read.name, "state": read.place.state},
            subject=read.subject, name=read.name, way=["open", *way],
        )  # fmt: skip
    if undecided:
        raise undecided


class Reading:
    """What reads which field before it is certainly filled in."""

    def __init__(self, definition: Definition) -> None:
        self._definition, self._net = definition, net_of(definition)
        self._filling = filling_of(self._net)
        self._filled = self._filling.must()
        self._ways = Ways(self._net, self._filling, self._filled)
        self._found: dict[tuple[Place, str, str], list[str] | None] = {}

    def guards(self) -> Iterator[Read]:
        """Guards that are unknown for lack of one field, whatever the form says."""
        for move in self._net.moves:
            asked = self._filling.asked(move.way)
            for name in sorted(move.guard.reads - asked):
                if self._filling.is_field(name) and not self._filled.holds(move.source, name):
                    given = Given(absent=(name,), filled=(self._filled.at(move.source) | asked) - {name})
                    if self._net.judged(move, given) & UNKNOWN:
                        yield Read(f"{path_of(move.way)}.when", "", move.way.key, name, move.source, move)

    def effects(self) -> Iterator[Read]:
        """Values that `set` takes from an empty field, or that the opening of a linked case cannot do without."""
        values = {way.key: list(self._values(way)) for way in self._definition.ways if way.do}
        for move in self._net.moves:
            for number, value in values.get(move.way.key, ()):
                if not self._lacking(value.reads, self._there(move)):
                    continue
                # What the form and the effects before this one fill in is worked out for the few that are left.
                there = self._filled.along(move, number + 2) | self._filling.asked(move.way)
                for name in self._unknown(value, there):
                    path = f"{path_of(move.way)}.do.{number}"
                    yield Read(path, "effect", move.way.key, name, move.source, move)

    def limits(self) -> Iterator[Read]:
        """Time limits by the value of a field, of which nobody knows the value when they should begin to run."""
        for place in self._net.out:
            for path, key, within in _of_state(self._definition.states[place.state]):
                for name in self._without_limit(within, self._filled.at(place)):
                    yield Read(path, "limit", key, name, place)
        for key, deadline in self._definition.deadlines.items():
            for move in (each for each in self._net.moves if each.way.key in deadline.starts):
                there = self._filled.at(move.source) | self._filled.along(move)
                for name in self._without_limit(deadline.within, there):
                    yield Read(f"deadlines.{key}", "limit", key, name, move.source, move)

    def way(self, read: Read) -> list[str] | None:
        """The steps of a short way on which the field is empty when it is read; None if none can be gone."""
        key = (read.place, read.name, "" if read.variant or not read.move else read.move.way.key)
        if key not in self._found:
            then = Wanted(read.move, UNKNOWN, frozenset((read.name,))) if read.move and key[2] else None
            self._found[key] = self._ways.to(read.place, read.name, then)
        started = [read.move.way.key] if read.move and read.variant == "limit" else []
        way = self._found[key]
        return None if way is None else [*way, *started]

    def _there(self, move: Move) -> frozenset[str]:
        return self._filled.at(move.source) | self._filling.asked(move.way)

    def _lacking(self, names: Collection[str], there: Collection[str]) -> list[str]:
        return sorted(each for each in names if each not in there and self._filling.is_field(each))

    def _values(self, way: Transition) -> Iterator[tuple[int, Value]]:
        """Each value that matters, with the number of its effect."""
        opening = self._definition.forms.get(self._definition.open.form)
        required = {each.key for each in opening.fields if each.required} if opening else set()
        for number, effect in enumerate(way.do):
            values = effect.arguments["values"] if effect.name in ("set", "open_case") else {}
            for key, each in values.items():
                if each.reads and (effect.name == "set" or key in required):
                    yield number, Value.of(each, self._definition)

    def _by(self, name: str) -> Value:
        """The value of a field by which a limit goes."""
        compute = self._definition.fields[name].compute
        if compute:
            return Value.of(compute, self._definition)
        return Value(lambda given: UNKNOWN if name in given.absent else EITHER, frozenset((name,)))

    def _unknown(self, value: Value, there: Collection[str]) -> Iterator[str]:
        """The fields for lack of which the value is unknown."""
        for name in self._lacking(value.reads, there):
            if value.outcomes(Given(absent=(name,), filled=there)) & UNKNOWN:
                yield name

    def _without_limit(self, within: Collection[Limit], there: Collection[str]) -> Iterator[str]:
        """The fields whose lack leaves the case without a limit, though each of their values has one."""
        if not all(each.by for each in within):
            return
        lacking = [list(self._unknown(self._by(each.by), there)) for each in within]
        for limit, names in zip(within, lacking, strict=True) if all(lacking) else ():
            options = self._definition.fields[limit.by].options.values()
            if limit.durations.keys() >= ({each.key for each in options if not each.disabled} or TRUTHS):
                yield from names


def _of_state(state: State) -> Iterator[tuple[str, str, tuple[Limit, ...]]]:
    """Path, key and durations of each time limit of a state."""
    for key, deadline in state.deadlines.items():
        yield f"states.{state.key}.deadlines.{key}", key, deadline.within
    for key, repeat in state.repeats.items():
        yield f"states.{state.key}.repeats.{key}", key, (repeat.every,)
