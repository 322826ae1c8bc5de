"""The story of a case as data: one `Entry` an event, in order. Words are made of them by words.py."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event. `at` is UTC; `args` is what the body keeps; `sealed` names the private values it holds,
    "@reason" among them if one was given. `number`: the version of the workflow, whose names all others are; after a
    move to another version, except `from_state`. `leaf`: hash of the event in hex."""

    seq: int
    at: datetime
    kind: str
    transition: str
    actor: str
    function: str
    on_behalf_of: str
    from_state: str
    to_state: str
    cycle: int
    args: Mapping[str, Any]
    sealed: tuple[str, ...]
    number: int
    leaf: str


def entries(events: Iterable[tuple[bytes, bytes]]) -> tuple[Entry, ...]:
    """Entries of (body, leaf), oldest first."""
    return tuple(_entry(json.loads(body), leaf) for body, leaf in events)


def _entry(body: Mapping[str, Any], leaf: bytes) -> Entry:
    return Entry(
        seq=body["seq"],
        at=datetime.fromisoformat(body["at"]),
        kind=body["kind"],
        transition=body.get("transition") or "",
        actor=body["actor"],
        function=body.get("function") or "",
        on_behalf_of=body.get("on_behalf_of") or "",
        from_state=body.get("from") or "",
        to_state=body["to"],
        cycle=body["cycle"],
        args=body.get("args", {}),
        sealed=tuple(sorted(body.get("sealed", {}))),
        number=body["wf_ver"],
        leaf=leaf.hex(),
    )
