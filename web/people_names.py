"""Names of officials for screens, read once a request."""

from __future__ import annotations

from flask import g

from engine.commands import SYSTEM
from engine.registry.names import short_official_name
from engine.store import people
from web.person import engine
from web.texts import t


def actor_name(actor: str) -> str:
    """The short name of an official; "the system" for the worker."""
    if actor == SYSTEM:
        return t("people.system")
    known: dict[str, str] = g.setdefault("actor_names", {})
    if actor not in known:
        with engine().database.read() as connection:
            row = people.actor(connection, actor)
        known[actor] = short_official_name(row.name) if row else t("people.unknown")
    return known[actor]
