"""Moments: due, warning, what a screen says. What a step does to time limits: test_deadlines_plan.py."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from engine.calendar import Calendar
from engine.deadlines import (
    OpenDeadline,
    Remaining,
    breached,
    breaches,
    due,
    overdue,
    remaining,
    warn_at,
    warnings,
)
from engine.deadlines.moments import after_pause, moment
from engine.definition.flow import Duration, Unit

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = Calendar()
UNITS: list[Unit] = ["minutes", "hours", "days", "working_days", "weeks", "months", "years"]
MOMENTS = st.datetimes(datetime(2016, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))
AMOUNTS = st.integers(0, 60)
DURATIONS = st.builds(Duration, AMOUNTS, st.sampled_from(UNITS))


def local(text: str) -> datetime:
    """A moment written as the clock on the wall in Vietnam shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def due_of(start: str, amount: int, unit: Unit, calendar: Calendar = CALENDAR) -> datetime:
    return due(local(start), Duration(amount, unit), calendar, ZONE)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "expected"),
    [
        ("2026-03-05 20:15", 12, "hours", "2026-03-06 08:15"),
        ("2026-03-05 20:15", 90, "minutes", "2026-03-05 21:45"),
        ("2026-03-05 20:15", 0, "days", "2026-03-05 23:59:59"),
        ("2026-03-05 20:15", 1, "days", "2026-03-06 23:59:59"),
        ("2026-03-06 20:15", 1, "days", "2026-03-07 23:59:59"),  # a Saturday: calendar days stay there
        ("2026-03-05 20:15", 2, "weeks", "2026-03-19 23:59:59"),
        ("2026-01-31 08:00", 1, "months", "2026-02-28 23:59:59"),
        ("2028-01-31 08:00", 1, "months", "2028-02-29 23:59:59"),
        ("2026-08-31 08:00", 3, "months", "2026-11-30 23:59:59"),
        ("2026-11-30 08:00", 3, "months", "2027-02-28 23:59:59"),
        ("2028-02-29 08:00", 1, "years", "2029-02-28 23:59:59"),
        ("2028-02-29 08:00", 4, "years", "2032-02-29 23:59:59"),
        ("2026-03-06 09:00", 1, "working_days", "2026-03-09 23:59:59"),  # Friday to Monday
        ("2026-03-06 23:30", 5, "working_days", "2026-03-13 23:59:59"),
        ("2026-03-07 09:00", 1, "working_days", "2026-03-09 23:59:59"),  # Saturday counts from Monday
        ("2026-03-06 09:00", 0, "working_days", "2026-03-06 23:59:59"),
        ("2026-03-07 09:00", 0, "working_days", "2026-03-09 23:59:59"),
        ("2026-02-12 16:00", 5, "working_days", "2026-02-26 23:59:59"),  # over Tết 2026
        ("2025-01-23 16:00", 5, "working_days", "2025-02-06 23:59:59"),  # over Tết 2025
        ("2017-01-24 16:00", 2, "working_days", "2017-02-02 23:59:59"),  # over Tết 2017
        ("2026-08-20 16:00", 8, "working_days", "2026-09-03 23:59:59"),  # Saturday 22 worked, 31 to 2 free
    ],
)
def test_trap_18_a_limit_ends_as_the_law_counts_it(
    start: str, amount: int, unit: Unit, expected: str
) -> None:
    assert due_of(start, amount, unit) == local(expected)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (datetime(2026, 3, 5, 16, 59, 59, tzinfo=UTC), "2026-03-06 23:59:59"),  # 23:59:59 in Vietnam
        (datetime(2026, 3, 5, 17, 0, tzinfo=UTC), "2026-03-07 23:59:59"),  # midnight in Vietnam
        (datetime(2025, 12, 31, 17, 0, tzinfo=UTC), "2026-01-02 23:59:59"),  # new year in Vietnam
    ],
)
def test_trap_18_the_day_begins_at_midnight_in_vietnam_not_in_greenwich(
    start: datetime, expected: str
) -> None:
    assert due(start, Duration(1, "days"), CALENDAR, ZONE) == local(expected)


def test_a_swap_of_the_administrator_moves_a_limit_in_working_days_only() -> None:
    friday_off = Calendar(swaps={date(2026, 3, 6): False})
    assert due_of("2026-03-05 09:00", 1, "working_days", friday_off) == local("2026-03-09 23:59:59")
    assert due_of("2026-03-05 09:00", 1, "days", friday_off) == local("2026-03-06 23:59:59")


def test_a_limit_is_kept_at_its_due_moment_and_breached_after_it() -> None:
    at = due_of("2026-03-05 09:00", 0, "days")
    assert not overdue(at, at)
    assert overdue(at, at + timedelta(microseconds=1))


