"""The graph of a definition as data for drawing: states in lanes by stage, one edge a pair of states.

Pure: no coordinates of a screen and no words but the keys. Ways that do not move are not drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.definition.model import Definition

LANE = 5  # states in a lane of states without a stage


@dataclass(frozen=True, slots=True)
class Node:
    """A state at a place: `lane` from the top, `column` from the left, both from 0."""

    state: str
    lane: int
    column: int


@dataclass(frozen=True, slots=True)
class Edge:
    """All ways from one state to another, by transition key."""

    source: str
    target: str
    transitions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """Lanes (stage keys, "" where there is none) in the order of `stages`; nodes and edges in that of the file."""

    lanes: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def diagram(definition: Definition) -> Diagram:
    """The graph of `definition`; reopening a final state is an edge too."""
    lanes = _lanes(definition)
    nodes = (
        Node(key, number, column) for number, (_, keys) in enumerate(lanes) for column, key in enumerate(keys)
    )
    joined: dict[tuple[str, str], list[str]] = {}
    for source, target, transition in _moves(definition):
        joined.setdefault((source, target), []).append(transition)
    edges = (Edge(source, target, tuple(keys)) for (source, target), keys in joined.items())
    return Diagram(tuple(stage for stage, _ in lanes), tuple(nodes), tuple(edges))


def _lanes(definition: Definition) -> list[tuple[str, list[str]]]:
    """(stage, states) as the stage bar has them, not as states happen to stand in the file; those of no stage last."""
    of_stage: dict[str, list[str]] = {stage: [] for stage in (*definition.stages, "")}
    for key, state in definition.states.items():
        of_stage[state.stage].append(key)
    others = of_stage.pop("")
    rows = [others[first : first + LANE] for first in range(0, len(others), LANE)]
    return [(stage, keys) for stage, keys in of_stage.items() if keys] + [("", keys) for keys in rows]


def _moves(definition: Definition) -> Iterator[tuple[str, str, str]]:
    for way in definition.ways:
        if way.to is not None:
            for source in way.sources:
                yield source, way.to, way.key
