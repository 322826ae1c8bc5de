"""The floor under any step: the driver alone reads the case's row, inserts one event, updates the row and commits.

The real tables with their triggers, in the same database and as durable; a hash only because the chain's trigger
asks for it. No engine, no SQLAlchemy, no rule, no time limit, no sealing. Both drivers are told the same five things.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

PADDING = "x" * 850  # as long as the body of a real event


def floor(connection: Any) -> Callable[[str], None]:
    """A function that takes a step of a case, by id, on a connection of the driver alone."""
    run, sqlite = connection.execute, isinstance(connection, sqlite3.Connection)
    begin, mark = ("BEGIN IMMEDIATE", "?") if sqlite else ("BEGIN", "%s")
    read = f"SELECT version, head, data FROM cases WHERE root = {mark} AND id = {mark}"
    insert = f"INSERT INTO case_event VALUES ({', '.join([mark] * 11)})"
    update = f"UPDATE cases SET version = {mark}, head = {mark}, state = {mark} WHERE root = {mark} AND id = {mark}"

    def step(case: str) -> None:
        run(begin)
        version, head, _ = run(read, (case, case)).fetchone()
        seq, at = version + 1, datetime.now(UTC).isoformat()
        body = f'{{"prev":"{head.hex()}","padding":"{PADDING}"}}'.encode()
        leaf = sha256(b"\0" + body).digest()
        run(insert, (case, case, seq, at, "floor", None, "officer", body, leaf, str(uuid4()), leaf))
        run(update, (seq, leaf, "ab"[seq % 2], case, case))
        run("COMMIT")

    return step
