"""Exact enumeration: every variable cut at the constants that occur, all cells decided at once.

A set of cells is one integer, a bit a cell: a guard over a thousand cells costs a few operations on such integers.
Exact as long as variables are compared with constants and with each other; calculation is `Inexact`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise, product
from math import prod
from typing import Any

from engine.definition.expression.closures import build
from engine.definition.expression.tree import (
    And,
    Arith,
    Call,
    Compare,
    Const,
    In,
    Minus,
    Name,
    Node,
    Not,
    Or,
    names_in,
    walk,
)
from engine.definition.proof.terms import EPOCH, Effort, Variable

CELLS = 100_000
Witness = Mapping[str, Any]


class Inexact(Exception):
    """Too many cells, or calculation with variables: enumeration cannot answer."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The cells where something is true, and those where it is false; it is unknown in all others."""

    true: int
    false: int


@dataclass(slots=True)
class Grid:
    """All cells of some variables; facts leave out those that cannot be."""

    values: Mapping[str, Sequence[Any]]
    every: int  # all cells
    whole: int  # those that can be
    _masks: Mapping[str, Sequence[int]]
    _effort: Effort
    _truths: dict[int, tuple[Node, Truth]] = field(
        default_factory=dict
    )  # by id: hashing a tree is slower than deciding it
    _atoms: dict[Node, Truth] = field(default_factory=dict)

    @classmethod
    def of(
        cls, values: Mapping[str, Sequence[Any]], facts: Iterable[Node] = (), effort: Effort | None = None
    ) -> Grid:
        """The grid of variables with these values (see `cuts`). Raises Inexact where there are too many cells."""
        count = prod(map(len, values.values()))
        if count > CELLS:
            raise Inexact(f"{count} cells")
        every = (1 << count) - 1
        grid = cls(values, every, every, _columns(values, count), effort or Effort())
        for fact in facts:
            grid.whole &= grid._truth(fact).true
        return grid

    def truth(self, node: Node) -> Truth:
        """Where a guard over this grid's variables is true, and where false."""
        found = self._truths.get(id(node))
        if found is None:
            truth = self._truth(node)
            found = node, Truth(truth.true & self.whole, truth.false & self.whole)
            self._truths[id(node)] = found
        return found[1]

    def witness(self, cells: int) -> Witness:
        """The values of the first of some cells."""
        lowest = cells & -cells
        return {
            name: self.values[name][next(at for at, mask in enumerate(masks) if mask & lowest)]
            for name, masks in self._masks.items()
        }

    def needed(self, cells: int) -> Witness:
        """The values of the first of some cells, without those that do not matter: whatever they are, it stays inside."""
        witness = self.witness(cells)
        kept = {name: self._masks[name][self.values[name].index(value)] for name, value in witness.items()}
        for name in tuple(kept):
            matching = self.whole
            for other, mask in kept.items():
                if other != name:
                    matching &= mask
            if not matching & ~cells:
                del kept[name]
        return {name: witness[name] for name in kept}

    def _truth(self, node: Node) -> Truth:
        self._effort.spend(1 + self.every.bit_length() // 5000)
        match node:
            case Not():
                inner = self._truth(node.operand)
                return Truth(inner.false, inner.true)
            case And():
                true, false = self.every, 0
                for each in map(self._truth, node.parts):
                    true, false = true & each.true, false | each.false
                return Truth(true, false)
            case Or():
                true, false = 0, self.every
                for each in map(self._truth, node.parts):
                    true, false = true | each.true, false & each.false
                return Truth(true, false)
            case Call() if not isinstance(node.arguments[0], Name):
                inner = self._truth(node.arguments[0])
                return Truth(inner.true | inner.false, self.every & ~(inner.true | inner.false))
        return self._atom(node)

    def _atom(self, node: Node) -> Truth:
        """One comparison, by trying the values of its variables; the same one may stand in many guards."""
        found = self._atoms.get(node)
        if found is None:
            found = self._atoms[node] = self._tried(node)
        return found

    def _tried(self, node: Node) -> Truth:
        names, decide = sorted(names_in(node)), build(node)
        self._effort.spend(
            prod(len(self.values[name]) for name in names) * (1 + self.every.bit_length() // 1000)
        )
        true = false = 0
        for places in product(*(range(len(self.values[name])) for name in names)):
            outcome = decide({name: self.values[name][at] for name, at in zip(names, places, strict=True)})
            if outcome is None:
                continue
            cells = self.every
            for name, at in zip(names, places, strict=True):
                cells &= self._masks[name][at]
            if outcome:
                true |= cells
            else:
                false |= cells
        return Truth(true, false)


def _columns(values: Mapping[str, Sequence[Any]], count: int) -> dict[str, list[int]]:
    """For each value of each variable the cells that have it (mixed radix, the last variable fastest)."""
    masks: dict[str, list[int]] = {}
    block = count
    for name, candidates in values.items():
        block //= len(candidates)
        period = block * len(candidates)
        repeated = ((1 << count) - 1) // ((1 << period) - 1)
        masks[name] = [(((1 << block) - 1) << (block * at)) * repeated for at in range(len(candidates))]
    return masks


# ------------------------------------------------------------------ the values that tell cells apart


def cuts(nodes: Iterable[Node], variables: Iterable[Variable]) -> dict[str, Sequence[Any]]:
    """For each variable values enough to tell apart all that `nodes` can; none for one that they calculate with."""
    constants: dict[str, set[Any]] = {each.name: set() for each in variables}
    leader = {name: name for name in constants}
    calculated: set[str] = set()

    def group(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    for node in (each for tree in nodes for each in walk(tree)):
        if isinstance(node, Compare | In):
            sides = (node.left, node.right) if isinstance(node, Compare) else (node.element, node.container)
            if any(isinstance(side, Arith | Minus) for side in sides):
                calculated |= names_in(node)
            names = [each.name for each in sides if isinstance(each, Name)]
            for one, other in pairwise(names):
                leader[group(one)] = group(other)
            for side in sides:
                if isinstance(side, Const):
                    found = side.value if isinstance(side.value, tuple) else (side.value,)
                    for name in names:
                        constants[name].update(found)
    members: dict[str, list[Variable]] = {}
    for each in variables:
        members.setdefault(group(each.name), []).append(each)
    values: dict[str, Sequence[Any]] = {}
    for together in members.values():
        points = {value for each in together for value in constants[each.name]}
        points |= {bound for each in together for bound in (each.low, each.high) if bound is not None}
        # Whole numbers first: a decimal compared with one may have to be equal to it, or between two of them.
        for each in sorted(together, key=lambda each: each.kind.name == "decimal"):
            options = _values(each, points, len(together))
            if each.kind.name == "integer":
                points |= set(options)
            values[each.name] = (*options, None) if each.missing else options
    return {name: () if name in calculated else values[name] for name in values}


def _values(variable: Variable, cuts: set[Any], many: int) -> tuple[Any, ...]:
    """Values that are all that comparisons with `cuts` and with `many` variables of one group can tell apart."""
    kind = variable.kind
    if kind.name == "boolean":
        return (True, False)
    if kind.name == "choice" and kind.options is not None:
        return kind.options
    if kind.name in ("integer", "decimal", "date", "datetime"):
        return tuple(_ordered(variable, cuts, many))
    return (*sorted(map(str, cuts)), *(f"…{number}" for number in range(1, many + 1)))


def _ordered(variable: Variable, cuts: set[Any], many: int) -> list[Any]:
    to, back, whole = _SCALES[variable.kind.name]
    points = sorted({Decimal(to(each)) for each in cuts})
    least, most = (1, date.max.toordinal()) if variable.kind.name == "date" else (None, None)
    low = least if variable.low is None else Decimal(to(variable.low))
    high = most if variable.high is None else Decimal(to(variable.high))
    found: set[Decimal] = set()
    for below, above in zip([None, *points], [*points, None], strict=True):
        found |= _between(below, above, many, whole)
    found |= {point for point in points if not whole or point == int(point)}
    inside = sorted(
        point for point in found if (low is None or point >= low) and (high is None or point <= high)
    )
    return [back(point) for point in inside]


def _between(below: Decimal | None, above: Decimal | None, many: int, whole: bool) -> set[Decimal]:
    """`many` points strictly between two cuts, or as many as there are."""
    if below is None and above is None:
        return {Decimal(each) for each in range(1, many + 1)}
    if not whole and below is not None and above is not None:
        return {below + (above - below) * part / (many + 1) for part in range(1, many + 1)}
    if below is None:
        assert above is not None
        top = above.to_integral_value(rounding="ROUND_CEILING")
        return {top - part for part in range(1, many + 1)}
    bottom = below.to_integral_value(rounding="ROUND_FLOOR")
    return {bottom + part for part in range(1, many + 1) if above is None or bottom + part < above}


def _same(value: Any) -> Any:
    return value


_SCALES: Mapping[str, Any] = {
    "integer": (_same, int, True),
    "decimal": (_same, _same, False),
    "date": (lambda day: day.toordinal(), lambda point: date.fromordinal(int(point)), True),
    "datetime": (
        lambda at: Decimal((at - EPOCH) // timedelta(minutes=1)),
        lambda point: EPOCH + timedelta(minutes=float(point)),
        False,
    ),
}
