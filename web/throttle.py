"""How often one may try to sign in: counted in rows of `sign_in_attempt`, so for all processes and after a restart.

A try is written down before the password is looked at, so that many at once count as many. Neither names nor
addresses are kept, only their HMACs. Whether the password is right is accounts.py's business.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from engine.store.ground import sign_in_attempt as attempt

WINDOW = timedelta(minutes=15)
LIMIT = 10  # wrong tries in a window, for an account and for an address
FREE = 3  # of them without waiting


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a try is counted under, both as HMACs: the account, and the address it comes from."""

    account: bytes
    address: bytes


def bucket(key: bytes, username: str, address: str, device: str | None) -> Bucket:
    """Where a try is counted. device: the id of a browser that signed in to this very account before.

    Tries from such a browser are counted on their own: whoever else tries the account, or tries from the same
    address, cannot lock its owner out.
    """
    if device:
        own = _hmac(key, "device", f"{device} {username}")
        return Bucket(own, own)
    return Bucket(_hmac(key, "account", username), _hmac(key, "address", _network(address)))


def account_mark(key: bytes, username: str) -> str:
    """What stands for an account in a log line or a cookie: 16 hexadecimal digits."""
    return _hmac(key, "account", username)[:8].hex()


def take(connection: Connection, of: Bucket, id: str, now: datetime) -> int:
    """Write a try down as `id`, and answer 0; or answer how many seconds to wait, and write nothing.

    In a write transaction of its own, committed before the password is looked at.
    """
    _alone(connection, of)
    wait = max(
        _wait(connection, attempt.c.account == of.account, now),
        _wait(connection, attempt.c.address == of.address, now),
    )
    if wait == 0:
        write(connection, of, id, now, succeeded=False)
    return wait


def write(connection: Connection, of: Bucket, id: str, now: datetime, *, succeeded: bool) -> None:
    """One row."""
    connection.execute(
        insert(attempt).values(id=id, at=now, account=of.account, address=of.address, succeeded=succeeded)
    )


def give_back(connection: Connection, id: str) -> None:
    """The try with this id was none: its password was right, though it does not let anybody in yet."""
    connection.execute(delete(attempt).where(attempt.c.id == id))


def _wait(connection: Connection, same: ColumnElement[bool], now: datetime) -> int:
    """Seconds until the next try: none for the first three, then doubled each time, then until the window has room."""
    wrong = select(func.count(), func.min(attempt.c.at), func.max(attempt.c.at)).where(
        same,
        ~attempt.c.succeeded,
        attempt.c.at > now - WINDOW,
        attempt.c.at <= now,
    )
    n, first, last = connection.execute(wrong).one()
    if n < FREE:
        return 0
    until = first + WINDOW if n >= LIMIT else last + timedelta(seconds=2 ** (n - FREE + 1))
    return max(0, ceil((until - now).total_seconds()))


def _alone(connection: Connection, of: Bucket) -> None:
    """Tries of one account or address one after the other. SQLite's write transactions are alone anyway."""
    if connection.dialect.name == "postgresql":
        for key in sorted({of.account, of.address}):
            number = int.from_bytes(key[:8], signed=True)
            connection.execute(select(func.pg_advisory_xact_lock(number)))


def _network(address: str) -> str:
    """An IPv4 address, or the /64 an IPv6 address lies in: whoever has one of those has all."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _hmac(key: bytes, what: str, text: str) -> bytes:
    return hmac.new(key, f"sign-in {what}\0{text}".encode(), hashlib.sha256).digest()
