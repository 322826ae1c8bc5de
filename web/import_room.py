"""What the screen and the command line share of an import: which there are, for whom, and from a file to a batch.

Knows no request: an engine, a person's id and functions come in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any

from engine import Engine
from engine.definition.model import Definition, FieldType, FormField
from engine.importing import stage, ways_back
from engine.importing.staging import Import
from engine.published import VersionChanged
from engine.registry.names import fold
from engine.store import imports
from engine.workflow import Workflow
from schemas.forms import read
from schemas.intake import Declared, Places, Reading, load_import, read_sheets
from schemas.sheets import read_file
from workflows import catalogue


@cache
def declared_imports() -> Mapping[str, Declared]:
    """All imports that are declared, by id."""
    found = map(load_import, catalogue.import_texts().values())
    return {each.id: each for each in found}


def offered(engine: Engine, functions: Iterable[str]) -> tuple[Declared, ...]:
    """The imports for somebody who holds these functions: whoever may open such a case by hand. None into a workflow
    that was changed past the program.
    """
    held = set(functions)
    found = []
    for each in declared_imports().values():
        with suppress(VersionChanged):
            workflow = engine.library.newest(each.definition)
            if workflow and held & set(workflow.definition.open.by):
                found.append(each)
    return tuple(found)


def workflow_of(engine: Engine, declared: Declared) -> Workflow:
    """The workflow whose opening form the columns fill in, as it is in force."""
    found = engine.library.newest(declared.definition)
    assert found is not None
    return found


def form_fields(engine: Engine, declared: Declared) -> tuple[FormField, ...]:
    """The fields of that form, in its order."""
    definition = workflow_of(engine, declared).definition
    return definition.forms[definition.open.form].fields


def usual(engine: Engine, declared: Declared, holdings: Iterable[Any]) -> dict[str, str]:
    """What is usually chosen for a sheet without such a column, by field; "" where nothing is."""
    held = tuple(holdings)
    fields = workflow_of(engine, declared).definition.fields
    found = {}
    for name, ask in declared.ask.items():
        by_function = next((ask.by_function[h.function] for h in held if h.function in ask.by_function), "")
        if fields[name].type is FieldType.AREA:
            there = {each.id for each in engine.library.areas_in_force(today(engine), fields[name].level)}
            found[name] = next((each.area for each in held if each.area in there), "")
        else:
            found[name] = by_function
    return found


def what(declared: Declared) -> Import:
    """The same for the engine."""
    return Import(declared.id, declared.definition, declared.withdraw, declared.same)


def withdrawals(engine: Engine, declared: Declared) -> tuple[str, ...]:
    """The transitions that take back what was opened by mistake."""
    return ways_back(engine, declared.definition, declared.withdraw)


def bring(
    engine: Engine, declared: Declared, actor: str, data: bytes, chosen: Mapping[str, str], runner: str
) -> str:
    """Read a file and stage it; answers the batch. chosen: typed texts by field. Unreadable: why it cannot be taken."""
    engine.library.refresh()
    definition = workflow_of(engine, declared).definition
    asked = {name: definition.fields[name] for name in declared.ask}
    zone = engine.library.zone
    typed = read(asked, {name: [text] for name, text in chosen.items() if name in asked}, zone)
    reading = Reading(
        declared=declared, definition=definition, places=_places(engine, declared, definition), agencies=_agencies(engine),
        chosen={name: value for name, value in typed.values.items() if value is not None}, zone=zone,
    )  # fmt: skip
    found = read_sheets(read_file(data), reading)
    notes = [{"code": each.code, "params": dict(each.params)} for each in found.notes]
    return stage(engine, what(declared), actor, found.rows, runner=runner, notes=notes)


def _places(engine: Engine, declared: Declared, definition: Definition) -> Places:
    with engine.database.read() as connection:
        became = imports.successors(connection)
    place = definition.fields.get(definition.open.area)
    return Places(
        engine.library.rows.areas, became, today(engine), place.level if place else "", declared.kinds
    )


def today(engine: Engine) -> date:
    """The day in the installation's zone."""
    return engine.clock.now().astimezone(engine.library.zone).date()


def _agencies(engine: Engine) -> dict[str, str]:
    today = engine.clock.now().astimezone(engine.library.zone).date()
    found: dict[str, str] = {}
    for row in engine.library.rows.agencies.values():
        if row.valid_from <= today and (row.valid_to is None or today <= row.valid_to):
            found |= dict.fromkeys((row.id, fold(row.id), fold(row.name_vi), fold(row.name_en)), row.id)
    return found
