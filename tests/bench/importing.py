"""`bench importing`: a list of 10,000 reports, from the file to the last case, by the shipped workflow.

How long reading, judging and staging take; how many rows a second become cases; and how long one turn of the worker is
held up (25 rows), which is what a time limit may have to wait.
"""

from __future__ import annotations

import time

from engine import FixedClock, importing
from engine.importing.running import SLICE
from engine.store import imports
from tests.bench.ground import KINDS, database, load, say, spread
from tests.schemas.books import LINE, listed
from tests.web.journey import MONDAY, OFFICER, furnish
from web import import_room

ROWS = 10_000


def main() -> None:
    """Measure and print the result, in rows a second."""
    lines = ([f"Ma Thị Thử {n}", f"{1 + n % 28}/3/2014", *LINE[2:]] for n in range(ROWS))
    data = listed(*lines)
    result = []
    for kind in KINDS:
        with database(kind) as url:
            result.append(f"{kind}_rows_s={_measured(kind, url, data):.2f}")
    say("RESULT " + " ".join(result))


def _measured(kind: str, url: str, data: bytes) -> float:
    engine = furnish(url, FixedClock(MONDAY))
    start, used = time.perf_counter(), time.process_time()
    declared = import_room.declared_imports()["intake"]
    batch = import_room.bring(engine, declared, OFFICER, data, {}, "cli")
    staged, used = time.perf_counter() - start, time.process_time() - used
    say(f"{kind}: {ROWS} rows read and staged in {staged:.1f} s ({used:.1f} s of processor), {load()}")
    with engine.database.read() as connection:
        found = imports.find_batch(connection, batch)
    assert found is not None
    assert importing.start(engine, found, good_only=False, runner="cli")
    start, used, turns = time.perf_counter(), time.process_time(), []
    while True:
        before = time.perf_counter()
        if not importing.advance(engine, batch):
            break
        turns.append(time.perf_counter() - before)
    ran, used = time.perf_counter() - start, time.process_time() - used
    engine.database.close()
    say(
        f"{kind}: opened in {ran:.1f} s ({used:.1f} s of processor), {ROWS / ran:.0f} rows a second, {load()}"
    )
    say(f"{kind}: a turn of {SLICE} rows {spread(turns)}")
    return ROWS / ran


if __name__ == "__main__":
    main()
