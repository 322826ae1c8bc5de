"""Sessions: how long one lives, what ends it, and the cookie by which a browser is known again.

A session lives in a signed cookie and as long as its row: the successful `sign_in_attempt` whose id is the hash of
the session's random id. Signing out deletes the row, so that a copied cookie is worth nothing either.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, request, session
from flask_security import login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Connection, delete, select, update

from engine.store.ground import sign_in_attempt as attempt
from web.accounts import Account

IDLE = timedelta(minutes=20)  # both: ASVS 5.0 V7.3.1 and V7.3.2; documented in docs/decisions/003-sign-in.md
WHOLE = timedelta(hours=10)
FRESH = timedelta(minutes=1)  # how exactly the time of the last request is kept
SKEW = timedelta(minutes=1)  # between the clocks of two machines that serve the same session
CHOOSING = timedelta(minutes=15)  # to choose a password, after a one-time password
DEVICE_DAYS = 180
ACCOUNTS_OF_A_DEVICE = 8


def install(app: Flask, *, https: bool) -> None:
    """Name the cookies. https: they travel over HTTPS only, and no other host or path can set them (`__Host-`)."""
    prefix = "__Host-" if https else ""
    app.config.update(
        SESSION_COOKIE_NAME=f"{prefix}casework",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        DEVICE_COOKIE_NAME=f"{prefix}casework-device",
    )


def new_id() -> str:
    """A session's random id, 256 bits; never stored but in the cookie."""
    return secrets.token_urlsafe(32)


def hash_of(id: str) -> str:
    """What names a session everywhere else."""
    return hashlib.sha256(id.encode()).hexdigest()


def begin(connection: Connection, account: Account, id: str, now: datetime, *, instead_of: str) -> None:
    """Sign `account` in with a new session; its row (throttle.py) becomes a success.

    instead_of: the hash of the session this browser had, if any. It ends, and rows that no session can need go.
    """
    connection.execute(update(attempt).where(attempt.c.id == hash_of(id)).values(succeeded=True))
    connection.execute(delete(attempt).where((attempt.c.at < now - WHOLE) | (attempt.c.id == instead_of)))
    session.clear()
    login_user(account, remember=False)
    session["id"], session["began"], session["seen"] = id, now.timestamp(), now.timestamp()


def present(now: datetime) -> str | None:
    """The hash of this request's session, if it is neither idle nor old; its row is still to be looked for."""
    id, began, seen = session.get("id"), session.get("began"), session.get("seen")
    if not (isinstance(id, str) and isinstance(began, float) and isinstance(seen, float)):
        return None
    return hash_of(id) if _within(began, WHOLE, now) and _within(seen, IDLE, now) else None


def is_open(connection: Connection, hashed: str) -> bool:
    """Has this session begun, and not been signed out?"""
    return bool(connection.scalar(select(attempt.c.succeeded).where(attempt.c.id == hashed)))


def touch(now: datetime) -> None:
    """Note that the session is in use."""
    if now.timestamp() - session["seen"] >= FRESH.total_seconds():
        session["seen"] = now.timestamp()


def end(connection: Connection, hashed: str) -> None:
    """Sign out: the row goes, and the cookie."""
    connection.execute(delete(attempt).where(attempt.c.id == hashed))
    logout_user()
    session.clear()


# ------------------------------------------------------------------ between a one-time password and one's own


def begin_choosing(account: Account, now: datetime) -> None:
    """No session: only the right to choose a password, for a quarter of an hour."""
    session.clear()
    session["choosing"] = {"of": account.fs_uniquifier, "id": account.id, "at": now.timestamp()}


def choosing(now: datetime) -> tuple[str, str] | None:
    """(id, fs_uniquifier) of the person who may choose a password now."""
    found: Any = session.get("choosing")
    if not isinstance(found, dict) or not _within(found["at"], CHOOSING, now):
        return None
    return found["id"], found["of"]


def _within(began: float, length: timedelta, now: datetime) -> bool:
    return -SKEW.total_seconds() <= now.timestamp() - began < length.total_seconds()


# ------------------------------------------------------------------ known browsers


def device_of(mark: str) -> str | None:
    """The id of this browser, if the account with this mark signed in from it before."""
    id, marks = _device()
    return id if mark in marks else None


def remember_device(response: Response, mark: str) -> None:
    """Have this browser known for the account from now on; the last eight accounts of a shared one are kept."""
    id, marks = _device()
    marks = [mark, *(each for each in marks if each != mark)][:ACCOUNTS_OF_A_DEVICE]
    response.set_cookie(
        current_app.config["DEVICE_COOKIE_NAME"],
        str(_signer().dumps([id or secrets.token_hex(16), marks])),
        max_age=DEVICE_DAYS * 86400,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _device() -> tuple[str, list[str]]:
    try:
        id, marks = _signer().loads(request.cookies.get(current_app.config["DEVICE_COOKIE_NAME"], ""))
    except BadSignature:
        return "", []
    return id, marks


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(
        current_app.config["SECRET_KEY"], salt="known device", signer_kwargs={"digest_method": hashlib.sha256}
    )
