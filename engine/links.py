"""How cases belong together, as each of them keeps it: a list in its summary, folded from its events.

A link: {"as": its kind, "case": the other's id, "reference": the other's number if known, "back": the other named this one}.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

Link = Mapping[str, Any]

LINKS = "@links"  # where a case's summary keeps them, beside its fields
MERGED = "merged"  # the kind by which a duplicate goes on in another case


def link_key(link: Link) -> str:
    """What tells a link from the others of its case; that each of two cases names the other are two links."""
    return "|".join((link["as"], link["case"], *(("back",) if link.get("back") else ())))


def other_of(key: str) -> str:
    """The id of the other case in a `link_key`."""
    return key.split("|")[1]


def linked(old: Iterable[Link], new: Iterable[Link], ended: Collection[str]) -> list[Link]:
    """The links after an event: what was, without what ended, and what is new, each once."""
    found = {link_key(each): each for each in (*old, *new)}
    return [each for key, each in found.items() if key not in ended]


def merged_into(data: Mapping[str, Any]) -> Link | None:
    """The case that this one was merged into, if it was."""
    return next((each for each in data.get(LINKS, ()) if each["as"] == MERGED and not each.get("back")), None)
