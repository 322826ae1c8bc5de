"""From rows that were read to a batch that waits: judged by the engine's own rules, recognised, sealed, stored."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from uuid_utils.compat import uuid7

from engine.access.keys import new_data_key, new_key_id
from engine.access.sealing import encode_value, place, seal, unseal
from engine.deadlines import OpenDeadline
from engine.engine import Engine
from engine.importing import twins
from engine.importing.identity import case_id, command_id, print_of, request_of, sheet_print
from engine.importing.reasons import Reason, of_blocker
from engine.importing.undo import ways_back
from engine.ledger.body import NotCanonical
from engine.store import imports
from engine.store.imports import Batch, StagedRow
from engine.store.steps import step_transaction
from engine.values import NotAValue, from_json, to_json

MOST_TOLD = 20  # reasons kept of one row
SHOWN = 12  # numbers of rows named in one note
NOTES = 0  # the place of what is said of the whole sheet; rows begin at 1


@dataclass(frozen=True, slots=True)
class Brought:
    """A row as it was read. own: typed values that the sheet says. chosen: those chosen for all of its rows.

    columns: the column of each field, for what the engine has to say of it. reasons: what reading found.
    """

    number: int
    own: Mapping[str, Any]
    chosen: Mapping[str, Any]
    columns: Mapping[str, str]
    reasons: tuple[Reason, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """The form the row fills in."""
        return {**self.chosen, **self.own}


class Judged(NamedTuple):
    """A row with all that is to be said of it. late: the time limits that are missed the moment it is opened."""

    row: Brought
    reasons: Sequence[Reason]
    late: Sequence[OpenDeadline]


class Import(NamedTuple):
    """What is brought in: the kind of sheet, the workflow, the trigger that takes a case back, and what tells people apart."""

    kind: str
    definition: str
    withdraw: str
    same: tuple[str, ...]


def stage(
    engine: Engine,
    what: Import,
    actor: str,
    rows: Sequence[Brought],
    *,
    runner: str,
    notes: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Keep a sheet for a person to look at; answers the id of its batch. Nothing is opened by it.

    The same sheet staged before and not started is replaced; one that is running is answered, so that an upload sent
    twice, or a command called again after a kill, goes on with it. runner: "worker" or "cli".
    """
    engine.library.refresh()
    now = engine.clock.now()
    key = engine.vault.master.import_key
    prints = [_print(key, what.definition, each) for each in rows]
    digest = sheet_print(
        key, what.definition, ((p or b"-", r.chosen) for p, r in zip(prints, rows, strict=True))
    )
    with engine.database.read() as connection:
        before = imports.unfinished(connection, actor, what.kind, digest)
    for batch in before:
        if batch.status == "running" and batch.runner == runner:
            return batch.id
    judged = list(_judged(engine, what, actor, rows, prints))
    ids = _ids(engine, what, prints)
    made = _Sealer(engine, str(uuid7()))
    to_open = [
        each
        for each, (_, there) in zip(judged, ids, strict=True)
        if not there and all(w.warning for w in each.reasons)
    ]
    notes = [*notes, *_late(to_open)]
    known = _known(engine, what, actor, to_open, made.batch)
    judged = [each._replace(reasons=[*each.reasons, *known.get(each.row.number, ())]) for each in judged]
    staged = [made.row(each.row, each.reasons, *ids[number]) for number, each in enumerate(judged)]
    batch = Batch(
        id=made.batch, kind=what.kind, definition=what.definition, actor=actor, digest=digest, status="preview",
        runner=runner, total=len(rows), kid=made.kid, wrapped=made.wrapped, notes=made.seal(NOTES, notes),
        created_at=now, touched_at=now,
    )  # fmt: skip
    with engine.database.write() as connection:
        for old in before:
            imports.drop(connection, old.id)
        imports.put_batch(connection, batch, staged)
    return batch.id


def start(engine: Engine, batch: Batch, *, good_only: bool, runner: str = "worker") -> bool:
    """Let it run. False, and nothing starts: a row is bad and only the good ones were not asked for, or it has started."""
    with engine.database.write() as connection:
        if imports.counts(connection, batch.id).get("bad") and not good_only:
            return False
        return imports.start(connection, batch.id, runner, engine.clock.now())


def drop(engine: Engine, batch: Batch) -> bool:
    """Throw a preview away with all it holds."""
    with engine.database.write() as connection:
        return imports.drop(connection, batch.id)


def contents(engine: Engine, batch: Batch, row: StagedRow) -> dict[str, Any]:
    """The typed values of a staged row; empty once it was dealt with. SealBroken: changed past the program."""
    if row.sealed is None or batch.wrapped is None:
        return {}
    plain = json.loads(_opened(engine, batch, row.number, row.sealed))
    workflow = engine.library.newest(batch.definition)
    fields = workflow.definition.fields if workflow else {}
    return {name: from_json(value, fields[name]) for name, value in plain.items() if name in fields}


def notes(engine: Engine, batch: Batch) -> Sequence[Mapping[str, Any]]:
    """What was said of the sheet as a whole; nothing once the batch has ended."""
    if batch.notes is None or batch.wrapped is None:
        return ()
    found: list[Mapping[str, Any]] = json.loads(_opened(engine, batch, NOTES, batch.notes))
    return found


def _opened(engine: Engine, batch: Batch, number: int, envelope: bytes) -> bytes:
    data_key = engine.vault.master.unwrap(batch.wrapped)
    return unseal(data_key, _place(engine, batch.id, number), envelope)


