"""How likely two reports are about one person: names, birth, sex, place and relatives compared, and which of them agree.

Pure: whom to compare is engine/duplicates.py. It never decides; it says to a person what to look at. The same both
ways round: `likeness(a, b)` is `likeness(b, a)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from engine.registry.names import fold, spellings, syllables

Part = Literal["name", "born", "sex", "area", "relative"]
How = Literal["same", "close"]

LONGEST = 6  # syllables of a name that are compared
PARTED = 2  # years between two certain birth dates that speak against one person; twice that for an estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is known of a person; empty where nothing is. year: of birth, by an estimate only (`born` is better).

    areas: the place, and what it was formed of. relatives: names of parents and carers.
    """

    name: str = ""
    born: date | None = None
    year: int | None = None
    sex: str = ""
    areas: frozenset[str] = frozenset()
    relatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What agreement and contradiction weigh, and from which weight on a pair is shown.

    same_name, close_name: from which likeness (0 to 1) on two names count as such.
    """

    shown: int = 50
    same_name: float = 0.85
    close_name: float = 0.7
    agree: Mapping[tuple[Part, How], int] = field(
        default_factory=lambda: {
            ("name", "same"): 60, ("name", "close"): 40, ("born", "same"): 30, ("born", "close"): 15,
            ("sex", "same"): 5, ("area", "same"): 10, ("relative", "same"): 20, ("relative", "close"): 10,
        }
    )  # fmt: skip
    against: Mapping[Part, int] = field(default_factory=lambda: {"born": 30, "sex": 20})
    exact_name: int = 5  # more for the same tones, so that what is identical stands first


class Likeness(NamedTuple):
    """The weight of a pair, and what agrees: fully ("same") or nearly ("close")."""

    weight: int
    agree: Mapping[Part, How]


SCALE = Scale()


def likeness(one: Person, other: Person, scale: Scale = SCALE) -> Likeness:
    """How much speaks for `one` and `other` being the same person."""
    agree: dict[Part, How] = {}
    weight = 0
    if one.name and other.name:
        _note(agree, "name", _how_named(one.name, other.name, scale))
        weight += scale.exact_name * (syllables(one.name) == syllables(other.name))
    born = _born(one, other)
    _note(agree, "born", born if born != "apart" else None)
    weight -= scale.against["born"] * (born == "apart")
    if one.sex and other.sex and "unknown" not in (one.sex, other.sex):
        _note(agree, "sex", "same" if one.sex == other.sex else None)
        weight -= scale.against["sex"] * (one.sex != other.sex)
    _note(agree, "area", "same" if one.areas & other.areas else None)
    pairs = [_how_named(mine, theirs, scale) for mine in one.relatives for theirs in other.relatives]
    _note(agree, "relative", next((how for how in ("same", "close") if how in pairs), None))
    return Likeness(weight + sum(scale.agree[part, how] for part, how in agree.items()), agree)


def is_shown(pair: Likeness, scale: Scale = SCALE) -> bool:
    """Is there enough to show it to a person? Place and sex alone agree for thousands."""
    tells = {"name", "born", "relative"} & set(pair.agree)
    return pair.weight >= scale.shown and bool(tells)


def name_likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1: as heard and as lists write them.

    Each syllable is set against its best partner: with the same tones, without them, y for i, an initial, one letter
    wrong. A name that lacks a middle name, or has its parts in another order, is nearly the same; names whose last
    syllable (the given name) has no partner are not alike, whatever else they share, as those of brothers and sisters
    do.
    """
    mine, theirs = syllables(one)[:LONGEST], syllables(other)[:LONGEST]
    if not mine or not theirs:
        return 0.0
    if mine == theirs:
        return 1.0
    if len(mine) > len(theirs) or (len(mine) == len(theirs) and mine > theirs):
        mine, theirs = theirs, mine
    total, partners = _matched(mine, theirs)
    best = total / len(mine) * (1 - 0.1 * (len(theirs) - len(mine)))
    given = len(theirs) - 1 in partners and partners[-1] is not None
    if len(mine) == 1 or not given:
        return 0.5 * best
    return best * (0.99 if partners == tuple(sorted(partners, key=_last)) else 0.95)


def _how_named(one: str, other: str, scale: Scale) -> How | None:
    found = name_likeness(one, other)
    return "same" if found >= scale.same_name else "close" if found >= scale.close_name else None


def _note(agree: dict[Part, How], part: Part, how: How | None) -> None:
    if how:
        agree[part] = how


def _born(one: Person, other: Person) -> Literal["same", "close", "apart"] | None:
    """Same day; same year, or a year apart where one is an estimate; too far apart for one person; or nothing."""
    if one.born and other.born and one.born == other.born:
        return "same"
    years = [person.born.year if person.born else person.year for person in (one, other)]
    if years[0] is None or years[1] is None:
        return None
    certain = bool(one.born and other.born)
    apart = abs(years[0] - years[1])
    if apart <= (0 if certain else 1):
        return "close"
    return "apart" if apart >= PARTED * (1 if certain else 2) else None


def _matched(mine: Sequence[str], theirs: Sequence[str]) -> tuple[float, tuple[int | None, ...]]:
    """The best way to give each syllable of the shorter name a partner of its own: (sum, the partners' places)."""
    best: dict[frozenset[int], tuple[float, tuple[int | None, ...]]] = {frozenset(): (0.0, ())}
    for word in mine:
        after: dict[frozenset[int], tuple[float, tuple[int | None, ...]]] = {}
        for used, (total, places) in best.items():
            after[used] = max(after.get(used, (-1.0, ())), (total, (*places, None)), key=_sum)
            for at, partner in enumerate(theirs):
                alike = 0.0 if at in used else _alike(word, partner)
                if alike:
                    key = used | {at}
                    found = (total + alike, (*places, at))
                    after[key] = max(after.get(key, (-1.0, ())), found, key=_sum)
        best = after
    return max(best.values(), key=_sum)


def _sum(found: tuple[float, tuple[int | None, ...]]) -> float:
    return found[0]


def _last(place: int | None) -> int:
    return LONGEST if place is None else place


@lru_cache(maxsize=100_000)
def _alike(one: str, other: str) -> float:
    """How alike two syllables with their tones are."""
    if one == other:
        return 1.0
    mine, theirs = fold(one), fold(other)
    if mine == theirs:
        return 0.97
    if theirs in spellings(mine):
        return 0.95
    if 1 in (len(mine), len(theirs)):
        return 0.75 if mine[:1] == theirs[:1] else 0.0
    return 0.5 if _one_letter(mine, theirs) else 0.0


def _one_letter(one: str, other: str) -> bool:
    """Does one letter make the difference: another one, one too many, or two that changed places?"""
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    rest, longer = one[start:], other[start:]
    if len(one) == len(other):
        return rest[1:] == longer[1:] or (rest[1::-1] == longer[:2] and rest[2:] == longer[2:])
    return rest == longer[1:]
