"""WF402: a track whose own definition lets no case ever end, so that whatever waits for it waits for ever."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.graph import edges, finals, initial, reach
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF402"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each track of a known definition in which no final state can be reached; one that opens itself is WF405."""
    for key, subcase in definition.subcases.items():
        other = family.get(subcase.definition) if subcase.definition != definition.id else None
        if other and not set(finals(other)) & set(reach(initial(other), edges(other))):
            path = f"subcases.{key}.definition"
            yield found(definition, CODE, SEVERITY, path, subcase=key, other=other.id)
