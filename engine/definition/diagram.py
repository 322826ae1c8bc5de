"""The graph of a definition as data for drawing: states in lanes by stage, one edge a pair of states.

Pure: no coordinates of a screen and no words but the keys. Ways that do not move are not drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low

from engine.definition.model import Definition

ROW = 4  # states side by side: more would not be read without scrolling


@dataclass(frozen=True, slots=True)
class Node:
    """A state at a place: `lane` and `row` from the top (rows run on through the lanes), `column` from the left."""

    state: str
    lane: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Edge:
    """All ways from one state to another, by transition key."""

    source: str
    target: str
    transitions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """Lanes (stage keys, "" where there is none) in the order of `stages`; nodes from the top left; edges in that of the file."""

    lanes: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def diagram(definition: Definition) -> Diagram:
    """The graph of `definition`; reopening a final state is an edge too."""
    joined: dict[tuple[str, str], list[str]] = {}
    for source, target, transition in moves(definition):
        joined.setdefault((source, target), []).append(transition)
    lanes = _lanes(definition)
    nodes: list[Node] = []
    row = 0
    for lane, states in enumerate(lanes.values()):
        for columns in _rows(definition, states, joined):
            nodes += (Node(key, lane, row, column) for key, column in columns)
            row += 1
    edges = (Edge(source, target, tuple(keys)) for (source, target), keys in joined.items())
    return Diagram(tuple(lanes), tuple(nodes), tuple(edges))


def moves(definition: Definition) -> Iterator[tuple[str, str, str]]:
    """(from, to, transition key) of every way that leads elsewhere."""
    for way in definition.ways:
        if way.to is not None:
            yield from ((source, way.to, way.key) for source in way.sources if source != way.to)


def in_order(definition: Definition) -> list[str]:
    """The states as the stage bar has them, not as they happen to stand in the file; those of no stage last."""
    return [key for states in _lanes(definition).values() for key in states]


def _lanes(definition: Definition) -> dict[str, list[str]]:
    of_stage: dict[str, list[str]] = {stage: [] for stage in (*definition.stages, "")}
    for key, state in definition.states.items():
        of_stage[state.stage].append(key)
    return {stage: keys for stage, keys in of_stage.items() if keys}


def _rows(
    definition: Definition, states: Sequence[str], joined: dict[tuple[str, str], list[str]]
) -> Iterator[list[tuple[str, int]]]:
    """(state, column) row by row: the usual states first, the exceptional ones behind them, or below near their neighbours."""
    usual = [key for key in states if not definition.states[key].exceptional]
    others = [key for key in states if definition.states[key].exceptional]
    if len(states) <= ROW:
        yield [(key, column) for column, key in enumerate(usual + others)]
        return
    places: dict[str, int] = {}
    for some in _some(usual):
        places |= {key: column for column, key in enumerate(some)}
        yield [(key, column) for column, key in enumerate(some)]
    for some in _some(others):
        free = list(range(ROW))
        found = []
        for key in some:
            near = [at for other, at in places.items() if {(key, other), (other, key)} & joined.keys()]
            column = min(free, key=lambda each: abs(each - (median_low(near) if near else 0)))
            free.remove(column)
            found.append((key, column))
        yield sorted(found, key=lambda each: each[1])


def _some(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[first : first + ROW] for first in range(0, len(keys), ROW))
