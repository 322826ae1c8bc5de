"""What every rule shares: the making of a finding at its place, what a step asks for, what is worked out once for all rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import local
from typing import Any, Generic, TypeVar

from engine.definition.findings import Finding, Severity
from engine.definition.flow import REOPEN, Transition
from engine.definition.model import Definition

Family = Mapping[str, Definition]
Made = TypeVar("Made")


class Once(Generic[Made]):
    """A function of a definition that keeps its last answer: rules ask about the same definition one after another.

    Each thread has its own.
    """

    def __init__(self, make: Callable[[Definition], Made]) -> None:
        self._make = make
        self._here = local()

    def __call__(self, definition: Definition) -> Made:
        last: tuple[Definition, Made] | None = getattr(self._here, "last", None)
        if last is None or last[0] is not definition:
            last = self._here.last = (definition, self._make(definition))
        return last[1]

    def forget(self) -> None:
        """Begin anew."""
        self._here.last = None


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


def asked_by(definition: Definition, form: str, appends: str = "") -> set[str]:
    """What a step or an opening asks for: the fields of its form, or the table that it adds a row to."""
    if appends:
        return {appends}
    return {each.key for each in definition.forms[form].fields} if form else set()
