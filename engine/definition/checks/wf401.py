"""WF401: a join that waits for a track which a case on some way has not opened and can open no more.

That alone may be meant: the step is for cases with the track, and others end by another. It is an error where no
other end is left but an exceptional one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.definition.checks.filling import filling_of
from engine.definition.checks.net import Move, Net, Place, net_of
from engine.definition.checks.rule import Family, found, path_of
from engine.definition.checks.tracks import ANY, Tracks, opened_by
from engine.definition.checks.ways import Ways
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition

CODE = "WF401"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each step that waits in vain, once, with the shortest way to where it does."""
    net = net_of(definition)
    tracks = Tracks(net)
    opened = tracks.opened() if definition.subcases else None
    told: set[str] = set()
    for key in (*definition.subcases, ANY) if opened else ():
        waiting = {move for move in net.moves if tracks.waits(move, key)}
        for move in _in_vain(net, waiting, key) if waiting else ():
            lacks = opened and move.way.key not in told and not opened.holds(move.source, key)
            way = Ways(net, filling_of(net), opened).to(move.source, key) if opened and lacks else None
            if way is not None:
                told.add(move.way.key)
                yield _told(definition, move, key, way)


def _in_vain(net: Net, waiting: Collection[Move], key: str) -> list[Move]:
    """The steps that wait where neither a track of this key can be opened any more nor a case come to a good end
    without one, nearest to the opening first."""
    free = [move for move in net.moves if move not in waiting]
    hopeful = {move.source for move in free if key in opened_by(move.way)} | _good_ends(net)
    before: dict[Place, list[Place]] = {}
    for move in free:
        before.setdefault(move.target, []).append(move.source)
    todo = list(hopeful)
    while todo:
        for place in before.get(todo.pop(), ()):
            if place not in hopeful:
                hopeful.add(place)
                todo.append(place)
    return [move for move in net.moves if move in waiting and move.source not in hopeful]


def _good_ends(net: Net) -> set[Place]:
    """The places where a case has ended as it should; where it has ended at all, if all ends are exceptional."""
    ends = {place for place in net.out if net.definition.states[place.state].final}
    return {each for each in ends if not net.definition.states[each.state].exceptional} or ends


def _told(definition: Definition, move: Move, key: str, way: list[str]) -> Finding:
    return found(
        definition, CODE, SEVERITY, f"{path_of(move.way)}.when", "" if key else "any",
        witness={"path": way, "state": move.source.state},
        transition=move.way.key, subcase=key, way=["open", *way],
    )  # fmt: skip
