"""People, agencies and areas that a form names: they must be there today, as the lists of a screen offer them.

Without this any text could stand where a person is meant: past sealing, and past guards that compare people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.commands import Blocker
from engine.definition.model import Field, FieldType

NAMING = (FieldType.ACTOR, FieldType.AGENCY, FieldType.AREA)


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
