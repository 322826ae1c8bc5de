"""`import intake FILE` and `import template FILE` (`import undo` is cli_undo.py): a list brought in from the command line, in the name of a person.

Runs in the foreground. Stopped or killed, the same command goes on where it was; called again, it opens nothing twice.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from engine import Engine, importing
from engine.store import imports, people
from engine.store.imports import Batch
from engine.words import Words
from schemas.intake import Declared
from schemas.sheets import MOST_BYTES, Unreadable
from web import import_piles, import_room, import_words
from web.cli_common import demo_option, log_read, opened, person_of, person_option, words_of
from web.cli_words import Refused, Spoken, SpokenGroup, language, say

DONE, NOT_ALL = 0, 1
SLICE = 50
TOLD = 200  # rows with something to mend


@click.group(
    "import",
    cls=SpokenGroup,
    lazy={
        "intake": "web.cli_import:intake",
        "template": "web.cli_import:template",
        "undo": "web.cli_undo:undo",
    },
)
def import_() -> None:
    """Lists from files."""


@click.command("intake", cls=Spoken)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--good-rows-only", "good_only", is_flag=True)
@click.option("--same-rows-too", "twins_too", is_flag=True)
@click.option("--preview", "look_only", is_flag=True)
@click.option("--set", "assignments", multiple=True, metavar="FIELD=VALUE")
@person_option
@demo_option
def intake(
    file: Path,
    good_only: bool,
    twins_too: bool,
    look_only: bool,
    assignments: tuple[str, ...],
    person: str,
    demo: bool,
) -> int:
    """A list of reports: looked at, then opened row by row."""
    with file.open("rb") as opened_file:
        data = opened_file.read(MOST_BYTES + 1)
    with opened(demo) as engine:
        actor = person_of(engine, person)
        declared = _declared("intake")
        batch = _batch(engine, declared, actor, data, assignments)
        log_read(engine, actor, "import preview")
        bad = _preview(engine, declared, batch)
        if look_only:
            if batch.status == "preview":
                importing.drop(engine, batch)
            return NOT_ALL if bad else DONE
        if not twins_too:
            import_piles.leave_twins(engine, batch, good_only=good_only)
        if batch.status == "preview" and not importing.start(
            engine, batch, good_only=good_only, runner="cli"
        ):
            importing.drop(engine, batch)
            click.echo(say("import.nothing_started"), err=True)
            return NOT_ALL
        try:
            _run(engine, batch)
        except KeyboardInterrupt:
            click.echo("\n" + say("import.go_on"), err=True)
            raise
        return _result(engine, declared, batch)


@click.command("template", cls=Spoken)
@click.argument("file", type=click.Path(path_type=Path))
@demo_option
def template(file: Path, demo: bool) -> None:
    """An empty list to fill in."""
    from web.import_files import template_of

    if file.exists():
        raise Refused("import.there", file=file)
    with opened(demo) as engine:
        declared = _declared("intake")
        words = words_of(engine, import_room.workflow_of(engine, declared))
        made = template_of(
            engine, declared, words, declared.title.get(language()), say("import.values"),
            say("import.required", kind="{kind}"), say("import.optional", kind="{kind}"),
        )  # fmt: skip
    file.write_bytes(made)
    click.echo(say("import.template_written", file=file))


def _declared(kind: str) -> Declared:
    return import_room.declared_imports()[kind]


def _batch(
    engine: Engine, declared: Declared, actor: str, data: bytes, assignments: tuple[str, ...]
) -> Batch:
    """The file read and staged; or the batch of the same rows that was not brought to its end."""
    if declared not in import_room.offered(engine, _functions(engine, actor)):
        raise Refused("import.not_yours", code=NOT_ALL)
    try:
        batch = import_room.bring(
            engine, declared, actor, data, _chosen(engine, declared, actor, assignments), "cli"
        )
    except Unreadable as fault:
        words = words_of(engine, import_room.workflow_of(engine, declared))
        if fault.code == "not_chosen":
            raise Refused("import.not_chosen", options=_options(words, fault.params["fields"])) from None
        raise Refused("as_it_is", text=import_words.of_file(words, fault)) from None
    return _now(engine, batch)


def _chosen(
    engine: Engine, declared: Declared, actor: str, assignments: tuple[str, ...]
) -> Mapping[str, str]:
    """What is usual for a sheet without such a column, and what was said instead."""
    chosen = import_room.usual(engine, declared, _holdings(engine, actor))
    for each in assignments:
        name, sign, value = each.partition("=")
        if not sign or name not in chosen:
            raise Refused("import.bad_set", text=each, names=", ".join(chosen))
        chosen[name] = value
    return chosen


def _options(words: Words, fields: Sequence[str]) -> str:
    """What has to be added to the call, with the values there are where they are few."""
    found = []
    for name in fields:
        field = words.workflow.definition.fields[name]
        keys = "|".join(key for key, each in field.options.items() if not each.disabled)
        found.append(f"--set {name}={keys or say('import.a_value')} ({words.label(name)})")
    return ", ".join(found)


def _preview(engine: Engine, declared: Declared, batch: Batch) -> int:
    """Say what the sheet would do; answers how many rows are bad."""
    words = words_of(engine, import_room.workflow_of(engine, declared))
    for note in importing.notes(engine, batch):
        click.echo(import_words.of_note(words, note), err=True)
    with engine.database.read() as connection:
        counts = import_piles.counts(connection, batch)
        bad = imports.rows_of(connection, batch.id, ("bad",), limit=TOLD)
        warned = imports.rows_of(connection, batch.id, ("waiting",), warned=True, limit=TOLD)
    for row in sorted((*bad, *warned), key=lambda each: each.number):
        for reason in row.reasons:
            kind = say("import.note" if import_words.is_warning(reason) else "import.error")
            click.echo(
                say("import.line", row=row.number, kind=kind, text=import_words.of_reason(words, reason))
            )
    click.echo(say("import.preview", total=batch.total, **counts), err=True)
    return counts["bad"]


def _run(engine: Engine, batch: Batch) -> None:
    with engine.database.read() as connection:
        counts = imports.counts(connection, batch.id)
    whole = batch.total - counts.get("bad", 0)
    done = whole - counts.get("waiting", 0)
    while dealt := importing.advance(engine, batch.id, SLICE):
        done += dealt
        line = say("import.progress", done=done, total=whole)
        if sys.stderr.isatty():
            click.echo(f"\r{line}", nl=False, err=True)
        elif done % (SLICE * 10) < SLICE or done == whole:
            click.echo(line, err=True)
    if sys.stderr.isatty():
        click.echo(err=True)


def _result(engine: Engine, declared: Declared, batch: Batch) -> int:
    words = words_of(engine, import_room.workflow_of(engine, declared))
    with engine.database.read() as connection:
        counts = imports.counts(connection, batch.id)
        refused = imports.rows_of(connection, batch.id, ("refused",), limit=TOLD)
    for row in refused:
        for reason in row.reasons:
            click.echo(
                say(
                    "import.line",
                    row=row.number,
                    kind=say("import.error"),
                    text=import_words.of_reason(words, reason),
                )
            )
    found = {name: counts.get(name, 0) for name in ("received", "already", "refused", "bad", "left")}
    click.echo(say("import.result", **found))
    return NOT_ALL if found["refused"] or found["left"] else DONE


def _now(engine: Engine, batch: str) -> Batch:
    with engine.database.read() as connection:
        found = imports.find_batch(connection, batch)
    assert found is not None
    return found


def _holdings(engine: Engine, actor: str):  # type: ignore[no-untyped-def]
    today = engine.clock.now().astimezone(engine.library.zone).date()
    with engine.database.read() as connection:
        return people.holdings(connection, actor, today)


def _functions(engine: Engine, actor: str) -> set[str]:
    return {each.function for each in _holdings(engine, actor)}
