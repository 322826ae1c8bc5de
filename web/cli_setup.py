"""The commands that set up: `init` (a real installation), `publish` (a file into its store), `demo` (built anew)."""

from __future__ import annotations

import stat
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from engine import Engine, MasterKey, create_key_file
from engine.definition.findings import Finding, Severity
from engine.definition.identity import content_hash
from engine.live import against
from engine.store import Database, migrate, people, reference
from engine.store.rows import ActorRow, AgencyRow, DecisionTableRow, HoldingRow
from schemas.load import Loaded, load
from web.cli_common import demo_option, opened, person_of, person_option
from web.cli_run import build, only_one
from web.cli_words import Refused, Spoken, language, say
from web.content import load_content
from web.installation import Installation
from workflows import catalogue

ADMIN = "admin"


@click.command("demo", cls=Spoken)
def demo() -> None:
    """Build the demonstration anew."""
    which = Installation.demo()
    with only_one(which):
        build(which)
    click.echo(say("demo.built", folder=which.home))


# ------------------------------------------------------------------ a real installation


@click.command("init", cls=Spoken)
@click.option("--username")
@click.option("--name")
@click.option("--agency")
@click.option("--password-stdin", "from_stdin", is_flag=True)
def init(username: str | None, name: str | None, agency: str | None, from_stdin: bool) -> None:
    """Make a real installation with its first administrator; of one that is there, bring the schema up to date."""
    which = Installation.real()
    _refuse_open(which.home)
    if which.key.exists():
        MasterKey.load(which.key)
    if kind := which.kind():
        if kind == "demo":
            raise Refused("init.is_demo")
        MasterKey.load(which.key)  # its own, or none: a new one would seal everything under two keys
        migrate(which.url)
        click.echo(say("init.up_to_date"))
        return
    # Everything is asked before anything is written.
    username = _username(username)
    name = name or click.prompt(say("init.ask_name"))
    agency = agency or say("init.agency")
    password, once = _password(username, from_stdin)
    which.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not which.key.exists():
        create_key_file(which.key)
    migrate(which.url)
    database = Database(which.url)
    try:
        _make(database, username, name, agency, password)
    finally:
        database.close()
    click.echo(say("init.made", folder=which.home, key=which.key))
    if once:
        click.echo(say("init.once", username=username, password=once))


def _refuse_open(home: Path) -> None:
    """Refused: a folder of the installation that others may enter."""
    if home.exists() and home.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused("init.folder_open", folder=home)


def _username(given: str | None) -> str:
    from re import fullmatch

    from web.accounts import plain_username
    from web.admin.people import USERNAME

    username = plain_username(given or click.prompt(say("init.ask_username")))
    if not fullmatch(USERNAME, username):
        raise Refused("init.bad_username")
    return username


def _password(username: str, from_stdin: bool) -> tuple[str, str]:
    """(the hash to keep, the one-time password to show if one was made)."""
    from web import accounts
    from web.texts import catalogue as screens

    if not from_stdin:
        once = accounts.one_time_password()
        return accounts.hash_password(once), once
    typed = sys.stdin.readline().rstrip("\n")
    if fault := accounts.fault_of(typed, username):
        raise Refused(
            "as_it_is",
            text=screens().say(language(), f"gate.fault.{fault}", least=accounts.LEAST, most=accounts.MOST),
        )
    return accounts.hash_password(typed), ""


def _make(database: Database, username: str, name: str, agency: str, password: str) -> None:
    """The installation, its content and its first administrator: all of it or nothing."""
    from web.accounts import new_uniquifier

    now, admin, office = datetime.now(UTC), str(uuid7()), str(uuid7())
    with database.write() as connection:
        zone = str(catalogue.settings()["zone"].value)
        reference.create_installation(connection, "real", zone, now)
        load_content(connection, now, admin)
        area, since = _province(connection, now), now.date()
        reference.put_agencies(
            connection, [AgencyRow(id=office, name_vi=agency, name_en=agency, area=area, valid_from=since)]
        )
        person = ActorRow(
            id=admin,
            name=name,
            username=username,
            password=password,
            fs_uniquifier=new_uniquifier(),
            language=language(),
        )
        reference.put_actors(connection, [person])
        held = HoldingRow(
            id=str(uuid7()), actor=admin, function=ADMIN, agency=office, area=area, valid_from=since
        )
        reference.put_holdings(connection, [held])


def _province(connection: Connection, now: datetime) -> str:
    """The province in force: the administrator's place until more is known."""
    areas = reference.load(connection).areas.values()
    return next(
        each.id
        for each in areas
        if each.level == "province" and each.valid_from <= now.date() and each.valid_to is None
    )


# ------------------------------------------------------------------ publishing


@click.command("publish", cls=Spoken)
@click.argument("file", type=click.Path(path_type=Path))
@person_option
@demo_option
def publish(file: Path, person: str, demo: bool) -> None:
    """Put a workflow or a rule table into the store, if it has no error. Exit: 0 published or there, 1 errors, 2 unreadable."""
    from web.cli_check import check_files, exit_code
    from web.grounds import of_engine

    with opened(demo) as engine:
        actor = person_of(engine, person)
        now = engine.clock.now()
        with engine.database.read() as connection:
            held = people.holdings(connection, actor, now.astimezone(engine.library.zone).date())
        if ADMIN not in {each.function for each in held}:
            raise Refused("publish.not_admin", code=1, name=person)
        (checked,) = check_files([file], of_engine(engine))
        errors = [each for each in checked.findings if each.severity is Severity.ERROR]
        _tell(checked.file, errors, exit_code(checked.findings))
        text = file.read_text("utf-8")
        loaded = load(text, catalogue.code_lists())
        if isinstance(loaded, Loaded) and loaded.definition:
            of_cases = against(engine, loaded.definition)
            _tell(checked.file, of_cases, exit_code(of_cases))
        click.echo(_put(engine, loaded, text, actor))


def _tell(file: str, findings: Sequence[Finding], code: int) -> None:
    """Says what was found; ends here if it is an error."""
    from engine.definition import report

    if findings:
        click.echo("\n".join(report.line(each, file, language()) for each in findings), err=True)
    if code:
        raise SystemExit(code)


def _put(engine: Engine, loaded: Any, text: str, actor: str) -> str:
    """Store it; answers the sentence that says so."""
    if isinstance(loaded, Loaded):
        assert loaded.plain is not None
        id, before = loaded.plain["id"], engine.library.rows.newest.get(loaded.plain["id"], 0)
        number = engine.publish(loaded.plain, source=text, by=actor)
        if number > before:
            return say("publish.definition", id=id, number=number)
        if number == before:
            return say("publish.same", id=id, number=number)
        return say("publish.earlier", id=id, number=number, newest=before)
    table = loaded.table
    row = DecisionTableRow(
        id=table.id, valid_from=table.valid_from, valid_to=table.valid_to, sha256=content_hash(loaded.plain),
        source=text, plain=loaded.plain,
    )  # fmt: skip
    since = table.valid_from.strftime("%d/%m/%Y")
    there = engine.library.rows.decision_tables.get(table.id, ())
    if any(
        (row.sha256, row.valid_from, row.valid_to) == (each.sha256, each.valid_from, each.valid_to)
        for each in there
    ):
        return say("publish.same_table", id=table.id, since=since)
    with engine.database.write() as connection:
        reference.put_decision_table(connection, row)
    return say("publish.table", id=table.id, since=since)
