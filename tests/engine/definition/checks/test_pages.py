"""Every rule is written down: a page, and its sentences in both languages with the same places to fill."""

import re
import string
from pathlib import Path

import pytest

from engine.definition import checks
from engine.definition.findings import Severity
from engine.text import LANGUAGES, messages

PAGES = Path(__file__).parents[4] / "docs" / "reference" / "checks"
CODES = sorted(checks.SEVERITIES)
SEVERITY = {
    Severity.ERROR: "lỗi / error",
    Severity.WARNING: "cảnh báo / warning",
    Severity.NOTE: "lưu ý / note",
}


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_a_page_with_both_titles_its_severity_and_reasons(code: str) -> None:
    title, severity, *paragraphs = (PAGES / f"{code}.md").read_text().split("\n## ")[0].strip().split("\n\n")
    assert re.fullmatch(rf"# {code}: \S.+ / \S.+", title)
    assert severity == f"**Mức / Severity:** {SEVERITY[checks.SEVERITIES[code]]}"
    assert len(paragraphs) == 2
    assert all(len(each) > 100 for each in paragraphs)


SHOWN = [
    *((code, *each) for code in CODES for each in (("Sai / Bad", "bad.yaml"), ("Đúng / Good", "good.yaml"))),
    *((rule.CODE, "Trước đó / Before", "old.yaml") for rule in checks.AGAINST),
]


@pytest.mark.parametrize(("code", "heading", "file"), SHOWN)
def test_the_examples_of_a_page_stand_in_the_files_that_are_tested(
    code: str, heading: str, file: str
) -> None:
    page = (PAGES / f"{code}.md").read_text()
    found = re.search(rf"## {heading}\n\n```yaml\n(.+?)\n```", page, re.DOTALL)
    assert found
    tested = [line.strip() for line in (Path(__file__).parent / code / file).read_text().splitlines()]
    shown = [line.strip() for line in found[1].splitlines()]
    windows = [tested[at : at + len(shown)] for at in range(len(tested))]
    assert shown in windows or (len(shown) == 1 and any(shown[0] in line for line in tested))


def test_every_page_belongs_to_a_rule() -> None:
    assert {page.stem for page in PAGES.glob("WF*.md")} == set(CODES)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_code_has_a_sentence_and_a_hint(code: str, language: str) -> None:
    assert messages().sentences[language][f"finding.{code}.sentence"]
    assert messages().sentences[language][f"finding.{code}.hint"]


def test_both_languages_say_the_same_things_with_the_same_places() -> None:
    vi, en = (messages().sentences[language] for language in LANGUAGES)
    ours = {key for key in {*vi, *en} if key.startswith(("finding.", "duration."))}
    assert len(ours) > 150
    assert [key for key in sorted(ours) if key not in vi or key not in en] == []
    assert [key for key in sorted(ours) if places(vi[key]) != places(en[key])] == []
