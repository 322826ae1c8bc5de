"""People, agencies, areas and cases that a form names: they must be there today, as the lists of a screen offer them.

Without this any text could stand where a person is meant: past sealing, and past guards that compare people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.access.disclosure import reaches
from engine.commands import Blocker, Command
from engine.definition.model import Field, FieldType
from engine.library import Library
from engine.links import MERGED, merged_into
from engine.scene import Scene
from engine.store.steps import StepTransaction
from engine.workflow import Workflow

NAMING = (FieldType.ACTOR, FieldType.AGENCY, FieldType.AREA)
_ABOUT = {
    "own": "field",
    "offer": "field",
    "link": "to",
}  # effects about what a field names, and where they say which


def unknown(
    values: Mapping[str, Any], field: Callable[[str], Field | None], is_there: Callable[[Field, str], bool]
) -> Iterator[Blocker]:
    """A blocker `field_option`, of an agency `agency`, for each value that names nobody or nothing of today.

    field: the declared field of a name. is_there: may this stand in that field?
    """
    for name, value in values.items():
        declared = field(name)
        if declared is not None:
            yield from _of_one(name, value, declared, is_there)


def _of_one(
    path: str, value: Any, declared: Field, is_there: Callable[[Field, str], bool]
) -> Iterator[Blocker]:
    if declared.type is FieldType.TABLE and isinstance(value, tuple):
        for number, row in enumerate(value):
            for name, cell in row.items() if isinstance(row, Mapping) else ():
                if name in declared.columns:
                    yield from _of_one(f"{path}.{number}.{name}", cell, declared.columns[name], is_there)
    elif (
        declared.type in NAMING and isinstance(value, str) and value.strip() and not is_there(declared, value)
    ):
        if declared.type is FieldType.AGENCY:
            yield Blocker("agency", {}, path)
        else:
            yield Blocker("field_option", {"field": declared.key}, path)


def with_area(
    library: Library, scene: Scene, command: Command, values: Mapping[str, Any], blockers: tuple[Blocker, ...]
) -> tuple[Blocker, ...]:
    """A case belongs to an area that is there today; of a new one without it nothing else is said of place or scope."""
    if scene.case:
        asked, field = _area_asked(scene, command.trigger, values)
        if not asked or asked == scene.case.area or not isinstance(asked, str):
            return blockers
        in_force = library.area_in_force(asked, scene.today)
        return blockers if in_force else (*blockers, Blocker("area_invalid", {}, field))
    field = scene.workflow.definition.open.area
    if library.area_in_force(area_of_opening(library, scene.workflow, command), scene.today):
        return blockers
    others = (each for each in blockers if each.code != "scope" and (not field or each.field != field))
    return (Blocker("area_invalid", {}, field), *others)


def area_of_opening(library: Library, workflow: Workflow, command: Command) -> str:
    """Where the new case will belong: its agency's place, or what the form's area field says."""
    if command.agency:
        return library.area_of_agency(command.agency) or ""
    area = command.values.get(workflow.definition.open.area)
    return area if isinstance(area, str) else ""


def nowhere(
    library: Library, transaction: StepTransaction, scene: Scene, command: Command, told: tuple[Blocker, ...]
) -> tuple[Blocker, ...]:
    """What the form names that is not there today: people answer for the case's area, holders hold, cases are in reach."""
    area = scene.case.area if scene.case else ""

    def is_there(declared: Field, named: str) -> bool:
        match declared.type:
            case FieldType.ACTOR:
                return transaction.actor_holds(named, declared.holder, area, scene.today)
            case FieldType.AGENCY:
                return transaction.agency_holds(named, declared.holder, scene.today)
        return library.area_in_force(named, scene.today, declared.level)

    named = _named(scene, command)
    found = [*unknown(named, scene.workflow.field, is_there), *_cases(transaction, scene, command, named)]
    already = {each.field for each in told}
    return tuple(each for each in found if each.field not in already)


def _named(scene: Scene, command: Command) -> Mapping[str, Any]:
    """What the form says, and what the case holds where the form leaves as it is what an effect is about."""
    named = dict(command.values)
    for way in scene.workflow.alternatives(scene.state, command.trigger):
        for effect in way.transition.do:
            key = _ABOUT.get(effect.name)
            field = effect.arguments[key] if key else ""
            if field in way.asked and field not in named:
                named[field] = scene.values.get(field)
    return named


def _cases(
    transaction: StepTransaction, scene: Scene, command: Command, named: Mapping[str, Any]
) -> Iterator[Blocker]:
    """Other cases of this workflow that the form names by number; found, they are known to the scene by their id."""
    definition = scene.workflow.definition
    joined = {
        each.arguments["to"]
        for way in scene.workflow.alternatives(scene.state, command.trigger)
        for each in way.transition.do
        if each.name == "link" and each.arguments["as"] == MERGED
    }
    for name, number in named.items():
        declared = scene.workflow.field(name)
        if declared is None or declared.type is not FieldType.CASE or not isinstance(number, str):
            continue
        other = transaction.case_of_number(number)
        if other == command.case:
            yield Blocker("case_itself", {}, name)
            continue
        seen = None
        if other:
            # Locked when they are joined: two cases may be merged into each other at the same moment.
            joins = name in joined
            if joins:
                transaction.needs_lock()
            seen = transaction.look(
                case=other, command="", actor=command.actor, today=scene.today, lock=joins
            )
        row = seen.case if seen else None
        within = seen and row and reaches(definition, row.agency, seen.holdings)
        if row and within and row.definition == definition.id:
            merged = merged_into(row.data)
            if merged and name in joined:
                yield Blocker("case_merged", {"reference": merged["reference"]}, name)
            scene.named = {**scene.named, number: row.id}
        elif number.strip():
            yield Blocker("case_number", {}, name)


def _area_asked(scene: Scene, trigger: str, values: Mapping[str, Any]) -> tuple[Any, str]:
    """Where a step wants the case to belong, by its form or by a `set`, and the field that says so."""
    field, workflow = scene.workflow.definition.open.area, scene.workflow
    for way in workflow.alternatives(scene.state, trigger):
        for number, effect in enumerate(way.transition.do):
            evaluate = workflow.effects.get((way.transition.key, number), {}).get(field)
            if evaluate:
                reads = effect.arguments["values"][field].reads
                return evaluate(scene.environment(reads, values)), next(iter(reads), "")
        if field in way.asked:
            return values.get(field), field
    return None, ""
