"""How alike two people are: by name, birth, sex, place and relatives; the same both ways round."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.duplicates import SCALE, Person, is_shown, likeness, name_likeness
from tests.engine.registry.test_names import NAMES

PEOPLE = st.builds(
    Person,
    name=NAMES | st.just("") | st.text(max_size=8),
    born=st.none() | st.dates(date(2008, 1, 1), date(2014, 12, 31)),
    year=st.none() | st.integers(2008, 2014),
    sex=st.sampled_from(["", "male", "female", "unknown"]),
    areas=st.frozensets(st.sampled_from(["01906", "01882", "01912"])),
    relatives=st.lists(NAMES, max_size=2).map(tuple),
)
LAN = Person(name="Triệu Thị Lan", born=date(2012, 3, 1), sex="female", areas=frozenset({"ba_be"}))


def agree(one: Person, other: Person) -> dict[str, str]:
    return dict(likeness(one, other).agree)


@given(PEOPLE, PEOPLE)
def test_it_is_the_same_both_ways_round(one: Person, other: Person) -> None:
    assert likeness(one, other) == likeness(other, one)


@given(PEOPLE, PEOPLE)
def test_nobody_is_more_alike_than_the_very_same(one: Person, other: Person) -> None:
    assert likeness(one, one).weight >= likeness(one, other).weight


@given(NAMES, NAMES)
def test_names_are_alike_from_none_to_one_and_both_ways_round(one: str, other: str) -> None:
    assert 0 <= name_likeness(one, other) == name_likeness(other, one) <= 1
    assert name_likeness(one, normalize("NFD", one).upper()) == 1


@given(PEOPLE, NAMES)
def test_however_letters_are_encoded_it_is_the_same_person(one: Person, name: str) -> None:
    one = replace(one, name=normalize("NFC", name))
    other = replace(one, name=normalize("NFD", name))
    assert likeness(one, other) == likeness(one, one)


@pytest.mark.parametrize(
    "other",
    [
        "TRIỆU THỊ LAN", "Trieu Thi Lan", "Triệu Lan", "Lan Triệu Thị", "Triệu  Thị  Lán",
    ],
)  # fmt: skip
def test_a_name_without_tones_without_its_middle_or_in_another_order_is_the_same(other: str) -> None:
    assert agree(LAN, Person(name=other)) == {"name": "same"}


@pytest.mark.parametrize("other", ["Triệu T. L.", "Triệu Thị Lam", "Triệu Thị Laan", "Triệu Thị Lna"])
def test_initials_and_a_slip_of_the_pen_are_close(other: str) -> None:
    assert agree(LAN, Person(name=other)) == {"name": "close"}


@pytest.mark.parametrize("other", ["Triệu Thị Mai", "Lý Văn Lan", "Lan", "Triệu", "Hoàng Văn Páo", "…", ""])
def test_brothers_and_sisters_and_a_single_syllable_are_not_alike(other: str) -> None:
    assert agree(LAN, Person(name=other)) == {}
    assert agree(replace(LAN, name="Triệu Thị Ngọc Lan"), Person(name="Triệu Thị Ngọc Mai")) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đặng Văn Đức", "dang van duc"),
        ("Lý Thị Mỷ", "Lí Thị Mỹ"),
        ("Hoà", "Hòa"),
        ("Lò A Sính", "Lo A Sinh"),
    ],
)
def test_bars_tones_and_i_for_y_make_no_other_name(one: str, other: str) -> None:
    pair = (Person(name=f"{one} Anh"), Person(name=f"{other} Anh"))
    assert agree(*pair) == {"name": "same"}


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ({"born": date(2012, 3, 1)}, {"born": date(2012, 3, 1)}, "same"),
        ({"born": date(2012, 3, 1)}, {"born": date(2012, 1, 3)}, "close"),
        ({"born": date(2012, 12, 31)}, {"born": date(2013, 1, 1)}, None),
        ({"born": date(2012, 3, 1)}, {"year": 2013}, "close"),
        ({"year": 2011}, {"year": 2012}, "close"),
        ({"year": 2011}, {"year": 2013}, None),
        ({"born": date(2012, 3, 1), "year": 2009}, {"year": 2009}, None),
        ({"born": date(2012, 3, 1)}, {}, None),
    ],
)
def test_birth_agrees_by_day_by_year_or_by_an_estimate_a_year_off(
    one: dict, other: dict, how: str | None
) -> None:  # type: ignore[type-arg]
    assert likeness(Person(**one), Person(**other)).agree.get("born") == how


def test_births_too_far_apart_and_another_sex_speak_against() -> None:
    assert is_shown(likeness(LAN, Person(name=LAN.name)))
    assert not is_shown(likeness(LAN, Person(name=LAN.name, born=date(2009, 3, 1))))
    assert not is_shown(likeness(LAN, Person(name=LAN.name, sex="male")))
    assert is_shown(likeness(LAN, Person(name=LAN.name, sex="unknown")))


def test_place_and_sex_alone_show_nobody_and_a_relative_tells_where_there_is_no_name() -> None:
    mother = ("Bàn Thị Thu",)
    nameless = replace(LAN, name="", relatives=mother)
    assert not is_shown(likeness(replace(LAN, name=""), LAN))
    assert not is_shown(likeness(nameless, Person(relatives=mother)))
    assert is_shown(likeness(nameless, replace(LAN, relatives=mother)))
    assert agree(nameless, replace(LAN, relatives=mother)) == {
        "born": "same", "sex": "same", "area": "same", "relative": "same",
    }  # fmt: skip


def test_weights_are_data() -> None:
    alone = replace(SCALE, shown=1000)
    assert not is_shown(likeness(LAN, LAN), alone)
    assert likeness(LAN, LAN, replace(SCALE, exact_name=50)).weight == likeness(LAN, LAN).weight + 45
