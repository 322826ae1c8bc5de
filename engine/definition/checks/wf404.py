"""WF404: `all_closed` is true of a case that never opened a track, which may not be meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.definition.checks.net import net_of
from engine.definition.checks.rule import Family, found
from engine.definition.checks.tracks import ANY, Tracks, unopened
from engine.definition.expression import TRUE
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF404"
SEVERITY = Severity.WARNING
NAME = "subcases.all_closed"


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each step that `all_closed` lets pass where a case may have no track at all."""
    net = net_of(definition)
    asking = [move for move in net.moves if NAME in move.guard.reads]
    opened = Tracks(net).opened() if asking else None
    none = unopened(definition, ANY)
    told: set[str] = set()
    for move in asking:
        both = [replace(none, fixed={**none.fixed, NAME: each}) for each in (True, False)]
        passes, stops = (net.judged(move, each) for each in both)
        matters = passes & TRUE and passes != stops and opened and not opened.holds(move.source, ANY)
        if matters and move.way.key not in told:
            told.add(move.way.key)
            path = f"transitions.{move.way.key}.when"
            yield found(definition, CODE, SEVERITY, path, transition=move.way.key)
