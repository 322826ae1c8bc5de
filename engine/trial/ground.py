"""What a thought-of case stands on: rule tables, a working calendar, a time zone, and the names of functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from engine.calendar import Calendar
from engine.definition.decision import DecisionTable

ZONE = "Asia/Ho_Chi_Minh"


def no_tables(table: str, on: date) -> DecisionTable | None:
    """No rule set at all."""
    return None


def as_they_are(kind: str, id: str) -> str:
    """Functions, people and places by their ids."""
    return id


@dataclass(frozen=True, slots=True)
class Ground:
    """What an installation, or the files beside a definition, give.

    tables: the rule table in force on a day, if there is one. names: (kind, id) to a name in a language
    (engine.words).
    """

    tables: Callable[[str, Any], DecisionTable | None] = no_tables
    calendar: Calendar = field(default_factory=Calendar)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(ZONE))
    names: Callable[[str], Callable[[str, str], str]] = lambda language: as_they_are
