"""The rules of the toy by hand: who may, what a form takes, when a limit is due. Pure, and nothing of the engine in it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unicodedata import category, is_normalized
from uuid import UUID

from tests.engine.model.people import HOLDINGS

BY = {
    "open": ("commune_officer",), "ask": ("commune_officer",), "return_request": ("commune_chair",),
    "grant": ("commune_chair", "province_child_lead"), "remark": ("commune_officer",),
}  # fmt: skip
FORM: dict[str, dict[str, bool]] = {  # field: required
    "open": {"place": True, "what": True, "name": False, "born": False},
    "ask": {"amount": True, "urgency": True, "note": False},
    "return_request": {},
    "grant": {"number": True},
    "remark": {"note": True},
}
FROM = {"ask": ("draft",), "return_request": ("asked",), "grant": ("asked",), "remark": ("draft", "asked")}
TO = {"ask": "asked", "return_request": "draft", "grant": "granted"}
LONGEST = {"what": 200, "name": 200, "number": 200, "note": 10_000}
DAYS_OFF = (date(2026, 11, 24), date(2027, 1, 1))  # until the clock of the machine ends


def person(
    trigger: str, actor: str, acting_as: str, area: Any, asked_by: Collection[str], today: date
) -> tuple[set[tuple[str, str]], str]:
    """What speaks against this person, and the function acted under."""
    held = [
        each for each in HOLDINGS.get(actor, ()) if each[2] <= today <= each[3] and each[0] in BY[trigger]
    ]
    fitting = [each for each in held if acting_as in ("", each[0])]
    covering = [function for function, areas, _, _ in fitting if area in areas]
    told = set() if covering else {("scope" if fitting else "function", "")}
    if trigger == "grant" and actor in asked_by:
        told.add(("four_eyes", ""))
    return told, covering[0] if covering else ""


def wrong(trigger: str, key: str, value: Any, today: date) -> set[str]:
    """What is wrong with a value in the form of `trigger`."""
    if key not in FORM[trigger]:
        return {"field_unknown"}
    if value is None:
        return set()
    if key == "born":
        return {"field_type"} if type(value) is not date else {"field_high"} if value > today else set()
    if key == "amount":
        return {"field_type"} if type(value) is not int else {"field_low"} if value < 0 else set()
    if not isinstance(value, str):
        return {"field_type"}
    if key == "urgency":
        return set() if value in ("high", "low") else {"field_option"}
    found = {"field_length"} if len(value) > LONGEST.get(key, 10**9) else set()
    strange = any(category(each) in ("Cc", "Cf", "Cs", "Co", "Cn") and each not in "\n\t\r" for each in value)
    return found | ({"field_characters"} if strange or not is_normalized("NFC", value) else set())


def five_working_days_after(day: date) -> date:
    """The first day is not counted; weekends and holidays are not worked."""
    left = 5
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in DAYS_OFF
    return day


def end_of(day: date) -> datetime:
    """23:59:59 of a day in Vietnam, in UTC."""
    return datetime.combine(day, time(23, 59, 59), UTC) - timedelta(hours=7)


def is_empty(value: Any) -> bool:
    """Nothing filled in."""
    return value is None or (isinstance(value, str) and not value.strip())


def is_id(text: str) -> bool:
    """A UUID as we write it."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def can_be_kept(value: Any) -> bool:
    """Any record can hold it."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= each <= "\udfff" for each in value)
    return not isinstance(value, float) and (not isinstance(value, int) or abs(value) < 2**53)
