"""The catalogues of sentences: whole in both languages, in use, and the only place where a person's text stands."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Any
from unicodedata import is_normalized

import pytest
from jinja2 import Environment, nodes

from engine.text import LANGUAGES, _flat
from web.texts import catalogue

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "web" / "translations", ROOT / "engine" / "messages")
PAIRS = sorted({(folder, each.name.split(".")[0]) for folder in FOLDERS for each in folder.glob("*.toml")})
TEMPLATES = sorted((ROOT / "web" / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "web" / "static" / "editor").glob("*.js"))
CODE = sorted(
    each for room in ("engine", "schemas", "workflows", "web") for each in (ROOT / room).rglob("*.py")
)

VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]|[àáãèéìíĩòóõùúũýÀÁÃÈÉÌÍÒÓÕÙÚÝ]")
SENTENCE = re.compile(r"[A-Za-zÀ-ỹ]{2,}")  # two letters together, once tags and expressions are gone

# One text for both languages, and why.
SAME = {
    "language.vi": "each language under its own name",
    "language.en": "each language under its own name",
    "shell.product": "the name of the product",
    "cli.demo.building": "said before the reader's language is known",
    "cli.start.ready": "the same, in both languages at once",
}
# Other places in the two languages, and why.
PLACES = {
    "expression.noun.track_open": "English quotes the title of a track, Vietnamese runs it in, in small letters",
    "expression.noun.track_closed": "the same",
    "expression.noun.track_count": "the same",
}


def read(folder: Path, name: str, language: str) -> dict[str, str]:
    return _flat(tomllib.loads((folder / f"{name}.{language}.toml").read_text("utf-8")))


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


# ------------------------------------------------------------------ the catalogues


@pytest.mark.parametrize(("folder", "name"), PAIRS, ids=[name for _, name in PAIRS])
def test_both_languages_have_the_same_keys_and_places(folder: Path, name: str) -> None:
    vietnamese, english = (read(folder, name, language) for language in LANGUAGES)
    assert vietnamese.keys() == english.keys()
    assert {
        key for key in vietnamese if places(vietnamese[key]) != places(english[key])
    } - PLACES.keys() == set()
    assert all(is_normalized("NFC", each) and each.strip() for each in vietnamese.values())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda each: each.parent.name)
def test_no_key_stands_in_two_files(folder: Path) -> None:
    keys = sorted(key for each, name in PAIRS if each == folder for key in read(folder, name, "vi"))
    assert [one for one, other in pairwise(keys) if one == other] == []


@pytest.mark.parametrize(("folder", "name"), PAIRS, ids=[name for _, name in PAIRS])
def test_vietnamese_is_not_left_in_english_nor_english_in_vietnamese(folder: Path, name: str) -> None:
    vietnamese, english = (read(folder, name, language) for language in LANGUAGES)
    assert {key for key in vietnamese if alike(vietnamese[key], english[key])} - SAME.keys() == set()
    assert {key for key, each in english.items() if VIETNAMESE.search(bare(each))} - SAME.keys() == set()


def alike(vietnamese: str, english: str) -> bool:
    """The same text, and it holds a word of its own."""
    return vietnamese == english and bool(re.search(r"[a-zà-ỹ]", re.sub(r"\{\w+\}", "", english)))


def bare(sentence: str) -> str:
    """Without what stays Vietnamese in English: examples in quotation marks, numbers of forms, the product's name."""
    return re.sub(r"[“\"'].*?[”\"']|Mẫu|Nâng Bước", "", sentence)


def test_every_exception_is_needed() -> None:
    both = [
        {key: each for folder, name in PAIRS for key, each in read(folder, name, language).items()}
        for language in LANGUAGES
    ]
    vietnamese, english = both
    assert {
        key
        for key in SAME
        if not alike(vietnamese[key], english[key]) and not VIETNAMESE.search(english[key])
    } == set()
    assert {key for key in PLACES if places(vietnamese[key]) == places(english[key])} == set()


# ------------------------------------------------------------------ keys in use

ASKING = {
    "t": "",
    "say": "cli.",
}  # the functions that are asked for a sentence, and what they put before the key
WHATEVER = r"[\w.-]+"


@dataclass(frozen=True, slots=True)
class Asked:
    """One call. key: a literal, or a pattern when it is put together. given: names of places, None if not all known."""

    where: str
    key: str
    literal: bool
    given: frozenset[str] | None

    def finds(self, key: str) -> bool:
        return key == self.key if self.literal else bool(re.fullmatch(self.key, key))


def asked_in_code() -> Iterator[Asked]:
    for path in CODE:
        if not path.is_relative_to(ROOT / "web"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ASKING
                and node.args
            ):
                names = frozenset(each.arg for each in node.keywords if each.arg)
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                for key, literal in of_expression(node.args[0]):
                    given = names if all(each.arg for each in node.keywords) else None
                    yield Asked(where, ASKING[node.func.id] + key, literal, given)


def of_expression(node: ast.expr) -> Iterator[tuple[str, bool]]:
    match node:
        case ast.Constant(value=str(key)):
            yield key, True
        case ast.JoinedStr(values=parts):
            yield joined(each.value if isinstance(each, ast.Constant) else None for each in parts), False
        case ast.IfExp(body=one, orelse=other):
            yield from of_expression(one)
            yield from of_expression(other)


def joined(parts: Iterable[Any]) -> str:
    return "".join(WHATEVER if each is None else re.escape(each) for each in parts)


