"""WF405: definitions that open one another as tracks in a ring: opening one would open cases without end."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.graph import Edge, circles
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF405"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """The ring that this definition is part of, if it is in one."""
    opening = [
        Edge(each.id, key, subcase.definition)
        for each in {**family, definition.id: definition}.values()
        for key, subcase in each.subcases.items()
    ]
    opening.sort(key=lambda edge: edge.source != definition.id)
    for ring in circles(opening):
        names = [edge.source for edge in ring]
        if definition.id in names:
            start = names.index(definition.id)
            around = [*names[start:], *names[:start], definition.id]
            path = f"subcases.{ring[start].transition}.definition"
            yield found(definition, CODE, SEVERITY, path, witness={"definitions": around}, definitions=around)
