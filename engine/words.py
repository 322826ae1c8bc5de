"""Blockers and values in words: the sentence of a refusal with the titles of the definition filled in.

`names` supplies what stands outside a definition: titles of functions, names of people, areas and agencies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.commands import Blocker
from engine.definition.expression import explain
from engine.definition.flow import Condition
from engine.definition.model import Field, FieldType, Option
from engine.text import messages
from engine.workflow import Workflow

Names = Callable[[str, str], str]
"""(kind, id) → name; kind: function, actor, area, agency."""


@dataclass(frozen=True, slots=True)
class Words:
    """Speaks of one workflow in one language. zone: in which moments are written. tracks: what it opens, by key."""

    workflow: Workflow
    language: str
    names: Names
    zone: ZoneInfo
    tracks: Mapping[str, Workflow | None] = field(default_factory=dict)

    def blocker(self, blocker: Blocker) -> str:
        """The sentence of a blocker."""
        params = {key: self._param(key, value, blocker) for key, value in blocker.params.items()}
        if "condition" in params:
            params["condition"] = self._condition(blocker)
        return messages().say(self.language, f"{_wording(blocker)}.{blocker.code}", **params)

    def label(self, name: str) -> str:
        """The title of a field, of a column, or of what a track returns."""
        definition = self.workflow.definition
        if name in definition.fields:
            return definition.fields[name].title.get(self.language)
        owner, _, part = name.partition(".")
        if owner in definition.fields and part in definition.fields[owner].columns:
            return definition.fields[owner].columns[part].title.get(self.language)
        for table in definition.fields.values():
            if name in table.columns:
                return table.columns[name].title.get(self.language)
        track = self.tracks.get(owner)
        if track and part in track.definition.fields:
            return track.definition.fields[part].title.get(self.language)
        if owner in definition.subcases:
            return definition.subcases[owner].title.get(self.language)
        if name.startswith("subcases."):
            key = name.split(".")[1]
            return definition.subcases[key].title.get(self.language) if key in definition.subcases else name
        if messages().has(f"word.{name}"):
            return messages().say(self.language, f"word.{name}")
        return name

    def trigger(self, trigger: str) -> str:
        """The title of the (first) transition of a trigger."""
        definition = self.workflow.definition
        if trigger == "open":
            return definition.open.title.get(self.language)
        found = next((each for each in definition.ways if each.trigger == trigger), None)
        return found.title.get(self.language) if found else trigger

    def state(self, state: str) -> str:
        """The title of a state."""
        found = self.workflow.definition.states.get(state)
        return found.title.get(self.language) if found else state

    def value(self, declared: Field, value: Any) -> str:
        """A typed value as Vietnam writes it: 23/11/2026, 1.500.000 ₫, options by their title."""
        if value is None:
            return ""
        match declared.type:
            case FieldType.CHOICE:
                return self._option(declared.options.get(value), value)
            case FieldType.CHOICES:
                return ", ".join(self._option(declared.options.get(each), each) for each in value)
            case FieldType.BOOLEAN:
                return messages().say(self.language, "word.yes" if value else "word.no")
            case FieldType.MONEY:
                return f"{value:,}".replace(",", "." if self.language == "vi" else ",") + " ₫"
            case FieldType.ACTOR | FieldType.AREA | FieldType.AGENCY:
                return self.names(declared.type.value, value)
            case FieldType.TABLE:
                return str(len(value))
        return plain(value, self.language, self.zone)

    def _condition(self, blocker: Blocker) -> str:
        way = self.workflow.ways[blocker.params["transition"]]
        condition: Condition = way.conditions[blocker.params["condition"]].condition
        if condition.say.vi or condition.say.en:
            return condition.say.get(self.language)
        return explain(condition.expression, self.language, self.label)

    def _param(self, key: str, value: Any, blocker: Blocker) -> str:
        match key:
            case "functions":
                return _series([self.names("function", each) for each in value], self.language)
            case "missing":
                return ", ".join(self.label(each) for each in value)
            case "sources":
                return ", ".join(self.state(each) for each in value)
            case "trigger":
                return self.trigger(value)
            case "state":
                return self.state(value)
            case "field":
                return self.label(value)
            case "subcase":
                return self.workflow.definition.subcases[value].title.get(self.language)
            case "type":
                return messages().say(self.language, f"type.{value}")
        return plain(value, self.language, self.zone)

    def _option(self, option: Option | None, key: str) -> str:
        return option.title.get(self.language) if option else key


def _wording(blocker: Blocker) -> str:
    """Under which heading of messages/blocker.*.toml the sentence stands that fits what the blocker is about."""
    if any(isinstance(blocker.params.get(each), date) for each in ("min", "max")):
        return "of_time"
    if blocker.params.get("at") == "offered":
        return "of_offer"
    return "of_calendar" if "no_such_day" in blocker.params else "blocker"


def plain(value: Any, language: str, zone: ZoneInfo) -> str:
    """A date, moment or number as text, moments in `zone`; anything else as it is."""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, Decimal):
        text = f"{value.normalize():f}"
        return text.replace(".", ",") if language == "vi" else text
    return str(value)


def _series(words: list[str], language: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return messages().say(language, "expression.join.or", a=", ".join(words[:-1]), b=words[-1])
