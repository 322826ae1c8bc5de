"""WF206: one way to an end, in the hands of one function: when that person is away every case waits."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.graph import edges, finals
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.flow import SYSTEM
from engine.definition.model import Definition

CODE = "WF206"
SEVERITY = Severity.NOTE


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each final state to which a single transition leads, taken by a single function."""
    for key in finals(definition):
        leading = {edge.transition for edge in edges(definition) if edge.target == key}
        if len(leading) != 1:
            continue
        transition = definition.transitions[leading.pop()]
        if len(transition.by) == 1 and transition.by != (SYSTEM,):
            yield found(
                definition, CODE, SEVERITY, f"states.{key}",
                state=key, transition=transition.key, function=transition.by[0],
            )  # fmt: skip
