"""WF207: a transition that nobody and nothing can ever trigger."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.flow import SYSTEM
from engine.definition.model import Definition

CODE = "WF207"
SEVERITY = Severity.WARNING


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each transition without a function, or of the system alone while no deadline triggers it."""
    fired = {each.then for each in definition.deadlines.values()}
    fired |= {each.then for state in definition.states.values() for each in state.deadlines.values()}
    for key, transition in definition.transitions.items():
        if not transition.by:
            yield found(definition, CODE, SEVERITY, f"transitions.{key}", transition=key)
        elif transition.by == (SYSTEM,) and transition.trigger not in fired:
            yield found(definition, CODE, SEVERITY, f"transitions.{key}.by", "system", transition=key)
