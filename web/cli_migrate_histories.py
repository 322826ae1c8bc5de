"""`migrate histories ID`: the regression gate, what has happened to the cases of a plan taken again by the new version."""

from __future__ import annotations

import json

import click

from engine import migration
from engine.migration import Plan
from web import migration_model as model
from web.cli_common import demo_option, json_option, opened, person_option
from web.cli_migrate import DONE, NOT_ALL, administrator, found_of, tell_progress, words_between
from web.cli_words import Spoken, say


@click.command("histories", cls=Spoken)
@click.argument("id")
@click.option("--most", type=click.IntRange(min=1), default=None, metavar="N")
@json_option
@person_option
@demo_option
def histories(id: str, most: int | None, as_json: bool, person: str, demo: bool) -> int:
    """Take the histories again. Exit: 0 every one is legal, 1 some are not, 2 bad call."""
    with opened(demo) as engine:
        administrator(engine, person)
        row = found_of(engine, id)
        words, plan = words_between(engine, row), Plan.of(row.plan)
        whole, said = migration.number(engine, plan), -1

        def passed(done: int) -> None:
            nonlocal said
            tell_progress(say("migrate.replayed", done=done, total=whole), done, said, ended=False)
            said = done

        found = migration.replayed(engine, plan, most, passed)
        if said > 0:
            tell_progress(say("migrate.replayed", done=said, total=whole), said, -1, ended=True)
        illegal = model.told_histories(found, words)
    if as_json:
        told = {
            "id": row.id, "definition": row.definition, "from": row.from_number, "to": row.to_number,
            "looked_at": found.looked_at, "legal": found.legal, "more": found.more, "illegal": illegal,
        }  # fmt: skip
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo(words.legal(found))
        for each in illegal:
            click.echo("\t".join((each["reference"], each["step"], " ".join(each["told"]))))
        if found.more:
            click.echo(words.only(found))
    return NOT_ALL if illegal else DONE
