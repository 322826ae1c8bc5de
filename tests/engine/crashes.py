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
from engine.store.driver import Driver
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

    def around(self, step: StepTransaction, execute: Callable[..., Any]) -> Callable[..., Any]:
        """`execute` of a step with a point before and one after it."""
        is_sqlite = step._is_sqlite

        def broken(text: str, *args: Any) -> Any:
            # Without a lock what is written is its own COMMIT.
            name = "COMMIT" if text.startswith("WITH w0 ") and not step._locked else text[:12]
            self._pass(f"before {name}", is_sqlite)
            answer = execute(text, *args)
            self._pass(f"after {name}", is_sqlite)
            return answer

        return broken

    def _pass(self, name: str, is_sqlite: bool) -> None:
        self.passed.append(name)
        if len(self.passed) == self.at:
            raise CONNECTION_LOST[is_sqlite]() if self.lost else Crash(name)


@contextmanager
def breaking(monkeypatch: pytest.MonkeyPatch, at: int, *, lost: bool) -> Iterator[Points]:
    """Steps inside break at the point `at`; lost: as when the connection is lost, else as by a fault of ours."""
    points = Points(at, lost)

    class Breaking(StepTransaction):
        def __init__(self, driver: Driver, dialect: Dialect, locked: bool) -> None:
            super().__init__(driver, dialect, locked)
            self._execute = points.around(self, self._execute)

    with monkeypatch.context() as patch:
        patch.setattr(steps, "StepTransaction", Breaking)
        yield points
