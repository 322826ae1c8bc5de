"""What can come out of an expression when some of its names are certainly empty and the others hold anything.

outcomes.py lets a pending name be unknown; here unknown comes from the absent names alone, so that a rule can ask
what the lack of one field does. A sound over-estimate, as there. Computed fields are looked through.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.definition.expression import FALSE, TRUE, UNKNOWN, Expression, Node, children, names_in, walk
from engine.definition.expression.closures import Evaluate, build
from engine.definition.expression.kleene import AND, NOT, OR, mask
from engine.definition.expression.tree import And, Call, Compare, Const, Fold, In, Name, Not, Or, rebuilt
from engine.definition.model import Field

NONE: frozenset[str] = frozenset()
EITHER = TRUE | FALSE


@dataclass(frozen=True, slots=True)
class Given:
    """What is taken for granted: names without a value, with any value, and with this value (None: empty)."""

    absent: Collection[str] = NONE
    filled: Collection[str] = NONE
    fixed: Mapping[str, Any] = field(default_factory=dict)


NOTHING = Given()
Outcomes = Callable[[Given], int]


def outcomes(node: Node) -> Outcomes:
    """A function to a mask of TRUE, FALSE, UNKNOWN; of what is no truth value, any value counts as true or false."""
    match node:
        case Not():
            operand = outcomes(node.operand)
            return lambda given: NOT[operand(given)]
        case And():
            return joined(AND, [outcomes(each) for each in node.parts])
        case Or():
            return joined(OR, [outcomes(each) for each in node.parts])
        case Call(function="known"):
            return _known(node.arguments[0])
    return _leaf(node)


def joined(table: tuple[tuple[int, ...], ...], parts: list[Outcomes]) -> Outcomes:
    """All parts under AND or OR, taken as independent of one another."""

    def evaluate(given: Given) -> int:
        found = parts[0](given)
        for part in parts[1:]:
            found = table[found][part(given)]
        return found

    return evaluate


def looked_through(expression: Expression, fields: Mapping[str, Field]) -> tuple[Node, frozenset[str]]:
    """The tree of an expression with computed fields replaced by what computes them, and the names it reads."""
    if not any(name in fields and fields[name].compute for name in expression.reads):
        return expression.tree, expression.reads
    tree = inlined(expression.tree, fields)
    return tree, names_in(tree)


def inlined(node: Node, fields: Mapping[str, Field]) -> Node:
    """`node` with every computed field replaced by what computes it."""
    if not isinstance(node, Name):
        return rebuilt(node, lambda each: inlined(each, fields))
    compute = fields[node.name].compute if node.name in fields else None
    return inlined(compute.tree, fields) if compute else node


def needed(node: Node) -> frozenset[str]:
    """The names without any of which the value of `node` is unknown, whatever else is known."""
    match node:
        case Name():
            return frozenset((node.name,))
        case Fold():
            return needed(node.table) | (needed(node.days) if node.days else NONE)
        case And() | Or() | Call(function="known"):
            return NONE
    return NONE.union(*(needed(each) for each in children(node)))


def _known(argument: Node) -> Outcomes:
    if isinstance(argument, Name):
        return _known_name(argument.name)
    inner, names = outcomes(argument), names_in(argument)

    def evaluate(given: Given) -> int:
        found = inner(given)
        if found == UNKNOWN:
            return FALSE
        sure = not found & UNKNOWN and all(each in given.filled or each in given.fixed for each in names)
        return TRUE if sure else EITHER

    return evaluate


def _known_name(name: str) -> Outcomes:
    def evaluate(given: Given) -> int:
        if name in given.fixed:
            return FALSE if given.fixed[name] is None else TRUE
        return FALSE if name in given.absent else TRUE if name in given.filled else EITHER

    return evaluate


def _leaf(node: Node) -> Outcomes:
    nodes = _nodes(node)
    names = frozenset(each.name for each in nodes if isinstance(each, Name))
    calls = any(isinstance(each, Call | Fold) for each in nodes)
    strictly = needed(node) if calls else names
    of_rows = [outcomes(each) for each in _predicates(nodes)] if calls else []
    # Functions may want a calendar or rows; anything else can be worked out from its names.
    value = None if calls or (not names and not isinstance(node, Const)) else _Late(node)

    def evaluate(given: Given) -> int:
        if value and given.fixed.keys() >= names:
            return value.outcome(given.fixed)
        if not strictly.isdisjoint(given.absent):
            return UNKNOWN
        return EITHER | UNKNOWN if any(each(given) & UNKNOWN for each in of_rows) else EITHER

    return evaluate


def _nodes(node: Node) -> tuple[Node, ...]:
    """`node` and all under it; most often a field and what it is compared with."""
    match node:
        case Name():
            return (node,)
        case Compare(left=Name() as name, right=Const()) | In(element=Name() as name, container=Const()):
            return (node, name)
    return tuple(walk(node))


class _Late:
    """A closure that is made when it is first asked for: most never are."""

    def __init__(self, node: Node) -> None:
        self._node = node

    @cached_property
    def _value(self) -> Evaluate:
        return build(self._node)

    def outcome(self, env: Mapping[str, Any]) -> int:
        """What the node comes to in `env`."""
        found = self._value(env)
        return mask(found) if self._node.kind.name == "boolean" or found is None else EITHER


def _predicates(nodes: Iterable[Node]) -> Iterator[Node]:
    """The conditions on rows whose lack of a value is felt; a streak ends at a row for which nothing is known."""
    for each in nodes:
        if isinstance(each, Fold) and each.predicate and each.function != "streak":
            yield each.predicate
