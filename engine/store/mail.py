"""Mails as rows: who wants them, which wait, what became of them. No address and no text of a mail stands here.

A mail is known by its person, kind and what it is about: there is never a second one of the same. What is written
in it and how it goes out is decided above (engine/worker/mails.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.ground import actor, holding
from engine.store.tables import cases, mail, notice

MAILS = UUID("5b0c4c1e-6a3f-5c8e-9d3e-2f1b7a9c4d10")
CHOICES = ("off", "urgent", "digest")


class Mail(NamedTuple):
    """A mail to be written. kind: notice, digest or test; about: the notice's id, the local day, or any id."""

    id: str
    actor: str
    kind: str
    about: str
    created_at: datetime
    attempts: int


def mail_id(actor: str, kind: str, about: str) -> str:
    """The id of a mail, which its Message-ID is made of: the same however often it is tried."""
    return str(uuid5(MAILS, f"{kind}|{about}|{actor}"))


def leave(connection: Connection, people: Iterable[str], kind: str, about: str, now: datetime) -> int:
    """Leave a mail for each of `people`; one that is there already stays as it is. Answers how many are new."""
    return _insert(connection, [_row(each, kind, about, now) for each in people])


def of_notices(connection: Connection, told: Sequence[Any]) -> int:
    """Leave a mail about each of these new notices (id, actor, at) for whoever wants them at once."""
    people = {each.actor for each in told}
    if not people:
        return 0
    want = select(actor.c.id).where(actor.c.id.in_(people), actor.c.mail == "urgent", *_REACHED)
    wanting = set(connection.scalars(want))
    return _insert(
        connection, [_row(each.actor, "notice", each.id, each.at) for each in told if each.actor in wanting]
    )


def without_digest(connection: Connection, day: str) -> Sequence[str]:
    """The active people who want a digest, have an address, and have none of that local day yet."""
    made = select(mail.c.id).where(mail.c.actor == actor.c.id, mail.c.kind == "digest", mail.c.about == day)
    wanted = select(actor.c.id).where(actor.c.mail.in_(("urgent", "digest")), *_REACHED, ~made.exists())
    return connection.scalars(wanted.order_by(actor.c.id)).all()


def last_digest(connection: Connection, person: str) -> datetime | None:
    """When this person was last sent a digest."""
    sent = (mail.c.actor == person, mail.c.kind == "digest", mail.c.state == "sent")
    found: datetime | None = connection.scalar(
        select(func.max(mail.c.done_at, type_=mail.c.done_at.type)).where(*sent)
    )
    return found


# ------------------------------------------------------------------ sending


def waiting(connection: Connection, now: datetime, limit: int) -> Sequence[Mail]:
    """Mails to be tried now, the longest due first."""
    due = select(*(mail.c[name] for name in Mail._fields)).where(
        mail.c.state == "waiting", mail.c.not_before <= now
    )
    return [Mail(*row) for row in connection.execute(due.order_by(mail.c.not_before, mail.c.id).limit(limit))]


def still_waits(connection: Connection, id: str) -> bool:
    """Has nobody dealt with it meanwhile?"""
    found = select(mail.c.id).where(mail.c.id == id, mail.c.state == "waiting")
    return connection.scalar(found) is not None


def settle(connection: Connection, id: str, state: str, now: datetime, code: str | None = None) -> None:
    """Dealt with, once and for ever. state: sent, failed or dropped. code: why it was not sent."""
    done = {"state": state, "code": code, "done_at": now, "attempts": mail.c.attempts + 1}
    connection.execute(update(mail).where(mail.c.id == id, mail.c.state == "waiting").values(done))


def postpone(connection: Connection, id: str, until: datetime, code: str) -> None:
    """One more attempt that failed."""
    later = {"not_before": until, "code": code, "attempts": mail.c.attempts + 1}
    connection.execute(update(mail).where(mail.c.id == id, mail.c.state == "waiting").values(later))


# ------------------------------------------------------------------ what is written about


def choose(connection: Connection, person: str, choice: str) -> None:
    """The person's own choice, one of CHOICES. Nobody's reference data changes by it."""
    assert choice in CHOICES
    connection.execute(update(actor).where(actor.c.id == person).values(mail=choice))


def told(connection: Connection, notice_id: str) -> Any:
    """A notice with the number, state, workflow and area of its case; None if there is none."""
    of_case = (cases.c.root == notice.c.root) & (cases.c.id == notice.c.case_id)
    columns = (cases.c.reference, cases.c.state, cases.c.definition, cases.c.definition_number)
    return connection.execute(
        select(notice, *columns).join(cases, of_case).where(notice.c.id == notice_id)
    ).first()


def lately(connection: Connection, limit: int) -> Sequence[Any]:
    """The newest mails with the names of their people, for administrators."""
    columns = (mail.c.kind, mail.c.created_at, mail.c.state, mail.c.attempts, mail.c.code, mail.c.done_at)
    query = select(actor.c.name, actor.c.id.label("actor"), *columns).join(actor, actor.c.id == mail.c.actor)
    return connection.execute(query.order_by(mail.c.created_at.desc(), mail.c.id).limit(limit)).all()


def administrators(connection: Connection, today: date) -> Sequence[str]:
    """The active people who administer today, wherever."""
    held = holding.c
    query = (
        select(held.actor)
        .join(actor, actor.c.id == held.actor)
        .where(
            held.function == "admin",
            held.valid_from <= today,
            held.valid_to.is_(None) | (held.valid_to >= today),
            actor.c.active,
        )
    )
    return connection.scalars(query.order_by(held.actor).distinct()).all()


_REACHED = (actor.c.active, actor.c.email.is_not(None))


def _row(person: str, kind: str, about: str, now: datetime) -> dict[str, Any]:
    return {
        "id": mail_id(person, kind, about), "actor": person, "kind": kind, "about": about, "created_at": now,
        "not_before": now, "state": "waiting", "attempts": 0,
    }  # fmt: skip


def _insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> int:
    if not rows:
        return 0
    insert = sqlite.insert(mail) if connection.dialect.name == "sqlite" else postgresql.insert(mail)
    new = insert.on_conflict_do_nothing().returning(mail.c.id)
    return len(connection.execute(new, rows).all())
