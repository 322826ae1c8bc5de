"""The schema of a decision table file: typed inputs, values that an administrator may edit, and rules.

Whether its expressions fit its inputs is decided where it is built (engine/definition/decision.py).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from schemas.data import INPUT, RESERVED, iso_date
from schemas.definition import Format
from schemas.parts import (
    Flag,
    Id,
    Keyed,
    Label,
    Part,
    Strict,
    Trouble,
    Word,
    items,
    says_nothing,
    text,
)

RULE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class _Day(Part):
    """A date as text: 2021-01-01."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return iso_date(value)


class _Constant(Part):
    """A number, text, truth value, or a list of such. A number with a point becomes {decimal: text}."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return items(value, _constant, once=False) if isinstance(value, list) and value else _constant(value)


def _constant(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"decimal": format(value.normalize(), "f")}
    if isinstance(value, (bool, int)) or value == []:
        return value
    return text(value)


class _Value(Strict):
    value = _Constant(required=True)
    title = Label()
    law = Word()
    unconfirmed = Flag()

    @post_load
    def tidy(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave out what says nothing, but never the value itself."""
        return {key: each for key, each in data.items() if key == "value" or not says_nothing(each)}


class _Rule(Strict):
    when = Word(required=True)
    then = Id(required=True)
    title = Label()
    law = Word()
    unconfirmed = Flag()


_LABEL = Label()


def _result(value: Any) -> dict[str, Any]:
    return {"title": _LABEL.deserialize(value)}


class _TableKeys(Strict):
    format = Format(required=True)
    id = Id(required=True)
    title = Label()
    law = Word()
    valid_from = _Day(required=True)
    valid_to = _Day()
    inputs = Keyed(INPUT.load, reserved=RESERVED, filled=True, required=True)
    values = Keyed(_Value().load, reserved=RESERVED)
    results = Keyed(_result, filled=True, required=True)
    rules = Keyed(_Rule().load, pattern=RULE, filled=True, required=True)

    @validates_schema(skip_on_field_errors=True)
    def is_one_whole(self, data: dict[str, Any], **_: Any) -> None:
        """Validity in order, and no name that is both an input and a value."""
        if "valid_to" in data and data["valid_to"] < data["valid_from"]:
            raise ValidationError({"valid_to": [Trouble("bounds_crossed")]})
        inputs = {each["key"] for each in data["inputs"]}
        twice = [each["key"] for each in data.get("values", ()) if each["key"] in inputs]
        if twice:
            raise ValidationError({"values": {key: [Trouble("twice", {"name": key})] for key in twice}})


TABLE = _TableKeys()
