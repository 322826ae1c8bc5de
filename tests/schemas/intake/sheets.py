"""Reading with the shipped content: the import `intake`, the opening form of child_case, the province's areas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.importing import Brought
from engine.store.rows import AreaRow
from schemas.intake import Declared, Places, Read, Reading, load_import, read_sheets
from schemas.sheets import read_file
from tests.workflows.content import definitions
from workflows import catalogue

TODAY = date(2026, 11, 23)


@cache
def declared() -> Declared:
    """The shipped import."""
    return load_import(catalogue.import_texts()["intake"])


@cache
def places() -> Places:
    """The shipped areas."""
    areas = {
        each.id: AreaRow(
            id=each.id, code=each.code, valid_from=each.valid_from, valid_to=each.valid_to, level=each.level,
            name_vi=each.name.vi, name_en=each.name.en, parent=each.parent or None,
        )
        for each in catalogue.areas()
    }  # fmt: skip
    became: dict[str, tuple[str, ...]] = {}
    for each in catalogue.successions():
        became[each.old] = (*became.get(each.old, ()), each.new)
    return Places(areas, became, TODAY, "commune", declared().kinds)


def read(data: bytes, chosen: Mapping[str, Any] | None = None) -> Read:
    """A file read."""
    reading = Reading(
        declared(), definitions()["child_case"], places(), {"ubnd xa ba be": "ubnd_ba_be"}, chosen or {},
        ZoneInfo("Asia/Ho_Chi_Minh"),
    )  # fmt: skip
    return read_sheets(read_file(data), reading)


def row(data: bytes, **more: Any) -> Brought:
    """The one row of a file."""
    (found,) = read(data, **more).rows
    return found
