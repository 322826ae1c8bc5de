"""The stored tests of a definition: a case to begin with, steps to take, and what is then expected. Frozen data.

Values stand as plain JSON, as the file says them; they get their types when a test is played (engine.trial).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.definition.durations import parse_duration
from engine.definition.flow import Duration
from engine.definition.text import Text

ON = date(2026, 3, 2)  # a Monday; a test says another day where it matters


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """Take a step. by: the function, "" for the first that may. person: who, "" for the function's usual person.

    refused: codes that must be among the reasons of a refusal; empty: the step must be taken.
    """

    trigger: str
    by: str = ""
    person: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass; what is missed meanwhile has its consequences."""

    span: Duration


@dataclass(frozen=True, slots=True)
class End:
    """The oldest open track of a key ends and returns values."""

    track: str
    values: Mapping[str, Any] = field(default_factory=dict)


Step = Fire | Wait | End


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """open: triggers that somebody may take. blocked: triggers that nobody may take, with codes among the reasons.

    values: what the fields hold, None for an empty one.
    """

    state: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    open: tuple[str, ...] = ()
    blocked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTest:
    """at: the state a case stands in, "" where nothing is opened yet. on: the day it begins, at 9:00.

    tracks: how many are open and how many have ended, by key.
    """

    key: str
    title: Text = Text()
    at: str = ""
    on: date = ON
    given: Mapping[str, Any] = field(default_factory=dict)
    tracks: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    expect: Expected = Expected()


def build_test(plain: Mapping[str, Any]) -> StoredTest:
    """The test that its canonical form says."""
    expect = plain.get("expect", {})
    return StoredTest(
        key=plain["key"],
        title=Text(**plain.get("title", {})),
        at=plain.get("at", ""),
        on=date.fromisoformat(plain["on"]) if "on" in plain else ON,
        given=plain.get("given", {}),
        tracks={
            key: (each.get("open", 0), each.get("ended", 0)) for key, each in plain.get("tracks", {}).items()
        },
        steps=tuple(map(_step, plain.get("steps", ()))),
        expect=Expected(
            state=expect.get("state", ""),
            values=expect.get("values", {}),
            open=tuple(expect.get("open", ())),
            blocked={key: tuple(codes) for key, codes in expect.get("blocked", {}).items()},
        ),
    )


def _step(plain: Mapping[str, Any]) -> Step:
    if "wait" in plain:
        return Wait(parse_duration(plain["wait"]))
    if "end" in plain:
        return End(plain["end"], plain.get("values", {}))
    return Fire(
        trigger=plain["fire"],
        by=plain.get("by", ""),
        person=plain.get("person", ""),
        values=plain.get("values", {}),
        reason=plain.get("reason", ""),
        refused=tuple(plain.get("refused", ())),
    )
