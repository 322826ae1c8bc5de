"""WF308: a guard that depends on the day or the hour may change while nobody does anything, and nobody is told.

What a form says is judged when it is said: a comparison of a field of the step's own form with `today` is no such
guard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.definition.checks.absent import looked_through
from engine.definition.checks.rule import Family, asked_by, found
from engine.definition.expression import Node, children, names_in
from engine.definition.expression.tree import And, Not, Or
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF308"
SEVERITY = Severity.WARNING
CLOCK = frozenset(("today", "now"))


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each transition whose guard reads the clock, directly or through a computed field."""
    for key, way in definition.transitions.items():
        own = asked_by(definition, way.form, way.appends)
        parts = (looked_through(each.expression, definition.fields) for each in way.when)
        names = {name for tree, reads in parts if reads & CLOCK for name in _clock(tree, own)}
        if names:
            path = f"transitions.{key}.when"
            yield found(definition, CODE, SEVERITY, path, transition=key, names=sorted(names))


def _clock(node: Node, own: Collection[str]) -> Iterator[str]:
    """`today` and `now` in the comparisons that read no field of the form."""
    if isinstance(node, And | Or | Not):
        for each in children(node):
            yield from _clock(each, own)
    elif names_in(node).isdisjoint(own):
        yield from names_in(node) & CLOCK
