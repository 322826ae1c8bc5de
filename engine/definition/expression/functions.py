"""What the functions compute, on values that are there. Unknown values are the caller's business."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # the day on which a moment falls
_MICROSECOND = timedelta(microseconds=1)
_MICROSECONDS_AN_HOUR = Decimal(3_600_000_000)


def day(value: date) -> date:
    """The date itself, or the local day of a moment."""
    return value.astimezone(ZONE).date() if isinstance(value, datetime) else value


def age(birth: date, on: date) -> int:
    """Whole years on that day; who was born on 29 February is a year older on 1 March of a common year."""
    at = day(on)
    return at.year - birth.year - ((at.month, at.day) < (birth.month, birth.day))


def days_between(start: date, end: date) -> int:
    """Days from `start` to `end`, negative when `end` is earlier."""
    return (day(end) - day(start)).days


def hours_between(start: datetime, end: datetime) -> Decimal:
    """Elapsed hours to the microsecond, not rounded: twelve and a half hours are more than twelve."""
    return ((end - start) // _MICROSECOND) / _MICROSECONDS_AN_HOUR


def working_days_between(calendar: Any, start: date, end: date) -> int:
    """Working days after `start` up to and with `end`, by the case's calendar."""
    return int(calendar.working_days_between(day(start), day(end)))


def streak(rows: Iterable[Mapping[str, Any]], holds: Iterable[bool | None], dated: str, days: int) -> int:
    """How many of `rows` count, newest first, until one does not hold.

    A row counts when it lies at least `days` before the row counted last; the newest dated one always does. A
    row without a date cannot be measured: it neither counts nor ends the streak.
    """
    counted, last = 0, None
    for row, held in zip(rows, holds, strict=True):
        if held is not True:
            break
        at = row.get(dated)
        if at is not None and (last is None or (day(last) - day(at)).days >= days):
            counted, last = counted + 1, at
    return counted
