"""The mails that leave the house: morning digests come due, whatever waits is composed and given to the server.

At least once attempted, once in effect: a mail is one row and one Message-ID; only a crash (or a lost connection)
between the server's taking it and our noting it sends the same Message-ID again, which mail programs show once.
What a mail says is composed from the present state when it goes out, by `Compose` (docs/decisions/013-mail.md).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from threading import Event

from engine.engine import Engine
from engine.store import mail, queue
from engine.store.mail import Mail
from engine.worker.notices import of_failed_mail
from engine.worker.smtp import Deliver, Undelivered

PAGE = 100
DIGEST_HOUR = 7  # where the setting `digest_hour` says nothing
MOST_ATTEMPTS = 12
LONGEST_WAIT = timedelta(hours=1)
KEPT = timedelta(hours=24)  # a mail older than this helps nobody any more

log = logging.getLogger("casework.mail")


class Nothing(Exception):
    """There is nothing to send. code: why: nothing_to_say, no_address, not_wanted, read, out_of_reach, gone."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Compose = Callable[[Mail, datetime], EmailMessage]
"""Writes a mail as things stand now, in its reader's language. Raises Nothing."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What one turn did. asked: digests that came due. later: to be tried again. failed: given up."""

    asked: int = 0
    sent: int = 0
    dropped: int = 0
    later: int = 0
    failed: int = 0

    @property
    def worked(self) -> bool:
        """Was there anything to do?"""
        return bool(self.sent or self.dropped or self.failed)


class Mailer:
    """Sends the mails of an engine. Not to be shared by threads; several may run beside each other."""

    def __init__(self, engine: Engine, compose: Compose, deliver: Deliver) -> None:
        self._engine, self._compose, self._deliver = engine, compose, deliver
        self._rest: datetime | None = (
            None  # the server takes nothing at present: until when to leave it alone
        )
        self._faults = 0

    def turn(self) -> Posted:
        """Do once what is due. Raises only if the database cannot be read or written."""
        now = self._engine.clock.now()
        done: Counter[str] = Counter(asked=self._ask_for_digests(now))
        if self._rest is None or self._rest <= now:
            self._send_waiting(done, now)
        return Posted(**done)

    def run(self, stop: Event, every: float = 5.0) -> None:
        """Turn after turn until `stop`, `every` seconds apart."""
        while not stop.is_set():
            worked = False
            try:
                worked = self.turn().worked
            except Exception as error:
                log.error("turn failed: %s", type(error).__name__)
            if not worked:
                stop.wait(every)

    # ------------------------------------------------------------------ digests

    def _ask_for_digests(self, now: datetime) -> int:
        """Once a local day from the configured hour on, one for each person who wants it. Days past are not made up."""
        self._engine.library.refresh()
        local = now.astimezone(self._engine.library.zone)
        if local.hour < self._digest_hour():
            return 0
        with self._engine.database.read() as connection:
            people = mail.without_digest(connection, local.date().isoformat())
        if not people:
            return 0
        with self._engine.database.write() as connection:
            return mail.leave(connection, people, "digest", local.date().isoformat(), now)

    def _digest_hour(self) -> int:
        row = self._engine.library.rows.settings.get("digest_hour")
        return row.value if row and isinstance(row.value, int) else DIGEST_HOUR

    # ------------------------------------------------------------------ sending

    def _send_waiting(self, done: Counter[str], now: datetime) -> None:
        while True:
            with self._engine.database.read() as connection:
                page = mail.waiting(connection, now, PAGE)
            for row in page:
                with queue.claimed(self._engine.database, f"mail:{row.id}", "mail") as mine:
                    if not mine:
                        return  # another mailer is at it
                    if self._still(row):
                        done[self._send(row, now)] += 1
                if self._rest is not None and self._rest > now:
                    return
            if len(page) < PAGE:
                return

    def _still(self, row: Mail) -> bool:
        with self._engine.database.read() as connection:
            return mail.still_waits(connection, row.id)

    def _send(self, row: Mail, now: datetime) -> str:
        """Try one mail and note what became of it; answers that in a word."""
        try:
            if now - row.created_at > KEPT and not row.attempts:
                raise Nothing("too_late")
            message = self._compose(row, now)
        except Nothing as nothing:
            return self._note(row, "dropped", now, nothing.code)
        except Exception as error:
            return self._failed(row, now, Undelivered(f"compose:{type(error).__name__}"))
        try:
            self._deliver(message)
        except Undelivered as error:
            return self._failed(row, now, error)
        self._faults, self._rest = 0, None
        return self._note(row, "sent", now)

    def _note(self, row: Mail, state: str, now: datetime, code: str | None = None) -> str:
        with self._engine.database.write() as connection:
            mail.settle(connection, row.id, state, now, code)
        return state

    def _failed(self, row: Mail, now: datetime, error: Undelivered) -> str:
        """To be tried again later; after the last attempt, or a refusal for good, administrators are told."""
        log.error("mail %s (%s): %s", row.id, row.kind, error)
        if error.server:
            self._faults += 1
            self._rest = now + wait_after(self._faults)
        if not error.final and row.attempts + 1 < MOST_ATTEMPTS and now - row.created_at <= KEPT:
            with self._engine.database.write() as connection:
                mail.postpone(connection, row.id, now + wait_after(row.attempts + 1), str(error))
            return "later"
        today = now.astimezone(self._engine.library.zone).date()
        with self._engine.database.write() as connection:
            mail.settle(connection, row.id, "failed", now, str(error))
            queue.tell(connection, of_failed_mail(today, mail.administrators(connection, today), now))
        return "failed"


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 1, 2, 4 … minutes, at most an hour."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_WAIT)
