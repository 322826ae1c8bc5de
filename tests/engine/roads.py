"""The world of tests/support with the workflow `roads`, and a third commune that has nothing to do with anything."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from engine import Engine, FixedClock, MasterKey, Outcome
from engine.store import Database, reference
from engine.store.rows import AgencyRow, AreaRow
from tests.engine.evidence import row_of
from tests.engine.wide import hire
from tests.support.played import once
from tests.support.world import BA_BE, NOON, PROVINCE, SECRET, build, change, fire, publish

ROADS = (Path(__file__).parents[1] / "support" / "roads.yaml").read_text("utf-8")
ELSEWHERE = "01888@2025-07-01"
SINCE = date(2025, 7, 1)


def build_roads(url: str, clock: FixedClock | None = None) -> Engine:
    """An engine with `roads` and the officers of three communes."""
    once("roads", url, lambda: _fill(url))
    return Engine(url, MasterKey(SECRET), clock or FixedClock(NOON))


def _fill(url: str) -> None:
    build(url, toy=False).database.close()
    database = Database(url)
    with database.write() as connection:
        third = AreaRow(
            id=ELSEWHERE, code="01888", valid_from=SINCE, level="commune", name_vi="xã Thứ Ba", name_en="third",
            parent=PROVINCE,
        )  # fmt: skip
        reference.put_areas(connection, [third], [])
        row = AgencyRow(id="third", name_vi="UBND", name_en="Committee", area=ELSEWHERE, valid_from=SINCE)
        reference.put_agencies(connection, [row])
        publish(connection, ROADS)
    hire(database, "third_officer", "commune_officer", agency="third", area=ELSEWHERE)
    database.close()


def republish(engine: Engine, *changes: tuple[str, str]) -> None:
    """Publish a new version of `roads` with these changes in its text."""
    change(engine, ROADS, *changes)


def open_road(engine: Engine, actor: str = "officer", **values: Any) -> str:
    """Open a road in Ba Bể; answers the case's id."""
    said = {"place": BA_BE, "what": "đường lầy", "name": "Triệu Thị Đức"} | values
    return done(engine.open("roads", id=str(uuid4()), command=str(uuid4()), actor=actor, values=said)).case


def done(outcome: Outcome) -> Outcome:
    """The outcome of a step that was carried out."""
    assert outcome.applied, outcome.blockers
    return outcome


def take(engine: Engine, case: str, trigger: str, actor: str = "officer", **more: Any) -> Outcome:
    """Take a step that is carried out."""
    return done(fire(engine, case, trigger, actor, **more))


def number_of(engine: Engine, case: str) -> str:
    """The human number of a case."""
    return row_of(engine, case).reference


def known(engine: Engine, case: str, actor: str = "lead") -> dict[str, Any]:
    """The values of a case as a person reads them; nothing for whom it does not exist."""
    view = engine.view(case, actor, "case page")
    return dict(view.values) if view else {}
