"""Finds the files shipped in this package and gives them as plain values: for publishing, for `init` and the demo.

Definitions and rule tables come as the author's text, so that what is stored is what was written. This module judges
nothing: whether a definition is sound is `schemas.load`'s business, what is in force is the store's.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from engine.definition.text import Text
from schemas.yaml_text import read


@dataclass(frozen=True, slots=True)
class Function:
    """A role a workflow may name; `valid_to` is its last day if it is no more."""

    key: str
    title: Text
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Area:
    """An administrative unit in one of its shapes. `parent` is the id of the unit above, "" for a province."""

    code: str
    valid_from: date
    valid_to: date | None
    level: str
    type: str
    name: Text
    parent: str

    @property
    def id(self) -> str:
        """What names the area for ever: codes are used again for other communes."""
        return f"{self.code}@{self.valid_from.isoformat()}"


@dataclass(frozen=True, slots=True)
class Succession:
    """Area `old` became (part of) area `new`, both ids; `kind` whole or unchanged; `confirmed` by a source."""

    old: str
    new: str
    kind: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Agency:
    """An invented agency of the demo, its place (an area's id) and the functions its people may hold."""

    id: str
    name: Text
    area: str
    functions: tuple[str, ...]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Holding:
    """That a person holds a function in an agency for an area (its id), from a day on and up to a last day."""

    function: str
    agency: str
    area: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person of the demo; `one_click` is the place among those a visitor may be, 0 for none."""

    id: str
    name: str
    post: Text
    one_click: int
    holdings: tuple[Holding, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A number or word of the installation; `unconfirmed` until a source or the province has confirmed it."""

    key: str
    value: Any
    title: Text
    law: str
    unconfirmed: bool


@dataclass(frozen=True, slots=True)
class Swap:
    """A day the government exchanged: worked though a holiday or weekend, or the other way round."""

    day: date
    worked: bool
    reason: str


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """A working calendar: the public holidays of `country`, and the exchanged days."""

    id: str
    title: Text
    country: str
    swaps: tuple[Swap, ...]


def definition_texts() -> Mapping[str, str]:
    """The text of every workflow, by its id."""
    return _texts(_root())


def decision_table_texts() -> Mapping[str, str]:
    """The text of every rule table, by file name: a table has one file for each time it was in force."""
    return _texts(_root() / "decisions")


def import_texts() -> Mapping[str, str]:
    """The text of every declared import, by its id."""
    return _texts(_root() / "imports")


@cache
def code_lists() -> Mapping[str, dict[str, Any]]:
    """The shared code lists by name, as `schemas.load` wants them: `{"title": …, "options": {key: {vi, en, …}}}`.

    What only this catalogue knows of an option stands beside: `unconfirmed`, the keys known by memory only, and
    `codes`, the official codes by key.
    """
    return {plain["id"]: _code_list(plain) for plain in _plain_files(_reference() / "lists")}


@cache
def functions() -> Mapping[str, Function]:
    """All functions, by key."""
    found = _plain("functions.yaml")["functions"]
    return {key: Function(key, _text(each), _day(each.get("valid_to"))) for key, each in found.items()}


@cache
def areas() -> tuple[Area, ...]:
    """All units of 2017, 2020 and 2025, parents before what lies in them."""
    found = (
        Area(
            row["code"],
            date.fromisoformat(row["valid_from"]),
            _day(row["valid_to"]),
            row["level"],
            row["type"],
            Text(row["name_vi"], row["name_en"]),
            f"{row['parent_code']}@{row['parent_valid_from']}" if row["parent_code"] else "",
        )
        for row in _rows("areas.csv")
    )
    return tuple(sorted(found, key=lambda area: ("province", "district", "commune").index(area.level)))


@cache
def successions() -> tuple[Succession, ...]:
    """Which area became which."""
    return tuple(
        Succession(
            f"{row['old_code']}@{row['old_valid_from']}",
            f"{row['new_code']}@{row['new_valid_from']}",
            row["kind"],
            row["confirmed"] == "true",
        )
        for row in _rows("area_succession.csv")
    )


@cache
def agencies() -> Mapping[str, Agency]:
    """The invented agencies of the demo, by id."""
    found = _plain("agencies.yaml")["agencies"]
    return {key: _agency(key, each) for key, each in found.items()}


@cache
def demo_people() -> Mapping[str, Person]:
    """The invented people of the demo, by id."""
    found = _plain("demo_people.yaml")["people"]
    return {
        key: Person(
            key,
            each["name"],
            _text(each["post"]),
            each.get("one_click", 0),
            tuple(_holding(held) for held in each["holdings"]),
        )
        for key, each in found.items()
    }


@cache
def demo_stories() -> Mapping[str, Mapping[str, Any]]:
    """What happened to the invented children of the demo, by file name in the order of the names; decimals are kept."""
    files = sorted((_root() / "demo").iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
        for file in files
        if file.name.endswith(".toml")
    }


@cache
def settings() -> Mapping[str, Setting]:
    """The settings a new installation begins with, by key."""
    found = _plain("settings.yaml")["settings"]
    return {
        key: Setting(
            key, each["value"], _text(each["title"]), each.get("law", ""), each.get("unconfirmed", False)
        )
        for key, each in found.items()
    }


@cache
def calendar() -> WorkingCalendar:
    """The working calendar a new installation begins with."""
    plain = _plain("calendar.yaml")
    swaps = tuple(
        Swap(date.fromisoformat(each["day"]), each["worked"], each.get("reason", ""))
        for each in plain["swaps"]
    )
    return WorkingCalendar(plain["id"], _text(plain["title"]), plain["country"], swaps)


def _code_list(plain: Mapping[str, Any]) -> dict[str, Any]:
    aside = ("unconfirmed", "code")
    options = plain["options"]
    return {
        "title": plain["title"],
        "options": {
            key: {name: value for name, value in each.items() if name not in aside}
            for key, each in options.items()
        },
        "unconfirmed": frozenset(key for key, each in options.items() if each.get("unconfirmed")),
        "codes": {key: each["code"] for key, each in options.items() if "code" in each},
    }


def _agency(key: str, plain: Mapping[str, Any]) -> Agency:
    return Agency(
        key,
        _text(plain),
        plain["area"],
        tuple(plain["functions"]),
        date.fromisoformat(plain["valid_from"]),
        _day(plain.get("valid_to")),
    )


def _holding(plain: Mapping[str, Any]) -> Holding:
    return Holding(
        plain["function"],
        plain["agency"],
        plain["area"],
        date.fromisoformat(plain["valid_from"]),
        _day(plain.get("valid_to")),
    )


def _text(plain: Mapping[str, Any]) -> Text:
    return Text(plain["vi"], plain["en"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _root() -> Traversable:
    return resources.files("workflows")


def _reference() -> Traversable:
    return _root() / "reference"


def _files(folder: Traversable) -> Iterator[Traversable]:
    yield from sorted(
        (each for each in folder.iterdir() if each.name.endswith(".yaml")), key=lambda file: file.name
    )


def _texts(folder: Traversable) -> dict[str, str]:
    return {file.name.removesuffix(".yaml"): file.read_text(encoding="utf-8") for file in _files(folder)}


def _plain_files(folder: Traversable) -> Iterator[dict[str, Any]]:
    for file in _files(folder):
        yield read(file.read_bytes()).plain


def _plain(name: str) -> dict[str, Any]:
    return read((_reference() / name).read_bytes()).plain


def _rows(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader((_reference() / name).read_text("utf-8").splitlines())
