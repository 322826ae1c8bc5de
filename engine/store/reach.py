"""Which cases one person may list: scope is decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Select, and_, false, or_, select

from engine.store.ground import actor as person
from engine.store.ground import area_cover, holding
from engine.store.tables import cases

LITTLE = 20  # areas: a commune and those it was made of


@dataclass(frozen=True, slots=True)
class Reach:
    """What one person may list. areas: definition to the areas its functions cover. agencies: whose tracks.

    held: definition to the areas the functions are held in; what they cover stands in `area_cover`. covered:
    (function, agency) to the areas it covers.
    """

    areas: Mapping[str, frozenset[str]]
    agencies: frozenset[str]
    covered: Mapping[tuple[str, str], frozenset[str]]
    held: Mapping[str, frozenset[str]]

    def where(self) -> ColumnElement[bool]:
        """The condition on `cases`. A track is reached by its agency, or by its root's area."""
        parts = [
            self._reached(held, cases.c.definition.in_(names)) for held, names in self._together().items()
        ]
        parts += (
            and_(cases.c.definition.in_(names), cases.c.offered.in_(_covered(held)))
            for held, names in self._together().items()
        )
        if self.agencies:
            parts.append(cases.c.agency.in_(self.agencies))
        return or_(*parts) if parts else false()

    def is_wide(self, wanted: str = "") -> bool:
        """Does this person cover much of the `wanted` definition, or of any?"""
        covered = [self.areas.get(wanted, frozenset())] if wanted else self.areas.values()
        return any(len(areas) > LITTLE for areas in covered)

    def parts(self, wanted: str = "") -> Iterator[ColumnElement[bool]]:
        """`where` in parts that an index serves each, of the `wanted` definition or all; a case may be in several.

        Who covers much finds enough on the way through all cases from the newest; who covers little goes by area.
        A part may bring a table of its own.
        """
        root = cases.alias("root_of")
        for held, names in self._together(wanted).items():
            areas = self.areas[names[0]]
            wide = len(areas) > LITTLE
            yield and_(cases.c.offered.in_(_covered(held) if wide else areas), cases.c.definition.in_(names))
            if wide:
                yield from (self._reached(held, cases.c.definition == each) for each in names)
                continue
            yield and_(cases.c.area.in_(areas), cases.c.definition.in_(names), cases.c.parent.is_(None))
            of_root = and_(cases.c.root == root.c.id, root.c.area.in_(areas), root.c.parent.is_(None))
            # `|| ''` keeps SQLite from going by definition instead of by root.
            yield and_(of_root, cases.c.definition.concat("").in_(names), cases.c.parent.is_not(None))
        if self.agencies:
            yield cases.c.agency.in_(self.agencies)

    def _together(self, wanted: str = "") -> Mapping[frozenset[str], list[str]]:
        """Definitions by the areas in which one holds a function that sees them."""
        found: dict[frozenset[str], list[str]] = {}
        for definition in sorted(self.held):
            if wanted in ("", definition):
                found.setdefault(self.held[definition], []).append(definition)
        return found

    @staticmethod
    def _reached(held: frozenset[str], of_them: ColumnElement[bool]) -> ColumnElement[bool]:
        """Which `of_them` are reached from the areas `held` by their own area, or a track by its root's."""
        covered = _covered(held)
        root = cases.alias("root_of")
        in_area = select(root.c.id).where(
            root.c.id == cases.c.root, root.c.root == cases.c.root, root.c.area.in_(covered)
        )
        alone = and_(cases.c.parent.is_(None), cases.c.area.in_(covered))
        return and_(of_them, or_(alone, and_(cases.c.parent.is_not(None), in_area.exists())))


def _covered(held: Collection[str]) -> Select[tuple[str]]:
    return select(area_cover.c.covered).where(area_cover.c.area.in_(held))


def reach(connection: Connection, actor: str, today: date, access: Mapping[str, Collection[str]]) -> Reach:
    """What `actor` may list today. access: definition to the functions that see its cases."""
    if connection.dialect.name == "postgresql":
        # What is listed is planned for its values: the plan for any value is ten times slower for a single commune.
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")
    in_force = and_(
        holding.c.valid_from <= today, or_(holding.c.valid_to.is_(None), holding.c.valid_to >= today)
    )
    held = connection.execute(
        select(holding.c.function, holding.c.agency, holding.c.area, area_cover.c.covered)
        .join(area_cover, area_cover.c.area == holding.c.area)
        .join(person, person.c.id == holding.c.actor)
        .where(holding.c.actor == actor, person.c.active, in_force)
    ).all()
    areas = {
        definition: frozenset(row.covered for row in held if row.function in functions)
        for definition, functions in access.items()
    }
    return Reach(
        {definition: covered for definition, covered in areas.items() if covered},
        frozenset(row.agency for row in held),
        {
            (function, agency): frozenset(
                row.covered for row in held if (row.function, row.agency) == (function, agency)
            )
            for function, agency in {(row.function, row.agency) for row in held}
        },
        {
            definition: found
            for definition, functions in access.items()
            if (found := frozenset(row.area for row in held if row.function in functions))
        },
    )
