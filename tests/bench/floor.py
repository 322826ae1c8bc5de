"""The floor under any step: the driver alone reads the row, inserts one event, updates the row and commits.

No engine, no SQLAlchemy, no hash, no trigger, one index a table: what the same database takes for the least that
a step could write. Both drivers speak the same four words; only the mark of a parameter differs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from tests.bench.ground import conninfo, connect

BODY = "{" + "x" * 900 + "}"  # as long as the body of a real event
TABLES = (
    "CREATE TABLE floor_case (id integer PRIMARY KEY, version integer NOT NULL, state text NOT NULL)",
    "CREATE TABLE floor_event (id integer, seq integer, body text NOT NULL, PRIMARY KEY (id, seq))",
)


def floor(url: str, cases: int) -> Callable[[int], None]:
    """A function that takes one step of the `number`-th case, on a connection of its own."""
    sqlite = url.startswith("sqlite:")
    run = (sqlite3.connect(conninfo(url), isolation_level=None) if sqlite else connect(url)).execute
    if sqlite:
        run("PRAGMA synchronous=FULL")  # as the engine has it; the file is in WAL mode already
    begin, mark = ("BEGIN IMMEDIATE", "?") if sqlite else ("BEGIN", "%s")
    for each in (*TABLES, *(f"INSERT INTO floor_case VALUES ({number}, 1, 'a')" for number in range(cases))):
        run(each)

    def step(number: int) -> None:
        run(begin)
        row = run(f"SELECT version FROM floor_case WHERE id = {mark}", (number,)).fetchone()
        run(f"INSERT INTO floor_event VALUES ({mark}, {mark}, {mark})", (number, row[0] + 1, BODY))
        run(f"UPDATE floor_case SET version = {mark}, state = 'b' WHERE id = {mark}", (row[0] + 1, number))
        run("COMMIT")

    return step
