"""The commands that set up: `init` (a real installation) and `demo` (built anew)."""

from __future__ import annotations

import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from engine import MasterKey, create_key_file
from engine.drafts import ADMIN
from engine.store import Database, migrate, reference
from engine.store.rows import ActorRow, AgencyRow, HoldingRow
from web.cli_run import build, only_one
from web.cli_words import Refused, Spoken, language, say
from web.content import load_content
from web.installation import Installation
from workflows import catalogue


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
