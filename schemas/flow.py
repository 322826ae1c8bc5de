"""How movement stands in a file: states, time limits, transitions with guards and effects, tracks.

Whether a name is a state, a field or a transition is not decided here (see engine/definition/build.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from engine.definition.flow import EFFECTS
from engine.definition.model import FieldType
from schemas.parts import (
    Each,
    Flag,
    Id,
    Ids,
    Keyed,
    Label,
    Mapped,
    One,
    OneOf,
    Part,
    Span,
    Strict,
    Trouble,
    Word,
    duration,
    identifier,
    items,
    mapped,
    one_of,
    refuse,
    text,
)

SOURCE = re.compile(r"(stage:)?[a-z][a-z0-9_]*")
CODE = re.compile(r"[A-Z][A-Z0-9]{0,5}")


class Within(Part):
    """A duration, a map by a choice field, or (unless `single`) a list of them; a list in canonical form."""

    def __init__(self, single: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.single = single

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if self.single:
            return _limit(value)
        return items(value, _limit, once=False) if isinstance(value, list) else [_limit(value)]


def _limit(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {"duration": duration(value)}
    if "by" not in value:
        loaded: dict[str, Any] = PLAIN_LIMIT.load(value)
        return loaded
    read = mapped(value, lambda key, inner: _LIMIT_KEYS.get(key, duration)(inner))
    law = {"law": read.pop("law")} if "law" in read else {}
    by = read.pop("by")
    if not read:
        refuse("limit_empty")
    return {"by": by, "durations": read, **law}


_LIMIT_KEYS: Mapping[str, Callable[[Any], str]] = {"by": identifier, "law": text}


class _PlainLimit(Strict):
    within = Span(required=True, attribute="duration")
    law = Word()


PLAIN_LIMIT = _PlainLimit()


class _StateDeadline(Strict):
    title = Label()
    within = Within(required=True)
    start = Id(data_key="from", attribute="from")
    or_from = Id()
    warn = Span()
    escalate_to = Id()
    then = Id()
    done_by = Ids()
    pause_in = Ids()
    pause_while = Id()
    law = Word()

    @post_load
    def from_entry(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """`from: entry` is the default and is left out."""
        return {key: value for key, value in data.items() if (key, value) != ("from", "entry")}


class _Deadline(_StateDeadline):
    starts = Ids(required=True)
    ends = Ids()


class _Repeat(Strict):
    title = Label()
    every = Within(single=True, required=True)
    done_by = Ids(required=True)
    warn = Span()
    escalate_to = Id()
    pause_while = Id()
    law = Word()


class _Condition(Strict):
    need = Word()
    chooses = Word(data_key="if", attribute="if")
    say = Label()

    @validates_schema(skip_on_field_errors=True)
    def is_one(self, data: dict[str, Any], **_: Any) -> None:
        """Either `need`, what must be so, or `if`, which alternative of a choice this is."""
        if ("need" in data) == ("if" in data):
            raise ValidationError({"need": [Trouble("need_or_if")]})


CONDITION = _Condition()


def read_condition(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        loaded: dict[str, Any] = CONDITION.load(value)
        return loaded
    return {"need": text(value)}


class _Notify(Strict):
    to = Id(required=True)
    say = Label(required=True)
    at = OneOf(("offered",))


class _LinkTo(Strict):
    to = Id(required=True)
    kind = Id(required=True, data_key="as", attribute="as")


class _OpenCase(Strict):
    values = Mapped(text, required=True)
    kind = Id(required=True, data_key="as", attribute="as")


class _Link(Strict):
    title = Label()
    back = Label()


def _ids(value: Any) -> list[str]:
    return items(value if isinstance(value, list) else [value], identifier)


def _assignment(key: str, value: Any) -> str:
    identifier(key)
    return text(value)


# The closed list of effects, each with what reads its argument.
READ_EFFECTS: Mapping[str, Callable[[Any], Mapping[str, Any]]] = {
    "open_subcase": lambda value: {"key": identifier(value)},
    "cancel_subcases": lambda value: {"keys": _ids(value)},
    "set": lambda value: {"values": mapped(value, _assignment)},
    "clear": lambda value: {"fields": _ids(value)},
    "notify": _Notify().load,
    "stop_deadline": lambda value: {"key": identifier(value)},
    "own": lambda value: {"field": identifier(value)},
    "offer": lambda value: {"field": identifier(value)},
    "settle_offer": lambda value: {"accepted": one_of(value, ("accepted", "declined")) == "accepted"},
    "link": _LinkTo().load,
    "unlink": lambda value: {"as": identifier(value)},
    "open_case": _OpenCase().load,
}


def read_effect(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) != 1:
        refuse("effect", allowed=list(EFFECTS))
    name, argument = next(iter(value.items()))
    one_of(name, EFFECTS)
    try:
        return {"effect": name, **READ_EFFECTS[name](argument)}
    except ValidationError as error:
        raise ValidationError({name: error.messages}) from None


class _Reopen(Strict):
    by = Ids(required=True)
    to = Id(required=True)
    title = Label()
    within = Span()
    form = Id()
    do = Each(read_effect, single=True)


class _State(Strict):
    title = Label()
    stage = Id()
    initial = Flag()
    final = Flag()
    exceptional = Flag()
    interlude = Flag()
    deadlines = Keyed(_StateDeadline().load)
    repeats = Keyed(_Repeat().load)
    reopen = One(_Reopen())

    @validates_schema(skip_on_field_errors=True)
    def only_what_ended_reopens(self, data: dict[str, Any], **_: Any) -> None:
        """`reopen` is the way out of a final state."""
        if "reopen" in data and not data.get("final"):
            raise ValidationError({"reopen": [Trouble("reopen_not_final")]})


class _Transition(Strict):
    title = Label()
    sources = Ids(SOURCE, required=True, data_key="from", attribute="from")
    to = Id(required=True)
    by = Ids()
    trigger = Id()
    when = Each(read_condition, single=True)
    form = Id()
    other_than = Ids()
    reason = OneOf(("none", "optional", "required"))
    do = Each(read_effect, single=True)
    appends = Id()
    aside = Flag()
    otherwise = Flag()
    at = OneOf(("offered",))
    proposes = Flag()
    accepts = Id()
    declines = Id()
    law = Word()

    @validates_schema(skip_on_field_errors=True)
    def opens_nothing(self, data: dict[str, Any], **_: Any) -> None:
        """The triggers `open` and `reopen` are the engine's own."""
        if data.get("trigger") in RESERVED_TRIGGERS:
            raise ValidationError({"trigger": [Trouble("reserved", {"name": data["trigger"]})]})

    @post_load
    def without_reason(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """`reason: none` is the default and is left out."""
        return {key: value for key, value in data.items() if (key, value) != ("reason", "none")}


RESERVED_TRIGGERS = ("open", "reopen")


class Returns(Part):
    """`name: type` of what a track gives back, in order."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, str]]:
        return [{"key": key, "type": kind} for key, kind in mapped(value, _returned).items()]


def _returned(key: str, value: Any) -> str:
    identifier(key)
    return one_of(value, [each.value for each in FieldType if each is not FieldType.TABLE])


class Code(Part):
    """The letters of a track's number: GD."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code = text(value)
        if not CODE.fullmatch(code):
            refuse("code", name=code[:40])
        return code


class _Subcase(Strict):
    definition = Id(required=True)
    title = Label()
    code = Code(required=True)
    holder = Id(required=True)
    repeat = OneOf(("many", "once"))
    required = Flag()
    gives = Ids()
    returns = Returns()

    @post_load
    def once(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """`repeat: many` is the default; in canonical form only `once` is said."""
        rest = {key: value for key, value in data.items() if key != "repeat"}
        return {**rest, **({"once": True} if data.get("repeat") == "once" else {})}


STATE = _State()
TRANSITION = _Transition()
SUBCASE = _Subcase()
DEADLINE = _Deadline()
LINK = _Link()
