"""Places as sheets name them: by code, by name with or without tones and kind, under names that are no longer in force.

A unit that was taken into another answers with the one it is part of now. Where more than one may be meant, none is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from engine.definition.suggest import nearest
from engine.registry.names import fold, toned

DIGITS = 5  # of the official code of a commune; Excel takes away zeros in front


class Area(Protocol):
    """What is looked at of an area (engine.store.rows.AreaRow)."""

    @property
    def id(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def name_vi(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """area: the one that is meant, "" if that cannot be told. was: the former unit it was named by. several: all that may
    be meant. near: an area whose name is much like it."""

    area: str = ""
    was: str = ""
    several: tuple[str, ...] = ()
    near: str = ""


class Places:
    """The areas of one level ("" = any) of an installation on one day.

    successors: old area to those it became. kinds: folded words of kinds.
    """

    def __init__(
        self,
        areas: Mapping[str, Area],
        successors: Mapping[str, tuple[str, ...]],
        today: date,
        level: str = "",
        kinds: Iterable[str] = (),
    ) -> None:
        self._areas, self._successors, self._today = areas, successors, today
        self._kinds = tuple(sorted(kinds, key=len, reverse=True))
        self._by_name: dict[str, list[str]] = {}
        self._by_code: dict[str, list[str]] = {}
        for area in areas.values():
            if level in ("", area.level):
                self._by_code.setdefault(area.code, []).append(area.id)
                for name in {each for full in (area.name_vi, area.name_en) for each in self._names(full)}:
                    self._by_name.setdefault(name, []).append(area.id)
        self._known: dict[str, Place] = {}

    def find(self, text: str) -> Place:
        """What a cell means."""
        if text not in self._known:
            self._known[text] = self._find(text)
        return self._known[text]

    def _find(self, text: str) -> Place:
        if text in self._areas:
            return self._meant([text])
        if text.isascii() and text.isdigit():
            return self._meant(self._by_code.get(text.zfill(DIGITS), []))
        name, *above = [each.strip() for each in text.replace(" - ", ",").replace(";", ",").split(",")]
        found = next((ids for each in self._names(name) if (ids := self._by_name.get(each))), [])
        exactly = [each for each in found if toned(name) in self._toned(each)]
        found = exactly or found
        within = [each for each in found if any(self._lies_in(each, part) for part in above)]
        if not found:
            near = nearest(self._names(name)[-1], self._by_name)
            return Place(near=self._by_name[near][0] if near else "")
        return self._meant(within or found)

    def _meant(self, found: list[str]) -> Place:
        now = [each for each in found if self._in_force(each)]
        if len(now) == 1:
            return Place(now[0])
        if now:
            return Place(several=tuple(now))
        became = tuple(dict.fromkeys(new for each in found for new in self._became(each)))
        if len(became) == 1:
            return Place(became[0], was=found[0])
        return Place(several=became)

    def _became(self, area: str) -> Iterator[str]:
        for new in self._successors.get(area, ()):
            if self._in_force(new):
                yield new
            elif new != area:
                yield from self._became(new)

    def _in_force(self, area: str) -> bool:
        row = self._areas[area]
        return row.valid_from <= self._today and (row.valid_to is None or self._today <= row.valid_to)

    def _lies_in(self, area: str, above: str) -> bool:
        parent = self._areas[area].parent
        while parent and parent in self._areas:
            if set(self._names(self._areas[parent].name_vi)) & set(self._names(above)):
                return True
            parent = self._areas[parent].parent
        return False

    def _toned(self, area: str) -> set[str]:
        name = toned(self._areas[area].name_vi)
        return {name, name.partition(" ")[2], *(name.split(" ", 2)[2:])}

    def _names(self, name: str) -> tuple[str, ...]:
        """The folded name as it stands, then without the word of its kind, which stands before it or, in English, after it."""
        folded = fold(name)
        before = (folded[len(kind) + 1 :] for kind in self._kinds if folded.startswith(f"{kind} "))
        after = (folded[: -len(kind) - 1] for kind in self._kinds if folded.endswith(f" {kind}"))
        return (folded, *filter(None, (next(before, ""), next(after, ""))))
