"""Staged sheets: batches and their rows, how far they are, and which of their cases are there already.

What a row holds is sealed before it comes here. What becomes of it is engine/importing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, insert, or_, select, update

from engine.commands import SYSTEM
from engine.store.ground import area_succession
from engine.store.tables import case_event, cases, import_batch, import_row

TOGETHER = 500  # ids asked about at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A staged sheet (columns of the table `import_batch`)."""

    id: str
    kind: str
    definition: str
    actor: str
    digest: bytes
    status: str
    runner: str
    total: int
    kid: str
    wrapped: bytes | None
    notes: bytes | None
    created_at: datetime
    touched_at: datetime
    ended_at: datetime | None = None


class StagedRow(NamedTuple):
    """A row of a staged sheet (columns of the table `import_row`)."""

    batch: str
    number: int
    status: str
    warned: bool
    case_id: str
    command_id: str
    sealed: bytes | None
    reasons: Sequence[Mapping[str, Any]]


class Opening(NamedTuple):
    """A case that an imported row stands for. `withdrawn`: it was taken back as entered by mistake."""

    case: str
    reference: str
    state: str
    withdrawn: bool
    touched: bool


_batch = select(*(import_batch.c[name] for name in Batch.__slots__))
_row = select(*(import_row.c[name] for name in StagedRow._fields))

# ------------------------------------------------------------------ batches


def put_batch(connection: Connection, batch: Batch, rows: Sequence[StagedRow]) -> None:
    """A new batch with all its rows."""
    connection.execute(insert(import_batch), asdict(batch))
    if rows:
        connection.execute(insert(import_row), [each._asdict() for each in rows])


def find_batch(connection: Connection, batch: str) -> Batch | None:
    """One batch."""
    row = connection.execute(_batch.where(import_batch.c.id == batch)).one_or_none()
    return Batch(**row._asdict()) if row else None


def batches_of(connection: Connection, actor: str, kind: str, limit: int) -> Sequence[Batch]:
    """The newest batches of a person."""
    of = _batch.where(import_batch.c.actor == actor, import_batch.c.kind == kind)
    found = connection.execute(of.order_by(import_batch.c.created_at.desc()).limit(limit))
    return [Batch(**each._asdict()) for each in found]


def unfinished(connection: Connection, actor: str, kind: str, digest: bytes) -> Sequence[Batch]:
    """What this person has staged of the same sheet and not brought to its end."""
    of = _batch.where(
        import_batch.c.actor == actor, import_batch.c.kind == kind, import_batch.c.digest == digest,
        import_batch.c.status.in_(("preview", "running")),
    )  # fmt: skip
    return [Batch(**each._asdict()) for each in connection.execute(of)]


def start(connection: Connection, batch: str, runner: str, now: datetime) -> bool:
    """From preview to running; False if it was started or dropped before."""
    begun = update(import_batch).where(import_batch.c.id == batch, import_batch.c.status == "preview")
    return bool(connection.execute(begun.values(status="running", runner=runner, touched_at=now)).rowcount)


def touch(connection: Connection, batch: str, now: datetime) -> None:
    """It was worked on."""
    connection.execute(update(import_batch).where(import_batch.c.id == batch).values(touched_at=now))


def drop(connection: Connection, batch: str) -> bool:
    """Take away a preview with all its rows; False if it is none any more."""
    still = select(import_batch.c.id).where(import_batch.c.id == batch, import_batch.c.status == "preview")
    if connection.execute(still.with_for_update()).one_or_none() is None:
        return False
    connection.execute(delete(import_row).where(import_row.c.batch == batch))
    connection.execute(delete(import_batch).where(import_batch.c.id == batch))
    return True


def end(connection: Connection, batch: str, now: datetime) -> None:
    """Its end: rows that still wait are left out, and nothing sealed of it stays, the key least of all."""
    of = import_row.c.batch == batch
    connection.execute(update(import_row).where(of, import_row.c.status == "waiting").values(status="left"))
    connection.execute(update(import_row).where(of, import_row.c.sealed.is_not(None)).values(sealed=None))
    ended = {"status": "done", "wrapped": None, "notes": None, "touched_at": now, "ended_at": now}
    running = and_(import_batch.c.id == batch, import_batch.c.status == "running")
    connection.execute(update(import_batch).where(running).values(ended))


def next_running(connection: Connection) -> str | None:
    """The batch of the worker's that was not worked on for longest."""
    of = select(import_batch.c.id).where(
        import_batch.c.status == "running", import_batch.c.runner == "worker"
    )
    return connection.scalar(of.order_by(import_batch.c.touched_at, import_batch.c.id).limit(1))


def forgotten(connection: Connection, previews: datetime, runs: datetime) -> Sequence[Batch]:
    """Previews nobody started since `previews`, and runs of the command line nobody went on with since `runs`."""
    old = or_(
        and_(import_batch.c.status == "preview", import_batch.c.touched_at < previews),
        and_(
            import_batch.c.status == "running",
            import_batch.c.runner == "cli",
            import_batch.c.touched_at < runs,
        ),
    )
    return [Batch(**each._asdict()) for each in connection.execute(_batch.where(old))]


# ------------------------------------------------------------------ rows


