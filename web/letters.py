"""Writes mails: numbers of cases, states, due moments and links, in the reader's language. Never a name or a place.

Works without a request, in the worker. What a mail says is as true as the moment it goes out: what was read, settled or
taken out of the reader's reach meanwhile is not told any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, Template

from engine import Engine
from engine.listing import Listing
from engine.store import inbox, mail, people
from engine.store.mail import Mail
from engine.store.people import ActorRow
from engine.store.steps import CaseRow
from engine.words import Words
from engine.worker.mails import Nothing
from web import my_tasks
from web.case_model import limit_title
from web.mail_settings import MailSettings
from web.my_tasks import Task
from web.notice_text import notice_title
from web.person import Person
from web.texts import catalogue

LISTED = 30
ESCALATED = 100
RECENT = timedelta(days=7)  # new notices of somebody who never got a digest

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a letter that leads somewhere. note: what stands after it."""

    text: str
    href: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with what stands under it."""

    title: str
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is put into MIME: plain sentences, in one language."""

    subject: str
    lines: Sequence[str]
    parts: Sequence[Part] = ()
    ways: Sequence[Item] = field(default=())


class Letters:
    """The writer of the mails of one installation."""

    def __init__(self, engine: Engine, settings: MailSettings) -> None:
        self._engine, self._settings = engine, settings

    def compose(self, row: Mail, now: datetime) -> EmailMessage:
        """The mail as things stand now. Raises Nothing where there is nothing to send."""
        write = {"notice": self._notice, "digest": self._digest, "test": self._test}[row.kind]
        with self._engine.database.read() as connection:
            reader = people.actor(connection, row.actor)
            if reader is None or not reader.active or not reader.email:
                raise Nothing("no_address")
            t = partial(catalogue().say, reader.language)
            letter = write(connection, reader, row, now, t)
        return self._mime(letter, row, reader, t)

    # ------------------------------------------------------------------ what is told

    def _notice(self, connection: Any, reader: ActorRow, row: Mail, now: datetime, t: Say) -> Letter:
        """One urgent notice, at once."""
        if reader.mail != "urgent":
            raise Nothing("not_wanted")
        told = mail.told(connection, row.about)
        if told is None:
            raise Nothing("gone")
        if told.read_at is not None:
            raise Nothing("read")
        listing = Listing(self._engine, connection, reader.id)
        if told.case_id not in inbox.visible(connection, listing.reach, [told.case_id]):
            raise Nothing("out_of_reach")
        words = self._words(told.definition, told.definition_number, reader.language)
        item = Item(
            told.reference,
            self._settings.url(f"/cases/{told.case_id}"),
            t("mail.state", state=words.state(told.state)),
        )
        return Letter(
            t(f"mail.notice.{told.kind}", number=told.reference),
            [notice_title(self._engine.library, words, told.kind, told.params)],
            [Part(t("mail.case"), [item])],
            self._ways(t),
        )

    def _digest(self, connection: Any, reader: ActorRow, row: Mail, now: datetime, t: Say) -> Letter:
        """The morning's counts and tasks. On a day not worked only if something has become overdue since the last."""
        if reader.mail not in ("urgent", "digest"):
            raise Nothing("not_wanted")
        listing = Listing(self._engine, connection, reader.id)
        if row.about != listing.today.isoformat():
            raise Nothing("too_late")
        held = people.holdings(connection, reader.id, listing.today)
        me = Person(reader.id, reader.name, reader.language, held)
        mine, _ = my_tasks.split(self._engine, me, listing)
        tasks = my_tasks.by_due(self._engine, mine, listing)
        last = mail.last_digest(connection, reader.id)
        if not self._is_worked(listing) and not any(
            last is None or task.due_at > last for _, task in tasks["late"]
        ):
            raise Nothing("day_off")
        counts = {key: len(tasks[key]) for key in ("late", "today", "week")}
        counts["new"] = inbox.count_unread(connection, reader.id, since=last or now - RECENT)
        counts["escalated"] = len(listing.escalated(me.functions, limit=ESCALATED))
        if not any(counts.values()):
            raise Nothing("nothing_to_say")
        lines = [
            t(
                "mail.digest.about",
                weekday=t(f"weekday.{listing.today.weekday()}"),
                date=f"{listing.today:%d/%m/%Y}",
            )
        ]
        lines += [t(f"mail.digest.count.{key}", n=n) for key, n in counts.items() if n]
        subject = t(
            "mail.digest.subject", date=f"{listing.today:%d/%m/%Y}", n=counts["late"] + counts["today"]
        )
        return Letter(subject, lines, list(self._listed(tasks, reader.language, t)), self._ways(t))

    def _test(self, connection: Any, reader: ActorRow, row: Mail, now: datetime, t: Say) -> Letter:
        """That mail arrives."""
        return Letter(t("mail.test.subject"), [t("mail.test.text")], [], self._ways(t))

    # ------------------------------------------------------------------ parts of it

    def _listed(self, tasks: Any, language: str, t: Say) -> Any:
        left = LISTED
        for key in ("late", "today", "week"):
            shown = tasks[key][:left]
            left -= len(shown)
            items = [self._item(task, language, t) for task in shown]
            if more := len(tasks[key]) - len(shown):
                items.append(Item(t("mail.digest.more", n=more), self._settings.url(f"/work?list={key}")))
            if items:
                yield Part(t(f"mail.digest.part.{key}"), items)

    def _item(self, task: Task, language: str, t: Say) -> Item:
        case, row = task
        words = self._words_of(case, language)
        due = row.due_at.astimezone(self._engine.library.zone)
        title = limit_title(words, row.scope, row.deadline_state, row.key)
        note = t("mail.digest.note", state=words.state(case.state), title=title, due=f"{due:%d/%m/%Y %H:%M}")
        return Item(case.reference, self._settings.url(f"/cases/{case.id}"), note)

    def _ways(self, t: Say) -> list[Item]:
        return [
            Item(t("menu.work"), self._settings.url("/work")),
            Item(t("menu.inbox"), self._settings.url("/inbox")),
            Item(t("preferences.title"), self._settings.url("/preferences")),
        ]

    def _is_worked(self, listing: Listing) -> bool:
        row = self._engine.library.rows.settings.get("calendar")
        calendar = self._engine.library.calendar(row.value if row else "vn_public")
        return calendar.is_working(listing.today)

    def _words_of(self, case: CaseRow, language: str) -> Words:
        return self._words(case.definition, case.definition_number, language)

    def _words(self, definition: str, number: int, language: str) -> Words:
        workflow = self._engine.library.workflow(definition, number)
        return Words(workflow, language, lambda _, key: key, self._engine.library.zone)

    # ------------------------------------------------------------------ as bytes

    def _mime(self, letter: Letter, row: Mail, reader: ActorRow, t: Say) -> EmailMessage:
        """Plain text and simple HTML; the same row gives the same identity and date however often it is tried."""
        assert reader.email
        message = EmailMessage(policy=SMTP)
        message["From"] = self._settings.sender
        message["To"] = reader.email
        message["Subject"] = f"[{t('shell.product')}] {letter.subject}"
        message["Date"] = format_datetime(row.created_at.astimezone(self._engine.library.zone))
        message["Message-ID"] = f"<{row.id}@{self._settings.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message["List-Unsubscribe"] = f"<{self._settings.url('/preferences')}>"
        given = {"letter": letter, "language": reader.language, "foot": t("mail.foot")}
        message.set_content(_text(letter, t("mail.foot")), cte="quoted-printable")
        html = _template().render(given)
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        message.set_boundary(f"=_{row.id}")
        message["Content-Language"] = reader.language  # last: what came before it would go to the plain part
        return message


def _text(letter: Letter, foot: str) -> str:
    blocks = ["\n".join(letter.lines)]
    for part in letter.parts:
        items = [
            f"{each.text} · {each.note}\n{each.href}" if each.note else f"{each.text}\n{each.href}"
            for each in part.items
        ]
        blocks.append("\n".join([part.title, *items]))
    blocks.append("\n".join(f"{each.text}: {each.href}" for each in letter.ways))
    return "\n\n".join([*blocks, foot]) + "\n"


@cache
def _template() -> Template:
    return Environment(
        loader=PackageLoader("web", "templates"), autoescape=True, trim_blocks=True
    ).get_template("mail/letter.html")
