"""The graph of a definition as data for drawing: states in lanes by stage, one edge a pair of states.

Pure: no coordinates of a screen and no words but the keys. Ways that do not move are not drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.definition.model import Definition

LANE = 5  # states in a lane where a definition names no stages


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
    """Lanes (stage keys, "" where there is none), nodes and edges in the order of the file."""

    lanes: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def diagram(definition: Definition) -> Diagram:
    """The graph of `definition`; reopening a final state is an edge too."""
    lanes: list[tuple[str, list[str]]] = []
    for key, state in definition.states.items():
        same = [lane for lane in lanes if lane[0] == state.stage and (state.stage or len(lane[1]) < LANE)]
        if not same:
            same = [(state.stage, [])]
            lanes += same
        same[-1][1].append(key)
    nodes = (
        Node(key, number, column) for number, (_, keys) in enumerate(lanes) for column, key in enumerate(keys)
    )
    joined: dict[tuple[str, str], list[str]] = {}
    for source, target, transition in _moves(definition):
        joined.setdefault((source, target), []).append(transition)
    edges = (Edge(source, target, tuple(keys)) for (source, target), keys in joined.items())
    return Diagram(tuple(stage for stage, _ in lanes), tuple(nodes), tuple(edges))


def _moves(definition: Definition) -> Iterator[tuple[str, str, str]]:
    for way in definition.ways:
        if way.to is not None:
            for source in way.sources:
                yield source, way.to, way.key
