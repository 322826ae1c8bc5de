"""WF204: a state that no person can move a case out of."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.graph import edges
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.flow import SYSTEM
from engine.definition.model import Definition

CODE = "WF204"
SEVERITY = Severity.WARNING


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each state, not final, whose every way out is the system's alone."""
    out: dict[str, list[str]] = {}
    for edge in edges(definition):
        out.setdefault(edge.source, []).append(edge.transition)
    for key, state in definition.states.items():
        ways = out.get(key, [])
        if ways and not state.final and all(definition.transitions[each].by == (SYSTEM,) for each in ways):
            yield found(definition, CODE, SEVERITY, f"states.{key}", state=key, transitions=ways)