def test_trap_18_a_date_without_an_hour_stands_for_its_own_day() -> None:
    assert moment(date(2026, 3, 5), ZONE) == local("2026-03-05 00:00")
    assert moment(datetime(2026, 3, 5, 1, 0, tzinfo=UTC), ZONE) == local("2026-03-05 08:00")
    assert moment(None, ZONE) is None


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_mistyped_year_gives_a_far_limit_that_can_be_shown_and_no_error(day: date, unit: Unit) -> None:
    start = moment(day, ZONE)
    assert start is not None
    at = due(start, Duration(5, unit), CALENDAR, ZONE)
    warned = warn_at(at, Duration(7, unit), CALENDAR, ZONE)
    assert start.astimezone(ZONE) <= at.astimezone(ZONE)
    assert warned is not None
    assert warned.astimezone(ZONE) <= at


@given(MOMENTS, DURATIONS)
@example(local("2026-03-05 23:59:59.5"), Duration(0, "days"))
def test_a_limit_is_never_due_before_its_start(start: datetime, duration: Duration) -> None:
    assert due(start, duration, CALENDAR, ZONE) >= start


@given(MOMENTS, MOMENTS, DURATIONS)
def test_a_later_start_is_never_due_earlier(one: datetime, two: datetime, duration: Duration) -> None:
    assert due(min(one, two), duration, CALENDAR, ZONE) <= due(max(one, two), duration, CALENDAR, ZONE)


@given(MOMENTS, DURATIONS, AMOUNTS)
def test_a_longer_limit_is_never_due_earlier(start: datetime, duration: Duration, more: int) -> None:
    longer = Duration(duration.amount + more, duration.unit)
    assert due(start, duration, CALENDAR, ZONE) <= due(start, longer, CALENDAR, ZONE)


@given(MOMENTS, AMOUNTS)
def test_a_limit_in_working_days_ends_in_the_last_second_of_a_working_day(
    start: datetime, amount: int
) -> None:
    end = due(start, Duration(amount, "working_days"), CALENDAR, ZONE).astimezone(ZONE)
    assume(start.astimezone(ZONE) <= end.replace(microsecond=0))
    assert CALENDAR.is_working(end)
    assert (end.hour, end.minute, end.second) == (23, 59, 59)


@pytest.mark.parametrize(
    ("due_at", "amount", "unit", "expected"),
    [
        ("2026-03-06 08:15", 2, "hours", "2026-03-06 06:15"),
        ("2026-03-06 05:15", 0, "days", "2026-03-06 00:00"),
        ("2026-03-10 23:59:59", 2, "days", "2026-03-08 00:00"),
        ("2026-03-10 23:59:59", 2, "working_days", "2026-03-06 00:00"),
        ("2026-02-24 23:59:59", 2, "working_days", "2026-02-13 00:00"),  # back over Tết
        ("2026-03-31 23:59:59", 1, "months", "2026-02-28 00:00"),
    ],
)
def test_a_warning_in_days_comes_at_the_beginning_of_its_day(
    due_at: str, amount: int, unit: Unit, expected: str
) -> None:
    assert warn_at(local(due_at), Duration(amount, unit), CALENDAR, ZONE) == local(expected)


def test_without_a_declared_warning_there_is_none() -> None:
    assert warn_at(local("2026-03-06 08:15"), None, CALENDAR, ZONE) is None


@given(MOMENTS, DURATIONS)
def test_a_warning_never_comes_after_the_due_moment(due_at: datetime, warn: Duration) -> None:
    at = warn_at(due_at, warn, CALENDAR, ZONE)
    assert at is not None
    assert at <= due_at


@pytest.mark.parametrize(
    ("unit", "paused", "resumed", "expected"),
    [
        ("hours", "2026-03-05 10:00", "2026-03-05 16:30", "2026-03-07 06:29:59"),
        ("days", "2026-03-05 10:00", "2026-03-05 16:30", "2026-03-06 23:59:59"),  # the same local day
        ("days", "2026-03-05 23:59", "2026-03-06 00:01", "2026-03-07 23:59:59"),
        ("months", "2026-03-05 10:00", "2026-03-15 10:00", "2026-03-16 23:59:59"),
        ("working_days", "2026-03-05 10:00", "2026-03-07 10:00", "2026-03-09 23:59:59"),
        ("working_days", "2026-03-06 10:00", "2026-03-07 10:00", "2026-03-09 23:59:59"),  # nothing left
        ("working_days", "2026-03-06 10:00", "2026-03-10 10:00", "2026-03-10 23:59:59"),
    ],
)
def test_a_pause_moves_friday_evening_on_in_the_units_of_the_limit(
    unit: Unit, paused: str, resumed: str, expected: str
) -> None:
    friday = local("2026-03-06 23:59:59")
    assert after_pause(friday, unit, local(paused), local(resumed), CALENDAR, ZONE) == local(expected)


@given(MOMENTS, DURATIONS, st.timedeltas(timedelta(0), timedelta(400)), st.floats(0, 1))
def test_a_limit_that_was_kept_when_paused_is_kept_when_resumed(
    start: datetime, duration: Duration, length: timedelta, part: float
) -> None:
    due_at = due(start, duration, CALENDAR, ZONE)
    paused_at = min(start + (due_at - start) * part, due_at)
    resumed_at = paused_at + length
    assume(due_at.astimezone(ZONE) >= due_at.astimezone(ZONE).replace(microsecond=0))
    moved = after_pause(due_at, duration.unit, paused_at, resumed_at, CALENDAR, ZONE)
    assert moved + timedelta(seconds=1) > resumed_at
    assert moved + timedelta(seconds=1) > due_at


