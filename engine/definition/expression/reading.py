"""From text to typed tree: Python's own parser, then a strict, typed allow-list over what it found.

Everything that is not listed is refused with its column. The functions stand in calls.py, which kinds fit
each other in rules.py.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.definition.expression import rules
from engine.definition.expression.calls import read_call
from engine.definition.expression.errors import ExpressionError
from engine.definition.expression.kinds import Kind
from engine.definition.expression.scanning import DEEPEST, scanned
from engine.definition.expression.scope import Scope
from engine.definition.expression.tree import (
    And,
    Arith,
    Column,
    Compare,
    Comparison,
    Const,
    Expression,
    In,
    Minus,
    Name,
    Node,
    Not,
    Operator,
    Or,
    names_in,
)
from engine.definition.suggest import nearest

_COMPARISONS: Mapping[type[ast.cmpop], Comparison] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_OPERATORS: Mapping[type[ast.operator], Operator] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_TRUTHS = {"true": True, "false": False}
_SHOWN = 60  # how much of the source a message quotes


def parse(source: str, scope: Scope, *, want: Kind | None = None) -> Expression:
    """Read an expression over the names of `scope`.

    want: the kind of result needed (`Kind.BOOLEAN` for a guard, `Kind.of(field)` for what a field computes);
    any kind without it. Raises ExpressionError: WF310 (cannot be read), WF101 (unknown name), WF305 (kinds
    that do not fit), WF306 (no such option). Safe on any text whatever: bounded in time and memory, and
    nothing is executed.
    """
    text = f"({scanned(source)})"
    try:
        parsed = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        at = max(0, min((error.offset or 1) - 2, len(source) - 1))
        raise ExpressionError("WF310", "syntax", at) from None
    except (RecursionError, MemoryError, ValueError, OverflowError):
        raise ExpressionError("WF310", "too_deep", 0, most=DEEPEST) from None
    tree = Reader(text, scope).node(parsed)
    if want and (complaint := rules.fits(tree.kind, want)):
        raise ExpressionError(complaint.code, complaint.variant, 0, **complaint.params)
    return Expression(source, tree, tree.kind, names_in(tree))


class Reader:
    """One reading of one source, which stands in brackets. `table`: whose rows are being looked at."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.bytes = text.encode()  # the parser counts columns in UTF-8
        self.scope = scope
        self.table: Name | None = None
        self.depth = 0

    def node(self, node: ast.expr) -> Node:
        """Any expression."""
        read = _READ.get(type(node))
        if read is None:
            raise self.refusal(node, "WF310", "construct", construct=type(node).__name__)
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refusal(node, "WF310", "too_deep", most=DEEPEST)
        found = read(self, node)
        self.depth -= 1
        return found

    def truth(self, node: ast.expr) -> Node:
        """Something true or false."""
        found = self.node(node)
        if found.kind.name != "boolean":
            raise self.refusal(node, "WF305", "truth", text=self.quote(node), found_kind=found.kind.name)
        return found

    def number(self, node: ast.expr) -> Node:
        """Something to calculate with."""
        found = self.node(node)
        if not found.kind.is_number:
            variant = "day_arithmetic" if found.kind.is_day else "arithmetic"
            raise self.refusal(node, "WF305", variant, text=self.quote(node), found_kind=found.kind.name)
        return found

    def refusal(self, node: ast.expr, code: str, variant: str, **params: Any) -> ExpressionError:
        """The error that points at `node`."""
        column = len(self.bytes[: node.col_offset].decode()) - 1
        return ExpressionError(code, variant, max(0, column), **params)

    def unknown(
        self, node: ast.expr, name: str, variant: str = "name", among: Mapping[str, Any] | None = None
    ) -> ExpressionError:
        """WF101 with the nearest known name."""
        known = among if among is not None else (*self.columns(), *self.scope.known())
        params = {"name": name[:_SHOWN], "suggestion": nearest(name, known)}
        return self.refusal(node, "WF101", variant, **params)

    def columns(self) -> Mapping[str, Any]:
        """The columns that may be read here."""
        return self.table.kind.columns if self.table else {}

    def quote(self, node: ast.expr) -> str:
        """What stands in the source for `node`, shortened."""
        written = self.bytes[node.col_offset : node.end_col_offset].decode()
        return written if len(written) <= _SHOWN else written[: _SHOWN - 1] + "…"


def _bool_op(reader: Reader, node: ast.BoolOp) -> Node:
    build = And if isinstance(node.op, ast.And) else Or
    parts: list[Node] = []
    for each in node.values:
        part = reader.truth(each)
        parts += part.parts if isinstance(part, And | Or) and isinstance(part, build) else (part,)
    return build(tuple(parts))


