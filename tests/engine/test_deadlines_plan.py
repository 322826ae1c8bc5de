"""What a step does to the time limits of states and of the whole case, told as stories of one case.

Story.step plans every step twice and checks what holds of every plan. More in test_deadlines_repeats.py.
"""

from dataclasses import asdict, replace
from datetime import date

import pytest

from engine.deadlines import DeadlinePlan
from tests.engine.deadline_story import Story, local, opened


@pytest.fixture
def story() -> Story:
    return opened()


def test_trap_22_a_state_not_yet_entered_is_never_late(story: Story) -> None:
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


def test_a_limit_that_begins_at_a_moment_to_come_is_warned_of_before_it_begins(story: Story) -> None:
    story.step("", "2026-03-02 10:00", received_at=local("2026-03-08 08:00"))
    assert story["measure"].warn_at == local("2026-03-07 20:00")
    story.step("note", "2026-03-02 11:00", received_at=local("2026-03-02 18:00"))
    assert story["measure"].warn_at == local("2026-03-02 11:00")  # at once: a day before was yesterday
    story.step("note", "2026-03-02 12:00", received_at=local("2026-03-02 08:30"))
    assert story["measure"].warn_at == local("2026-03-02 08:30")


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


def test_a_done_by_meets_its_limit_without_leaving(story: Story) -> None:
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


def test_trap_21_a_step_that_does_not_move_never_restarts_a_limit(story: Story) -> None:
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


def test_reopening_starts_the_limits_of_the_state_and_of_the_reopening_not_of_the_opening(
    story: Story,
) -> None:
    story.step("close", "2026-03-03 10:00", to="closed")
    assert story.keys == {"check"}
    story.step("reopen", "2026-05-03 10:00", to="verifying")
    assert story.keys == {"verify", "again"}
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


def test_a_transition_called_like_a_field_or_like_the_entry_starts_nothing(story: Story) -> None:
    story.step("", "2026-03-02 10:00", received_at=local("2026-03-02 08:30"))
    story.step("stop_measure", "2026-03-02 11:00")
    story.step("decide_no", "2026-03-02 11:00")
    story.step("received_at", "2026-03-02 12:00")
    story.step("entry", "2026-03-02 13:00")
    assert story.keys == {"whole"}


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


def test_a_limit_this_version_no_longer_declares_ends_with_its_state_and_is_left_alone_before(
    story: Story,
) -> None:
    gone = replace(story["verify"], id="gone", key="gone")
    story.open = (*story.open, gone)
    story.step("decide_yes", "2026-03-02 10:00", risk="low")
    assert story["gone"] == gone
    story.step("enter", "2026-03-02 11:00", to="planning")
    assert story.ended["gone"] == ["left"]


# ------------------------------------------------------------------ an interlude, and the end


def test_the_time_of_a_state_runs_on_through_an_interlude_and_is_the_same_afterwards(story: Story) -> None:
    story.step("enter", "2026-03-03 10:00", to="planning", risk="low")
    drafted = story["draft"]
    story.step("enter", "2026-03-04 10:00", to="away")
    assert (story.keys, story["draft"]) == ({"whole", "draft", "accept"}, drafted)
    story.step("enter", "2026-03-05 10:00", to="planning")
    assert (story.keys, story["draft"]) == ({"whole", "draft"}, drafted)
    assert story.ended == {"verify": ["left"], "accept": ["left"]}


def test_what_was_done_before_an_interlude_is_not_asked_again_after_it(story: Story) -> None:
    story.step("enter", "2026-03-03 10:00", to="verifying")
    story.step("decide_yes", "2026-03-03 11:00")
    assert story.ended["verify"][-1] == "met"
    story.step("enter", "2026-03-04 10:00", to="away")
    story.step("enter", "2026-03-05 10:00", to="verifying")
    assert "verify" not in story.keys


def test_a_missed_repeat_stays_missed_through_an_interlude_and_one_done_in_it_is_followed_by_the_next(
    story: Story,
) -> None:
    story.step("enter", "2026-03-02 10:00", to="implementing")
    missed = story["visit"]
    story.step("enter", "2026-03-20 10:00", to="away")
    story.step("enter", "2026-03-21 10:00", to="implementing")
    assert story["visit"] == missed
    story.step("enter", "2026-03-22 10:00", to="away")
    story.step("log_visit", "2026-03-23 10:00")
    story.step("enter", "2026-03-24 10:00", to="implementing")
    assert story["visit"].start_at == local("2026-03-23 10:00")


def test_an_interlude_that_leads_elsewhere_leaves_what_it_interrupted(story: Story) -> None:
    story.step("enter", "2026-03-03 10:00", to="planning")
    story.step("enter", "2026-03-04 10:00", to="away")
    story.step("enter", "2026-03-05 10:00", to="implementing")
    assert story.keys == {"whole", "visit"}
    assert story.ended["draft"] == ["left"]


def test_the_end_of_a_case_ends_what_no_step_can_end_any_more(story: Story) -> None:
    story.step("separate", "2026-03-03 10:00", to="planning")
    story.step("enter", "2026-03-04 10:00", to="over")
    assert story.keys == set()
    assert story.ended["separation"] == ["left"]
