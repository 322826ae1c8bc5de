from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from graphlib import CycleError
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from engine.store import Database, reference
from engine.store.ground import area, area_cover, holding, installation
from engine.store.reference import (
    ActorRow,
    AgencyRow,
    AreaRow,
    DecisionTableRow,
    HoldingRow,
    SettingRow,
    SuccessionRow,
    SwapRow,
)

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
Y2017, Y2020, Y2025 = date(2017, 1, 1), date(2020, 2, 1), date(2025, 7, 1)


@pytest.fixture
def store(database: str) -> Iterator[Database]:
    made = Database(database)
    with made.write() as connection:
        reference.create_installation(connection, "real", "Asia/Ho_Chi_Minh", NOW)
    yield made
    made.close()


def unit(which: str, parent: str | None = None) -> AreaRow:
    code, _, start = which.partition("@")
    return AreaRow(
        id=which, code=code, valid_from=date.fromisoformat(start), level="commune", name_vi=f"xã {code}",
        name_en=f"{code} commune", parent=parent,
    )  # fmt: skip


# The same codes for other land, as in life: A took B in 2020, and the new A of 2025 took A and C.
OLD_PROVINCE, NEW_PROVINCE, DISTRICT = "06@2017-01-01", "19@2025-07-01", "060@2017-01-01"
A17, B17, C17, A20, A25, D25 = (
    "A@2017-01-01", "B@2017-01-01", "C@2017-01-01", "A@2020-02-01", "A@2025-07-01", "D@2025-07-01",
)  # fmt: skip
AREAS = [
    *(unit(each, DISTRICT) for each in (A17, B17, C17, A20)),
    *(unit(each, NEW_PROVINCE) for each in (A25, D25)),
    unit(DISTRICT, OLD_PROVINCE),
    unit(OLD_PROVINCE),
    unit(NEW_PROVINCE),
]
SUCCESSIONS = [
    SuccessionRow(old=old, new=new)
    for old, new in ((A17, A20), (B17, A20), (A20, A25), (C17, A25), (OLD_PROVINCE, NEW_PROVINCE))
]


def covered(connection: Connection, by: str) -> set[str]:
    return set(connection.scalars(select(area_cover.c.covered).where(area_cover.c.area == by)))


def version(store: Database) -> int:
    with store.read() as connection:
        return reference.load(connection).installation.reference_version


# ------------------------------------------------------------------ the installation


def test_an_installation_is_what_it_was_made_as(store: Database) -> None:
    with store.read() as connection:
        row = reference.load(connection).installation
    assert (row.kind, row.zone, row.epoch, row.created_at) == ("real", "Asia/Ho_Chi_Minh", 1, NOW)
    assert row.demo_now is None


def test_two_installations_have_different_logs(tmp_path: Any, store: Database) -> None:
    from engine.store import migrate

    url = f"sqlite:///{tmp_path}/other/casework.db"
    migrate(url)
    other = Database(url)
    with other.write() as connection, store.read() as first:
        made = reference.create_installation(connection, "demo", "Asia/Ho_Chi_Minh", NOW)
        assert made.demo_now == NOW
        assert made.log != reference.load(first).installation.log
    other.close()


def test_an_installation_is_made_once(store: Database) -> None:
    with pytest.raises(IntegrityError), store.write() as connection:
        reference.create_installation(connection, "demo", "Asia/Ho_Chi_Minh", NOW)


@pytest.mark.parametrize(
    ("kind", "zone", "error"),
    [("test", "Asia/Ho_Chi_Minh", IntegrityError), ("real", "Asia/Atlantis", ZoneInfoNotFoundError)],
)
def test_an_installation_of_no_known_kind_or_zone_is_refused(
    database: str, kind: str, zone: str, error: type[Exception]
) -> None:
    empty = Database(database)
    with pytest.raises(error), empty.write() as connection:
        reference.create_installation(connection, kind, zone, NOW)
    empty.close()


