"""Forms made of declared fields: what was typed becomes typed values, or an error beside its field.

Text in, values of engine.values out. Dates are read as Vietnam writes them (20/11/2026, also with "-", "." and
ISO), numbers with dots between thousands and a decimal comma. Whether a value is allowed is the engine's check.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from marshmallow import RAISE, Schema, ValidationError, fields

from engine.definition.model import Field, FieldType

MAX_ROWS = 200
# What is pasted along with a text and nobody sees: soft hyphens, spaces of no width, marks of direction, variants of signs.
_INVISIBLE = dict.fromkeys((0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF, *range(0xFE00, 0xFE10)))
_DATE = re.compile(r"(?P<day>\d{1,2})[/.\-](?P<month>\d{1,2})[/.\-](?P<year>\d{4})")
_ISO_DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})")
_SPACE, _DASH = re.compile(r"\s+"), re.compile("[\u2010-\u2015\u2212]")  # what a number is pasted with
_TIME = re.compile(r"(\d{1,2})[:hg](\d{2})?")


class NoSuchDay(ValueError):
    """A date in the right form that the calendar does not have."""


class Typed(fields.Field[Any]):
    """One declared field of any single-valued type, read from text; blank is None."""

    def __init__(self, declared: Field, zone: ZoneInfo, **more: Any) -> None:
        super().__init__(allow_none=True, **more)
        self._declared, self._zone = declared, zone

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError("field_type")
        text = normalize("NFC", value.translate(_INVISIBLE)).strip()
        if not text:
            return None
        try:
            return _read(text, self._declared.type, self._zone)
        except NoSuchDay:
            raise ValidationError("no_such_day") from None
        except (ValueError, InvalidOperation, OverflowError):
            raise ValidationError("field_type") from None


class Choices(fields.Field[Any]):
    """Several options of one question."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise ValidationError("field_type")
        return tuple(dict.fromkeys(each for each in value if each))


