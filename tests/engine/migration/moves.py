"""Toy cases that go to another version of the toy: the version published, the command, what stands before and after."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import select

from engine import Command, Engine, Outcome
from engine.commands import MIGRATED
from engine.moving import Move
from engine.store.tables import deadline
from tests.engine.evidence import row_of
from tests.support.world import TOY, change, fire, open_toy

PLAN = "0" * 64


def asked_case(engine: Engine, **values: Any) -> str:
    """A toy case in `asked`, with its name, a sealed note and a running limit of twelve hours."""
    case = open_toy(engine, **values).case
    assert fire(engine, case, "ask", "officer", amount=1000, urgency="high", note="riêng tư").applied
    return case


def version(engine: Engine, *changes: tuple[str, str]) -> int:
    """Publish the toy with these changes and answer its number."""
    change(engine, TOY, *changes)
    return engine.library.rows.newest["toy"]


def command(
    engine: Engine, case: str, to: int, *, actor: str = "admin", id: str = "", **more: Any
) -> Command:
    """The command by which `case`, as it stands, goes to version `to`; without more, where it is."""
    row = row_of(engine, case)
    move = Move(**{"migration": str(uuid4()), "plan": PLAN, "to": to, "state": row.state} | more)
    return Command(
        id=id or str(uuid4()), case=case, trigger=MIGRATED, actor=actor, values=move.values,
        expected_version=row.version, reason="quy định mới",
    )  # fmt: skip


def move(engine: Engine, case: str, to: int, **more: Any) -> Outcome:
    """Carry it out."""
    return engine.apply(command(engine, case, to, **more))


def open_limits(engine: Engine, case: str) -> list[dict[str, Any]]:
    """Every column of the limits that run, by id."""
    with engine.database.read() as connection:
        wanted = select(deadline).where(deadline.c.case_id == case, deadline.c.ended_at.is_(None))
        return [dict(each) for each in connection.execute(wanted.order_by(deadline.c.id)).mappings()]
