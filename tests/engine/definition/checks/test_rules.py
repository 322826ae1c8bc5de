"""Every rule against its good and its bad file; the table of rules is the list of tests."""

from collections.abc import Mapping
from difflib import ndiff
from functools import cache
from pathlib import Path

import pytest

from engine.definition import checks
from engine.definition.findings import Finding, Severity
from engine.definition.live import Live
from engine.definition.model import Definition
from engine.trial import examine
from schemas.load import LoadedTable, load, load_definition

HERE = Path(__file__).parent
CODES = sorted(checks.SEVERITIES)


def findings_of(file: Path) -> tuple[Finding, ...]:
    loaded = load(file.read_bytes(), {})
    if isinstance(loaded, LoadedTable):
        return checks.of_table(loaded.table) if loaded.table else loaded.findings
    if loaded.definition is None:
        return loaded.findings
    found = examine(loaded.definition, family_of(file.parent))
    before = file.with_name("old.yaml")
    return found + against(before, loaded.definition) if before.exists() else found


def against(before: Path, new: Definition) -> tuple[Finding, ...]:
    """What the new version means for the cases of `old.yaml`: some stand everywhere, every field is used, and a guard
    that is stricter loses some."""
    old = load_definition(before.read_bytes(), {}).definition
    assert old and not checks.run(old), before
    live = Live(dict.fromkeys(old.states, 31), lambda way: 12, frozenset(old.fields))
    return checks.against(old, new, live)


@cache
def family_of(folder: Path) -> Mapping[str, Definition]:
    """The other definitions that lie in the folder of a rule."""
    texts = (file.read_bytes() for file in folder.glob("*.yaml") if file.stem not in ("good", "bad", "old"))
    definitions = (load_definition(text, {}).definition for text in texts)
    return {each.id: each for each in definitions if each}


@pytest.mark.parametrize("code", CODES)
def test_the_bad_file_gives_exactly_its_code_at_a_line(code: str) -> None:
    findings = findings_of(HERE / code / "bad.yaml")
    assert {each.code for each in findings} == {code}
    assert all(each.place and each.place.line > 1 for each in findings)
    assert all(each.severity is checks.SEVERITIES[code] for each in findings)


@pytest.mark.parametrize("code", CODES)
def test_the_good_file_gives_nothing_at_all(code: str) -> None:
    assert findings_of(HERE / code / "good.yaml") == ()


@pytest.mark.parametrize("code", CODES)
def test_the_files_differ_in_few_lines_so_that_the_page_can_show_them(code: str) -> None:
    good, bad = ((HERE / code / f"{name}.yaml").read_text().splitlines() for name in ("good", "bad"))
    assert 1 <= sum(line[0] in "+-" for line in ndiff(good, bad)) <= 12


def test_every_module_of_a_rule_is_in_the_table() -> None:
    modules = {file.stem.upper() for file in Path(checks.__file__).parent.glob("wf*.py")}
    assert modules == {rule.CODE for rule in (*checks.RULES, *checks.OF_TABLES, *checks.AGAINST)}
    assert not set(checks.ELSEWHERE) & modules


def test_a_rule_against_the_published_version_has_that_beside_its_examples() -> None:
    assert {rule.CODE for rule in checks.AGAINST} == {each.parent.name for each in HERE.glob("WF*/old.yaml")}


def test_a_folder_of_examples_belongs_to_a_rule() -> None:
    assert {folder.name for folder in HERE.glob("WF*")} == set(CODES)


ACCEPTING = 'accept: {WF206: "Có Phó Chủ tịch ký thay.", WF101: "không được"}\n'


def test_an_accepted_note_stays_and_carries_the_reason() -> None:
    text = (HERE / "WF206" / "bad.yaml").read_text() + ACCEPTING
    definition = load_definition(text, {}).definition
    assert definition
    (finding,) = checks.run(definition)
    assert finding.severity is Severity.NOTE
    assert finding.params["accepted"] == "Có Phó Chủ tịch ký thay."


def test_an_error_cannot_be_accepted() -> None:
    text = (HERE / "WF405" / "good.yaml").read_text() + ACCEPTING
    definition = load_definition(text, {}).definition
    assert definition
    (finding,) = checks.run(definition, {})
    assert (finding.code, finding.variant) == ("WF101", "definition")
    assert finding.severity is Severity.ERROR
    assert "accepted" not in finding.params


def test_findings_come_in_the_order_of_the_file() -> None:
    text = (HERE / "WF106" / "bad.yaml").read_text().replace("{vi: Kết thúc, en: Close}", "{vi: Kết thúc}")
    definition = load_definition(
        text.replace("by: [commune_officer, commune_chair]", "by: []"), {}
    ).definition
    assert definition is None  # an empty list of functions is refused by the schema
    definition = load_definition(
        text.replace("    by: [commune_officer, commune_chair]\n", ""), {}
    ).definition
    assert definition
    found = [(each.code, each.place.line) for each in checks.run(definition) if each.place]
    assert [code for code, _ in found] == ["WF106", "WF207", "WF106"]
    assert [line for _, line in found] == sorted(line for _, line in found)


def test_a_rule_that_never_matches_is_found_also_where_it_only_contradicts_the_bounds() -> None:
    text = (HERE / "WF309" / "good.yaml").read_text() + "  T3: {when: age > 17, then: allowed}\n"
    loaded = load(text, {})
    assert isinstance(loaded, LoadedTable)
    assert loaded.table
    (finding,) = checks.of_table(loaded.table)
    assert (finding.variant, finding.params["rule"]) == ("never", "T3")
