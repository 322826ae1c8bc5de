"""What a person typed against what a form asks: type, options, range, required. The engine's own check, whoever calls.

Schemas turn text into typed values before; nothing here knows text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from engine.commands import Blocker
from engine.definition.model import Field, FieldType

TEXT_LENGTH = {FieldType.TEXT: 200, FieldType.LONG_TEXT: 10_000, FieldType.CASE: 60}
MAX_ROWS = 200
# Letters, signs and marks by their category, of which nothing is seen: fillers, an empty braille cell, variants of a form;
# and what stands where bytes could not be read as text.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U00016fe4\U0001d159\U000e0100-\U000e01ef\ufffd]"
)

_TYPES: Mapping[FieldType, Callable[[Any], bool]] = {
    FieldType.TEXT: lambda value: isinstance(value, str),
    FieldType.LONG_TEXT: lambda value: isinstance(value, str),
    FieldType.INTEGER: lambda value: isinstance(value, int) and not isinstance(value, bool),
    FieldType.MONEY: lambda value: isinstance(value, int) and not isinstance(value, bool),
    FieldType.DECIMAL: lambda value: isinstance(value, Decimal) and value.is_finite(),
    FieldType.DATE: lambda value: isinstance(value, date) and not isinstance(value, datetime),
    FieldType.DATETIME: lambda value: isinstance(value, datetime) and value.tzinfo is not None,
    FieldType.BOOLEAN: lambda value: isinstance(value, bool),
    FieldType.CHOICE: lambda value: isinstance(value, str),
    FieldType.CHOICES: lambda value: (
        isinstance(value, tuple) and all(isinstance(each, str) for each in value)
    ),
    FieldType.ACTOR: lambda value: isinstance(value, str),
    FieldType.AGENCY: lambda value: isinstance(value, str),
    FieldType.AREA: lambda value: isinstance(value, str),
    FieldType.CASE: lambda value: isinstance(value, str),
    FieldType.TABLE: lambda value: (
        isinstance(value, tuple) and all(isinstance(row, Mapping) for row in value)
    ),
}


def check(
    values: Mapping[str, Any], fields: Mapping[str, Field], today: date, now: datetime
) -> Iterator[Blocker]:
    """Every value that is not what its field declares. Missing values are not this function's business."""
    for key, value in values.items():
        declared = fields.get(key)
        if declared is None:
            yield Blocker("field_unknown", {"field": key}, key)
        elif not is_empty(value):
            yield from _check_one(key, value, declared, today, now)


def is_empty(value: Any) -> bool:
    """Nothing filled in: absent, blank text, or no rows."""
    return value is None or value == () or (isinstance(value, str) and not value.strip())


def filled(row: Any) -> Any:
    """A row of a table by its filled cells: a form sends the empty ones too."""
    return {key: cell for key, cell in row.items() if not is_empty(cell)} if isinstance(row, Mapping) else row


def part_of(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a form that is a track's own: `education.since` under `since`."""
    return {name.partition(".")[2]: value for name, value in values.items() if name.startswith(key + ".")}


def _check_one(path: str, value: Any, declared: Field, today: date, now: datetime) -> Iterator[Blocker]:
    if not _TYPES[declared.type](value):
        yield Blocker("field_type", {"field": declared.key, "type": declared.type.value}, path)
        return
    match declared.type:
        case FieldType.TEXT | FieldType.LONG_TEXT | FieldType.CASE:
            longest = declared.max or TEXT_LENGTH[declared.type]
            if len(value) > longest:
                yield Blocker("field_length", {"field": declared.key, "max": longest}, path)
            if not unicodedata.is_normalized("NFC", value) or unseen(value):
                yield Blocker("field_characters", {"field": declared.key}, path)
        case FieldType.CHOICE | FieldType.CHOICES:
            for each in (value,) if isinstance(value, str) else value:
                option = declared.options.get(each)
                if option is None or option.disabled:
                    yield Blocker("field_option", {"field": declared.key}, path)
        case FieldType.TABLE:
            if len(value) > MAX_ROWS:
                yield Blocker("field_rows", {"field": declared.key, "max": MAX_ROWS}, path)
            for number, row in enumerate(value[:MAX_ROWS]):
                for column, cell in row.items():
                    where = f"{path}.{number}.{column}"
                    if column not in declared.columns:
                        yield Blocker("field_unknown", {"field": column}, where)
                    elif cell is not None:
                        yield from _check_one(where, cell, declared.columns[column], today, now)
        case _:
            yield from _check_range(path, value, declared, today, now)


def _check_range(path: str, value: Any, declared: Field, today: date, now: datetime) -> Iterator[Blocker]:
    low, high = (_bound(each, declared.type, today, now) for each in (declared.min, declared.max))
    if low is not None and value < low:
        yield Blocker("field_low", {"field": declared.key, "min": low}, path)
    if high is not None and value > high:
        yield Blocker("field_high", {"field": declared.key, "max": high}, path)


def _bound(bound: Any, kind: FieldType, today: date, now: datetime) -> Any:
    match bound:
        case None:
            return None
        case "today":
            return today
        case "now":
            return now
        case str() if kind is FieldType.DATE:
            return date.fromisoformat(bound)
        case str() if kind is FieldType.DATETIME:
            return datetime.fromisoformat(bound).astimezone(UTC)
        case str():
            return Decimal(bound)
    return bound


def unseen(text: str) -> str:
    """The first character that nobody sees, or that is none: control, invisible, private or unassigned; "" without one.

    Line ends and tabs are none of them. Most texts need one look only.
    """
    if not text.isprintable():
        found = next(filter(_unprintable, text), "")
        if found:
            return found
    blank = None if text.isascii() else _BLANK.search(text)
    return blank[0] if blank else ""


def _unprintable(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") and character not in "\n\t\r"
