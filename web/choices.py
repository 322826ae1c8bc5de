"""What a select offers: options of a choice, areas in force, agencies and people by function. In one place.

A list never offers what the engine would refuse: only what is in force today, only holders of the function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.definition.model import Field, FieldType
from engine.registry.names import fold
from engine.store import people
from web.laws import law_text
from web.person import Person, engine
from web.texts import language, t


@dataclass(frozen=True, slots=True)
class Choices:
    """Offers for one person and (if there is one) one case's area. elsewhere: fields that name any area but this one."""

    person: Person
    area: str | None
    elsewhere: frozenset[str] = frozenset()

    @property
    def today(self) -> str:
        """Today in the installation's zone, ISO."""
        return engine().clock.now().astimezone(engine().library.zone).date().isoformat()

    @property
    def now(self) -> str:
        """This minute in the installation's zone, ISO."""
        return engine().clock.now().astimezone(engine().library.zone).strftime("%Y-%m-%dT%H:%M")

    def options(self, declared: Field) -> dict[str, Any]:
        """`options` or `groups` of a field, empty for a field that is typed."""
        match declared.type:
            case FieldType.CHOICE | FieldType.CHOICES:
                return {
                    "options": [
                        {
                            "value": key,
                            "label": each.title.get(language()),
                            "hint": law_text(each.law) or None,
                        }
                        for key, each in declared.options.items()
                        if not each.disabled
                    ]
                }
            case FieldType.AREA:
                return {"groups": self._areas(declared)}
            case FieldType.AGENCY:
                return {"options": self._agencies(declared.holder)}
            case FieldType.ACTOR:
                return {"options": self._people(declared.holder)}
        return {}

    def _areas(self, declared: Field) -> list[dict[str, Any]]:
        found = engine()
        today = found.clock.now().astimezone(found.library.zone).date()
        own = {each.area for each in self.person.holdings}
        but = {self.area} if declared.key in self.elsewhere else set()
        in_force = sorted(
            (row for row in found.library.areas_in_force(today, declared.level) if row.id not in but),
            key=lambda row: fold(row.name_vi),
        )
        name = "name_en" if language() == "en" else "name_vi"
        options = [({"value": row.id, "label": getattr(row, name)}, row.id in own) for row in in_force]
        groups = [
            {"label": t("choices.own_areas"), "options": [option for option, mine in options if mine]},
            {"label": t("choices.other_areas"), "options": [option for option, mine in options if not mine]},
        ]
        return [group for group in groups if group["options"]]

    def _agencies(self, function: str) -> list[dict[str, Any]]:
        found = engine()
        today = found.clock.now().astimezone(found.library.zone).date()
        with found.database.read() as connection:
            rows = people.agencies_holding(connection, function, today)
        name = "name_en" if language() == "en" else "name_vi"
        return [{"value": row.id, "label": getattr(row, name)} for row in rows]

    def _people(self, function: str) -> list[dict[str, Any]]:
        found = engine()
        today = found.clock.now().astimezone(found.library.zone).date()
        area = self.area or (self.person.holdings[0].area if self.person.holdings else "")
        with found.database.read() as connection:
            rows = people.holders(connection, function, area, today)
        return [{"value": row.id, "label": row.name} for row in rows]
