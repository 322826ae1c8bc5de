"""Which kinds go together: what may be compared, looked for in what, calculated, and what is wrong if not.

Pure rules over kinds, each answering a `Complaint` or None; where in the source it stands is the reader's
business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.definition.expression.kinds import Kind
from engine.definition.expression.tree import Column, Comparison, Const, Name, Node
from engine.definition.suggest import nearest

_SAME = ("text", "boolean", "date", "datetime", "choice", "area", "actor", "agency")
_NAMED_BY_TEXT = ("area", "actor", "agency")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, without where: code, variant and parameters of an `ExpressionError`."""

    code: str
    variant: str
    params: Mapping[str, Any] = field(default_factory=dict)


def compare(operator: Comparison, left: Node, right: Node) -> Complaint | None:
    """May these be compared so? Order is for numbers, dates and moments; the rest is equal or not."""
    a, b = left.kind, right.kind
    if operator not in ("==", "!="):
        if (a.is_number and b.is_number) or (a.is_day and a.name == b.name):
            return None
        return equal(a, b) or _kinds("order", a, b)
    plain = isinstance(left, Name | Column | Const) and isinstance(right, Name | Column | Const)
    if "boolean" in (a.name, b.name) and not plain:
        return _kinds("truths", a, b)
    return equal(a, b)


def equal(a: Kind, b: Kind) -> Complaint | None:
    """May a value of kind `a` be equal to one of kind `b`?"""
    if a.is_number and b.is_number:
        return None
    for one, other in ((a, b), (b, a)):
        if one.name == "text" and one.options is not None:
            if other.name == "choice":
                return _options(one.options, other)
            if other.name in _NAMED_BY_TEXT:
                return None
    if a.name != b.name:
        return _days(a, b) or _kinds("compare", a, b)
    if a.name not in _SAME:
        return _kinds("whole", a, b)
    if a.name == "choice" and a.options and b.options and not set(a.options) & set(b.options):
        return _kinds("options_apart", a, b)
    return None


def contained(element: Kind, container: Kind) -> Complaint | None:
    """May a value of kind `element` be looked for in a `container`?"""
    if container.name == "list":
        return equal(element, _one_of(container)) if container.element else None
    if container.name != "choices":
        return _kinds("container", element, container)
    if element.name == "text" and element.options is not None:
        return _options(element.options, container)
    if element.name != "choice":
        return _kinds("container", element, container)
    return equal(element, Kind("choice", options=container.options))


def fits(kind: Kind, want: Kind) -> Complaint | None:
    """May a value of this kind stand where one of kind `want` is wanted (the field it computes or is set to)?"""
    complaint = Complaint("WF305", "result", {"expected_kind": want.name, "found_kind": kind.name})
    if kind.name == "list" and want.name == "choices" and kind.element:
        return contained(_one_of(kind), want) if kind.element.name == "text" else complaint
    if kind.name == "text" and kind.options is not None:
        if want.name == "choice":
            return _options(kind.options, want)
        if want.name in _NAMED_BY_TEXT:
            return None
    if (kind.name, want.name) == ("integer", "decimal"):
        return None
    if kind.name != want.name:
        return complaint
    if want.name in ("choice", "choices") and want.options and set(kind.options or ()) - set(want.options):
        return _kinds("options_apart", kind, want)
    return None


def list_of(elements: Iterable[Const]) -> Kind | Complaint:
    """The kind of a list of constants, which are all alike."""
    kinds = [each.kind for each in elements]
    if not kinds:
        return Complaint("WF305", "list_empty")
    first = kinds[0]
    for each in kinds[1:]:
        if each.name != first.name and not (each.is_number and first.is_number):
            return Complaint("WF305", "list_mixed", {"left_kind": first.name, "right_kind": each.name})
    if first.name == "text":
        options = tuple(option for each in kinds for option in each.options or ())
        return Kind("list", options=options, element=Kind.TEXT)
    decimal = any(each.name == "decimal" for each in kinds)
    return Kind("list", element=Kind.DECIMAL if decimal else Kind(first.name))


def _one_of(container: Kind) -> Kind:
    """The kind of a single constant of a list."""
    element = container.element or Kind.TEXT
    return Kind("text", options=container.options) if element.name == "text" else element


def _days(a: Kind, b: Kind) -> Complaint | None:
    """What usually goes wrong with dates: a date against a moment, or against text instead of `date("…")`."""
    if a.is_day and b.is_day:
        return _kinds("date_datetime", a, b)
    if (a.is_day and b.name == "text" and b.options) or (b.is_day and a.name == "text" and a.options):
        return _kinds("date_text", a, b)
    return None


def _options(constants: Iterable[str], kind: Kind) -> Complaint | None:
    if kind.options is None:
        return None
    for each in constants:
        if each not in kind.options:
            params = {"option": each[:60], "suggestion": nearest(each, kind.options)}
            return Complaint("WF306", "option", params)
    return None


def _kinds(variant: str, a: Kind, b: Kind) -> Complaint:
    return Complaint("WF305", variant, {"left_kind": a.name, "right_kind": b.name})
