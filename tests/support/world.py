"""A small province for tests: two communes, their officers and chairmen, a supervisor, and the toy workflow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

from engine import Command, Engine, FixedClock, MasterKey, Outcome
from engine.definition.identity import content_hash
from engine.store import Database, reference
from engine.store.rows import ActorRow, AgencyRow, AreaRow, HoldingRow
from schemas.load import Loaded, load_definition
from tests.support.played import once

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # Monday, 12:00 in Vietnam
BA_BE, CHO_RA, PROVINCE = "01906@2025-07-01", "01882@2025-07-01", "19@2025-07-01"
SECRET = bytes(range(32))
SPACE = UUID("00000000-0000-4000-8000-000000000000")
TOY = (Path(__file__).parent / "toy.yaml").read_text("utf-8")

PEOPLE = {
    "officer": ("Nông Thị Thử", "commune_officer", "ba_be"),
    "second": ("Hoàng Văn Thử", "commune_officer", "ba_be"),
    "chair": ("Ma Văn Thử", "commune_chair", "ba_be"),
    "other_officer": ("Lý Thị Thử", "commune_officer", "cho_ra"),
    "other_chair": ("Bàn Văn Thử", "commune_chair", "cho_ra"),
    "lead": ("Lường Thị Thử", "province_child_lead", "so_y_te"),
    "admin": ("Quản Trị Thử", "admin", "so_y_te"),
}


def build(url: str, clock: FixedClock | None = None, *, toy: bool = True) -> Engine:
    """An engine on the migrated database at `url`, with areas, people and (unless told not to) the toy workflow."""
    clock = clock or FixedClock(NOON)
    once(("world", toy, clock.now()), url, lambda: _fill(url, clock.now(), toy))
    return Engine(url, MasterKey(SECRET), clock)


def _fill(url: str, now: datetime, toy: bool) -> None:
    since = date(2025, 7, 1)
    database = Database(url)
    with database.write() as connection:
        reference.create_installation(connection, "real", "Asia/Ho_Chi_Minh", now)
        areas = [
            AreaRow(
                id=PROVINCE,
                code="19",
                valid_from=since,
                level="province",
                name_vi="Thái Nguyên",
                name_en="Thai Nguyen",
            ),
            *(
                AreaRow(
                    id=each,
                    code=each[:5],
                    valid_from=since,
                    level="commune",
                    name_vi=name,
                    name_en=f"{name} commune",
                    parent=PROVINCE,
                )
                for each, name in ((BA_BE, "xã Ba Bể"), (CHO_RA, "xã Chợ Rã"))
            ),
        ]
        reference.put_areas(connection, areas, [])
        places = {"ba_be": BA_BE, "cho_ra": CHO_RA, "so_y_te": PROVINCE}
        reference.put_agencies(
            connection,
            [
                AgencyRow(
                    id=key, name_vi=f"Cơ quan {key}", name_en=f"Agency {key}", area=area, valid_from=since
                )
                for key, area in places.items()
            ],
        )
        reference.put_actors(
            connection,
            [
                ActorRow(id=key, name=name, username=key, fs_uniquifier=key)
                for key, (name, _, _) in PEOPLE.items()
            ],
        )
        reference.put_holdings(
            connection,
            [
                HoldingRow(
                    id=key, actor=key, function=function, agency=agency, area=places[agency], valid_from=since
                )
                for key, (_, function, agency) in PEOPLE.items()
            ],
        )
        if toy:
            publish(connection, TOY)
    database.close()


def publish(connection: Any, text: str, lists: Mapping[str, Any] | None = None) -> None:
    """Put a definition into the store."""
    loaded = load_definition(text, lists) if lists else _read(text)
    assert loaded.definition and loaded.plain, loaded.findings
    reference.put_definition(
        connection, loaded.definition.id, content_hash(loaded.plain), text, loaded.plain, NOON, "admin"
    )


@cache
def _read(text: str) -> Loaded:
    return load_definition(text, {})  # nearly every test begins with one of the same few texts


def change(engine: Engine, text: str, *changes: tuple[str, str]) -> None:
    """Publish a new version of a definition, with these changes in its text, to a running engine."""
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    with engine.database.write() as connection:
        publish(connection, text)
    engine.library.refresh()


def open_toy(
    engine: Engine, actor: str = "officer", *, case: str = "", command: str = "", **values: Any
) -> Outcome:
    """Open a toy case in Ba Bể."""
    filled = {"place": BA_BE, "what": "sách vở", "name": "Triệu Thị Đức", "born": date(2012, 3, 1)} | values
    return engine.open(
        "toy", id=case or str(uuid4()), command=command or str(uuid4()), actor=actor, values=filled
    )


def fire(
    engine: Engine, case: str, trigger: str, actor: str, *, command: str = "", reason: str = "", **values: Any
) -> Outcome:
    """Take a step."""
    return engine.apply(
        Command(
            id=command or str(uuid4()), case=case, trigger=trigger, actor=actor, values=values, reason=reason
        )
    )


def same_id(*parts: str) -> str:
    """A UUID that is the same for the same parts."""
    return str(uuid5(SPACE, "|".join(parts)))
