"""WF403: a step ends the case while a required track may still be open.

The engine refuses such a step then (semantics.md §5); that is for the author to know, and to say in words of the
workflow, before an officer or the system runs into it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.filling import filling_of
from engine.definition.checks.net import net_of
from engine.definition.checks.rule import Family, found, path_of
from engine.definition.checks.tracks import Tracks, cancelled_by
from engine.definition.checks.ways import Wanted, Ways
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF403"
SEVERITY = Severity.WARNING


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each such step and track that neither the guard asks about nor the step cancels, with a way that opens it."""
    required = [key for key, each in definition.subcases.items() if each.required]
    if not required:
        return
    net = net_of(definition)
    tracks = Tracks(net)
    shut, told = tracks.shut(), set()
    ways = Ways(net, filling_of(net), shut)
    for move in (each for each in net.moves if each.way.to and definition.states[each.way.to].final):
        for key in (each for each in required if (move.way.key, each) not in told):
            safe = key in cancelled_by(move.way) or shut.holds(move.source, key)
            way = (
                ways.to(move.source, key, Wanted(move))
                if not safe and tracks.leaves_open(move, key)
                else None
            )
            if way is not None:
                told.add((move.way.key, key))
                yield found(
                    definition, CODE, SEVERITY, path_of(move.way),
                    witness={"path": way, "state": move.source.state},
                    transition=move.way.key, subcase=key, way=["open", *way],
                )  # fmt: skip