def asked_in_templates() -> Iterator[Asked]:
    for path in TEMPLATES:
        for node in Environment(autoescape=True).parse(path.read_text("utf-8")).find_all(nodes.Call):
            if isinstance(node.node, nodes.Name) and node.node.name == "t":
                where, given = (
                    f"{path.relative_to(ROOT)}:{node.lineno}",
                    frozenset(each.key for each in node.kwargs),
                )
                yield Asked(where, *of_template(node.args[0]), given)


def of_template(node: nodes.Node) -> tuple[str, bool]:
    match node:
        case nodes.Const():
            return node.value, True
        case nodes.Concat():
            return joined(each.value if isinstance(each, nodes.Const) else None for each in node.nodes), False
        case nodes.Mod(left=nodes.Const()):
            return joined(part or None for part in re.split("%s()", node.left.value)), False
    raise AssertionError(node)


def asked_in_scripts() -> Iterator[Asked]:
    """The words that the editor's scripts ask for, of those that its page hands them."""
    for file in SCRIPTS:
        for key, given in re.findall(r'\bsay\("(\w+)"(?:, \{ (.*?) \})?\)', file.read_text("utf-8")):
            names = re.findall(r"(?:^|, )(\w+)(?=:|,|$)", given)
            yield Asked(file.name, f"editor.script.{key}", True, frozenset(names))


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    return [*asked_in_code(), *asked_in_templates(), *asked_in_scripts()]


def test_every_key_that_is_asked_for_exists(asked: list[Asked]) -> None:
    keys = catalogue().sentences["vi"]
    assert [(each.where, each.key) for each in asked if not any(map(each.finds, keys))] == []


def test_every_sentence_gets_what_it_needs_and_nothing_else(asked: list[Asked]) -> None:
    keys = catalogue().sentences["vi"]
    known = [each for each in asked if each.literal and each.given is not None]
    assert [
        (each.where, each.key, each.given) for each in known if places(keys[each.key]) != each.given
    ] == []


def test_no_sentence_of_the_screens_is_left_over(asked: list[Asked]) -> None:
    waiting = {key for path in CODE for key in strings(path)}  # in a table of the code until it is asked for
    screens = {
        key for key in catalogue().sentences["vi"] if not key.startswith("cli.")
    }  # those: tests of the command line
    used = {key for key in screens if any(each.finds(key) for each in asked)}
    assert {key for key in screens - used if not any(re.fullmatch(each, key) for each in waiting)} == set()


def strings(path: Path) -> Iterator[str]:
    """Patterns of the strings in a file that may be keys, those put together too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.fullmatch(r"[a-z_]+(\.\w+)+", node.value)
        ):
            yield re.escape(node.value)
        elif (
            isinstance(node, ast.JoinedStr)
            and isinstance(node.values[0], ast.Constant)
            and re.match(r"[a-z_]+\.", node.values[0].value)
        ):
            yield joined(each.value if isinstance(each, ast.Constant) else None for each in node.values)


# ------------------------------------------------------------------ and nowhere else


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda each: str(each.relative_to(ROOT / "web" / "templates"))
)
def test_no_sentence_stands_in_a_template(path: Path) -> None:
    source = path.read_text("utf-8")
    html = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<(script|style)\b.*?</\1>", "", source, flags=re.DOTALL)
    said = re.findall(r'(?:alt|title|placeholder|aria-label|label)="([^"]*)"', html)
    assert [each for each in said if SENTENCE.search(each)] == []
    attributes = r'<[^>]*>|[\w-]+="[^"]*"|\bdata-[\w-]+|\b(?:autofocus|readonly)\b'
    assert SENTENCE.findall(re.sub(attributes, " ", html)) == []
    tree = Environment(autoescape=True).parse(source)
    spoken = {each.value for each in tree.find_all(nodes.Const) if isinstance(each.value, str)}
    assert {
        each
        for each in spoken
        if VIETNAMESE.search(each) or re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", each)
    } == set()


# Vietnamese that is not a text of the program, and what it is.
CONTENT = {
    "engine/registry/names.py": "letters and tones",
    "schemas/forms.py": "signs of the currency",
    "schemas/sheets/separated.py": "letters of the alphabet",
    "web/laws.py": "forms in which definitions cite laws",
}


@pytest.mark.parametrize("path", CODE, ids=lambda each: str(each.relative_to(ROOT)))
def test_no_vietnamese_stands_in_code(path: Path) -> None:
    if str(path.relative_to(ROOT)) in CONTENT:
        assert VIETNAMESE.search(path.read_text("utf-8"))  # else it need not be excepted
        return
    tree = ast.parse(path.read_text("utf-8"))
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    remarks = {
        id(each.body[0].value)
        for each in ast.walk(tree)
        if isinstance(each, holders) and each.body and isinstance(each.body[0], ast.Expr)
    }
    found = [
        (each.lineno, each.value)
        for each in ast.walk(tree)
        if isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and id(each) not in remarks
        and VIETNAMESE.search(each.value)
    ]
    assert found == []


@pytest.mark.parametrize(
    "script", [ROOT / "web" / "static" / "casework.js", *SCRIPTS], ids=lambda each: each.name
)
def test_no_sentence_stands_in_the_script(script: Path) -> None:
    source = script.read_text("utf-8")
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.DOTALL)
    assert not VIETNAMESE.search(code)
    assert re.findall(r'"[A-Za-z]+ [a-z]+ [a-z ]+"', code) == []
