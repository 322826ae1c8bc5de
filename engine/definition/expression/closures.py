"""From typed tree to closures over the flat environment: how a guard is evaluated, in under a microsecond.

None is unknown, everywhere (Kleene's three values). Common shapes have closures of their own: a field against
a constant, a field in a list, the number of rows against a constant. Nothing is generated or executed as
text.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from engine.definition.expression import functions
from engine.definition.expression.errors import GuardFault
from engine.definition.expression.kinds import Kind
from engine.definition.expression.kleene import all_of, any_of
from engine.definition.expression.tree import (
    And,
    Arith,
    Call,
    Column,
    Compare,
    Const,
    Expression,
    Fold,
    In,
    Minus,
    Name,
    Node,
    Not,
    Or,
    names_in,
    walk,
)

Env = Mapping[str, Any]
Evaluate = Callable[[Env], Any]
Rows = tuple[Mapping[str, Any], ...]
Candidates = Callable[[Env], Sequence[Any] | None]
Predicate = Callable[[Env, Rows], Iterable[bool | None]]

# Where a predicate that reads names beside columns finds its row. No author can write this name.
ROW = "\0row"

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "+": operator.add, "-": operator.sub, "*": operator.mul,
}  # fmt: skip
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compiled(expression: Expression) -> Evaluate:
    """The expression as a function of the environment; made once, kept with the expression.

    The environment is one flat mapping of the names in `expression.reads` (absent or None: unknown), with the
    working calendar under "calendar" if the expression counts working days. A guard answers True, False or
    None. Raises GuardFault for whatever goes wrong inside.
    """
    ready: Evaluate | None = expression.ready.get("value")
    if ready is None:
        ready = expression.ready["value"] = _guarded(expression.source, build(expression.tree))
    return ready


def _guarded(source: str, inner: Evaluate) -> Evaluate:
    def evaluate(env: Env) -> Any:
        try:
            return inner(env)
        except Exception as error:
            raise GuardFault(source, error) from error

    return evaluate


def build(node: Node, rows: bool = False) -> Evaluate:
    """The closure of one node, without the guard around it.

    rows: columns are read from the row under `ROW`; else the environment itself is the row.
    """
    match node:
        case Const():
            value = node.value
            return lambda env: value
        case Name():
            return _truth(node.name) if node.kind.name == "boolean" else _read(node.name)
        case Column():
            return _column(node, rows)
        case Not():
            return _not(build(node.operand, rows))
        case And():
            return _and([build(each, rows) for each in node.parts])
        case Or():
            return _or([build(each, rows) for each in node.parts])
        case Compare():
            return _compare(node, rows)
        case In():
            return _in(node, rows)
        case Arith():
            return _both(_OPERATORS[node.operator], build(node.left, rows), build(node.right, rows))
        case Minus():
            return _one(operator.neg, build(node.operand, rows))
        case Call():
            return _call(node, rows)
        case Fold():
            return _fold(node)


def _read(name: str) -> Evaluate:
    return lambda env: env.get(name)


def _truth(name: str) -> Evaluate:
    return lambda env: _checked(env.get(name))


def _checked(value: Any) -> Any:
    """A truth value as it is; anything else would pass for true and is a fault."""
    if value is True or value is False or value is None:
        return value
    raise TypeError("neither true nor false")


def _column(node: Column, rows: bool) -> Evaluate:
    name = node.name
    if not rows:
        return _truth(name) if node.kind.name == "boolean" else _read(name)
    if node.kind.name == "boolean":
        return lambda env: _checked(env[ROW].get(name))
    return lambda env: env[ROW].get(name)


def _not(inner: Evaluate) -> Evaluate:
    def evaluate(env: Env) -> bool | None:
        value = inner(env)
        return None if value is None else not value

    return evaluate


def _and(parts: list[Evaluate]) -> Evaluate:
    if len(parts) == 2:
        first, second = parts

        def evaluate_two(env: Env) -> bool | None:
            one = first(env)
            if one is False:
                return False
            other = second(env)
            if other is False:
                return False
            return None if one is None or other is None else True

        return evaluate_two

    def evaluate(env: Env) -> bool | None:
        return all_of(part(env) for part in parts)

    return evaluate


def _or(parts: list[Evaluate]) -> Evaluate:
    def evaluate(env: Env) -> bool | None:
        return any_of(part(env) for part in parts)

    return evaluate


def _one(function: Callable[[Any], Any], inner: Evaluate) -> Evaluate:
    def evaluate(env: Env) -> Any:
        value = inner(env)
        return None if value is None else function(value)

    return evaluate


def _both(function: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    def evaluate(env: Env) -> Any:
        a, b = left(env), right(env)
        return None if a is None or b is None else function(a, b)

    return evaluate


def _compare(node: Compare, rows: bool) -> Evaluate:
    left, right = node.left, node.right
    comparison: str = node.operator
    if isinstance(left, Const):
        left, right, comparison = right, left, _MIRRORED[comparison]
    function = _OPERATORS[comparison]
    if _counts_some(left) or _counts_some(right):
        return _compare_counts(comparison, _candidates(left, rows), _candidates(right, rows))
    if isinstance(right, Const) and isinstance(left, Name) and left.kind.name != "boolean":
        return _name_with_constant(function, left.name, right.value)
    if isinstance(right, Const) and isinstance(left, Fold) and left.function == "count":
        return _count_with_constant(function, left.table.name, right.value)
    return _both(function, build(left, rows), build(right, rows))


def _name_with_constant(function: Callable[[Any, Any], Any], name: str, constant: Any) -> Evaluate:
    def evaluate(env: Env) -> bool | None:
        value = env.get(name)
        return None if value is None else function(value, constant)

    return evaluate


def _count_with_constant(function: Callable[[Any, Any], Any], table: str, constant: int) -> Evaluate:
    def evaluate(env: Env) -> bool | None:
        rows = env.get(table)
        return None if rows is None else function(len(rows), constant)

    return evaluate


def _counts_some(node: Node) -> TypeGuard[Fold]:
    return isinstance(node, Fold) and node.function == "count" and node.predicate is not None


def _candidates(node: Node, rows: bool) -> Candidates:
    """Every value that one side of a comparison may have, in order: several only while rows are undecided."""
    if _counts_some(node):
        return _counted(node)
    inner = build(node, rows)

    def evaluate(env: Env) -> Sequence[Any] | None:
        value = inner(env)
        return None if value is None else (value,)

    return evaluate


def _compare_counts(comparison: str, left: Candidates, right: Candidates) -> Evaluate:
    """Decided as soon as the rows that are decided suffice: one night job is `count(jobs, night) >= 1`."""
    function = _OPERATORS[comparison]

    def evaluate(env: Env) -> bool | None:
        a, b = left(env), right(env)
        if a is None or b is None:
            return None
        if comparison in ("==", "!=") and len(a) + len(b) > 2:
            return None if any(each in b for each in a) else comparison == "!="
        outcomes = {function(one, other) for one in (a[0], a[-1]) for other in (b[0], b[-1])}
        return outcomes.pop() if len(outcomes) == 1 else None

    return evaluate


def _in(node: In, rows: bool) -> Evaluate:
    element, container, negated = build(node.element, rows), node.container, node.negated
    if isinstance(container, Const):
        options = frozenset(container.value)
        if isinstance(node.element, Name):
            return _name_in_constants(node.element.name, options, negated)
        return _one(lambda value: (value in options) is not negated, element)
    return _both(lambda value, found: (value in found) is not negated, element, build(container, rows))


def _name_in_constants(name: str, options: frozenset[Any], negated: bool) -> Evaluate:
    def evaluate(env: Env) -> bool | None:
        value = env.get(name)
        return None if value is None else (value in options) is not negated

    return evaluate


def _call(node: Call, rows: bool) -> Evaluate:
    arguments = [build(each, rows) for each in node.arguments]
    match node.function:
        case "known":
            [argument] = arguments
            return lambda env: argument(env) is not None
        case "count":
            return _one(len, arguments[0])
        case "age":
            return _both(functions.age, *arguments)
        case "days_between":
            return _both(functions.days_between, *arguments)
        case "hours_between":
            return _both(functions.hours_between, *arguments)
    first, second = arguments

    def evaluate(env: Env) -> int | None:
        start, end = first(env), second(env)
        if start is None or end is None:
            return None
        return functions.working_days_between(env["calendar"], start, end)

    return evaluate


def _fold(node: Fold) -> Evaluate:
    table, column = node.table.name, node.column.name if node.column else ""
    holds = _predicate(node.predicate)
    match node.function:
        case "count":
            return _settled(_counted(node)) if node.predicate is not None else _one(len, _read(table))
        case "any_of":
            return _over(table, lambda env, rows: any_of(holds(env, rows)))
        case "all_of":
            return _over(table, lambda env, rows: all_of(holds(env, rows)))
        case "sum":
            return _over(table, lambda env, rows: _filled(sum, rows, column, 0))
        case "max_of":
            return _over(table, lambda env, rows: _filled(max, rows, column, None))
        case "last":
            return _over(table, lambda env, rows: rows[-1].get(column) if rows else None)
    return _streak(table, column, holds, build(node.days or Const(0, Kind.INTEGER)))


def _over(table: str, function: Callable[[Env, Rows], Any]) -> Evaluate:
    def evaluate(env: Env) -> Any:
        rows = env.get(table)
        return None if rows is None else function(env, rows)

    return evaluate


def _filled(function: Callable[[list[Any]], Any], rows: Rows, column: str, empty: Any) -> Any:
    """`function` of a column if every row has it; `empty` of a table without rows."""
    values = [row.get(column) for row in rows]
    if None in values:
        return None
    return function(values) if values else empty


def _counted(node: Fold) -> Callable[[Env], range | None]:
    """How many rows the predicate may hold for: from those for which it does to those for which it may."""
    table, holds = node.table.name, _predicate(node.predicate)

    def evaluate(env: Env) -> range | None:
        rows = env.get(table)
        if rows is None:
            return None
        outcomes = list(holds(env, rows))
        sure = outcomes.count(True)
        return range(sure, sure + outcomes.count(None) + 1)

    return evaluate


def _settled(candidates: Callable[[Env], range | None]) -> Evaluate:
    def evaluate(env: Env) -> int | None:
        found = candidates(env)
        return found[0] if found and len(found) == 1 else None

    return evaluate


def _streak(table: str, dated: str, holds: Predicate, days: Evaluate) -> Evaluate:
    def evaluate(env: Env) -> int | None:
        rows, apart = env.get(table), days(env)
        if rows is None or apart is None:
            return None
        newest_first = rows[::-1]
        return functions.streak(newest_first, holds(env, newest_first), dated, apart)

    return evaluate


def _predicate(node: Node | None) -> Predicate:
    """The outcome for each row, lazily. A predicate over columns alone takes the row as its environment."""
    if node is None:
        return lambda env, rows: (True for _ in rows)
    names = names_in(node)
    if not names and not _counts_working_days(node):
        plain = build(node)
        return lambda env, rows: map(plain, rows)
    inner = build(node, rows=True)
    wanted = (*names, "calendar")

    def evaluate(env: Env, rows: Rows) -> Iterator[bool | None]:
        around: dict[str, Any] = {name: env[name] for name in wanted if name in env}
        for row in rows:
            around[ROW] = row
            yield inner(around)

    return evaluate


def _counts_working_days(node: Node) -> bool:
    return any(isinstance(each, Call) and each.function == "working_days_between" for each in walk(node))
