"""The whole record proved against itself: every case's chain, columns, registries, and the fold of its events.

It finds whatever was changed past the program, and names the case and the step. Not found: a chain rewritten
to its end together with everything beside it, and a whole database set back; those need a witness outside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from engine.access.sealing import SealBroken, kid_of
from engine.ledger.body import leaf
from engine.ledger.chain import EventRow, Flaw, verify_case
from engine.reading import erased
from engine.replay import Difference, differences
from engine.store import Database, audit
from engine.store.audit import Key, Stored
from engine.store.steps import CaseRow
from engine.text import messages

PAGE = 100
MOST_FLAWS = 1000
UNREADABLE = "unreadable"
WRAPPED_BYTES = 40
LIMITS = {
    "missing": "missing", "stray": "stray", "due_at": "due", "paused_at": "paused", "ended_at": "ended",
    "ended_how": "ended", "breached_at": "missed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong beside the chain of a case, or between two rows; as `Flaw`, with codes of its own.

    COMMAND: the registry of commands and the event disagree. NUMBER: the same of case numbers. REPLAY: the case
    row is not the fold of its events. LIMIT: the same of its time limits. KEY: sealed values whose key is gone.
    ORPHAN: events without a case. ABSENT: a case that an event names is gone.
    """

    code: str
    case: str
    seq: int
    variant: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def say(self, language: str, name: str = "") -> str:
        """What was found and where, in `language`; `name`: the human number of the case."""
        key = f"fault.{self.code}.{self.variant}"
        return messages().say(language, key, case=name or self.case, seq=self.seq, **self.params)


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found. flaws: all, or the first thousand (`cut`). names: case ids to human numbers."""

    cases: int
    events: int
    flaws: tuple[Flaw | Fault, ...]
    names: Mapping[str, str]
    cut: bool = False

    @property
    def clean(self) -> bool:
        """Is the record whole?"""
        return not self.flaws


@dataclass(frozen=True, slots=True)
class Replayed:
    """What folding all events again found different from the rows."""

    cases: int
    events: int
    differences: tuple[Difference, ...]
    names: Mapping[str, str]


class UnknownCase(LookupError):
    """There is no case with this id."""


def verify(database: Database, case: str | None = None) -> Report:
    """Check the whole record, or the one case with this id. Reads only; cases go on meanwhile.

    Raises UnknownCase, and what the database raises when it cannot be read.
    """
    count = _Count()
    flaws = chain(_in_cases(database, case, count), _in_registries(database, case or ""))
    found = tuple(islice(flaws, MOST_FLAWS))
    return Report(count.cases, count.events, found, count.names, cut=next(flaws, None) is not None)


def replay(database: Database, case: str | None = None) -> Replayed:
    """Fold the events of all cases, or of the one with this id, and compare with their rows. Raises as `verify`."""
    count = _Count()
    found: list[Difference] = []
    for _, page in _pages(database, case):
        for stored in page:
            unlike = _differences(stored) if stored.known else ()
            count.add(stored, wrong=bool(unlike))
            found += unlike
    return Replayed(count.cases, count.events, tuple(found), count.names)


@dataclass(slots=True)
class _Count:
    """names: only of cases in which something is wrong, so that memory stays bounded."""

    cases: int = 0
    events: int = 0
    names: dict[str, str] = field(default_factory=dict)

    def add(self, stored: Stored, *, wrong: bool) -> None:
        self.cases += stored.known
        self.events += len(stored.events)
        if wrong and stored.row is not None:
            self.names[stored.key[1]] = stored.row.reference


def _pages(database: Database, case: str | None) -> Iterator[tuple[Any, list[Stored]]]:
    """A short read a page, each consistent in itself: one long read would hold up the database."""
    if case is not None:
        with audit.snapshot(database) as connection:
            key = audit.key_of(connection, case)
            if key is None:
                raise UnknownCase(case)
            yield connection, [audit.one(connection, key)]
        return
    after: Key | None = None
    more = True
    while more:
        with audit.snapshot(database) as connection:
            page, after = audit.page(connection, after, PAGE)
            more = after is not None
            yield connection, page


# ------------------------------------------------------------------ one case


def _in_cases(database: Database, case: str | None, count: _Count) -> Iterator[Flaw | Fault]:
    for connection, page in _pages(database, case):
        named = {stored.key: _named(stored) for stored in page}
        there = audit.present(connection, {each for kin in named.values() for _, each in kin})
        for stored in page:
            flaws = [*_flaws(stored), *_absent(stored, named[stored.key], there)]
            count.add(stored, wrong=bool(flaws))
            yield from flaws


def _flaws(stored: Stored) -> Iterator[Flaw | Fault]:
    root, case = stored.key
    if not stored.known:
        yield Fault("ORPHAN", case, 0, "events", {"count": stored.loose})
        return
    rows = [EventRow(*each) for each in stored.events]
    gone = erased(rows)
    broken = verify_case(
        rows,
        root=root,
        case=case,
        version=stored.version,
        head=stored.head,
        sealed=stored.sealed,
        erased=gone,
    )
    yield from broken
    yield from _commands(stored, {row.seq: row for row in rows})
    yield from _keys(stored, gone)
    if stored.row is None:
        yield Fault("REPLAY", case, 0, UNREADABLE)
    elif stored.number != stored.key:
        yield Fault("NUMBER", case, 0, "differs", {"number": stored.row.reference})
    if not broken and stored.row is not None:
        told: list[Fault] = []
        for each in _differences(stored):
            if (said := _said(stored.row, each)) not in told:
                told.append(said)
        yield from told


def _commands(stored: Stored, rows: Mapping[Any, EventRow]) -> Iterator[Fault]:
    """Does each event's command stand in the registry as in the event, and in its body?"""
    root, case = stored.key
    for each in stored.commands:
        seq = each.seq if type(each.seq) is int else 0
        body = _body(rows[each.seq])
        if body is not None and body.get("command") != each.id:
            yield Fault("COMMAND", case, seq, "body")
        elif each.registered is None:
            yield Fault("COMMAND", case, seq, "missing")
        elif each.registered != (each.sha256, root, case, each.seq):
            yield Fault("COMMAND", case, seq, "differs")


