"""The world of tests/support with more people and the workflow `wide`, which has what the toy lacks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from engine import Engine, FixedClock, MasterKey, Outcome
from engine.definition.identity import content_hash
from engine.store import Database, reference
from engine.store.rows import ActorRow, AgencyRow, DecisionTableRow, HoldingRow
from schemas.load import load_table
from tests.support.played import once
from tests.support.world import BA_BE, NOON, SECRET, build, publish

HERE = Path(__file__).parent
SINCE = date(2025, 7, 1)
WEIGHING = """
format: 1
id: weighing
title: {vi: Cân, en: Weighing}
valid_from: 2021-01-01
inputs: {weight: {type: decimal, title: {vi: Cân nặng, en: Weight}, min: 0, max: 200}}
results: {light: {vi: Nhẹ, en: Light}, heavy: {vi: Nặng, en: Heavy}}
rules:
  W1: {when: weight < 10, then: light, title: {vi: Nhẹ, en: Light}, law: "art. 1"}
  W2: {when: weight >= 10, then: heavy, title: {vi: Nặng, en: Heavy}, law: "art. 2"}
"""


def hire(
    engine: Engine | Database, actor: str, *functions: str, agency: str = "ba_be", area: str = BA_BE,
    valid_from: date = SINCE, valid_to: date | None = None,
) -> None:  # fmt: skip
    """Give `actor`, a new person if need be, these functions."""
    database = engine.database if isinstance(engine, Engine) else engine
    with database.write() as connection:
        reference.put_actors(
            connection, [ActorRow(id=actor, name=actor, username=actor, fs_uniquifier=actor)]
        )
        reference.put_holdings(
            connection,
            [
                HoldingRow(
                    id=f"{actor}:{each}:{area}", actor=actor, function=each, agency=agency, area=area,
                    valid_from=valid_from, valid_to=valid_to,
                )
                for each in functions
            ],
        )  # fmt: skip


def build_wide(url: str, clock: FixedClock | None = None) -> Engine:
    """An engine with `wide`, its track, its rule table, and a school with a teacher."""
    once("wide", url, lambda: _fill(url))
    return Engine(url, MasterKey(SECRET), clock or FixedClock(NOON))


def _fill(url: str) -> None:
    build(url, toy=False).database.close()
    database = Database(url)
    with database.write() as connection:
        for name in ("wide_track", "wide"):
            publish(connection, (HERE / f"{name}.yaml").read_text("utf-8"))
        table = load_table(WEIGHING, {})
        assert table.plain, table.findings
        row = DecisionTableRow(
            id="weighing", valid_from=date(2021, 1, 1), sha256=content_hash(table.plain), source=WEIGHING,
            plain=table.plain,
        )  # fmt: skip
        reference.put_decision_table(connection, row)
        school = AgencyRow(
            id="school", name_vi="Trường thử", name_en="Test school", area=BA_BE, valid_from=SINCE
        )
        reference.put_agencies(connection, [school])
    hire(database, "teacher", "school", agency="school")
    database.close()


def open_wide(engine: Engine, actor: str = "officer", **values: Any) -> Outcome:
    """Open a case of `wide` in Ba Bể."""
    return engine.open(
        "wide", id=str(uuid4()), command=str(uuid4()), actor=actor, values={"place": BA_BE} | values
    )
