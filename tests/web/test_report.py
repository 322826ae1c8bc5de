"""What the form of a new report begins with."""

from __future__ import annotations

import re
from datetime import date

from flask import Flask

from engine import Engine
from engine.store import reference
from engine.store.rows import HoldingRow
from tests.web.journey import BA_BE, OFFICER
from tests.web.visitor import Visitor


def chosen(demo: Flask) -> list[str]:
    """The commune that stands chosen."""
    visitor = Visitor(demo, address="127.0.0.1", host="127.0.0.1:8000")
    assert visitor.click(OFFICER).status_code == 303
    box = visitor.get("/new").text.partition('name="place_of_event"')[2].partition("</select>")[0]
    return re.findall(r'<option value="([^"]+)" selected', box)


def test_ones_own_commune_stands_chosen_whatever_else_one_holds(demo: Flask) -> None:
    assert chosen(demo) == [BA_BE]
    engine = demo.extensions["casework"]
    assert isinstance(engine, Engine)
    province = next(
        each.id
        for each in engine.library.rows.areas.values()
        if each.level == "province" and not each.valid_to
    )
    first = HoldingRow(
        id=f"{OFFICER}:", actor=OFFICER, function="police", agency="ubnd_ba_be", area=province,
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    with engine.database.write() as connection:
        reference.put_holdings(connection, [first])
    assert chosen(demo) == [BA_BE]
