"""Kleene's three-valued logic: over True, False and None (unknown), and over masks of such outcomes."""

from __future__ import annotations

from collections.abc import Iterable

TRUE, FALSE, UNKNOWN = 1, 2, 4
ANYTHING = TRUE | FALSE | UNKNOWN


def all_of(values: Iterable[bool | None]) -> bool | None:
    """Kleene's and: false as soon as one is false, unknown if one is unknown, else true."""
    outcome: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is None:
            outcome = None
    return outcome


def any_of(values: Iterable[bool | None]) -> bool | None:
    """Kleene's or: true as soon as one is true, unknown if one is unknown, else false."""
    outcome: bool | None = False
    for value in values:
        if value is True:
            return True
        if value is None:
            outcome = None
    return outcome


def mask(value: bool | None) -> int:
    """The set of one outcome."""
    return TRUE if value is True else FALSE if value is False else UNKNOWN


def _and(a: int, b: int) -> int:
    """Every outcome of a with every outcome of b: false wins, then unknown."""
    found = (a | b) & FALSE
    if a & TRUE and b & TRUE:
        found |= TRUE
    if (a & UNKNOWN and b & (TRUE | UNKNOWN)) or (b & UNKNOWN and a & (TRUE | UNKNOWN)):
        found |= UNKNOWN
    return found


def _not(a: int) -> int:
    return (a & UNKNOWN) | (FALSE if a & TRUE else 0) | (TRUE if a & FALSE else 0)


# NOT[a], AND[a][b], OR[a][b] for masks 0 to 7; 0, no outcome at all, is never asked.
NOT = tuple(_not(a) for a in range(8))
AND = tuple(tuple(_and(a, b) for b in range(8)) for a in range(8))
OR = tuple(tuple(NOT[AND[NOT[a]][NOT[b]]] for b in range(8)) for a in range(8))
