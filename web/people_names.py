"""Names of officials for screens, read once a request: short, but in full where a record may go before a court."""

from __future__ import annotations

from flask import g

from engine.commands import SYSTEM
from engine.registry.names import short_official_name
from engine.store import people
from web.person import engine
from web.texts import t


def names_in_full() -> None:
    """On this page every official is called by the whole name."""
    g.official_names_in_full = True


def actor_name(actor: str) -> str:
    """The short name of an official, in full where the page asked for it; "the system" for the worker."""
    if actor == SYSTEM:
        return t("people.system")
    known: dict[str, str] = g.setdefault("actor_names", {})
    if actor not in known:
        with engine().database.read() as connection:
            row = people.actor(connection, actor)
        known[actor] = row.name if row else t("people.unknown")
    return known[actor] if g.get("official_names_in_full") else short_official_name(known[actor])
