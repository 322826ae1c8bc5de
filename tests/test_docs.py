"""What the documentation says is so: its examples load, its lists are complete, its words are those of the screens."""

from __future__ import annotations

import ast
import inspect
import json
import keyword
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine import change, moving, record
from engine.definition import desk
from engine.definition.expression import calls, scanning
from engine.definition.flow import EFFECTS
from engine.definition.model import Definition, FieldType
from engine.forms import MAX_ROWS, TEXT_LENGTH
from engine.ledger.body import NO_EVENT, EventFacts, body
from engine.text import LANGUAGES, messages
from engine.trial import examine
from engine.workflow import Workflow
from schemas import canonical, data, decision_table, definition, flow, load, parts, stored_tests, yaml_text
from web.texts import catalogue as screens
from workflows.catalogue import code_lists

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FORMAT = (DOCS / "reference/definition-format.md").read_text("utf-8")
FORMAT_ON_ONE_LINE = " ".join(FORMAT.split())
BLOCKERS = (DOCS / "reference/blockers.md").read_text("utf-8")
EVENTS = (DOCS / "reference/events.md").read_text("utf-8")
LINES = {
    "caseworkers": 170,
    "side-roads": 80,
    "supervisors": 110,
    "operators": 250,
    "administrators": 120,
}  # the longest a guide may be
GUIDES = {
    (name, each): (DOCS / f"guides/{name}.{each}.md").read_text("utf-8")
    for name in LINES
    for each in LANGUAGES
}
PAGES = sorted((*DOCS.rglob("*.md"), ROOT / "CHANGELOG.md"))
SHORT_DECISIONS = sorted((*DOCS.glob("decisions/00[4-9]-*.md"), *DOCS.glob("decisions/010-*.md")))


# ------------------------------------------------------------------ the format of definitions


def files_of_the_format() -> list[str]:
    """The examples of the page: pieces that follow a beginning belong to it."""
    files: list[str] = []
    for piece in re.findall(r"```yaml\n(.*?)```", FORMAT, re.DOTALL):
        if piece.startswith("format: 1"):
            files.append(piece)
        else:
            files[-1] += piece
    return files


@cache
def loaded() -> tuple[load.Loaded | load.LoadedTable, ...]:
    return tuple(load.load(text, code_lists()) for text in files_of_the_format())


def definitions() -> dict[str, Definition]:
    found = (each.definition for each in loaded() if isinstance(each, load.Loaded))
    return {each.id: each for each in found if each}


def test_the_examples_of_the_format_are_two_definitions_and_a_rule_table_without_a_finding() -> None:
    assert [each.findings for each in loaded()] == [(), (), ()]
    assert list(definitions()) == ["child_help", "schooling_support"]
    assert isinstance(loaded()[2], load.LoadedTable)


@pytest.mark.parametrize("name", ["child_help", "schooling_support"])
def test_the_checks_have_nothing_against_the_examples_and_the_engine_makes_them_ready(name: str) -> None:
    found = examine(definitions()[name], definitions())
    assert [(each.code, each.path) for each in found if "accepted" not in each.params] == []
    assert Workflow(definitions()[name], 1, "").ways


def test_the_rule_table_of_the_page_is_asked_with_what_its_definition_gives() -> None:
    table = loaded()[2]
    assert isinstance(table, load.LoadedTable)
    assert table.table
    (decision,) = definitions()["child_help"].decisions.values()
    assert decision.table == table.table.id
    assert set(decision.inputs) == set(table.table.inputs)
    assert set(definitions()["child_help"].fields[decision.gives].options) == set(table.table.results)


def schemas() -> dict[str, frozenset[str]]:
    """Every schema of a file with its keys, as an author writes them."""
    rooms = (data, decision_table, definition, flow, parts, stored_tests)
    found = {
        f"{room.__name__}.{name}": kind
        for room in rooms
        for name, kind in vars(room).items()
        if inspect.isclass(kind) and issubclass(kind, parts.Strict) and kind.__module__ == room.__name__
    }
    return {
        name: frozenset(each.data_key or key for key, each in kind().fields.items())
        for name, kind in found.items()
        if kind is not parts.Strict
    }


@cache
def sections_in_code() -> tuple[frozenset[str], ...]:
    """The words that each section of the page writes as code, or in an example."""
    found = []
    for section in re.split(r"^## ", FORMAT, flags=re.MULTILINE):
        code = " ".join(re.findall(r"```yaml\n.*?```|`[^`\n]+`", section, re.DOTALL))
        found.append(frozenset(re.findall(r"[a-z_0-9]+", code)))
    return tuple(found)


