"""WF205: a circle that a case can go round for ever, with no time limit on the way."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.graph import Edge, circles, edges
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF205"
SEVERITY = Severity.WARNING


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """One circle for each group of states that lead back to one another without a deadline or a repeat."""
    for circle in circles([edge for edge in edges(definition) if not _timed(edge, definition)]):
        states = [edge.source for edge in circle] + [circle[0].source]
        witness = {"path": [edge.transition for edge in circle], "states": states}
        path = f"transitions.{circle[-1].transition}"
        yield found(definition, CODE, SEVERITY, path, witness=witness, states=states)


def _timed(edge: Edge, definition: Definition) -> bool:
    """Does a time limit run in the state that is left, or begin with this step?"""
    state = definition.states[edge.source]
    begun = any(edge.transition in each.starts for each in definition.deadlines.values())
    return bool(state.deadlines or state.repeats or begun)
