from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.yaml_pieces import read_again
from schemas.yaml_text import Unreadable, read
from workflows import catalogue

TEXTS = catalogue.definition_texts()
SHORT = TEXTS["education_support"]
ODD = (
    "", "\n", "  x: 1", "a: 1\n---\nb: 2\n", "%YAML 1.2\n---\na: 1\n", "a: {b: 1,\nc: 2}\n", 'a: "x\nb: y"\n', "a:\n- 1\n- 2\nb: 3\n",
    "a: |+\n  text\n\n\nb: 1\n", "a:\n  x: |\n    one\n\n  y: 2\n", "a:\n  x: 1\n y: 2\n", "a:\n  x: 1\na:\n  y: 2\n", "a:\n  x: 1\n  x: 2\n",
    "? a\n: b\nc: d\n", "a: 1\r\nb: 2\r\n", "# only\n", "a: &x 1\nb: *x\n", "a:\n  # quiet\n\n  x: {y: [1, 2]}\n# between\nb:\n  \"z\": 1\n  w: 2\n",
    "a:\n  x: 1\n...\nb: 2\n", "\ufeffa: 1\nb: 2\n", "a: 1\nb\n", "a:\n  x:\n    'y\n  z: 1'\n", "a:\n  x: one\n   two\n  y: 1\n", "a: - 1\nb: 2\n", "a: 1\n'b': 2\n",
    "a:\n  x: 1\nb: 2\nb: 3\n", f"a:\n  x: {'[' * 21}{']' * 21}\n", "a:\n  x: \"\x85\"\n", "a:\n\tx: 1\n", "a:\n  x: 1 # c\n    # d\n  y:\n", "a: !t 1\n",
)  # fmt: skip


def answer(reader: object, text: str) -> object:
    try:
        tree = reader(text)  # type: ignore[operator]
    except Unreadable as unreadable:
        return unreadable.finding
    return tree.plain, dict(tree.places), dict(tree.keys), tree.findings


@pytest.mark.parametrize("text", [*ODD, *TEXTS.values()], ids=range(len(ODD) + len(TEXTS)))
def test_it_answers_what_the_reading_of_the_whole_answers(text: str) -> None:
    assert answer(read_again, text) == answer(read, text)


LINES = SHORT.split("\n")
PUT = st.sampled_from(
    (
        "",
        "x",
        ": ",
        "  ",
        "\n",
        "\nto: x\n",
        "\n  to: {",
        "}",
        "[",
        '"',
        "'",
        "#",
        " #",
        "- ",
        "|",
        "\n---\n",
        "a: b",
        "&",
        "\ny:\n  z: 1\n",
    )
)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, len(SHORT)), st.integers(0, 12), PUT),
        min_size=1,
        max_size=3,
    )
)
def test_whatever_is_typed_it_answers_the_same(changes: list[tuple[int, int, str]]) -> None:
    text = SHORT
    for at, removed, put in changes:
        text = text[:at] + put + text[at + removed :]
    assert answer(read_again, text) == answer(read, text)


@settings(max_examples=30)
@given(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1), st.integers(0, 4))
def test_whatever_line_is_moved_or_dented_it_answers_the_same(taken: int, put: int, dent: int) -> None:
    lines = list(LINES)
    lines.insert(put, " " * dent + lines.pop(taken))
    text = "\n".join(lines)
    assert answer(read_again, text) == answer(read, text)


def test_a_small_change_of_a_long_text_is_read_in_a_fraction_of_the_time() -> None:
    text = TEXTS["child_case"]
    read_again(text)
    changed = text.replace("to: verifying", "to: verifyin", 1)
    assert changed != text
    times = {}
    for reader in (read, read_again):
        begun = time.process_time()
        reader(changed)
        times[reader] = time.process_time() - begun
    assert times[read_again] * 3 < times[read]
