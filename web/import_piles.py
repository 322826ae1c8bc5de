"""The rows of a preview in piles that have no row in common and add up to the sheet.

"bad" has to be mended; "twins" say the same as an earlier row of the sheet, and are brought in only if that is asked for;
"warned" are to be looked at; "waiting" are ready; "already" were received before. Knows no request.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import Connection

from engine import Engine
from engine.store import imports
from engine.store.imports import Batch, StagedRow

PILES = ("bad", "twins", "warned", "waiting", "already")
TWIN = "row_twice"  # the code of the warning


def counts(connection: Connection, batch: Batch) -> dict[str, int]:
    """How many rows each pile has."""
    found = imports.counts(connection, batch.id)
    apart = Counter(_pile(row) for row in _walk(connection, batch, warned=True))
    found |= {"twins": apart["twins"], "warned": apart["warned"]}
    found["waiting"] = found.get("waiting", 0) - apart["twins"] - apart["warned"]
    return {pile: found.get(pile, 0) for pile in PILES}


def rows(connection: Connection, batch: Batch, pile: str, *, after: int, limit: int) -> Sequence[StagedRow]:
    """Rows of one pile in the order of the sheet, from behind the row `after` on."""
    if pile in ("bad", "already"):
        return imports.rows_of(connection, batch.id, (pile,), after=after, limit=limit)
    walk = _walk(connection, batch, warned=pile != "waiting", after=after)
    return list(islice((row for row in walk if _pile(row) == pile), limit))


def leave_twins(engine: Engine, batch: Batch, *, good_only: bool) -> None:
    """Leave out what says the same as an earlier row, before the batch is started; of one that cannot start, nothing."""
    with engine.database.write() as connection:
        now = imports.find_batch(connection, batch.id)
        if now is None or now.status != "preview":
            return
        if imports.counts(connection, batch.id).get("bad") and not good_only:
            return
        twins = [row for row in _walk(connection, batch, warned=True) if _pile(row) == "twins"]
        if twins:
            imports.mark(connection, batch.id, [(row.number, "left", row.reasons) for row in twins])


def _pile(row: StagedRow) -> str:
    if any(each["code"] == TWIN for each in row.reasons):
        return "twins"
    return "warned" if row.warned else "waiting"


def _walk(connection: Connection, batch: Batch, *, warned: bool, after: int = 0) -> Iterator[StagedRow]:
    """Rows that wait; warned: only those of which something is said."""
    while some := imports.rows_of(connection, batch.id, ("waiting",), warned=warned, after=after):
        yield from some
        after = some[-1].number
