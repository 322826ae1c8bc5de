"""Tracks as guards see them: what is so while none was opened or one is open, and what steps do to them (must.py)."""

from __future__ import annotations

from collections.abc import Collection

from engine.definition.checks.absent import Given
from engine.definition.checks.must import UNCHANGED, Change, Must
from engine.definition.checks.net import Move, Net
from engine.definition.expression import TRUE
from engine.definition.flow import Transition
from engine.definition.model import Definition

ANY = ""  # for a key: all tracks together
COUNTS = ("open", "closed", "count")
OF_ALL = ("subcases.any_opened", "subcases.all_closed")


class Tracks:
    """What steps and guards have to do with the tracks of a definition."""

    def __init__(self, net: Net) -> None:
        self._net, self._definition = net, net.definition
        reads = {name for move in net.moves for name in move.reads}
        self._names = {
            each for each in reads if each.startswith("subcases.") or _group(each) in net.definition.subcases
        }

    def opened(self) -> Must:
        """Of which key, and ANY, a track was certainly opened."""
        keys = (*self._definition.subcases, ANY)
        return Must(self._net, (), lambda move: [self._opens(move, keys)])

    def shut(self) -> Must:
        """Of which key no track is certainly open."""
        return Must(self._net, tuple(self._definition.subcases), lambda move: [self._shuts(move)])

    def waits(self, move: Move, key: str) -> bool:
        """Can the step not be taken while no track of this key, or none at all, was ever opened?"""
        return self._reads(move, key) and not self._net.judged(move, unopened(self._definition, key)) & TRUE

    def leaves_open(self, move: Move, key: str) -> bool:
        """Can the step be taken while a track of this key is open?"""
        found = _open(self._definition, key) if self._reads(move, key) else ()
        return not found or any(self._net.judged(move, each) & TRUE for each in found)

    def _reads(self, move: Move, key: str) -> bool:
        """Does it matter to the step what became of a track?"""
        names = move.reads & self._names
        return any(key in (ANY, _group(name.removeprefix("subcases."))) or name in OF_ALL for name in names)

    def _opens(self, move: Move, keys: Collection[str]) -> Change:
        opened = {each for each in keys if self.waits(move, each)} | opened_by(move.way)
        return Change(gives=opened) if opened else UNCHANGED

    def _shuts(self, move: Move) -> Change:
        opened = opened_by(move.way)
        shut = {each for each in self._definition.subcases if not self.leaves_open(move, each)}
        shut |= cancelled_by(move.way)
        return Change(gives=shut - opened, takes=opened) if shut or opened else UNCHANGED


def _group(name: str) -> str:
    return name.partition(".")[0]


def opened_by(way: Transition) -> set[str]:
    """The keys of which a step opens a track, and ANY if it opens one."""
    keys = {each.arguments["key"] for each in way.do if each.name == "open_subcase"}
    return keys | {ANY} if keys else keys


def cancelled_by(way: Transition) -> set[str]:
    """The keys of which a step cancels all tracks."""
    return {key for each in way.do if each.name == "cancel_subcases" for key in each.arguments["keys"]}


def unopened(definition: Definition, key: str) -> Given:
    """What is so while no track of this key, or none at all, was ever opened."""
    keys = list(definition.subcases) if key == ANY else [key]
    fixed: dict[str, object] = {f"subcases.{each}.{count}": 0 for each in keys for count in COUNTS}
    if len(keys) == len(definition.subcases):
        fixed |= {"subcases.any_opened": False, "subcases.all_closed": True}
    returned = {f"{each}.{name}" for each in keys for name in definition.subcases[each].returns}
    return Given(absent=returned, fixed=fixed)


def _open(definition: Definition, key: str) -> list[Given]:
    """What is so while a track of this key is open: alone, beside another one, or beside one that has ended."""
    several = definition.subcases[key].many
    return [
        Given(
            fixed={
                **{f"subcases.{key}.{name}": number for name, number in zip(COUNTS, counts, strict=True)},
                "subcases.any_opened": True,
                "subcases.all_closed": False,
            }
        )
        for counts in (((1, 0, 1), (2, 0, 2), (1, 1, 2)) if several else ((1, 0, 1),))
    ]
