"""What has certainly happened on every path to a place (net.py): a must-analysis over facts, names of any kind.

Sets of facts are integers, so that a large definition stays quick. Where a fact does not hold a shortest way is shown
on which it does not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.definition.checks.net import Move, Net, Place
from engine.definition.proof.terms import Effort

SEARCHED = 300_000  # steps looked at in all searches for ways: a second or so


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What a step does to facts: first what it `takes` away, then what it `gives`. A fact of `copies` holds afterwards
    if all those held on which it stands there."""

    gives: Collection[str] = ()
    takes: Collection[str] = ()
    copies: Mapping[str, Collection[str]] = field(default_factory=dict)


UNCHANGED = Change()


class _Bits(NamedTuple):
    gives: int
    keeps: int
    copies: tuple[tuple[int, int], ...]


Item = tuple[Place, int]
Found = dict[Item, "tuple[Item, Move] | None"]


class Must:
    """Which facts certainly hold. start: those that hold once a case is open. changes: of a step, in order.

    effort: what all searches for ways may cost together.
    """

    def __init__(
        self,
        net: Net,
        start: Collection[str],
        changes: Callable[[Move], Sequence[Change]],
        effort: Effort | None = None,
    ) -> None:
        self._net = net
        self._facts: dict[str, int] = {}
        self._bits: dict[Change, _Bits] = {}
        self._changes = changes
        self._steps = {move: _joined([self._of(each) for each in changes(move)]) for move in net.moves}
        self._start = self._mask(start)
        self._copies = [pair for each in self._bits.values() for pair in each.copies]
        self._taken = _all(~each.keeps for steps in self._steps.values() for each in steps)
        self._effort = effort or Effort(SEARCHED)
        self._searches: dict[tuple[str, frozenset[Move]], tuple[Found, Iterator[Item]]] = {}
        self._at: dict[Place, frozenset[str]] = {}
        self._held = dict.fromkeys(net.starts, self._start)
        todo = deque(net.starts)
        while todo:
            place = todo.popleft()
            held = self._held[place]
            for move in net.out[place]:
                before = self._held.get(move.target, ~0)
                after = before & _after(self._steps[move], held)
                if after != before or move.target not in self._held:
                    self._held[move.target] = after
                    todo.append(move.target)

    def holds(self, place: Place, fact: str) -> bool:
        """Does `fact` hold whenever a case is at `place`?"""
        return bool(self._held[place] & self._facts.get(fact, 0))

    def at(self, place: Place) -> frozenset[str]:
        """All facts that hold there."""
        if place not in self._at:
            self._at[place] = self._names(self._held[place])
        return self._at[place]

    def along(self, move: Move, changes: int | None = None) -> frozenset[str]:
        """The facts that hold after the first `changes` of a step; after all of them if None."""
        steps = [self._of(each) for each in self._changes(move)[:changes]]
        return self._names(_after(steps, self._held[move.source]))

    def still_lacks(self, move: Move, fact: str) -> bool:
        """Does a fact that does not hold before a step not hold after it?"""
        bit = self._facts.get(fact, 0)
        return not _after(self._steps[move], ~bit) & bit

    def way(self, place: Place, fact: str, without: frozenset[Move] = frozenset()) -> list[Move] | None:
        """A shortest way to `place`, `without` some steps, on which `fact` does not hold there; None if there is none.

        Raises Undecided once the effort is spent.
        """
        if (fact, without) not in self._searches:
            self._searches[fact, without] = self._search(self._facts.get(fact, 0), without)
        found, search = self._searches[fact, without]
        item = (place, self._facts.get(fact, 0))
        while item not in found:
            if next(search, None) is None:
                return None
        moves: list[Move] = []
        while step := found[item]:
            item, move = step
            moves.append(move)
        return moves[::-1]

    def _search(self, fact: int, without: frozenset[Move]) -> tuple[Found, Iterator[Item]]:
        """Breadth first over (place, a fact that does not hold there), 0 for being there at all: what is found, and
        the search, which goes on item by item as far as is asked."""
        matter = self._matters(fact)
        lost = [*_each(matter & ~self._start)]
        if not fact or matter & self._taken:
            lost.append(0)  # where it is taken away it matters where a case can be at all
        found: Found = {(place, each): None for place in self._net.starts for each in lost}
        return found, self._searched(found, matter, without)

    def _searched(self, found: Found, matter: int, without: frozenset[Move]) -> Iterator[Item]:
        todo = deque(found)
        while todo:
            place, lacking = item = todo.popleft()
            self._effort.spend(1 + len(self._net.out[place]))
            for move in self._net.out[place]:
                lost = ~_after(self._steps[move], ~lacking) & matter
                if lost or not lacking:
                    for each in (*_each(lost), 0) if not lacking else _each(lost):
                        after = (move.target, each)
                        if after not in found and move not in without:
                            found[after] = (item, move)
                            todo.append(after)
            yield item

    def _matters(self, facts: int) -> int:
        """`facts` and those on which they may stand."""
        more = facts
        while more:
            more = _all(needs for copy, needs in self._copies if copy & facts) & ~facts
            facts |= more
        return facts

    def _of(self, change: Change) -> _Bits:
        if change not in self._bits:
            copies = tuple((self._mask((key,)), self._mask(needs)) for key, needs in change.copies.items())
            self._bits[change] = _Bits(self._mask(change.gives), ~self._mask(change.takes), copies)
        return self._bits[change]

    def _mask(self, facts: Collection[str]) -> int:
        return _all(self._facts.setdefault(each, 1 << len(self._facts)) for each in facts)

    def _names(self, held: int) -> frozenset[str]:
        return frozenset(name for name, bit in self._facts.items() if bit & held)


def _joined(steps: Sequence[_Bits]) -> list[_Bits]:
    """The same in as few parts as can be: only copies ask what was so before."""
    parts: list[_Bits] = []
    for gives, keeps, copies in steps:
        if parts and not copies and not parts[-1].copies:
            before = parts.pop()
            parts.append(_Bits(before.gives & keeps | gives, before.keeps & keeps, ()))
        elif copies or gives or keeps != ~0:
            parts.append(_Bits(gives, keeps, copies))
    return parts


def _after(steps: Sequence[_Bits], held: int) -> int:
    for gives, keeps, copies in steps:
        before, held = held, held & keeps | gives
        for copy, needs in copies:
            held = held | copy if before & needs == needs else held & ~copy
    return held


def _all(facts: Iterator[int]) -> int:
    found = 0
    for each in facts:
        found |= each
    return found


def _each(facts: int) -> Iterator[int]:
    """The single facts of a set."""
    while facts:
        yield facts & -facts
        facts &= facts - 1
