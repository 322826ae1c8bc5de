"""The choices of a definition: transitions that share a trigger in a state, tried from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.definition.flow import Condition, Transition
from engine.definition.model import Definition


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


def chosen_by(way: Transition) -> tuple[Condition, ...]:
    """What says that it is this alternative."""
    return tuple(each for each in way.when if each.chooses)
