"""Typed values of declared fields as JSON and back, for the record, the case row and the sealed envelopes.

Whatever `to_json` gives is canonical in the sense of ledger/body.py: no floats, no huge integers, NFC text.
Not for what people type: the schemas turn text into typed values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import normalize

from engine.definition.model import Field, FieldType

LARGEST_INTEGER = 2**53 - 1  # beyond it JSON readers disagree (RFC 8785 §3.2.2.3)


class NotAValue(ValueError):
    """No declared field can hold this, or stored JSON does not fit its field. Never quotes the value."""


def moment(at: datetime) -> str:
    """`at` (aware, any zone) as the record writes it: UTC, microseconds, `Z`. NotAValue for a naive one."""
    if at.tzinfo is not UTC:
        if at.utcoffset() is None:
            raise NotAValue("a moment needs a time zone")
        try:
            at = at.astimezone(UTC)
        except OverflowError:
            raise NotAValue("a moment outside the years 1 to 9999") from None
    return at.isoformat(timespec="microseconds")[:-6] + "Z"


def to_json(value: Any) -> Any:
    """A typed value as JSON: dates and moments in ISO 8601, decimals as text, tuples as lists, text in NFC.

    Mappings and lists of such values (table rows, arguments of an event) go the same way; None stays None.
    NotAValue: another type, a naive moment, an integer beyond 2^53-1, a decimal that is no number, text with
    U+0000 or half a surrogate pair (no database would keep it).
    """
    encode = _ENCODE.get(type(value))
    if encode is None:
        encode = _of_base(value)
    return encode(value)


def from_json(json: Any, field: Field) -> Any:
    """The typed value of `field` that `to_json` wrote as `json`; None stays None.

    A column that the table no longer declares keeps its JSON, so that reading a row never loses it.
    NotAValue: the JSON does not fit the type of the field.
    """
    if json is None:
        return None
    try:
        return _DECODE[field.type](json, field)
    except (TypeError, ValueError, AttributeError, OverflowError, InvalidOperation):
        raise NotAValue(f"what is stored in {field.key} is not a {field.type.value}") from None


def _same(value: Any) -> Any:
    return value


def _text(value: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotAValue("text with half a surrogate pair") from None
        value = normalize("NFC", value)
    if "\0" in value:
        raise NotAValue("text with U+0000")
    return value


def _integer(value: int) -> int:
    if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        raise NotAValue("an integer beyond 2^53-1")
    return int(value)


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise NotAValue("a decimal that is no number")
    return str(value)


def _list(value: Any) -> list[Any]:
    return [to_json(each) for each in value]


def _mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    for key in value:
        if not (isinstance(key, str) and key.isascii()):
            raise NotAValue("a key that is not plain ASCII")
    return {key: to_json(each) for key, each in value.items()}


_ENCODE: dict[type, Callable[[Any], Any]] = {
    str: _text,
    int: _integer,
    bool: _same,
    type(None): _same,
    Decimal: _decimal,
    datetime: moment,
    date: date.isoformat,
    tuple: _list,
    list: _list,
    dict: _mapping,
}


def _of_base(value: Any) -> Callable[[Any], Any]:
    """The encoder of a subclass, such as a StrEnum or a read-only mapping."""
    if isinstance(value, str):
        return lambda text: _text(str.__str__(text))
    if isinstance(value, Mapping):
        return _mapping
    for base in (int, Decimal, datetime, date, tuple, list):  # a datetime is a date too, so it comes first
        if isinstance(value, base):
            return _ENCODE[base]
    raise NotAValue(f"{type(value).__name__} is not a type of a declared field")


def _exactly(kind: type) -> Callable[[Any, Field], Any]:
    def decode(json: Any, field: Field) -> Any:
        if type(json) is not kind:
            raise TypeError
        return json

    return decode


def _as_decimal(json: Any, field: Field) -> Decimal:
    if type(json) is not str:
        raise TypeError
    value = Decimal(json)
    if not value.is_finite():
        raise ValueError
    return value


def _as_moment(json: Any, field: Field) -> datetime:
    at = datetime.fromisoformat(json)
    if at.tzinfo is None:
        raise ValueError
    return at.astimezone(UTC)


def _as_choices(json: Any, field: Field) -> tuple[str, ...]:
    if type(json) is not list or not all(type(each) is str for each in json):
        raise TypeError
    return tuple(json)


def _as_rows(json: Any, field: Field) -> tuple[dict[str, Any], ...]:
    if type(json) is not list:
        raise TypeError
    columns = field.columns
    return tuple(
        {key: from_json(cell, columns[key]) if key in columns else cell for key, cell in row.items()}
        for row in json
    )


_DECODE: dict[FieldType, Callable[[Any, Field], Any]] = {
    FieldType.TEXT: _exactly(str),
    FieldType.LONG_TEXT: _exactly(str),
    FieldType.INTEGER: _exactly(int),
    FieldType.DECIMAL: _as_decimal,
    FieldType.MONEY: _exactly(int),
    FieldType.DATE: lambda json, field: date.fromisoformat(json),
    FieldType.DATETIME: _as_moment,
    FieldType.BOOLEAN: _exactly(bool),
    FieldType.CHOICE: _exactly(str),
    FieldType.CHOICES: _as_choices,
    FieldType.ACTOR: _exactly(str),
    FieldType.AGENCY: _exactly(str),
    FieldType.AREA: _exactly(str),
    FieldType.CASE: _exactly(str),
    FieldType.TABLE: _as_rows,
}
