"""WF201: a state that no case can ever come to."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.graph import edges, initial, reach
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF201"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each state without a path from the initial one; without an initial state that is WF102's business."""
    start = initial(definition)
    reached = reach(start, edges(definition))
    for key in definition.states if start else ():
        if key not in reached:
            yield found(definition, CODE, SEVERITY, f"states.{key}", state=key, initial=start[0])
