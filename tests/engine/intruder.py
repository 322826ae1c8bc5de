"""Somebody with all rights on the database: the guards taken away, rows changed past the program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, inspect, text

from engine import Engine
from engine.ledger.body import canonical, leaf
from engine.verification import Report, UnknownCase, verify


class Intruder:
    """Changes rows of one case by plain statements."""

    def __init__(self, connection: Connection, case: str) -> None:
        self.connection, self.case = connection, case

    def run(self, statement: str, **params: Any) -> None:
        """A statement in which `:case` is the case; it must hit something."""
        if ":case" in statement:
            params["case"] = self.case
        assert self.connection.execute(text(statement), params).rowcount

    def one(self, statement: str, **params: Any) -> Any:
        """The only value a query answers."""
        if ":case" in statement:
            params["case"] = self.case
        return self.connection.execute(text(statement), params).scalar_one()

    def body(self, seq: int) -> dict[str, Any]:
        """What an event says."""
        found: dict[str, Any] = json.loads(
            self.one("SELECT body FROM case_event WHERE case_id = :case AND seq = :seq", seq=seq)
        )
        return found

    def rewrite(self, seq: int, *, rehash: bool, **changed: Any) -> bytes:
        """Another body for an event, with its own leaf if `rehash`; answers that leaf."""
        body = canonical(self.body(seq) | changed)
        where = "WHERE case_id = :case AND seq = :seq"
        self.run(f"UPDATE case_event SET body = :body {where}", body=body, seq=seq)
        if rehash:
            self.run(f"UPDATE case_event SET leaf = :leaf {where}", leaf=leaf(body), seq=seq)
        return leaf(body)

    def cut(self, table: str, after: int) -> None:
        """Rows of a case's table away from behind `after` on."""
        self.connection.execute(
            text(f"DELETE FROM {table} WHERE case_id = :case AND seq > :seq"),
            {"case": self.case, "seq": after},
        )


@contextmanager
def intruder(url: str, case: str) -> Iterator[Intruder]:
    """All guards and references switched off, what is done committed, and nothing put back."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for name in (
                connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
                .scalars()
                .all()
            ):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for table in inspect(connection).get_table_names():
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        yield Intruder(connection, case)
    engine.dispose()


def found(report: Report, case: str) -> set[tuple[str, int]]:
    """(code, seq) of everything found in `case`."""
    return {(str(each.code), each.seq) for each in report.flaws if each.case == case}


def attacked(engine: Engine, case: str, attack: Callable[[Intruder], object]) -> Report:
    """What the verification of everything says after the attack; the one of the case alone says no less of it."""
    with intruder(engine.database.url.render_as_string(hide_password=False), case) as there:
        attack(there)
    report = verify(engine.database)
    try:
        assert found(verify(engine.database, case), case) >= found(report, case)
    except UnknownCase:
        assert any(each.code in ("ORPHAN", "COMMAND") for each in report.flaws)
    return report