def _place(engine: Engine, batch: str, number: int) -> bytes:
    return place(engine.library.log[0], batch, str(number), "import")


class _Sealer:
    """Seals the rows of one batch under a key of its own, which goes with it."""

    def __init__(self, engine: Engine, batch: str) -> None:
        self._engine, self.batch, self.kid, self._key = engine, batch, new_key_id(), new_data_key()
        self.wrapped = engine.vault.master.wrap(self._key)

    def seal(self, number: int, value: Any) -> bytes:
        return seal(self._key, self.kid, _place(self._engine, self.batch, number), encode_value(value))

    def row(self, row: Brought, reasons: Sequence[Reason], case: str, already: bool) -> StagedRow:
        """As it will be stored."""
        bad = any(not each.warning for each in reasons)
        status = "bad" if bad else "already" if already else "waiting"
        told = [each.plain() for each in reasons[:MOST_TOLD]]
        sealed = None if already and not bad else self.seal(row.number, _keepable(row.values))
        command = command_id(case) if case else ""
        return StagedRow(self.batch, row.number, status, bool(told) and not bad, case, command, sealed, told)


def _keepable(values: Mapping[str, Any]) -> dict[str, Any]:
    """What can be kept of the values; a row that is bad may hold what cannot."""
    kept = {}
    for name, value in values.items():
        try:
            kept[name] = to_json(value)
        except NotAValue:
            continue
    return {name: value for name, value in kept.items() if value is not None}


def _print(key: bytes, definition: str, row: Brought) -> bytes | None:
    try:
        return print_of(key, definition, row.own)
    except (NotAValue, NotCanonical):
        return None


def _judged(
    engine: Engine, what: Import, actor: str, rows: Sequence[Brought], prints: Sequence[bytes | None]
) -> Iterator[Judged]:
    """Each row with all that is to be said of it: what reading found, what `apply` would answer, what to look at."""
    answers = engine.rehearse(what.definition, actor, [each.values for each in rows])
    workflow = engine.library.newest(what.definition)
    place_of = {"scope": workflow.definition.open.area} if workflow else {}
    alike = twins.in_sheet(rows, prints, what.same)
    for row, (blockers, late) in zip(rows, answers, strict=True):
        read = {each.field for each in row.reasons if not each.warning}
        about = [(each, each.field or place_of.get(each.code, "")) for each in blockers]
        told = [
            of_blocker(each, name, row.columns.get(name, ""))
            for each, name in about
            if not each.field or each.field not in read
        ]
        reasons = sorted([*row.reasons, *told, *alike.get(row.number, ())], key=lambda each: each.warning)
        yield Judged(row, reasons, late)


def _known(
    engine: Engine, what: Import, actor: str, judged: Sequence[Judged], batch: str
) -> Mapping[int, Sequence[Reason]]:
    """Rows whose child may have a case already; that cases were opened to compare with is recorded, once."""
    withdrawals = ways_back(engine, what.definition, what.withdraw)
    with engine.database.read() as connection:
        found = twins.known(
            engine, connection, actor, what.definition, [each.row for each in judged], what.same, withdrawals=withdrawals
        )  # fmt: skip
    if found.opened:
        with step_transaction(engine.database) as transaction:
            look = {
                "id": str(uuid7()),
                "at": engine.clock.now(),
                "actor": actor,
                "root": None,
                "case_id": None,
            }
            transaction.log_read(look | {"what": "import comparison", "request": request_of(batch)})
            transaction.commit()
    columns = {each.row.number: each.row.columns for each in judged}
    return {
        number: [replace(each, column=columns[number].get(each.field, "")) for each in warnings]
        for number, warnings in found.warnings.items()
    }


def _late(judged: Sequence[Judged]) -> Iterator[Mapping[str, Any]]:
    """That reports come so late that a time limit is over before anybody can keep it: once for the sheet, by limit."""
    rows: dict[tuple[str, str, str], list[int]] = {}
    for each in judged:
        for limit in each.late:
            rows.setdefault((limit.scope, limit.state, limit.key), []).append(each.row.number)
    for (scope, state, key), numbers in rows.items():
        shown = ", ".join(map(str, numbers[:SHOWN])) + (" …" if len(numbers) > SHOWN else "")
        which = {"scope": scope, "state": state, "key": key}
        yield {"code": "late", "params": {"n": len(numbers), "limit": which, "rows": shown}}


def _ids(engine: Engine, what: Import, prints: Sequence[bytes | None]) -> list[tuple[str, bool]]:
    """The case of each row, and whether it is there already. One that was withdrawn may be brought in again."""
    withdrawals = ways_back(engine, what.definition, what.withdraw)
    seen: Counter[bytes] = Counter()
    found: list[tuple[str, bool]] = [("", False)] * len(prints)
    places: dict[int, tuple[bytes, int]] = {}
    for number, print_ in enumerate(prints):
        if print_ is not None:
            places[number] = (print_, seen[print_])
            seen[print_] += 1
    again = 0
    while places:
        ids = {number: case_id(print_, nth, again) for number, (print_, nth) in places.items()}
        with engine.database.read() as connection:
            there = imports.openings(connection, list(ids.values()), withdrawals)
        for number, case in ids.items():
            opening = there.get(case)
            if opening is None or not opening.withdrawn:
                found[number] = (case, opening is not None)
                del places[number]
        again += 1
    return found
