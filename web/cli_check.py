"""`check FILE…`: what is wrong with definition and decision-table files, as a compiler would say it.

Needs neither a database nor a key. Mounted by cli.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from engine.definition import checks, report
from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition
from engine.text import LANGUAGES, messages
from engine.trial import Ground, examine
from schemas.json_schema import definition_schema
from schemas.load import Loaded, LoadedTable, load, load_definition
from web.cli_words import Refused, Spoken, language
from workflows import catalogue, grounds

SOUND, ERRORS, UNREADABLE = 0, 1, 2
Lists = Mapping[str, Mapping[str, Any]]
_ABSENT = Loaded(None, None, (Finding("WF100", Severity.ERROR, "", variant="absent"),))


@dataclass(frozen=True, slots=True)
class Checked:
    """One file and what was found in it."""

    file: str
    findings: tuple[Finding, ...]


def _schema(context: click.Context, _: click.Parameter, asked: bool) -> None:
    """The JSON Schema of the format instead of a check."""
    if asked:
        click.echo(json.dumps(definition_schema(), indent=1))
        context.exit()


@click.command("check", cls=Spoken)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@click.option("--schema", is_flag=True, is_eager=True, expose_value=False, callback=_schema)
@click.pass_context
def check(context: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Check workflow definitions and decision tables. Exit: 0 sound, 1 errors, 2 unreadable."""
    checked = check_files(files)
    if as_json:
        found = [_plain(each.file, finding) for each in checked for finding in each.findings]
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
    else:
        for each in checked:
            click.echo("\n".join(_lines(each, language())))
    context.exit(exit_code(finding for each in checked for finding in each.findings))


def check_files(files: Iterable[Path], ground: Ground | None = None) -> list[Checked]:
    """What is found in each file. Tracks may name definitions in any of the files, or beside them.

    ground: what stored tests stand on; left out, what is shipped, with the tables among the files. Refused: a folder.
    """
    lists = catalogue.code_lists()
    for file in (files := tuple(files)):
        if file.is_dir():
            raise Refused("check.folder", file=file)
    texts = {file: _read(file) for file in files}
    loaded = {
        file: load(text, lists, catalogue.functions()) if text is not None else _ABSENT
        for file, text in texts.items()
    }
    definitions = {
        file: each.definition for file, each in loaded.items() if isinstance(each, Loaded) and each.definition
    }
    family = {each.id: each for each in definitions.values()}
    tables = [each.table for each in loaded.values() if isinstance(each, LoadedTable) and each.table]
    checked = []
    for file, each in loaded.items():
        findings = each.findings
        if file in definitions:
            whole = {**_beside(file, definitions[file], lists), **family}
            findings = examine(definitions[file], whole, ground or grounds.shipped(tables))
        elif isinstance(each, LoadedTable) and each.table:
            findings = checks.of_table(each.table)
        checked.append(Checked(str(file), findings))
    return checked


def exit_code(findings: Iterable[Finding]) -> int:
    """0 sound, 1 errors, 2 a file that cannot be read."""
    code = SOUND
    for finding in findings:
        if finding.code == "WF100":
            return UNREADABLE
        if finding.severity is Severity.ERROR:
            code = ERRORS
    return code


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _beside(file: Path, definition: Definition, lists: Lists) -> dict[str, Definition]:
    """The definitions, by id, that the tracks of `definition` lead to and whose files lie beside its own."""
    family: dict[str, Definition] = {}
    todo = [definition]
    while todo:
        for subcase in todo.pop().subcases.values():
            text = _read(file.parent / f"{subcase.definition}.yaml")
            if text is None or subcase.definition in family:
                continue
            other = load_definition(text, lists).definition
            if other:
                family[subcase.definition] = other
                todo.append(other)
    return family


def _lines(checked: Checked, lang: str) -> list[str]:
    if not checked.findings:
        return [messages().say(lang, "finding.sound", file=checked.file)]
    return [report.line(finding, checked.file, lang) for finding in checked.findings]


def _plain(file: str, finding: Finding) -> dict[str, Any]:
    """A finding as plain data; `line` and `column` count from 1 and are null where there is no place."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "file": file,
        "line": finding.place.line if finding.place else None,
        "column": finding.place.column if finding.place else None,
        "message": {lang: report.say(finding, lang) for lang in LANGUAGES},
        "hint": {lang: report.hint(finding, lang) for lang in LANGUAGES},
        "path": finding.path,
        "witness": dict(finding.witness),
    }
