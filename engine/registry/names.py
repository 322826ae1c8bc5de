"""Vietnamese names: folding, one spelling of tone marks, blind index tokens, ranking and short forms.

Names are sealed; they are found by keyed hashes of their syllables, then decrypted and ranked here. Pure
functions: which rows to read is the store's, who may read them is access'.
"""

from __future__ import annotations

import hmac
import re
from collections import Counter
from typing import NamedTuple
from unicodedata import combining, normalize

TOKEN_BYTES = 16
MOST_SYLLABLES = 8  # of a name that is compared with others

_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
_BARRED = str.maketrans("đð", "dd")  # NFD leaves đ whole; ð is what some old fonts put for it
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONE = re.compile(f"[{_TONES}]")
_VOWEL = re.compile(r"[aeiouy][\u0302\u0306\u031b]*")
_SYLLABLE = re.compile(rf"((?:qu|gi)(?=[aeiouy])|[^aeiouy]*)((?:{_VOWEL.pattern})+)([^aeiouy]*)")


class QueryTokens(NamedTuple):
    """What to look up: rows with all `folded` are candidates, those with all `toned` too come first."""

    folded: frozenset[bytes]
    toned: frozenset[bytes]


def fold(text: str) -> str:
    """`text` as typed without tones: words of plain letters and digits, one space between; `Đức` is `duc`."""
    if not text.isascii():
        open_text = normalize("NFD", normalize("NFD", text).casefold())
        text = "".join(each for each in open_text if not combining(each)).translate(_BARRED)
    return " ".join(_WORD.findall(text.lower()))


def toned(text: str) -> str:
    """`text` with its tones, in one spelling: NFC, small letters, `hoà` as `hòa`, one space between words."""
    return " ".join(syllables(text))


def syllables(text: str) -> tuple[str, ...]:
    """The words of `toned(text)`."""
    words = _WORD.findall(normalize("NFC", normalize("NFC", text).casefold()))
    return tuple(word if word.isascii() else _tone_in_place(word) for word in words)


def index_tokens(key: bytes, field: str, text: str) -> frozenset[bytes]:
    """The tokens to store for a name in `field`: one of the folded and one of the toned form a syllable.

    key: the installation's index key. Each token is HMAC-SHA256 cut to 16 bytes. Frequent syllables stay
    visible as frequent tokens to whoever steals the table; the read log and the key outside the database are
    what stands against it (trust.md §2.2).
    """
    query = _tokens(key, field, syllables(text))
    return query.folded | query.toned


def query_tokens(key: bytes, field: str, text: str) -> QueryTokens:
    """The tokens to look for when a person typed `text`; empty sets if it holds no letter or digit.

    Beside a longer word a single letter may be an initial, as lists write names: then `rank` alone judges it.
    """
    words = syllables(text)
    return _tokens(key, field, tuple(word for word in words if len(fold(word)) > 1) or words)


def alike_tokens(key: bytes, field: str, text: str) -> tuple[frozenset[bytes], ...]:
    """Of each syllable of a name the tokens under which it may stand elsewhere.

    With its tones and without them, with y for i, and as the initial that lists leave of it. An initial beside a
    longer word says too little to be looked up.
    """
    words = syllables(text)
    return tuple(
        frozenset(
            (
                _token(key, field, "toned", word),
                *(_token(key, field, "folded", each) for each in (*spellings(fold(word)), fold(word)[0])),
            )
        )
        for word in ([word for word in words if len(fold(word)) > 1] or words)[:MOST_SYLLABLES]
    )


def spellings(syllable: str) -> frozenset[str]:
    """A folded syllable and what else it may be written as: `my` and `mi`, `ly` and `li`."""
    swapped = {"y": "i", "i": "y"}.get(syllable[-1:])
    return frozenset((syllable, syllable[:-1] + swapped) if swapped else (syllable,))


def _tokens(key: bytes, field: str, words: tuple[str, ...]) -> QueryTokens:
    return QueryTokens(
        frozenset(_token(key, field, "folded", fold(word)) for word in words),
        frozenset(_token(key, field, "toned", word) for word in words),
    )


def rank(query: str, name: str) -> int:
    """How well a decrypted `name` answers `query`: 0 not at all, more is better.

    Each syllable with exactly the tones asked for weighs most (4), then that the syllables stand together in
    order (2), then that they are the whole name (1). Without its tones a syllable must still be there; beside
    a longer word a single letter may stand for a word that begins with it.
    """
    asked, there = syllables(query), syllables(name)
    asked_folded, there_folded = tuple(map(fold, asked)), tuple(map(fold, there))
    long = [word for word in asked_folded if len(word) > 1] or asked_folded
    initials = Counter(asked_folded) - Counter(long)
    words, left = Counter(long), Counter(there_folded)
    if not asked or words - left or initials - Counter(word[0] for word in (left - words).elements()):
        return 0
    exact = (Counter(asked) & Counter(there)).total()
    return 1 + 4 * exact + 2 * _runs_in(asked_folded, there_folded) + (len(asked) == len(there))


def short_name(name: str) -> str:
    """A child or family member in lists: `Triệu T. L.`; of a single word the initial only."""
    words = _words(name)
    if len(words) < 2:
        return "".join(map(_initial, words))
    return " ".join([words[0], *map(_initial, words[1:])])


def short_official_name(name: str) -> str:
    """An official in lists: all but the given name in full, `Nông Thị T.`; a single word stays as it is."""
    words = _words(name)
    if len(words) < 2:
        return "".join(words)
    return " ".join([*words[:-1], _initial(words[-1])])


def _tone_in_place(word: str) -> str:
    """`word` with its tone where the older rule has it (hòa, thúy, quý, già), if it is one syllable."""
    letters = normalize("NFD", word)
    tones = _TONE.findall(letters)
    bare = normalize("NFD", _TONE.sub("", letters))
    parts = _SYLLABLE.fullmatch(bare)
    if len(tones) != 1 or parts is None:
        return word
    onset, nucleus, coda = parts.groups()
    vowels = _VOWEL.findall(nucleus)
    marked = [place for place, vowel in enumerate(vowels) if len(vowel) > 1]
    if marked:
        at = marked[-1]
    elif len(vowels) == 2:
        at = 1 if coda else 0
    else:
        at = len(vowels) // 2
    vowels[at] += tones[0]
    return normalize("NFC", onset + "".join(vowels) + coda)


def _token(key: bytes, field: str, kind: str, syllable: str) -> bytes:
    return hmac.digest(key, f"{field}|{kind}|{syllable}".encode(), "sha256")[:TOKEN_BYTES]


def _runs_in(asked: tuple[str, ...], there: tuple[str, ...]) -> bool:
    return any(
        all(
            word == asked_ or (len(asked_) == 1 and word[:1] == asked_)
            for asked_, word in zip(asked, there[at:], strict=False)
        )
        for at in range(len(there) - len(asked) + 1)
    )


def _words(name: str) -> list[str]:
    return [word for word in normalize("NFC", name).split() if any(map(str.isalnum, word))]


def _initial(word: str) -> str:
    return next(filter(str.isalnum, word)).upper() + "."