@dataclass(slots=True)
class Read:
    """values: typed, None where nothing was typed. errors: field path to blocker code. no_such_day: paths of the dates
    that are in the right form. rows: table to the numbers of its rows in the form, so that an error at row 2 of the values
    is shown at the row that was typed."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    no_such_day: set[str] = field(default_factory=set)
    rows: dict[str, list[int]] = field(default_factory=dict)


def schema_of(declared: Mapping[str, Field], zone: ZoneInfo) -> Schema:
    """The marshmallow schema of these fields; unknown keys are refused, tables are lists of rows."""
    return Schema.from_dict({key: _field(each, zone) for key, each in declared.items()})(unknown=RAISE)


def read(
    declared: Mapping[str, Field], typed: Mapping[str, list[str]], zone: ZoneInfo, prefix: str = ""
) -> Read:
    """What was typed into a form of these fields.

    typed: the names of the controls to their texts. A table's control is `NAME-row-column`; a row with nothing in
    it is ignored. Names starting with "_" are not the form's. prefix: "education." for the fields of a track.
    """
    found = Read()
    raw: dict[str, Any] = {}
    for key, each in declared.items():
        name = prefix + key
        if each.type is FieldType.TABLE:
            found.rows[name] = _row_numbers(name, typed)[
                : MAX_ROWS + 1
            ]  # one too many is told, not all drawn
            raw[key] = [_row(name, number, each, typed) for number in found.rows[name]]
        elif each.type is FieldType.CHOICES:
            raw[key] = typed.get(name, [])
        elif name in typed:
            raw[key] = typed[name][-1]
    _load(schema_of(declared, zone), raw, found, prefix)
    return found


def read_raw(schema: Schema, raw: Mapping[str, Any]) -> Read:
    """The same for many forms of one `schema` (`schema_of`), each as field to text, or to a list of options."""
    found = Read()
    _load(schema, raw, found, "")
    return found


def _load(schema: Schema, raw: Mapping[str, Any], found: Read, prefix: str) -> None:
    try:
        values = schema.load(raw)
    except ValidationError as error:
        values = error.valid_data
        for path, code in _flatten(error.messages):
            if code == "no_such_day":
                found.no_such_day.add(prefix + path)
            found.errors[prefix + path] = "field_type" if code == "no_such_day" else code
    for key, value in values.items():
        found.values[prefix + key] = tuple(value) if isinstance(value, list) else value


def unknown(names: Iterable[str], declared: Mapping[str, Field]) -> tuple[str, ...]:
    """Names of controls that belong to no field of the form."""
    return tuple(
        each
        for each in names
        if not each.startswith("_") and each != "csrf_token" and _base(each, declared) is None
    )


def written(value: Any, declared: Field, zone: ZoneInfo) -> Any:
    """A typed value as it stands in a control: the inverse of `read`."""
    if value is None:
        return ""
    match declared.type:
        case FieldType.DATE:
            return value.strftime("%d/%m/%Y")
        case FieldType.DATETIME:
            return value.astimezone(zone).strftime("%d/%m/%Y %H:%M")
        case FieldType.BOOLEAN:
            return "true" if value else "false"
        case FieldType.MONEY | FieldType.INTEGER:
            return f"{value:,}".replace(",", ".") if declared.type is FieldType.MONEY else str(value)
        case FieldType.DECIMAL:
            return f"{value:f}".replace(".", ",")
        case FieldType.CHOICES:
            return list(value)
    return value


def _field(declared: Field, zone: ZoneInfo) -> fields.Field[Any]:
    if declared.type is FieldType.CHOICES:
        return Choices()
    if declared.type is FieldType.TABLE:
        return fields.List(fields.Nested(schema_of(declared.columns, zone)), validate=_few)
    return Typed(declared, zone)


def _few(rows: list[Any]) -> None:
    if len(rows) > MAX_ROWS:
        raise ValidationError("field_rows")


def _read(text: str, kind: FieldType, zone: ZoneInfo) -> Any:
    match kind:
        case FieldType.INTEGER:
            return int(_digits(text))
        case FieldType.MONEY:
            return int(_digits(re.sub(r"[₫đ.\s]|VND|VNĐ", "", text)))
        case FieldType.DECIMAL:
            return Decimal(_digits(text.replace(",", "."), r"-?\d{1,12}(\.\d{1,6})?"))
        case FieldType.DATE:
            return _date(text)
        case FieldType.DATETIME:
            return _moment(text, zone)
        case FieldType.CASE:
            return _SPACE.sub("", _DASH.sub("-", text))
        case FieldType.BOOLEAN:
            return {"true": True, "false": False}[text] if text in ("true", "false") else _refuse()
    return text


def _digits(text: str, pattern: str = r"-?\d{1,15}") -> str:
    return text if re.fullmatch(pattern, text) else _refuse()


def _date(text: str) -> date:
    match = _DATE.fullmatch(text) or _ISO_DATE.fullmatch(text)
    if match is None:
        return date.fromisoformat(text)
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        raise NoSuchDay from None


def _moment(text: str, zone: ZoneInfo) -> datetime:
    if "T" in text:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    day, _, hour = text.partition(" ")
    match = _TIME.fullmatch(hour.strip())
    if match is None:
        raise ValueError
    at = time(int(match[1]), int(match[2] or 0))
    return datetime.combine(_date(day), at, zone).astimezone(UTC)


def _refuse() -> Any:
    raise ValueError


def _row_numbers(name: str, typed: Mapping[str, list[str]]) -> list[int]:
    pattern = re.compile(re.escape(name) + r"-(\d{1,4})-")
    found = {
        int(match[1])
        for key, texts in typed.items()
        if (match := pattern.match(key)) and any(t.strip() for t in texts)
    }
    return sorted(found)


def _row(name: str, number: int, declared: Field, typed: Mapping[str, list[str]]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key, column in declared.columns.items():
        texts = typed.get(f"{name}-{number}-{key}")
        if texts is not None:
            row[key] = texts if column.type is FieldType.CHOICES else texts[-1]
    return row


def _flatten(messages: Any, path: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(messages, dict):
        for key, each in messages.items():
            yield from _flatten(each, f"{path}.{key}" if path else str(key))
    else:
        codes = ("field_type", "field_rows", "no_such_day")
        yield path, messages[0] if messages and messages[0] in codes else "field_unknown"


def _base(name: str, declared: Mapping[str, Field]) -> str | None:
    if name in declared:
        return name
    table, _, rest = name.partition("-")
    row, _, column = rest.partition("-")
    known = table in declared and declared[table].type is FieldType.TABLE
    return table if known and row.isascii() and row.isdigit() and column in declared[table].columns else None