def test_a_database_without_an_installation_says_so(database: str) -> None:
    empty = Database(database)
    with pytest.raises(reference.NotInstalled), empty.read() as connection:
        reference.load(connection)
    empty.close()


# ------------------------------------------------------------------ areas


def test_a_province_answers_for_its_communes_and_all_that_came_before_them(store: Database) -> None:
    with store.write() as connection:
        reference.put_areas(connection, AREAS, SUCCESSIONS)
        assert covered(connection, NEW_PROVINCE) == {each.id for each in AREAS}


def test_a_commune_answers_for_its_predecessors_and_theirs(store: Database) -> None:
    with store.write() as connection:
        reference.put_areas(connection, AREAS, SUCCESSIONS)
        assert covered(connection, A25) == {A25, A20, C17, A17, B17}
        assert covered(connection, A20) == {A20, A17, B17}
        assert covered(connection, D25) == {D25}


def test_nobody_answers_for_what_came_after_or_stands_above(store: Database) -> None:
    with store.write() as connection:
        reference.put_areas(connection, AREAS, SUCCESSIONS)
        assert covered(connection, A17) == {A17}
        assert covered(connection, OLD_PROVINCE) == {OLD_PROVINCE, DISTRICT, A17, B17, C17, A20}
        assert covered(connection, DISTRICT) == {DISTRICT, A17, B17, C17, A20}


def test_the_cover_follows_when_areas_change(store: Database) -> None:
    with store.write() as connection:
        reference.put_areas(connection, AREAS, [])
        assert covered(connection, A25) == {A25}
        reference.put_areas(connection, [], [SuccessionRow(old=C17, new=A25)])
        assert covered(connection, A25) == {A25, C17}
        reference.put_areas(connection, [unit(D25, OLD_PROVINCE)], [])
        assert D25 in covered(connection, OLD_PROVINCE)
        assert D25 not in covered(connection, NEW_PROVINCE)


def test_areas_that_succeed_each_other_in_a_ring_do_not_hang(store: Database) -> None:
    with store.write() as connection:
        ring = [SuccessionRow(old=A17, new=B17), SuccessionRow(old=B17, new=A17)]
        reference.put_areas(connection, AREAS, ring)
        assert covered(connection, A17) == covered(connection, B17) == {A17, B17}


def test_areas_below_themselves_are_refused(store: Database) -> None:
    with pytest.raises(CycleError), store.write() as connection:
        reference.put_areas(connection, [unit(A17, B17), unit(B17, A17)], [])


def test_an_area_below_one_that_does_not_exist_is_refused(store: Database) -> None:
    with pytest.raises(IntegrityError), store.write() as connection:
        reference.put_areas(connection, [unit(A17, "99@2017-01-01")], [])


def test_an_area_put_again_is_changed_and_not_doubled(store: Database) -> None:
    with store.write() as connection:
        reference.put_areas(connection, AREAS, SUCCESSIONS)
        reference.put_areas(
            connection, [replace(unit(C17, DISTRICT), valid_to=date(2025, 6, 30))], SUCCESSIONS
        )
        ends = connection.execute(select(area.c.valid_to).where(area.c.code == "C")).scalars().all()
    assert ends == [date(2025, 6, 30)]


# ------------------------------------------------------------------ the rest, and the snapshot

OFFICE = AgencyRow(
    id="office", name_vi="UBND xã A", name_en="People's committee of A", area=A25, valid_from=Y2025
)
LAN = ActorRow(id="lan", name="Lan", username="lan", password="hash", fs_uniquifier="session-secret")
HELD = HoldingRow(
    id="lan-officer", actor="lan", function="commune_officer", agency="office", area=A25, valid_from=Y2025
)
LIMIT = SettingRow(key="caseload_limit", value=25, unconfirmed=True, law="CPMS 2019")
SWAP = SwapRow(calendar="vn_public", day=date(2026, 1, 2), worked=False, reason="2026")


