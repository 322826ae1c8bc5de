"""Chains of events for tests, made as the engine makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random

from engine.ledger.body import NO_EVENT, EventFacts, body, leaf
from engine.ledger.chain import EventRow, Flaw, verify_case

START = datetime(2026, 11, 9, 0, 58, tzinfo=UTC)
FACTS = EventFacts(
    log="casework.example/thu-nghiem",
    epoch=1,
    root="018f6d1c-0000-7000-8000-000000000001",
    case="018f6d1c-0000-7000-8000-000000000001",
    seq=1,
    prev=NO_EVENT,
    at=START,
    kind="case_opened",
    actor="officer",
    function="commune_officer",
    agency="ubnd-ba-be",
    trigger="open",
    to_state="reported",
    cycle=1,
    definition="child_case",
    number=3,
    sha256="ab" * 32,
    command="018f6d1c-0000-7000-8000-0000000000ff",
)


@dataclass(frozen=True)
class Story:
    """A case's record as verify_case takes it."""

    root: str
    case: str
    rows: tuple[EventRow, ...]
    version: int
    head: bytes
    sealed: Mapping[tuple[int, str], bytes | None]
    erased: frozenset[tuple[int, str]] = frozenset()

    def flaws(self) -> tuple[Flaw, ...]:
        return verify_case(
            self.rows,
            root=self.root,
            case=self.case,
            version=self.version,
            head=self.head,
            sealed=self.sealed,
            erased=self.erased,
        )

    def found(self) -> list[tuple[str, int]]:
        return [(flaw.code.value, flaw.seq) for flaw in self.flaws()]

    def with_row(self, seq: int, **changes: object) -> Story:
        return replace(self, rows=tuple(r._replace(**changes) if r.seq == seq else r for r in self.rows))

    def without(self, *seqs: int) -> Story:
        return replace(self, rows=tuple(row for row in self.rows if row.seq not in seqs))

    def row(self, seq: int) -> EventRow:
        return next(row for row in self.rows if row.seq == seq)


def story(length: int, seed: int = 0, case: str = FACTS.case) -> Story:
    """A whole case of `length` events with private values here and there."""
    chance = Random(seed)  # noqa: S311 - a test that can be repeated
    rows: list[EventRow] = []
    sealed: dict[tuple[int, str], bytes | None] = {}
    for seq in range(1, length + 1):
        names = chance.sample(["child_name", "narrative", "@reason"], chance.randrange(4))
        envelopes = {name: chance.randbytes(60) for name in names}
        sealed |= {(seq, name): envelope for name, envelope in envelopes.items()}
        rows.append(
            next_row(rows, case, envelopes, args={"note": chance.choice(["", "Đã đến nhà", "n\n\u0301"])})
        )
    return Story(FACTS.root, case, tuple(rows), length, rows[-1].leaf, sealed)


def next_row(
    rows: list[EventRow], case: str, envelopes: Mapping[str, bytes], args: Mapping[str, object]
) -> EventRow:
    """The event that follows `rows`."""
    seq = len(rows) + 1
    facts = replace(
        FACTS,
        case=case,
        seq=seq,
        prev=rows[-1].leaf if rows else NO_EVENT,
        at=START + timedelta(hours=seq, microseconds=seq),
        kind="case_opened" if seq == 1 else "step_taken",
        transition=None if seq == 1 else f"step_{seq}",
        from_state=None if seq == 1 else "reported",
        args=args,
        sealed={name: sha256(envelope).hexdigest() for name, envelope in envelopes.items()},
    )
    written = body(facts)
    return EventRow(seq, written, leaf(written), facts.at, facts.kind, facts.transition, facts.actor)
