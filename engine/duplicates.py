"""Cases that may be about the same person: found by blind index within reach, opened, compared, the likeliest first.

Ended cases count too: a child with an earlier, closed case is what must be seen. Nothing is decided here and nothing
is kept: what a person decides is a link between the two cases, and linked cases are not asked about again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.definition.model import Definition
from engine.listing import Listed, Listing
from engine.registry.duplicates import (
    SCALE,
    Likeness,
    Person,
    is_shown,
    likeness,
    name_likeness,
)
from engine.store.steps import CaseRow

NAMED, OF_RELATIVES = 60, 20  # rows whose names are opened, those that share most
COMPARED = 25  # of them opened further
RELATIVES = 6  # of one person, looked for


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may be about the person asked for, as a row of a list with what was compared, and what agrees."""

    listed: Listed
    likeness: Likeness


def candidates(
    listing: Listing, definition: Definition, person: Person, *, but: Collection[str] = (), most: int = 5
) -> list[Candidate]:
    """The likeliest cases of `definition` within the reach of who lists. but: ids of cases not to be asked about.

    Only what this reader may read is compared; of a definition without `duplicates` there are none.
    """
    if definition.duplicates is None:
        return []
    rows = [row for row in _named(listing, definition, person) if row.id not in but]
    wanted = set(definition.duplicates.fields)
    land = listing.land_of({row.area for row in rows})
    found = []
    for each in listing.opened(rows, {row.id: wanted for row in rows}):
        other = person_of(definition, each.values, each.case.opened_at.year, land[each.case.area])
        pair = likeness(person, other)
        if is_shown(pair):
            found.append((each, pair))
    found.sort(key=lambda each: (-each[1].weight, -each[0].case.opened_at.timestamp(), each[0].case.id))
    shown = listing.shown([each.case for each, _ in found[:most]])
    return [
        Candidate(replace(each, values={**compared.values, **each.values}), pair)
        for each, (compared, pair) in zip(shown, found, strict=False)
    ]


def person_of(definition: Definition, values: Mapping[str, Any], year: int, areas: frozenset[str]) -> Person:
    """What the values of a case say of its person. year: of the opening, when an age was estimated."""
    by = definition.duplicates
    assert by is not None
    age = values.get(by.age)
    relatives = [
        name
        for key in by.relatives
        if key in definition.fields
        for _, name in definition.fields[key].names(values.get(key))
    ]
    return Person(
        name=values.get(by.name) or "",
        born=values.get(by.born),
        year=year - age if isinstance(age, int) else None,
        sex=values.get(by.sex) or "",
        areas=areas,
        relatives=tuple(dict.fromkeys(relatives)),
    )


def _named(listing: Listing, definition: Definition, person: Person) -> Sequence[CaseRow]:
    """The rows worth comparing: the name is near, or a relative's name is the same."""
    by = definition.duplicates
    assert by is not None
    rows = {row.id: row for row in listing.alike(definition.id, person.name, {by.name}, most=NAMED)}
    near = {}
    for each in listing.opened(list(rows.values()), {key: {by.name} for key in rows}):
        found = name_likeness(person.name, each.values.get(by.name) or "")
        if found >= SCALE.close_name:
            near[each.case.id] = found
    best = [rows[key] for key in sorted(near, key=lambda key: -near[key])[:COMPARED]]
    places = {place for key in by.relatives for place in definition.fields[key].indexed}
    for name in person.relatives[:RELATIVES]:
        best += listing.alike(definition.id, name, places, most=OF_RELATIVES, whole=True)
    return list({row.id: row for row in best}.values())
