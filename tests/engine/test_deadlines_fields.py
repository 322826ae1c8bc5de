"""Time limits that fields steer, on `roads`: from which date they run, how long, and while what they stand still."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from engine import Engine
from tests.engine.evidence import assert_whole, clock_of, limits_of, row_of
from tests.engine.roads import open_road, republish, take
from tests.engine.worker.story import turn
from tests.support.world import NOON


def ten_days_after(day: date) -> datetime:
    """From the first moment of a Vietnamese day."""
    return datetime.combine(day, datetime.min.time(), NOON.tzinfo) + timedelta(hours=240 - 7)


def limit(roads: Engine, case: str, key: str = "mend") -> dict[str, Any]:
    """The limit of this key that runs."""
    (found,) = (each for each in limits_of(roads, case) if each["key"] == key and not each["ended_at"])
    return found


def keys(roads: Engine, case: str) -> set[str]:
    return {each["key"] for each in limits_of(roads, case) if not each["ended_at"]}


def reported(roads: Engine, **values: Any) -> str:
    said: dict[str, Any] = {"urgent": False, "reported_on": date(2026, 11, 20)}
    return open_road(roads, **said | values)


# ------------------------------------------------------------------ from one date or the other


def test_a_limit_runs_from_the_second_date_while_the_first_is_empty(roads: Engine) -> None:
    case = reported(roads)
    made = limit(roads, case)
    assert (made["due_at"], made["rule"]["from"]) == (ten_days_after(date(2026, 11, 20)), "reported_on")
    take(roads, case, "fill", seen_on=date(2026, 11, 22))
    moved = limit(roads, case)
    assert (moved["id"], moved["due_at"], moved["rule"]["from"]) == (
        made["id"],
        ten_days_after(date(2026, 11, 22)),
        "seen_on",
    )
    take(roads, case, "fill", reported_on=date(2026, 11, 1))  # no longer what it runs from
    assert limit(roads, case)["due_at"] == ten_days_after(date(2026, 11, 22))
    take(roads, case, "fill", seen_on=None)
    assert limit(roads, case)["due_at"] == ten_days_after(date(2026, 11, 1))
    assert_whole(roads, case)


def test_without_either_date_there_is_no_limit_until_one_is_filled(roads: Engine) -> None:
    case = reported(roads, reported_on=None)
    assert keys(roads, case) == {"look"}
    take(roads, case, "fill", reported_on=date(2026, 11, 20))
    assert limit(roads, case)["due_at"] == ten_days_after(date(2026, 11, 20))
    take(roads, case, "fill", reported_on=None)
    assert keys(roads, case) == {"look"}
    assert_whole(roads, case)


# ------------------------------------------------------------------ by yes or no


def test_a_limit_goes_by_yes_or_no(roads: Engine) -> None:
    case = reported(roads)
    assert limit(roads, case)["rule"]["value"] is False
    take(roads, case, "fill", urgent=True)
    made = limit(roads, case)
    start = datetime(2026, 11, 19, 17, tzinfo=NOON.tzinfo)  # the beginning of the day in Vietnam
    assert (made["due_at"], made["rule"]["value"], made["rule"]["amount"]) == (
        start + timedelta(hours=24),
        True,
        24,
    )
    take(roads, case, "fill", urgent=None)
    assert_whole(roads, case)


def test_without_yes_or_no_there_is_no_limit(roads: Engine) -> None:
    case = reported(roads, urgent=None)
    assert keys(roads, case) == {"look"}
    take(roads, case, "fill", urgent=False)
    assert keys(roads, case) == {"look", "mend"}
    assert_whole(roads, case)


# ------------------------------------------------------------------ standing still


def test_a_limit_and_a_repeat_stand_still_while_a_field_says_so(roads: Engine) -> None:
    case = reported(roads)
    due = {each: limit(roads, case, each)["due_at"] for each in ("mend", "look")}
    clock_of(roads).advance(hours=1)
    take(roads, case, "fill", waiting=True)
    assert row_of(roads, case).next_due is None
    clock_of(roads).advance(days=20)  # long after both would have been missed
    assert turn(roads).breached == 0
    assert_whole(roads, case)
    take(roads, case, "fill", waiting=False)
    assert limit(roads, case, "look")["due_at"] == due["look"] + timedelta(days=20)
    assert limit(roads, case)["due_at"] == due["mend"] + timedelta(days=20)
    assert row_of(roads, case).next_due == due["look"] + timedelta(days=20)
    clock_of(roads).advance(hours=47)
    assert turn(roads).breached == 0
    clock_of(roads).advance(seconds=1)
    assert turn(roads).breached == 1
    assert_whole(roads, case)


def test_only_yes_makes_it_stand_still_not_no_and_not_nothing(roads: Engine) -> None:
    case = reported(roads)
    for value in (False, None):
        take(roads, case, "fill", waiting=value)
        assert limit(roads, case)["paused_at"] is None
        assert limit(roads, case, "look")["paused_at"] is None
    assert_whole(roads, case)


def test_a_repeat_done_while_it_stands_still_begins_anew_standing_still(roads: Engine) -> None:
    case = reported(roads)
    take(roads, case, "fill", waiting=True)
    clock_of(roads).advance(hours=5)
    take(roads, case, "visit", what="ổ gà")
    again = limit(roads, case, "look")
    assert (again["paused_at"], again["start_at"]) == (NOON + timedelta(hours=5), NOON + timedelta(hours=5))
    assert row_of(roads, case).next_due is None
    assert_whole(roads, case)
    clock_of(roads).advance(hours=5)
    take(roads, case, "fill", waiting=False)
    assert limit(roads, case, "look")["due_at"] == NOON + timedelta(hours=58)
    assert_whole(roads, case)


def test_what_was_missed_before_stays_missed(roads: Engine) -> None:
    case = reported(roads)
    clock_of(roads).advance(hours=49)
    assert turn(roads).breached == 1
    take(roads, case, "fill", waiting=True)
    assert limit(roads, case, "look")["paused_at"] is None
    assert limit(roads, case)["paused_at"] is not None
    assert_whole(roads, case)


def test_without_the_flag_nothing_stands_still(roads: Engine) -> None:
    republish(
        roads,
        ("or_from: reported_on, pause_while: waiting,", ""),
        ("done_by: [visit], pause_while: waiting,", "done_by: [visit],"),
    )
    case = reported(roads)
    assert keys(roads, case) == {"look"}  # and without the second date there is no limit
    take(roads, case, "fill", waiting=True)
    assert limit(roads, case, "look")["paused_at"] is None
    assert_whole(roads, case)


# ------------------------------------------------------------------ one case and another


def test_trap_19_changing_the_start_of_one_case_leaves_the_limits_of_another_alone(roads: Engine) -> None:
    here, there = reported(roads), reported(roads)
    before = limits_of(roads, there)
    take(roads, here, "fill", reported_on=date(2026, 11, 1))
    assert limit(roads, here)["due_at"] == ten_days_after(date(2026, 11, 1))
    assert limits_of(roads, there) == before
