"""Many at once on one case and on many: nothing is lost, nothing forks, what was acknowledged is stored."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from engine import Command, Engine, Outcome
from engine.store.steps import Conflict, Seen, StepTransaction
from engine.store.tables import case_event, cases, command
from tests.engine.evidence import assert_whole, codes, events_of, row_of, snapshot
from tests.engine.intruder import intruder
from tests.support.world import fire, open_toy

AT_ONCE = 16
EACH = 6
ASKING: dict[str, Any] = {"amount": 1_500_000, "urgency": "high", "note": "nhà xa"}
Result = TypeVar("Result")


def at_once(do: Callable[[int], Result]) -> list[Result]:
    """`do` by 16 threads that start together, each with its number."""
    gate = Barrier(AT_ONCE)

    def started(number: int) -> Result:
        gate.wait()
        return do(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(started, range(AT_ONCE)))


def remark(toy: Engine, case: str, number: int) -> Outcome:
    return fire(toy, case, "remark", ("officer", "second")[number % 2], note=f"lần {number}")


def test_every_step_of_many_on_one_case_is_kept_in_one_line(toy: Engine) -> None:
    case = open_toy(toy).case
    sent = at_once(lambda number: [_sent(toy, case, number) for _ in range(EACH)])
    acknowledged = {outcome.version: id for each in sent for id, outcome in each}
    events = events_of(toy, case)
    assert [each["seq"] for each in events] == list(range(1, AT_ONCE * EACH + 2))
    assert {each["seq"]: each["command_id"] for each in events[1:]} == acknowledged
    assert row_of(toy, case).version == AT_ONCE * EACH + 1
    assert_whole(toy, case)


def _sent(toy: Engine, case: str, number: int) -> tuple[str, Outcome]:
    id = str(uuid4())
    outcome = fire(toy, case, "remark", ("officer", "second")[number % 2], command=id, note=f"lần {number}")
    assert outcome.applied
    return id, outcome


def test_many_cases_at_once_get_numbers_of_their_own(toy: Engine) -> None:
    def life(_: int) -> str:
        opened = open_toy(toy)
        for _ in range(2):
            assert fire(toy, opened.case, "ask", "officer", **ASKING).applied
            assert fire(toy, opened.case, "return_request", "chair", reason="Thiếu").applied
        return opened.case

    ids = at_once(life)
    references = sorted(row_of(toy, case).reference for case in ids)
    assert references == [f"01906-2026-{number:05}" for number in range(1, AT_ONCE + 1)]
    for case in ids:
        assert row_of(toy, case).version == 5
        assert_whole(toy, case)
    with toy.database.read() as connection:
        counted = [
            connection.scalar(select(func.count()).select_from(table)) for table in (case_event, command)
        ]
    assert counted == [AT_ONCE * 5] * 2


def test_of_steps_that_exclude_each_other_one_is_taken(toy: Engine) -> None:
    case = open_toy(toy).case
    assert fire(toy, case, "ask", "officer", **ASKING).applied

    def decide(number: int) -> Outcome:
        if number % 2:
            return fire(toy, case, "grant", ("chair", "lead")[number // 2 % 2], number=str(number))
        return fire(toy, case, "return_request", "chair", reason="Thiếu")

    outcomes = at_once(decide)
    assert sorted(each.applied for each in outcomes) == [False] * (AT_ONCE - 1) + [True]
    assert {code for each in outcomes for code, _ in codes(each)} == {"wrong_state"}
    assert row_of(toy, case).version == 3
    assert_whole(toy, case)


def test_trap_01_of_those_who_saw_the_same_version_one_is_first_and_the_others_are_told(toy: Engine) -> None:
    case = open_toy(toy).case

    def send(number: int) -> Outcome:
        values = {"note": f"lần {number}"}
        return toy.apply(
            Command(
                id=str(uuid4()),
                case=case,
                trigger="remark",
                actor="officer",
                values=values,
                expected_version=1,
            )
        )

    outcomes = at_once(send)
    assert sorted(each.applied for each in outcomes) == [False] * (AT_ONCE - 1) + [True]
    assert {code for each in outcomes for code, _ in codes(each)} == {"stale"}
    assert row_of(toy, case).version == 2


def test_the_same_step_sent_by_many_is_taken_once_and_answered_alike(toy: Engine) -> None:
    case, id = open_toy(toy).case, str(uuid4())
    _assert_one(at_once(lambda _: fire(toy, case, "ask", "officer", command=id, **ASKING)))
    assert row_of(toy, case).version == 2
    assert_whole(toy, case)


def test_the_same_opening_sent_by_many_opens_one_case(toy: Engine) -> None:
    case, id = str(uuid4()), str(uuid4())
    _assert_one(at_once(lambda _: open_toy(toy, case=case, command=id)))
    with toy.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(cases)) == 1
    assert_whole(toy, case)


def _assert_one(outcomes: list[Outcome]) -> None:
    assert sorted(each.repeated for each in outcomes) == [False] + [True] * (AT_ONCE - 1)
    assert {replace(each, repeated=False).applied for each in outcomes} == {True}
    assert (
        len({(each.case, each.version, each.state, each.reference, each.transition) for each in outcomes})
        == 1
    )


def test_of_many_that_use_one_id_for_different_things_one_is_taken(toy: Engine) -> None:
    ids = [open_toy(toy).case for _ in range(AT_ONCE)]
    id = str(uuid4())
    outcomes = at_once(lambda number: fire(toy, ids[number], "ask", "officer", command=id, **ASKING))
    assert sorted(each.applied for each in outcomes) == [False] * (AT_ONCE - 1) + [True]
    assert {code for each in outcomes for code, _ in codes(each)} == {"command_reused"}
    assert sorted(row_of(toy, case).version for case in ids) == [1] * (AT_ONCE - 1) + [2]


def test_reading_while_others_write_never_sees_half_a_step(toy: Engine) -> None:
    case = open_toy(toy).case

    def read_or_write(number: int) -> None:
        for _ in range(EACH):
            if number % 4:
                view = toy.view(case, "officer", "case page")
                assert view is not None
                assert view.scene.case is not None
                assert (view.flaws, len(view.story)) == ((), view.scene.case.version)
            else:
                assert remark(toy, case, number).applied

    at_once(read_or_write)
    assert row_of(toy, case).version == AT_ONCE // 4 * EACH + 1


@pytest.mark.parametrize("changed", [{"head": bytes(32)}, {"version": 7}])
def test_a_row_that_is_not_as_it_was_read_is_not_overwritten_even_without_the_guards(
    toy: Engine, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    case, read = open_toy(toy).case, StepTransaction.look
    with intruder(toy.database.url.render_as_string(hide_password=False), case):
        pass  # the guards are gone now

    def look(self: StepTransaction, **asked: Any) -> Seen:
        seen = read(self, **asked)
        assert seen.case is not None
        return replace(seen, case=seen.case._replace(**changed))

    monkeypatch.setattr(StepTransaction, "look", look)
    before = snapshot(toy.database)
    with pytest.raises(Conflict):
        remark(toy, case, 1)
    assert snapshot(toy.database) == before
