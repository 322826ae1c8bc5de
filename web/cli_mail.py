"""`mail test`: one mail to one person, and in words what the server answered."""

from __future__ import annotations

from uuid import uuid4

import click

from engine.store import mail as store
from engine.store import people
from engine.worker.smtp import Undelivered, deliver
from web.cli_common import opened, person_of
from web.cli_run import mail_of
from web.cli_words import Refused, Spoken, SpokenGroup, language, say


@click.group(cls=SpokenGroup, lazy={"test": "web.cli_mail:test"})
def mail() -> None:
    """Mail."""


@click.command("test", cls=Spoken)
@click.option("--to", "to", required=True, metavar="PERSON")
def test(to: str) -> None:
    """Send a test mail now. Exit: 0 taken by the server, 1 not taken, 2 not set up."""
    from web.letters import Letters
    from web.texts import catalogue

    with opened() as engine:
        settings = mail_of(engine)
        if settings is None:
            raise Refused("mail.off")
        actor, about, now = person_of(engine, to), str(uuid4()), engine.clock.now()
        with engine.database.read() as connection:
            row = people.actor(connection, actor)
        if row is None or not row.email:
            raise Refused("mail.no_address", name=to)
        id = store.mail_id(actor, "test", about)
        message = Letters(engine, settings).compose(store.Mail(id, actor, "test", about, now, 0), now)
        server = f"{settings.server.host}:{settings.server.port}"
        state, code = "sent", None
        try:
            deliver(settings.server, message)
        except Undelivered as error:
            state, code = "failed", str(error)
        with engine.database.write() as connection:
            store.leave(connection, [actor], "test", about, now)
            store.settle(connection, id, state, now, code)
        if code:
            name, _, number = code.partition(":")
            known = catalogue().has(f"mail.fault.{name}")
            why = catalogue().say(language(), f"mail.fault.{name if known else 'other'}", code=name)
            raise Refused("mail.not_taken", code=1, server=server, why=why, number=number or "–")
        click.echo(say("mail.taken", server=server))
