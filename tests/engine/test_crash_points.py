"""A step broken before and after each of its statements and around COMMIT leaves the old state or the new one, never between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from engine import Command, Engine, Gone
from engine.commands import BREACH, OPEN, SYSTEM
from tests.engine.crashes import Crash, breaking
from tests.engine.evidence import assert_whole, clock_of, limits_of, row_of, snapshot
from tests.engine.wide import open_wide
from tests.support.world import BA_BE, NOON, fire, open_toy

ASKING: dict[str, Any] = {"amount": 1_500_000, "urgency": "high", "note": "nhà xa"}
OPENING: dict[str, Any] = {"place": BA_BE, "what": "sách vở", "name": "Triệu Thị Đức"}
Make = Callable[[Engine], Command]


def _opening(_: Engine) -> Command:
    return Command(
        id=str(uuid4()), case=str(uuid4()), trigger=OPEN, actor="officer", values=OPENING, definition="toy"
    )


def _sealed_value(toy: Engine) -> Command:
    case = open_toy(toy).case
    return Command(id=str(uuid4()), case=case, trigger="ask", actor="officer", values=ASKING)


def _reason(toy: Engine) -> Command:
    case = open_toy(toy).case
    assert fire(toy, case, "ask", "officer", **ASKING).applied
    return Command(id=str(uuid4()), case=case, trigger="return_request", actor="chair", reason="Thiếu")


def _missed_limit(toy: Engine) -> Command:
    clock_of(toy).set(NOON)
    case = open_toy(toy).case
    clock_of(toy).advance(days=30)
    limit = {"deadline": limits_of(toy, case)[0]["id"]}
    return Command(id=str(uuid4()), case=case, trigger=BREACH, actor=SYSTEM, values=limit)


def _track(wide: Engine) -> Command:
    case = open_wide(wide, kind="a").case
    return Command(id=str(uuid4()), case=case, trigger="assign", actor="officer", values={"where": "school"})


@pytest.mark.parametrize("lost", [False, True], ids=["a fault", "connection lost"])
@pytest.mark.parametrize("make", [_opening, _sealed_value, _reason, _missed_limit])
def test_trap_07_a_broken_step_of_the_toy_is_all_or_nothing(
    toy: Engine, monkeypatch: pytest.MonkeyPatch, make: Make, lost: bool
) -> None:
    _break_everywhere(toy, monkeypatch, make, lost)


@pytest.mark.parametrize("lost", [False, True], ids=["a fault", "connection lost"])
def test_trap_07_a_broken_step_that_opens_a_track_is_all_or_nothing(
    wide: Engine, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    _break_everywhere(wide, monkeypatch, _track, lost)


def _break_everywhere(engine: Engine, monkeypatch: pytest.MonkeyPatch, make: Make, lost: bool) -> None:
    """Each point once; the command sent again then does what it would have done, or tells that it was done."""
    for point in count(1):
        command = make(engine)
        old = snapshot(engine.database)
        with breaking(monkeypatch, point, lost=lost) as points:
            try:
                outcome = engine.apply(command)
            except (Crash, Gone):
                outcome = None
        if outcome is not None:
            break
        done = points.passed[-1] == "after COMMIT"
        if done:
            assert snapshot(engine.database)["case_event"] != old["case_event"]
        else:
            assert snapshot(engine.database) == old, points.passed[-1]
        again = engine.apply(command)
        assert (again.applied, again.repeated) == (True, done), points.passed[-1]
        assert row_of(engine, command.case).version == again.version
        assert_whole(engine, command.case)
    assert outcome == replace(engine.apply(command), repeated=False)
    assert points.passed[-2:] == ["before COMMIT", "after COMMIT"]
    assert (
        point == len(points.passed) + 1 >= 5
    )  # look and what makes it true: before and after each, at least
