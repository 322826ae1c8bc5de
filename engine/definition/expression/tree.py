"""The typed tree of an expression: frozen data that closures, words and provers read.

Every node says its `kind`. What is not here cannot be said: there is no node for a call of anything but the
listed functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from engine.definition.expression.kinds import Kind

Comparison = Literal["==", "!=", "<", "<=", ">", ">="]
Operator = Literal["+", "-", "*"]
Function = Literal["age", "days_between", "hours_between", "working_days_between", "known", "count"]
Folding = Literal["count", "any_of", "all_of", "sum", "max_of", "last", "streak"]


@dataclass(frozen=True, slots=True)
class Const:
    """A number, text, date, truth value, or a tuple of such (kind list)."""

    value: Any
    kind: Kind


@dataclass(frozen=True, slots=True)
class Name:
    """One key of the environment."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the row that a predicate looks at, or the column a table function reads."""

    table: str
    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene's not: unknown stays unknown."""

    operand: Node
    kind: Kind = field(default=Kind.BOOLEAN, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    """Kleene's and over two or more parts, none of them an `And`."""

    parts: tuple[Node, ...]
    kind: Kind = field(default=Kind.BOOLEAN, repr=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Kleene's or over two or more parts, none of them an `Or`."""

    parts: tuple[Node, ...]
    kind: Kind = field(default=Kind.BOOLEAN, repr=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison; a chain `a < b < c` is an `And` of two."""

    operator: Comparison
    left: Node
    right: Node
    kind: Kind = field(default=Kind.BOOLEAN, repr=False)


@dataclass(frozen=True, slots=True)
class In:
    """Is `element` one of `container` (kind list or choices)? `negated` for `not in`."""

    element: Node
    container: Node
    negated: bool = False
    kind: Kind = field(default=Kind.BOOLEAN, repr=False)


@dataclass(frozen=True, slots=True)
class Arith:
    """Calculation with integers and decimals."""

    operator: Operator
    left: Node
    right: Node
    kind: Kind


@dataclass(frozen=True, slots=True)
class Minus:
    """A number with the other sign; a negative constant is a `Const`."""

    operand: Node
    kind: Kind


@dataclass(frozen=True, slots=True)
class Call:
    """A function of values. `count` here is how many options of a `choices` value are ticked."""

    function: Function
    arguments: tuple[Node, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Fold:
    """A function over the rows of a table.

    predicate: of count (or None: all rows), any_of, all_of, streak; it reads `Column`s and names, and holds
    no `Fold`. column: of sum, max_of, last, and for streak the column that dates a row. days: of streak.
    """

    function: Folding
    table: Name
    kind: Kind
    predicate: Node | None = None
    column: Column | None = None
    days: Node | None = None


Node = Const | Name | Column | Not | And | Or | Compare | In | Arith | Minus | Call | Fold


@dataclass(frozen=True)
class Expression:
    """An expression that was read and fits its scope. Two are equal when their source is.

    reads: the names of the environment it needs ("risk_level", "case.state", "today"). `working_days_between`
    takes the working calendar from the key "calendar", which is no name an author can write and is not in
    `reads`. ready: what was made of it once, such as its closure.
    """

    source: str
    tree: Node = field(compare=False, repr=False)
    kind: Kind = field(compare=False, repr=False)
    reads: frozenset[str] = field(compare=False, repr=False)
    ready: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly under `node`, in the order of the source."""
    match node:
        case Const() | Name() | Column():
            return ()
        case Not() | Minus():
            return (node.operand,)
        case And() | Or():
            return node.parts
        case Compare() | Arith():
            return (node.left, node.right)
        case In():
            return (node.element, node.container)
        case Call():
            return node.arguments
        case Fold():
            return (
                node.table,
                *(each for each in (node.predicate, node.column, node.days) if each is not None),
            )


def rebuilt(node: Node, part: Callable[[Node], Node]) -> Node:
    """`node` with `part` in place of each node directly under it; the table and the column of a fold stay.

    The node itself where nothing is different.
    """
    if isinstance(node, Fold):
        predicate, days = (each and part(each) for each in (node.predicate, node.days))
        return replace(node, predicate=predicate, days=days)
    under = children(node)
    parts = tuple(map(part, under))
    if all(one is other for one, other in zip(parts, under, strict=True)):
        return node
    match node:
        case Not() | Minus():
            return replace(node, operand=parts[0])
        case And() | Or():
            return replace(node, parts=parts)
        case Compare() | Arith():
            return replace(node, left=parts[0], right=parts[1])
        case In():
            return replace(node, element=parts[0], container=parts[1])
        case Call():
            return replace(node, arguments=parts)
    return node


def walk(node: Node) -> Iterator[Node]:
    """`node` and all nodes under it, outer before inner."""
    yield node
    for each in children(node):
        yield from walk(each)


def names_in(node: Node) -> frozenset[str]:
    """The names of the environment that `node` reads."""
    return frozenset(each.name for each in walk(node) if isinstance(each, Name))