@pytest.mark.parametrize(
    ("due_at", "now", "unit", "expected"),
    [
        ("2026-03-06 14:00", "2026-03-06 14:10", "hours", Remaining("late", 1, "hours")),
        ("2026-03-06 14:00", "2026-03-08 14:00", "hours", Remaining("late", 48, "hours")),
        ("2026-03-06 14:00", "2026-03-08 15:00", "hours", Remaining("late", 2, "days")),
        ("2026-03-06 23:59:59", "2026-03-07 00:00", "days", Remaining("late", 1, "days")),
        ("2026-03-06 23:59:59", "2026-03-08 09:00", "working_days", Remaining("late", 2, "days")),
        ("2026-03-06 23:59:59", "2026-03-10 09:00", "working_days", Remaining("late", 2, "working_days")),
        ("2026-03-06 23:59:59", "2026-03-06 23:59:59", "days", Remaining("today", 0, "hours")),
        ("2026-03-06 23:59:59", "2026-03-06 09:00", "working_days", Remaining("today", 14, "hours")),
        ("2026-03-07 14:00", "2026-03-06 09:30", "hours", Remaining("soon", 28, "hours")),
        ("2026-03-09 23:59:59", "2026-03-06 09:00", "working_days", Remaining("soon", 1, "working_days")),
        ("2026-03-09 23:59:59", "2026-03-06 09:00", "days", Remaining("soon", 3, "days")),
        ("2026-03-10 23:59:59", "2026-03-06 09:00", "working_days", Remaining("later", 2, "working_days")),
        ("2026-03-10 23:59:59", "2026-03-06 09:00", "hours", Remaining("later", 4, "days")),
        ("2026-03-08 23:59:59", "2026-03-06 23:00", "weeks", Remaining("soon", 2, "days")),
    ],
)
def test_a_screen_says_how_a_limit_stands(due_at: str, now: str, unit: Unit, expected: Remaining) -> None:
    assert remaining(local(due_at), local(now), CALENDAR, ZONE, unit=unit) == expected


@pytest.mark.parametrize(("now", "kind"), [("2026-03-15 23:59:59", "later"), ("2026-03-16 00:00", "soon")])
def test_a_limit_with_a_warning_is_soon_from_its_warning_on(now: str, kind: str) -> None:
    due_at, warned = local("2026-03-31 23:59:59"), local("2026-03-16 00:00")
    assert remaining(due_at, local(now), CALENDAR, ZONE, warn_at=warned).kind == kind


def test_a_late_warning_keeps_no_limit_from_being_soon() -> None:
    due_at, warned = local("2026-03-09 23:59:59"), local("2026-03-09 19:59:59")
    friday, thursday = local("2026-03-06 09:00"), local("2026-03-05 09:00")
    assert remaining(due_at, friday, CALENDAR, ZONE, warn_at=warned).kind == "soon"
    assert remaining(due_at, thursday, CALENDAR, ZONE, warn_at=warned).kind == "later"


def open_deadline(
    name: str, due_at: str, warned: str | None = None, paused: str | None = None
) -> OpenDeadline:
    return OpenDeadline(
        id=name,
        key=name,
        scope="state",
        state="review",
        entry=1,
        start_at=local("2026-03-01 08:00"),
        due_at=local(due_at),
        warn_at=local(warned) if warned else None,
        rule={},
        paused_at=local(paused) if paused else None,
    )


OPEN = (
    open_deadline("second", "2026-03-06 12:00", "2026-03-05 00:00"),
    open_deadline("first", "2026-03-05 12:00", "2026-03-04 00:00"),
    open_deadline("silent", "2026-03-06 12:00"),
    open_deadline("paused", "2026-03-05 12:00", "2026-03-04 00:00", paused="2026-03-03 08:00"),
)


@pytest.mark.parametrize(
    ("now", "to_warn", "missed"),
    [
        ("2026-03-03 23:59", [], []),
        ("2026-03-04 00:00", ["first"], []),
        ("2026-03-05 00:00", ["first", "second"], []),
        ("2026-03-05 12:00", ["first", "second"], []),
        ("2026-03-05 12:01", ["second"], ["first"]),
        (
            "2026-03-09 08:00",
            [],
            ["first", "second", "silent"],
        ),  # after days of standing still: breaches alone
    ],
)
def test_warnings_and_breaches_come_each_at_its_own_moment_and_never_while_paused(
    now: str, to_warn: list[str], missed: list[str]
) -> None:
    assert [each.id for each in warnings(OPEN, local(now))] == to_warn
    assert [each.id for each in breaches(OPEN, local(now))] == missed


def test_what_was_missed_before_its_pause_stays_missed() -> None:
    late = open_deadline("late", "2026-03-05 12:00", paused="2026-03-05 12:01")
    assert breached(late, local("2026-03-05 12:01"))
    assert breached(late, local("2026-04-05 12:01"))
