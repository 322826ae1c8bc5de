from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.outline import outline
from schemas.yaml_text import Unreadable, read
from workflows import catalogue

TEXT = catalogue.definition_texts()["child_case"]
SHORT = catalogue.definition_texts()["vocational_training"]


def test_the_graph_is_seen_with_its_lines_limits_functions_and_tracks() -> None:
    seen = outline(read(TEXT), "vi")
    lines = TEXT.split("\n")
    states = {each["key"]: each for each in seen["states"]}
    assert states["reported"]["initial"] and states["closed"]["final"]
    assert states["emergency"]["limits"] == [
        {"title": "Thực hiện biện pháp khẩn cấp", "text": "12 giờ", "kind": "within"}
    ]
    for each in (*seen["states"], *seen["tracks"], *(way for way in seen["ways"] if ":" not in way["key"])):
        assert lines[each["line"] - 1].strip().startswith(f"{each['key']}:")
    ways = {each["key"]: each for each in seen["ways"]}
    assert ways["start_verification"]["from"] == ["reported"]
    assert ways["start_verification"]["to"] == "verifying"
    assert ways["forward"]["to"] is None
    assert {each["key"] for each in seen["tracks"]} == {key for way in seen["ways"] for key in way["tracks"]}
    assert seen["names"]["fields"]["risk_level"]


def test_in_the_other_language_the_other_labels_are_seen() -> None:
    assert outline(read(TEXT), "en")["title"] == "Child case"


@pytest.mark.parametrize(
    "text",
    ["states: 1", "states: {a: }", "states: [a]", "transitions: {a: {from: {b: c}, to: [x], do: 3, by: {x: 1}}}", "states: {a: {title: {vi: 1}, deadlines: {x: 4}}}", "subcases: {a: b}", "fields: {a: {options: [1]}}", "states: {a: {reopen: {to: 5}}}"],
)  # fmt: skip
def test_what_is_no_graph_yet_is_left_out(text: str) -> None:
    assert outline(read(text), "vi")["ways"] is not None


@settings(max_examples=25)
@given(
    st.integers(0, len(SHORT)),
    st.integers(0, 40),
    st.sampled_from(("", "x", ": ", "- ", "{", "\n  a: 1\n", "1")),
)
def test_whatever_is_typed_it_raises_nothing(at: int, removed: int, put: str) -> None:
    try:
        tree = read(SHORT[:at] + put + SHORT[at + removed :])
    except Unreadable:
        return
    outline(tree, "vi")
