"""One cell as the text that a person would have typed into the field, or why that cannot be told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from engine.definition.model import Field, FieldType
from engine.definition.suggest import nearest
from engine.forms import unseen
from engine.importing import Reason
from engine.registry.names import fold
from schemas.intake import moments
from schemas.intake.declared import Declared
from schemas.intake.places import Places
from schemas.sheets.model import LONGEST, Cell

TEXTS = (FieldType.TEXT, FieldType.LONG_TEXT)
_BETWEEN = re.compile(r"[;,\n]")


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell says: the text (a list of options for several), and what is to be said of it; of a refused one only that."""

    text: str | list[str] | None = None
    reason: Reason | None = None


class Column:
    """Reads the cells of one field. agencies: folded name or id to id."""

    def __init__(
        self,
        declared: Declared,
        field: Field,
        column: str,
        places: Places,
        agencies: Mapping[str, str],
        epoch: Any,
    ) -> None:
        self._declared, self._field, self._column = declared, field, column
        self._places, self._agencies, self._epoch = places, agencies, epoch

    def says(self, cell: Cell) -> Said:
        """What this cell says."""
        if cell.kind in ("formula", "fault"):
            return self._refused(cell.kind)
        if cell.kind == "text":
            text = cell.value.strip()
            if len(text) > LONGEST:
                return self._refused("too_long", max=LONGEST)
            hidden = unseen(text)
            if hidden:
                return self._refused("invisible", character=f"U+{ord(hidden):04X}")
            cell = Cell("text", text)
            if (
                self._field.type not in TEXTS
                and fold(text) in self._declared.empty
                and not self._option(text)
            ):
                return Said()
        try:
            return self._typed(cell)
        except moments.Doubtful as doubt:
            return self._refused(doubt.code)

    def _typed(self, cell: Cell) -> Said:
        match self._field.type:
            case FieldType.TEXT | FieldType.LONG_TEXT:
                return self._text(cell)
            case FieldType.INTEGER | FieldType.MONEY | FieldType.DECIMAL:
                return self._number(cell)
            case FieldType.DATE:
                return self._day(*moments.day(cell, self._epoch))
            case FieldType.DATETIME:
                return self._day(*moments.moment(cell, self._epoch))
            case FieldType.BOOLEAN:
                return self._yes_no(cell)
            case FieldType.CHOICE:
                return self._choice(cell)
            case FieldType.CHOICES:
                return self._choices(cell)
            case FieldType.AREA:
                return self._place(cell)
            case FieldType.AGENCY:
                found = self._agencies.get(_words(cell)) or self._agencies.get(_plain(cell))
                return Said(found) if found else self._refused("agency_unknown")
        return Said(_plain(cell))

    def _text(self, cell: Cell) -> Said:
        match cell:
            case Cell("text", text):
                return Said(text)
            case Cell("number", _):
                return Said(
                    _plain(cell), Reason("number_as_text", self._field.key, self._column, warning=True)
                )
            case Cell("date" | "moment", value):
                return Said(f"{value:%d/%m/%Y}")
            case Cell("time", value):
                return Said(f"{value:%H:%M}")
        return self._refused("yes_no_as_text")

    def _number(self, cell: Cell) -> Said:
        if cell.kind == "number":
            value = cell.value
            if self._field.type is FieldType.DECIMAL:
                return Said(f"{Decimal(repr(value)).normalize():f}".replace(".", ","))
            if float(value).is_integer():
                return Said(str(int(value)))
        elif cell.kind == "text":
            whole = re.fullmatch(r"(-?\d+)[.,]0+", cell.value)
            short = whole and self._field.type is FieldType.INTEGER
            return Said(whole[1] if whole and short else cell.value)
        return self._refused("field_type", type=self._field.type.value)

    def _day(self, text: str, counted: bool) -> Said:
        warning = Reason("date_number", self._field.key, self._column, warning=True) if counted else None
        return Said(text, warning)

    def _yes_no(self, cell: Cell) -> Said:
        word = _words(cell)
        if cell.kind == "yes_no":
            return Said("true" if cell.value else "false")
        if word in self._declared.yes or word in self._declared.no:
            return Said("true" if word in self._declared.yes else "false")
        return self._refused("yes_no")

    def _choice(self, cell: Cell) -> Said:
        option = self._option(_plain(cell))
        return Said(option) if option else self._no_option(_words(cell))

    def _choices(self, cell: Cell) -> Said:
        found = []
        for part in _BETWEEN.split(_plain(cell)):
            if part.strip():
                option = self._option(part)
                if not option:
                    return self._no_option(fold(part))
                found.append(option)
        return Said(found)

    def _option(self, text: str) -> str:
        return self._options.get(fold(text), "")

    def _no_option(self, word: str) -> Said:
        near = nearest(word, self._options)
        return self._refused("no_option_near" if near else "no_option", option=self._options.get(near, ""))

    @cached_property
    def _options(self) -> dict[str, str]:
        """Every word for an option: its key, its titles, and what is declared for it."""
        found: dict[str, str] = {}
        for key, option in self._field.options.items():
            if not option.disabled:
                found |= {fold(name): key for name in (key, option.title.vi, option.title.en)}
        for word, key in self._declared.values.get(self._field.key, {}).items():
            if key in self._field.options:
                found.setdefault(word, key)
        return found

    def _place(self, cell: Cell) -> Said:
        place = self._places.find(_plain(cell))
        if place.area and place.was:
            return Said(place.area, Reason("place_was", self._field.key, self._column, {"was": place.was, "area": place.area}, warning=True))  # fmt: skip
        if place.area:
            return Said(place.area)
        if place.several:
            return self._refused("place_several", areas=place.several)
        return self._refused("place_near" if place.near else "place_unknown", area=place.near)

    def _refused(self, code: str, **params: Any) -> Said:
        if code == "field_type":
            params = {"field": self._field.key} | params
        return Said(reason=Reason(code, self._field.key, self._column, params))


def _plain(cell: Cell) -> str:
    if cell.kind == "number":
        return str(int(cell.value)) if float(cell.value).is_integer() else repr(cell.value)
    return str(cell.value).strip()


def _words(cell: Cell) -> str:
    return fold(_plain(cell))
