"""PostgreSQL: an ordinary step locks nothing until it writes; who is overtaken meanwhile writes nothing and reads again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine import Engine, FixedClock
from engine.store.steps import Seen, StepTransaction
from tests.engine.crashes import breaking
from tests.engine.evidence import assert_whole, codes, events_of, row_of
from tests.support.world import NOON, build, fire, open_toy

NEVER = 0
ASKING: dict[str, Any] = {"amount": 1_500_000, "urgency": "high", "note": "nhà xa"}


@pytest.fixture
def toy(postgresql_database: str) -> Iterator[Engine]:
    """The toy on PostgreSQL alone: on SQLite a step holds the file from its first question on."""
    built = build(postgresql_database, FixedClock(NOON))
    yield built
    built.database.close()


def remark(toy: Engine, case: str, actor: str) -> bool:
    return fire(toy, case, "remark", actor, note="đã gọi").applied


def overtaken(monkeypatch: pytest.MonkeyPatch, by: Callable[[], Any]) -> list[bool]:
    """Between the first look of a step and its write `by` happens; answers whether each look locked."""
    look, locked = StepTransaction.look, []

    def looking(self: StepTransaction, **asked: Any) -> Seen:
        seen = look(self, **asked)
        locked.append(self._locked)
        if len(locked) == 1:
            by()
        return seen

    monkeypatch.setattr(StepTransaction, "look", looking)
    return locked


def test_an_ordinary_step_takes_two_statements(toy: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    case = open_toy(toy).case
    with breaking(monkeypatch, NEVER, lost=False) as points:
        assert remark(toy, case, "officer")
    assert points.passed == ["before SELECT cases", "after SELECT cases", "before COMMIT", "after COMMIT"]


def test_who_is_overtaken_reads_again_under_the_lock(toy: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    case = open_toy(toy).case
    locked = overtaken(monkeypatch, lambda: remark(toy, case, "second"))
    assert remark(toy, case, "officer")
    assert locked == [False, False, True]  # of the one, of the other, of the one again
    assert [each["actor"] for each in events_of(toy, case)] == ["officer", "second", "officer"]
    assert_whole(toy, case)


def test_who_is_overtaken_by_what_excludes_the_step_is_refused(
    toy: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = open_toy(toy).case
    assert fire(toy, case, "ask", "officer", **ASKING).applied
    overtaken(monkeypatch, lambda: fire(toy, case, "return_request", "chair", reason="Thiếu"))
    assert codes(fire(toy, case, "grant", "lead", number="12")) == {("wrong_state", "")}
    assert row_of(toy, case).version == 3
    assert_whole(toy, case)


def test_who_is_overtaken_by_the_same_command_gets_its_outcome(
    toy: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, id = open_toy(toy).case, "4f1f1f0e-5a0c-4d3b-9a57-0c6c3f0c9f11"
    overtaken(monkeypatch, lambda: fire(toy, case, "ask", "officer", command=id, **ASKING))
    outcome = fire(toy, case, "ask", "officer", command=id, **ASKING)
    assert (outcome.applied, outcome.repeated, outcome.version) == (True, True, 2)
    assert_whole(toy, case)
