"""A step transaction that breaks at a numbered point: before or after each statement, COMMIT among them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Dialect

from engine.store import steps
from engine.store.steps import StepTransaction


class Crash(Exception):
    """Something that nobody foresaw."""


CONNECTION_LOST: dict[bool, Callable[[], Exception]] = {
    True: lambda: sqlite3.OperationalError("disk I/O error"),
    False: lambda: psycopg.OperationalError("the connection is lost"),
}


class Points:
    """Counts the points a transaction passes, and breaks at one of them. `passed`: their names in order."""

    def __init__(self, at: int, lost: bool) -> None:
        self.at, self.lost = at, lost
        self.passed: list[str] = []

    def around(self, name: str, call: Callable[..., Any], is_sqlite: bool) -> Callable[..., Any]:
        """`call` with a point before and one after it."""

        def broken(*args: Any, **kwargs: Any) -> Any:
            self._pass(f"before {name or args[0][:12]}", is_sqlite)
            answer = call(*args, **kwargs)
            self._pass(f"after {name or args[0][:12]}", is_sqlite)
            return answer

        return broken

    def _pass(self, name: str, is_sqlite: bool) -> None:
        self.passed.append(name)
        if len(self.passed) == self.at:
            raise CONNECTION_LOST[is_sqlite]() if self.lost else Crash(name)


class _Connection:
    """The driver's connection with points around what changes the database."""

    def __init__(self, connection: Any, points: Points, is_sqlite: bool) -> None:
        self._connection = connection
        if is_sqlite:
            self.execute = points.around("", connection.execute, True)
        else:
            self.commit = points.around("COMMIT", connection.commit, False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@contextmanager
def breaking(monkeypatch: pytest.MonkeyPatch, at: int, *, lost: bool) -> Iterator[Points]:
    """Steps inside break at the point `at`; lost: as when the connection is lost, else as by a fault of ours."""
    points = Points(at, lost)

    class Breaking(StepTransaction):
        def __init__(self, connection: Any, dialect: Dialect, is_sqlite: bool) -> None:
            super().__init__(connection, dialect, is_sqlite)
            self._connection = _Connection(connection, points, is_sqlite)
            self._execute = self._connection.execute if is_sqlite else points.around("", self._execute, False)

    with monkeypatch.context() as patch:
        patch.setattr(steps, "StepTransaction", Breaking)
        yield points