def rules(valid_from: date, sha256: str, valid_to: date | None = None) -> DecisionTableRow:
    plain = {"id": "legal", "text": f"Luật số {sha256}"}
    return DecisionTableRow(
        id="legal", valid_from=valid_from, valid_to=valid_to, sha256=sha256, source="id: legal", plain=plain
    )


def fill(connection: Connection) -> None:
    reference.put_areas(connection, AREAS, SUCCESSIONS)
    reference.put_agencies(connection, [OFFICE])
    reference.put_actors(connection, [LAN])
    reference.put_holdings(connection, [HELD])
    reference.put_settings(connection, [LIMIT])
    reference.put_swaps(connection, [SWAP])
    reference.put_decision_table(connection, rules(Y2025, "new"))
    reference.put_decision_table(connection, rules(Y2017, "old", date(2025, 6, 30)))


def test_what_is_put_is_what_is_loaded(store: Database) -> None:
    with store.write() as connection:
        fill(connection)
    with store.read() as connection:
        loaded = reference.load(connection)
    assert loaded.areas == {each.id: each for each in AREAS}
    assert loaded.agencies == {"office": OFFICE}
    assert loaded.settings == {"caseload_limit": LIMIT}
    assert loaded.swaps == {"vn_public": {date(2026, 1, 2): False}}
    assert loaded.decision_tables == {"legal": (rules(Y2017, "old", date(2025, 6, 30)), rules(Y2025, "new"))}


def test_a_snapshot_cannot_be_changed(store: Database) -> None:
    with store.write() as connection:
        fill(connection)
        loaded = reference.load(connection)
    with pytest.raises(TypeError):
        loaded.settings["caseload_limit"] = LIMIT  # type: ignore[index]


def test_what_is_put_again_is_changed(store: Database) -> None:
    with store.write() as connection:
        fill(connection)
        reference.put_settings(connection, [replace(LIMIT, value=30, unconfirmed=False)])
        reference.put_swaps(connection, [replace(SWAP, worked=True)])
        reference.put_agencies(connection, [replace(OFFICE, valid_to=date(2026, 1, 1))])
        reference.put_holdings(connection, [replace(HELD, valid_to=date(2026, 1, 1))])
        loaded = reference.load(connection)
        assert loaded.settings["caseload_limit"].value == 30
        assert loaded.swaps["vn_public"][date(2026, 1, 2)] is True
        assert loaded.agencies["office"].valid_to == date(2026, 1, 1)
        assert connection.execute(select(holding.c.valid_to)).scalars().all() == [date(2026, 1, 1)]


def test_of_two_texts_for_the_same_day_the_later_put_holds_and_the_other_stays_for_the_record(
    store: Database,
) -> None:
    with store.write() as connection:
        reference.put_decision_table(connection, rules(Y2025, "b"))
        reference.put_decision_table(connection, rules(Y2025, "a"))
        found = {each.sha256: each.valid_to for each in reference.load(connection).decision_tables["legal"]}
    assert found == {"a": None, "b": date(2025, 6, 30)}


def test_a_text_put_again_after_another_holds_again(store: Database) -> None:
    with store.write() as connection:
        for sha256 in ("a", "b", "a"):
            reference.put_decision_table(connection, rules(Y2025, sha256))
        found = {each.sha256: each.valid_to for each in reference.load(connection).decision_tables["legal"]}
    assert found == {"a": None, "b": date(2025, 6, 30)}


