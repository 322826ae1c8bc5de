"""Notices as their reader sees them, and what stands beside the events of a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from engine import Engine
from engine.store import tables
from engine.store.cases import case_ids
from engine.store.inbox import count_unread, mark_read, notices
from engine.store.numbers import case_of_number
from engine.store.reads import limits_of, reads_of
from tests.engine.evidence import clock_of, row_of
from tests.support.world import NOON, fire, open_toy


def tell(toy: Engine, case: str, actor: str, hours: float, kind: str = "breach") -> str:
    """A notice as the worker writes it; answers its id."""
    row = {
        "id": str(uuid4()), "actor": actor, "root": case, "case_id": case, "kind": kind, "params": {"key": "ask"},
        "at": NOON + timedelta(hours=hours),
    }  # fmt: skip
    with toy.database.write() as connection:
        connection.execute(tables.notice.insert().values(**row))
    return row["id"]


def inbox(toy: Engine, actor: str, *, unread_only: bool = False, limit: int = 10) -> list[Any]:
    with toy.database.read() as connection:
        return list(notices(connection, actor, unread_only=unread_only, limit=limit))


def unread(toy: Engine, actor: str) -> int:
    with toy.database.read() as connection:
        return count_unread(connection, actor)


def put_away(toy: Engine, actor: str, notice: str, hours: float) -> None:
    with toy.database.write() as connection:
        mark_read(connection, actor, [notice], NOON + timedelta(hours=hours))


def test_a_person_sees_their_own_notices_the_newest_first_each_with_its_case(toy: Engine) -> None:
    case = open_toy(toy)
    old, new = tell(toy, case.case, "officer", 1), tell(toy, case.case, "officer", 2, "escalation")
    tell(toy, case.case, "lead", 3)
    seen = inbox(toy, "officer")
    assert [each.id for each in seen] == [new, old]
    assert (seen[0].kind, seen[0].params, seen[0].at) == (
        "escalation",
        {"key": "ask"},
        NOON + timedelta(hours=2),
    )
    assert (seen[0].reference, seen[0].state, seen[0].definition) == (case.reference, "draft", "toy")
    assert [each.id for each in inbox(toy, "officer", limit=1)] == [new]
    assert inbox(toy, "chair") == []


def test_a_notice_put_away_is_unread_no_more_and_keeps_the_moment_of_the_first_time(toy: Engine) -> None:
    case = open_toy(toy).case
    first, second = tell(toy, case, "officer", 1), tell(toy, case, "officer", 2)
    assert unread(toy, "officer") == 2
    put_away(toy, "officer", first, 3)
    put_away(toy, "officer", first, 4)
    assert [each.id for each in inbox(toy, "officer", unread_only=True)] == [second]
    assert unread(toy, "officer") == 1
    assert [each.read_at for each in inbox(toy, "officer")] == [None, NOON + timedelta(hours=3)]


def test_nobody_puts_away_the_notice_of_another(toy: Engine) -> None:
    notice = tell(toy, open_toy(toy).case, "officer", 1)
    put_away(toy, "chair", notice, 2)
    assert (unread(toy, "officer"), unread(toy, "chair")) == (1, 0)


def test_a_case_is_found_by_its_number_exactly(toy: Engine) -> None:
    first, second = open_toy(toy), open_toy(toy)
    with toy.database.read() as connection:
        assert case_of_number(connection, second.reference) == row_of(toy, second.case)
        for near in ("", first.reference[:-1], first.reference + " ", first.reference.replace("-", "")):
            assert case_of_number(connection, near) is None


def test_cases_are_walked_a_page_at_a_time(toy: Engine) -> None:
    cases = sorted(open_toy(toy).case for _ in range(5))
    walked: list[str] = []
    with toy.database.read() as connection:
        while page := case_ids(connection, walked[-1] if walked else "", limit=2):
            walked += page
    assert walked == cases


def test_the_record_of_a_case_has_all_its_limits_and_the_newest_looks_at_it(toy: Engine) -> None:
    case, other = open_toy(toy).case, open_toy(toy).case
    clock_of(toy).advance(hours=1)
    assert fire(toy, case, "ask", "officer", amount=1, urgency="high").applied
    for actor in ("officer", "chair", "lead"):
        clock_of(toy).advance(minutes=1)
        assert toy.view(case, actor, "case page") is not None
    assert toy.view(other, "second", "print") is not None
    with toy.database.read() as connection:
        limits, reads = limits_of(connection, case, case), reads_of(connection, case, case, 2)
        (print_,) = reads_of(connection, other, other, 2)
    assert [(each.key, each.ended_how) for each in limits] == [("ask", "left"), ("decide", None)]
    assert [(each.actor, each.what) for each in reads] == [("lead", "case page"), ("chair", "case page")]
    assert (print_.actor, print_.what) == ("second", "print")
