"""Events as rows, chained as the record chains them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert

from engine.store import Database
from engine.store.tables import case_event, event_sealed

GENESIS = "0" * 64


def event(case: str, seq: int, prev: str, kind: str = "step_taken", **other: Any) -> dict[str, Any]:
    body = json.dumps({"case": case, "kind": kind, "prev": prev, "seq": seq}).encode()
    return {
        "root": case,
        "case_id": case,
        "seq": seq,
        "at": datetime(2026, 3, 2, tzinfo=UTC),
        "kind": kind,
        "actor": "officer",
        "body": body,
        "leaf": hashlib.sha256(b"\0" + body).digest(),
        "command_id": f"{case}:{seq}",
        "command_sha256": b"\0" * 32,
        **other,
    }


def chain(case: str, *kinds: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    for seq, kind in enumerate(kinds, 1):
        events.append(event(case, seq, events[-1]["leaf"].hex() if events else GENESIS, kind))
    return events


def write(connection: Connection, *events: dict[str, Any]) -> None:
    for each in events:
        connection.execute(insert(case_event), each)


def write_case(database: Database, case: str, *kinds: str) -> list[dict[str, Any]]:
    events = chain(case, *kinds)
    with database.write() as connection:
        write(connection, *events)
    return events


def seal(database: Database, case: str, seq: int, field: str = "child_name") -> None:
    row = {"root": case, "case_id": case, "seq": seq, "field": field, "ciphertext": b"sealed"}
    with database.write() as connection:
        connection.execute(insert(event_sealed), row)
