"""The functions a definition names, each at its place: who may, who is told, who serves.

A definition does not declare functions; an installation does. So what is known is given, and a slip of the pen,
which would leave a step to nobody, is told like every other name that is not there (WF101).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from engine.definition.desk import Desk
from engine.definition.findings import Finding
from engine.definition.flow import SYSTEM
from engine.definition.model import OPENER, Place

ONE = ("owner", "holder", "escalate_to")
MANY = ("by", "readers")


def unknown_functions(
    plain: Mapping[str, Any], known: Collection[str], places: Mapping[str, Place]
) -> tuple[Finding, ...]:
    """A WF101 for each name in the canonical form `plain` that is none of the `known` functions."""
    desk = Desk(places)
    for path, name in _named(plain, ""):
        desk.known(name, {*known, SYSTEM}, "function", path)
    return tuple(desk.findings)


def _but_the_opener(readers: Sequence[str]) -> Iterator[tuple[int, str]]:
    return ((number, each) for number, each in enumerate(readers) if each != OPENER)


def _named(part: Any, path: str) -> Iterator[tuple[str, str]]:
    """(path, function) of every place that names one; lists of keyed parts go by their key."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            here = f"{path}.{key}" if path else key
            if key in ONE and isinstance(value, str):
                yield here, value
            elif key in MANY and isinstance(value, list):
                functions = enumerate(value) if key == "by" else _but_the_opener(value)
                yield from ((f"{here}.{number}", each) for number, each in functions)
            elif path == "" and key == "access":
                yield from ((f"{here}.{each}", each) for each in value)
            elif key == "do":
                yield from (
                    (f"{here}.{number}.notify.to", each["to"])
                    for number, each in enumerate(value)
                    if each["effect"] == "notify"
                )
            else:
                yield from _named(value, here)
    elif isinstance(part, list):
        for number, each in enumerate(part):
            key = each.get("key", number) if isinstance(each, Mapping) else number
            yield from _named(each, f"{path}.{key}")
