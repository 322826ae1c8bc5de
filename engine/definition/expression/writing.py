"""An expression written out from its tree, in one fixed manner; reading it back gives the same tree."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from engine.definition.expression.kinds import Kind
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
)

# How tightly each binds; what stands inside and binds less needs brackets.
_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _ATOM = range(1, 9)


def write(node: Node) -> str:
    """The source of `node`."""
    return _write(node)[0]


def conjuncts(expression: Expression) -> tuple[Expression, ...]:
    """The parts of a top-level `and`, each an expression of its own; the expression itself if it is none."""
    if not isinstance(expression.tree, And):
        return (expression,)
    return tuple(
        Expression(write(part), part, Kind.BOOLEAN, names_in(part)) for part in expression.tree.parts
    )


def _write(node: Node) -> tuple[str, int]:
    match node:
        case Const():
            return _constant(node.value)
        case Name() | Column():
            return node.name, _ATOM
        case Not():
            return f"not {_within(node.operand, _NOT)}", _NOT
        case And():
            return " and ".join(_within(each, _AND) for each in node.parts), _AND
        case Or():
            return " or ".join(_within(each, _OR) for each in node.parts), _OR
        case Compare():
            return f"{_within(node.left, _SUM)} {node.operator} {_within(node.right, _SUM)}", _COMPARE
        case In():
            word = "not in" if node.negated else "in"
            return f"{_within(node.element, _SUM)} {word} {_within(node.container, _SUM)}", _COMPARE
        case Arith():
            level = _PRODUCT if node.operator == "*" else _SUM
            return f"{_within(node.left, level)} {node.operator} {_within(node.right, level + 1)}", level
        case Minus():
            return f"-{_within(node.operand, _SIGN)}", _SIGN
        case Call():
            return _call(node.function, *node.arguments), _ATOM
        case Fold():
            return _fold(node), _ATOM


def _within(node: Node, level: int) -> str:
    text, own = _write(node)
    return text if own >= level else f"({text})"


def _call(function: str, *arguments: Node | None) -> str:
    return f"{function}({', '.join(write(each) for each in arguments if each is not None)})"


def _fold(node: Fold) -> str:
    if node.function == "streak":
        return _call("streak", node.table, node.predicate, node.days)
    return _call(node.function, node.table, node.predicate, node.column)


def _constant(value: Any) -> tuple[str, int]:
    match value:
        case bool():
            return ("true" if value else "false"), _ATOM
        case str():
            quote = "'" if '"' in value else '"'
            return f"{quote}{value}{quote}", _ATOM
        case date():
            return f'date("{value.isoformat()}")', _ATOM
        case tuple():
            return f"[{', '.join(_constant(each)[0] for each in value)}]", _ATOM
        case Decimal():
            text = f"{value:f}"
            return text, _SIGN if text.startswith("-") else _ATOM
        case _:
            return str(value), _SIGN if value < 0 else _ATOM
