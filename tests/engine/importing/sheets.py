"""Rows of the toy workflow as an import would have read them, staged and run in the small province of tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from engine import Engine
from engine.importing import Brought, Reason, advance, stage, start
from engine.importing.staging import Import
from engine.store import imports, tables
from engine.store.imports import Batch, StagedRow
from tests.support.world import BA_BE, change
from tests.support.world import TOY as WORDS

TOY = Import("toys", "toy", "drop", ("name", "born"))
COLUMNS = {"what": "A", "name": "B", "born": "C"}


def row(
    number: int, *, chosen: Mapping[str, Any] | None = None, reasons: Sequence[Reason] = (), **own: Any
) -> Brought:
    """A row: another child for every number, unless told otherwise."""
    filled = {"what": "sách vở", "name": f"Trẻ Thử {number}", "born": date(2012, 3, 1 + number % 28)} | own
    return Brought(number, filled, {"place": BA_BE} if chosen is None else chosen, COLUMNS, tuple(reasons))


def sheet(rows: int, first: int = 2) -> list[Brought]:
    """So many rows that are as they should be."""
    return [row(number) for number in range(first, first + rows)]


def staged(engine: Engine, rows: Sequence[Brought], actor: str = "officer", runner: str = "worker") -> Batch:
    """Kept for a look at it."""
    return batch_of(engine, stage(engine, TOY, actor, rows, runner=runner, notes=[{"code": "sheet"}]))


def batch_of(engine: Engine, batch: str) -> Batch:
    """The batch as it stands."""
    with engine.database.read() as connection:
        found = imports.find_batch(connection, batch)
    assert found is not None
    return found


def run(engine: Engine, batch: Batch, most: int = 7) -> Batch:
    """To its end."""
    while advance(engine, batch.id, most):
        pass
    return batch_of(engine, batch.id)


def brought(engine: Engine, rows: Sequence[Brought], actor: str = "officer") -> Batch:
    """Staged, started and run to its end."""
    batch = staged(engine, rows, actor)
    assert start(engine, batch, good_only=True)
    return run(engine, batch)


def statuses(engine: Engine, batch: Batch) -> dict[str, int]:
    """How many rows of each status."""
    with engine.database.read() as connection:
        return {name: n for name, n in imports.counts(connection, batch.id).items() if name != "warned"}


def rows_of(engine: Engine, batch: Batch, *which: str) -> Sequence[StagedRow]:
    """The rows of these statuses."""
    with engine.database.read() as connection:
        return imports.rows_of(connection, batch.id, which, limit=20_000)


def cases(engine: Engine) -> int:
    """How many cases there are."""
    with engine.database.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(tables.cases)) or 0)


WITHDRAWING = """  drop:
    title: {vi: Rút, en: Withdraw}
    from: draft
    to: granted
    by: [commune_officer]
    reason: required
"""


def withdrawing(engine: Engine, *changes: tuple[str, str]) -> None:
    """From now on a request that nobody has submitted can be withdrawn. changes: what else becomes other words."""
    change(engine, WORDS, ("  remark:\n", f"{WITHDRAWING}  remark:\n"), *changes)
