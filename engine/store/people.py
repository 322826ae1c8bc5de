"""Who may, and where: the one place where functions, areas and days are brought together for reading.

Only what is in force on the day asked for counts, and only of people who are active. Whether a function is
enough for a step is judged elsewhere (engine.judge).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, or_, select, true

from engine.store import ground
from engine.store.rows import ActorRow, AgencyRow, HoldingRow, read, rows_of

__all__ = [
    "ActorRow",
    "AgencyRow",
    "HoldingRow",
    "actor",
    "actor_by_username",
    "agencies_holding",
    "areas_of",
    "demo_people",
    "holders",
    "holders_anywhere",
    "holdings",
]


def areas_of(connection: Connection, actor: str, today: date, functions: Collection[str]) -> frozenset[str]:
    """The areas this person answers for under any of `functions`: those held, all below and all before them.

    today: in the installation's zone. Empty for a person who is not active.
    """
    held, cover = ground.holding.c, ground.area_cover.c
    wanted = select(cover.covered).join(ground.holding, held.area == cover.area)
    return frozenset(connection.scalars(wanted.where(_held_by(actor, today), held.function.in_(functions))))


def holdings(connection: Connection, actor: str, today: date) -> tuple[HoldingRow, ...]:
    """What this person holds today, in the order in which the engine tries functions."""
    wanted = rows_of(HoldingRow, ground.holding).where(_held_by(actor, today)).order_by(ground.holding.c.id)
    return read(connection, HoldingRow, wanted)


def holders(connection: Connection, function: str, area: str, today: date) -> tuple[ActorRow, ...]:
    """The people who hold `function` ("" = any) today and answer for `area`: whom to tell, to whom to escalate."""
    held, cover = ground.holding.c, ground.area_cover.c
    answers = (
        select(held.actor)
        .join(ground.area_cover, cover.area == held.area)
        .where(_function(function), cover.covered == area, _in_force(ground.holding, today))
    )
    person = ground.actor.c
    wanted = rows_of(ActorRow, ground.actor).where(person.id.in_(answers), person.active).order_by(person.id)
    return read(connection, ActorRow, wanted)


def holders_anywhere(connection: Connection, function: str, today: date) -> frozenset[str]:
    """The ids of all active people who hold `function` today, wherever."""
    held, person = ground.holding.c, ground.actor.c
    wanted = select(held.actor).join(ground.actor, person.id == held.actor)
    wanted = wanted.where(_function(function), person.active, _in_force(ground.holding, today))
    return frozenset(connection.scalars(wanted))


def agencies_holding(connection: Connection, function: str, today: date) -> tuple[AgencyRow, ...]:
    """The agencies that exist today and have a holder of `function` ("" = any): the choice when a track is opened."""
    held, office = ground.holding.c, ground.agency.c
    staffed = (
        select(held.agency)
        .join(ground.actor, ground.actor.c.id == held.actor)
        .where(_function(function), ground.actor.c.active, _in_force(ground.holding, today))
    )
    wanted = rows_of(AgencyRow, ground.agency).where(office.id.in_(staffed), _in_force(ground.agency, today))
    return read(connection, AgencyRow, wanted.order_by(office.name_vi, office.id))


def actor(connection: Connection, actor: str) -> ActorRow | None:
    """A person by id, active or not."""
    return _one(connection, ground.actor.c.id == actor)


def actor_by_username(connection: Connection, username: str) -> ActorRow | None:
    """A person by the name they sign in with, exactly as stored; active or not."""
    return _one(connection, ground.actor.c.username == username)


def demo_people(connection: Connection) -> tuple[ActorRow, ...]:
    """The one-click people of the demo, in their order. Whether a click may sign in is judged elsewhere."""
    person = ground.actor.c
    wanted = rows_of(ActorRow, ground.actor).where(person.demo_order.is_not(None), person.active)
    return read(connection, ActorRow, wanted.order_by(person.demo_order, person.id))


def _one(connection: Connection, condition: ColumnElement[bool]) -> ActorRow | None:
    return next(iter(read(connection, ActorRow, rows_of(ActorRow, ground.actor).where(condition))), None)


def _held_by(person: str, today: date) -> ColumnElement[bool]:
    active = exists().where(ground.actor.c.id == person, ground.actor.c.active)
    return and_(ground.holding.c.actor == person, _in_force(ground.holding, today), active)


def _function(key: str) -> ColumnElement[bool]:
    return ground.holding.c.function == key if key else true()


def _in_force(table: Table, today: date) -> ColumnElement[bool]:
    ended = table.c.valid_to
    return and_(table.c.valid_from <= today, or_(ended.is_(None), ended >= today))
