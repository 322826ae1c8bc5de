"""What can still come out of a guard while some of its names are pending (partial evaluation).

A sound over-estimate: each comparison that reads a pending name may turn out anything, `known` of one true or
false. So an outcome that is left out can really not come; one that is in may still not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.definition.expression.closures import Env, Evaluate, build
from engine.definition.expression.errors import GuardFault
from engine.definition.expression.kleene import AND, ANYTHING, FALSE, NOT, OR, TRUE, mask
from engine.definition.expression.tree import And, Call, Expression, Node, Not, Or, names_in

Pending = frozenset[str]
Outcomes = Callable[[Env, Pending], int]


def possible(expression: Expression) -> Outcomes:
    """A function of environment and pending names: a mask of TRUE, FALSE, UNKNOWN. Made once and kept.

    What the environment says of a pending name is not looked at. Raises GuardFault for whatever goes wrong
    inside, and ValueError at once for an expression that is neither true nor false.
    """
    if expression.kind.name != "boolean":
        raise ValueError(f"no guard: {expression.source}")
    ready: Outcomes | None = expression.ready.get("possible")
    if ready is None:
        ready = expression.ready["possible"] = _guarded(expression.source, _build(expression.tree))
    return ready


def _guarded(source: str, inner: Outcomes) -> Outcomes:
    def evaluate(env: Env, pending: Pending) -> int:
        try:
            return inner(env, pending)
        except Exception as error:
            raise GuardFault(source, error) from error

    return evaluate


def _build(node: Node) -> Outcomes:
    match node:
        case Not():
            operand = _build(node.operand)
            return lambda env, pending: NOT[operand(env, pending)]
        case And():
            return _joined(AND, [_build(each) for each in node.parts])
        case Or():
            return _joined(OR, [_build(each) for each in node.parts])
    either = TRUE | FALSE if isinstance(node, Call) and node.function == "known" else ANYTHING
    return _leaf(build(node), names_in(node), either)


def _joined(table: tuple[tuple[int, ...], ...], parts: list[Outcomes]) -> Outcomes:
    def evaluate(env: Env, pending: Pending) -> int:
        found = parts[0](env, pending)
        for part in parts[1:]:
            found = table[found][part(env, pending)]
        return found

    return evaluate


def _leaf(inner: Evaluate, names: frozenset[str], either: int) -> Outcomes:
    def evaluate(env: Env, pending: Pending) -> int:
        if pending.isdisjoint(names):
            value: Any = inner(env)
            return mask(value)
        return either

    return evaluate