def _unary_op(reader: Reader, node: ast.UnaryOp) -> Node:
    if isinstance(node.op, ast.Not):
        return Not(reader.truth(node.operand))
    if not isinstance(node.op, ast.USub):
        raise reader.refusal(node, "WF310", "construct", construct=type(node.op).__name__)
    operand = reader.number(node.operand)
    return Const(-operand.value, operand.kind) if isinstance(operand, Const) else Minus(operand, operand.kind)


def _bin_op(reader: Reader, node: ast.BinOp) -> Node:
    operator = _OPERATORS.get(type(node.op))
    if operator is None:
        raise reader.refusal(node, "WF310", "construct", construct=type(node.op).__name__)
    left, right = reader.number(node.left), reader.number(node.right)
    decimal = "decimal" in (left.kind.name, right.kind.name)
    money = left.kind.money or right.kind.money
    return Arith(operator, left, right, Kind.DECIMAL if decimal else Kind("integer", money=money))


def _compare(reader: Reader, node: ast.Compare) -> Node:
    if len(node.ops) > 1 and not all(type(each) in _COMPARISONS for each in node.ops):
        raise reader.refusal(node, "WF310", "chain")
    written = (node.left, *node.comparators)
    sides = [reader.node(each) for each in written]
    steps: list[Node] = []
    for at, operator in enumerate(node.ops):
        step, complaint = _step(reader, node, operator, sides[at], sides[at + 1])
        if complaint:
            left, right = reader.quote(written[at]), reader.quote(written[at + 1])
            params = {**complaint.params, "left": left, "right": right}
            raise reader.refusal(
                _blamed(complaint, written[at : at + 2]), complaint.code, complaint.variant, **params
            )
        steps.append(step)
    return steps[0] if len(steps) == 1 else And(tuple(steps))


def _step(
    reader: Reader, node: ast.expr, operator: ast.cmpop, left: Node, right: Node
) -> tuple[Node, rules.Complaint | None]:
    if isinstance(operator, ast.In | ast.NotIn):
        return In(left, right, isinstance(operator, ast.NotIn)), rules.contained(left.kind, right.kind)
    comparison = _COMPARISONS.get(type(operator))
    if comparison is None:
        raise reader.refusal(node, "WF310", "construct", construct=type(operator).__name__)
    return Compare(comparison, left, right), rules.compare(comparison, left, right)


def _blamed(complaint: rules.Complaint, sides: tuple[ast.expr, ...]) -> ast.expr:
    """The misspelt option if there is one, else where the comparison begins."""
    if complaint.code == "WF306":
        for each in ast.walk(ast.Tuple(list(sides))):
            if isinstance(each, ast.Constant) and each.value == complaint.params["option"]:
                return each
    return sides[0]


def _constant(reader: Reader, node: ast.Constant) -> Node:
    match node.value:
        case str(text):
            return Const(text, Kind("text", options=(text,)))
        case int(number) if not isinstance(number, bool):
            return Const(number, Kind.INTEGER)
        case float():
            return Const(Decimal(reader.quote(node)), Kind.DECIMAL)
    raise reader.refusal(node, "WF310", "construct", construct=type(node.value).__name__)


def _list(reader: Reader, node: ast.List) -> Node:
    constants: list[Const] = []
    for each in node.elts:
        element = reader.node(each)
        if not isinstance(element, Const) or element.kind.name == "list":
            raise reader.refusal(each, "WF310", "list_constant", text=reader.quote(each))
        constants.append(element)
    kind = rules.list_of(constants)
    if isinstance(kind, rules.Complaint):
        raise reader.refusal(node, kind.code, kind.variant, **kind.params)
    return Const(tuple(each.value for each in constants), kind)


def _name(reader: Reader, node: ast.Name) -> Node:
    if node.id in _TRUTHS:
        return Const(_TRUTHS[node.id], Kind.BOOLEAN)
    if reader.table and node.id in reader.columns():
        return Column(reader.table.name, node.id, Kind.of(reader.columns()[node.id]))
    kind = reader.scope.kind(node.id)
    if kind is None:
        raise reader.unknown(node, node.id)
    return Name(node.id, kind)


def _attribute(reader: Reader, node: ast.Attribute) -> Node:
    parts: list[str] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name):
        raise reader.refusal(node, "WF310", "construct", construct="Attribute")
    name = ".".join((inner.id, *reversed(parts)))
    kind = reader.scope.kind(name)
    if kind is None:
        raise reader.unknown(node, name)
    return Name(name, kind)


_READ: Mapping[type[ast.expr], Callable[[Reader, Any], Node]] = {
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary_op,
    ast.BinOp: _bin_op,
    ast.Compare: _compare,
    ast.Constant: _constant,
    ast.List: _list,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: read_call,
}
