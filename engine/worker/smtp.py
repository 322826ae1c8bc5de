"""One mail to one SMTP server (RFC 5321), and what went wrong as a code. Not for what is written, nor for when.

Nothing of an answer is passed on but its number: servers quote addresses.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

Security = Literal["tls", "starttls", "none"]
TIMEOUT = 20.0  # seconds for every answer of the server


@dataclass(frozen=True, slots=True)
class Server:
    """A server and how to speak to it. security: TLS from the start, STARTTLS, or none (this machine only).

    password_file: read at every mail, so that a new password needs no restart. trusted: a file of certificates in
    place of the machine's own.
    """

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password_file: str = field(default="", repr=False)
    trusted: str = ""
    timeout: float = TIMEOUT


class Undelivered(Exception):
    """The server did not take a mail. code: stable, without text of the server; number: of its answer, if it gave one.

    final: it will not take this mail another time either. server: no mail can be given to it at present.
    """

    def __init__(self, code: str, number: int = 0, *, final: bool = False, server: bool = False) -> None:
        super().__init__(f"{code}:{number}" if number else code)
        self.code, self.number, self.final, self.server = code, number, final, server


def deliver(server: Server, message: EmailMessage) -> None:
    """Give `message` to the server; afterwards it is the server's. Raises Undelivered.

    A connection lost after the text was sent and before the answer came cannot be told from a refusal; the mail is
    then tried again under the same Message-ID.
    """
    client: smtplib.SMTP | None = None
    try:
        client = _connect(server)
        _greet(client, server)
        client.send_message(message)
    except Exception as error:
        if client is not None:
            client.close()
        raise _undelivered(error) from None  # what the server said may quote the address
    with suppress(OSError, smtplib.SMTPException):
        client.quit()
    client.close()


def _connect(server: Server) -> smtplib.SMTP:
    own = "localhost"  # not the machine's name, which is nobody's business
    if server.security == "tls":
        return smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=own, timeout=server.timeout, context=_context(server)
        )
    return smtplib.SMTP(server.host, server.port, local_hostname=own, timeout=server.timeout)


def _greet(client: smtplib.SMTP, server: Server) -> None:
    if server.security == "starttls":
        client.starttls(context=_context(server))
    if server.user:
        try:
            password = Path(server.password_file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise Undelivered("password_file", server=True) from None
        client.login(server.user, password)


def _context(server: Server) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=server.trusted or None)
    except (OSError, ssl.SSLError):
        raise Undelivered("trusted_file", server=True) from None


# The first that fits: the more particular ones stand first. code, final from 500 on, of the server as a whole.
_FAULTS: tuple[tuple[type[Exception], str, bool, bool], ...] = (
    (smtplib.SMTPAuthenticationError, "password", False, True),
    (smtplib.SMTPSenderRefused, "sender", False, True),
    (smtplib.SMTPDataError, "message", True, False),
    (smtplib.SMTPNotSupportedError, "unsupported", False, True),
    (smtplib.SMTPConnectError, "busy", False, True),
    (smtplib.SMTPHeloError, "busy", False, True),
    (smtplib.SMTPServerDisconnected, "disconnected", False, True),
    (smtplib.SMTPException, "answer", False, True),
    (ssl.SSLCertVerificationError, "certificate", False, True),
    (ssl.SSLError, "tls", False, True),
    (TimeoutError, "timeout", False, True),
    (socket.gaierror, "host", False, True),
    (ConnectionRefusedError, "refused", False, True),
    (OSError, "network", False, True),
)


def _undelivered(error: Exception) -> Undelivered:
    if isinstance(error, Undelivered):
        return error
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        number = max((answer[0] for answer in error.recipients.values()), default=0)
        return Undelivered("recipient", number, final=number >= 500)
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, TimeoutError):
        error = error.__context__
    for kind, code, may_be_final, of_server in _FAULTS:
        if isinstance(error, kind):
            number = getattr(error, "smtp_code", 0)
            return Undelivered(code, number, final=may_be_final and number >= 500, server=of_server)
    return Undelivered(type(error).__name__, final=isinstance(error, (ValueError, UnicodeError)))


Deliver = Callable[[EmailMessage], None]
"""Gives a mail to whatever takes it; raises Undelivered."""