CHANGES: dict[str, Callable[[Connection], object]] = {
    "areas": lambda connection: reference.put_areas(connection, AREAS, SUCCESSIONS),
    "cover": reference.rebuild_cover,
    "agencies": lambda connection: reference.put_agencies(connection, [OFFICE]),
    "actors": lambda connection: reference.put_actors(connection, [LAN]),
    "holdings": lambda connection: reference.put_holdings(connection, [HELD]),
    "settings": lambda connection: reference.put_settings(connection, [LIMIT]),
    "swaps": lambda connection: reference.put_swaps(connection, [SWAP]),
    "decision table": lambda connection: reference.put_decision_table(connection, rules(Y2025, "newer")),
    "definition": lambda connection: publish(connection, "a"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_raises_the_version_by_one(
    store: Database, change: Callable[[Connection], object]
) -> None:
    with store.write() as connection:
        fill(connection)
    before = version(store)
    with store.write() as connection:
        change(connection)
    assert version(store) == before + 1


def test_secrets_do_not_show_when_a_person_is_written_to_a_log() -> None:
    assert "hash" not in repr(LAN)
    assert "session-secret" not in repr(LAN)


# ------------------------------------------------------------------ definitions


def publish(connection: Connection, sha256: str, definition: str = "toy") -> int:
    source = f"id: {definition} # {sha256}"
    plain = {"id": definition}
    return reference.put_definition(connection, definition, sha256, source, plain, NOW, "admin")[0]


def test_versions_of_a_definition_are_numbered_from_one(store: Database) -> None:
    with store.write() as connection:
        numbers = [publish(connection, "a"), publish(connection, "b"), publish(connection, "a", "other")]
    assert numbers == [1, 2, 1]


def test_the_same_content_keeps_its_number_and_changes_nothing(store: Database) -> None:
    with store.write() as connection:
        publish(connection, "a")
        publish(connection, "b")
    before = version(store)
    with store.write() as connection:
        assert publish(connection, "a") == 1
        assert len(reference.definitions(connection)) == 2
    assert version(store) == before


def test_a_version_is_read_as_it_was_published(store: Database) -> None:
    with store.write() as connection:
        publish(connection, "a")
        row = reference.definition(connection, "toy", 1)
    assert row is not None
    assert (row.sha256, row.source, row.plain, row.status) == ("a", "id: toy # a", {"id": "toy"}, "published")
    assert (row.published_at, row.published_by) == (NOW, "admin")


def test_a_version_that_is_not_there_is_none(store: Database) -> None:
    with store.write() as connection:
        publish(connection, "a")
        assert reference.definition(connection, "toy", 2) is None
        assert "other" not in reference.load(connection).newest


def test_new_cases_follow_the_newest_version_that_is_not_retired(store: Database) -> None:
    with store.write() as connection:
        for sha256 in ("a", "b", "c"):
            publish(connection, sha256)
        newest = [reference.load(connection).newest.get("toy")]
        for number in (3, 1, 2):
            reference.retire_definition(connection, "toy", number)
            newest.append(reference.load(connection).newest.get("toy"))
    assert newest == [3, 2, 2, None]


def test_retiring_what_was_never_published_is_refused(store: Database) -> None:
    with pytest.raises(KeyError), store.write() as connection:
        reference.retire_definition(connection, "toy", 1)


def test_definitions_are_listed_by_name_and_number(store: Database) -> None:
    with store.write() as connection:
        for sha256, definition in (("a", "toy"), ("b", "toy"), ("a", "alpha")):
            publish(connection, sha256, definition)
        listed = [(each.definition, each.number) for each in reference.definitions(connection)]
    assert listed == [("alpha", 1), ("toy", 1), ("toy", 2)]


def test_people_who_publish_at_once_get_different_numbers(store: Database) -> None:
    numbers: list[int] = []

    def one(sha256: str) -> None:
        with store.write() as connection:
            numbers.append(publish(connection, sha256))

    threads = [Thread(target=one, args=(f"{number % 5}",)) for number in range(10)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(numbers) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_moments_come_back_in_utc(store: Database) -> None:
    with store.read() as connection:
        made = connection.execute(select(installation.c.created_at)).scalar_one()
    assert made == NOW
    assert made.utcoffset() == NOW.utcoffset()
