"""WF602: a deadline must be able to take the step it says follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.flow import SYSTEM, Deadline
from engine.definition.model import Definition

CODE = "WF602"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each `then` that does not start from its state, or that the system may not take."""
    for key, state in definition.states.items():
        for deadline in state.deadlines.values():
            yield from _follows(definition, f"states.{key}.deadlines.{deadline.key}", deadline, key)
    for deadline in definition.deadlines.values():
        yield from _follows(definition, f"deadlines.{deadline.key}", deadline, "")


def _follows(definition: Definition, path: str, deadline: Deadline, state: str) -> Iterator[Finding]:
    """`state` is empty for a deadline of the whole definition, which runs in any state."""
    if not deadline.then:
        return
    ways = [
        each
        for each in definition.transitions.values()
        if each.trigger == deadline.then and (not state or state in each.sources)
    ]
    params: dict[str, Any] = {"deadline": deadline.key, "trigger": deadline.then}
    if not ways:
        yield found(definition, CODE, SEVERITY, f"{path}.then", state=state, **params)
    elif not any(SYSTEM in each.by for each in ways):
        yield found(definition, CODE, SEVERITY, f"{path}.then", "not_system", **params)
