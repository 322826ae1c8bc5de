"""The whole of two versions, side by side, and what of a picture it touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.definition.diff.change import Change, Kind, Sheet, Subject, What, title_of, worst
from engine.definition.diff.data import Data
from engine.definition.diff.flow import Flow
from engine.definition.diff.rules import Attribute, B, N, T, compared, value, words
from engine.definition.flow import REOPEN
from engine.definition.model import Definition

_WHOLE = (
    Attribute("title", words), Attribute("id", value(B, B, B)), Attribute("reference", value(N, N, N)),
    Attribute("subject", value(B, B, B)), Attribute("calendar", value(T, T, T)), Attribute("owner", value(T, T, T, "function")),
)  # fmt: skip


def compare(old: Definition, new: Definition) -> tuple[Change, ...]:
    """All that is different in the new version, in the order of its file, what was removed last.

    Empty exactly if they say the same. Turned round, the same paths are told, added for removed; neutral stays neutral,
    and what is additive in one direction is tightening or breaking in the other.
    """
    sheet = Sheet(old, new)
    whole = Subject("whole", title_of(new))
    compared(sheet, _WHOLE, "", whole, old, new)
    for name in ("shows", "duplicates", "accept", "moves"):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            sheet.note(N, name, f"{name}.changed", whole)
    Flow(sheet).noted()
    Data(sheet).noted()
    return tuple(sorted(sheet.changes, key=_position))


def _position(change: Change) -> tuple[Any, ...]:
    removed = change.what is What.REMOVED
    place = change.old if removed else change.new
    return removed, place is None, (place.line, place.column) if place else (), change.path, change.how


@dataclass(frozen=True, slots=True)
class Touch:
    """What became of a state or transition, and the worst kind of all that changed in it."""

    what: What
    kind: Kind


@dataclass(frozen=True, slots=True)
class Touched:
    """The states and transitions that are not the same, by id; a reopening is `reopen.STATE`."""

    states: Mapping[str, Touch]
    transitions: Mapping[str, Touch]


def touched(changes: Iterable[Change]) -> Touched:
    """Which parts of a picture of both versions are to be coloured."""
    found: dict[tuple[str, str], list[Change]] = {}
    for each in changes:
        part, _, rest = each.path.partition(".")
        key, _, inside = rest.partition(".")
        if part == "states" and inside.partition(".")[0] == REOPEN:
            part, key = "transitions", f"{REOPEN}.{key}"
        if key and part in ("states", "transitions"):
            found.setdefault((part, key), []).append(each)
    parts: dict[str, dict[str, Touch]] = {"states": {}, "transitions": {}}
    for (part, key), group in found.items():
        whole = [
            each.what
            for each in group
            if each.path in (f"{part}.{key}", f"states.{key[len(REOPEN) + 1 :]}.{REOPEN}")
        ]
        parts[part][key] = Touch(whole[0] if whole else What.CHANGED, worst(each.kind for each in group))
    return Touched(**parts)
