"""WF601: a state in which a case may lie for ever while most others have a time limit."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.graph import edges, initial, reach
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.flow import Deadline
from engine.definition.model import Definition

CODE = "WF601"
SEVERITY = Severity.WARNING


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each open state, the first one included, in which no limit runs, if more than half of them have their own."""
    lasting = {state for each in definition.deadlines.values() for state in _runs_in(definition, each)}
    states = [each for each in definition.states.values() if not each.final]
    timed = [each for each in states if each.deadlines or each.repeats]
    if 2 * len(timed) > len(states):
        for each in states:
            if each not in timed and not each.interlude and each.key not in lasting:
                yield found(
                    definition, CODE, SEVERITY, f"states.{each.key}",
                    state=each.key, timed=len(timed), states=len(states),
                )  # fmt: skip


def _runs_in(definition: Definition, deadline: Deadline) -> set[str]:
    """The states in which a limit of the whole case may run: from its start on, as long as nothing ends it."""
    starts = [way for way in definition.ways if way.key in deadline.starts]
    begun = [state for way in starts for state in ([way.to] if way.to else way.sources)]
    moves = [edge for edge in edges(definition) if edge.transition not in deadline.ends]
    return set(reach(begun or initial(definition), moves)) - set(deadline.pause_in)
