"""Repeats, times in which a case waits, and any walk at all; see test_deadlines_plan.py."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.deadlines import DeadlinePlan, breached
from tests.engine.deadline_story import DEFINITION, STATES, Story, local, opened


@pytest.fixture
def story() -> Story:
    return opened()


def test_a_step_that_stops_a_limit_does_not_make_it_by_the_value_it_fills(story: Story) -> None:
    story.step("enter", "2026-03-02 10:00", to="implementing", risk=None)
    story.step("stop_visits", "2026-03-03 10:00", risk="high")
    assert "visit" not in story.keys


def test_a_repeat_carries_its_warning_its_escalation_and_its_ground(story: Story) -> None:
    story.step("enter", "2026-03-02 10:00", to="implementing")
    task = story["visit"]
    assert (task.warn_at, task.escalate_to) == (local("2026-03-07 00:00"), "lead")
    assert task.rule["law"] == "art. 29"


def test_a_repeat_keeps_one_open_task_and_makes_the_next_when_one_is_done(story: Story) -> None:
    story.step("enter", "2026-03-02 10:00", to="implementing")
    assert (story["visit"].scope, story["visit"].due_at) == ("repeat", local("2026-03-09 23:59:59"))
    story.step("log_visit", "2026-03-05 10:00")
    assert (story["visit"].start_at, story["visit"].due_at) == (
        local("2026-03-05 10:00"),
        local("2026-03-12 23:59:59"),
    )
    assert (story.ended["visit"], story["visit"].entry) == (["met"], 2)


def test_a_changed_interval_recomputes_the_open_task_from_its_same_start(story: Story) -> None:
    story.step("enter", "2026-03-02 10:00", to="implementing")
    story.step("log_visit", "2026-03-05 10:00")
    task = story["visit"]
    story.step("note", "2026-03-06 10:00", risk="medium")
    assert (story["visit"].id, story["visit"].due_at) == (task.id, local("2026-03-19 23:59:59"))


def test_a_missed_task_stays_missed_whatever_its_interval_becomes_until_it_is_done(story: Story) -> None:
    story.step("enter", "2026-03-02 10:00", to="implementing")
    story.step("note", "2026-03-10 10:00", risk="medium")
    assert story["visit"].due_at == local("2026-03-09 23:59:59")
    story.step("log_visit", "2026-03-11 10:00")
    assert story["visit"].due_at == local("2026-03-25 23:59:59")


def test_an_interval_that_becomes_known_counts_from_the_last_doing(story: Story) -> None:
    story.step("enter", "2026-03-02 10:00", to="implementing", risk=None)
    story.step("log_visit", "2026-03-05 10:00")
    assert "visit" not in story.keys
    story.step("note", "2026-03-06 10:00", risk="high")
    assert story["visit"].due_at == local("2026-03-12 23:59:59")


def test_a_task_counts_from_the_entry_when_it_was_last_done_before(story: Story) -> None:
    story.step("log_visit", "2026-03-02 10:00")
    story.step("enter", "2026-03-20 10:00", to="implementing")
    assert story["visit"].due_at == local("2026-03-27 23:59:59")


def test_a_stopped_repeat_makes_no_next_task_until_the_state_is_entered_again(story: Story) -> None:
    story.step("enter", "2026-03-02 10:00", to="implementing")
    story.step("stop_visits", "2026-03-03 10:00")
    story.step("log_visit", "2026-03-04 10:00")
    assert "visit" not in story.keys
    story.step("enter", "2026-03-05 10:00", to="implementing")
    assert story.ended["visit"] == ["stopped"]
    assert "visit" in story.keys


def test_checks_after_closure_repeat_in_the_final_state(story: Story) -> None:
    story.step("close", "2026-03-31 10:00", to="closed")
    story.step("log_visit", "2026-06-30 10:00")
    assert (story["check"].due_at, story.ended["check"]) == (local("2026-09-30 23:59:59"), ["met"])


def test_time_stands_still_while_the_case_waits(story: Story) -> None:
    story.step("separate", "2026-03-02 10:00", reported_on=date(2026, 3, 2))
    assert story["whole"].due_at == local("2026-04-13 23:59:59")
    result = story.step("enter", "2026-03-03 12:00", to="waiting")
    assert {each.key for each in result.pause} == {"whole", "separation", "report"}
    assert {each.paused_at for each in result.pause} == {local("2026-03-03 12:00")}
    assert story.step("note", "2026-03-04 12:00") == DeadlinePlan()
    result = story.step("enter", "2026-03-09 18:00", to="planning")
    assert {each.key: each.due_at for each in result.resume} == {
        "whole": local("2026-04-17 23:59:59"),  # working days: 4, 5, 6 and 9 March
        "separation": local("2026-03-23 23:59:59"),  # six local days
        "report": local("2026-03-10 06:00"),  # 150 hours
    }
    assert story["report"].rule["pauses"] == [["2026-03-03T05:00:00+00:00", "2026-03-09T11:00:00+00:00"]]


def test_a_limit_started_while_the_case_waits_is_paused_at_once(story: Story) -> None:
    story.step("enter", "2026-03-03 12:00", to="waiting")
    story.step("separate", "2026-03-04 12:00")
    assert story["separation"].paused_at == local("2026-03-04 12:00")
    story.step("enter", "2026-03-06 12:00", to="planning")
    assert story["separation"].due_at == local("2026-03-21 23:59:59")


def test_a_limit_missed_before_the_wait_is_not_paused(story: Story) -> None:
    story.step("separate", "2026-03-02 10:00", reported_on=date(2026, 3, 2))
    story.step("enter", "2026-03-03 09:00", to="waiting", reported_on=date(2026, 2, 1))
    assert (story["report"].paused_at, story["separation"].paused_at) == (None, local("2026-03-03 09:00"))
    story.step("separate", "2026-03-03 10:00")
    assert story["report"].paused_at is None


def test_a_correction_keeps_the_pauses_that_fell_into_the_limit(story: Story) -> None:
    story.step("separate", "2026-03-02 10:00", reported_on=date(2026, 3, 2))
    story.step("enter", "2026-03-03 12:00", to="waiting")
    story.step("enter", "2026-03-03 18:00", to="planning")
    story.step("", "2026-03-03 19:00", reported_on=date(2026, 3, 3))
    assert story["report"].due_at == local("2026-03-05 06:00")
    story.step("", "2026-03-03 20:00", reported_on=date(2026, 3, 4))  # after the pause
    assert story["report"].due_at == local("2026-03-06 00:00")
    story.step("", "2026-03-03 21:00", reported_on=date(2026, 2, 27))  # missed before the pause
    assert story["report"].due_at == local("2026-03-01 00:00")


def test_a_correction_during_the_wait_takes_effect_and_a_limit_it_shows_missed_runs_on_missed(
    story: Story,
) -> None:
    story.step("separate", "2026-03-02 10:00", reported_on=date(2026, 3, 2))
    story.step("enter", "2026-03-03 12:00", to="waiting")
    story.step("", "2026-03-03 13:00", reported_on=date(2026, 2, 1))
    assert breached(story["report"], local("2026-03-03 13:00"))
    story.step("enter", "2026-03-05 12:00", to="planning")
    assert (story["report"].due_at, story["report"].paused_at) == (local("2026-02-03 00:00"), None)


MOVES = st.tuples(
    st.sampled_from(["enter", "close", "reopen", "decide_yes", "log_visit"]),
    st.sampled_from([each.key for each in STATES]),
)
STAYS = st.tuples(st.sampled_from(["", *DEFINITION.transitions]), st.none())
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "risk": st.sampled_from([None, "high", "medium", "low", "unlisted"]),
        "secret": st.sampled_from([None, "yes", "no"]),
        "received_at": st.none()
        | st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC)),
        "reported_on": st.none() | st.dates(date(2026, 1, 1), date(2026, 6, 1)),
    },
)
WALKS = st.lists(st.tuples(st.one_of(MOVES, STAYS), VALUES, st.integers(1, 9000)), min_size=1, max_size=25)


@settings(max_examples=150, deadline=None)
@given(WALKS)
def test_on_any_walk_every_step_is_planned_once_and_what_was_missed_stays_missed(walk: Any) -> None:
    story, now = Story(), local("2026-01-05 09:00")
    story.step("open", now, to="verifying")
    missed: dict[str, datetime] = {}
    for (key, to), values, minutes in walk:
        now += timedelta(minutes=minutes)
        missed.update({each.id: each.due_at for each in story.open if breached(each, now)})
        left = story.state
        story.step(key, now, to, **values)
        assert all(each.due_at == missed.get(each.id, each.due_at) for each in story.open)
        if to and "away" not in (left, to):  # the time of a state runs on through it
            assert all(each.scope == "case" or each.entry == story.seq for each in story.open)
        waits = {each.key for each in DEFINITION.deadlines.values() if story.state in each.pause_in}
        assert all(
            (each.paused_at is not None) == (each.key in waits)
            for each in story.open
            if not breached(each, now)
        )
