"""The drivers alone, for the path of a step: connections kept for steps, and statements prepared once on each.

On PostgreSQL libpq itself is asked: a cursor of psycopg costs as much as the server's whole answer. Not for screens,
which go through SQLAlchemy (database.py).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from select import POLLIN, POLLOUT, poll
from threading import BoundedSemaphore
from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

AT_ONCE = 20  # steps that may hold a connection; who comes later waits, as steps are short
PREPARED = 250  # statements on one connection: a workflow's steps have a few shapes each
ANSWERED = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
# Moments read alike whatever the server is set to; and each question goes by a key to a few rows.
SETTINGS = (
    b"SET TimeZone TO 'UTC'; SET DateStyle TO 'ISO'; SET client_encoding TO 'UTF8'; "
    b"SET enable_bitmapscan TO off; SET jit TO off"
)


class Sqlite:
    """One connection of SQLite; the driver itself keeps statements prepared."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.execute = connection.execute
        self.rollback = connection.rollback
        self.close = connection.close


class Libpq:
    """One connection of PostgreSQL, each statement on its own until BEGIN. Parameters and values are bytes."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._pg, self.close = connection.pgconn, connection.close
        self._prepared: dict[str, bytes] = {}
        self._readable, self._writable = poll(), poll()
        self._readable.register(self._pg.socket, POLLIN)
        self._writable.register(self._pg.socket, POLLOUT)
        self._answer(self._pg.exec_(SETTINGS))

    def execute(self, text: str, params: Sequence[bytes | None] = ()) -> list[list[bytes | None]]:
        """The rows; values are as PostgreSQL writes them."""
        return self._rows(self._pg.exec_prepared(self._name(text), params))  # type: ignore[arg-type]  # None is NULL

    def send(self, text: str, params: Sequence[bytes | None]) -> None:
        """Ask and do not wait; `received` gives the rows, and nothing else may be asked before."""
        self._pg.send_query_prepared(self._name(text), params)
        while self._pg.flush():
            self._writable.poll()

    def received(self) -> list[list[bytes | None]]:
        """The rows of what was sent. The wait is for the socket: libpq would keep all other threads waiting as well."""
        while self._pg.is_busy():
            self._readable.poll()
            self._pg.consume_input()
        result = self._pg.get_result()
        while self._pg.get_result():
            pass
        return self._rows(result)

    def _name(self, text: str) -> bytes:
        """Of the statement, prepared."""
        name = self._prepared.get(text)
        if name is None:
            if len(self._prepared) >= PREPARED:
                self._answer(self._pg.exec_(b"DEALLOCATE ALL"))
                self._prepared.clear()
            name = b"s%d" % len(self._prepared)
            self._answer(self._pg.prepare(name, text.encode()))
            self._prepared[text] = name
        return name

    def _rows(self, answered: Any) -> list[list[bytes | None]]:
        result = self._answer(answered)
        value, columns = result.get_value, range(result.nfields)
        return [[value(row, column) for column in columns] for row in range(result.ntuples)]

    def rollback(self) -> None:
        """End the transaction, if one is open."""
        if self._pg.transaction_status != TransactionStatus.IDLE:
            self._answer(self._pg.exec_(b"ROLLBACK"))

    def _answer(self, result: Any) -> Any:
        if result.status in ANSWERED:
            return result
        if self._pg.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection is lost")
        raise error_from_result(result)


Driver = Sqlite | Libpq


class Kept:
    """Connections of one kind, the one used last first; safe between threads."""

    def __init__(self, connect: Callable[[], Driver]) -> None:
        self._connect = connect
        self._idle: list[Driver] = []
        self._room = BoundedSemaphore(AT_ONCE)

    def take(self) -> Driver:
        """A connection, to be given back or dropped."""
        self._room.acquire()
        try:
            try:
                return self._idle.pop()
            except IndexError:
                return self._connect()
        except BaseException:
            self._room.release()
            raise

    def give_back(self, driver: Driver) -> None:
        """Keep it for the next step; no transaction is open on it."""
        self._idle.append(driver)
        self._room.release()

    def drop(self, driver: Driver) -> None:
        """Close what may be broken, and all others that wait: what broke one broke them."""
        self._room.release()
        driver.close()
        self.close()

    def close(self) -> None:
        """Close those that wait."""
        while self._idle:
            self._idle.pop().close()
