"""Somebody at a browser without a screen: keeps cookies, takes the token of the page, sends forms."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Connection, Table, select
from werkzeug.test import Client, TestResponse

from engine import Engine
from engine.store import ground, reference
from engine.store.rows import DecisionTableRow
from schemas.load import load_table
from web import accounts
from workflows import catalogue

PASSWORD = "suối chảy qua ba ngọn đồi"
WRONG = "một mật khẩu khác hẳn"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """One browser. address: where it seems to come from; host: what it believes to speak to."""

    def __init__(self, app: Flask, address: str = "203.0.113.5", host: str = "localhost") -> None:
        self.app, self.address, self.host = app, address, host
        self.client: Client = app.test_client()

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page, following no redirect."""
        return self._open("GET", path, None, headers)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, token: str | None = "", **headers: str
    ) -> TestResponse:
        """Send a form with the token of a page; token: another one, None for none."""
        fields = dict(data or {})
        if token is not None:
            fields["csrf_token"] = token or self.token()
        return self._open("POST", path, fields, headers)

    def token(self) -> str:
        """The token of this session."""
        page = self.get("/sign-in")
        if page.status_code != 200:
            page = self.get("/password")
        found = _TOKEN.search(page.text)
        assert found, page.status
        return found[1]

    def sign_in(self, username: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Send the sign-in form."""
        return self.post("/sign-in", {"username": username, "password": password, **more})

    def click(self, person: str, **headers: str) -> TestResponse:
        """Press a door of the demonstration."""
        return self.post("/demo/sign-in", {"person": person}, **headers)

    def cookie(self) -> str:
        """The cookie of the session."""
        found = self.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert found is not None
        return found.value

    def take_cookie(self, value: str) -> None:
        """Use a copied session."""
        self.client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], value)

    def is_in(self) -> bool:
        """Is this browser signed in?"""
        return self.get("/password").status_code == 200

    def _open(self, method: str, path: str, data: Any, headers: dict[str, str]) -> TestResponse:
        return self.client.open(
            path, method=method, data=data, base_url=f"http://{self.host}", environ_overrides={"REMOTE_ADDR": self.address},
            headers={name.replace("_", "-"): value for name, value in headers.items()}, buffered=True,
        )  # fmt: skip


def hashed(password: str = PASSWORD) -> str:
    """A password's hash, made once for each hasher."""
    return _hashed(password, accounts._hasher)


@cache
def _hashed(password: str, _: PasswordHasher) -> str:
    return accounts.hash_password(password)


def give_password(engine: Engine, *actors: str, kept: str = "") -> None:
    """Let these people sign in by PASSWORD."""
    with engine.database.write() as connection:
        rows = [accounts.locked(connection, actor) for actor in actors]
        reference.put_actors(connection, [replace(row, password=kept or hashed()) for row in rows if row])


def change_actor(engine: Engine, actor: str, **changes: Any) -> None:
    """Change a person's row."""
    with engine.database.write() as connection:
        row = accounts.locked(connection, actor)
        assert row is not None
        reference.put_actors(connection, [replace(row, **changes)])


def put_table(connection: Connection, text: str) -> None:
    """Put the text of a rule table into the store."""
    found = load_table(text, catalogue.code_lists())
    assert found.table is not None
    assert found.plain is not None
    table = found.table
    row = DecisionTableRow(
        id=table.id,
        valid_from=table.valid_from,
        valid_to=table.valid_to,
        sha256=table.sha256,
        source=text,
        plain=found.plain,
    )
    reference.put_decision_table(connection, row)


def kept_password(engine: Engine, person: str) -> str:
    """The hash that is kept."""
    with engine.database.read() as connection:
        return str(connection.scalar(select(ground.actor.c.password).where(ground.actor.c.id == person)))


def rows(engine: Engine, table: Table, **where: Any) -> list[Any]:
    """The rows of a table, as they stand."""
    with engine.database.read() as connection:
        return list(connection.execute(select(table).filter_by(**where)).mappings())
