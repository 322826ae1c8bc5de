"""Mail in tests: who wants it, a writer that needs no screens, a mailer at a mailbox, and one that dies at a moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from typing import Any

from sqlalchemy import select

from engine import Engine, FixedClock, MasterKey
from engine.store import ground, tables
from engine.store.mail import Mail
from engine.worker import Mailer, Worker
from engine.worker.smtp import Server, deliver
from tests.engine.worker.traps import Traps
from tests.support.world import SECRET

MOMENTS = ("before it is given", "after it is given", "after it is noted")


def wants(engine: Engine, actor: str, choice: str = "urgent", email: str | None = "") -> None:
    """This person has an address and has chosen."""
    address = f"{actor.replace('_', '.')}@example.vn" if email == "" else email
    with engine.database.write() as connection:
        changed = ground.actor.update().where(ground.actor.c.id == actor)
        connection.execute(changed.values(email=address, mail=choice))


def write(row: Mail, _: datetime) -> EmailMessage:
    """A mail that says what kind it is."""
    made = EmailMessage()
    made["From"], made["To"] = "may@example.vn", f"{row.actor.replace('_', '.')}@example.vn"
    made["Subject"], made["Message-ID"] = row.kind, f"<{row.id}@example.vn>"
    made.set_content(row.kind)
    return made


def mailer(engine: Engine, port: int, compose: Callable[[Mail, datetime], EmailMessage] = write) -> Mailer:
    """A new mailer at the mailbox on this port."""
    return Mailer(engine, compose, partial(deliver, Server("127.0.0.1", port, "none", timeout=0.5)))


def turn(engine: Engine) -> Any:
    """One turn of a worker that knows of mail."""
    return Worker(engine, mails=True).turn()


def mails(engine: Engine, **where: Any) -> list[Any]:
    """The rows of mails, by person and kind."""
    query = select(tables.mail).filter_by(**where).order_by(tables.mail.c.actor, tables.mail.c.kind)
    with engine.database.read() as connection:
        return list(connection.execute(query))


def states(engine: Engine) -> Counter[str]:
    """How many mails are in which state."""
    return Counter(each.state for each in mails(engine))


def work(url: str, now: datetime, port: int, moment: str) -> None:
    """Worker and mailer in a process of its own until nothing is left, or dead at the first such `moment`."""
    engine = Engine(url, MasterKey(SECRET), FixedClock(now))
    traps = Traps(moment)
    give = partial(deliver, Server("127.0.0.1", port, "none"))
    post = Mailer(engine, write, traps.around(give, "before it is given", "after it is given"))
    worker = Worker(engine, mails=True)
    while worker.turn().worked:
        pass
    while post.turn().worked:
        traps.here("after it is noted")
    engine.database.close()
