"""The canonical form of a definition or table: plain JSON data, self-contained, and the hash taken over it.

It is what the store keeps beside the author's text, and what the engine reads back without any YAML. Maps
whose order means something (fields, options, states, transitions, rules) are lists of `{"key": …}`, so that
no store that sorts keys can change a workflow.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError

from engine.definition.findings import Finding, Severity
from engine.definition.suggest import nearest
from schemas.data import OPTIONS

Lists = Mapping[str, Mapping[str, Any]]


def inlined(plain: Mapping[str, Any], lists: Lists, part: str) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """`plain` with the options of every code list named in its `part` ("fields", "inputs") written in.

    So a version says for ever what its options were, whatever becomes of the list. `lists` maps a list's
    name to its options (`{key: {vi, en, …}}`), or to a mapping that has them under `options`. A name that
    is no list is WF101.
    """
    findings: list[Finding] = []
    fields = [_with_options(each, f"{part}.{each['key']}", lists, findings) for each in plain.get(part, [])]
    return {**plain, part: fields}, tuple(findings)


def _with_options(
    field: Mapping[str, Any], path: str, lists: Lists, findings: list[Finding]
) -> dict[str, Any]:
    whole = dict(field)
    if "columns" in field:
        whole["columns"] = [
            _with_options(each, f"{path}.columns.{each['key']}", lists, findings) for each in field["columns"]
        ]
    name = field.get("list", "")
    if name and name not in lists:
        params = {"name": name, "suggestion": nearest(name, lists)}
        findings.append(Finding("WF101", Severity.ERROR, f"{path}.list", None, params, variant="list"))
    elif name:
        try:
            whole["options"] = OPTIONS.deserialize(lists[name].get("options", lists[name]))
        except ValidationError:
            params = {"name": name}
            findings.append(
                Finding("WF105", Severity.ERROR, f"{path}.list", None, params, variant="list_broken")
            )
    return whole


def canonical_bytes(plain: Mapping[str, Any]) -> bytes:
    """The canonical form as bytes: UTF-8 JSON, keys sorted, no white space, no floats.

    Raises TypeError for a float, whose text would not be the same everywhere.
    """
    if path := next(_floats(plain, ""), ""):
        raise TypeError(f"a float in a canonical form: {path}")
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def content_hash(plain: Mapping[str, Any]) -> str:
    """The sha256 of the canonical bytes, in hexadecimal: what names a version for ever."""
    return hashlib.sha256(canonical_bytes(plain)).hexdigest()


def _floats(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, float):
        yield path or "."
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _floats(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _floats(inner, f"{path}.{number}")
