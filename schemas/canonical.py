"""The canonical form of a definition or table: plain JSON data, self-contained. Its hash: engine.definition.identity.

It is what the store keeps beside the author's text, and what the engine reads back without any YAML. Maps
whose order means something (fields, options, states, transitions, rules) are lists of `{"key": …}`, so that
no store that sorts keys can change a workflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import ValidationError

from engine.definition.desk import MOST
from engine.definition.findings import Finding, Severity
from engine.definition.suggest import nearest
from schemas.data import OPTIONS

# What all fields of a file may be given from code lists, that a small file may not become a huge version.
MAX_OPTIONS = 50_000

Lists = Mapping[str, Mapping[str, Any]]


def inlined(plain: Mapping[str, Any], lists: Lists, part: str) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """`plain` with the options of every code list named in its `part` ("fields", "inputs") written in.

    So a version says for ever what its options were, whatever becomes of the list. `lists` maps a list's
    name to its options (`{key: {vi, en, …}}`), or to a mapping that has them under `options`. A name that
    is no list is WF101.
    """
    writing = _Writing(lists)
    fields = [writing.field(each, f"{part}.{each['key']}") for each in plain.get(part, [])]
    return {**plain, part: fields}, tuple(writing.findings)


class _Writing:
    """Code lists being written into fields: each list is read once, and only so many options are written in all."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.findings: list[Finding] = []
        self.left = MAX_OPTIONS
        self.options = cache(self._options)

    def field(self, field: Mapping[str, Any], path: str) -> dict[str, Any]:
        """The field with its options and those of its columns."""
        whole = dict(field)
        if "columns" in field:
            whole["columns"] = [
                self.field(each, f"{path}.columns.{each['key']}") for each in field["columns"]
            ]
        if name := field.get("list", ""):
            whole["options"] = self._written(name, f"{path}.list")
        return whole

    def _written(self, name: str, path: str) -> list[Any]:
        if name not in self.lists:
            self._report("WF101", "list", path, name=name, suggestion=nearest(name, self.lists))
            return []
        try:
            options = self.options(name)
        except ValidationError:
            self._report("WF105", "list_broken", path, name=name)
            return []
        self.left -= len(options)
        if self.left < 0:
            self._report("WF105", "lists_too_long", path, most=MAX_OPTIONS)
            return []
        return options

    def _options(self, name: str) -> list[Any]:
        loaded: Any = OPTIONS.deserialize(self.lists[name].get("options", self.lists[name]))
        return list(loaded)

    def _report(self, code: str, variant: str, path: str, **params: Any) -> None:
        if len(self.findings) < MOST:
            self.findings.append(Finding(code, Severity.ERROR, path, None, params, variant=variant))
