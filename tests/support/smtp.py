"""A real SMTP server on a loopback port, for tests: keeps what it takes, and misbehaves as it is told.

Not aiosmtpd: what is wanted is a server that hangs or breaks off at a named moment.
"""

from __future__ import annotations

import socketserver
import ssl
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event, Thread
from typing import Any

import pytest

TAKE, HANG, DROP_AFTER_DATA, DROP_AFTER_TAKING = "take", "hang", "drop after data", "drop after taking"
FULL, UNKNOWN, SPAM, TURN_AWAY = "451 full", "550 5.1.1 <nobody@example.vn> unknown", "554 spam", "421 busy"


class Mailbox(socketserver.ThreadingTCPServer):
    """The server. behave: one of the words above, to be changed while it runs. taken: every mail as its bytes."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None, login: tuple[str, str] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.behave, self.taken, self.talked = TAKE, list[bytes](), list[str]()
        self.context, self.login, self.ended = context, login, Event()
        self.on_taken: Callable[[], None] = lambda: None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def mails(self) -> list[EmailMessage]:
        """What was taken, read."""
        return [message_from_bytes(each, policy=policy.default) for each in self.taken]

    def ids(self) -> list[str]:
        """The Message-IDs in the order in which they came."""
        return [str(each["Message-ID"]) for each in self.mails()]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that breaks off is no fault of the server."""


class _Talk(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        box = self.server
        if box.behave == HANG:
            box.ended.wait(30)
            return
        if box.behave == TURN_AWAY:
            self._say(TURN_AWAY)
            return
        self._say("220 ready")
        while line := self.rfile.readline():
            text = line.decode("ascii").strip()
            box.talked.append(text)
            verb = text.split(" ")[0].upper()
            if verb == "EHLO":
                offers = ["250-here"] + ["250-STARTTLS"] * (box.context is not None) + ["250 AUTH PLAIN"]
                self._say("\r\n".join(offers))
            elif verb == "STARTTLS" and box.context:
                self._say("220 go on")
                plain = self.request
                self.request = box.context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
                self.setup()
                self.request.do_handshake()
            elif verb == "AUTH":
                _, user, password = b64decode(text.split(" ")[2]).decode().split("\0")
                self._say("235 in" if (user, password) == box.login else "535 wrong")
            elif verb == "RCPT":
                self._say(box.behave if box.behave in (FULL, UNKNOWN) else "250 known")
            elif verb == "DATA":
                if not self._data(box):
                    return
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.request.close()

    def _data(self, box: Mailbox) -> bool:
        self._say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if box.behave == SPAM:
            self._say(SPAM)
            return True
        if box.behave == DROP_AFTER_DATA:
            return False
        box.taken.append(b"".join(lines))
        box.on_taken()
        if box.behave == DROP_AFTER_TAKING:
            return False
        self._say("250 taken")
        return True

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@contextmanager
def mailbox(context: ssl.SSLContext | None = None, login: tuple[str, str] | None = None) -> Iterator[Mailbox]:
    """One that runs until the test is done."""
    box = Mailbox(context, login)
    thread = Thread(target=box.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        box.ended.set()
        box.shutdown()
        thread.join()
        box.server_close()


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mailbox of this test alone, which takes what it is given until it is told otherwise."""
    with mailbox() as running:
        yield running
