"""A validator for the part of JSON Schema (2020-12) that ours is written in; a word it does not know is an error."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

_TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, Decimal),
}  # fmt: skip
_SILENT = ("$schema", "$defs", "title")


def fits(value: Any, node: Any, whole: dict[str, Any]) -> bool:
    """Does `value` fit `node`, a part of the schema `whole`?"""
    if isinstance(node, bool):
        return node
    return all(_fits(value, word, said, node, whole) for word, said in node.items() if word not in _SILENT)


def _fits(value: Any, word: str, said: Any, node: dict[str, Any], whole: dict[str, Any]) -> bool:
    match word:
        case "$ref":
            return fits(value, whole["$defs"][said.removeprefix("#/$defs/")], whole)
        case "type":
            return any(_is(value, each) for each in ([said] if isinstance(said, str) else said))
        case "enum":
            return any(_same(value, each) for each in said)
        case "const":
            return _same(value, said)
        case "anyOf":
            return any(fits(value, each, whole) for each in said)
        case "allOf":
            return all(fits(value, each, whole) for each in said)
        case "not":
            return not fits(value, said, whole)
        case "pattern":
            return not isinstance(value, str) or re.search(said, value) is not None
        case "maxLength":
            return not isinstance(value, str) or len(value) <= said
        case "minimum":
            return not _is(value, "number") or value >= said
        case "maximum":
            return not _is(value, "number") or value <= said
        case "items":
            return not isinstance(value, list) or all(fits(each, said, whole) for each in value)
        case "minItems":
            return not isinstance(value, list) or len(value) >= said
        case "uniqueItems":
            return not isinstance(value, list) or len(
                {json.dumps(each, default=str) for each in value}
            ) == len(value)
        case "properties":
            return not isinstance(value, dict) or all(
                fits(value[key], each, whole) for key, each in said.items() if key in value
            )
        case "additionalProperties":
            others = value.keys() - node.get("properties", {}).keys() if isinstance(value, dict) else ()
            return all(fits(value[key], said, whole) for key in others)
        case "propertyNames":
            return not isinstance(value, dict) or all(fits(key, said, whole) for key in value)
        case "required":
            return not isinstance(value, dict) or all(key in value for key in said)
        case "minProperties":
            return not isinstance(value, dict) or len(value) >= said
        case "maxProperties":
            return not isinstance(value, dict) or len(value) <= said
    raise ValueError(f"unknown word {word}")


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _same(value: Any, other: Any) -> bool:
    return isinstance(value, bool) == isinstance(other, bool) and bool(value == other)
