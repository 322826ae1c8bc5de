"""What can be said of two versions of a definition: changes, as values that every screen and command renders.

neutral: no step, no duty and no sight of data becomes other. additive: more is possible, less is asked. tightening: less
is possible, more or sooner is asked, or nobody can tell. breaking: what a case of the old version holds, or where it
stands, has no place in the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from engine.definition.model import Definition, Place
from engine.definition.proof.terms import Effort
from engine.definition.text import Text
from engine.text import LANGUAGES, messages


class Kind(StrEnum):
    """How much a change asks of those who work by the definition, the least first."""

    NEUTRAL = "neutral"
    ADDITIVE = "additive"
    TIGHTENING = "tightening"
    BREAKING = "breaking"


class What(StrEnum):
    """What became of the thing at a path."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Function(str):
    """The id of a function, whose title stands outside the definition."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing a change is about. noun: its kind, "state"; owner: what it belongs to, if to anything."""

    noun: str
    name: Text = Text()
    owner: Text = Text()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. how: its sentence in the catalogue, "by.more"; params and witness fill it.

    path and `new` are where it stands in the new version's file, `old` in the old one's; of what is removed path is
    that in the old one and `new` the place of what it stood in.
    """

    kind: Kind
    what: What
    path: str
    how: str
    subject: Subject
    old: Place | None = None
    new: Place | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    witness: Mapping[str, Any] = field(default_factory=dict)


def worst(kinds: Iterable[Kind]) -> Kind:
    """The one that asks most; neutral of none."""
    order = tuple(Kind)
    return max(kinds, key=order.index, default=Kind.NEUTRAL)


_TITLED = {
    "state": "states", "field": "fields", "form": "forms", "subcase": "subcases", "stage": "stages", "link": "links",
}  # fmt: skip


class Sheet:
    """Collects the changes between two versions."""

    def __init__(self, old: Definition, new: Definition) -> None:
        self.old, self.new = old, new
        self.effort = Effort()
        self.changes: list[Change] = []

    def note(
        self, kind: Kind, path: str, how: str, subject: Subject, what: What = What.CHANGED,
        witness: Mapping[str, Any] | None = None, **params: Any,
    ) -> None:  # fmt: skip
        """Write down one change."""
        places = self.old.place(path), self.new.place(path)
        self.changes.append(Change(kind, what, path, how, subject, *places, params, witness or {}))

    def named(self, noun: str, key: str) -> Any:
        """What a person reads for the id of a state, field, way …: its title, that of the new version before the old one's."""
        if noun == "function":
            return Function(key)
        for version in (self.new, self.old):
            if noun == "way":
                things: Mapping[str, Any] = {each.key: each for each in version.ways}
                by_trigger = {each.trigger: each for each in reversed(version.ways)}
                found = things.get(key) or by_trigger.get(key)
            else:
                found = getattr(version, _TITLED[noun]).get(key) if noun in _TITLED else None
            if found is not None:
                return title_of(found, key)
        return Text(key)

    def option(self, field: str, key: str) -> Text:
        """An answer of a choice, or of yes and no, by its title."""
        for version in (self.new, self.old):
            if field in version.fields and key in version.fields[field].options:
                return title_of(version.fields[field].options[key], key)
        if key in ("true", "false"):
            word = "word.yes" if key == "true" else "word.no"
            return Text(*(messages().say(language, word) for language in LANGUAGES))
        return Text(key)


def title_of(thing: Any, key: str = "") -> Text:
    """The title of a state, field, way …; its id where it has none."""
    title: Text = thing if isinstance(thing, Text) else getattr(thing, "title", Text())
    return title if title.vi or title.en else Text(key or getattr(thing, "key", ""))
