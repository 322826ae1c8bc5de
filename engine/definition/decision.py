"""Rule tables: typed inputs, editable values, rules of which the first match wins and all are recorded.

A table is a function of its inputs alone: no clock, no case, no actor. Which version counts on a work date is
asked of `in_force`; reading files is the schemas' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engine.definition import expression
from engine.definition.build_data import build_fields
from engine.definition.desk import Broken, Desk, text_of
from engine.definition.expression import Expression, Kind, Scope
from engine.definition.model import Field, Place
from engine.definition.places import nearest_place
from engine.definition.text import Text


@dataclass(frozen=True, slots=True)
class TableValue:
    """A number, text, truth value or list that rules read by name. `unconfirmed`: no source has confirmed it."""

    value: Any
    title: Text = field(default_factory=Text)
    law: str = ""
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """When it is true, `then` is a result of the table; `law` is its ground."""

    key: str
    when: Expression
    then: str
    title: Text = field(default_factory=Text)
    law: str = ""
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTable:
    """One version of a rule table, in force from `valid_from` to `valid_to` inclusive (None: no end)."""

    id: str
    title: Text
    valid_from: date
    valid_to: date | None
    inputs: Mapping[str, Field]
    values: Mapping[str, TableValue]
    results: Mapping[str, Text]
    rules: tuple[Rule, ...]
    sha256: str
    constants: Mapping[str, Any] = field(
        default_factory=dict, compare=False, repr=False
    )  # the values by name
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    def place(self, path: str) -> Place | None:
        """Where `path` ("rules.R1.when") stands in the author's file; the nearest parent if unknown."""
        return nearest_place(self.places, path)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a table says: `result` of the rule `first`, the first of all that `matched`; None when none did.

    undecided: the rules that are unknown, which do not match. missing: the inputs they lacked ("age",
    "jobs.hours_week" for a column).
    """

    result: str | None
    first: str | None
    matched: tuple[str, ...]
    undecided: tuple[str, ...]
    missing: tuple[str, ...]


def build_table(plain: Mapping[str, Any], places: Mapping[str, Place] | None = None) -> DecisionTable:
    """The table that the canonical form `plain` says (lists of `{"key": …}`, as the schema of tables gives
    it).

    The content hash is taken from the key "sha256" when it stands there. `places` are those of the file, if
    it comes from one. Raises `Broken` with every rule that cannot be read, does not fit the inputs (WF305,
    WF306, WF310), or reads or gives what is not declared (WF101).
    """
    desk = Desk(places or {})
    inputs = build_fields(plain["inputs"])
    values = {each["key"]: _value(each) for each in plain.get("values", ())}
    results = {each["key"]: text_of(each.get("title")) for each in plain["results"]}
    names = {key: _kind(each.value) for key, each in values.items()}
    scope = Scope(inputs, names=names, around=False)
    rules = [_rule(each, scope, results, desk) for each in plain["rules"]]
    if desk.findings:
        raise Broken(desk.findings)
    return DecisionTable(
        id=plain["id"],
        title=text_of(plain.get("title")),
        valid_from=date.fromisoformat(plain["valid_from"]),
        valid_to=date.fromisoformat(plain["valid_to"]) if plain.get("valid_to") else None,
        inputs=inputs,
        values=values,
        results=results,
        rules=tuple(each for each in rules if each),
        sha256=plain.get("sha256", ""),
        constants={key: each.value for key, each in values.items()},
        places=places or {},
    )


def decide(table: DecisionTable, inputs: Mapping[str, Any]) -> Decided:
    """Ask every rule, in order. inputs: values by input name; absent or None is unknown.

    Raises GuardFault when a rule fails on these values.
    """
    env = {**table.constants, **inputs}
    matched: list[Rule] = []
    undecided: list[Rule] = []
    for rule in table.rules:
        held = expression.compile(rule.when)(env)
        if held is not False:
            (undecided if held is None else matched).append(rule)
    first = matched[0] if matched else None
    return Decided(
        result=first.then if first else None,
        first=first.key if first else None,
        matched=tuple(each.key for each in matched),
        undecided=tuple(each.key for each in undecided),
        missing=tuple(
            dict.fromkeys(name for each in undecided for name in expression.missing(each.when, env))
        ),
    )


def in_force(tables: Iterable[DecisionTable], on: date) -> DecisionTable | None:
    """The version in force on a work date, the newest if several claim to be; None means "no rule set", never
    a guess.
    """
    fitting = [
        each for each in tables if each.valid_from <= on and (each.valid_to is None or on <= each.valid_to)
    ]
    return max(fitting, key=lambda each: each.valid_from, default=None)


def _value(plain: Mapping[str, Any]) -> TableValue:
    return TableValue(
        value=_constant(plain["value"]),
        title=text_of(plain.get("title")),
        law=plain.get("law", ""),
        unconfirmed=plain.get("unconfirmed", False),
    )


def _constant(value: Any) -> Any:
    """A constant of the canonical form: `{"decimal": "1.5"}` is a decimal, a list a tuple."""
    match value:
        case {"decimal": text}:
            return Decimal(text)
        case list():
            return tuple(_constant(each) for each in value)
    return value


def _kind(value: Any) -> Kind:
    match value:
        case bool():
            return Kind.BOOLEAN
        case int():
            return Kind.INTEGER
        case Decimal():
            return Kind.DECIMAL
        case tuple():
            kinds = [_kind(each) for each in value]
            texts = tuple(each for each in value if isinstance(each, str))
            element = next((each for each in kinds if each.name == "decimal"), kinds[0] if kinds else None)
            return Kind("list", options=texts or None, element=Kind.TEXT if texts else element)
    return Kind("text", options=(value,))


def _rule(plain: Mapping[str, Any], scope: Scope, results: Mapping[str, Text], desk: Desk) -> Rule | None:
    path = f"rules.{plain['key']}"
    desk.known(plain["then"], results, "result", f"{path}.then")
    when = desk.expression(plain["when"], scope, f"{path}.when", Kind.BOOLEAN)
    if when is None:
        return None
    return Rule(
        key=plain["key"],
        when=when,
        then=plain["then"],
        title=text_of(plain.get("title")),
        law=plain.get("law", ""),
        unconfirmed=plain.get("unconfirmed", False),
    )
