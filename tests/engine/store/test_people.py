from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection

from engine.store import Database, people, reference
from engine.store.rows import ActorRow, AgencyRow, AreaRow, HoldingRow, SuccessionRow

TODAY = date(2026, 3, 2)
SINCE = date(2025, 7, 1)
PROVINCE, BA_BE, CHO_RA, OLD_BA_BE = (
    "19@2025-07-01",
    "01900@2025-07-01",
    "01906@2025-07-01",
    "01900@2017-01-01",
)
OFFICERS = frozenset({"commune_officer"})
BOTH = frozenset({"commune_officer", "province_child_lead"})


def area(which: str, parent: str | None = None) -> AreaRow:
    code, _, since = which.partition("@")
    return AreaRow(
        id=which,
        code=code,
        valid_from=date.fromisoformat(since),
        level="commune",
        name_vi=code,
        name_en=code,
        parent=parent,
    )


def person(which: str, *, active: bool = True, demo_order: int | None = None) -> ActorRow:
    return ActorRow(
        id=which,
        name=which.title(),
        username=f"{which}.vn",
        password="hash",
        active=active,
        fs_uniquifier=which,
        demo_order=demo_order,
    )


def held(
    actor: str, function: str, agency: str, area: str, start: date = SINCE, end: date | None = None
) -> HoldingRow:
    return HoldingRow(
        id=f"{actor}-{function}-{area}",
        actor=actor,
        function=function,
        agency=agency,
        area=area,
        valid_from=start,
        valid_to=end,
    )


@pytest.fixture
def connection(database: str) -> Iterator[Connection]:
    store = Database(database)
    with store.write() as connection:
        reference.create_installation(
            connection, "demo", "Asia/Ho_Chi_Minh", datetime(2026, 3, 2, tzinfo=UTC)
        )
        areas = [area(PROVINCE), area(BA_BE, PROVINCE), area(CHO_RA, PROVINCE), area(OLD_BA_BE)]
        reference.put_areas(connection, areas, [SuccessionRow(old=OLD_BA_BE, new=BA_BE)])
        ended = {"closed": TODAY.replace(day=1)}
        reference.put_agencies(
            connection,
            [
                AgencyRow(
                    id=each,
                    name_vi=each,
                    name_en=each,
                    area=where,
                    valid_from=SINCE,
                    valid_to=ended.get(each),
                )
                for each, where in (
                    ("ba_be", BA_BE),
                    ("cho_ra", CHO_RA),
                    ("province", PROVINCE),
                    ("closed", CHO_RA),
                )
            ],
        )
        reference.put_actors(
            connection,
            [
                person("lan", demo_order=2),
                person("minh"),
                person("hoa", demo_order=1),
                person("gone", active=False, demo_order=3),
            ],
        )
        reference.put_holdings(
            connection,
            [
                held("lan", "commune_officer", "ba_be", BA_BE),
                held("lan", "commune_officer", "cho_ra", CHO_RA, end=TODAY.replace(day=1)),
                held("minh", "commune_officer", "cho_ra", CHO_RA, end=TODAY),
                held("minh", "education_lead", "closed", CHO_RA),
                held("hoa", "province_child_lead", "province", PROVINCE, start=TODAY),
                held("gone", "commune_officer", "ba_be", BA_BE),
                held("gone", "legal_officer", "ba_be", BA_BE),
            ],
        )
        yield connection
    store.close()


def test_a_person_answers_for_the_areas_held_and_their_predecessors(connection: Connection) -> None:
    assert people.areas_of(connection, "lan", TODAY, OFFICERS) == {BA_BE, OLD_BA_BE}


def test_a_person_of_the_province_answers_for_all_of_it(connection: Connection) -> None:
    assert people.areas_of(connection, "hoa", TODAY, BOTH) == {PROVINCE, BA_BE, CHO_RA, OLD_BA_BE}


def test_only_the_functions_asked_for_give_areas(connection: Connection) -> None:
    assert people.areas_of(connection, "hoa", TODAY, OFFICERS) == frozenset()
    assert people.areas_of(connection, "hoa", TODAY, ()) == frozenset()


def test_a_holding_counts_from_its_first_day_to_its_last(connection: Connection) -> None:
    after = TODAY.replace(day=3)
    assert people.areas_of(connection, "minh", TODAY, OFFICERS) == {CHO_RA}
    assert people.areas_of(connection, "minh", after, OFFICERS) == frozenset()
    assert people.areas_of(connection, "hoa", TODAY.replace(day=1), BOTH) == frozenset()


def test_a_person_who_is_not_active_holds_nothing(connection: Connection) -> None:
    assert people.areas_of(connection, "gone", TODAY, OFFICERS) == frozenset()
    assert people.holdings(connection, "gone", TODAY) == ()


def test_the_holdings_of_a_person_are_those_in_force(connection: Connection) -> None:
    assert people.holdings(connection, "lan", TODAY) == (held("lan", "commune_officer", "ba_be", BA_BE),)
    assert [each.area for each in people.holdings(connection, "lan", SINCE)] == [BA_BE, CHO_RA]


def test_the_holders_for_an_area_are_those_whose_area_covers_it(connection: Connection) -> None:
    def ids(function: str, area: str) -> list[str]:
        return [each.id for each in people.holders(connection, function, area, TODAY)]

    assert ids("commune_officer", OLD_BA_BE) == ["lan"]
    assert ids("commune_officer", CHO_RA) == ["minh"]
    assert ids("province_child_lead", OLD_BA_BE) == ["hoa"]
    assert ids("commune_officer", PROVINCE) == []
    assert ids("legal_officer", BA_BE) == []


def test_agencies_to_choose_from_exist_and_have_an_active_holder(connection: Connection) -> None:
    def ids(function: str, today: date = TODAY) -> list[str]:
        return [each.id for each in people.agencies_holding(connection, function, today)]

    assert ids("commune_officer") == ["ba_be", "cho_ra"]
    assert ids("commune_officer", TODAY.replace(day=3)) == ["ba_be"]
    assert ids("education_lead") == []
    assert ids("education_lead", TODAY.replace(day=1)) == ["closed"]
    assert ids("legal_officer") == []


def test_a_person_is_found_by_id_and_by_the_name_they_sign_in_with(connection: Connection) -> None:
    assert people.actor(connection, "lan") == people.actor_by_username(connection, "lan.vn")
    assert people.actor(connection, "lan") == person("lan", demo_order=2)
    assert people.actor(connection, "lan.vn") is None
    assert people.actor_by_username(connection, "lan") is None


def test_a_person_who_is_not_active_is_still_found(connection: Connection) -> None:
    found = people.actor_by_username(connection, "gone.vn")
    assert found is not None
    assert not found.active


def test_the_people_of_the_demo_come_in_their_order(connection: Connection) -> None:
    assert [each.id for each in people.demo_people(connection)] == ["hoa", "lan"]
