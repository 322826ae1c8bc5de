"""The graph of states that the checks search: edges are transitions that move a case, once for each source.

Pure and linear in the size of the definition. `reopen` is no edge here: it is a decision to begin again,
not a way on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from engine.definition.model import Definition


@dataclass(frozen=True, slots=True)
class Edge:
    """A move from one state to another by a transition."""

    source: str
    transition: str
    target: str


def edges(definition: Definition) -> tuple[Edge, ...]:
    """All moves, in the order of the file."""
    return tuple(
        Edge(source, each.key, each.to)
        for each in definition.transitions.values()
        if each.to is not None
        for source in each.sources
    )


def initial(definition: Definition) -> tuple[str, ...]:
    """The states marked initial."""
    return tuple(key for key, state in definition.states.items() if state.initial)


def finals(definition: Definition) -> tuple[str, ...]:
    """The states in which a case is finished."""
    return tuple(key for key, state in definition.states.items() if state.final)


def reach(start: Collection[str], moves: Collection[Edge]) -> dict[str, Edge | None]:
    """Every state that can be reached from `start`, with the last move of a shortest way there.

    None stands for a state of `start` itself.
    """
    onward = _onward(moves)
    found: dict[str, Edge | None] = dict.fromkeys(start)
    queue = deque(start)
    while queue:
        for edge in onward.get(queue.popleft(), ()):
            if edge.target not in found:
                found[edge.target] = edge
                queue.append(edge.target)
    return found


def way(found: Mapping[str, Edge | None], state: str) -> list[str]:
    """The transitions of the way that `reach` found to `state`, in order."""
    steps: list[str] = []
    while edge := found[state]:
        steps.append(edge.transition)
        state = edge.source
    return steps[::-1]


def backward(moves: Collection[Edge]) -> tuple[Edge, ...]:
    """The same moves, turned round."""
    return tuple(Edge(edge.target, edge.transition, edge.source) for edge in moves)


def circles(moves: Collection[Edge]) -> Iterator[tuple[Edge, ...]]:
    """One circle for each group of states that all lead back to one another, from the group's first state."""
    for inside in _inside_groups(moves):
        start = inside[0].source
        found = reach([start], inside)
        last = next(edge for edge in inside if edge.target == start and edge.source in found)
        yield _circle(found, last)


def _inside_groups(moves: Collection[Edge]) -> list[list[Edge]]:
    """The moves that stay inside their group, by group, in the order in which the moves name the groups."""
    number = {state: at for at, group in enumerate(groups(moves)) for state in group}
    inside: dict[int, list[Edge]] = {}
    for edge in moves:
        if number[edge.source] == number[edge.target]:
            inside.setdefault(number[edge.source], []).append(edge)
    return list(inside.values())


def _circle(found: Mapping[str, Edge | None], last: Edge) -> tuple[Edge, ...]:
    steps = [last]
    while edge := found[steps[-1].source]:
        steps.append(edge)
    return tuple(steps[::-1])


def groups(moves: Collection[Edge]) -> list[frozenset[str]]:
    """The strongly connected groups of states, the single ones included (S. R. Kosaraju's two searches)."""
    onward, back = _onward(moves), _onward(backward(moves))
    order = _by_finish(onward)
    grouped: set[str] = set()
    found: list[frozenset[str]] = []
    for state in reversed(order):
        if state not in grouped:
            group = _gather(state, back, grouped)
            grouped |= group
            found.append(frozenset(group))
    return found


def _by_finish(onward: Mapping[str, Collection[Edge]]) -> list[str]:
    """States in the order in which a depth-first search leaves them for good."""
    seen: set[str] = set()
    order: list[str] = []
    for start in onward:
        stack = [(start, iter(onward[start]))] if start not in seen else []
        seen.add(start)
        while stack:
            edge = next(stack[-1][1], None)
            if edge is None:
                order.append(stack.pop()[0])
            elif edge.target not in seen:
                seen.add(edge.target)
                stack.append((edge.target, iter(onward.get(edge.target, ()))))
    return order


def _gather(start: str, back: Mapping[str, Collection[Edge]], without: Collection[str]) -> set[str]:
    group, todo = {start}, [start]
    while todo:
        for edge in back.get(todo.pop(), ()):
            if edge.target not in group and edge.target not in without:
                group.add(edge.target)
                todo.append(edge.target)
    return group


def _onward(moves: Collection[Edge]) -> dict[str, list[Edge]]:
    onward: dict[str, list[Edge]] = {}
    for edge in moves:
        onward.setdefault(edge.source, []).append(edge)
    return onward
