"""One case's chain checked against itself: every row, link, column and sealed value, on every view of a case.

It catches all but the attacks that rewrite a chain consistently to its end; those need the tree and its
witnessed checkpoints. Pure: rows come in, flaws come out, no key is needed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from engine.ledger.body import NO_EVENT, leaf
from engine.text import messages
from engine.values import NotAValue, moment

_ASKED = frozenset(("root", "case", "seq", "prev", "at", "kind", "transition", "actor", "sealed"))


class FlawCode(StrEnum):
    """What can be wrong with a chain; each has its sentences under `flaw.` in messages/."""

    EDITED = "EDITED"
    BROKEN_LINK = "BROKEN_LINK"
    GAP = "GAP"
    MOVED = "MOVED"
    HEAD = "HEAD"
    COLUMN = "COLUMN"
    SEALED = "SEALED"


class EventRow(NamedTuple):
    """A stored event: the exact body, its leaf and the plain columns beside it; `at` aware.

    After tampering anything may stand in any column: SQLite keeps a text where a number or bytes belong.
    """

    seq: int
    body: bytes
    leaf: bytes
    at: datetime
    kind: str
    transition: str | None
    actor: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong in the record of `case` at `seq`; `variant` and `params` make its sentence."""

    code: FlawCode
    case: str
    seq: int
    variant: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def say(self, language: str, name: str = "") -> str:
        """What was found and where, in `language`; `name`: the human number of the case."""
        key = f"flaw.{self.code}.{self.variant}"
        return messages().say(language, key, case=name or self.case, seq=self.seq, **self.params)


class _Claims(NamedTuple):
    """What is said about the case outside its events."""

    root: str
    case: str
    version: int
    head: bytes
    sealed: Mapping[tuple[int, str], bytes | None]
    erased: Collection[tuple[int, str]]


def verify_case(
    rows: Iterable[EventRow],
    *,
    root: str,
    case: str,
    version: int,
    head: bytes,
    sealed: Mapping[tuple[int, str], bytes | None],
    erased: Collection[tuple[int, str]] = (),
) -> tuple[Flaw, ...]:
    """All flaws of the record of one case, in order of seq; empty when it is whole.

    rows: all its events in any order. version, head: as the case row has them. sealed: every stored envelope
    by (seq, field). erased: the (seq, field) that `subject_erased` events of this very chain let be missing.
    """
    claims = _Claims(root, case, version, head, sealed, erased)
    flaws: list[Flaw] = []
    chain: list[EventRow] = []
    for row in rows:
        if type(row.seq) is int:
            chain.append(row)
        else:
            flaws.append(Flaw(FlawCode.EDITED, case, 0, "unreadable"))
    chain.sort(key=lambda row: row.seq)
    trusted: dict[int, Mapping[str, Any]] = {}  # bodies that are as they were written and where they belong
    before: EventRow | None = None
    for row in chain:
        flaws += _gap(case, before, row)
        body = _read(row)
        if isinstance(body, str):
            flaws.append(Flaw(FlawCode.EDITED, case, row.seq, body))
        elif moved := _moved(claims, row, body):
            flaws += moved
        else:
            if before is None or before.seq in trusted:
                flaws += _link(case, before, row, body)
            flaws += _columns(case, row, body)
            flaws += _sealed(claims, row.seq, body["sealed"])
            trusted[row.seq] = body
        before = row
    flaws += _stray(claims, trusted, {row.seq for row in chain})
    flaws += _head(claims, before)
    return tuple(sorted(flaws, key=lambda flaw: flaw.seq))


def _gap(case: str, before: EventRow | None, row: EventRow) -> list[Flaw]:
    expected = before.seq + 1 if before else 1
    if row.seq == expected:
        return []
    return [Flaw(FlawCode.GAP, case, expected, "missing", {"found": row.seq})]


def _read(row: EventRow) -> Mapping[str, Any] | str:
    """The body with all that is asked of it here, or the variant of EDITED that says why not."""
    if row.leaf not in _hashes(row):
        return "hash"
    try:
        body = json.loads(row.body)
    except (ValueError, RecursionError):
        return "unreadable"
    if not isinstance(body, dict) or not body.keys() >= _ASKED or not isinstance(body["sealed"], dict):
        return "unreadable"
    return body


def _hashes(row: EventRow) -> tuple[bytes, ...]:
    """The hash of the body; none if it is no bytes any more."""
    return (leaf(row.body),) if type(row.body) is bytes else ()


def _moment(at: datetime) -> str:
    try:
        return moment(at)
    except (AttributeError, NotAValue):
        return ""


def _moved(claims: _Claims, row: EventRow, body: Mapping[str, Any]) -> list[Flaw]:
    if (body["root"], body["case"], body["seq"]) == (claims.root, claims.case, row.seq):
        return []
    params = {"body_case": body["case"], "body_seq": body["seq"]}
    return [Flaw(FlawCode.MOVED, claims.case, row.seq, "body", params)]


def _link(case: str, before: EventRow | None, row: EventRow, body: Mapping[str, Any]) -> list[Flaw]:
    """Does the body name the hash of the event before it? Across a gap there is none to ask for."""
    if row.seq != (before.seq + 1 if before else 1):
        return []
    if body["prev"] == (before.leaf if before else NO_EVENT).hex():
        return []
    return [Flaw(FlawCode.BROKEN_LINK, case, row.seq, "prev", {"before": row.seq - 1})]


def _columns(case: str, row: EventRow, body: Mapping[str, Any]) -> list[Flaw]:
    beside = {"at": _moment(row.at), "kind": row.kind, "transition": row.transition, "actor": row.actor}
    return [
        Flaw(FlawCode.COLUMN, case, row.seq, "differs", {"column": name})
        for name, value in beside.items()
        if body[name] != value
    ]


def _sealed(claims: _Claims, seq: int, named: Mapping[str, str]) -> list[Flaw]:
    """Is each private value of the event there as it was sealed, or rightly erased?"""
    flaws = []
    for name, digest in named.items():
        envelope = claims.sealed.get((seq, name))
        if envelope is None:
            variant = "" if (seq, name) in claims.erased else "missing"
        else:
            whole = type(envelope) is bytes and sha256(envelope).hexdigest() == digest
            variant = "" if whole else "differs"
        if variant:
            flaws.append(Flaw(FlawCode.SEALED, claims.case, seq, variant, {"field": name}))
    return flaws


def _stray(claims: _Claims, trusted: Mapping[int, Mapping[str, Any]], present: Collection[int]) -> list[Flaw]:
    """Envelopes that no event made; of an event that is itself not trusted it cannot be said."""
    return [
        Flaw(FlawCode.SEALED, claims.case, seq, "stray", {"field": name})
        for (seq, name), envelope in claims.sealed.items()
        if envelope is not None
        and (name not in trusted[seq]["sealed"] if seq in trusted else seq not in present)
    ]


def _head(claims: _Claims, last: EventRow | None) -> list[Flaw]:
    """Does the case row point at the last event?"""
    newest = last.seq if last else 0
    if last is None or newest != claims.version:
        agreed = min(newest, claims.version) if type(claims.version) is int else newest
        params = {"version": claims.version, "newest": newest}
        return [Flaw(FlawCode.HEAD, claims.case, agreed + 1, "version", params)]
    if claims.head not in (last.leaf, *_hashes(last)):
        return [Flaw(FlawCode.HEAD, claims.case, newest, "leaf")]
    return []
