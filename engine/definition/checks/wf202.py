"""WF202: a state from which a case can never be finished."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.graph import backward, edges, finals, initial, reach, way
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF202"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each state that a case can come to (the others are WF201) and that has no path to a final state."""
    moves = edges(definition)
    ends = finals(definition)
    if not ends:
        yield found(definition, CODE, SEVERITY, "states", "no_final")
        return
    reached = reach(initial(definition), moves)
    finishing = reach(ends, backward(moves))
    for key in definition.states:
        if key in reached and key not in finishing:
            witness = {"path": way(reached, key), "state": key}
            yield found(definition, CODE, SEVERITY, f"states.{key}", witness=witness, state=key)
