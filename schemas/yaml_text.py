"""Text in, plain data with places out: the strict reading of an author's YAML 1.2 file.

It works on the parser's events, so a file that would grow when its aliases are expanded, or that is nested
without end, is refused at the first such event. What the keys mean is the schemas' business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from engine.definition.findings import Finding, Severity
from engine.definition.model import Place
from schemas.yaml_screen import SHOWN, Screen

MAX_BYTES = 1_000_000
MAX_LEVELS = 20
MAX_NODES = 50_000
# The scanner looks back along a line; a bound on the line bounds its work.
MAX_LINE = 10_000
MAX_LINES = 20_000
MAX_TWICE = 200

# Control characters, half characters, and what is not seen but changes what is: direction, joining, zero width, fillers.
_FORBIDDEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff\U000110bd\U000110cd\U00013430-\U00013438\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_BRACKET = re.compile(r"[\[\]{}]")
_NO_CHARACTER = re.compile(r"\\U(?!000|0010)")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_WORDS: Mapping[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

# How the parser's complaints begin, and the sentence of ours that says the same to an author.
_COMPLAINTS = (
    ("found character '\\t'", "tab"),
    ("mapping values are not allowed", "colon"),
    ("could not find expected ':'", "colon_missing"),
    ("found unexpected end of stream", "quote"),
    ("found unexpected document separator", "quote"),
    ("expected ',' or", "bracket"),
    ("expected <block end>", "indentation"),
    ("found unknown escape character", "escape"),
)


class Unreadable(ValueError):
    """The text cannot be read at all; `finding` (always WF100) says where and why."""

    def __init__(self, variant: str, place: Place | None = None, **params: Any) -> None:
        super().__init__(variant)
        self.finding = Finding("WF100", Severity.ERROR, "", place, params, variant=variant)


@dataclass(frozen=True, slots=True)
class Tree:
    """What a file says, and where.

    `places` maps a dotted path ("transitions.close.by.0") to where its text begins, for a scalar, or where
    its key stands, for a mapping or list; `keys` maps every mapping entry to its key. `findings` are keys
    written twice (WF103), of which the first is kept.
    """

    plain: dict[str, Any]
    places: Mapping[str, Place]
    keys: Mapping[str, Place]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Reading:
    """The state of one reading: the events still to come and what was found so far."""

    events: Iterator[Event]
    places: dict[str, Place] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    nodes: int = 0

    def node(self, event: Event, path: str, level: int, key: Place | None) -> Any:
        """The value that begins with `event`."""
        self._admit(event)
        if isinstance(event, ScalarEvent):
            self.places[path] = _text_place(event)
            return _scalar(event)
        self.places[path] = key or _place(event)
        if level > MAX_LEVELS:
            raise Unreadable("levels", _place(event), most=MAX_LEVELS)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path, level)
        return self._mapping(path, level)

    def _sequence(self, path: str, level: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self.node(event, f"{path}.{len(items)}", level + 1, None))
        return items

    def _mapping(self, path: str, level: int) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            key, place = self._key(event), _place(event)
            inner = f"{path}.{key}" if path else key
            if key in mapping:
                self._twice(key, inner, place)
                self._skip(level)
                continue
            self.keys[inner] = place
            mapping[key] = self.node(next(self.events), inner, level + 1, place)
        return mapping

    def _key(self, event: Event) -> str:
        self._admit(event)
        if not isinstance(event, ScalarEvent):
            raise Unreadable("key", _place(event))
        if event.style is None and event.value == "<<":
            raise Unreadable("merge", _place(event))
        if not event.value:
            raise Unreadable("key", _place(event))
        return unicodedata.normalize("NFC", event.value)

    def _twice(self, key: str, path: str, place: Place) -> None:
        if len(self.findings) >= MAX_TWICE:
            raise Unreadable("twice", place, most=MAX_TWICE)
        params = {"name": key[:SHOWN], "first": self.keys[path].line, "second": place.line}
        self.findings.append(Finding("WF103", Severity.ERROR, path, place, params))

    def _skip(self, level: int) -> None:
        """Read past a value without keeping it or its places."""
        aside = _Reading(self.events, findings=self.findings[:], nodes=self.nodes)
        aside.node(next(self.events), "", level + 1, None)
        self.nodes = aside.nodes

    def _admit(self, event: Any) -> None:
        """Refuse what has no place in a definition before it is looked into."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Unreadable("nodes", _place(event), most=MAX_NODES)
        if isinstance(event, AliasEvent):
            raise Unreadable("alias", _place(event), name=event.anchor[:SHOWN])
        if event.anchor is not None:
            raise Unreadable("anchor", _place(event), name=event.anchor[:SHOWN])
        if event.tag is not None:
            raise Unreadable("tag", _place(event), name=event.tag[:SHOWN])


