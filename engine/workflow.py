"""A definition version made ready to run: guards as closures, ways by state, one flat machine.

Compiled once a version and process; immutable and shared by all threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from engine.definition import expression
from engine.definition.flow import Condition, Transition
from engine.definition.model import Decision, Definition, Field, FieldType, Form, FormField
from engine.definition.text import Text
from engine.machine import FlatMachine

PROPOSED = ":"  # between a trigger and the field for which it proposes a value (proposals.py)
Env = Mapping[str, Any]
Evaluate = Callable[[Env], Any]
REMEMBERED = 1024  # answers of one kind


@dataclass(frozen=True, slots=True)
class CompiledCondition:
    """One conjunct of a guard: `holds` answers True, False or None (unknown); `possible` a mask of what may come."""

    condition: Condition
    holds: Evaluate
    possible: Callable[[Env, frozenset[str]], int]


@dataclass(frozen=True, slots=True)
class CompiledWay:
    """A transition with its form resolved. `asked`: the names its form fills; `pending`: all that may change by them.

    opens: the tracks it opens. of_holding: its guard reads under which function of the actor it is taken.
    """

    transition: Transition
    form: Form | None
    form_fields: tuple[FormField, ...]  # in order, none without a form
    fields: Mapping[str, Field]
    conditions: tuple[CompiledCondition, ...]
    required_when: Mapping[str, Evaluate]
    reads: frozenset[str]
    asked: frozenset[str]
    pending: frozenset[str]
    opens: tuple[str, ...]
    of_holding: bool


def held(trigger: str, name: str = "") -> str:
    """Where the case keeps what `trigger` proposes for a field; without a field, the list of them."""
    return f"{trigger}{PROPOSED}{name}"


class Workflow:
    """One definition version, ready to run."""

    def __init__(self, definition: Definition, number: int, sha256: str) -> None:
        self.definition, self.number, self.sha256 = definition, number, sha256
        # A definition never changes: what every step asks of it is worked out once.
        self._needed = lru_cache(REMEMBERED)(self._find_needed)
        self._touched = lru_cache(REMEMBERED)(self._find_touched)
        self.machine = FlatMachine(definition)
        self.initial = next(key for key, state in definition.states.items() if state.initial)
        self.computed: dict[str, Evaluate] = {
            key: expression.compile(each.compute) for key, each in definition.fields.items() if each.compute
        }
        self.decisions: dict[str, dict[str, Evaluate]] = {
            key: {name: expression.compile(each) for name, each in decision.inputs.items()}
            for key, decision in definition.decisions.items()
        }
        self.milestones = {key: expression.compile(each.when) for key, each in definition.milestones.items()}
        self.opening = self._compile(_opening(definition))
        self.ways = {each.key: self._compile(each) for each in definition.ways}
        self.effects: dict[tuple[str, int], dict[str, Evaluate]] = {
            (way.key, number): {
                key: expression.compile(each) for key, each in effect.arguments["values"].items()
            }
            for way in definition.ways
            for number, effect in enumerate(way.do)
            if effect.name in ("set", "open_case")
        }
        self._loads: dict[tuple[str, str], frozenset[str]] = {}
        self._loads_in: dict[str, frozenset[str]] = {}
        self._judged_in: dict[str, frozenset[str]] = {}
        self.timed = frozenset(_timed(definition))
        self._timed_reads = self.needed(self.timed)
        self._from: dict[str, tuple[CompiledWay, ...]] = {
            state: tuple(way for way in self.ways.values() if state in way.transition.sources)
            for state in definition.states
        }
        self._alternatives: dict[tuple[str, str], tuple[CompiledWay, ...]] = {}
        self.trigger_of = {way.transition.key: way.transition.trigger for way in self.ways.values()} | {
            "open": "open"
        }

    def ways_from(self, state: str) -> tuple[CompiledWay, ...]:
        """All ways out of `state`, in the order of the file."""
        return self._from.get(state, ())

    def alternatives(self, state: str, trigger: str) -> tuple[CompiledWay, ...]:
        """The ways out of `state` that share `trigger`."""
        found = self._alternatives.get((state, trigger))
        if found is None:
            found = tuple(way for way in self.ways_from(state) if way.transition.trigger == trigger)
            if found:  # what people mistype is not kept
                self._alternatives[state, trigger] = found
        return found

    def asked_by(self, trigger: str) -> frozenset[str]:
        """The names that the forms of a trigger fill, from whatever state."""
        return frozenset(
            name for way in self.ways.values() if way.transition.trigger == trigger for name in way.asked
        )

    def decisions_touched(self, changed: frozenset[str]) -> tuple[Decision, ...]:
        """The decisions of which an input reads one of the changed names."""
        return self._touched(changed)

    @cached_property
    def _readers(self) -> Mapping[str, frozenset[str]]:
        return {key: self.definition.fields[key].compute.reads for key in self.computed}  # type: ignore[union-attr]

    def affected(self, changed: Iterable[str]) -> frozenset[str]:
        """`changed` and the computed fields that depend on them."""
        names = set(changed)
        while more := {key for key, reads in self._readers.items() if key not in names and reads & names}:
            names |= more
        return frozenset(names)

    def needed(self, names: Iterable[str]) -> frozenset[str]:
        """`names` and what the computed fields among them read."""
        return self._needed(frozenset(names))

    def _find_touched(self, changed: frozenset[str]) -> tuple[Decision, ...]:
        affected = self.affected(changed)
        return tuple(
            decision
            for decision in self.definition.decisions.values()
            if (self._inputs_of(decision) | {decision.on}) & affected
        )

    def _find_needed(self, names: frozenset[str]) -> frozenset[str]:
        found: set[str] = set()
        todo = list(names)
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo.extend(self._readers.get(name, ()))
        return frozenset(found)

    def judged(self, way: CompiledWay) -> frozenset[str]:
        """The names whose values tell what stands against `way` before its form is filled in."""
        names = set(way.reads)
        for key in way.opens:
            names |= set(self.definition.subcases[key].gives)
        if proposal := way.transition.accepts or way.transition.declines:
            names |= {held(proposal), *(held(proposal, name) for name in self.asked_by(proposal))}
        elif way.transition.proposes:
            names.add(held(way.transition.trigger))
        return self.needed(names)

    def loads(self, way: CompiledWay) -> frozenset[str]:
        """The names whose stored values a step along `way` may read."""
        definition = self.definition
        names = set(self.judged(way) | way.asked | self.timed)
        for decision in self.decisions_touched(way.asked):
            names |= self._inputs_of(decision) | {
                decision.on,
                decision.gives,
                decision.confirms,
                decision.why,
            }
        for decision in definition.decisions.values():
            if decision.confirms in way.asked:
                names |= {decision.gives, decision.why}
        for effect in way.transition.do:
            if effect.name in ("set", "open_case"):
                for each in effect.arguments["values"].values():
                    names |= each.reads
        if proposal := way.transition.accepts or way.transition.declines:
            asked = self.asked_by(proposal)
            names |= asked
            for decision in self.decisions_touched(asked) if way.transition.accepts else ():
                names |= self._inputs_of(decision) | {decision.on, decision.gives}
        return self.needed(names - {""})

    def loads_of(self, state: str, trigger: str, brought: Iterable[str] = ()) -> frozenset[str]:
        """The same for all ways of `trigger` from `state`, and for the milestones that any event may reach.

        brought: the names whose new values the command brings. What they were before is read for time limits
        alone, and of a table of which something has to stay.
        """
        here = self.alternatives(state, trigger)
        if any(way.transition.appends or way.transition.proposes for way in here):
            return self._loads_of(state, trigger)
        asked = here[0].asked.union(*(way.asked for way in here[1:])) if here else frozenset()
        kept = {each.key for way in here for each in way.form_fields if each.only}
        return self._loads_of(state, trigger) - (asked.intersection(brought) - self._timed_reads - kept)

    def loads_in(self, state: str) -> frozenset[str]:
        """The same for all ways out of `state`."""
        if state not in self._loads_in:
            loads = (self._loads_of(state, way.transition.trigger) for way in self.ways_from(state))
            self._loads_in[state] = frozenset[str]().union(*loads)
        return self._loads_in[state]

    def judged_in(self, state: str) -> frozenset[str]:
        """The names whose values tell what stands against each way out of `state` before its form is filled in."""
        if state not in self._judged_in:
            names = (self.judged(way) for way in self.ways_from(state))
            self._judged_in[state] = frozenset[str]().union(*names)
        return self._judged_in[state]

    def shown_in(self, state: str) -> frozenset[str]:
        """The same, and what the computed fields read: what a file shows beside its own values."""
        return self.judged_in(state) | self.needed(self.computed)

    def read_anyway(self, state: str, trigger: str) -> frozenset[str]:
        """The names that a step of `trigger` reads whatever its form brings."""
        return self.loads_of(
            state, trigger, {name for way in self.alternatives(state, trigger) for name in way.asked}
        )

    def _loads_of(self, state: str, trigger: str) -> frozenset[str]:
        key = (state, trigger)
        if key not in self._loads:
            found = (self.loads(way) for way in self.alternatives(state, trigger))
            reached = (each.when.reads for each in self.definition.milestones.values())
            self._loads[key] = frozenset(name for each in (*found, *reached) for name in each)
        return self._loads[key]

    def field(self, name: str) -> Field | None:
        """A field of the definition, what a track returns (`education.enrolled_on`), or what is proposed, as a field."""
        if name in self.definition.fields:
            return self.definition.fields[name]
        _, apart, proposed = name.partition(PROPOSED)
        if apart and not proposed:
            return Field(key=name, type=FieldType.CHOICES, title=Text(), open=True)
        if apart:
            declared = self.field(proposed)
            return replace(declared.unindexed(), key=name) if declared else None
        key, _, returned = name.partition(".")
        subcase = self.definition.subcases.get(key)
        if subcase is None or returned not in subcase.returns:
            return None
        return Field(key=name, type=subcase.returns[returned], title=subcase.title, of="child")

    def _inputs_of(self, decision: Decision) -> frozenset[str]:
        return frozenset(name for each in decision.inputs.values() for name in each.reads)

    def _compile(self, transition: Transition) -> CompiledWay:
        definition = self.definition
        form = definition.forms[transition.form] if transition.form else None
        source = definition.fields[transition.appends].columns if transition.appends else definition.fields
        form_fields = form.fields if form else ()
        asked = (
            frozenset((transition.appends,))
            if transition.appends
            else frozenset(each.key for each in form_fields)
        )
        conditions = tuple(
            CompiledCondition(Condition(part, each.say), expression.compile(part), expression.possible(part))
            for each in transition.when
            for part in (expression.conjuncts(each.expression) if not each.say.vi else (each.expression,))
        )
        changed = self.affected(asked)
        pending = changed | self.affected(decision.gives for decision in self.decisions_touched(asked))
        reads = frozenset(name for each in conditions for name in each.condition.expression.reads)
        required = {each.key: each.required_when for each in form_fields if each.required_when}
        reads |= frozenset(name for each in required.values() for name in each.reads)
        return CompiledWay(
            transition=transition,
            form=form,
            form_fields=form_fields,
            fields={each.key: source[each.key] for each in form_fields},
            conditions=conditions,
            required_when={key: expression.compile(each) for key, each in required.items()},
            reads=reads,
            asked=asked,
            pending=pending,
            opens=tuple(each.arguments["key"] for each in transition.do if each.name == "open_subcase"),
            of_holding=bool(reads & {"actor.agency", "actor.area"}),
        )


def _timed(definition: Definition) -> Iterator[str]:
    """The fields that deadlines and repeats read: where they start, and by whose value they differ."""
    groups = [definition.deadlines, *(state.deadlines for state in definition.states.values())]
    for each in (deadline for group in groups for deadline in group.values()):
        yield from (limit.by for limit in each.within if limit.by)
        yield from (
            name for name in (each.start, each.or_from, each.pause_while) if name in definition.fields
        )
    for state in definition.states.values():
        for repeat in state.repeats.values():
            yield from (name for name in (repeat.every.by, repeat.pause_while) if name)


def _opening(definition: Definition) -> Transition:
    opening = definition.open
    initial = next(key for key, state in definition.states.items() if state.initial)
    return Transition(
        key="open", trigger="open", title=opening.title, sources=(), to=initial,
        by=opening.by, form=opening.form, law=opening.law,
    )  # fmt: skip
