"""WF502: two steps that want two people, both in the hands of one function: who holds it alone is stuck."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.rule import Family, found, path_of
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF502"
SEVERITY = Severity.WARNING


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each step whose single function is also the only one that can take the step it may not be taken after."""
    able: dict[str, set[str]] = {"open": set(definition.open.by)}
    for way in definition.ways:
        able.setdefault(way.trigger, set()).update(way.by)
    for way in definition.ways:
        firsts = dict.fromkeys((*way.other_than, way.accepts)) if len(set(way.by)) == 1 else {}
        triggers = [each for each in firsts if able.get(each) == set(way.by)]
        if triggers:
            yield found(
                definition, CODE, SEVERITY, path_of(way),
                transition=way.key, triggers=triggers, function=way.by[0],
            )  # fmt: skip
