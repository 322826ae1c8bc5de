"""The nearest known word to one that is unknown: the "did you mean" of findings and of form errors.

Pure and bounded: a hostile word of a megabyte costs no more than a short one.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 80
MOST = 1000


def nearest(word: str, known: Iterable[str]) -> str:
    """The word of `known` most like `word`, or "" when none is like it.

    Looks among the first `MOST` in alphabetical order, so that a hostile file cannot make it look for long.
    """
    candidates = sorted(each for each in known if len(each) <= LONGEST)[:MOST]
    close = get_close_matches(word[:LONGEST].lower(), candidates, n=1, cutoff=0.6)
    return close[0] if close else ""
