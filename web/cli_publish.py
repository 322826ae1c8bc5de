"""`publish`, `drafts` and `retire`: a workflow from a file to a submitted draft, published by a second person, retired.

A rule table from a file is put into force at once, by one administrator (docs/decisions/018). Exit: 0 done, or just
this content is there; 1 errors, warnings without a tick, or not allowed; 2 unreadable or a bad call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from engine import Engine
from engine.definition import report
from engine.definition.findings import Finding
from engine.definition.identity import content_hash
from engine.drafts import ADMIN
from engine.examined import Examined, Refusal, text_hash, tick_key
from engine.store import drafts as rows
from engine.store import people, reference
from engine.store.drafts import DraftRow
from engine.store.rows import DecisionTableRow
from schemas.load import LoadedTable, load
from web.cli_common import actor_name, demo_option, opened, person_of, person_option
from web.cli_words import Refused, Spoken, language, say
from workflows import catalogue
from workflows.drafting import drafts as drafts_of

UNREADABLE = 2
SAME = ("same", "same_earlier", "same_retired")
SHOWN = 12  # of a hash


@click.command("publish", cls=Spoken)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--draft", "draft", metavar="ID")
@click.option("--seen", "seen", metavar="HASH", default="")
@click.option("--tick", "ticks", multiple=True, metavar="CODE[:PATH]=…")
@person_option
@demo_option
@click.pass_context
def publish(
    context: click.Context, file: Path | None, draft: str | None, seen: str, ticks: tuple[str, ...], person: str, demo: bool,
) -> None:  # fmt: skip
    """Submit a workflow's file for a second person to publish, publish such a draft, or put a rule table into force."""
    if (file is None) == (draft is None):
        raise click.MissingParameter(ctx=context, param=context.command.params[0])
    with opened(demo) as engine:
        actor = person_of(engine, person)
        if draft is not None:
            _publish(engine, draft, seen, actor)
            return
        assert file is not None
        if not _is_admin(engine, actor):
            raise Refused("publish.not_admin", code=1, name=person)
        text = _read(file)
        loaded = load(text, catalogue.code_lists(), catalogue.functions())
        if isinstance(loaded, LoadedTable):
            _put_table(engine, loaded, file, text)
        else:
            _submit(engine, file, text, _given(ticks), actor)


@click.command("drafts", cls=Spoken)
@demo_option
def drafts(demo: bool) -> None:
    """The drafts that are worked on or wait for a second person."""
    with opened(demo) as engine:
        with engine.database.read() as connection:
            found = rows.all_of(connection, "submitted", "open")
        for each in found:
            at = f"{each.saved_at.astimezone(engine.library.zone):%d/%m/%Y %H:%M}"
            click.echo(
                say(
                    f"drafts.{each.status}",
                    id=each.id,
                    definition=each.definition,
                    at=at,
                    hash=_shown(each),
                    by=", ".join(actor_name(engine, author) for author in each.authors),
                )  # fmt: skip
            )
        click.echo(say("drafts.count", n=len(found)))


@click.command("retire", cls=Spoken)
@click.argument("definition")
@click.argument("number", type=click.IntRange(1, 999_999))
@click.option("--reason", "reason", required=True)
@person_option
@demo_option
def retire(definition: str, number: int, reason: str, person: str, demo: bool) -> None:
    """No new cases by this version from now on. Exit: 0 retired, 1 refused."""
    with opened(demo) as engine:
        refusal = drafts_of(engine).retire(definition, number, reason, person_of(engine, person))
        if refusal:
            raise _refused(refusal)
        newest = engine.library.rows.newest.get(definition)
        key = "retire.next" if newest else "retire.none"
        click.echo(say(key, id=definition, number=number, newest=newest))


# ------------------------------------------------------------------ a workflow


def _submit(engine: Engine, file: Path, text: str, ticks: Mapping[str, str], actor: str) -> None:
    """A draft of the file's text, submitted; what stands against it is printed as `check` prints it."""
    drafts = drafts_of(engine)
    examined = drafts.judge(text)
    made = drafts.bring(text, _reasons(examined, ticks), actor)
    if isinstance(made, DraftRow):
        click.echo(
            say("publish.submitted", id=made.definition, draft=made.id, hash=_shown(made), n=len(made.ticks))
        )
    elif made.code in SAME:
        click.echo(say("publish.nothing", why=made.say(language())))
    elif made.findings:
        _stop(made.findings, str(file), "publish.untick" if made.code == "unticked" else "")
    else:
        raise _refused(made)