@pytest.mark.parametrize("name", sorted(schemas()))
def test_every_key_of_a_schema_stands_in_one_section_of_the_format(name: str) -> None:
    keys = schemas()[name]
    missing = min((keys - words for words in sections_in_code()), key=len)
    assert missing == frozenset()


def test_every_word_with_a_meaning_of_its_own_stands_in_the_format() -> None:
    words = {
        *EFFECTS, *data.TYPES, *flow.RESERVED_TRIGGERS, *definition.PLACEHOLDERS, "same", "all", "stage", "system",
        *calls._FUNCTIONS,
    }  # fmt: skip
    assert words - frozenset().union(*sections_in_code()) == set()


def test_the_reserved_names_of_the_format_are_those_the_loader_refuses() -> None:
    (line,) = re.findall(r"^\| reserved \| (.+) \|$", FORMAT, re.MULTILINE)
    said = set(re.findall(r"`([a-z]+)`", line)) - {"all", "same", *flow.RESERVED_TRIGGERS}
    assert said == {each for each in data.RESERVED if not keyword.iskeyword(each)}


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (yaml_text.MAX_BYTES / 1_000_000, "at most {:g} MB"),
        (yaml_text.MAX_LEVELS, "{} levels"),
        (yaml_text.MAX_NODES, "{:,} nodes"),
        (yaml_text.MAX_LINES, "{:,} lines"),
        (yaml_text.MAX_LINE, "{:,} characters a line"),
        (parts.LONGEST_LABEL, "at most {} characters each"),
        (parts.LONGEST_ID, "at most {} characters, never renamed"),
        (desk.MOST, "the first {} of a file"),
        (canonical.MAX_OPTIONS, "at most {:,} in all"),
        (data.LONGEST_TEXT, "at most {:,})"),
        (max(TEXT_LENGTH.values()), "long_text {:,}"),
        (TEXT_LENGTH[FieldType.TEXT], "({} if left out"),
        (MAX_ROWS, "at most {} rows"),
        (scanning.LONGEST, "at most {:,} characters, "),
        (scanning.DEEPEST, "{} levels and"),
        (scanning.MOST_TOKENS, "{:,} words"),
        (scanning.DIGITS, "at most {} digits"),
    ],
)
def test_the_bounds_of_the_format_are_those_of_the_code(number: float, sentence: str) -> None:
    assert sentence.format(number) in FORMAT_ON_ONE_LINE


def test_maps_that_the_format_calls_lists_in_canonical_form_are_lists() -> None:
    (sentence,) = re.findall(r"Maps whose order means something \((.+?)\)", FORMAT_ON_ONE_LINE)
    said = set(re.findall(r"[a-z]+", sentence.replace("forms and their fields", "forms fields")))
    keyed = {key for each in loaded() for key in _lists(each.plain)}
    assert said == {"tracks" if key == "subcases" else key for key in keyed}


def _lists(plain: Any) -> Iterator[str]:
    """The keys under which lists of {"key": …} stand."""
    if isinstance(plain, dict):
        for key, each in plain.items():
            entries = each if isinstance(each, list) else []
            if any(isinstance(entry, dict) and "key" in entry and "effect" not in entry for entry in entries):
                yield key
            yield from _lists(each)
    elif isinstance(plain, list):
        for each in plain:
            yield from _lists(each)


def test_the_format_names_the_effects_that_the_engine_carries_out() -> None:
    effects = ast.parse(inspect.getsource(change._effects))
    carried_out = {
        each.value.value
        for each in ast.walk(effects)
        if isinstance(each, ast.MatchValue) and isinstance(each.value, ast.Constant)
    }
    rows = set(re.findall(r"^\| `(\w+): ?[A-Z{]", FORMAT, re.MULTILINE))
    assert rows & set(EFFECTS) == set(EFFECTS)
    assert carried_out == set(EFFECTS) - {"stop_deadline"}  # which deadlines/ reads


# ------------------------------------------------------------------ blockers and events


def blockers(language: str) -> dict[str, str]:
    found = messages().sentences[language].items()
    return {key.removeprefix("blocker."): text for key, text in found if key.startswith("blocker.")}


