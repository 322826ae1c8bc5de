"""One face for both provers: the exact count where it is possible, z3 elsewhere.

A question falls into parts that share no variable, each answered by itself: a guard of fourteen conditions is hard
for nobody, as few of them speak of the same things.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from engine.definition.expression.tree import And, Const, Node, Not, Or, names_in
from engine.definition.proof.grid import Grid, Inexact, cuts
from engine.definition.proof.terms import Effort, Undecided, Variable

Case = tuple[Node, bool]  # a guard and the truth value it is to have
Witness = Mapping[str, Any]
_Z3 = Lock()  # all its formulas are in one room, which knows no threads: one question at a time


@dataclass(slots=True)
class Prover:
    """Answers whether guards among `nodes` can have some truth values at once. facts: what always holds."""

    nodes: Sequence[Node]
    variables: Mapping[str, Variable]
    facts: Sequence[Node] = ()
    effort: Effort = field(default_factory=Effort)
    _linked: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by variable: what facts link it to
    _values: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    _words: Mapping[str, int] | None = None
    _grids: dict[frozenset[str], Grid | None] = field(default_factory=dict)
    _spaces: dict[frozenset[str], Any] = field(default_factory=dict)
    unsure: bool = False  # was there a question that nobody could answer?

    def __post_init__(self) -> None:
        self._linked = _linked(map(names_in, self.facts))
        self._values = cuts((*self.nodes, *self.facts), self.variables.values())

    def possible(self, *cases: Case) -> bool:
        """Can the guards have these truth values at once? Yes also where nobody can tell."""
        try:
            return self._find(cases, plain=True) is not None
        except Undecided:
            self.unsure = True
            return True

    def find(self, *cases: Case) -> Witness | None:
        """Values that give each guard its truth value, without those that do not matter.

        None: there are none, or nobody can tell.
        """
        try:
            return self._find(cases)
        except Undecided:
            self.unsure = True
            return None

    def _find(self, cases: Sequence[Case], *, plain: bool = False) -> Witness | None:
        found: dict[str, Any] = {}
        for names, part in self._parts([each for case in cases for each in _flat(*case)]):
            witness = self._answer(names, part, plain)
            if witness is None:
                return None
            found |= witness
        return found

    def _answer(self, names: frozenset[str], cases: Sequence[Case], plain: bool) -> Witness | None:
        if not names:  # constants alone
            return (
                {}
                if all(isinstance(node, Const) and node.value is wanted for node, wanted in cases)
                else None
            )
        grid = self._grid(names)
        self.effort.spend(100 if grid is None else 100 + grid.every.bit_length() // 10)
        if grid is not None:
            return by_cells(grid, cases, plain)
        with _Z3:
            return by_solver(self._space(names), cases, plain)

    def linked(self, names: Iterable[str]) -> frozenset[str]:
        """These variables, and all that facts link to them."""
        return frozenset().union(*(self._linked.get(name, (name,)) for name in names))

    def _parts(self, cases: Sequence[Case]) -> list[tuple[frozenset[str], list[Case]]]:
        """The cases by the variables they share, directly or through facts; the smallest part first."""
        groups: list[tuple[frozenset[str], list[Case]]] = []
        for case in cases:
            names, mine = self.linked(names_in(case[0])), [case]
            self.effort.spend(len(names))
            for group in [each for each in groups if each[0] & names]:
                groups.remove(group)
                names, mine = names | group[0], [*group[1], *mine]
            groups.append((names, mine))
        return sorted(groups, key=lambda each: len(each[0]))

    def _grid(self, names: frozenset[str]) -> Grid | None:
        if names not in self._grids:
            values = {name: self._values[name] for name in self.variables if name in names}
            try:
                exact = all(values.values())
                self._grids[names] = Grid.of(values, self._facts(names), self.effort) if exact else None
            except Inexact:
                self._grids[names] = None
        return self._grids[names]

    def _space(self, names: frozenset[str]) -> Any:
        if names not in self._spaces:
            from engine.definition.proof.smt import Space, words

            if self._words is None:
                self._words = words((*self.nodes, *self.facts), self.variables)
            self._spaces[names] = Space.of(
                {name: self.variables[name] for name in names}, self._words, self._facts(names), self.effort
            )
        return self._spaces[names]

    def _facts(self, names: frozenset[str]) -> list[Node]:
        return [fact for fact in self.facts if names_in(fact) <= names]


def _linked(bound: Iterable[frozenset[str]]) -> dict[str, frozenset[str]]:
    """For each variable all that it is linked to, over however many facts."""
    linked: dict[str, frozenset[str]] = {}
    for names in bound:
        together = names.union(*(linked.get(name, ()) for name in names))
        linked.update(dict.fromkeys(together, together))
    return linked


def by_cells(grid: Grid, cases: Sequence[Case], plain: bool = False) -> Witness | None:
    """By exact enumeration. plain: only whether there is a witness; which values matter is not asked."""
    cells = grid.whole
    for node, wanted in cases:
        truth = grid.truth(node)
        cells &= truth.true if wanted else truth.false
    if plain or not cells:
        return {} if cells else None
    return grid.needed(cells)


def by_solver(space: Any, cases: Sequence[Case], plain: bool = False) -> Witness | None:
    """By z3, likewise."""
    truths = [(space.truth(node), wanted) for node, wanted in cases]
    formulas = [each.true if wanted else each.false for each, wanted in truths]
    if plain:
        return {} if space.holds(*formulas) else None
    witness = space.find(*formulas)
    if witness is None:
        return None
    needed: Witness = space.needed(witness, *formulas)
    return needed


def _flat(node: Node, wanted: bool) -> Iterator[Case]:
    """A case as several where each has to hold by itself."""
    if isinstance(node, Not):
        yield from _flat(node.operand, not wanted)
    elif (isinstance(node, And) and wanted) or (isinstance(node, Or) and not wanted):
        for each in node.parts:
            yield from _flat(each, wanted)
    else:
        yield node, wanted
