from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import Calendar

CALENDAR = Calendar()
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
AMOUNTS = st.integers(0, 400)
SWAPS = st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.booleans(), max_size=40)


@pytest.mark.parametrize(
    ("last_worked", "first_worked"),
    [
        (date(2017, 1, 25), date(2017, 2, 2)),
        (date(2019, 2, 1), date(2019, 2, 11)),
        (date(2023, 1, 19), date(2023, 1, 27)),
        (date(2024, 2, 7), date(2024, 2, 15)),
        (date(2025, 1, 24), date(2025, 2, 3)),
        (date(2026, 2, 13), date(2026, 2, 23)),
    ],
)
def test_nobody_works_from_the_eve_of_tet_to_its_last_day(last_worked: date, first_worked: date) -> None:
    assert CALENDAR.is_working(last_worked)
    assert CALENDAR.add_working_days(last_worked, 1) == first_worked
    assert CALENDAR.add_working_days(first_worked, -1) == last_worked


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 27),  # for the Hung Kings' day, a Sunday in 2026
        date(2026, 4, 30),
        date(2026, 5, 1),
        date(2026, 9, 1),
        date(2026, 9, 2),
        date(2026, 11, 24),
        date(2026, 11, 28),  # a Saturday
    ],
)
def test_public_holidays_and_weekends_are_days_off(day: date) -> None:
    assert not CALENDAR.is_working(day)


def test_24_november_is_a_holiday_only_from_2026() -> None:
    assert CALENDAR.is_working(date(2025, 11, 24))
    assert not CALENDAR.is_working(date(2026, 11, 24))


@pytest.mark.parametrize(
    ("day_off", "saturday_worked"),
    [
        (date(2015, 1, 2), date(2014, 12, 27)),  # over the turn of the year, both ways
        (date(2018, 12, 31), date(2019, 1, 5)),
        (date(2025, 5, 2), date(2025, 4, 26)),
        (date(2026, 8, 31), date(2026, 8, 22)),
    ],
)
def test_an_official_swap_frees_one_day_and_works_a_saturday(day_off: date, saturday_worked: date) -> None:
    assert not CALENDAR.is_working(day_off)
    assert CALENDAR.is_working(saturday_worked)


@pytest.mark.parametrize("year", [2024, 2025])
def test_the_first_week_of_september_has_two_days_off_for_the_national_day(year: int) -> None:
    first_days = [date(year, 9, 1) + timedelta(days=each) for each in range(3)]
    weekdays = [day for day in first_days if day.weekday() < 5]
    assert sum(not CALENDAR.is_working(day) for day in weekdays) == 2


def test_the_administrators_swaps_win_over_holidays_weekends_and_official_swaps() -> None:
    swaps = {
        date(2026, 9, 2): True,
        date(2026, 8, 22): False,
        date(2026, 8, 31): True,
        date(2026, 11, 25): False,
        date(2026, 11, 28): True,
    }
    calendar = Calendar(swaps=swaps)
    assert {day: calendar.is_working(day) for day in swaps} == swaps
    assert {day: CALENDAR.is_working(day) for day in swaps} == {
        day: not worked for day, worked in swaps.items()
    }


def test_another_weekend_may_be_declared() -> None:
    saturdays_worked = Calendar(weekend={6})
    assert saturdays_worked.is_working(date(2026, 3, 7))
    assert not saturdays_worked.is_working(date(2026, 3, 8))


def test_a_calendar_without_a_working_weekday_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one working weekday"):
        Calendar(weekend=range(7))


def test_a_country_without_a_table_of_holidays_is_refused_at_once() -> None:
    with pytest.raises(NotImplementedError):
        Calendar("XX")


def test_a_leap_day_is_counted() -> None:
    assert CALENDAR.add_working_days(date(2028, 2, 28), 1) == date(2028, 2, 29)
    assert CALENDAR.add_working_days(date(2027, 2, 26), 1) == date(2027, 3, 1)


def test_zero_working_days_is_the_day_itself_or_the_next_working_day() -> None:
    assert CALENDAR.add_working_days(date(2026, 3, 6), 0) == date(2026, 3, 6)
    assert CALENDAR.add_working_days(date(2026, 3, 7), 0) == date(2026, 3, 9)
    assert CALENDAR.add_working_days(date(2023, 12, 30), 0) == date(2024, 1, 2)


@pytest.mark.parametrize("amount", [4_000_000, -4_000_000])
def test_counting_beyond_the_calendar_is_an_overflow_and_does_not_hang(amount: int) -> None:
    with pytest.raises(OverflowError):
        CALENDAR.add_working_days(date(2026, 1, 5), amount)


@settings(deadline=None)  # a calendar of its own for each example
@given(DAYS, AMOUNTS, SWAPS)
def test_counted_days_are_worked_and_as_many_as_said(day: date, amount: int, swaps: dict[date, bool]) -> None:
    calendar = Calendar(swaps=swaps)
    reached = calendar.add_working_days(day, amount)
    assert calendar.is_working(reached)
    assert reached >= day
    counted = sum(calendar.is_working(day + timedelta(days=each + 1)) for each in range((reached - day).days))
    if amount or calendar.is_working(day):
        assert counted == amount
    assert calendar.working_days_between(day, reached) == counted


@given(DAYS, st.integers(1, 400))
def test_counting_back_is_counting_on_in_the_mirror(day: date, amount: int) -> None:
    before = CALENDAR.add_working_days(day, -amount)
    assert CALENDAR.is_working(before)
    between = (before + timedelta(days=each) for each in range((day - before).days))
    assert sum(map(CALENDAR.is_working, between)) == amount


@given(DAYS, DAYS, DAYS)
def test_working_days_between_add_up_and_change_sign_with_the_direction(
    one: date, two: date, three: date
) -> None:
    between = CALENDAR.working_days_between
    assert between(one, two) + between(two, three) == between(one, three)
    assert between(one, two) == -between(two, one)
