from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition.model import Field, FieldType
from engine.definition.text import Text
from engine.ledger.body import canonical
from engine.values import LARGEST_INTEGER, NotAValue, from_json, moment, to_json

LETTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
TEXT = st.text(LETTERS).map(lambda text: normalize("NFC", text))
INTEGER = st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
SCALARS: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: TEXT,
    FieldType.LONG_TEXT: TEXT,
    FieldType.INTEGER: INTEGER,
    FieldType.DECIMAL: st.decimals(allow_nan=False, allow_infinity=False),
    FieldType.MONEY: INTEGER,
    FieldType.DATE: st.dates(),
    FieldType.DATETIME: st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(fold=0)),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.CHOICE: TEXT,
    FieldType.CHOICES: st.lists(TEXT).map(tuple),
    FieldType.ACTOR: TEXT,
    FieldType.AGENCY: TEXT,
    FieldType.AREA: st.just("01906@2025-07-01"),
    FieldType.CASE: st.just("01906-2026-00012"),
}


def a_field(kind: FieldType, columns: dict[str, Field] | None = None) -> Field:
    return Field(key="f", type=kind, title=Text(), columns=columns or {})


COLUMNS = {f"c_{kind.value}": a_field(kind) for kind in SCALARS}
ROWS = st.lists(
    st.fixed_dictionaries(
        {}, optional={f"c_{kind.value}": st.none() | values for kind, values in SCALARS.items()}
    ),
    max_size=3,
).map(tuple)
TYPED = st.one_of(
    *(values.map(lambda value, kind=kind: (value, a_field(kind))) for kind, values in SCALARS.items()),
    ROWS.map(lambda rows: (rows, a_field(FieldType.TABLE, COLUMNS))),
)


@given(TYPED)
def test_every_typed_value_comes_back_as_it_was(case: tuple[Any, Field]) -> None:
    value, field = case
    back = from_json(to_json(value), field)
    assert (back, type(back), repr(back)) == (value, type(value), repr(value))


@given(TYPED)
def test_the_json_of_a_value_is_always_canonical(case: tuple[Any, Field]) -> None:
    canonical({"value": to_json(case[0])})


def test_every_type_of_field_is_tried() -> None:
    assert {*SCALARS, FieldType.TABLE} == set(FieldType)


@pytest.mark.parametrize("kind", FieldType)
def test_nothing_stays_nothing(kind: FieldType) -> None:
    assert from_json(to_json(None), a_field(kind)) is None


def test_text_is_kept_in_one_form() -> None:
    assert to_json(normalize("NFD", "Thuỷ")) == normalize("NFC", "Thuỷ")


def test_a_decimal_keeps_its_places() -> None:
    assert str(from_json(to_json(Decimal("1.50")), a_field(FieldType.DECIMAL))) == "1.50"


def test_a_moment_is_written_in_utc_to_the_microsecond() -> None:
    hanoi = timezone(timedelta(hours=7))
    assert moment(datetime(2026, 11, 23, 9, 5, tzinfo=hanoi)) == "2026-11-23T02:05:00.000000Z"


def test_a_moment_in_another_zone_comes_back_as_the_same_moment_in_utc() -> None:
    at = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=7)))
    back = from_json(to_json(at), a_field(FieldType.DATETIME))
    assert back == at
    assert back.tzinfo is UTC


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    BIG = 3


def test_subclasses_are_written_as_what_they_are() -> None:
    value = MappingProxyType({"colour": Colour.RED, "size": Size.BIG, "on": date(2026, 1, 2), "none": None})
    written = canonical(to_json(value))
    assert written == b'{"colour":"red","none":null,"on":"2026-01-02","size":3}'


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        Decimal("NaN"),
        Decimal("-Infinity"),
        LARGEST_INTEGER + 1,
        -LARGEST_INTEGER - 1,
        datetime(2026, 1, 1),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=7))),
        "half \ud800",
        "with \0",
        b"bytes",
        {"ngày": 1},
        {1: "one"},
        ({"row": (1.5,)},),
        {"a", "set"},
    ],
)
def test_what_no_field_can_hold_is_refused(value: object) -> None:
    with pytest.raises(NotAValue):
        to_json(value)


@pytest.mark.parametrize(
    ("kind", "json"),
    [
        (FieldType.TEXT, 1),
        (FieldType.INTEGER, "1"),
        (FieldType.INTEGER, True),
        (FieldType.MONEY, 1.0),
        (FieldType.DECIMAL, 1),
        (FieldType.DECIMAL, "NaN"),
        (FieldType.DECIMAL, "one"),
        (FieldType.DATE, "2026-02-30"),
        (FieldType.DATE, 20260230),
        (FieldType.DATETIME, "2026-01-01T00:00:00"),
        (FieldType.DATETIME, "0001-01-01T00:00:00+07:00"),
        (FieldType.BOOLEAN, 1),
        (FieldType.CHOICE, ["a"]),
        (FieldType.CHOICES, "ab"),
        (FieldType.CHOICES, [1]),
        (FieldType.TABLE, {}),
        (FieldType.TABLE, ["row"]),
    ],
)
def test_json_that_does_not_fit_its_field_is_refused(kind: FieldType, json: object) -> None:
    with pytest.raises(NotAValue, match="what is stored in f "):
        from_json(json, a_field(kind))


def test_a_wrong_cell_names_its_column_and_never_the_value() -> None:
    table = a_field(
        FieldType.TABLE, {"visited_on": Field(key="visited_on", type=FieldType.DATE, title=Text())}
    )
    with pytest.raises(NotAValue) as refusal:
        from_json([{"visited_on": "Triệu Thị Lan"}], table)
    assert "Lan" not in str(refusal.value)


def test_a_column_no_longer_declared_keeps_its_json() -> None:
    assert from_json([{"old": "2026-01-02"}], a_field(FieldType.TABLE)) == ({"old": "2026-01-02"},)