def _keys(stored: Stored, gone: frozenset[tuple[int, str]]) -> Iterator[Fault]:
    """Has every sealed value still the key it was sealed with? One fault a key; no key is needed to see it."""
    under: dict[str, list[tuple[int, str]]] = {}
    for place, envelope in stored.sealed.items():
        if type(envelope) is bytes and place not in gone:
            with suppress(SealBroken):  # not what was sealed, which the chain says better
                under.setdefault(kid_of(envelope), []).append(place)
    for kid, places in under.items():
        if kid not in stored.keys:
            variant = "missing"
        elif type(wrapped := stored.keys[kid]) is not bytes or len(wrapped) != WRAPPED_BYTES:
            variant = "unusable"
        else:
            continue
        seq, name = min(places)
        yield Fault("KEY", stored.key[1], seq, variant, {"field": name, "count": len(places)})


def _named(stored: Stored) -> list[tuple[int, str]]:
    """(seq, case) of the cases that the events of this one name: its tracks, and the case it is a track of."""
    found = []
    for row in map(EventRow._make, stored.events):
        body = _body(row)
        if body is not None:
            args = body.get("args", {})
            parent = (args.get("opened") or {}).get("parent")
            found += [(row.seq, each) for each in (*args.get("tracks", ()), *([parent] if parent else ()))]
    return found


def _absent(stored: Stored, named: list[tuple[int, str]], there: frozenset[str]) -> Iterator[Fault]:
    for seq, each in named:
        if each not in there:
            yield Fault("ABSENT", stored.key[1], seq, "case", {"other": each})


def _body(row: EventRow) -> Mapping[str, Any] | None:
    """The body, if it is still as it was hashed."""
    if type(row.body) is not bytes or leaf(row.body) != row.leaf:
        return None
    body = json.loads(row.body)
    return body if isinstance(body, dict) else None


def _differences(stored: Stored) -> tuple[Difference, ...]:
    """Where the row is not the fold; of events that cannot be folded it is told, not raised."""
    if stored.row is None:
        return (Difference(UNREADABLE, stored.key[1], None, None),)
    try:
        rows = sorted(map(EventRow._make, stored.events))
        return differences(stored.row, stored.limits, [(row.body, row.leaf) for row in rows])
    except (ValueError, KeyError, TypeError, AttributeError):
        return (Difference(UNREADABLE, stored.key[1], None, None),)


def _said(row: CaseRow, difference: Difference) -> Fault:
    if difference.limit:
        variant = LIMITS.get(difference.code, "differs")
        params = {"limit": difference.limit} | ({"column": difference.code} if variant == "differs" else {})
        return Fault("LIMIT", row.id, difference.seq, variant, params)
    if difference.code == UNREADABLE:
        return Fault("REPLAY", row.id, row.version, UNREADABLE)
    return Fault("REPLAY", row.id, row.version, "differs", {"column": difference.code})


# ------------------------------------------------------------------ what names a case from outside


def _in_registries(database: Database, case: str) -> Iterator[Fault]:
    with audit.snapshot(database) as connection:
        for each in audit.loose_commands(connection, case):
            yield Fault("COMMAND", each.case, each.seq, "event")
        for each in audit.loose_numbers(connection, case):
            yield Fault("NUMBER", each.case, 0, "loose", {"number": each.name})
