"""The same questions by z3: for guards that calculate, or have too many cells to count.

Each tree becomes two formulas, that it is true and that it is false (de Moura and Bjørner, "Z3: An Efficient SMT
Solver", 2008). Imported when it is first needed: loading takes longer than most definitions take to check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import z3

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
    walk,
)
from engine.definition.proof.terms import EPOCH, Effort, Undecided, Variable

_OPERATORS: Mapping[str, Any] = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
}  # fmt: skip
z3.z3core.Z3_enable_concurrent_dec_ref(
    z3.main_ctx().ref()
)  # who is through lets go of formulas while another asks
_TRUE = z3.BoolVal(True)
ASKING = 5_000  # steps that asking costs, whatever the answer
EFFORT = 500_000  # steps of z3 for one question (some tenths of a second): the same answer on every machine


@dataclass(frozen=True, slots=True)
class Formula:
    """That a guard is true, that it is false; or a value, and that it is there."""

    true: Any
    false: Any


@dataclass(slots=True)
class Space:
    """All values of some variables, within facts. Ask for outcomes with `find`."""

    variables: Mapping[str, Variable]
    _solver: Any
    _effort: Effort
    _values: dict[str, Any]
    _there: dict[str, Any]
    _words: Mapping[str, int]
    _formulas: dict[int, tuple[Node, Formula]] = field(default_factory=dict)  # by id, as in grid.py

    @classmethod
    def of(
        cls,
        variables: Mapping[str, Variable],
        numbered: Mapping[str, int],
        facts: Sequence[Node] = (),
        effort: Effort | None = None,
    ) -> Space:
        """The space of these variables. numbered: the texts that occur in questions (see `words`)."""
        solver = z3.Solver()
        solver.set("rlimit", EFFORT)
        space = cls(variables, solver, effort or Effort(), {}, {}, numbered)
        for each in variables.values():
            space._declare(each)
        for fact in facts:
            space._solver.add(space.truth(fact).true)
        return space

    def truth(self, node: Node) -> Formula:
        """That a guard is true, and that it is false."""
        found = self._formulas.get(id(node))
        if found is None:
            found = self._formulas[id(node)] = (node, self._say(node))
        return found[1]

    def holds(self, *wanted: Any) -> bool:
        """Are there values for which all of these formulas hold? Raises Undecided."""
        return self._model(wanted, read=False) is not None

    def find(self, *wanted: Any) -> Mapping[str, Any] | None:
        """Values for which all of these formulas hold, or None: there are none. Raises Undecided."""
        model = self._model(wanted)
        if model is None:  # one that leaves everything open is empty, and no refusal
            return None
        return {name: self._read(model, each) for name, each in self.variables.items()}

    def _model(self, wanted: Sequence[Any], *, read: bool = True) -> Any:
        """Values, or None; read: or only that there are some, which costs much less."""
        self._solver.push()
        try:
            self._solver.add(*wanted)
            self._effort.spend(ASKING)
            before = _steps(self._solver)
            answer = self._solver.check()
            self._effort.spend(_steps(self._solver) - before)
            if answer == z3.unknown:
                raise Undecided
            if answer == z3.unsat:
                return None
            return self._solver.model() if read else True
        finally:
            self._solver.pop()

    def needed(self, witness: Mapping[str, Any], *wanted: Any) -> Mapping[str, Any]:
        """The values of a witness without those that do not matter: whatever they are, all of this holds."""
        kept = {name: self._is(self.variables[name], value) for name, value in witness.items()}
        broken = z3.Not(z3.And(*wanted))
        for name in tuple(kept):
            others = [each for other, each in kept.items() if other != name]
            with suppress(Undecided):  # then it stays
                if not self.holds(broken, *others):
                    del kept[name]
        return {name: witness[name] for name in kept}

    # ------------------------------------------------------------------ variables

    def _declare(self, variable: Variable) -> None:
        name, kind = variable.name, variable.kind.name
        self._there[name] = z3.Bool(f"{name}?") if variable.missing else _TRUE
        if kind == "boolean":
            self._values[name] = z3.Bool(name)
            return
        value = self._values[name] = z3.Real(name) if kind in ("decimal", "datetime") else z3.Int(name)
        if kind == "choice" and variable.kind.options is not None:
            self._solver.add(z3.Or(*(value == self._words[each] for each in variable.kind.options)))
        elif kind not in _MEASURED:
            self._solver.add(value >= 0)
        for bound, comparison in ((variable.low, ">="), (variable.high, "<=")):
            if bound is not None:
                self._solver.add(_OPERATORS[comparison](value, _number(bound)))

    def _read(self, model: Any, variable: Variable) -> Any:
        name, kind = variable.name, variable.kind.name
        if not z3.is_true(model.eval(self._there[name], model_completion=True)):
            return None
        value = model.eval(self._values[name], model_completion=True)
        if kind == "boolean":
            return z3.is_true(value)
        if kind in ("decimal", "datetime"):
            fraction = Fraction(value.numerator_as_long(), value.denominator_as_long())
            if kind == "datetime":
                return EPOCH + timedelta(minutes=float(fraction))
            return Decimal(fraction.numerator) / Decimal(fraction.denominator)
        number = value.as_long()
        if kind == "integer":
            return number
        if kind == "date":
            return date.fromordinal(min(max(number, 1), date.max.toordinal()))
        return next((word for word, at in self._words.items() if at == number), f"…{number}")

    def _is(self, variable: Variable, value: Any) -> Any:
        there = self._there[variable.name]
        if value is None:
            return z3.Not(there)
        return z3.And(there, self._values[variable.name] == self._constant(value))

    def _constant(self, value: Any) -> Any:
        if isinstance(value, str):
            return int(value[1:]) if value.startswith("…") else self._words[value]
        return value if isinstance(value, bool) else _number(value)

    # ------------------------------------------------------------------ trees

    def _say(self, node: Node) -> Formula:
        match node:
            case Const():
                return Formula(z3.BoolVal(node.value is True), z3.BoolVal(node.value is False))
            case Name():
                value, there = self._values[node.name], self._there[node.name]
                return Formula(z3.And(there, value), z3.And(there, z3.Not(value)))
            case Not():
                inner = self.truth(node.operand)
                return Formula(inner.false, inner.true)
            case And():
                parts = [self.truth(each) for each in node.parts]
                return Formula(z3.And(*(each.true for each in parts)), z3.Or(*(each.false for each in parts)))
            case Or():
                parts = [self.truth(each) for each in node.parts]
                return Formula(z3.Or(*(each.true for each in parts)), z3.And(*(each.false for each in parts)))
            case Compare():
                (a, known_a), (b, known_b) = self._value(node.left), self._value(node.right)
                return _known(_OPERATORS[node.operator](a, b), known_a, known_b)
            case In():
                assert isinstance(node.container, Const)
                value, known = self._value(node.element)
                one = z3.Or(*(value == self._constant(each) for each in node.container.value))
                return _known(z3.Not(one) if node.negated else one, known)
            case Call():
                _, known = self._value(node.arguments[0])
                return Formula(known, z3.Not(known))
        raise TypeError(type(node).__name__)

    def _value(self, node: Node) -> tuple[Any, Any]:
        """A value, and that it is there."""
        match node:
            case Const():
                return self._constant(node.value), _TRUE
            case Name():
                return self._values[node.name], self._there[node.name]
            case Minus():
                value, known = self._value(node.operand)
                return -value, known
            case Arith():
                (a, known_a), (b, known_b) = self._value(node.left), self._value(node.right)
                return _OPERATORS[node.operator](a, b), z3.And(known_a, known_b)
        truth = self.truth(node)  # a truth value compared with another
        return truth.true, z3.Or(truth.true, truth.false)


_MEASURED = ("integer", "decimal", "date", "datetime")


def _steps(solver: Any) -> int:
    """How many steps z3 has taken so far."""
    counted = solver.statistics()
    return int(counted.get_key_value("rlimit count")) if "rlimit count" in counted.keys() else 0  # noqa: SIM118


def _known(holds: Any, *known: Any) -> Formula:
    return Formula(z3.And(*known, holds), z3.And(*known, z3.Not(holds)))


def _number(value: Any) -> Any:
    if isinstance(value, datetime):
        return z3.RealVal(str(Fraction((value - EPOCH) // timedelta(microseconds=1), 60_000_000)))
    if isinstance(value, date):
        return z3.IntVal(value.toordinal())
    return z3.IntVal(value) if isinstance(value, int) else z3.RealVal(str(value))


def words(nodes: Iterable[Node], variables: Mapping[str, Variable]) -> dict[str, int]:
    """A number for each text that is an option or a constant; any other text is a number beyond them."""
    found = dict.fromkeys(option for each in variables.values() for option in each.kind.options or ())
    for node in (each for tree in nodes for each in walk(tree)):
        if isinstance(node, Const):
            values = node.value if isinstance(node.value, tuple) else (node.value,)
            found.update(dict.fromkeys(each for each in values if isinstance(each, str)))
    return {word: at for at, word in enumerate(found)}
