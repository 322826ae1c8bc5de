"""Who holds what today: the questions of a step about people and agencies that a form names."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, literal_column, or_, select

from engine.store.ground import actor, agency, area_cover, holding
from engine.store.look import in_force
from engine.store.statement import Statement

_ANY: Any = literal_column("''")
_function: Any = bindparam("function")
_area: Any = bindparam("area")
_today: Any = bindparam("today")
_as = or_(_function == _ANY, holding.c.function == _function)
_active = select(actor.c.id).where(actor.c.id == holding.c.actor, actor.c.active).exists()
_covers = select(area_cover.c.area).where(area_cover.c.area == holding.c.area, area_cover.c.covered == _area)

# Somebody active at the agency, which is there today.
AGENCY_HOLDS = Statement(
    select(holding.c.id)
    .join(agency, agency.c.id == holding.c.agency)
    .where(
        holding.c.agency == bindparam("agency"),
        and_(agency.c.valid_from <= _today, or_(agency.c.valid_to.is_(None), agency.c.valid_to >= _today)),
        _as,
        _active,
        in_force,
    )
)
# This person, active, for the area.
ACTOR_HOLDS = Statement(
    select(holding.c.id).where(
        holding.c.actor == bindparam("actor"), _as, _active, in_force, or_(_area == _ANY, _covers.exists())
    )
)
