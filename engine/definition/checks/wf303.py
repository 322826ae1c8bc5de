"""WF303: a guard that can never be true, whatever is filled in."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.choices import asked
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.flow import Condition
from engine.definition.model import Definition

CODE = "WF303"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each transition whose conditions cannot all be true, at the first one that cannot be true with those above it."""
    for way in definition.ways:
        if not way.when:
            continue
        (guard,), prover, _ = asked(definition, way.sources, way.when)
        if prover.possible((guard, True)):
            continue
        shorter = range(1, len(way.when))
        least = next(
            (number for number in shorter if _impossible(definition, way.sources, way.when[:number])),
            len(way.when),
        )
        path = f"transitions.{way.key}.when.{least - 1}"
        yield found(
            definition, CODE, SEVERITY, path, "" if _impossible(definition, way.sources, way.when[least - 1 : least]) else "together",
            transition=way.key, guard=way.when[least - 1].expression.source,
        )  # fmt: skip


def _impossible(definition: Definition, states: tuple[str, ...], conditions: tuple[Condition, ...]) -> bool:
    (guard,), prover, _ = asked(definition, states, conditions)
    return not prover.possible((guard, True))
