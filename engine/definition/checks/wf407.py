"""WF407: what crosses between a case and its track exists on the other side, with the same type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.definition.checks.rule import Family, found
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition, FieldType, Subcase
from engine.definition.suggest import nearest

CODE = "WF407"
SEVERITY = Severity.ERROR


def check(definition: Definition, family: Family) -> Iterator[Finding]:
    """Each value that a track returns or is given and that its definition does not have like that."""
    for subcase in definition.subcases.values():
        other = definition if subcase.definition == definition.id else family.get(subcase.definition)
        if other is not None:
            yield from _returned(definition, subcase, other)
            yield from _given(definition, subcase, other)


def _returned(definition: Definition, subcase: Subcase, other: Definition) -> Iterator[Finding]:
    for name, kind in subcase.returns.items():
        path = f"subcases.{subcase.key}.returns.{name}"
        yield from _compare(definition, path, "returns", name, kind, subcase, other)


def _given(definition: Definition, subcase: Subcase, other: Definition) -> Iterator[Finding]:
    for number, name in enumerate(subcase.gives):
        path = f"subcases.{subcase.key}.gives.{number}"
        kind = definition.fields[name].type
        yield from _compare(definition, path, "gives", name, kind, subcase, other)


def _compare(
    definition: Definition,
    path: str,
    way: str,
    name: str,
    kind: FieldType,
    subcase: Subcase,
    other: Definition,
) -> Iterator[Finding]:
    there = other.fields.get(name)
    params: dict[str, Any] = {"subcase": subcase.key, "name": name, "other": other.id}
    if there is None:
        suggestion = nearest(name, other.fields)
        yield found(definition, CODE, SEVERITY, path, way, **params, suggestion=suggestion)
    elif there.type is not kind:
        yield found(
            definition,
            CODE,
            SEVERITY,
            path,
            f"{way}_type",
            **params,
            type=kind.value,
            other_type=there.type.value,
        )
