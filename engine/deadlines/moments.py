"""From a start and the words of the law to a due moment, a warning, and what a screen says of it.

Arithmetic of time only (semantics.md §4): nothing here knows states, cases or which rule applies.
All moments are aware; answers are in UTC; days are days of the installation's time zone.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from engine.calendar import Calendar
from engine.definition.flow import Duration, Unit

Kind = Literal["late", "today", "soon", "later"]
Told = Literal["hours", "days", "working_days"]

ELAPSED: dict[str, timedelta] = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}
LAST_SECOND = time(23, 59, 59)
# A mistyped year must not stop a step: what lies beyond is held where every time zone can still show it.
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def due(start: datetime, duration: Duration, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """The last moment, in UTC, at which a limit of `duration` from `start` is still kept.

    Minutes and hours are elapsed time. Days, weeks, months and years run to 23:59:59 in `zone` of the day
    reached, the first day not counted, a missing day of a month clipped to its last. Working days count
    from the next working day. 0 days is the same day; 0 working days is the same day or, when that is not
    worked, the next working day. A limit in calendar days that ends on a day off stays there. Never before
    `start`.

    Source: semantics.md §4; Civil Code 2015 art. 147 (the first day is not counted), 148 (end of a term).
    """
    try:
        if duration.unit in ELAPSED:
            return min(start.astimezone(UTC) + duration.amount * ELAPSED[duration.unit], LAST)
        day = _move(start.astimezone(zone).date(), duration.amount, duration.unit, calendar)
        # A start within the day's last second would otherwise lie after its own due moment.
        return min(max(_end_of(day, zone), start.astimezone(UTC)), LAST)
    except OverflowError:
        return LAST


def warn_at(due_at: datetime, warn: Duration | None, calendar: Calendar, zone: ZoneInfo) -> datetime | None:
    """When to warn that `due_at` is near, in UTC; None when no warning is declared.

    Minutes and hours before are elapsed time. Days and longer go back from the local day of `due_at` and
    warn at 00:00 of the day reached, so that the officer has the whole of that day. Open in semantics.md;
    decided here.
    """
    if warn is None:
        return None
    try:
        if warn.unit in ELAPSED:
            return max(due_at.astimezone(UTC) - warn.amount * ELAPSED[warn.unit], FIRST)
        day = due_at.astimezone(zone).date()
        return _start_of(_move(day, -warn.amount, warn.unit, calendar) if warn.amount else day, zone)
    except OverflowError:
        return FIRST


def after_pause(
    due_at: datetime, unit: str, paused_at: datetime, resumed_at: datetime, calendar: Calendar, zone: ZoneInfo
) -> datetime:
    """`due_at` moved on, in UTC, by the time that stood still from `paused_at` to `resumed_at`.

    The pause began before the limit was missed. Hours: the elapsed time. Days and longer: the local days.
    Working days: what was left of them at the pause, counted again from the day of resuming, so that the
    last day never falls on a day off.
    """
    try:
        if unit in ELAPSED:
            return min((due_at + (resumed_at - paused_at)).astimezone(UTC), LAST)
        paused, resumed, last = (each.astimezone(zone).date() for each in (paused_at, resumed_at, due_at))
        if unit == "working_days":
            day = calendar.add_working_days(resumed, calendar.working_days_between(paused, last))
        else:
            day = last + (resumed - paused)
        return min(_end_of(day, zone), LAST)
    except OverflowError:
        return LAST


def moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """The moment a date or datetime field stands for, in UTC; None when it is not filled.

    A date without an hour is 00:00 of that day in `zone`: day limits never shift a day, and an hour limit
    never ends later than the law allows.
    """
    if value is None:
        return None
    try:
        start = value.astimezone(UTC) if isinstance(value, datetime) else _start_of(value, zone)
    except OverflowError:
        start = FIRST
    return max(FIRST, min(start, LAST))


def overdue(due_at: datetime, now: datetime) -> bool:
    """Breached when now > due: at the due moment itself the limit is still kept."""
    return now > due_at


@dataclass(frozen=True, slots=True)
class Remaining:
    """What a screen says of a time limit, as data: late by, today, soon or later in, an amount of a unit."""

    kind: Kind
    amount: int
    unit: Told


def remaining(
    due_at: datetime,
    now: datetime,
    calendar: Calendar,
    zone: ZoneInfo,
    *,
    unit: Unit = "days",
    warn_at: datetime | None = None,
) -> Remaining:
    """How a limit counted in `unit` stands at `now` (for a paused one give the moment of the pause).

    `today`: it ends on this local day, told in hours. `soon`: at most one working day is left after today, or its
    warning, which may come earlier or later, is reached. Hour limits are told in hours up to 48, then in days;
    working days in working days, and in days where none lies between. Time left is rounded down, lateness
    up to at least one.
    """
    if overdue(due_at, now):
        return Remaining("late", *_span(due_at, now, unit, calendar, zone, up=True))
    today, last = now.astimezone(zone).date(), due_at.astimezone(zone).date()
    if last == today:
        return Remaining("today", _hours(due_at - now, up=False), "hours")
    warned = warn_at is not None and now >= warn_at
    near = warned or last < calendar.add_working_days(today, 2)
    return Remaining("soon" if near else "later", *_span(now, due_at, unit, calendar, zone, up=False))


def _span(
    start: datetime, end: datetime, unit: Unit, calendar: Calendar, zone: ZoneInfo, *, up: bool
) -> tuple[int, Told]:
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    hours = _hours(end - start, up=up)
    if first == last or (unit in ELAPSED and hours <= 48):
        return hours, "hours"
    if unit == "working_days" and (worked := calendar.working_days_between(first, last)):
        return worked, "working_days"
    return (last - first).days, "days"


def _hours(span: timedelta, *, up: bool) -> int:
    return -(-span // ELAPSED["hours"]) if up else span // ELAPSED["hours"]


def _move(day: date, amount: int, unit: Unit, calendar: Calendar) -> date:
    if unit == "working_days":
        return calendar.add_working_days(day, amount)
    if unit in ("months", "years"):
        return _add_months(day, amount * (12 if unit == "years" else 1))
    return day + timedelta(days=amount * (7 if unit == "weeks" else 1))


def _add_months(day: date, amount: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError("beyond the calendar")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, LAST_SECOND, zone).astimezone(UTC)


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
