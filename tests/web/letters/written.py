"""Letters as they would go out now, and what stands in them."""

from __future__ import annotations

from email.message import EmailMessage
from functools import partial

import pytest
from sqlalchemy import select

from engine import Engine
from engine.store import mail, tables
from engine.store.mail import Mail
from engine.worker import Mailer
from engine.worker.mails import Nothing
from engine.worker.smtp import Server, deliver
from tests.engine.worker.posted import mails
from tests.support.smtp import Mailbox
from tests.web.journey import OFFICER
from web.letters import Letters
from web.mail_settings import MailSettings

BASE = "https://nangbuoc.example.vn"
SETTINGS = MailSettings(Server("127.0.0.1", 25, "none"), "may@example.vn", BASE)


def digest(engine: Engine, actor: str = OFFICER) -> EmailMessage:
    """The digest of this person as it would go out now."""
    now = engine.clock.now()
    about = now.astimezone(engine.library.zone).date().isoformat()
    row = Mail(mail.mail_id(actor, "digest", about), actor, "digest", about, now, 0)
    return Letters(engine, SETTINGS).compose(row, now)


def text_of(message: EmailMessage) -> str:
    """The plain text."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(message: EmailMessage) -> str:
    """The same as HTML."""
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def why_not(engine: Engine, row: Mail) -> str:
    """Why there is no such mail."""
    with pytest.raises(Nothing) as raised:
        Letters(engine, SETTINGS).compose(row, engine.clock.now())
    return raised.value.code


def told(engine: Engine, kind: str = "notify") -> Mail:
    """The mail of the only notice of a kind."""
    (row,) = (each for each in mails(engine, kind="notice") if kind in _kind_of(engine, each.about))
    return Mail(row.id, row.actor, row.kind, row.about, row.created_at, row.attempts)


def _kind_of(engine: Engine, notice: str) -> str:
    with engine.database.read() as connection:
        return str(connection.scalar(select(tables.notice.c.kind).where(tables.notice.c.id == notice)))


def reference_of(engine: Engine, case: str) -> str:
    """The number of a case."""
    with engine.database.read() as connection:
        return str(connection.scalar(select(tables.cases.c.reference).where(tables.cases.c.id == case)))


def mailer_to(engine: Engine, box: Mailbox) -> Mailer:
    """A mailer of these letters at this mailbox."""
    server = Server("127.0.0.1", box.port, "none", timeout=2)
    return Mailer(engine, Letters(engine, SETTINGS).compose, partial(deliver, server))
