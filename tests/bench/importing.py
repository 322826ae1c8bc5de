"""A list of 10,000 reports, from the file to the last case: how long reading and staging take, and how many rows a second.

The shipped workflow on SQLite, the file as Excel saves it. `./run bench importing [ROWS]`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from engine import FixedClock, importing
from engine.store import imports, migrate
from tests.schemas.books import LINE, listed
from tests.web.journey import MONDAY, OFFICER, furnish
from web import import_room

ROWS = 10_000


def main() -> None:
    """Measure, and print the figures."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    data = listed(*(["Ma Thị Thử " + str(n), f"{1 + n % 28}/3/2014", *LINE[2:]] for n in range(rows)))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrate(url)
        engine = furnish(url, FixedClock(MONDAY))
        started = time.perf_counter()
        batch = import_room.bring(engine, import_room.declared_imports()["intake"], OFFICER, data, {}, "cli")
        staged = time.perf_counter() - started
        with engine.database.read() as connection:
            found = imports.find_batch(connection, batch)
        assert found and importing.start(engine, found, good_only=False, runner="cli")
        started, slices = time.perf_counter(), []
        while True:
            before = time.perf_counter()
            if not importing.advance(engine, batch):
                break
            slices.append(time.perf_counter() - before)
        ran = time.perf_counter() - started
        engine.database.close()
    slices.sort()
    print(  # noqa: T201
        f"RESULT rows={rows} file_kb={len(data) // 1024} staged_s={staged:.1f} run_s={ran:.1f} rows_per_s={rows / ran:.0f} "
        f"slice_ms={slices[len(slices) // 2] * 1000:.0f} slice_p99_ms={slices[int(len(slices) * 0.99)] * 1000:.0f} "
        f"load={os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
