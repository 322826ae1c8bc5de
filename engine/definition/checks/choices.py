"""The choices of a definition: transitions that share a trigger in a state, tried from top to bottom; and what a prover
says of their guards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.definition.expression import Kind, write
from engine.definition.expression.tree import And, Const, Node
from engine.definition.flow import Condition, Transition
from engine.definition.model import Definition
from engine.definition.proof.prover import Prover
from engine.definition.proof.reach import filled_by_effects
from engine.definition.proof.terms import Effort, Terms

ALWAYS = Const(True, Kind.BOOLEAN)


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives of one trigger, in their order, and the states in which just these are tried."""

    trigger: str
    states: tuple[str, ...]
    alternatives: tuple[Transition, ...]


def choices(definition: Definition) -> Iterator[Choice]:
    """Every choice between at least two alternatives, once."""
    beside: dict[tuple[str, str], list[Transition]] = {}
    for each in definition.ways:
        for state in each.sources:
            beside.setdefault((state, each.trigger), []).append(each)
    states: dict[tuple[str, ...], list[str]] = {}
    for (state, _), ways in beside.items():
        if len(ways) > 1:
            states.setdefault(tuple(way.key for way in ways), []).append(state)
    for keys, where in states.items():
        alternatives = tuple(way for key in keys if (way := definition.way(key)))
        yield Choice(alternatives[0].trigger, tuple(where), alternatives)


Asked = tuple[list[Node], Prover, Terms]
# Several rules ask about the same guards. All of them together have one effort.
_last: tuple[Definition | None, dict[Any, Asked], Effort] = (None, {}, Effort())


def anew() -> None:
    """Forget what was asked: a run of all checks begins, with its whole effort before it."""
    global _last
    _last = (None, {}, Effort())


def asked(definition: Definition, states: Sequence[str], *guards: Sequence[Condition]) -> Asked:
    """Guards as trees over variables, each of several conditions, and the prover for them while a case is in `states`."""
    global _last
    of, ready, effort = _last
    if of is not definition:
        ready, effort = {}, Effort()
        _last = (definition, ready, effort)
    key = (tuple(states), tuple(tuple(id(each) for each in guard) for guard in guards))
    if key not in ready:
        terms = Terms(
            definition.fields, inside=_inside(definition, states), free=filled_by_effects(definition)
        )
        nodes = [_all([terms.simplified(each.expression) for each in guard]) for guard in guards]
        ready[key] = nodes, Prover(nodes, terms.variables, terms.facts(), effort), terms
    return ready[key]


def shown(asked: Asked, *cases: tuple[Node, bool]) -> Mapping[str, Any] | None:
    """Values that give guards their truth values and that can be believed.

    Two readings of one table may hang together in a way that no prover sees: such values are not told as an error.
    """
    _, prover, terms = asked
    witness = prover.find(*cases)
    return None if witness is None or terms.alike(witness) else witness


def _inside(definition: Definition, states: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What a case in one of these states knows of where it stands."""
    stages = dict.fromkeys(definition.states[each].stage for each in states)
    came = dict.fromkeys(source for way in definition.ways if way.to in states for source in way.sources)
    return {
        "case.state": tuple(states),
        "case.stage": tuple(filter(None, stages)),
        "case.came_from": tuple(came),
    }


def chosen_by(way: Transition) -> tuple[Condition, ...]:
    """What says that it is this alternative."""
    return tuple(each for each in way.when if each.chooses)


def told(witness: Mapping[str, Any]) -> list[str]:
    """Values as an author writes them: risk_level = "low", known(child_dob) = false."""
    return [
        f"known({name}) = false" if value is None else f"{name} = {_written(value)}"
        for name, value in witness.items()
    ]


def _written(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return write(Const(value, Kind.TEXT)) if isinstance(value, bool) else str(value)


def _all(parts: list[Node]) -> Node:
    flat = [part for each in parts for part in (each.parts if isinstance(each, And) else (each,))]
    return ALWAYS if not flat else flat[0] if len(flat) == 1 else And(tuple(flat))
