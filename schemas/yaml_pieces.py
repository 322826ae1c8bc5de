"""Reading a text again after a small change: only the pieces that changed are parsed, the others are remembered.

A piece is one entry of the top level, or one entry of a map there. Whatever is not plainly such pieces is read as a whole,
so the answer is always that of `yaml_text.read`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.definition.model import Place
from schemas.yaml_text import MAX_BYTES, MAX_LEVELS, MAX_NODES, Tree, Unreadable, read

_TOP = re.compile(r"[a-z_]+:(?=[ \n]|$)")
_HEADER = re.compile(r"[a-z_]+:[ ]*(#.*)?\n")
_INNER = re.compile(r"  [a-z][a-z0-9_]*:(?=[ \n]|$)")
_QUIET = re.compile(r"[ ]*(#.*)?\n?")
_NOT_PLAIN = ("---", "...", "%", "\ufeff")
_OTHER_BREAKS = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
REMEMBERED = 4_000  # pieces; about ten workflows
DEEPEST = (
    MAX_LEVELS - 5
)  # dots of a path: deeper ones are left to the reading of the whole, which counts exactly

_Lines = list[str]


class _Whole(Exception):
    """This text must be read as a whole."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """`text` stands under `above` lines; in the map `section`, whose key is in line `header` ("", 0: at the top level)."""

    text: str
    above: int
    section: str = ""
    header: int = 0


def read_again(text: str | bytes) -> Tree:
    """As `read`, quick where little differs from what was read before. Raises `Unreadable`."""
    if isinstance(text, bytes) or len(text) > MAX_BYTES:
        return read(text)
    try:
        return _joined(_pieces(text))
    except _Whole:
        return read(text)


def _pieces(text: str) -> Iterator[_Piece]:
    if _OTHER_BREAKS.search(text):
        raise _Whole
    lines = text.splitlines(keepends=True)  # no other breaks are left in it
    starts = [at for at, line in enumerate(lines) if _TOP.match(line)]
    if not starts or any(line.startswith(_NOT_PLAIN) for line in lines):
        raise _Whole
    if not all(map(_QUIET.fullmatch, lines[: starts[0]])):
        raise _Whole
    for start, end in zip(starts, (*starts[1:], len(lines)), strict=True):
        yield from _entry(lines, start, end)


def _entry(lines: _Lines, start: int, end: int) -> Iterator[_Piece]:
    """One entry of the top level: whole, or by the entries of the map it holds."""
    inner = [at for at in range(start + 1, end) if _INNER.match(lines[at])]
    if (
        not inner
        or not _HEADER.fullmatch(lines[start])
        or not all(map(_QUIET.fullmatch, lines[start + 1 : inner[0]]))
    ):
        yield _Piece("".join(lines[start:end]), start)
        return
    section = lines[start].partition(":")[0]
    for at, until in zip(inner, (*inner[1:], end), strict=True):
        yield _Piece("".join(lines[at:until]), at, section, start + 1)


@lru_cache(REMEMBERED)
def _read_piece(text: str) -> Tree | None:
    """None: it means something only together with what stands around it."""
    try:
        tree = read(text)
    except Unreadable:
        return None
    lines = text.splitlines()
    while _QUIET.fullmatch(lines[-1]):
        lines.pop()
    deepest = max(path.count(".") for path in tree.places)
    # An empty value at the end has its place where the next piece begins.
    lowest = max(place.line for place in tree.places.values())
    return None if tree.findings or deepest > DEEPEST or lowest > len(lines) else tree


def _joined(pieces: Iterable[_Piece]) -> Tree:
    plain: dict[str, Any] = {}
    places: dict[str, Place] = {}
    keys: dict[str, Place] = {}
    header = 0
    for piece in pieces:
        tree = _read_piece(piece.text)
        if tree is None:
            raise _Whole
        section = piece.section
        if section and piece.header != header:
            if section in plain:
                raise _Whole
            plain[section] = {}
            places[section] = keys[section] = Place(piece.header, 1)
            header = piece.header
        into = plain[section] if section else plain
        if not into.keys().isdisjoint(tree.plain):
            raise _Whole
        into.update(tree.plain)
        before = f"{section}." if section else ""
        places.setdefault("", Place(piece.header or piece.above + 1, 1))
        for found, moved in ((tree.places, places), (tree.keys, keys)):
            moved.update(
                (before + path, Place(each.line + piece.above, each.column))
                for path, each in found.items()
                if path
            )
        if len(places) + len(keys) > MAX_NODES:
            raise _Whole
    return Tree(plain, places, keys, ())
