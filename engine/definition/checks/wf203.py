"""WF203: a final state is left by `reopen` alone. Steps that do not move (`to: same`) are allowed there."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.graph import edges, finals
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF203"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each transition that moves a case out of a final state, once for each such state."""
    ends = finals(definition)
    for edge in edges(definition):
        if edge.source in ends:
            yield found(
                definition, CODE, SEVERITY, f"transitions.{edge.transition}.from",
                state=edge.source, transition=edge.transition,
            )  # fmt: skip
