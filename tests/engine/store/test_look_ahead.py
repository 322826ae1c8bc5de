"""Several looks in one transaction: on PostgreSQL the next is on its way while one is worked on, and sees what it would see."""

from __future__ import annotations

from datetime import date
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import pytest

from engine import Engine
from engine.store.steps import step_transaction
from tests.engine.conftest import toy as toy
from tests.engine.migration.moves import asked_case, command, version
from tests.engine.test_moving import NEW_LIMIT
from tests.support.world import fire, open_toy


def asked(case: str) -> dict[str, Any]:
    return {"case": case, "command": str(uuid4()), "actor": "officer", "today": date(2026, 3, 2), "area": ""}


@pytest.fixture
def looks(toy: Engine) -> list[dict[str, Any]]:
    return [asked(open_toy(toy).case) for _ in range(3)]


def test_each_look_sees_its_own_case_whether_it_was_expected_or_not(
    toy: Engine, looks: list[dict[str, Any]]
) -> None:
    one, two, three = looks
    for expected in (looks, [one, three], [two, one, three], [three, two, one], []):
        with step_transaction(toy.database) as transaction:
            transaction.expect(expected)
            seen = [transaction.look(**each).case for each in looks]
            assert [each.id for each in seen if each] == [each["case"] for each in looks]


def test_a_case_that_is_not_there_is_not_there_when_it_was_expected(
    toy: Engine, looks: list[dict[str, Any]]
) -> None:
    nobody = asked(str(uuid4()))
    with step_transaction(toy.database) as transaction:
        transaction.expect([looks[0], nobody, looks[1]])
        seen = [transaction.look(**each) for each in (looks[0], nobody, looks[1])]
    assert [each.case is None for each in seen] == [False, True, False]
    assert all(each.holdings for each in (seen[0], seen[2]))


def test_what_is_asked_in_between_gets_its_own_answer(toy: Engine, looks: list[dict[str, Any]]) -> None:
    with step_transaction(toy.database) as transaction:
        transaction.expect(looks)
        first = transaction.look(**looks[0]).case
        assert first is not None
        assert transaction.case_of_number(first.reference) == first.id
        assert transaction.actor_holds("officer", "commune_officer", "", date(2026, 3, 2))
        second = transaction.look(**looks[1]).case
        assert second is not None and second.id == looks[1]["case"]


def test_given_up_with_a_look_on_its_way_the_connection_serves_the_next_step(
    toy: Engine, looks: list[dict[str, Any]]
) -> None:
    with step_transaction(toy.database) as transaction:
        transaction.expect(looks)
        transaction.look(**looks[0])
    for each in looks:
        assert fire(toy, each["case"], "remark", "officer", note="thêm").applied


def test_a_look_on_its_way_that_waits_for_a_step_sees_the_case_after_it(
    toy: Engine, looks: list[dict[str, Any]]
) -> None:
    if toy.database.is_sqlite:  # one writes at a time, and nothing is sent ahead
        return
    locked, looked = Event(), Event()

    def step() -> None:
        with step_transaction(toy.database) as transaction:
            transaction.look(**looks[1])
            locked.set()
            assert looked.wait(10)
        assert fire(toy, looks[1]["case"], "remark", "officer", note="thêm").applied

    thread = Thread(target=step)
    thread.start()
    assert locked.wait(10)
    with step_transaction(toy.database) as transaction:
        transaction.expect(looks[:2])
        transaction.look(**looks[0])
        looked.set()
        found = transaction.look(**looks[1]).case
    thread.join(10)
    assert found is not None and found.version in (1, 2)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1)])
def test_the_same_command_twice_in_one_slice_is_found_out(toy: Engine, order: tuple[int, ...]) -> None:
    cases = [asked_case(toy) for _ in range(3)]
    to = version(toy, NEW_LIMIT)
    moves = [command(toy, each, to) for each in cases]
    assert toy.apply(moves[1]).applied
    again = command(toy, cases[2], to, id=moves[0].id)  # the id of a command of the same slice
    sent = [moves[0], moves[1], again]
    outcomes = dict(zip(order, toy.apply_moves([sent[at] for at in order]), strict=True))
    assert [(outcomes[at].applied, outcomes[at].repeated) for at in (0, 1)] == [(True, False), (True, True)]
    assert {each.code for each in outcomes[2].blockers} == {"command_reused"}
