"""Run by Alembic: brings the connection it is given up to date, or compares it with the tables."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON

from engine.store.tables import metadata
from engine.store.types import Moment


def spell(kind: str, element: Any, _context: Any) -> str | Literal[False]:
    """A version spells our types out itself (script.py.mako), so that it stays as it is when they change."""
    if kind == "type" and isinstance(element, Moment):
        return "MOMENT"
    if kind == "type" and isinstance(element, JSON):
        return "JSON"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite can change a table only by making it anew
    render_item=spell,
)
with context.begin_transaction():
    context.run_migrations()
