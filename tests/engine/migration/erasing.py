"""Somebody erased from a case as the record and the database foresee it (semantics.md §6); no step does it yet."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update

from engine import Engine
from engine.access.sealing import kid_of
from engine.ledger.body import canonical, leaf
from engine.store.tables import case_event, cases, command, event_sealed, subject_key
from tests.engine.evidence import assert_whole, events_of, row_of


def erase(engine: Engine, case: str, subject: str) -> None:
    """An event says so; what was sealed with the key of `subject` goes, and the key with it."""
    row, last = row_of(engine, case), events_of(engine, case)[-1]
    triple = {"root": row.root, "case_id": case, "seq": row.version + 1}
    asked = {"id": str(uuid4()), "sha256": bytes(32)}
    at = {"root": row.root, "case_id": case}
    with engine.database.write() as connection:
        kid = connection.scalar(select(subject_key.c.kid).filter_by(**at, subject=subject))
        sealed = connection.execute(select(event_sealed).filter_by(**at)).mappings().all()
        gone = [each for each in sealed if kid_of(each["ciphertext"]) == kid]
        said: dict[str, Any] = json.loads(last["body"]) | {
            "seq": triple["seq"], "prev": bytes(row.head).hex(), "kind": "subject_erased", "transition": None, "from": row.state,
            "to": row.state, "args": {"erased": [[each["seq"], each["field"]] for each in gone]}, "sealed": {}, "command": asked["id"],
        }  # fmt: skip
        body = canonical(said)
        event = triple | {name: said[name] for name in ("kind", "transition", "actor")} | {
            "at": last["at"], "body": body, "leaf": leaf(body), "command_id": asked["id"], "command_sha256": asked["sha256"],
        }  # fmt: skip
        connection.execute(case_event.insert().values(event))
        connection.execute(command.insert().values(triple | asked))
        connection.execute(
            update(cases).filter_by(root=row.root, id=case).values(version=triple["seq"], head=leaf(body))
        )
        for each in gone:
            connection.execute(
                event_sealed.delete().where(
                    *(event_sealed.c[name] == each[name] for name in ("root", "case_id", "seq", "field"))
                )
            )
        connection.execute(update(subject_key).filter_by(**at, subject=subject).values(wrapped=None))
    assert_whole(engine, case)
