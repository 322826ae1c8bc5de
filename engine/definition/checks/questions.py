"""What rules ask a prover about the guards of a definition, and how they write its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.definition.checks.choices import Choice, choices
from engine.definition.checks.rule import Once
from engine.definition.expression import Kind
from engine.definition.expression.tree import And, Const, Node
from engine.definition.flow import Condition, Transition
from engine.definition.model import Definition
from engine.definition.proof.prover import Prover
from engine.definition.proof.reach import filled_by_effects
from engine.definition.proof.terms import Effort, Terms

ALWAYS = Const(True, Kind.BOOLEAN)


class Question:
    """The guards of some transitions as trees over variables, and the prover for them while a case is in `states`."""

    def __init__(
        self, definition: Definition, states: Sequence[str], ways: Sequence[Transition], shared: Questions
    ) -> None:
        self._terms = Terms(definition.fields, inside=_inside(definition, states), free=shared.free)
        nodes = [self._terms.simplified(each.expression) for way in ways for each in way.when]
        self._prover = Prover(nodes, self._terms.variables, self._terms.facts(), shared.effort)

    def guard(self, conditions: Sequence[Condition]) -> Node:
        """Several conditions of these transitions as one; without any it is always true."""
        parts = [self._terms.simplified(each.expression) for each in conditions]
        return ALWAYS if not parts else parts[0] if len(parts) == 1 else And(tuple(parts))

    def possible(self, conditions: Sequence[Condition], outcome: bool) -> bool:
        """Can these conditions come out so together? Yes also where nobody can tell."""
        return self._prover.possible((self.guard(conditions), outcome))

    def shown(self, *cases: tuple[Node, bool]) -> Mapping[str, Any] | None:
        """Values that give guards their truth values and that can be believed.

        Two readings of one table may hang together in a way that no prover sees: such values are not told as an error.
        """
        witness = self._prover.find(*cases)
        return None if witness is None or self._terms.alike(witness) else witness


class Questions:
    """What rules ask about the guards of a definition, and the effort that all their questions share."""

    def __init__(self, definition: Definition) -> None:
        self.effort = Effort()
        self.free = filled_by_effects(definition)
        self.choices = tuple(choices(definition))
        self._definition = definition
        self._choice_of = {way.key: each for each in self.choices for way in each.alternatives}
        self._ready: dict[tuple[tuple[str, ...], tuple[str, ...]], Question] = {}

    def of_choice(self, choice: Choice) -> Question:
        """About all alternatives of a choice."""
        return self._about(choice.states, choice.alternatives)

    def of_way(self, way: Transition) -> Question:
        """About one transition: together with its choice, where that is tried in just the same states."""
        choice = self._choice_of.get(way.key)
        if choice is not None and set(choice.states) == set(way.sources):
            return self.of_choice(choice)
        return self._about(way.sources, (way,))

    def _about(self, states: tuple[str, ...], ways: tuple[Transition, ...]) -> Question:
        key = (states, tuple(way.key for way in ways))
        if key not in self._ready:
            self._ready[key] = Question(self._definition, states, ways, self)
        return self._ready[key]


questions_of = Once(Questions)


def _inside(definition: Definition, states: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What a case in one of these states knows of where it stands."""
    stages = dict.fromkeys(definition.states[each].stage for each in states)
    came = dict.fromkeys(source for way in definition.ways if way.to in states for source in way.sources)
    return {
        "case.state": tuple(states),
        "case.stage": tuple(filter(None, stages)),
        "case.came_from": tuple(came),
    }
