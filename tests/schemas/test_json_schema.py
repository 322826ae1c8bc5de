"""The published JSON Schema is the format that is read: the file, the shipped workflows, and what is refused by both."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError

from schemas.definition import DEFINITION
from schemas.json_schema import definition_schema
from schemas.parts import Trouble
from schemas.yaml_text import read
from tests.support.json_schema import fits
from workflows import catalogue

FILE = Path(__file__).parents[2] / "docs" / "reference" / "definition.schema.json"
SCHEMA = json.loads(FILE.read_text("utf-8"))
WHOLE = read((Path(__file__).parent / "whole.yaml").read_text("utf-8")).plain
# What several keys say together, or what a value means by another key: no JSON Schema of ours says it.
TOGETHER = {
    "need_or_if",
    "fields_or_sections",
    "columns_missing",
    "missing",
    "number",
    "whole_number",
    "one_of",
    "date",
}
SOME = ("", "no such thing", 7, None, [], ["a", "a"], {"no_such_key": "x"})


def accepted(plain: Any) -> bool:
    return fits(plain, SCHEMA, SCHEMA)


def troubles(plain: Any) -> list[Trouble]:
    """What our own reading has against it."""
    try:
        DEFINITION.load(plain)
    except ValidationError as error:
        return list(_flat(error.messages))
    return []


def _flat(messages: Any) -> Iterator[Trouble]:
    if isinstance(messages, Trouble):
        yield messages
    else:
        for each in messages.values() if isinstance(messages, dict) else messages:
            yield from _flat(each)


def places(plain: Any) -> Iterator[tuple[Any, Any]]:
    """Every map or list inside with each of its keys or numbers."""
    inside = list(
        plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    )
    for key, value in inside:
        yield plain, key
        yield from places(value)


def test_the_published_file_is_what_the_schemas_say() -> None:
    assert definition_schema() == SCHEMA


@pytest.mark.parametrize("name", list(catalogue.definition_texts()))
def test_every_shipped_workflow_fits(name: str) -> None:
    assert accepted(read(catalogue.definition_texts()[name]).plain)


def test_a_file_that_uses_the_whole_format_fits() -> None:
    assert troubles(WHOLE) == []
    assert accepted(WHOLE)


def test_a_key_that_is_not_known_is_refused_by_both_wherever_it_stands() -> None:
    plain = copy.deepcopy(WHOLE)
    maps = [plain, *(each[key] for each, key in places(plain) if isinstance(each[key], dict))]
    assert len(maps) > 100
    refused = 0
    for each in maps:
        each["no_such_key"] = "x"
        ours = troubles(plain)
        assert accepted(plain) == (not ours), each
        refused += any(trouble.code == "WF104" for trouble in ours)
        del each["no_such_key"]
    assert refused > 60


def test_whatever_is_put_into_a_place_both_say_the_same_of_it() -> None:
    plain = copy.deepcopy(WHOLE)
    one_of_a_kind = {(key, type(holder[key])): (holder, key) for holder, key in places(plain)}
    differ = []
    for holder, key in one_of_a_kind.values():
        before = holder[key]
        for value in SOME:
            holder[key] = value
            ours = {trouble.variant for trouble in troubles(plain)}
            if ours - TOGETHER if accepted(plain) else not ours:
                differ.append((key, before, value, ours))
        holder[key] = before
    assert differ == []
    assert len(one_of_a_kind) > 100


def test_what_is_needed_is_needed_by_both() -> None:
    plain = copy.deepcopy(WHOLE)
    for holder, key in [each for each in places(plain) if isinstance(each[0], dict)]:
        before = dict(holder)
        del holder[key]
        if not accepted(plain):
            assert troubles(plain), (key, before)
        holder.clear()
        holder.update(before)
    for key in SCHEMA["required"]:
        assert not accepted({name: each for name, each in WHOLE.items() if name != key})
