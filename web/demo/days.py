"""When a step of the story was taken, told backwards from the moment the demonstration is built.

Officers work on working days, within office hours; what an emergency asks for is counted in days of the calendar or
in hours. Knows nothing of children or steps.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.calendar import Calendar

# When the first, second … step about one child on one day is taken.
HOURS = (time(8, 10), time(9, 25), time(10, 40), time(13, 50), time(15, 5), time(16, 10), time(16, 35))
_WHEN = re.compile(r"(?:(\d+)(d?)|(\d+(?:\.\d+)?)h|(\d{4}-\d\d-\d\d))(?:/(\d\d:\d\d))?")


class Days:
    """The days before `moment` (aware) in `zone`, worked as `calendar` says."""

    def __init__(self, moment: datetime, zone: ZoneInfo, calendar: Calendar) -> None:
        self.moment, self.zone = moment, zone
        self._today, self._calendar = moment.astimezone(zone).date(), calendar

    def at(self, when: str, slot: int = 0, minutes: int = 0) -> datetime:
        """The moment `when` names, aware.

        when: "12" the twelfth working day before today, "8d" eight days ago, "5h" or "1.5h" hours ago,
        "2024-05-13" that day; all but hours with "/15:40" for the time of day. slot: how many steps about the child
        that day has had; minutes: what sets children of one day apart.
        """
        found = _WHEN.fullmatch(when)
        if found is None:
            raise ValueError(when)
        number, calendar_days, hours, fixed, clock = found.groups()
        if hours:
            return self.moment - timedelta(hours=float(hours))
        if fixed:
            day = date.fromisoformat(fixed)
        elif calendar_days:
            day = self._today - timedelta(days=int(number))
        else:
            day = self._calendar.add_working_days(self._today, -int(number))
        if clock:
            return datetime.combine(day, time.fromisoformat(clock), self.zone)
        hour = HOURS[min(slot, len(HOURS) - 1)]
        more = timedelta(minutes=minutes + 3 * max(0, slot - len(HOURS) + 1))
        return datetime.combine(day, hour, self.zone) + more

    def later(self, when: str, days: int) -> str:
        """`days` working days after `when`, a whole number of working days ago or a date; in the same form."""
        if when.isdigit():
            return str(int(when) - days)
        return self._calendar.add_working_days(date.fromisoformat(when), days).isoformat() if days else when
