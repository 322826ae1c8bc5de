"""A rule table's text with other values: the author's file, changed only where an administrator changed it.

So what is stored is still a file one can read, and goes the same way as any file: strict reading, schema, building.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode


def with_values(source: str, valid_from: str, values: Mapping[str, Mapping[str, Any]]) -> str:
    """`source` in force from another day and with these entries in its `values`; the rest letter by letter as it was.

    values: the whole new entry by key; keys that are not there are unknown to the table and raise KeyError.
    """
    root = YAML(typ="rt", pure=True).compose(source)
    parts = _entries(root)
    changes = [(parts["valid_from"], valid_from)]
    entries = _entries(parts["values"]) if "values" in parts else {}
    changes += [(entries[key], _written(entry)) for key, entry in values.items()]
    for node, text in sorted(changes, key=lambda each: each[0].start_mark.index, reverse=True):
        source = source[: node.start_mark.index] + text + source[_end(node) :]
    return source


def _entries(node: Node) -> dict[str, Node]:
    assert isinstance(node, MappingNode)
    return {key.value: value for key, value in node.value}


def _end(node: Node) -> int:
    """Where its text ends; the mark of a block ends only where the next thing begins, comments included."""
    if isinstance(node, ScalarNode) or getattr(node, "flow_style", False):
        return int(node.end_mark.index)
    assert isinstance(node, MappingNode | SequenceNode)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _written(value: Any) -> str:
    """A value as flow YAML, which JSON is but for decimals."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{key}: {_written(each)}" for key, each in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_written(each) for each in value) + "]"
        case Decimal():
            return format(value, "f") if value % 1 else f"{value:.1f}"
    return json.dumps(value, ensure_ascii=False)
