"""`migrate list|show|plan|dry-run|histories|apply|revert`: live cases moved to another version of their workflow, as on the screen.

Runs in the foreground, a few cases at a time and beside a worker; stopped or killed, the same call goes on. `plan`
and `histories` stand in cli_migrate_plan.py and cli_migrate_histories.py.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from engine import Engine, migration
from engine.migration import PlanBroken
from engine.store import moves, queue
from engine.store.moves import MigrationRow
from engine.values import moment
from engine.words import plain
from web import migration_model as model
from web import migration_words as said
from web.cli_common import demo_option, json_option, opened, person_of, person_option, words_of
from web.cli_words import Refused, Spoken, SpokenGroup, language, say
from web.migration_words import MoveWords

DONE, NOT_ALL = 0, 1
BUSY = 0.2  # seconds until we ask again whether a worker has finished its few cases


@click.group(
    "migrate",
    cls=SpokenGroup,
    lazy={
        "list": "web.cli_migrate:list_",
        "show": "web.cli_migrate:show",
        "plan": "web.cli_migrate_plan:plan",
        "dry-run": "web.cli_migrate:dry_run",
        "histories": "web.cli_migrate_histories:histories",
        "apply": "web.cli_migrate:apply",
        "revert": "web.cli_migrate:revert",
    },
)
def migrate() -> None:
    """Open cases to another version."""


@click.command("list", cls=Spoken)
@click.option("--definition", default="")
@json_option
@person_option
@demo_option
def list_(definition: str, as_json: bool, person: str, demo: bool) -> int:
    """All of them, the newest first."""
    with opened(demo) as engine:
        administrator(engine, person)
        with engine.database.read() as connection:
            rows = moves.all_of(connection, definition)
        found = [told(engine, each) for each in rows]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return DONE
    for each in found:
        click.echo(say("migrate.row", **each, word=said.say(language(), f"status.{each['status']}")))
    return DONE


@click.command("show", cls=Spoken)
@click.argument("id")
@click.option("--cases", is_flag=True)
@json_option
@person_option
@demo_option
def show(id: str, cases: bool, as_json: bool, person: str, demo: bool) -> int:
    """One: its plan, how far it is, what it changes."""
    with opened(demo) as engine:
        administrator(engine, person)
        row = found_of(engine, id)
        if not as_json:
            print_plan(engine, row)
        print_report(engine, row, cases=cases, as_json=as_json)
    return DONE


@click.command("dry-run", cls=Spoken)
@click.argument("id")
@click.option("--cases", is_flag=True)
@json_option
@person_option
@demo_option
def dry_run(id: str, cases: bool, as_json: bool, person: str, demo: bool) -> int:
    """Look at every case. Exit: 0 every case can go or stays, 1 some cannot or wait for a choice, 2 bad call."""
    with opened(demo) as engine, refusals(engine, id):
        actor = administrator(engine, person)
        migration.look(engine, found_of(engine, id), actor)
        row = carried_on(engine, id, "looking")
        print_report(engine, row, cases=cases, as_json=as_json)
        counts = totals(engine, row)
    return NOT_ALL if counts.get("blocked") or counts.get("hand") else DONE


@click.command("apply", cls=Spoken)
@click.argument("id")
@click.option("--report", "report", required=True, metavar="SHA256")
@click.option("--reason", default="")
@click.option("--cases", is_flag=True)
@json_option
@person_option
@demo_option
def apply(id: str, report: str, reason: str, cases: bool, as_json: bool, person: str, demo: bool) -> int:
    """Move the cases. Exit: 0 all moved, 1 refused, or some were skipped or failed, 2 bad call."""
    with opened(demo) as engine, refusals(engine, id):
        actor = administrator(engine, person)
        row = found_of(engine, id)
        if row.status in ("running", "done") and report != row.report_sha256:
            raise PlanBroken("other_report", "")
        if row.status not in ("running", "done"):
            migration.start(engine, row, report, actor, " ".join(reason.split()))
        row = carried_on(engine, id, "running")
        print_report(engine, row, cases=cases, as_json=as_json)
        counts = totals(engine, row)
    return NOT_ALL if counts.get("skipped") or counts.get("failed") else DONE


@click.command("revert", cls=Spoken)
@click.argument("id")
@click.option("--cases", is_flag=True)
@json_option
@person_option
@demo_option
def revert(id: str, cases: bool, as_json: bool, person: str, demo: bool) -> int:
    """Make the inverse and look at it; `apply` carries it out. Exit: as dry-run."""
    with opened(demo) as engine, refusals(engine, id):
        actor = administrator(engine, person)
        made = migration.revert(engine, found_of(engine, id), actor)
        migration.look(engine, made, actor)
        row = carried_on(engine, made.id, "looking")
        if not as_json:
            print_plan(engine, row)
        print_report(engine, row, cases=cases, as_json=as_json)
        counts = totals(engine, row)
    return NOT_ALL if counts.get("blocked") or counts.get("hand") else DONE


# ------------------------------------------------------------------ parts, also of cli_migrate_plan.py


def administrator(engine: Engine, person: str) -> str:
    """The id of the person, who administers today; Refused."""
    actor = person_of(engine, person)
    try:
        migration.may(engine, actor)
    except PlanBroken as broken:
        raise Refused("as_it_is", code=NOT_ALL, text=said.fault(language(), broken)) from None
    return actor


def found_of(engine: Engine, id: str) -> MigrationRow:
    """The migration with this id; Refused."""
    with engine.database.read() as connection:
        row = moves.get(connection, id)
    if row is None:
        raise Refused("migrate.none", id=id)
    return row


@contextmanager
def refusals(engine: Engine, id: str) -> Iterator[None]:
    """What the engine refuses of a migration, as one sentence."""
    try:
        yield
    except PlanBroken as broken:
        words = words_between(engine, found_of(engine, id))
        raise Refused("as_it_is", code=NOT_ALL, text=said.fault(language(), broken, words)) from None


def words_between(engine: Engine, row: MigrationRow) -> MoveWords:
    """Who speaks of this migration."""
    old, new = (engine.library.workflow(row.definition, each) for each in (row.from_number, row.to_number))
    return MoveWords(words_of(engine, old), words_of(engine, new))


def totals(engine: Engine, row: MigrationRow) -> dict[str, int]:
    """How many of its cases have which status."""
    with engine.database.read() as connection:
        return dict(moves.totals(connection, row.id))


def carried_on(engine: Engine, id: str, status: str) -> MigrationRow:
    """To its end, by us or by a worker that has it; says how far it is."""
    row, before = found_of(engine, id), -1
    while row.status == status:
        with queue.claimed(engine.database, id) as mine:
            if mine:
                migration.advance_beside(engine, id)
        if not mine:
            time.sleep(BUSY)
        row = found_of(engine, id)
        before = _progress(engine, row, before, ended=row.status != status)
    return row


def _progress(engine: Engine, row: MigrationRow, before: int, *, ended: bool) -> int:
    done, whole = model.progress(engine, row)
    tell_progress(say("migrate.progress", done=done, total=whole), done, before, ended=ended)
    return done


def tell_progress(line: str, done: int, before: int, *, ended: bool) -> None:
    """Say how far it is: in place on a terminal, else every 500 cases and at the end. before: at the last call."""
    if sys.stderr.isatty():
        click.echo(f"\r{line}", nl=ended, err=True)
    elif done != before and (ended or done // 500 > before // 500):
        click.echo(line, err=True)


def told(engine: Engine, row: MigrationRow) -> dict[str, Any]:
    """One migration for other programs."""
    return {
        "id": row.id, "definition": row.definition, "from": row.from_number, "to": row.to_number, "status": row.status,
        "reverts": row.reverts, "made_at": moment(row.made_at), "report": row.report_sha256, "reason": row.reason,
        "totals": totals(engine, row),
    }  # fmt: skip


def print_plan(engine: Engine, row: MigrationRow) -> None:
    """The plan, with its guesses marked."""
    shown = model.plan_of(engine, row, words_between(engine, row))
    click.echo(
        say(
            "migrate.head",
            id=row.id,
            **{"from": row.from_number, "to": row.to_number},
            definition=row.definition,
        )
    )
    for each in shown.states:
        guess = say("migrate.guess", key=f"states.{each.key}") if each.guess else ""
        click.echo(
            say(
                "migrate.state",
                key=each.key,
                title=each.title,
                goes=each.goes,
                to=each.to,
                n=each.cases,
                guess=guess,
            )
        )
    for each in shown.fields:
        guess = say("migrate.guess", key=f"fields.{each.key}") if each.guess else ""
        click.echo(
            say("migrate.field", key=each.key, title=each.title, goes=each.goes, to=each.to, guess=guess)
        )
    for line in shown.others:
        click.echo(f"  {line}")


def print_report(engine: Engine, row: MigrationRow, *, cases: bool, as_json: bool) -> None:
    """Totals by kind, each case if asked for, and the hash that `apply` wants."""
    counts, words = totals(engine, row), words_between(engine, row)
    parts = model.changes(engine, row)
    if as_json:
        plan = {"plan": dict(row.plan)}
        rows = {"cases": list(model.cases(engine, row, words))} if cases else {}
        click.echo(
            json.dumps(told(engine, row) | {"changes": parts} | plan | rows, ensure_ascii=False, indent=2)
        )
        return
    if cases:
        for each in model.cases(engine, row, words):
            click.echo(
                "\t".join((each["reference"], each["status_title"], each["move"], "; ".join(each["told"])))
            )
    for status in said.STATUSES:
        if counts.get(status):
            click.echo(say("migrate.total", n=counts[status], what=said.say(language(), f"case.{status}")))
    for part, n in parts.items():
        click.echo(say("migrate.change", n=n, what=said.say(language(), f"part.{part}")))
    zone = engine.library.zone
    if row.status == "reported" and row.reported_at:
        click.echo(
            say("migrate.reported", sha256=row.report_sha256, at=plain(row.reported_at, language(), zone))
        )
    else:
        click.echo(say("migrate.status", word=said.say(language(), f"status.{row.status}")))