def counts(connection: Connection, batch: str, withdrawals: Sequence[str] = ()) -> dict[str, int]:
    """How many rows of each status; "warned" among those that wait or are done. withdrawals: keys of the transitions
    that take a case back; what was taken back by them is then "withdrawn" and no more "received"."""
    of = select(import_row.c.status, import_row.c.warned, func.count()).where(import_row.c.batch == batch)
    found: dict[str, int] = {}
    for status, warned, number in connection.execute(of.group_by(import_row.c.status, import_row.c.warned)):
        found[status] = found.get(status, 0) + number
        if warned and status != "bad":
            found["warned"] = found.get("warned", 0) + number
    if withdrawals and found.get("received"):
        of = select(func.count()).where(import_row.c.batch == batch, import_row.c.status == "received")
        found["withdrawn"] = connection.scalar(of.where(_taken_back(withdrawals))) or 0
        found["received"] -= found["withdrawn"]
    return found


def _taken_back(withdrawals: Sequence[str]) -> ColumnElement[bool]:
    """Is a withdrawal the newest step that a person took on the case of the row?"""
    newest = (
        select(case_event.c.transition)
        .where(
            case_event.c.root == import_row.c.case_id, case_event.c.case_id == import_row.c.case_id,
            case_event.c.seq > 1, case_event.c.actor != SYSTEM,
        )
        .order_by(case_event.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip
    return func.coalesce(newest, "").in_(withdrawals)


def rows_of(
    connection: Connection,
    batch: str,
    statuses: Iterable[str],
    *,
    warned: bool = False,
    after: int = 0,
    limit: int = TOGETHER,
    withdrawals: Sequence[str] = (),
    withdrawn: bool = False,
) -> Sequence[StagedRow]:
    """Rows of these statuses in the order of the sheet, from behind the row `after` on.

    withdrawals: keys of the transitions that take a case back; then either only rows whose case was taken back by
    them (`withdrawn`), or none of these.
    """
    of = _row.where(
        import_row.c.batch == batch, import_row.c.status.in_(tuple(statuses)), import_row.c.number > after
    )
    if warned:
        of = of.where(import_row.c.warned)
    if withdrawals:
        taken_back = _taken_back(withdrawals)
        of = of.where(taken_back if withdrawn else ~taken_back)
    return [StagedRow(*each) for each in connection.execute(of.order_by(import_row.c.number).limit(limit))]


def numbered(connection: Connection, batch: str, numbers: Iterable[int]) -> Sequence[StagedRow]:
    """Rows by their numbers."""
    of = _row.where(import_row.c.batch == batch, import_row.c.number.in_(tuple(numbers)))
    return [StagedRow(*each) for each in connection.execute(of.order_by(import_row.c.number))]


_MARK = (
    update(import_row)
    .where(
        import_row.c.batch == bindparam("of_batch"),
        import_row.c.number == bindparam("of_number"),
        import_row.c.status == "waiting",
    )
    .values(status=bindparam("new_status"), reasons=bindparam("new_reasons"), sealed=None)
)


def mark(
    connection: Connection, batch: str, dealt: Sequence[tuple[int, str, Sequence[Mapping[str, Any]]]]
) -> None:
    """What became of rows that waited: (number, status, reasons); what they held is deleted with it."""
    connection.execute(
        _MARK,
        [
            {"of_batch": batch, "of_number": number, "new_status": status, "new_reasons": list(reasons)}
            for number, status, reasons in dealt
        ],
    )


# ------------------------------------------------------------------ their cases


def openings(connection: Connection, ids: Sequence[str], withdrawals: Sequence[str]) -> Mapping[str, Opening]:
    """Which of these cases there are. withdrawals: keys of the transitions that take a case back."""
    found: dict[str, Opening] = {}
    for some in _together(ids):
        seen = select(case_event.c.root, case_event.c.transition, case_event.c.actor).where(
            case_event.c.root.in_(some), case_event.c.case_id == case_event.c.root, case_event.c.seq > 1
        )
        later: dict[str, list[tuple[str | None, str]]] = {}
        for root, transition, actor in connection.execute(seen.order_by(case_event.c.root, case_event.c.seq)):
            later.setdefault(root, []).append((transition, actor))
        of = select(cases.c.id, cases.c.reference, cases.c.state).where(
            cases.c.root.in_(some), cases.c.id == cases.c.root
        )
        for case, reference, state in connection.execute(of):
            by_people = [transition for transition, actor in later.get(case, ()) if actor != SYSTEM]
            withdrawn = bool(by_people) and by_people[-1] in withdrawals
            found[case] = Opening(case, reference, state, withdrawn, touched=bool(by_people))
    return found


def asked_by(connection: Connection, case: str) -> str:
    """The request that opened a case; "" if there is no such case."""
    body = connection.scalar(
        select(case_event.c.body).where(
            case_event.c.root == case, case_event.c.case_id == case, case_event.c.seq == 1
        )
    )
    return str(json.loads(body).get("request", "")) if body else ""


# ------------------------------------------------------------------ places


def successors(connection: Connection) -> Mapping[str, tuple[str, ...]]:
    """Which areas each area of before became, by id."""
    found: dict[str, tuple[str, ...]] = {}
    rows = select(area_succession.c.old, area_succession.c.new).order_by(
        area_succession.c.old, area_succession.c.new
    )
    for old, new in connection.execute(rows):
        found[old] = (*found.get(old, ()), new)
    return found


def _together(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(ids), TOGETHER):
        yield ids[first : first + TOGETHER]
