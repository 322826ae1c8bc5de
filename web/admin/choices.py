"""What can be chosen in the administration's forms: pairs of a value and its title in the reader's language."""

from __future__ import annotations

from sqlalchemy import select

from engine.store import ground
from engine.store.rows import AgencyRow, AreaRow
from web.admin.house import today
from web.person import engine
from web.shell import area_name, function_name
from web.texts import language
from workflows import catalogue

Choices = list[tuple[str, str]]


def staff(without: str) -> Choices:
    """Everybody who may sign in, but one."""
    person = ground.actor.c
    wanted = select(person.id, person.name, person.username).where(person.active, person.id != without)
    with engine().database.read() as connection:
        return [
            (row.id, f"{row.name} · {row.username}")
            for row in connection.execute(wanted.order_by(person.name, person.id))
        ]


def functions() -> Choices:
    """The functions that exist today."""
    found = [
        key
        for key, each in catalogue.functions().items()
        if each.valid_to is None or each.valid_to >= today()
    ]
    return [(key, function_name(key)) for key in found]


def agencies() -> Choices:
    """The agencies of today, by name."""
    found = [each for each in engine().library.rows.agencies.values() if _in_force(each)]
    return sorted(
        ((each.id, each.name_en if language() == "en" else each.name_vi) for each in found),
        key=lambda each: each[1],
    )


def areas() -> Choices:
    """The areas of today, each under what it lies in."""
    rows = engine().library.rows.areas
    found = [each for each in rows.values() if _in_force(each)]
    named = [
        (each.id, f"{area_name(each.parent)} › {area_name(each.id)}" if each.parent else area_name(each.id))
        for each in found
    ]
    return sorted(named, key=lambda each: each[1])


def _in_force(row: AreaRow | AgencyRow) -> bool:
    return row.valid_from <= today() and (row.valid_to is None or today() <= row.valid_to)
