"""WF303: a guard that can never be true, whatever is filled in."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.questions import questions_of
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF303"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each transition whose conditions cannot all be true, at the first one that cannot be true with those above it."""
    for way in definition.ways:
        question = questions_of(definition).of_way(way) if way.when else None
        if question is None or question.possible(way.when, True):
            continue
        shorter = range(1, len(way.when))
        least = next(
            (each for each in shorter if not question.possible(way.when[:each], True)), len(way.when)
        )
        condition = way.when[least - 1]
        yield found(
            definition, CODE, SEVERITY, f"transitions.{way.key}.when.{least - 1}",
            "together" if question.possible((condition,), True) else "",
            transition=way.key, guard=condition.expression.source,
        )  # fmt: skip
