"""Accounts: the people of the `actor` table as Flask-Security knows them, and their passwords.

Only who somebody is. How often one may try is throttle.py's, how long a session lives is sessions.py's, what a
person may do is asked of their holdings for every request (person.py).
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import replace
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from flask import Flask, current_app
from flask_login import current_user
from flask_security import RoleMixin, Security, SQLAlchemySessionUserDatastore, UserMixin, verify_password
from sqlalchemy import Connection
from sqlalchemy.orm import registry, scoped_session, sessionmaker

from engine.store import Database, ground, reference
from engine.store.rows import ActorRow, read, rows_of

LEAST, MOST = 12, 128  # characters of a password, ASVS 5.0 V6.2.1 and V6.2.9
HASHES_AT_ONCE = 4  # each takes 64 MiB

# The smallest set: no blueprint, no templates, no mail, no roles; what is not named here is off by default.
SETTINGS = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_ANONYMOUS_USER_DISABLED": True,
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
}

# Nobody's password: what is compared when there is no such account, so that both take the same work.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$ObaJgFXMGFFn5YPo0cQBbg$mD2G3aKhqVwfHPF7uXFiZoN410yUTBFYT4y0pWGYjow"

_ONCE = re.compile(r"[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}")
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: none is taken for another
_RUNS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
)

_hashing = BoundedSemaphore(HASHES_AT_ONCE)
_hasher = PasswordHasher()  # RFC 9106: argon2id, 64 MiB, three passes, four lanes


class Account(UserMixin):
    """A row of `actor`, as far as signing in needs it."""

    id: str  # type: ignore[assignment]  # Flask-Security thinks of numbers and does not count with them
    name: str
    username: str


class _NoRole(RoleMixin):
    """Functions are held for areas and times, in `holding`; Flask-Security's roles know neither."""


registry().map_imperatively(Account, ground.actor)


def install(app: Flask, database: Database) -> None:
    """Flask-Security on the reader: whom a session belongs to; it writes nothing."""
    app.config.update(SETTINGS)
    session = scoped_session(sessionmaker(database.reader))
    people = SQLAlchemySessionUserDatastore(session, Account, _NoRole)
    security = Security(app, people, register_blueprint=False)
    # Flask-Security also lets a token in the address or a header sign in. There are none, and no such way in.
    security.login_manager.request_loader(None)
    # It looks the person up before every request by itself too; that need not be for a font.
    security.principal.skip_static = True
    app.teardown_appcontext(lambda _: session.remove())


def find(username: str) -> Account | None:
    """The account with this name, active or not."""
    found = _people().find_user(username=plain_username(username))
    _release()
    return found if isinstance(found, Account) else None


def signed_in() -> Account | None:
    """The active account the session names, if its `fs_uniquifier` is still the same."""
    found = current_user._get_current_object()
    _release()
    return found if isinstance(found, Account) else None


def plain_username(typed: str) -> str:
    """A username as it is stored: small letters, no spaces around."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


# ------------------------------------------------------------------ passwords


def is_right(account: Account | None, password: str) -> bool:
    """Is this the account's password? The same work for no account, an inactive one and one without a password."""
    stored = account.password if account and account.active else None
    typed = _normal(password)
    with _hashing:
        same = verify_password(typed[:MOST], stored or NOBODY)  # no password is longer
    return bool(same) and stored is not None and len(typed) <= MOST


def is_old(account: Account) -> bool:
    """Was the password hashed with parameters we no longer use?"""
    return _hasher.check_needs_rehash(account.password or NOBODY)


def hash_password(password: str) -> str:
    """The argon2id hash to keep of a password."""
    with _hashing:
        return _hasher.hash(_normal(password))


def fault_of(password: str, username: str) -> str | None:
    """Why this may not be a password: `short`, `long`, `simple`, `username` or `once`; None if it may.

    Length and no guessable text, no rules on characters (ASVS 5.0 V6.2.5, NIST SP 800-63B §3.1.1.2).
    """
    text = _normal(password)
    folded = text.casefold()
    if len(text) < LEAST:
        return "short"
    if len(text) > MOST:
        return "long"
    if len(set(folded)) < 5 or any(folded in run * 2 or folded in run[::-1] * 2 for run in _RUNS):
        return "simple"
    if len(username) > 3 and username in folded:
        return "username"
    return "once" if is_one_time(text) else None


def one_time_password() -> str:
    """A password that lets its owner choose one and does nothing else: 75 random bits and a check letter.

    It is known by its form, which no chosen password may have; so nothing about it has to be kept.
    """
    letters = "".join(secrets.choice(_LETTERS) for _ in range(15))
    letters += _check(letters)
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def is_one_time(password: str) -> bool:
    """Does it have the form of a one-time password?"""
    letters = password.replace("-", "")
    return _ONCE.fullmatch(password) is not None and _check(letters[:15]) == letters[15]


def _check(letters: str) -> str:
    return _LETTERS[sum(at * _LETTERS.index(each) for at, each in enumerate(letters, 1)) % 32]


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


# ------------------------------------------------------------------ changing a person


def locked(connection: Connection, actor: str) -> ActorRow | None:
    """The person's row, which nobody else changes until this transaction ends."""
    wanted = rows_of(ActorRow, ground.actor).where(ground.actor.c.id == actor).with_for_update()
    return next(iter(read(connection, ActorRow, wanted)), None)


def keep_password(connection: Connection, person: ActorRow, hashed: str) -> None:
    """Keep another password, hashed before the transaction began; every session of the person ends."""
    reference.put_actors(connection, [replace(person, password=hashed, fs_uniquifier=new_uniquifier())])


def renew_hash(connection: Connection, account: Account, hashed: str) -> None:
    """Keep the same password hashed anew, if it has not been changed meanwhile."""
    person = locked(connection, account.id)
    if person and person.password == account.password:
        reference.put_actors(connection, [replace(person, password=hashed)])


def new_uniquifier() -> str:
    """What a session names instead of the person; a new one ends every session."""
    return secrets.token_urlsafe(24)


def _people() -> SQLAlchemySessionUserDatastore:
    found = current_app.extensions["security"].datastore
    assert isinstance(found, SQLAlchemySessionUserDatastore)
    return found


def _release() -> None:
    """Give the connection back at once: an open reader would keep the write-ahead log from being emptied."""
    _people().db.session.remove()
