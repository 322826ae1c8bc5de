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
    "reopen": ("province_child_lead",),
}  # fmt: skip
FORM: dict[str, dict[str, bool]] = {  # field: required
    "open": {"place": True, "what": True, "name": False, "born": False},
    "ask": {"amount": True, "urgency": True, "note": False},
    "return_request": {},
    "grant": {"number": True},
    "remark": {"note": True},
    "reopen": {},
}
FROM = {
    "ask": ("draft",), "return_request": ("asked",), "grant": ("asked",), "remark": ("draft", "asked"),
    "reopen": ("granted",),
}  # fmt: skip
TO = {"ask": "asked", "return_request": "draft", "grant": "granted", "reopen": "draft"}
KEY = {"reopen": "reopen.granted"}  # of a transition that is not called like its trigger
WITH_REASON = ("return_request", "reopen")
LONGEST = {"what": 200, "name": 200, "number": 200, "note": 10_000}
BLANK = {
    *"\ufffd\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U00016fe4\U0001d159",
    *map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0)),
}  # fmt: skip
DAYS_OFF = (date(2026, 11, 24), date(2027, 1, 1))  # until the clock of the machine ends


def held(actor: str, today: date) -> list[tuple[str, tuple[str, ...]]]:
    """The functions of a person on a day, each with the areas it covers."""
    return [each[:2] for each in HOLDINGS.get(actor, ()) if each[2] <= today <= each[3]]


def person(
    by: Collection[str], actor: str, acting_as: str, area: Any, today: date
) -> tuple[set[tuple[str, str]], str]:
    """What speaks against this person, and the function acted under."""
    fitting = [each for each in held(actor, today) if each[0] in by and acting_as in ("", each[0])]
    covering = [function for function, areas in fitting if area in areas]
    return (set(), covering[0]) if covering else ({("scope" if fitting else "function", "")}, "")


def wrong(trigger: str, key: str, value: Any, today: date) -> set[str]:
    """What is wrong with a value in the form of `trigger`."""
    if key not in FORM[trigger]:
        return {"field_unknown"}
    if value is None:
        return set()
    if key == "born":
        return {"field_type"} if type(value) is not date else {"field_high"} if value > today else set()
    if key == "amount" and type(value) is not int:
        return {"field_type"}
    if key == "amount":
        return {"field_low"} if value < 0 else {"field_high"} if value > 10**12 else set()
    if not isinstance(value, str):
        return {"field_type"}
    if key == "urgency":
        return set() if value in ("high", "low") else {"field_option"}
    return unfit(value, LONGEST.get(key, 10**9))


def unfit(value: str, longest: int) -> set[str]:
    """What is wrong with a text."""
    found = {"field_length"} if len(value) > longest else set()
    strange = any(
        each in BLANK or (category(each) in ("Cc", "Cf", "Cs", "Co", "Cn") and each not in "\n\t\r")
        for each in value
    )
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
