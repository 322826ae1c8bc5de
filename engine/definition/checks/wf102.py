"""WF102: a case must begin in exactly one state."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.graph import initial
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF102"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """No initial state, or more than one."""
    states = initial(definition)
    if not states:
        yield found(definition, CODE, SEVERITY, "states")
    elif len(states) > 1:
        path = f"states.{states[1]}.initial"
        yield found(definition, CODE, SEVERITY, path, "several", states=list(states))
