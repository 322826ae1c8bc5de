"""Time limits that are hard to move, there and back: standing still, missed, warned of, or of a state that is interrupted."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from engine import Engine
from tests.engine.evidence import clock_of, row_of
from tests.engine.migration.care import CARE, MONITORING, away_from, back, limit, open_care, take, there
from tests.engine.migration.moves import open_limits
from tests.engine.migration.test_back_and_forth import standing
from tests.engine.worker.story import notices, turn
from tests.support.world import CHO_RA, NOON, change

RULES = ("keep", "entry", "today")
SHORTER = CARE.replace("within: 1000 hours", "within: 800 hours").replace("within: 240 hours", "within: 200 hours")  # fmt: skip
PAUSED_BY_STATE, PAUSED_BY_FIELD = ", pause_in: [resting]", ", pause_while: lost"


def hours(engine: Engine, case: str, key: str, *names: str) -> tuple[float | None, ...]:
    """Moments of an open limit in hours since noon."""
    found = limit(engine, case, key)
    assert found is not None
    return tuple(each and (each - NOON) / timedelta(hours=1) for each in map(found.get, names))


def at(engine: Engine, hour: int) -> None:
    """So many hours after noon."""
    clock_of(engine).advance(minutes=int((NOON + timedelta(hours=hour) - engine.clock.now()).total_seconds() // 60))  # fmt: skip


# ------------------------------------------------------------------ time that stands still


def still(engine: Engine, key: str) -> str:
    """A case of which this limit began at noon and would stand still from ten hours later on."""
    case = open_care(engine)
    take(engine, case, "plan") if key == "whole" else None
    at(engine, 10)
    take(engine, case, "rest") if key == "whole" else take(engine, case, "lose", lost=True)
    return case


def goes_on(engine: Engine, case: str, key: str) -> None:
    take(engine, case, "return") if key == "whole" else take(engine, case, "lose", lost=False)


@pytest.mark.parametrize(("key", "was", "is_now"), [("whole", 1000, 800), ("plan", 240, 200)])
@pytest.mark.parametrize("rule", RULES)
def test_a_limit_that_stands_still_stands_still_after_the_move_and_goes_on_with_what_was_left(
    care: Engine, key: str, was: int, is_now: int, rule: str
) -> None:
    case = still(care, key)
    change(care, SHORTER)
    at(care, 15)
    migration = there(care, limits={"*": rule})
    stands = {"keep": (0, was, 10), "entry": (0, is_now, 10), "today": (15, 15 + is_now, 15)}
    assert hours(care, case, key, "start_at", "due_at", "paused_at") == stands[rule]
    at(care, 20)
    goes_on(care, case, key)
    due = {"keep": was + 10, "entry": is_now + 10, "today": 15 + is_now + 5}[rule]
    assert hours(care, case, key, "due_at", "paused_at") == (due, None)
    if key == "plan":
        assert hours(care, case, key, "warn_at") == (due - 24,)
    back(care, migration)  # it has gone on since: it goes back as it runs
    assert hours(care, case, key, "due_at", "paused_at") == (due, None)


@pytest.mark.parametrize(("key", "was"), [("whole", 1000), ("plan", 240)])
@pytest.mark.parametrize("rule", RULES)
def test_a_limit_that_stands_still_is_as_before_when_the_move_is_taken_back_and_goes_on_as_if_nothing_had_been(
    care: Engine, key: str, was: int, rule: str
) -> None:
    case = still(care, key)
    before = standing(care, case)
    change(care, SHORTER)
    at(care, 15)
    migration = there(care, limits={"*": rule})
    at(care, 17)
    back(care, migration)
    assert standing(care, case) == before
    at(care, 20)
    goes_on(care, case, key)
    assert hours(care, case, key, "due_at", "paused_at") == (was + 10, None)


@pytest.mark.parametrize(
    ("key", "was", "is_now", "says"),
    [("whole", 1000, 800, PAUSED_BY_STATE), ("plan", 240, 200, PAUSED_BY_FIELD)],
)
@pytest.mark.parametrize("rule", RULES)
def test_a_limit_goes_on_at_once_where_the_new_version_lets_no_time_stand_still(
    care: Engine, key: str, was: int, is_now: int, says: str, rule: str
) -> None:
    """Else it would stand still until somebody took a step, which may be never; the time until then is not lost."""
    case = still(care, key)
    before = standing(care, case)
    change(care, SHORTER.replace(says, ""))
    at(care, 15)
    migration = there(care, limits={"*": rule})
    due = {"keep": was + 5, "entry": is_now + 5, "today": 15 + is_now}[rule]
    assert hours(care, case, key, "due_at", "paused_at") == (due, None)
    assert row_of(care, case).next_due is not None
    back(care, migration)
    assert standing(care, case) == before


@pytest.mark.parametrize(
    ("key", "was", "is_now", "says"),
    [("whole", 1000, 800, PAUSED_BY_STATE), ("plan", 240, 200, PAUSED_BY_FIELD)],
)
@pytest.mark.parametrize("rule", RULES)
def test_a_limit_stands_still_at_once_where_the_new_version_says_so(
    care: Engine, key: str, was: int, is_now: int, says: str, rule: str
) -> None:
    change(care, CARE.replace(says, ""))
    case = still(care, key)
    before = standing(care, case)
    change(care, SHORTER)
    at(care, 15)
    migration = there(care, limits={"*": rule})
    due = {"keep": was, "entry": is_now, "today": 15 + is_now}[rule]
    assert hours(care, case, key, "due_at", "paused_at") == (due, 15)
    back(care, migration)
    assert standing(care, case) == before
    there(care, limits={"*": rule})
    at(care, 20)
    goes_on(care, case, key)
    assert hours(care, case, key, "due_at", "paused_at") == (due + 5, None)


def test_a_limit_that_is_late_by_the_new_version_does_not_stand_still_and_is_told(care: Engine) -> None:
    change(care, CARE.replace(PAUSED_BY_STATE, ""))
    case = still(care, "whole")
    change(care, CARE.replace("within: 1000 hours", "within: 12 hours"))
    at(care, 15)
    there(care, limits={"*": "entry"})
    assert hours(care, case, "whole", "due_at", "paused_at") == (12, None)
    assert turn(care).breached == 1


def test_the_field_by_which_time_stands_still_may_have_another_name(care: Engine) -> None:
    case = still(care, "plan")
    before = standing(care, case)
    change(care, re.sub(r"\blost\b", "vanished", CARE))
    at(care, 15)
    migration = there(care, fields={"lost": "vanished"})
    assert hours(care, case, "plan", "due_at", "paused_at") == (240, 10)
    back(care, migration)
    assert standing(care, case) == before
    there(care, fields={"lost": "vanished"})
    at(care, 20)
    take(care, case, "lose", vanished=False)
    assert hours(care, case, "plan", "due_at", "paused_at") == (250, None)


# ------------------------------------------------------------------ missed, and warned of


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("told", [True, False])
def test_a_missed_limit_stays_missed_there_and_back_and_is_told_once(
    care: Engine, rule: str, told: bool
) -> None:
    """Missed in `watching`, which has another name in the new version; told before the move, or only after it."""
    case = open_care(care)
    take(care, case, "watch")
    at(care, 481)
    assert turn(care).breached == 1 if told else True
    before = standing(care, case)
    (missed,) = open_limits(care, case)
    change(care, MONITORING.replace("within: 480 hours", "within: 900 hours"))
    migration = there(care, limits={"*": rule})
    assert open_limits(care, case) == [missed | {"state": "monitoring"}]
    back(care, migration)
    assert standing(care, case) == before
    migration = there(care, limits={"*": rule})
    assert turn(care).breached == (0 if told else 1)
    assert len(notices(care, kind="escalation")) == 1
    back(care, migration)
    (after,) = open_limits(care, case)
    assert (after["state"], after["due_at"]) == ("watching", missed["due_at"])
    assert after["breached_at"] == NOON + timedelta(hours=481)
    assert turn(care).breached == 0


def test_a_missed_limit_that_the_new_version_has_not_is_missed_as_before_when_the_move_is_taken_back(
    care: Engine,
) -> None:
    case = open_care(care)
    take(care, case, "watch")
    at(care, 481)
    assert turn(care).breached == 1
    before = standing(care, case)
    change(care, re.sub(r"    deadlines: \{conclude: .*\n", "", CARE))
    migration = there(care)
    assert open_limits(care, case) == []
    at(care, 500)
    back(care, migration)
    assert standing(care, case) == before
    assert turn(care).breached == 0


@pytest.mark.parametrize("rule", RULES)
def test_a_limit_that_was_warned_of_is_warned_of_again_only_for_another_due_moment(
    care: Engine, rule: str
) -> None:
    case = open_care(care)
    at(care, 220)
    take(care, case, "visit")  # whose time has come, too
    assert turn(care).warned == 1
    change(care, CARE.replace("vi: Kế hoạch, en: Plan", "vi: Kế hoạch giúp trẻ, en: Plan"))
    before = limit(care, case, "plan")
    migration = there(care, limits={"states.working.deadlines.plan": rule})
    assert turn(care).warned == 0
    at(care, 230)
    again = rule == "today"
    if again:
        at(care, 440)
        take(care, case, "visit")
        assert turn(care).warned == 1
        assert hours(care, case, "plan", "due_at") == (460,)
    assert len(notices(care, kind="warning")) == 1 + again
    back(care, migration)
    if not again:
        assert limit(care, case, "plan") == before
        assert turn(care).warned == 0
    assert len(notices(care, kind="warning")) == 1 + again


# ------------------------------------------------------------------ of a state that is interrupted


@pytest.mark.parametrize("returned", [False, True])
def test_from_entry_means_the_entry_into_the_state_and_not_into_its_interlude_nor_out_of_it(
    care: Engine, returned: bool
) -> None:
    """A transfer gives nobody more time, neither by itself nor by a move meanwhile or afterwards."""
    case = open_care(care)
    at(care, 30)
    take(care, case, "hand_over", target=CHO_RA)
    if returned:
        at(care, 40)
        take(care, case, "withdraw")
    before = standing(care, case)
    change(care, SHORTER)
    at(care, 50)
    migration = there(care, limits={"*": "entry"})
    assert hours(care, case, "plan", "start_at", "due_at") == (0, 200)
    assert hours(care, case, "visit", "start_at", "due_at") == (0, 100)
    back(care, migration)
    assert standing(care, case) == before


VISITED = (
    "deadlines: {call: {title: {vi: Gọi, en: Call}, within: 50 hours, escalate_to: commune_chair}, conclude"
)


@pytest.mark.parametrize("rule", RULES)
def test_a_limit_that_the_interrupted_state_has_only_in_the_new_version_runs_as_if_the_case_stood_there(
    care: Engine, rule: str
) -> None:
    case = away_from(care, "watching")
    before = standing(care, case)
    change(care, MONITORING.replace("deadlines: {conclude", VISITED))
    at(care, 5)
    migration = there(care, limits={"*": rule})
    due = 50 if rule == "entry" else 55
    assert hours(care, case, "call", "due_at") == (due,)
    back(care, migration)
    assert standing(care, case) == before
    there(care, limits={"*": rule})
    take(care, case, "decline", "other_officer")
    assert hours(care, case, "call", "due_at") == (due,)


def test_limits_begin_where_a_state_becomes_an_interlude_and_end_where_it_ceases_to_be_one(
    care: Engine,
) -> None:
    change(care, CARE.replace("    interlude: true\n", ""))
    case = away_from(care, "watching")
    assert {each["key"] for each in open_limits(care, case)} == {"answer"}
    before = standing(care, case)
    change(care, MONITORING)
    at(care, 5)
    migration = there(care)
    assert hours(care, case, "conclude", "due_at") == (485,)
    then = standing(care, case)
    change(care, MONITORING.replace("    interlude: true\n", ""))
    again = there(care)
    assert {each["key"] for each in open_limits(care, case)} == {"answer"}
    back(care, again)
    assert standing(care, case) == then
    back(care, migration)
    assert standing(care, case) == before
