"""The children of the demonstration and what happened to them, read from workflows/demo; every one is invented.

A story is a line of steps, each with the time it was taken (days.py). The usual road from the report to the approved
plan is written once, with the working days it takes at each risk. What is typed in a step: forms.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from web.demo.days import Days
from web.demo_cases import case_id
from workflows import catalogue

SINCE = "@2025-07-01"  # the areas of today
CHILD_LABOUR = ("worst_form", "hazardous", "unlawful")

# The usual road, and on which working day after the report each step is taken at each risk.
PACE: Mapping[str, Mapping[str, int]] = {
    "high": {"receive": 0, "start_verification": 0, "confirm": 0, "assess_initial": 0, "assess_specific": 1,
             "end_screening": 2, "submit_plan": 3, "approve_plan": 5},
    "medium": {"receive": 0, "start_verification": 0, "confirm": 1, "assess_initial": 2, "assess_specific": 4,
               "end_screening": 5, "submit_plan": 6, "approve_plan": 8},
    "low": {"receive": 0, "start_verification": 0, "confirm": 2, "assess_initial": 4, "assess_specific": 7,
            "end_screening": 8, "submit_plan": 8, "approve_plan": 10},
}  # fmt: skip
USUAL = tuple(PACE["high"])
_INSTEAD = {
    "to_monitoring": "assess_initial",
    "reject": "confirm",
}  # roads that end elsewhere, and in whose place

_STEP = re.compile(r"(?:(\w+)\.)?(\w+)(?::(\w+))?@(\S+)")


@dataclass(frozen=True, slots=True)
class Step:
    """One step. track: the key of the track it is taken on, "" for the child's case. arg: what the story says in the
    line itself (the work found at a visit). nth: the how manieth step of this name it is, from 1."""

    trigger: str
    when: str
    track: str = ""
    arg: str = ""
    nth: int = 1

    @property
    def name(self) -> str:
        """As the story writes it."""
        return f"{self.track}.{self.trigger}" if self.track else self.trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One invented child. number: the place in the story. told: the line of steps. say: what was typed otherwise than
    usual, by step. age: at the report, None if nobody knows it. found_by: the child whose case a screening made this
    report from. officer: who of the commune's officers has the case."""

    key: str
    number: int = 0
    name: str = ""
    age: int | None = None
    birthday: str = ""
    sex: str = "unknown"
    ethnic: str = ""
    area: str
    village: str = ""
    carer: str = ""
    channel: str = ""
    condition: str = ""
    risk: str = "medium"
    work: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    place: str = "ordinary"
    night: bool = False
    hazards: tuple[str, ...] = ()
    harm: tuple[str, ...] = ()  # forced, trafficked …
    schooling: str = "dropped_out"
    factors: tuple[str, ...] = ()
    work_class: str = "unlawful"
    why: str = ""
    plan: tuple[str, ...] = ()
    school: str = ""
    officer: str = "officer"
    found_by: str = ""
    told: str = ""
    say: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def case(self) -> str:
        """The id of the case."""
        return case_id(self.key)

    def born(self, received: date) -> date | None:
        """The date of birth: `age` years and a part of a year before the report; with a `birthday`, in the year in which
        the child turns `age`."""
        if self.age is None:
            return None
        if not self.birthday:
            return received - timedelta(days=int(self.age * 365.25) + 20 + self.number * 37 % 130)
        month, day = map(int, self.birthday.split("-"))
        return date(received.year - self.age, month, day)

    def jobs(self) -> tuple[dict[str, Any], ...]:
        """The rows of Mẫu 02: "setting job hours-a-day hours-a-week" each."""
        found = []
        for each in self.work:
            setting, job, day, week = each.split()
            row = {"setting": setting, "job": job, "place": self.place, "hours_day": Decimal(day), "hours_week": Decimal(week),
                   "night": self.night, "overtime": False}  # fmt: skip
            found.append(row | ({"papers": self.papers} if self.papers else {}))
        return tuple(found)

    def steps(self, days: Days) -> Iterator[Step]:
        """The line of steps, the usual road written out."""
        seen: dict[str, int] = {}
        for each in self.told.split():
            found = _STEP.fullmatch(each)
            if found is None:
                raise ValueError(f"{self.key}: {each}")
            track, trigger, arg, when = found.groups(default="")
            trigger = "log_visit" if trigger == "visit" else trigger
            line = self._road(arg, when, days) if trigger == "road" else [Step(trigger, when, track, arg)]
            for step in line:
                seen[step.name] = seen.get(step.name, 0) + 1
                yield Step(step.trigger, step.when, step.track, step.arg, seen[step.name])

    def _road(self, upto: str, when: str, days: Days) -> Iterator[Step]:
        pace = PACE[self.risk]
        for trigger in (*USUAL[: USUAL.index(_INSTEAD[upto])], upto) if upto in _INSTEAD else USUAL:
            if trigger != "end_screening" or self.work_class in CHILD_LABOUR:
                yield Step(trigger, days.later(when, pace[_INSTEAD.get(trigger, trigger)]))
            if trigger == upto:
                return


@cache
def children() -> tuple[Child, ...]:
    """All children, in the order of the files."""
    plain = [each for text in catalogue.demo_stories().values() for each in text.get("child", ())]
    return tuple(_child(number, each) for number, each in enumerate(plain))


@cache
def phrases() -> Mapping[str, Any]:
    """What officers usually write in a field, several ways each; and the plain values of usual forms."""
    return catalogue.demo_stories()["phrases"]


def _child(number: int, plain: Mapping[str, Any]) -> Child:
    known: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in plain.items()
    }
    known["area"] = plain["area"] if "@" in plain["area"] else plain["area"] + SINCE
    return Child(number=number, **known)
