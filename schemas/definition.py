"""The schema of a whole definition file: its top level, over the schemas of data.py and flow.py.

Loading plain data with `DEFINITION` gives the canonical form (see canonical.py). Loading a file is load.py.
"""

from __future__ import annotations

import re
import string
from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.data import FIELD, FORM, RESERVED
from schemas.flow import DEADLINE, LINK, RESERVED_TRIGGERS, STATE, SUBCASE, TRANSITION
from schemas.parts import (
    Id,
    Ids,
    Keyed,
    Label,
    Mapped,
    One,
    Part,
    Strict,
    Trouble,
    Word,
    identifier,
    items,
    mapped,
    refuse,
    text,
)
from schemas.stored_tests import TEST

FORMAT = 1
PLACEHOLDERS = ("area", "year", "number", "parent", "code")
CODE = re.compile(r"WF[0-9]{3}")
_PLACEHOLDER = re.compile(r"(area|year|parent|code):!None|number:(0[1-9])?!None")


class Format(Part):
    """The number of the format, which is 1."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or value != FORMAT:
            refuse("format", most=FORMAT)
        return FORMAT


class Reference(Part):
    """The pattern of the human number: `{area}-{year}-{number:05}`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        pattern = text(value)
        try:
            parts = list(string.Formatter().parse(pattern))
        except ValueError:
            refuse("reference", allowed=list(PLACEHOLDERS))
        written = {f"{name}:{spec}!{conversion}" for _, name, spec, conversion in parts if name is not None}
        if not all(_PLACEHOLDER.fullmatch(each) for each in written) or not any(
            "number" in each for each in written
        ):
            refuse("reference", allowed=list(PLACEHOLDERS))
        return pattern


class Access(Part):
    """`function: "*" | [fields]`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, list[str]]:
        return mapped(value, _seen)


def _seen(function: str, value: Any) -> list[str]:
    identifier(function)
    if value == "*":
        return ["*"]
    if not isinstance(value, list):
        refuse("access")
    return items(value, identifier) if value else []


class _Opening(Strict):
    title = Label()
    by = Ids(required=True)
    form = Id()
    area = Id()
    law = Word()

    @validates_schema(skip_on_field_errors=True)
    def asks_for_its_area(self, data: dict[str, Any], **_: Any) -> None:
        """`area` names a field of the form."""
        if "area" in data and "form" not in data:
            raise ValidationError({"area": [Trouble("area_without_form")]})


class _Shows(Strict):
    """What heads a case on lists and on its page."""

    name = Id()
    about = Ids()
    risk = Id()
    also = Ids()


class _Duplicates(Strict):
    """By which fields it shows that two cases may be about one person."""

    name = Id(required=True)
    born = Id()
    age = Id()
    sex = Id()
    relatives = Ids()
    states = Ids()
    checked = Id()


class _Decision(Strict):
    table = Id(required=True)
    inputs = Mapped(text, required=True)
    on = Id(required=True)
    gives = Id(required=True)
    confirms = Id()
    why = Id()


class _Milestone(Strict):
    title = Label()
    when = Word(required=True)


_LABEL = Label()


def read_stage(value: Any) -> dict[str, Any]:
    return {"title": _LABEL.deserialize(value)}


class _DefinitionKeys(Strict):
    format = Format(required=True)
    id = Id(required=True)
    title = Label()
    reference = Reference()
    subject = Id()
    calendar = Id()
    owner = Id()
    shows = One(_Shows())
    access = Access(required=True)
    open = One(_Opening(), required=True)
    stages = Keyed(read_stage)
    form_list = Keyed(FORM.load, data_key="forms", attribute="forms")
    field_list = Keyed(FIELD.load, reserved=RESERVED, required=True, data_key="fields", attribute="fields")
    states = Keyed(STATE.load, reserved=("same",), required=True)
    transitions = Keyed(TRANSITION.load, reserved=RESERVED_TRIGGERS, required=True)
    deadlines = Keyed(DEADLINE.load)
    subcases = Keyed(SUBCASE.load, reserved=(*RESERVED, "all"))
    decisions = Keyed(_Decision().load)
    links = Keyed(LINK.load)
    duplicates = One(_Duplicates())
    milestones = Keyed(_Milestone().load)
    tests = Keyed(TEST.load)
    accept = Mapped(text, pattern=CODE)
    moves = Mapped(identifier)


DEFINITION = _DefinitionKeys()
