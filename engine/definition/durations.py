"""Time limits as they are written ("5 working days", "PT12H") and as they are said ("5 ngày làm việc").

What a duration *does* to a moment, working days and month ends included, is the business of the deadlines.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import get_args

import isodate

from engine.definition.flow import Duration, Unit
from engine.text import messages

UNITS: tuple[Unit, ...] = get_args(Unit)
LONGEST: dict[Unit, int] = {
    "minutes": 1_000_000, "hours": 100_000, "days": 36_500, "working_days": 25_000,
    "weeks": 5_200, "months": 1_200, "years": 100,
}  # fmt: skip

WORDS = re.compile(r"([0-9]{1,9}) (minute|hour|working day|day|week|month|year)s?")
ISO = re.compile(r"P[0-9YMWDTHS]{2,20}")


def parse_duration(text: str) -> Duration:
    """The duration that `text` says: words (`12 hours`, `5 working days`) or ISO 8601 (`PT12H`, `P3M`).

    One unit only, for each is counted in its own way (semantics.md §4); ISO years and months together are
    months. At most about a century. Raises ValueError when it cannot be read.
    """
    words = " ".join(text.split())
    if found := WORDS.fullmatch(words):
        unit: Unit = _unit(found[2])
        return _bounded(int(found[1]), unit)
    if ISO.fullmatch(words):
        return _from_iso(words)
    raise ValueError(f"not a duration: {text[:40]!r}")


def duration_text(duration: Duration) -> str:
    """The one way a duration is written in a canonical definition: `1 day`, `5 working days`."""
    unit = duration.unit.replace("_", " ")
    return f"{duration.amount} {unit.removesuffix('s') if duration.amount == 1 else unit}"


def duration_words(duration: Duration, language: str) -> str:
    """The duration as a person says it in `language` ("vi" or "en"); 0 days is "within the day"."""
    if duration == Duration(0, "days"):
        return messages().say(language, "duration.same_day")
    key = duration.unit.removesuffix("s") if duration.amount == 1 else duration.unit
    return messages().say(language, f"duration.{key}", amount=duration.amount)


HOURS = {"minutes": 1 / 60, "hours": 1}
_DAYS = {"days": (1, 1), "weeks": (7, 7), "months": (28, 31), "years": (365, 366)}  # at least, at most
HOLIDAYS = 14  # days off in a row beyond the weekends, more than any Tết has had


def days_of(duration: Duration) -> tuple[float, float]:
    """How many days it is at least and at most, however weekends, holidays and months fall."""
    if duration.unit in HOURS:
        return (duration.amount * HOURS[duration.unit] / 24,) * 2
    if duration.unit == "working_days":
        return duration.amount, 2 * duration.amount + HOLIDAYS
    least, most = _DAYS[duration.unit]
    return least * duration.amount, most * duration.amount


def _unit(word: str) -> Unit:
    plural = word.replace(" ", "_") + "s"
    return next(unit for unit in UNITS if unit == plural)


def _bounded(amount: int, unit: Unit) -> Duration:
    if amount > LONGEST[unit]:
        raise ValueError(f"more than {LONGEST[unit]} {unit}")
    return Duration(amount, unit)


def _from_iso(text: str) -> Duration:
    """ISO 8601. Hours must be written as hours: PT24H is elapsed time, P1D runs to the end of a day."""
    try:
        read = isodate.parse_duration(text)
    except (isodate.ISO8601Error, ValueError, OverflowError):
        raise ValueError(f"not a duration: {text!r}") from None
    if isinstance(read, isodate.Duration):
        if read.tdelta:
            raise ValueError(f"more than one unit: {text!r}")
        months = int(read.years * 12 + read.months)
        return _bounded(months // 12, "years") if not read.months else _bounded(months, "months")
    return _elapsed(read, text)


def _elapsed(span: timedelta, text: str) -> Duration:
    if text.endswith("W"):
        return _bounded(span.days // 7, "weeks")
    if "T" not in text:
        return _bounded(span.days, "days")
    minutes, rest = divmod(int(span.total_seconds()), 60)
    if not text.startswith("PT") or rest:
        raise ValueError(f"more than one unit: {text!r}")
    return _bounded(minutes // 60, "hours") if minutes % 60 == 0 else _bounded(minutes, "minutes")
