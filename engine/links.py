"""How cases belong together, as each of them keeps it: a list in its summary, folded from its events.

A link: {"as": its kind, "case": the other's id, "reference": the other's number if known, "back": the other named this one}.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

Link = Mapping[str, Any]

LINKS = "@links"  # where a case's summary keeps them, beside its fields
MERGED = "merged"  # the kind by which a duplicate goes on in another case


def key(kind: str, case: str) -> str:
    """What tells a link from every other of its case."""
    return f"{kind}|{case}"


def linked(old: Iterable[Link], new: Iterable[Link], ended: Collection[str]) -> list[Link]:
    """The links after an event: what was, without what ended, and what is new, each once."""
    found = {key(each["as"], each["case"]): each for each in (*old, *new)}
    return [each for name, each in found.items() if name not in ended]


def merged_into(data: Mapping[str, Any]) -> Link | None:
    """The case that this one was merged into, if it was."""
    return next((each for each in data.get(LINKS, ()) if each["as"] == MERGED and not each.get("back")), None)
