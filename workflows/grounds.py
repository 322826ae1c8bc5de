"""What stored tests and thought-of cases stand on: the content that is shipped, files that are checked, or an installation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from engine import Engine
from engine.calendar import Calendar
from engine.commands import SYSTEM
from engine.definition.decision import DecisionTable, in_force
from engine.text import messages
from engine.trial import Ground
from schemas.load import load_table
from workflows import catalogue


def shipped(instead: Iterable[DecisionTable] = ()) -> Ground:
    """The shipped rule tables, calendar and settings. instead: tables that take the place of those with their id."""
    tables = {**_by_id(_shipped_tables()), **_by_id(instead)}
    swaps = {each.day: each.worked for each in catalogue.calendar().swaps}

    def table(id: str, on: Any) -> DecisionTable | None:
        return in_force(tables.get(id, ()), on)

    return Ground(
        tables=table,
        calendar=Calendar(swaps=swaps),
        zone=ZoneInfo(str(catalogue.settings()["zone"].value)),
        names=names,
    )


def of_engine(engine: Engine, calendar: str = "") -> Ground:
    """What an installation has in force. calendar: that of the definition, the usual one if left out."""
    library = engine.library
    named = calendar or catalogue.calendar().id
    return Ground(tables=library.table, calendar=library.calendar(named), zone=library.zone, names=names)


def names(language: str) -> Callable[[str, str], str]:
    """Functions by their titles; a person of a thought-of case is called by the function, places by their ids."""

    def name(kind: str, id: str) -> str:
        if id == SYSTEM:
            return messages().say(language, "word.system")
        function = catalogue.functions().get(id) if kind in ("function", "actor") else None
        return function.title.get(language) if function else id

    return name


def _by_id(tables: Iterable[DecisionTable]) -> Mapping[str, tuple[DecisionTable, ...]]:
    found: dict[str, tuple[DecisionTable, ...]] = {}
    for each in tables:
        found[each.id] = (*found.get(each.id, ()), each)
    return found


@cache
def _shipped_tables() -> tuple[DecisionTable, ...]:
    texts = catalogue.decision_table_texts().values()
    loaded = (load_table(text, catalogue.code_lists()).table for text in texts)
    return tuple(each for each in loaded if each)
