"""The whole record proved against itself: every case's chain, columns, registries, and the fold of its events.

It finds whatever was changed past the program, and names the case and the step. Not found: a chain rewritten
to its end together with everything beside it, and a whole database set back; those need a witness outside.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from engine.access.sealing import SealBroken, kid_of
from engine.ledger.body import leaf
from engine.ledger.chain import EventRow, Flaw, verify_case
from engine.published import table_stands, workflow_stands
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
WORKFLOW, TABLE = "workflow", "table"
RUBBISH = (ValueError, KeyError, TypeError, AttributeError)  # what reading a body made by hand may raise
Bodies = dict[Any, Mapping[str, Any]]  # by seq


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong beside the chain of a case, or between two rows; as `Flaw`, with codes of its own.

    COMMAND: the registry of commands and the event disagree. NUMBER: the same of case numbers. REPLAY: the case
    row is not the fold of its events. LIMIT: the same of its time limits. KEY: sealed values whose key is gone.
    DEFINITION: a workflow or rule table is not what was published. ORPHAN: events without a case. ABSENT: a case
    that an event names is gone.
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
    flaws = chain(
        _in_cases(database, case, count),
        _in_registries(database, case or ""),
        _in_library(database, count, whole=case is None),
    )
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
    """names: only of cases in which something is wrong, so that memory stays bounded. followed: by what a step went
    (kind, id, number, hash), and the first that did (case, seq, its number).
    """

    cases: int = 0
    events: int = 0
    names: dict[str, str] = field(default_factory=dict)
    followed: dict[tuple[str, Any, Any, Any], tuple[str, int, str]] = field(default_factory=dict)

    def add(self, stored: Stored, *, wrong: bool) -> None:
        self.cases += stored.known
        self.events += len(stored.events)
        if wrong and stored.row is not None:
            self.names[stored.key[1]] = stored.row.reference

    def follow(self, stored: Stored, bodies: Bodies) -> None:
        """Note by which workflow and rule tables the steps of a case went."""
        name = stored.row.reference if stored.row else stored.key[1]
        for seq, body in bodies.items():
            with suppress(*RUBBISH):
                by = [(WORKFLOW, body["wf"], body["wf_ver"], body["wf_sha256"])]
                for decided in body["args"].get("decisions", {}).values():
                    if "sha256" in decided:
                        by.append((TABLE, decided["table"], None, decided["sha256"]))
                for each in by:
                    self.followed.setdefault(each, (stored.key[1], seq, name))


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
        read = [(stored, _bodies(stored)) for stored in page]
        named = {stored.key: _named(bodies) for stored, bodies in read}
        there = audit.present(connection, {each for kin in named.values() for _, each in kin})
        for stored, bodies in read:
            flaws = [*_flaws(stored, bodies), *_absent(stored, named[stored.key], there)]
            count.add(stored, wrong=bool(flaws))
            count.follow(stored, bodies)
            yield from flaws


def _flaws(stored: Stored, bodies: Bodies) -> Iterator[Flaw | Fault]:
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
    yield from _commands(stored, bodies)
    yield from _keys(stored, gone)
    if stored.row is None:
        yield Fault("REPLAY", case, 0, UNREADABLE)
    elif stored.number != stored.key:
        yield Fault("NUMBER", case, 0, "differs", {"number": stored.row.reference})
    if not broken and stored.row is not None:
        told: list[Fault] = []
        for each in _differences(stored, bodies):
            if (said := _said(stored.row, each)) not in told:
                told.append(said)
        yield from told


def _commands(stored: Stored, bodies: Bodies) -> Iterator[Fault]:
    """Does each event's command stand in the registry as in the event, and in its body?"""
    root, case = stored.key
    for each in stored.commands:
        seq = each.seq if type(each.seq) is int else 0
        body = bodies.get(each.seq)
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


def _named(bodies: Bodies) -> list[tuple[int, str]]:
    """(seq, case) of the cases that the events of this one name: its tracks, and the case it is a track of."""
    found = []
    for seq, body in bodies.items():
        with suppress(*RUBBISH):
            args = body["args"]
            parent = args.get("opened", {}).get("parent")
            kin = (*args.get("tracks", ()), *([parent] if parent else ()))
            found += [(seq, each) for each in kin if isinstance(each, str)]
    return found


def _absent(stored: Stored, named: list[tuple[int, str]], there: frozenset[str]) -> Iterator[Fault]:
    for seq, each in named:
        if each not in there:
            yield Fault("ABSENT", stored.key[1], seq, "case", {"other": each})


def _bodies(stored: Stored) -> Bodies:
    """By seq, the bodies that are still as they were hashed."""
    found: Bodies = {}
    for row in map(EventRow._make, stored.events):
        if type(row.body) is bytes and leaf(row.body) == row.leaf:
            with suppress(ValueError, RecursionError):
                body = json.loads(row.body)
                if isinstance(body, dict):
                    found[row.seq] = body
    return found


def _differences(stored: Stored, bodies: Bodies | None = None) -> tuple[Difference, ...]:
    """Where the rows are not the fold; of events that cannot be folded it is told, not raised."""
    if stored.row is None:
        return (Difference(UNREADABLE, stored.key[1], None, None),)
    try:
        rows = sorted(map(EventRow._make, stored.events))
        events = [(bodies[row.seq] if bodies else row.body, row.leaf) for row in rows]
        return differences(stored.row, stored.limits, events)
    except RUBBISH:
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


# ------------------------------------------------------------------ what the steps went by


def _in_library(database: Database, count: _Count, *, whole: bool) -> Iterator[Fault]:
    """Is every workflow and rule table what was published, and what the steps went by? whole: those too that none did.

    Asked last, so that what is published meanwhile is there.
    """
    with audit.snapshot(database) as connection:
        workflows, tables = audit.workflows(connection), audit.rule_tables(connection)
    known = {(WORKFLOW, each.definition, each.number): each.sha256 for each in workflows}
    texts = {(TABLE, each.id, each.sha256) for each in tables}
    followed = {each[:3] if each[0] == WORKFLOW else (TABLE, each[1], each[3]) for each in count.followed}
    for version in workflows:
        if not whole and (WORKFLOW, version.definition, version.number) not in followed:
            continue
        if not workflow_stands(version.definition, version.sha256, version.plain):
            params = {"id": version.definition, "version": version.number}
            yield Fault("DEFINITION", "", 0, "workflow", params)
    days = Counter((each.id, each.valid_from) for each in tables)
    for text in tables:
        if not whole and (TABLE, text.id, text.sha256) not in followed:
            continue
        replaced = days[text.id, text.valid_from] > 1
        if not table_stands(
            text.id, text.sha256, text.plain, text.valid_from, text.valid_to, replaced=replaced
        ):
            yield Fault("DEFINITION", "", 0, "table", {"id": text.id, "version": text.valid_from})
    for (kind, id, number, sha256), (case, seq, name) in count.followed.items():
        if kind == WORKFLOW and known.get((kind, id, number)) != sha256:
            variant = "other_workflow" if (kind, id, number) in known else "no_workflow"
        elif kind == TABLE and (kind, id, sha256) not in texts:
            variant = "no_table"
        else:
            continue
        count.names[case] = name
        yield Fault("DEFINITION", case, seq, variant, {"id": id, "version": number})