def test_every_blocker_has_a_line_with_its_sentence_in_both_languages() -> None:
    lines = {
        code: (vi, en)
        for code, vi, en in re.findall(r"^\| `(\w+)` \| (.+?)<br>(.+?) \|", BLOCKERS, re.MULTILINE)
    }
    assert lines == {code: (blockers("vi")[code], blockers("en")[code]) for code in blockers("vi")}


def test_every_line_on_a_blocker_says_when_it_appears_and_what_to_do() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .+? \| (.+) \| (.+) \|$", BLOCKERS, re.MULTILINE)
    assert sorted(code for code, when, todo in rows if when.endswith(".") and todo.endswith(".")) == sorted(
        blockers("vi")
    )


def test_every_kind_of_event_that_a_step_can_make_is_described_and_no_other() -> None:
    described = re.findall(r"^### `(\w+)`$", EVENTS, re.MULTILINE)
    assert sorted(described) == sorted(kinds_written())


def kinds_written() -> set[str]:
    """The kinds that stand in the code that makes changes: words of the form `<subject>_<past participle>`."""
    words = (
        node.value
        for module in (change, moving)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    found = {each for each in words if re.fullmatch(r"(case|data|deadline|step|subcase)_(\w+ed|taken)", each)}
    assert len(found) > 4
    return found


def test_every_part_of_a_body_is_described() -> None:
    described = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.+?) \|", EVENTS, re.MULTILINE))))
    facts = EventFacts(
        log="", epoch=1, root="", case="", seq=1, prev=NO_EVENT, at=datetime(2026, 11, 23, tzinfo=UTC), kind="", actor="",
        trigger="", to_state="", cycle=1, definition="", number=1, sha256="", command="",
    )  # fmt: skip
    arguments = {
        key.value
        for node in ast.walk(ast.parse(inspect.getsource(record._arguments)))
        if isinstance(node, ast.Dict)
        and any(isinstance(key, ast.Constant) and key.value == "values" for key in node.keys)
        for key in node.keys
        if isinstance(key, ast.Constant)
    }
    assert described == {*json.loads(body(facts)), *arguments, "opened", "stage"}


# ------------------------------------------------------------------ guides


@pytest.mark.parametrize(("name", "language"), GUIDES)
def test_bold_words_of_a_guide_stand_on_the_screens(name: str, language: str) -> None:
    said = re.findall(r"\*\*(.+?)\*\*", GUIDES[name, language])
    assert len(said) > {"caseworkers": 70, "operators": 5}.get(name, 20)
    known = screen_words(language)
    assert [words for words in said if not known.fullmatch(words)] == []


@cache
def screen_words(language: str) -> re.Pattern[str]:
    """Any sentence of the catalogues with its places filled, or any label of the shipped content."""
    sentences = [*screens().sentences[language].values(), *messages().sentences[language].values()]
    for file in sorted((ROOT / "workflows").rglob("*.yaml")):
        sentences += _labels(yaml_text.read(file.read_bytes()).plain, language)
    # A sentence that is nothing but a place would let any words pass.
    worded = {each for each in sentences if re.sub(r"\{\w+\}", "", each).strip()}
    return re.compile("|".join(re.sub(r"\\\{\w+\\\}", ".+", re.escape(each)) for each in sorted(worded)))


def _labels(plain: Any, language: str) -> Iterator[str]:
    if isinstance(plain, dict):
        if isinstance(plain.get(language), str):
            yield plain[language]
        for each in plain.values():
            yield from _labels(each, language)
    elif isinstance(plain, list):
        for each in plain:
            yield from _labels(each, language)


@pytest.mark.parametrize("name", LINES)
def test_a_guide_has_the_same_parts_in_both_languages_and_is_short(name: str) -> None:
    both = [GUIDES[name, language] for language in LANGUAGES]
    for count in (r"^## (\d+)\.", r"^### ", r"^\| ", r"\*\*", r"^```", r"^\d+\. "):
        vi, en = (re.findall(count, text, re.MULTILINE) for text in both)
        assert len(vi) == len(en), count
    assert all(len(text.splitlines()) <= LINES[name] for text in both)


# ------------------------------------------------------------------ all pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    local = [each for each in targets if "://" not in each]
    assert [each for each in local if not (page.parent / each).exists()] == []


@pytest.mark.parametrize("page", SHORT_DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_short_and_says_how_to_undo_it(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.startswith(f"# {page.name[:3]}: ")
    assert "To undo" in text
    assert len(text.splitlines()) <= 30
