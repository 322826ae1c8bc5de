"""WF304: a condition that is never false: it keeps nobody from anything."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.questions import questions_of
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF304"
SEVERITY = Severity.WARNING


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each condition that no value makes false."""
    for way in definition.ways:
        for number, condition in enumerate(way.when):
            if not questions_of(definition).of_way(way).possible((condition,), False):
                yield found(
                    definition, CODE, SEVERITY, f"transitions.{way.key}.when.{number}",
                    transition=way.key, guard=condition.expression.source,
                )  # fmt: skip
