"""What a step does to time limits, told as stories of one case; Story.step plans every step twice."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.deadlines import DeadlinePlan, breached
from tests.engine.deadline_story import DEFINITION, STATES, Story, local


@pytest.fixture
def story() -> Story:
    """A case opened on Monday 2 March 2026 at nine."""
    story = Story()
    story.step("open", "2026-03-02 09:00", to="verifying", risk="high")
    return story


def test_a_state_not_yet_entered_is_never_late(story: Story) -> None:
    assert story.keys == {"whole", "verify"}


def test_entering_a_state_starts_its_limits_and_says_which_rule_won(story: Story) -> None:
    story.step("enter", "2026-03-03 10:00", to="planning", risk="low")
    assert asdict(replace(story["draft"], id="")) == {
        "id": "",
        "key": "draft",
        "scope": "state",
        "state": "planning",
        "entry": 2,
        "start_at": local("2026-03-03 10:00"),
        "due_at": local("2026-03-10 23:59:59"),  # both end that day: the one written first
        "warn_at": local("2026-03-07 00:00"),
        "rule": {
            "limit": 0,
            "by": "risk",
            "value": "low",
            "amount": 7,
            "unit": "days",
            "law": "D56",
            "from": "entry",
            "pauses": [],
        },
        "escalate_to": "",
        "then": "",
        "paused_at": None,
    }


def test_of_several_limits_the_earliest_due_wins(story: Story) -> None:
    story.step("enter", "2026-03-03 10:00", to="planning")
    assert (story["draft"].rule["limit"], story["draft"].due_at) == (0, local("2026-03-04 23:59:59"))
    story.step("note", "2026-03-03 11:00", risk=None)
    assert story["draft"].rule == {
        "limit": 1, "by": "", "value": None, "amount": 5, "unit": "working_days", "law": "art. 28",
        "from": "entry", "pauses": [],
    }  # fmt: skip


def test_a_warning_longer_than_the_limit_comes_at_its_start(story: Story) -> None:
    story.step("enter", "2026-03-03 10:00", to="planning")
    assert story["draft"].warn_at == local("2026-03-03 10:00")


def test_escalation_and_the_step_that_follows_are_carried_along(story: Story) -> None:
    story.step("", "2026-03-02 10:00", received_at=local("2026-03-02 08:30"))
    assert (story["measure"].escalate_to, story["measure"].then) == ("lead", "lapse")


def test_a_private_value_is_never_copied_into_the_rule(story: Story) -> None:
    story.step("note", "2026-03-02 10:00", secret="yes")
    assert (story["guarded"].rule["by"], story["guarded"].rule["value"]) == ("secret", None)


def test_leaving_a_state_ends_its_limits_as_left_in_time_or_late(story: Story) -> None:
    story.step("enter", "2026-03-08 10:00", to="planning")
    story.step("enter", "2026-03-08 11:00", to="waiting")
    assert story.ended == {"verify": ["left"], "draft": ["left"]}


def test_a_done_by_meets_its_limit_without_leaving_and_by_any_of_its_alternatives(story: Story) -> None:
    story.step("decide_no", "2026-03-02 10:00")
    assert story.ended == {"verify": ["met"]}
    assert story.state == "verifying"


def test_a_done_by_that_also_leaves_says_met(story: Story) -> None:
    story.step("decide_yes", "2026-03-02 10:00", to="planning")
    assert story.ended == {"verify": ["met"]}


def test_a_limit_once_met_is_not_made_again_by_a_changed_value(story: Story) -> None:
    story.step("decide_no", "2026-03-02 10:00")
    story.step("note", "2026-03-02 11:00", risk="unlisted")
    story.step("note", "2026-03-02 12:00", risk="low")
    assert "verify" not in story.keys


def test_a_step_that_does_not_move_never_restarts_a_limit(story: Story) -> None:
    first = story["verify"]
    assert story.step("note", "2026-03-02 15:00") == DeadlinePlan()
    assert story["verify"] == first


def test_entering_a_state_again_starts_its_limits_once_more(story: Story) -> None:
    first = story["verify"]
    story.step("enter", "2026-03-03 10:00", to="planning")
    story.step("enter", "2026-03-04 10:00", to="verifying")
    assert (story["verify"].start_at, story["verify"].entry) == (local("2026-03-04 10:00"), 3)
    story.step("enter", "2026-03-05 10:00", to="verifying")  # a loop of one state
    assert (story["verify"].start_at, story["verify"].entry) == (local("2026-03-05 10:00"), 4)
    assert story["verify"].id != first.id


def test_reopening_starts_the_limits_of_the_state_entered_and_not_those_of_the_case(story: Story) -> None:
    story.step("close", "2026-03-03 10:00", to="closed")
    assert story.keys == {"check"}
    story.step("reopen", "2026-05-03 10:00", to="verifying")
    assert story.keys == {"verify"}
    assert story.ended == {"verify": ["left"], "whole": ["ended"], "check": ["left"]}


def test_an_opening_starts_the_limits_of_the_case_whatever_its_trigger() -> None:
    story = Story()
    story.step("receive", "2026-03-02 09:00", to="verifying")
    assert story.keys == {"whole"}


def test_a_done_by_that_enters_the_state_does_not_count_as_done_since(story: Story) -> None:
    story.step("decide_no", "2026-03-02 10:00", to="verifying", risk=None)
    story.step("note", "2026-03-02 11:00", risk="high")
    assert story["verify"].due_at == local("2026-03-03 23:59:59")


def test_a_recomputed_limit_keeps_the_start_it_was_given(story: Story) -> None:
    migrated = replace(
        story["verify"], start_at=local("2026-03-04 09:00"), due_at=local("2026-03-05 23:59:59")
    )
    story.open = tuple(migrated if each.key == "verify" else each for each in story.open)
    story.step("note", "2026-03-05 10:00", risk="low")
    assert story["verify"].due_at == local("2026-03-11 23:59:59")


def test_a_limit_from_a_field_is_made_when_the_field_is_filled(story: Story) -> None:
    assert "measure" not in story.keys
    story.step("", "2026-03-02 10:00", received_at=local("2026-03-02 08:30"))
    assert (story["measure"].entry, story["measure"].due_at) == (1, local("2026-03-02 20:30"))


def test_correcting_the_field_moves_an_open_limit_and_only_that(story: Story) -> None:
    story.step("", "2026-03-02 10:00", received_at=local("2026-03-02 08:30"))
    before = story["measure"]
    result = story.step("", "2026-03-02 11:00", received_at=local("2026-03-02 06:30"))
    assert [each.id for each in result.move] == [before.id]
    assert story["measure"].due_at == local("2026-03-02 18:30")
    assert result == DeadlinePlan(move=(story["measure"],))


def test_correcting_the_field_never_unbreaches(story: Story) -> None:
    story.step("", "2026-03-02 10:00", received_at=local("2026-03-02 08:30"))
    late = "2026-03-03 09:00"
    assert story.step("", late, received_at=local("2026-03-03 08:30")) == DeadlinePlan()
    assert story.step("", late, received_at=None) == DeadlinePlan()
    assert story["measure"].due_at == local("2026-03-02 20:30")


def test_an_emptied_field_takes_the_limit_away_until_it_is_filled_again(story: Story) -> None:
    story.step("", "2026-03-02 10:00", received_at=local("2026-03-02 08:30"))
    story.step("", "2026-03-02 11:00", received_at=None)
    assert story.ended == {"measure": ["superseded"]}
    story.step("", "2026-03-02 12:00", received_at=local("2026-03-02 09:00"))
    assert story["measure"].due_at == local("2026-03-02 21:00")


def test_a_value_without_a_limit_gives_none_and_a_value_with_one_counts_from_the_entry(story: Story) -> None:
    story.step("note", "2026-03-02 10:00", risk="unlisted")
    assert story.ended == {"verify": ["superseded"]}
    story.step("note", "2026-03-04 10:00", risk="low")
    assert (story["verify"].start_at, story["verify"].entry) == (local("2026-03-02 09:00"), 1)
    assert (story["verify"].due_at, story["verify"].rule["value"]) == (local("2026-03-09 23:59:59"), "low")


def test_a_changed_value_recomputes_the_limit_and_says_the_rule_that_won(story: Story) -> None:
    result = story.step("note", "2026-03-02 10:00", risk="low")
    assert [each.rule["value"] for each in result.move] == ["low"]
    assert story["verify"].due_at == local("2026-03-09 23:59:59")


def test_a_limit_from_a_transition_runs_each_time_it_is_taken(story: Story) -> None:
    story.step("enter", "2026-03-02 10:00", to="planning")
    assert "answer" not in story.keys
    story.step("ask", "2026-03-02 11:00")
    story.step("ask", "2026-03-03 11:00")
    assert story["answer"].due_at == local("2026-03-05 23:59:59")
    story.step("reply", "2026-03-03 12:00")
    assert "answer" not in story.keys
    story.step("ask", "2026-03-06 11:00")
    assert story["answer"].due_at == local("2026-03-08 23:59:59")
    assert story.ended["answer"] == ["met"]


def test_a_limit_of_the_case_survives_states_until_it_is_ended(story: Story) -> None:
    story.step("separate", "2026-03-02 10:00")
    story.step("enter", "2026-03-03 10:00", to="planning")
    story.step("enter", "2026-03-04 10:00", to="implementing")
    assert (story["separation"].due_at, story["separation"].entry) == (local("2026-03-17 23:59:59"), 2)
    story.step("lift", "2026-03-05 10:00")
    assert story.ended["separation"] == ["ended"]


def test_a_limit_of_the_case_started_again_supersedes_the_first(story: Story) -> None:
    story.step("separate", "2026-03-02 10:00")
    story.step("separate", "2026-03-10 10:00")
    assert story.ended == {"separation": ["superseded"]}
    assert story["separation"].due_at == local("2026-03-25 23:59:59")


def test_a_limit_of_the_case_from_a_field_waits_for_start_and_field(story: Story) -> None:
    story.step("note", "2026-03-02 10:00", reported_on=date(2026, 3, 1))
    assert "report" not in story.keys
    story.step("note", "2026-03-02 11:00", reported_on=None)
    story.step("separate", "2026-03-02 12:00")
    assert "report" not in story.keys
    story.step("note", "2026-03-02 13:00", reported_on=date(2026, 3, 2))
    assert (story["report"].start_at, story["report"].due_at) == (
        local("2026-03-02 00:00"),
        local("2026-03-04 00:00"),
    )


def test_a_limit_of_the_case_that_was_ended_is_not_made_by_filling_its_field(story: Story) -> None:
    story.step("separate", "2026-03-02 10:00")
    story.step("lift", "2026-03-02 11:00")
    story.step("note", "2026-03-02 12:00", reported_on=date(2026, 3, 2))
    assert "report" not in story.keys


def test_the_effect_stops_the_open_limits_of_its_key(story: Story) -> None:
    story.step("separate", "2026-03-02 10:00")
    story.step("stop_all", "2026-03-02 11:00")
    assert story.ended == {"separation": ["stopped"]}


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


def test_a_limit_this_version_no_longer_declares_ends_with_its_state_and_is_left_alone_before(
    story: Story,
) -> None:
    gone = replace(story["verify"], id="gone", key="gone")
    story.open = (*story.open, gone)
    story.step("decide_yes", "2026-03-02 10:00", risk="low")
    assert story["gone"] == gone
    story.step("enter", "2026-03-02 11:00", to="planning")
    assert story.ended["gone"] == ["left"]


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
        | st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        "reported_on": st.none() | st.dates(date(2026, 1, 1), date(2026, 6, 1)),
    },
)
WALKS = st.lists(st.tuples(st.one_of(MOVES, STAYS), VALUES, st.integers(1, 9000)), min_size=1, max_size=25)


@settings(max_examples=150)
@given(WALKS)
def test_on_any_walk_every_step_is_planned_once_and_what_was_missed_stays_missed(walk: Any) -> None:
    story, now = Story(), local("2026-01-05 09:00")
    story.step("open", now, to="verifying")
    missed: dict[str, datetime] = {}
    for (key, to), values, minutes in walk:
        now += timedelta(minutes=minutes)
        missed.update({each.id: each.due_at for each in story.open if breached(each, now)})
        story.step(key, now, to, **values)
        assert all(each.due_at == missed.get(each.id, each.due_at) for each in story.open)
        if to:
            assert all(each.scope == "case" or each.entry == story.seq for each in story.open)
        waits = DEFINITION.deadlines.keys() if story.state == "waiting" else ()
        assert all(
            (each.paused_at is not None) == (each.key in waits)
            for each in story.open
            if not breached(each, now)
        )
