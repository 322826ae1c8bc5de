"""`bench cases`: the Cases page at 1,000 and at 100,000 cases, on each database; the growth is what counts.

Measured are the page's own queries: the first page with its total and the numbers on its tabs, and 25 names
decrypted, for an officer of one commune and for the province's lead. The cases are put in as rows, past the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from engine import Engine
from engine.ledger.body import NO_EVENT
from engine.listing import Listing
from engine.store.cases import case_ids, find_case
from engine.store.lists import Filter
from engine.store.look import CaseRow
from engine.store.tables import case_event, cases, event_sealed, subject_key
from tests.bench.ground import KINDS, demonstration, load, say, spread, timed
from web.demo_story import BA_BE, CREW, LEAD

FEW, MANY, CHUNK = 1_000, 100_000, 2_000
ROUNDS, TIMES = 7, 5
SIZE = 25
NAME = "Triệu Thị Thử"
PEOPLE = {"officer": CREW[BA_BE]["officer"], "lead": LEAD}


def main() -> None:
    """Measure both databases and print the result: growth by person."""
    results: dict[str, float] = {}
    for kind in KINDS:
        with demonstration(kind) as running:
            few = _measured(kind, running, FEW)
            many = _measured(kind, running, MANY)
        for person in PEOPLE:
            results[f"{kind}_{person}"] = many[person] / few[person]
    say("RESULT " + " ".join(f"{name}={growth:.2f}" for name, growth in results.items()))


def _measured(kind: str, running: Engine, number: int) -> dict[str, float]:
    """Seconds of the page by person, with `number` cases in the database."""
    _fill(running, number)
    found = {}
    for person, actor in PEOPLE.items():
        page = partial(_page, running, actor)
        page()
        rounds = [timed(page, TIMES) for _ in range(ROUNDS)]
        found[person] = sorted(rounds)[ROUNDS // 2]
        say(f"{kind}, {number} cases, {person}: {spread(rounds)}; {load()}")
        for name, part in _parts(running, actor).items():
            say(f"    {name} {timed(part, TIMES) * 1e3:.2f} ms")
    return found


def _page(running: Engine, actor: str) -> None:
    """What web/views/cases.py asks of the store."""
    with running.database.read() as connection:
        listing = Listing(running, connection, actor)
        listing.count(Filter(open=True))
        shown = listing.shown(listing.page(Filter(open=True), limit=SIZE + 1)[:SIZE])
        for wanted in _tabs(listing, actor).values():
            listing.count(wanted)
    assert sum(each.values.get("child_name") == NAME for each in shown) == SIZE


def _tabs(listing: Listing, actor: str) -> dict[str, Filter]:
    return {
        "open": Filter(open=True),
        "mine": Filter(open=True, owner=actor),
        "unowned": Filter(open=True, ownerless=True),
        "late": Filter(open=True, late_at=listing.now),
        "closed": Filter(open=False),
    }


def _parts(running: Engine, actor: str) -> dict[str, Callable[[], object]]:
    """The page's parts, each to be timed alone."""

    def with_listing(ask: Callable[[Listing], object]) -> Callable[[], object]:
        def part() -> object:
            with running.database.read() as connection:
                return ask(Listing(running, connection, actor))

        return part

    parts = {"reach": with_listing(lambda listing: listing.reach)}
    parts["page"] = with_listing(lambda listing: listing.page(Filter(open=True), limit=SIZE + 1))
    parts["page shown"] = with_listing(
        lambda listing: listing.shown(listing.page(Filter(open=True), limit=SIZE))
    )
    for tab in ("open", "mine", "unowned", "late", "closed"):
        parts[f"count {tab}"] = with_listing(
            lambda listing, tab=tab: listing.count(_tabs(listing, actor)[tab])
        )  # type: ignore[misc]
    return parts


# ------------------------------------------------------------------ the rows


def _fill(running: Engine, number: int) -> None:
    """Cases like one of the demonstration's, up to `number`, spread over the communes and over time."""
    with running.database.read() as connection:
        ids = case_ids(connection, limit=MANY)
        rows = [row for each in ids[:200] if (row := find_case(connection, each))]
    pattern = next(row for row in rows if row.definition == "child_case" and "child_name" in row.sealed)
    made = _rows(running, pattern, len(ids), number)
    while chunk := list(islice(made, CHUNK)):
        with running.database.write() as connection:
            for table, place in ((cases, 0), (case_event, 1), (event_sealed, 2), (subject_key, 3)):
                connection.execute(insert(table), [each[place] for each in chunk])
    if not running.database.is_sqlite:
        with running.database.write() as connection:
            connection.exec_driver_sql("ANALYZE")  # what autovacuum does within a minute


def _rows(running: Engine, pattern: CaseRow, start: int, end: int) -> Iterator[tuple[dict[str, Any], ...]]:
    """(case, its one event, its sealed name, its key) of each case."""
    field = running.library.workflow(pattern.definition, pattern.definition_number).field("child_name")
    areas = sorted(
        key for key, row in running.library.rows.areas.items() if row.level == "commune" and not row.valid_to
    )
    owners = {area: crew["officer"] for area, crew in CREW.items()}
    now: datetime = running.clock.now()
    assert field is not None
    for number in range(start, end):
        case = str(UUID(int=number << 64 | 0x8000_0000_0000_0000))
        keys = running.vault.keys_of(case, case, ())
        envelope, digest = keys.seal(field, "child_name", NAME)
        at = now - timedelta(seconds=number)
        triple = {"root": case, "case_id": case, "seq": 1}
        body = f'{{"prev":"{NO_EVENT.hex()}"}}'.encode()
        leaf = sha256(b"\0" + body).digest()
        area = BA_BE if number < FEW and number % 20 == 0 else areas[number % len(areas)]
        row = asdict(pattern) | {
            "root": case, "id": case, "reference": f"b-{number}", "area": area, "head": leaf, "version": 1,
            "owner": owners.get(area) if number % 3 else None, "opened_at": at, "entered_at": at,
            "closed_at": at if number % 10 > 6 else None, "sealed": {"child_name": [1, digest]},
            "next_due": now + timedelta(days=number % 20 - 2),
        }  # fmt: skip
        event = triple | {
            "at": at, "kind": "case_opened", "transition": "open", "actor": "bench", "body": body, "leaf": leaf,
            "command_id": case, "command_sha256": leaf,
        }  # fmt: skip
        yield row, event, triple | {"field": "child_name", "ciphertext": envelope}, keys.made[0]


if __name__ == "__main__":
    main()
