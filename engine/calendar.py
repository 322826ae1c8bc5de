"""Which days are worked: official holidays, weekends, and the swaps an administrator enters over them.

For counting in days only. Knows no hours, no time zone and no deadline (see engine/deadlines).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping
from datetime import MAXYEAR, MINYEAR, date
from functools import cache
from types import MappingProxyType

import holidays

SATURDAY_AND_SUNDAY = frozenset({5, 6})
NO_SWAPS: Mapping[date, bool] = MappingProxyType({})


class Calendar:
    """The working calendar of one country.

    country: ISO 3166 code, for the public holidays (Vietnam: Labour Code 2019 art. 112, with days given in
    lieu, Tết, the yearly swaps known to the `holidays` library, and 24 November from 2026). weekend:
    weekdays not worked, Monday is 0. swaps: the administrator's own entries, which win over everything:
    True = worked although weekend or holiday, False = day off. Holidays are known for the years 1901 to
    2100; outside them only weekends count.

    Raises NotImplementedError for a country without a table and ValueError when no weekday is left to work
    on.
    """

    def __init__(
        self,
        country: str = "VN",
        *,
        weekend: Collection[int] = SATURDAY_AND_SUNDAY,
        swaps: Mapping[date, bool] = NO_SWAPS,
    ) -> None:
        if set(weekend) >= set(range(7)):
            raise ValueError("a calendar needs at least one working weekday")
        holidays.country_holidays(country)
        self._country = country
        self._weekend = frozenset(weekend)
        self._swaps = {day.toordinal(): worked for day, worked in swaps.items()}
        self._years: dict[int, array[int]] = {}

    def is_working(self, day: date) -> bool:
        """Is `day` worked?"""
        worked, ordinal = self._worked(day.year), day.toordinal()
        at = bisect_left(worked, ordinal)
        return at < len(worked) and worked[at] == ordinal

    def add_working_days(self, day: date, amount: int) -> date:
        """The `amount`-th working day after `day` (before it, if negative); `day` itself is never counted.

        0 is `day` itself when it is worked, else the next working day. OverflowError beyond the year 9999.
        """
        year, ordinal = day.year, day.toordinal()
        if amount == 0:
            at = bisect_left(self._worked(year), ordinal)
        elif amount > 0:
            at = bisect_right(self._worked(year), ordinal) + amount - 1
        else:
            at = bisect_left(self._worked(year), ordinal) + amount
        while at < 0:
            year -= 1
            at += len(self._worked(year))
        while at >= len(self._worked(year)):
            at -= len(self._worked(year))
            year += 1
        return date.fromordinal(self._worked(year)[at])

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days come after `start` up to and with `end`; negative when `end` comes first.

        So `working_days_between(d, add_working_days(d, n)) == n` for every n above 0.
        """
        if end < start:
            return -self.working_days_between(end, start)
        whole = sum(len(self._worked(year)) for year in range(start.year, end.year))
        return whole + self._worked_until(end) - self._worked_until(start)

    def _worked_until(self, day: date) -> int:
        return bisect_right(self._worked(day.year), day.toordinal())

    def _worked(self, year: int) -> array[int]:
        """The working days of a year as ordinals, ascending."""
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = self._count(year)
        return known

    def _count(self, year: int) -> array[int]:
        if not MINYEAR <= year <= MAXYEAR:
            raise OverflowError("beyond the calendar")
        off, made_up = _official(self._country, year)

        def worked(ordinal: int) -> bool:
            usual = (ordinal - 1) % 7 not in self._weekend and ordinal not in off
            return self._swaps.get(ordinal, usual or ordinal in made_up)

        days = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
        return array("i", filter(worked, days))


@cache
def _official(country: str, year: int) -> tuple[frozenset[int], frozenset[int]]:
    """Ordinals of the public holidays of a year, and of the weekend days officially worked in exchange."""
    table = holidays.country_holidays(country, years=year, expand=False)
    return (
        frozenset(day.toordinal() for day in table),
        frozenset(day.toordinal() for day in table.weekend_workdays),
    )
