"""A quick look over an author's text before the parser reads it: what would be refused far down is refused here.

The parser takes some 25 microseconds a node, this about one a line. It knows lines, brackets, quotes and nothing else, and
stops looking (the parser will say) at the first thing it is not sure of, so that it refuses nothing that can be read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

SHOWN = 60  # how much of the source a message quotes

# A line of block style: its dashes, its key, and what the value begins with. A key holds no blank before a colon or "#".
_LINE = re.compile(
    r"""(?P<dashes>\ *+(?:-(?:\ ++|(?=\n|\Z)))*+)
        (?:(?P<key>"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'(?!')|[A-Za-z0-9_](?:[^\s:#]|:(?=\S)|(?<=\S)\#|\ ++(?=[^\s:#]))*+):(?=\s|\Z))?
        [\ ]*+(?P<value>.?)""",
    re.VERBOSE | re.ASCII,
)
_DEEPER = re.compile(r"(?P<indent> *+)(?P<more>[^\n]?)[^\n]*+\n?")
_REST = re.compile(r" *+(?:(?<= )#[^\n]*+)?(?:\n|\Z)")
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*+"|'(?:[^']|'')*+'""", re.DOTALL)
# Between brackets: a text or brackets with nothing but words in them, if any, and the one character of structure after it.
_FLOW = re.compile(
    r"""(?:\s++(?:\#[^\n]*+)?+)*+
        (?:(?P<leaf>[\[{](?P<inside>[^\[\]{}"'&*!?|>%@`\#\n]{0,200}+)[\]}])|(?P<text>"(?:[^"\\]|\\.)*+"(?!:\S)|'(?:[^']|'')*+'(?!:\S)
          |-?+[^\s,\[\]{}"'&*!|>%@`\#:?-](?:[^\s,\[\]{}:\#]|:(?=[^\s,\[\]{}"'])|(?<=\S)\#|\s++(?=[^\s\#]))*+))?+
        (?:\s++(?:\#[^\n]*+)?+)*+
        (?:[],}\[{&*!]|:(?=\s))""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_NAME = re.compile(r"[^\s,\[\]{}]*+", re.ASCII)
_UNSURE = frozenset("?%@`\t,]}:")
_BARE_DASH = re.compile(r"-(?:\s|\Z|--)")
_MARKS = {"&": "anchor", "*": "alias", "!": "tag"}


class Refused(NamedTuple):
    """What is wrong (a variant of WF100), the index in the text where it stands, and the name that it has there."""

    variant: str
    at: int
    name: str = ""


class _Unsure(Exception):
    """Something that only the parser can tell."""


class Screen:
    """One look over `source`, whose lines end in a line feed alone."""

    def __init__(self, source: str, levels: int, nodes: int) -> None:
        self._source, self._levels, self._most = source, levels, nodes
        self._nodes = 1  # a lower bound
        self._column = 0  # of the key or dash that what comes next belongs to

    def refused(self) -> Refused | None:
        """The first thing for which the parser would refuse the text; None if none was found."""
        try:
            return self._lines()
        except _Unsure:
            return None

    def _lines(self) -> Refused | None:
        at, waiting = 0, True  # waiting: a key or dash above, or the file itself, has no value yet
        while at < len(self._source):
            found = _LINE.match(self._source, at)
            assert found is not None
            dashes, key, value = found.group("dashes", "key", "value")
            start, items = found.start("value"), dashes.count("-")
            if not key and not items and value in ("", "#"):
                at = self._next_line(start)
                continue
            if self._nodes == 1 and self._source.startswith("---\n", at):
                at += 4
                continue
            if not key and not items and not waiting:
                raise _Unsure
            if items:
                self._column = dashes.rindex("-")
            if key:
                self._column = found.end("dashes") - at
            self._nodes += items + (2 if key else 0)
            if self._nodes > self._most:
                return Refused("nodes", at)
            waiting = value in ("", "#")
            refused, at = self._value(value, start)
            if refused:
                return refused
        return None

    def _value(self, value: str, start: int) -> tuple[Refused | None, int]:
        """What is refused in a value that begins with the character `value`, and the line after it."""
        if value in _MARKS:
            return self._mark(start), start
        if value in ("[", "{"):
            refused, at = self._flow(start)
            return refused, at if refused else self._ended(at)
        if value in ('"', "'"):
            return None, self._ended(self._quoted(start))
        if value in ("", "#"):
            return None, self._next_line(start)
        if value in _UNSURE or _BARE_DASH.match(self._source, start):
            raise _Unsure
        return None, self._text(self._next_line(start))

    def _next_line(self, at: int) -> int:
        found = self._source.find("\n", at)
        return len(self._source) if found < 0 else found + 1

    def _ended(self, at: int) -> int:
        """The line after a value that ends here."""
        found = _REST.match(self._source, at)
        if found is None:
            raise _Unsure
        return found.end()

    def _quoted(self, at: int) -> int:
        found = _QUOTED.match(self._source, at)
        if found is None:
            raise _Unsure
        return found.end()

    def _text(self, at: int) -> int:
        """The first line that is no part of the text, plain or block, that was begun on the line before."""
        end = len(self._source)
        while at < end:
            found = _DEEPER.match(self._source, at)
            assert found is not None
            if found["more"] == "\t" or (found["more"] and len(found["indent"]) <= self._column):
                break
            at = found.end()
        return at

    def _mark(self, at: int) -> Refused:
        mark = self._source[at]
        found = _NAME.match(self._source, at + 1)
        name = found[0][:SHOWN] if found else ""
        if mark != "!" and not name:
            raise _Unsure
        return Refused(_MARKS[mark], at, mark + name if mark == "!" else name)

    def _flow(self, at: int) -> tuple[Refused | None, int]:
        """What is refused between brackets, and where they end."""
        source, match, opened, empty = self._source, _FLOW.match, self._source[at], True
        at += 1
        while found := match(source, at):
            at = found.end()
            sign = source[at - 1]
            if leaf := found["leaf"]:
                if leaf[0] + leaf[-1] not in ("[]", "{}") or sign not in ",]}" or len(opened) >= self._levels:
                    break
                self._nodes += self._inside(leaf[0], found["inside"])
                empty = False
            if sign == "," or sign in "]}":
                if not empty or found.start("text") >= 0:
                    self._nodes += 1 if opened[-1] == "[" else 2
                    if self._nodes > self._most:
                        return Refused("nodes", at - 1), at
                empty = sign == ","
                if not empty:
                    if opened[-1] + sign not in ("[]", "{}"):
                        break
                    opened = opened[:-1]
                    if not opened:
                        return None, at
            elif sign == ":":
                empty = False
            elif found.start("text") >= 0:
                break
            elif sign in _MARKS:
                return self._mark(at - 1), at
            else:
                opened, empty = opened + sign, True
                if len(opened) > self._levels:
                    return Refused("levels", at - 1), at
        raise _Unsure

    @staticmethod
    def _inside(bracket: str, words: str) -> int:
        """The nodes of a list or mapping of words, at least."""
        entries = words.count(",") + (words.rstrip()[-1:] not in ("", ","))
        return entries if bracket == "[" else 2 * entries
