"""What a condition asks of every row of a table: for the marks beside the columns of a form. The engine judges, not this."""

from __future__ import annotations

from engine.definition.expression.tree import And, Call, Column, Expression, Fold, Name, Node, Not, Or, walk


def asked_of_rows(expression: Expression, table: str) -> frozenset[str]:
    """The columns without which no row of `table` meets the condition, whatever else the case holds."""
    return frozenset(_asked(expression.tree, table))


def read_of_rows(expression: Expression, table: str) -> frozenset[str]:
    """The columns of `table` that the condition looks at in any way."""
    columns = (each for each in walk(expression.tree) if isinstance(each, Column))
    return frozenset(each.name for each in columns if each.table == table)


def _asked(node: Node, table: str) -> set[str]:
    match node:
        case And(parts=parts):
            return set().union(*(_asked(each, table) for each in parts))
        case Or(parts=(Not(operand=Call("known", (Name(name=name),))), rest)) if name == table:
            return _asked(rest, table)  # where there are no rows nothing is asked of them
        case Fold("all_of", Name(name=name), predicate=predicate) if name == table and predicate:
            parts = predicate.parts if isinstance(predicate, And) else (predicate,)
            return {name for each in parts for name in _filled(each)}
    return set()


def _filled(node: Node) -> set[str]:
    match node:
        case Call("known", (Column(name=name),)):
            return {name}
    return set()
