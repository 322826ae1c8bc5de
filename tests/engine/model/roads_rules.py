"""The rules of `roads` by hand: who may, what a form takes, when a limit is due. Pure, and nothing of the engine in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.engine.model.rules import unfit

OFFICER, CHAIR, LEAD = ("commune_officer",), ("commune_chair",), ("province_child_lead",)
ANYBODY = (*OFFICER, *CHAIR, *LEAD)
BY = {
    "open": OFFICER, "fill": OFFICER, "visit": OFFICER, "correct": (*OFFICER, *CHAIR), "accept_correction": ANYBODY,
    "decline_correction": ANYBODY, "assign": CHAIR, "offer": OFFICER, "take": OFFICER, "refuse": OFFICER,
    "withdraw": OFFICER, "name_other": OFFICER, "forget_other": OFFICER, "split": OFFICER, "merge": (*OFFICER, *CHAIR),
    "finish": (*OFFICER, *CHAIR), "reopen": LEAD,
}  # fmt: skip
FORM: dict[str, dict[str, bool]] = {key: {} for key in BY} | {  # field: required
    "open": {"place": True, "what": True, "name": False, "urgent": False, "reported_on": False, "visits": False},
    "fill": {"what": False, "urgent": False, "waiting": False, "seen_on": False, "reported_on": False},
    "visit": {"what": True},
    "correct": {"what": False, "name": False},
    "assign": {"keeper": True},
    "offer": {"target": True},
    "name_other": {"other": True},
    "merge": {"other": True},
    "reopen": {"fact": True},
}  # fmt: skip
FROM = {key: ("open",) for key in BY if key != "open"} | {"reopen": ("done",)}
FROM |= dict.fromkeys(("correct", "accept_correction", "decline_correction"), ("open", "done"))
TO = {"finish": "done", "merge": "merged", "reopen": "open"}
KEY = {"reopen": "reopen.done"}
AT_OFFERED = ("take", "refuse")
ABOUT = {"assign": "keeper", "offer": "target", "name_other": "other", "merge": "other"}
LONGEST = {"what": 200, "name": 200, "fact": 200, "other": 60}
HOURS = {True: 24, False: 240}


def wrong(trigger: str, key: str, value: Any) -> set[str]:
    """What is wrong with a value in the form of `trigger`."""
    if key not in FORM[trigger]:
        return {"field_unknown"}
    if value is None:
        return set()
    kinds: Mapping[str, type] = {
        "urgent": bool,
        "waiting": bool,
        "seen_on": date,
        "reported_on": date,
        "visits": tuple,
    }
    if type(value) is not kinds.get(key, str):
        return {"field_type"} if value != () else set()
    return unfit(value, LONGEST[key]) if key in LONGEST else set()


def reckoned(
    values: Mapping[str, Any], pauses: Iterable[tuple[datetime, datetime]]
) -> tuple[datetime, datetime] | None:
    """From when and until when the road is to be mended; None while a date or the yes or no is missing."""
    day, urgent = values.get("seen_on") or values.get("reported_on"), values.get("urgent")
    if day is None or urgent is None:
        return None
    start = due = datetime.combine(day, time(), UTC) - timedelta(hours=7)
    due += timedelta(hours=HOURS[urgent])
    for pause in pauses:
        due = moved_on(due, start, pause)
    return start, due


def moved_on(due: datetime, start: datetime, pause: tuple[datetime, datetime]) -> datetime:
    """Later by what of the pause fell into the limit."""
    began, ended = max(pause[0], start), pause[1]
    return due if began > due or began >= ended else due + (ended - began)