def _publish(engine: Engine, id: str, seen: str, actor: str) -> None:
    with engine.database.read() as connection:
        draft = rows.get(connection, id)
    if draft is not None and not text_hash(draft.text).startswith(seen):
        raise Refused("publish.other_text", code=1, hash=_shown(draft))
    made = drafts_of(engine).publish(
        id, draft.revision if draft else 0, text_hash(draft.text) if draft else "", actor
    )
    if isinstance(made, Refusal):
        if made.findings:
            _stop(made.findings, id)
        raise _refused(made)
    click.echo(say("publish.definition", id=made.definition, number=made.number))


def _given(ticks: Iterable[str]) -> dict[str, str]:
    """What --tick says: code, or code and path, to reason."""
    pairs = [each.partition("=") for each in ticks]
    if wrong := next(
        (whole for whole, (_, sign, why) in zip(ticks, pairs, strict=True) if not (sign and why.strip())), ""
    ):
        raise Refused("publish.tick_shape", tick=wrong)
    return {name: why for name, _, why in pairs}


def _reasons(examined: Examined, ticks: Mapping[str, str]) -> dict[str, str]:
    """The reason for each warning that is ticked; a code without a path is for all of that code."""
    reasons: dict[str, str] = {}
    for name, why in ticks.items():
        meant = [
            tick_key(each)
            for each in examined.warnings
            if name in (each.code, f"{each.code}:{each.path}", tick_key(each))
        ]
        if not meant:
            raise Refused("publish.no_warning", code=1, name=name)
        reasons |= dict.fromkeys(meant, why)
    return reasons


def _stop(findings: tuple[Finding, ...], file: str, after: str = "") -> None:
    for each in findings:
        click.echo(report.line(each, file, language()), err=True)
    if after:
        click.echo(say(after), err=True)
    raise SystemExit(UNREADABLE if any(each.code == "WF100" for each in findings) else 1)


# ------------------------------------------------------------------ a rule table


def _put_table(engine: Engine, loaded: LoadedTable, file: Path, text: str) -> None:
    """Put it into force, if it has no error and is not there."""
    from web.cli_check import check_files

    (checked,) = check_files([file])
    if errors := tuple(each for each in checked.findings if each.severity == "error"):
        _stop(errors, checked.file)
    table, plain = loaded.table, loaded.plain
    assert table is not None and plain is not None
    row = DecisionTableRow(
        id=table.id, valid_from=table.valid_from, valid_to=table.valid_to, sha256=content_hash(plain),
        source=text, plain=plain,
    )  # fmt: skip
    since = table.valid_from.strftime("%d/%m/%Y")
    there = engine.library.rows.decision_tables.get(table.id, ())
    if any(
        (row.sha256, row.valid_from, row.valid_to) == (each.sha256, each.valid_from, each.valid_to)
        for each in there
    ):
        click.echo(say("publish.same_table", id=table.id, since=since))
        return
    with engine.database.write() as connection:
        reference.put_decision_table(connection, row)
    click.echo(say("publish.table", id=table.id, since=since))


# ------------------------------------------------------------------ small things


def _read(file: Path) -> str:
    """The text of a file; one that is none is told as `check` tells it."""
    from web.cli_check import check_files

    try:
        return file.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        (checked,) = check_files([file])
        _stop(checked.findings, checked.file)
        raise AssertionError from None


def _is_admin(engine: Engine, actor: str) -> bool:
    today = engine.clock.now().astimezone(engine.library.zone).date()
    with engine.database.read() as connection:
        return any(each.function == ADMIN for each in people.holdings(connection, actor, today))


def _shown(draft: DraftRow) -> str:
    return text_hash(draft.text)[:SHOWN]


def _refused(refusal: Refusal) -> Any:
    return Refused("as_it_is", code=1, text=refusal.say(language()))
