"""Which missing values made an expression unknown: what a refused person is asked to fill in.

Only the names that matter: of `a and b` with a false, nothing is missing. Runs on a refusal, so it may take
its time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.definition.expression.closures import ROW, Env, build
from engine.definition.expression.errors import GuardFault
from engine.definition.expression.tree import Column, Expression, Fold, Name, Node, children


def missing(expression: Expression, env: Env) -> tuple[str, ...]:
    """The names whose absence made `expression` unknown in `env`, each once.

    A value missing in a row is named as "table.column", an empty table that was asked for a row by its own
    name. Empty when the expression is not unknown. Raises GuardFault as the compiled expression does.
    """
    try:
        return tuple(dict.fromkeys(_missing(expression.tree, env)))
    except Exception as error:
        raise GuardFault(expression.source, error) from error


def _missing(node: Node, env: Env) -> Iterator[str]:
    if _value(node, env) is not None:
        return
    match node:
        case Name():
            yield node.name
        case Column():
            yield f"{node.table}.{node.name}"
        case Fold() if env.get(node.table.name) is None:
            yield node.table.name
        case Fold():
            yield from _in_rows(node, env)
        case _:
            for each in children(node):
                yield from _missing(each, env)


def _in_rows(node: Fold, env: Env) -> Iterator[str]:
    rows = env[node.table.name]
    if not rows:
        yield node.table.name
    if node.function == "streak" and node.days is not None:
        yield from _missing(node.days, env)
        return
    looked_at = node.predicate or node.column
    for row in rows[-1:] if node.function == "last" else rows:
        if looked_at is not None:
            yield from _missing(looked_at, {**env, ROW: row})


def _value(node: Node, env: Env) -> Any:
    return build(node, rows=ROW in env)(env)
