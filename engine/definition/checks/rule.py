"""What every rule shares: the making of a finding at its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definition.findings import Finding, Severity
from engine.definition.flow import REOPEN, Transition
from engine.definition.model import Definition

Family = Mapping[str, Definition]


def found(
    definition: Definition,
    code: str,
    severity: Severity,
    path: str,
    variant: str = "",
    witness: Mapping[str, Any] | None = None,
    **params: Any,
) -> Finding:
    """A finding about what stands at `path` of `definition`."""
    return Finding(code, severity, path, definition.place(path), params, witness or {}, variant)


def path_of(way: Transition) -> str:
    """Where a way stands in the author's file."""
    return f"states.{way.sources[0]}.reopen" if way.trigger == REOPEN else f"transitions.{way.key}"
