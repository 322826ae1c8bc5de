"""The regression gate on the page of a move: the histories of its cases taken again by the new version, when asked for.

Case numbers, steps, states and reasons; nothing that a case holds.
"""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from engine.migration import Plan, replayed
from engine.store.moves import MigrationRow
from web import migration_model as model
from web.migration_words import MoveWords
from web.person import engine
from web.texts import t

FIRST = 200  # cases that a page takes the time for; the command line takes all


def card(row: MigrationRow, words: MoveWords) -> dict[str, Any] | None:
    """The part of the page: a button, and what came of it; None while the move is at work or once it is over."""
    if row.status not in ("planned", "reported"):
        return None
    asked = "histories" in request.args
    found: dict[str, Any] = {
        "href": url_for(".details_view", id=row.id, histories="", _anchor="histories"),
        "label": t("admin.migrations.histories_again")
        if asked
        else t("admin.migrations.histories_take", n=FIRST),
        "columns": [t(f"admin.migrations.{each}") for each in ("case", "history_step", "history_why")],
    }
    return found | (_taken(row, words) if asked else {})


def _taken(row: MigrationRow, words: MoveWords) -> dict[str, Any]:
    found = replayed(engine(), Plan.of(row.plan), FIRST)
    return {
        "kind": "late" if found.illegal else "ok" if found.looked_at else "info",
        "text": words.legal(found),
        "more": words.only(found) if found.more else "",
        "all": f"./run migrate histories {row.id}" if found.more else "",
        "rows": model.told_histories(found, words),
    }
