"""WF208: a state that the graph leads to and no values do; and one, or a case there, from which no values lead to an end."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.graph import Edge, backward, edges, finals, initial, reach, way
from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition
from engine.definition.proof.ends import stuck
from engine.definition.proof.reach import Walk
from engine.definition.proof.telling import told
from engine.definition.proof.terms import Effort

CODE = "WF208"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """What the graph alone says already is WF201's and WF202's business."""
    start, ends, moves = initial(definition), finals(definition), edges(definition)
    if not start or not ends:
        return
    walk = Walk(definition, Effort())  # of its own: what it costs is taken from no other rule
    explored = walk.walked()
    in_graph, out_of_graph = reach(start, moves), reach(ends, backward(moves))
    possible = [Edge(source, key, to) for (source, key), to in explored.steps.items() if source != to]
    reached, finishing = reach(start, possible), reach(ends, backward(possible))
    for state in definition.states:
        if state in in_graph and state not in reached:
            stops = [
                (source, edge.transition) for edge in moves for source in (edge.source,)
                if edge.target == state and (source, edge.transition) in explored.stops
            ]  # fmt: skip
            if stops:  # else the states before it are not reached, and are told
                source, key = stops[0]
                guard = explored.stops[source, key].expression.source
                yield found(
                    definition, CODE, SEVERITY, f"states.{state}",
                    witness={"path": [*way(reached, source), key], "guard": guard},
                    state=state, source=source, transition=key, guard=guard,
                )  # fmt: skip
        elif state in reached and state in out_of_graph and state not in finishing:
            yield found(
                definition, CODE, SEVERITY, f"states.{state}", "stuck",
                witness={"path": way(reached, state), "state": state}, state=state,
                steps=way(reached, state),
            )  # fmt: skip
    never = {state for state in reached if state not in finishing}
    for each in stuck(walk):
        if each.state not in never and each.state in out_of_graph:
            yield found(
                definition, CODE, SEVERITY, f"states.{each.state}", "case",
                witness={"path": list(each.steps), "values": dict(each.holds)}, state=each.state, values=told(each.holds),
                steps=list(each.steps),
            )  # fmt: skip
