"""Who sees which fields of a case: default deny, in one place.

An agency's people see their track whole; a function with `access` sees of the cases in its area what the
definition lists; a field's own `readers` narrow further (definition-format.md, `access`).
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.definition.model import OPENER, Definition
from engine.store.steps import Holding

EVERYTHING = "*"


def reaches(definition: Definition, agency: str | None, holdings: Iterable[Holding]) -> tuple[Holding, ...]:
    """The holdings by which a person may open this case at all; empty: for this person it does not exist."""
    return tuple(
        each
        for each in holdings
        if (agency and each.agency == agency)
        or ((each.covers or each.offered) and each.function in definition.access)
    )


def readable(
    definition: Definition, agency: str | None, holdings: Iterable[Holding], *, opened: bool = False
) -> frozenset[str]:
    """The fields these holdings may read of a case of `definition` served by `agency`. opened: this person opened it."""
    found: set[str] = set()
    reaching = reaches(definition, agency, holdings)
    functions = {each.function for each in reaching}
    for each in reaching:
        listed = (EVERYTHING,) if agency and each.agency == agency else definition.access[each.function]
        found |= set(definition.fields) if EVERYTHING in listed else set(listed)
    returned = {f"{key}.{name}" for key, subcase in definition.subcases.items() for name in subcase.returns}
    if any(EVERYTHING in definition.access.get(function, ()) for function in functions):
        found |= returned
    return frozenset(
        name
        for name in found
        if name in returned
        or not definition.fields[name].readers
        or functions & set(definition.fields[name].readers)
        or (opened and OPENER in definition.fields[name].readers)
    )


def hears_reasons(definition: Definition, agency: str | None, holdings: Iterable[Holding]) -> bool:
    """May these holdings read why steps were taken? A reason is free text: for the serving agency, for who reads
    everything, and for the functions that take steps of this workflow themselves.
    """
    acting = {function for way in definition.ways for function in way.by}
    return any(
        (agency and each.agency == agency)
        or each.function in acting
        or EVERYTHING in definition.access.get(each.function, ())
        for each in reaches(definition, agency, holdings)
    )
