"""Who may be the same: found within reach, ended cases too, never again once somebody has decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert

from engine import Engine
from engine.duplicates import Candidate, candidates
from engine.listing import Listing
from engine.registry.duplicates import Person
from engine.store.ground import area_cover
from tests.engine.wide import hire
from tests.support.world import BA_BE, CHO_RA, NOON, TOY, change, fire, open_toy

PERSONAL = """  sex: {type: choice, title: {vi: Giới tính, en: Sex}, of: child, options: {male: {vi: Nam, en: Male}, female: {vi: Nữ, en: Female}}}
  age: {type: integer, title: {vi: Tuổi ước lượng, en: Estimated age}, of: child}
  mother: {type: text, title: {vi: Mẹ, en: Mother}, of: guardian, searchable: true}
  family: {type: table, title: {vi: Gia đình, en: Family}, of: guardian, columns: {who: {type: text, title: {vi: Họ tên, en: Name}, searchable: true}}}
  number: {type: text"""
ALIKE = (
    TOY.replace("  number: {type: text", PERSONAL)
    .replace(
        "born: optional}", "born: optional, sex: optional, age: optional, mother: optional, family: optional}"
    )
    .replace('commune_chair: "*"', 'commune_chair: "*"\n  collaborator: [name]')
    .replace(
        "stages:",
        "duplicates: {name: name, born: born, age: age, sex: sex, relatives: [mother, family], states: [draft]}\nstages:",
    )
)
LAN = Person(name="Triệu Thị Lan", born=date(2012, 3, 1), areas=frozenset({BA_BE}))


@pytest.fixture
def engine(toy: Engine) -> Engine:
    change(toy, ALIKE)
    return toy


def asked(engine: Engine, person: Person, actor: str = "officer", **more: Any) -> list[Candidate]:
    with engine.database.read() as connection:
        listing = Listing(engine, connection, actor)
        return candidates(listing, listing.workflows["toy"].definition, person, **more)


def ids(engine: Engine, person: Person, actor: str = "officer", **more: Any) -> list[str]:
    return [each.listed.case.id for each in asked(engine, person, actor, **more)]


def report(engine: Engine, actor: str = "officer", **values: Any) -> str:
    usual = {"name": "Triệu Thị Lan", "born": date(2012, 3, 1)}
    opened = open_toy(engine, actor, **(usual | values))
    assert opened.applied, opened.blockers
    return opened.case


def test_the_same_child_is_found_with_what_agrees(engine: Engine) -> None:
    case = report(engine, sex="female")
    report(engine, name="Triệu Thị Mai")
    (found,) = asked(engine, replace(LAN, sex="female"))
    assert found.listed.case.id == case
    assert found.likeness.agree == {"name": "same", "born": "same", "sex": "same", "area": "same"}


@pytest.mark.parametrize(
    "name", ["trieu thi lan", "Triệu Lan", "Lan Triệu", "Triệu T. L.", "TRIỆU THỊ LÀN", "Triệu Thị Lam"]
)
def test_however_a_report_writes_the_name_the_case_is_found(engine: Engine, name: str) -> None:
    case = report(engine)
    assert ids(engine, replace(LAN, name=name)) == [case]


@pytest.mark.parametrize("name", ["trieu thi lan", "Triệu Lan", "Lan Triệu", "Triệu T. L.", "Lí Thị Mĩ"])
def test_however_a_case_writes_the_name_it_is_found(engine: Engine, name: str) -> None:
    case = report(engine, name=name)
    typed = "Lý Thị Mỹ" if name.startswith("Lí") else LAN.name
    assert ids(engine, replace(LAN, name=typed)) == [case]


def test_only_cases_within_reach_are_shown(engine: Engine) -> None:
    there = report(engine, "other_officer", place=CHO_RA)
    assert ids(engine, LAN) == ids(engine, LAN, "nobody") == ids(engine, LAN, "admin") == []
    assert ids(engine, LAN, "lead") == ids(engine, LAN, "other_officer") == [there]
    here = report(engine)
    assert ids(engine, LAN) == [here]
    assert ids(engine, LAN, "lead") == [here, there]  # the same place counts


def test_an_ended_case_is_found_too(engine: Engine) -> None:
    case = report(engine)
    assert fire(engine, case, "ask", "officer", amount=1, urgency="high").applied
    assert fire(engine, case, "grant", "chair", number="1").applied
    (found,) = asked(engine, LAN)
    assert (found.listed.case.id, found.listed.case.closed_at) == (case, NOON)


def test_what_is_excluded_is_not_asked_about(engine: Engine) -> None:
    first, second = report(engine), report(engine)
    assert set(ids(engine, LAN)) == {first, second}
    assert ids(engine, LAN, but={first}) == [second]


def test_only_what_the_reader_may_read_is_compared(engine: Engine) -> None:
    case = report(engine)
    hire(engine, "helper", "collaborator")
    (found,) = asked(engine, LAN, "helper")
    assert found.listed.case.id == case
    assert found.likeness.agree == {"name": "same", "area": "same"}  # the birth date is not for this reader
    assert ids(engine, replace(LAN, name="", relatives=("Bàn Thị Thu",)), "helper") == []


def test_a_relative_leads_to_a_child_whose_name_is_not_known(engine: Engine) -> None:
    nameless = Person(born=date(2012, 3, 1), areas=frozenset({BA_BE}), relatives=("Bàn Thị Thu",))
    by_mother = report(engine, mother="Bàn Thị Thu", name=None)
    by_table = report(engine, family=({"who": "Triệu Văn Đức"}, {"who": "ban thi thu"}))
    report(engine, mother="Bàn Thị Thu", born=date(2008, 1, 1))
    assert set(ids(engine, nameless)) == {by_mother, by_table}


def test_an_estimated_age_agrees_a_year_off(engine: Engine) -> None:
    case = report(engine, born=None, age=14)
    (found,) = asked(engine, replace(LAN, born=date(2011, 3, 1)))
    assert (found.listed.case.id, found.likeness.agree["born"]) == (case, "close")


def test_an_area_that_was_made_of_another_is_the_same_place(engine: Engine) -> None:
    report(engine, "other_officer", place=CHO_RA)
    with engine.database.write() as connection:
        connection.execute(insert(area_cover), {"area": BA_BE, "covered": CHO_RA})
    with engine.database.read() as connection:
        land = Listing(engine, connection, "officer").land_of({BA_BE})[BA_BE]
    (found,) = asked(engine, replace(LAN, areas=land))
    assert found.likeness.agree["area"] == "same"


def test_a_common_name_shows_the_likeliest_first_and_few(engine: Engine) -> None:
    others = [report(engine, born=None) for _ in range(7)]
    same = report(engine)
    found = ids(engine, LAN, most=5)
    assert (found[0], len(found), set(found[1:]) <= set(others)) == (same, 5, True)


@pytest.mark.parametrize("name", ["", "  ", "…", "Zz", "không ai"])
def test_nobody_is_found_for_nothing(engine: Engine, name: str) -> None:
    report(engine)
    assert ids(engine, Person(name=name)) == []