def read(text: str | bytes) -> Tree:
    """The plain data of a YAML 1.2 file: dicts, lists, str, int, Decimal, bool and None, all text in NFC.

    Dates, octal and exponent numbers, numbers with leading zeros and `on`, `no`, `yes` stay text.
    Raises `Unreadable` for anything but one plain mapping within the bounds of this module.
    """
    source = _decoded(text).replace("\r\n", "\n").replace("\r", "\n")
    _screen(source)
    events = YAML(typ="safe", pure=True).parse(source)
    try:
        return _document(events)
    except MarkedYAMLError as error:
        raise _refused(error, source) from None
    except YAMLError:
        raise Unreadable("syntax", None, near="…") from None
    except Unreadable:
        raise
    except (ValueError, OverflowError):  # the scanner lets chr() complain of "\\U00110000"
        found = _NO_CHARACTER.search(source)
        raise Unreadable("escape", _at(source, found.start()) if found else None) from None


def _document(events: Iterator[Event]) -> Tree:
    next(events)  # the start of the stream
    start = next(events)
    if not isinstance(start, DocumentStartEvent):
        raise Unreadable("empty", Place(1, 1))
    if start.tags or (start.version and tuple(start.version) != (1, 2)):
        raise Unreadable("directive", Place(1, 1))
    reading = _Reading(events)
    top = next(events)
    if not isinstance(top, MappingStartEvent):
        reading._admit(top)
        raise Unreadable("not_mapping", _place(top))
    plain = reading.node(top, "", 1, None)
    next(events)  # the end of the document
    if isinstance(after := next(events), DocumentStartEvent):
        raise Unreadable("documents", _place(after))
    return Tree(plain, reading.places, reading.keys, tuple(reading.findings))


def _decoded(text: str | bytes) -> str:
    if isinstance(text, str):
        if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            raise Unreadable("too_big", None, most=MAX_BYTES)
        return text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise Unreadable("too_big", None, most=MAX_BYTES)
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("encoding", Place(text.count(b"\n", 0, error.start) + 1, 1)) from None


def _screen(source: str) -> None:
    """Refuse by plain search what would cost the parser long, or would hide what a reader sees."""
    if found := _FORBIDDEN.search(source):
        raise Unreadable("character", _at(source, found.start()), name=f"U+{ord(found.group()):04X}")
    if source.count("\n") >= MAX_LINES:
        raise Unreadable("lines", Place(MAX_LINES + 1, 1), most=MAX_LINES)
    if refused := Screen(source, MAX_LEVELS, MAX_NODES).refused():
        most = {"levels": MAX_LEVELS, "nodes": MAX_NODES}.get(refused.variant)
        told = {"most": most} if most else {"name": refused.name}
        raise Unreadable(refused.variant, _at(source, refused.at), **told)
    for number, line in enumerate(source.split("\n"), start=1):
        depth = 0
        for found in _BRACKET.finditer(line):
            depth = depth + 1 if found.group() in "[{" else max(0, depth - 1)
            if depth > MAX_LEVELS:
                raise Unreadable("levels", Place(number, found.start() + 1), most=MAX_LEVELS)
        if len(line) > MAX_LINE:
            raise Unreadable("line_length", Place(number, 1), most=MAX_LINE)


def _at(source: str, index: int) -> Place:
    return Place(source.count("\n", 0, index) + 1, index - source.rfind("\n", 0, index))


def _refused(error: MarkedYAMLError, source: str) -> Unreadable:
    problem = str(error.problem or "")
    variant = next((name for start, name in _COMPLAINTS if problem.startswith(start)), "syntax")
    # A quote or a key without an end is noticed later than where it begins.
    begun = error.context_mark if variant in ("quote", "colon_missing") else None
    mark = begun or error.problem_mark
    if mark is None:
        return Unreadable(variant, None, near="…")
    lines = source.split("\n")
    near = (lines[mark.line].strip()[:SHOWN] if mark.line < len(lines) else "") or "…"
    return Unreadable(variant, Place(mark.line + 1, mark.column + 1), near=near)


def _place(event: Event) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _text_place(event: ScalarEvent) -> Place:
    """Where the text of a scalar begins: after the quote of a quoted one."""
    place = _place(event)
    return Place(place.line, place.column + 1) if event.style in ("'", '"') else place


def _scalar(event: ScalarEvent) -> Any:
    value = str(event.value)
    if event.style == '"' and (found := _FORBIDDEN.search(value)):
        raise Unreadable("character", _place(event), name=f"U+{ord(found.group()):04X}")
    if event.style is not None:
        return unicodedata.normalize("NFC", value)
    if value in _WORDS:
        return _WORDS[value]
    if _INTEGER.fullmatch(value):
        return int(value)
    if _DECIMAL.fullmatch(value):
        return Decimal(value)
    return unicodedata.normalize("NFC", value)
