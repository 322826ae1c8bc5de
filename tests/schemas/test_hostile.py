"""Files made to hurt: refused with a place and a sentence, before the parser has much to do. How fast: `bench hostile`."""

from __future__ import annotations

import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definition import checks, report
from engine.definition.model import Place
from schemas import yaml_text
from schemas.load import load, load_definition
from schemas.yaml_screen import Refused, Screen
from schemas.yaml_text import Unreadable, read
from tests.bench.hostile import wide
from tests.support.hostile import FILES
from workflows import catalogue


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_with_its_line_in_both_languages(name: str) -> None:
    text, variant = FILES[name]
    finding, *others = load(text, {}).findings
    assert (finding.code, finding.variant, others) == ("WF100", variant, [])
    assert finding.place or variant == "too_big"
    for language in ("vi", "en"):
        said = report.say(finding, language)
        assert said.endswith(".") and len(said) < 300
        assert report.hint(finding, language)


EARLY = [
    name for name, (_, variant) in FILES.items() if variant not in ("merge", "twice", "documents", "empty")
]


@pytest.mark.parametrize("name", EARLY)
def test_the_parser_is_asked_for_a_few_lines_at_most(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [0]
    admit = yaml_text._Reading._admit

    def counted(reading: Any, event: Any) -> None:
        asked[0] += 1
        admit(reading, event)

    monkeypatch.setattr(yaml_text._Reading, "_admit", counted)
    with pytest.raises(Unreadable):
        read(FILES[name][0])
    assert asked[0] <= 100


def test_keys_written_twice_are_told_up_to_a_bound() -> None:
    assert len(read("a: 1\n" * 201).findings) == 200
    with pytest.raises(Unreadable) as caught:
        read("a: 1\n" * 202)
    assert caught.value.finding.place == Place(202, 1)


def test_every_character_without_a_shape_is_refused() -> None:
    unseen = {
        each
        for each in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp") and each not in "\t\n\r"
    }
    assert not {each for each in unseen if not yaml_text._FORBIDDEN.search(each)}


def test_what_people_write_is_no_hidden_character() -> None:
    seen = "Ở huyện Mường Khương, “em” — 15 tuổi… 5 ≥ 3 ½ ✓ 😀 日本 a\u0301 \u00a0"
    assert not yaml_text._FORBIDDEN.search(seen)


def test_a_title_is_no_longer_than_a_page_can_bear() -> None:
    good = catalogue.definition_texts()["child_case"]
    bad = good.replace("\ntitle: {vi: ", "\ntitle: {vi: " + "x" * 501, 1)
    (finding,) = load_definition(bad, catalogue.code_lists()).findings
    assert (finding.code, finding.variant) == ("WF105", "label_long")
    assert finding.place


PIECES = st.sampled_from([
    "a", "b: ", "- ", "- - ", "? ", ": ", ":", "[", "]", "{", "}", ",", ", ", "&x", "*x", "!t", "! ", "#", " # c", "'", '"', "|\n",
    "> \n", "\n", "\n", "\n  ", "\n    ", " ", "x y", "-1", "\n- ", "\nk: ", "\n  l: ", "'q': ", "\\", "\t", "é", "---\n", "...", "%",
    "@", "`", "&", "*", "a:b", ":c", "''", "\u00a0", '"\n', "text &x", "[a, b]", "{a: b}",
])  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_the_quick_look_refuses_nothing_that_can_be_read(text: str) -> None:
    screen = Screen(text, 20, 50_000)
    refused = screen.refused()
    counted: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_text.Screen, "refused", lambda self: None)
        node = yaml_text._Reading.node

        def last(reading: Any, *args: Any) -> Any:
            value = node(reading, *args)
            counted.append(reading.nodes)
            return value

        patch.setattr(yaml_text._Reading, "node", last)
        try:
            read(text)
        except Unreadable:
            return
    assert refused is None
    assert screen._nodes <= max(counted)


@pytest.mark.parametrize(
    "text", ["a: x\n  &y", "a: 'b\n  &c d'", "a: |\n  &b\n  *c\nd: 1", "a: [b &c, 'd, *e']", "a: b # &c", "# &x\na: 1", "a: b &c"]
)  # fmt: skip
def test_what_only_looks_like_an_anchor_is_read(text: str) -> None:
    assert Screen(text, 20, 50_000).refused() is None
    assert read(text).plain


def test_the_quick_look_points_at_the_anchor() -> None:
    assert Screen("a:\n- b: 1\n  c: &name x\n", 20, 50_000).refused() == Refused("anchor", 15, "name")


def test_a_definition_too_wide_to_look_through_is_told_so_and_no_more_is_done() -> None:
    loaded = load_definition(wide(200, 6, 200), {})
    assert loaded.definition
    found = checks.run(loaded.definition)
    (told,) = [each for each in found if each.variant == "effort"]
    assert told.code == "WF307"
    assert report.say(told, "vi") and report.hint(told, "en")
    assert len([each for each in found if each.code == "WF307"]) > 1
