"""WF101: a track names a definition that nobody knows.

Every other unknown name is found while the definition is built; only this one needs the family.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition
from engine.definition.suggest import nearest

CODE = "WF101"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each track whose definition is neither in the family nor this one."""
    for key, subcase in definition.subcases.items():
        name = subcase.definition
        if name not in family and name != definition.id:
            yield found(
                definition, CODE, SEVERITY, f"subcases.{key}.definition", "definition",
                name=name, suggestion=nearest(name, family),
            )  # fmt: skip
