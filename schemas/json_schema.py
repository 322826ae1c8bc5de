"""The format of a definition as a JSON Schema (draft 2020-12), for editors and programs that are not ours.

Read off the marshmallow schemas, so that it refuses nothing they take (but white space around a word) and takes no key they
refuse. What several keys say together, and what a name means, only `check` judges.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from marshmallow import Schema

from engine.definition.durations import ISO, WORDS
from engine.definition.flow import EFFECTS
from schemas import data, definition, flow, parts, stored_tests

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Node = dict[str, Any]


def definition_schema() -> Node:
    """The whole format, as a document of its own."""
    shared: dict[str, Node] = {
        "id": _named(parts.ID),
        "text": _TEXT,
        "duration": {"type": "string", "pattern": f"^({WORDS.pattern}|{ISO.pattern})$"},
    }
    whole = _keys(definition.DEFINITION, shared)
    return {
        "$schema": DRAFT,
        "title": f"casework {definition.FORMAT}",
        **whole,
        "$defs": dict(sorted(shared.items())),
    }


_TEXT: Node = {"type": "string", "pattern": r"\S"}
_A_TEXT: Node = {"$ref": "#/$defs/text"}
_AN_ID: Node = {"$ref": "#/$defs/id"}
_DURATION: Node = {"$ref": "#/$defs/duration"}


def _named(pattern: re.Pattern[str]) -> Node:
    return {"type": "string", "pattern": f"^({pattern.pattern})$", "maxLength": parts.LONGEST_ID}


def _name(pattern: re.Pattern[str]) -> Node:
    return _AN_ID if pattern is parts.ID else _named(pattern)


def _map(value: Node | bool, names: Node | None = None, **more: Any) -> Node:
    return {
        "type": "object",
        **({"propertyNames": names} if names else {}),
        "additionalProperties": value,
        **more,
    }


def _list(item: Node, **more: Any) -> Node:
    return {"type": "array", "items": item, "minItems": 1, **more}


def _one_or_list(item: Node, **more: Any) -> Node:
    return {"anyOf": [item, _list(item, **more)]}


def _ids(pattern: re.Pattern[str] = parts.ID) -> Node:
    return _one_or_list(_name(pattern), uniqueItems=True)


def _schema(schema: Schema, shared: dict[str, Node]) -> Node:
    """A reference to the keys of `schema`, which are put among the shared ones."""
    name = type(schema).__name__.strip("_").removesuffix("Keys")
    if name not in shared:
        shared[name] = {}
        shared[name] = _keys(schema, shared)
    return {"$ref": f"#/$defs/{name}"}


def _keys(schema: Schema, shared: dict[str, Node]) -> Node:
    fields = {each.data_key or name: each for name, each in schema.fields.items()}
    needed = [key for key, each in fields.items() if each.required]
    return {
        "type": "object",
        "properties": {key: _field(each, shared) for key, each in fields.items()},
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def _field(field: Any, shared: dict[str, Node]) -> Node:
    """What a field of ours takes. ValueError for a kind that nobody has said how to publish."""
    schema = partial(_schema, shared=shared)
    match field:
        case parts.Label():
            return schema(parts.LABEL)
        case parts.One():
            return schema(field.schema)
        case parts.OneOf():
            return {"enum": list(field.choices)}
        case parts.Flag():
            return {"type": "boolean"}
        case parts.Ids():
            return _ids(field.pattern)
        case parts.Id():
            return _AN_ID
        case parts.Span():
            return _DURATION
        case parts.Raw():
            return {"type": ["string", "number"]}
        case parts.Keyed():
            names = _name(field.pattern)
            if field.reserved:
                names = {"allOf": [names, {"not": {"enum": sorted(field.reserved)}}]}
            return _map(_value(field.value, shared), names, **({"minProperties": 1} if field.filled else {}))
        case parts.Mapped():
            return _map(_value(field.value, shared), _name(field.pattern))
        case parts.Each():
            item = _value(field.value, shared)
            return _one_or_list(item) if field.single else _list(item)
        case data.FormFields():
            asked = {**schema(data.FORM_FIELD), "minProperties": 1}
            return _map({"anyOf": [{"enum": ["required", "optional"]}, asked]})
        case flow.Within():
            plain = [_DURATION, schema(flow.PLAIN_LIMIT)]
            by_choice = _map(
                _DURATION, properties={"by": _AN_ID, "law": _A_TEXT}, required=["by"], minProperties=2
            )
            limit = {"anyOf": [*plain, by_choice]}
            return limit if field.single else _one_or_list(limit)
        case flow.Returns():
            return _map({"enum": [each for each in data.TYPES if each != "table"]}, _AN_ID)
        case flow.Code():
            return _named(flow.CODE)
        case definition.Access():
            seen = {"type": "array", "items": _AN_ID, "uniqueItems": True}
            return _map({"anyOf": [{"const": "*"}, seen]}, _AN_ID)
        case definition.Format():
            return {"const": definition.FORMAT}
        case definition.Reference():
            return {"type": "string", "pattern": r"\{number(:0[1-9])?\}"}
        case stored_tests.Values():
            return _map(True, _named(stored_tests.NAME))
        case stored_tests.Tracks():
            return _map(schema(stored_tests.COUNTS), _AN_ID)
        case stored_tests.Count():
            return {"type": "integer", "minimum": 0, "maximum": stored_tests.MOST_TRACKS}
        case stored_tests.Day():
            return {"type": "string", "pattern": f"^{data.DAY.pattern}$"}
        case parts.Said():
            return {**_A_TEXT, "maxLength": parts.LONGEST_LABEL}
        case parts.Word():
            return _A_TEXT
    raise ValueError(f"no JSON Schema for {field!r}")


def _value(value: Any, shared: dict[str, Node]) -> Node:
    """What reads an entry: a schema, or a function of one value."""
    schema = getattr(value, "__self__", None)
    if isinstance(schema, Schema):
        return _schema(schema, shared)
    if value is definition.read_stage:
        return _schema(parts.LABEL, shared)
    if value is flow.read_condition:
        return {"anyOf": [_A_TEXT, _schema(flow.CONDITION, shared)]}
    if value is flow.read_effect:
        effects = {name: _effect(name, shared) for name in EFFECTS}
        shared["Effect"] = {"type": "object", "properties": effects, "additionalProperties": False, "minProperties": 1, "maxProperties": 1}  # fmt: skip
        return {"$ref": "#/$defs/Effect"}
    if value is stored_tests.read_step:
        return {"anyOf": [_schema(each, shared) for each in stored_tests.KEYS_OF_STEPS.values()]}
    return _READ_BY[value]


_READ_BY: dict[Any, Node] = {parts.text: _A_TEXT, parts.identifier: _AN_ID, stored_tests.read_ids: _ids()}

# What the effects are given that have no keys of their own.
_EFFECTS: dict[str, Node] = {
    **dict.fromkeys(("open_subcase", "stop_deadline", "own", "offer", "unlink"), _AN_ID),
    **dict.fromkeys(("cancel_subcases", "clear"), _ids()),
    "set": _map(_A_TEXT, _AN_ID),
    "settle_offer": {"enum": ["accepted", "declined"]},
}


def _effect(name: str, shared: dict[str, Node]) -> Node:
    schema = getattr(flow.READ_EFFECTS[name], "__self__", None)
    return _schema(schema, shared) if isinstance(schema, Schema) else _EFFECTS[name]
