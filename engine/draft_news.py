"""Who is told of a draft, and when: the other administrators when it waits for one of them, its authors of what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.ids import derived_id
from engine.store import queue
from engine.store.drafts import DraftRow

SUBMITTED, RETURNED, PUBLISHED = "draft_submitted", "draft_returned", "draft_published"
KINDS = (SUBMITTED, RETURNED, PUBLISHED)


def tell(
    connection: Any, kind: str, draft: DraftRow, by: str, administrators: frozenset[str], at: datetime
) -> None:
    """Leave a notice for each administrator whom it concerns; who does it is not told. at: aware."""
    of_us = frozenset(draft.authors) & administrators
    to = administrators - of_us if kind == SUBMITTED else of_us
    params: Mapping[str, Any] = {"definition": draft.definition, "draft": draft.id, "number": draft.number}
    notices = [
        {
            "id": derived_id(draft.id, f"{kind}|{draft.revision}|{each}"), "actor": each, "root": "", "case_id": "",
            "kind": kind, "params": params, "at": at, "read_at": None,
        }
        for each in sorted(to - {by})
    ]  # fmt: skip
    queue.tell(connection, notices)
