"""The guard language: read, typed, compiled to closures, explained in words.

For conditions, computed fields and rules of declared content; it is no programming language, and nothing an
author writes is ever executed. `compile(parse(source, scope))` is a function of one flat environment; None is
unknown.
"""

from engine.definition.expression.absence import missing
from engine.definition.expression.closures import compiled as compile
from engine.definition.expression.errors import ExpressionError, GuardFault
from engine.definition.expression.explaining import explain
from engine.definition.expression.kinds import Kind
from engine.definition.expression.kleene import ANYTHING, FALSE, TRUE, UNKNOWN
from engine.definition.expression.outcomes import possible
from engine.definition.expression.reading import parse
from engine.definition.expression.rows import asked_of_rows, read_of_rows
from engine.definition.expression.scope import Scope, labels_of
from engine.definition.expression.tree import Expression, Node, children, names_in, walk
from engine.definition.expression.writing import conjuncts, write

__all__ = [
    "ANYTHING",
    "FALSE",
    "TRUE",
    "UNKNOWN",
    "Expression",
    "ExpressionError",
    "GuardFault",
    "Kind",
    "Node",
    "Scope",
    "asked_of_rows",
    "children",
    "compile",
    "conjuncts",
    "explain",
    "labels_of",
    "missing",
    "names_in",
    "parse",
    "possible",
    "read_of_rows",
    "walk",
    "write",
]
