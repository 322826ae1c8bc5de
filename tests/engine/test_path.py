"""The path a case took: whatever moved it counts, once for each entering."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine import Engine
from engine.path import path_of
from engine.timeline import Entry
from tests.engine.evidence import clock_of
from tests.support.world import NOON, fire, open_toy


def entry(seq: int, source: str, target: str, kind: str = "step_taken", **args: Any) -> Entry:
    return Entry(
        seq=seq, at=NOON + timedelta(days=seq), kind=kind, transition="", actor="x", function="", on_behalf_of="", number=1,
        from_state=source, to_state=target, cycle=1, args=args, sealed=(), leaf="",
    )  # fmt: skip


def test_a_step_that_stays_is_not_on_the_path_and_one_that_comes_back_to_the_same_state_is() -> None:
    story = [
        entry(1, "", "a", "case_opened"),
        entry(2, "a", "a", moved=False),
        entry(3, "a", "a", moved=True),
        entry(4, "a", "b", moved=True),
    ]
    assert [(each.number, each.source, each.state, each.entry.seq) for each in path_of(story)] == [
        (1, "", "a", 1),
        (2, "a", "a", 3),
        (3, "a", "b", 4),
    ]


def test_a_move_to_another_version_that_changes_the_state_is_on_the_path_and_one_that_keeps_it_is_not() -> (
    None
):
    story = [
        entry(1, "", "a", "case_opened"),
        entry(2, "a", "a", "case_migrated"),
        entry(3, "a", "new", "case_migrated"),
    ]
    assert [each.state for each in path_of(story)] == ["a", "new"]
    assert [(each.number, each.entry.seq) for each in path_of(story, renaming={2})] == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]


def test_a_case_that_was_returned_and_reopened_has_every_entering_with_its_date(toy: Engine) -> None:
    case = open_toy(toy).case
    for trigger, actor, values in (
        ("ask", "officer", {"amount": 1, "urgency": "high"}),
        ("return_request", "chair", {"reason": "thiếu giấy tờ"}),
        ("ask", "officer", {"amount": 2, "urgency": "low"}),
        ("remark", "officer", {"note": "đã gọi điện"}),
        ("grant", "chair", {"number": "12/QĐ"}),
        ("reopen", "lead", {"reason": "tái phát"}),
    ):
        clock_of(toy).advance(days=1)
        assert fire(toy, case, trigger, actor, **values).applied
    found = path_of(toy.timeline(case))
    assert [each.state for each in found] == ["draft", "asked", "draft", "asked", "granted", "draft"]
    days = [(each.at - NOON).days for each in found]
    assert days == [0, 1, 2, 3, 5, 6]
