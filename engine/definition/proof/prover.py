"""One face for both provers: the exact count where it is possible, z3 elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from engine.definition.expression.tree import Node
from engine.definition.proof.grid import Grid, Inexact
from engine.definition.proof.terms import Variable

Case = tuple[Node, bool]  # a guard and the truth value it is to have
Witness = Mapping[str, Any]


class Prover(Protocol):
    """Answers whether some guards can have some truth values at once."""

    def find(self, *cases: Case) -> Witness | None:
        """Values that give each guard its truth value, without those that do not matter; None: there are none."""


class ByCells:
    """By exact enumeration."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid

    def find(self, *cases: Case) -> Witness | None:
        """Values that give each guard its truth value."""
        cells = self._grid.whole
        for node, wanted in cases:
            truth = self._grid.truth(node)
            cells &= truth.true if wanted else truth.false
        return self._grid.needed(cells) if cells else None


class BySolver:
    """By z3."""

    def __init__(
        self, nodes: Sequence[Node], variables: Mapping[str, Variable], facts: Sequence[Node]
    ) -> None:
        from engine.definition.proof.smt import Space

        self._space = Space.of(nodes, variables, facts)

    def find(self, *cases: Case) -> Witness | None:
        """Values that give each guard its truth value."""
        truths = [(self._space.truth(node), wanted) for node, wanted in cases]
        formulas = [each.true if wanted else each.false for each, wanted in truths]
        witness = self._space.find(*formulas)
        return None if witness is None else self._space.needed(witness, *formulas)


def prover(nodes: Sequence[Node], variables: Mapping[str, Variable], facts: Sequence[Node] = ()) -> Prover:
    """The prover for questions about these guards."""
    try:
        return ByCells(Grid.of(nodes, variables, facts))
    except Inexact:
        return BySolver(nodes, variables, facts)
