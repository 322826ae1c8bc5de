"""WF501: four eyes with a step that nobody need have taken, so that one person alone may decide.

Of several steps named one is enough. Where the guard itself asks for what only those steps write, the author has
decided when they are needed.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.checks.filling import filling_of
from engine.definition.checks.must import Change, Must
from engine.definition.checks.net import Move, Net, net_of
from engine.definition.checks.rule import Family, asked_by, found, path_of
from engine.definition.checks.ways import Wanted, Ways
from engine.definition.findings import Finding, Severity
from engine.definition.flow import Transition
from engine.definition.model import Definition

CODE = "WF501"
SEVERITY = Severity.ERROR
OPEN = "open"  # the trigger of the opening


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each step that asks for a second person, with the shortest way on which there was no first one."""
    eyes = {" ".join(way.other_than): way.other_than for way in definition.ways if way.other_than}
    if not eyes:
        return
    net = net_of(definition)
    alone = _Alone(net, eyes)
    ways: dict[str, tuple[Move, list[str]]] = {}
    for move in net.moves:
        way = alone.way(move) if move.way.other_than else None
        if way is not None and (move.way.key not in ways or len(way) < len(ways[move.way.key][1])):
            ways[move.way.key] = (move, way)
    for move, way in ways.values():
        yield found(
            definition, CODE, SEVERITY, f"{path_of(move.way)}.other_than",
            witness={"path": way, "state": move.source.state},
            transition=move.way.key, triggers=list(move.way.other_than), way=["open", *way],
        )  # fmt: skip


class _Alone:
    """Where a case can be without any of some steps having been taken. eyes: the triggers of each group."""

    def __init__(self, net: Net, eyes: dict[str, tuple[str, ...]]) -> None:
        self._net, self._eyes = net, eyes
        self._traces = {key: _written_by_none_but(net.definition, triggers) for key, triggers in eyes.items()}
        start = [key for key, triggers in eyes.items() if OPEN in triggers]
        self._taken = Must(net, start, self._changes)
        self._ways = Ways(net, filling_of(net), self._taken)

    def way(self, move: Move) -> list[str] | None:
        """The steps to where `move` can be taken with nobody before it; None if it cannot."""
        key = " ".join(move.way.other_than)
        asks = not move.guard.reads.isdisjoint(self._traces[key])
        if asks or self._decides(move.way, key) or self._taken.holds(move.source, key):
            return None
        return self._ways.to(move.source, key, Wanted(move))

    def _changes(self, move: Move) -> list[Change]:
        taken = [
            key for key in self._eyes if move.way.trigger in self._eyes[key] or self._decides(move.way, key)
        ]
        return [Change(gives=taken)] if taken else []

    def _decides(self, way: Transition, key: str) -> bool:
        """A proposal that is decided was made."""
        return (way.accepts or way.declines) in self._eyes[key]


def _written_by_none_but(definition: Definition, triggers: tuple[str, ...]) -> frozenset[str]:
    """The fields that are empty unless one of these triggers was taken."""
    ours: set[str] = set()
    others = asked_by(definition, definition.open.form) if OPEN not in triggers else set()
    for way in definition.ways:
        values = (each.arguments["values"] for each in way.do if each.name == "set")
        written = asked_by(definition, way.form, way.appends) | {name for each in values for name in each}
        (ours if way.trigger in triggers else others).update(written)
    answers = {each.gives for each in definition.decisions.values()}
    return frozenset(ours - others - answers)
