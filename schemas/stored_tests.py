"""How a stored test stands in a file: a case to begin with, steps, and what is then expected.

Whether a name is a state, a field or a trigger is not decided here but where the tests are played (WF802).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.data import iso_date
from schemas.parts import (
    Each,
    Id,
    Ids,
    Label,
    Mapped,
    One,
    Part,
    Span,
    Strict,
    Trouble,
    Word,
    identifier,
    items,
    mapped,
    refuse,
)

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")  # of a field, or of a track's: `education.since`
MOST_TRACKS = 20
STEPS = ("fire", "wait", "end")


class Values(Part):
    """Values by field, as JSON would have them; numbers with a point become text, so that they stay exact."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        return mapped(value, _value)


def _value(key: str, value: Any) -> Any:
    identifier(key, NAME)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {identifier(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value


class Day(Part):
    """A day of the calendar."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return iso_date(value)


class Tracks(Part):
    """`key: {open: 1, ended: 2}`: how many tracks there are to begin with."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> dict[str, dict[str, int]]:
        return mapped(value, _counts)


def _counts(key: str, value: Any) -> dict[str, Any]:
    identifier(key)
    loaded: dict[str, Any] = COUNTS.load(value)
    return loaded


class Count(Part):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_TRACKS:
            refuse("track_count", most=MOST_TRACKS)
        return value


class _Counts(Strict):
    open = Count()
    ended = Count()


COUNTS = _Counts()


class _Fire(Strict):
    fire = Id(required=True)
    by = Id()
    person = Id()
    values = Values()
    reason = Word()
    refused = Ids()


class _Wait(Strict):
    wait = Span(required=True)


class _End(Strict):
    end = Id(required=True)
    values = Values()


KEYS_OF_STEPS: Mapping[str, Strict] = {"fire": _Fire(), "wait": _Wait(), "end": _End()}


def read_step(value: Any) -> dict[str, Any]:
    kinds = [each for each in STEPS if isinstance(value, dict) and each in value]
    if len(kinds) != 1:
        refuse("test_step", allowed=list(STEPS))
    loaded: dict[str, Any] = KEYS_OF_STEPS[kinds[0]].load(value)
    return loaded


def read_ids(value: Any) -> list[str]:
    return items(value if isinstance(value, list) else [value], identifier)


class _Expected(Strict):
    state = Id()
    values = Values()
    open = Ids()
    blocked = Mapped(read_ids)


class _Test(Strict):
    title = Label()
    at = Id()
    on = Day()
    given = Values()
    tracks = Tracks()
    steps = Each(read_step, single=True)
    expect = One(_Expected())

    @validates_schema(skip_on_field_errors=True)
    def begins_somewhere(self, data: dict[str, Any], **_: Any) -> None:
        """What a case holds to begin with needs a state to stand in; a test without steps expects something."""
        for name in ("given", "tracks"):
            if data.get(name) and "at" not in data:
                raise ValidationError({name: [Trouble("given_nowhere")]})
        if not data.get("steps") and not data.get("expect"):
            raise ValidationError({"steps": [Trouble("missing")]})


TEST = _Test()
