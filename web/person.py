"""Who is asking: the signed-in person with the functions in force today. Asked afresh for every request.

A function taken away is gone with the next click; nothing about rights is kept in the session.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, g

from engine import Engine
from engine.store import people
from engine.store.people import HoldingRow


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in person. id: of the actor. holdings: in force today."""

    id: str
    name: str
    language: str
    holdings: tuple[HoldingRow, ...]

    @property
    def functions(self) -> frozenset[str]:
        """The keys of the functions held today."""
        return frozenset(each.function for each in self.holdings)


def engine() -> Engine:
    """The engine of this application."""
    found = current_app.extensions["casework"]
    assert isinstance(found, Engine)
    return found


def load_person(actor: str) -> Person | None:
    """The person with this id, if still active."""
    engine().library.refresh()  # what another process has changed counts from this click on
    now = engine().clock.now().astimezone(engine().library.zone)
    with engine().database.read() as connection:
        row = people.actor(connection, actor)
        if row is None or not row.active:
            return None
        held = people.holdings(connection, actor, now.date())
    return Person(row.id, row.name, row.language, tuple(held))


def current() -> Person:
    """The person of this request; only behind the sign-in."""
    found = g.person
    assert isinstance(found, Person)
    return found
