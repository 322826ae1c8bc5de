"""The glossary's lists are those of the declared content; if not: `python -m tests.glossary`."""

from __future__ import annotations

import re

import pytest

from tests import glossary


def test_the_lists_of_the_glossary_are_those_of_the_content() -> None:
    assert glossary.PAGE.read_text("utf-8") == glossary.page()


@pytest.mark.parametrize("name", glossary.lists())
def test_a_row_of_a_list_has_a_label_in_both_languages(name: str) -> None:
    rows = glossary.lists()[name]
    assert rows
    assert [row for row in rows if not all(row.split(" | ")[1:3])] == []


def test_every_state_and_every_trigger_has_its_row() -> None:
    text, definition = glossary.PAGE.read_text("utf-8"), glossary.child_case()
    keys = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    assert {*definition.states, *(each.trigger for each in definition.ways)} - keys == set()
    assert "reopen" in keys


def test_a_word_of_the_house_has_both_languages_a_meaning_and_a_place() -> None:
    hand = glossary.PAGE.read_text("utf-8").split("<!--")[0]
    rows = [line.split(" | ") for line in hand.splitlines() if line.startswith("| **")]
    assert len(rows) > 35
    assert [row for row in rows if len(row) != 4 or not all(row)] == []
