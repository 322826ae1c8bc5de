"""The language of guard_child.py and guard_tracks.py: values that fail a condition, and values that pass it.

A value that is not given is unknown. TODAY is the day of all cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

Values = Mapping[str, Any]

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Cases:
    """`fails`: refused (false or unknown); `passes`: true."""

    fails: tuple[Values, ...]
    passes: tuple[Values, ...]


def born(years: int) -> date:
    """A birth date that makes this age on TODAY, by one day."""
    return date(TODAY.year - years, TODAY.month, TODAY.day - 1)


def rows(column: str, *values: Any) -> tuple[Values, ...]:
    return tuple({column: value} for value in values)


def visits(*seen: tuple[int, str]) -> tuple[Values, ...]:
    """Visits so many days ago, each with what was found, oldest first."""
    return tuple({"visited_on": TODAY - timedelta(days=ago), "work_status": status} for ago, status in seen)


def months(*days: tuple[int, int]) -> tuple[Values, ...]:
    return tuple({"days_present": present, "days_total": total} for present, total in days)


def is_true(field: str) -> Cases:
    return Cases(({}, {field: False}), ({field: True},))


def ticked(field: str) -> Cases:
    """A required tick: left empty it is the form that says so, and not the guard too."""
    return Cases(({field: False},), ({}, {field: True}))


def is_false(field: str) -> Cases:
    return Cases(({}, {field: True}), ({field: False},))


def one_of(field: str, passes: tuple[str, ...], fails: tuple[str, ...]) -> Cases:
    return Cases(({}, *({field: each} for each in fails)), tuple({field: each} for each in passes))


def all_known(**values: Any) -> Cases:
    """Every one of the fields is needed."""
    lacking = tuple({key: value for key, value in values.items() if key != left_out} for left_out in values)
    return Cases(lacking, (values,))


def for_reason(reason: str, fails: tuple[Values, ...], passes: tuple[Values, ...]) -> Cases:
    """A condition of one reason for closing, which does not touch the others."""
    here = {"closure_reason": reason}
    other = "died" if reason != "died" else "moved_away"
    return Cases(
        tuple({**here, **each} for each in fails),
        (*({**here, **each} for each in passes), {"closure_reason": other}),
    )
