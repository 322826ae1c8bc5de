"""How an installation sends mail: `$CASEWORK_MAIL_…`, else the file `mail.toml` in its folder. Nothing there: no mail.

The password stands in a file of its own, never in the environment, the database or a log. A file of these that others
can read is refused, as a key file is.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from engine.worker.smtp import Server

NAMES = ("host", "port", "security", "user", "password_file", "trusted", "sender", "base_url")
PORTS = {"tls": 465, "starttls": 587, "none": 25}
ADDRESS = r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Unusable(ValueError):
    """A setting is missing or wrong. name: of the setting; why: missing, unknown, port, security, sender, url,
    password, plain, file or open (to others)."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name, self.why = name, why


@dataclass(frozen=True, slots=True)
class MailSettings:
    """server: who takes our mail. sender: the address it comes from. base_url: how people reach the screens."""

    server: Server
    sender: str
    base_url: str

    def url(self, path: str) -> str:
        """The whole address of a page."""
        return self.base_url + path


def mail_settings(home: Path, kind: str) -> MailSettings | None:
    """What the environment or the file says; None where nothing is set, and of a demonstration. Raises Unusable.

    kind: of the installation. The people of a demonstration are invented, and nothing is ever sent to them.
    """
    if kind != "real":
        return None
    given = _file(home / "mail.toml")
    for name in NAMES:
        if value := os.environ.get(f"CASEWORK_MAIL_{name.upper()}", ""):
            given[name] = value
    return _settings(given, home) if given else None


def _file(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(_own_text(path))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise Unusable("mail.toml", "file") from None
    for name in found:
        if name not in NAMES:
            raise Unusable(name, "unknown")
    return found


def _own_text(path: Path) -> str:
    """What stands in a file that nobody but its owner may read or write."""
    with path.open(encoding="utf-8") as file:
        if os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Unusable(str(path), "open")
        return file.read()


def _password_file(home: Path, named: str) -> str:
    """Where the password lies. Without one every mail would be refused, while all screens say that mail is on."""
    path = home / named
    try:
        there = _own_text(path).strip()
    except (OSError, UnicodeDecodeError):
        there = ""
    if not there:
        raise Unusable(str(path), "password")
    return str(path)


def _settings(given: Mapping[str, Any], home: Path) -> MailSettings:
    text = {name: str(given.get(name, "")).strip() for name in NAMES}
    for name in ("host", "sender", "base_url"):
        if not text[name]:
            raise Unusable(name, "missing")
    if not re.fullmatch(r"[A-Za-z0-9.:_-]{1,253}", text["host"]):
        raise Unusable("host", "host")
    security: Any = text["security"] or "starttls"
    if security not in PORTS:
        raise Unusable("security", "security")
    if security == "none" and text["host"] not in LOOPBACK:
        raise Unusable("security", "plain")  # addresses and case numbers do not travel open
    port = text["port"] or str(PORTS[security])
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise Unusable("port", "port")
    if not re.fullmatch(ADDRESS, text["sender"]):
        raise Unusable("sender", "sender")
    if bool(text["user"]) != bool(text["password_file"]):
        raise Unusable("password_file" if text["user"] else "user", "missing")
    password = _password_file(home, text["password_file"]) if text["password_file"] else ""
    trusted = str(home / text["trusted"]) if text["trusted"] else ""
    server = Server(text["host"], int(port), security, text["user"], password, trusted)
    return MailSettings(server, text["sender"], _base(text["base_url"]))


def _base(url: str) -> str:
    """Without a slash at the end. Outside this machine only HTTPS: the link leads to a sign-in page."""
    parts = urlsplit(url)
    local = parts.hostname in LOOPBACK
    whole = parts.scheme == "https" or (parts.scheme == "http" and local)
    if not whole or not parts.hostname or parts.query or parts.fragment or re.search(r"[\s<>\"]", url):
        raise Unusable("base_url", "url")
    return url.rstrip("/")
