"""How declared data stand in a file: fields with their options and columns, and the forms that ask for them.

Used by definitions and by decision tables. Whether a name in a form is a field is not decided here (see
build.py).
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from marshmallow import ValidationError, post_load, validates_schema

from engine.definition.model import FieldType, Subject
from schemas.parts import (
    OPTION,
    Each,
    Flag,
    Id,
    Ids,
    Keyed,
    Label,
    OneOf,
    Part,
    Raw,
    Strict,
    Trouble,
    Word,
    mapped,
    refuse,
)

TYPES = tuple(each.value for each in FieldType)
# Names that mean something else in an expression, or cannot be written in one.
RESERVED = frozenset(
    (
        *keyword.kwlist,
        "true",
        "false",
        "today",
        "now",
        "date",
        "case",
        "actor",
        "subcases",
        "calendar",
        "entry",
    )
)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST_TEXT = 100_000

_CHOICES = ("choice", "choices")
_MEASURED = ("integer", "decimal", "money", "date", "datetime")
# Which types a key may stand with.
_ONLY_WITH: Mapping[str, tuple[str, ...]] = {
    "min": _MEASURED,
    "max": (*_MEASURED, "text", "long_text"),
    "options": _CHOICES,
    "list": _CHOICES,
    "columns": ("table",),
    "holder": ("actor", "agency"),
    "level": ("area",),
    "searchable": ("text",),
    "role": ("text", "table"),
}


class _OptionKeys(Strict):
    vi = Word()
    en = Word()
    disabled = Flag()
    law = Word()

    @post_load
    def title_apart(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Labels of options stand beside the other keys in the file, apart in canonical form."""
        title = {language: data.pop(language) for language in ("vi", "en") if language in data}
        return {**({"title": title} if title else {}), **data}


OPTIONS = Keyed(_OptionKeys().load, pattern=OPTION)


class _ColumnKeys(Strict):
    """A column of a table: a field without the keys that only a whole table can have."""

    type = OneOf(tuple(each for each in TYPES if each != "table"), required=True)
    title = Label()
    help = Label()
    options = Keyed(_OptionKeys().load, pattern=OPTION)
    list = Id()
    min = Raw()
    max = Raw()
    holder = Id()
    level = Id()
    law = Word()

    @validates_schema(skip_on_field_errors=True)
    def fits_its_type(self, data: dict[str, Any], **_: Any) -> None:
        """Keys that belong to other types, bounds that are none, choices without options."""
        kind = data["type"]
        troubles = {
            key: [Trouble("not_for_type", {"name": key, "type": kind})]
            for key, types in _ONLY_WITH.items()
            if key in data and kind not in types
        }
        if kind in _CHOICES and ("options" in data) == ("list" in data):
            troubles["type"] = [Trouble("options_or_list")]
        if kind == "table" and not data.get("columns"):
            troubles["type"] = [Trouble("columns_missing")]
        if troubles:
            raise ValidationError(troubles)

    @post_load
    def with_bounds(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Bounds as the field's own type, and the lower not above the upper."""
        bounds = {key: data[key] for key in ("min", "max") if key in data}
        read = mapped(bounds, lambda _, value: _bound(value, data["type"]))
        low, high = read.get("min"), read.get("max")
        if _crossed(low, high, data["type"]):
            raise ValidationError({"min": [Trouble("bounds_crossed")]})
        return {**data, **read}


class _CaseColumnKeys(_ColumnKeys):
    searchable = Flag()


class _FieldKeys(_CaseColumnKeys):
    type = OneOf(TYPES, required=True)
    open = Flag()
    private = OneOf(("strict",))
    of = OneOf(get_args(Subject))
    readers = Ids()
    columns = Keyed(_CaseColumnKeys().load, reserved=RESERVED)
    compute = Word()
    role = Label()

    @validates_schema(skip_on_field_errors=True)
    def is_open_or_private(self, data: dict[str, Any], **_: Any) -> None:
        """A field cannot be both."""
        if data.get("open") and "private" in data:
            raise ValidationError({"private": [Trouble("open_and_private")]})

    @post_load
    def of_the_case(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """`of: case` is the default and is left out."""
        return {key: value for key, value in data.items() if (key, value) != ("of", "case")}


class InputKeys(_ColumnKeys):
    """An input of a decision table: typed like a field, with nothing about privacy."""

    type = OneOf(TYPES, required=True)
    columns = Keyed(_ColumnKeys().load, reserved=RESERVED)


FIELD = _FieldKeys()
INPUT = InputKeys()


class FormFields(Part):
    """`name: required | optional | {required_when: expression} | {only: columns}`, in order."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, Any]]:
        return [{"key": key, **entry} for key, entry in mapped(value, _form_field).items()]


class _FormFieldKeys(Strict):
    required_when = Word()
    changing = Ids(data_key="only", attribute="only")  # a schema has an `only` of its own


FORM_FIELD = _FormFieldKeys()


def _form_field(_: str, value: Any) -> Mapping[str, Any]:
    if value == "required":
        return {"required": True}
    if value == "optional":
        return {}
    if not isinstance(value, dict) or not value:
        refuse("form_field")
    loaded: Mapping[str, Any] = FORM_FIELD.load(value)
    return loaded


class _SectionKeys(Strict):
    title = Label()
    asked = FormFields(required=True, data_key="fields", attribute="fields")


class _FormKeys(Strict):
    title = Label()
    sheet = Word()
    law = Word()
    asked = FormFields(data_key="fields", attribute="fields")
    sections = Each(_SectionKeys().load)

    @validates_schema(skip_on_field_errors=True)
    def has_fields_or_sections(self, data: dict[str, Any], **_: Any) -> None:
        """Exactly one of the two ways to write a form."""
        if ("fields" in data) == ("sections" in data):
            raise ValidationError([Trouble("fields_or_sections")])

    @post_load
    def in_sections(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """A form without sections is one of a single section without a title."""
        rest = {key: value for key, value in data.items() if key != "fields"}
        return {"sections": [{"fields": data.get("fields", [])}], **rest}


FORM = _FormKeys()


def _bound(value: Any, kind: str) -> Any:
    """A bound in canonical form: whole numbers as they are, decimals and dates as text."""
    match kind:
        case "integer" | "money" | "text" | "long_text":
            if not isinstance(value, int) or isinstance(value, bool):
                refuse("whole_number")
            if "text" in kind and not 1 <= value <= LONGEST_TEXT:
                refuse("text_length", most=LONGEST_TEXT)
            return value
        case "decimal":
            if not isinstance(value, (int, Decimal)) or isinstance(value, bool):
                refuse("number")
            return format(Decimal(value).normalize(), "f")
        case "date":
            return value if value == "today" else iso_date(value)
    if value != "now":
        refuse("one_of", name=str(value)[:40], allowed=["now"], suggestion="")
    return value


def iso_date(value: Any) -> str:
    """`value` if it is a date as ISO 8601 writes it: 2021-01-31."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        refuse("date")
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        refuse("date")


def _crossed(low: Any, high: Any, kind: str) -> bool:
    """Is the lower bound above the upper? `today` and `now` cross nothing."""
    if low in (None, "today", "now") or high in (None, "today", "now"):
        return False
    return bool(Decimal(low) > Decimal(high)) if kind == "decimal" else bool(low > high)
