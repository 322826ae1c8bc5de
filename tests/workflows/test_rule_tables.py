from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.definition import checks
from engine.definition.decision import decide, in_force
from tests.workflows.content import tables

POVERTY = [tables()[name] for name in ("poverty_line_2022", "poverty_line_2027")]


def poverty(on: date, income: int, deprivations: int, urban: bool = False) -> str | None:
    table = in_force(POVERTY, on)
    assert table is not None
    return decide(
        table, {"income_per_person": income, "deprivation_count": deprivations, "urban": urban}
    ).result


@pytest.mark.parametrize(
    ("income", "urban", "before", "after"),
    [
        (1_500_000, False, "poor", "poor"),
        (1_500_001, False, "not_poor", "poor"),
        (2_200_000, False, "not_poor", "poor"),
        (2_200_001, False, "not_poor", "not_poor"),
        (2_000_000, True, "poor", "poor"),
        (2_000_001, True, "not_poor", "poor"),
        (2_800_000, True, "not_poor", "poor"),
        (2_800_001, True, "not_poor", "not_poor"),
    ],
)
def test_poverty_is_judged_by_the_standard_in_force_on_its_date(
    income: int, urban: bool, before: str, after: str
) -> None:
    assert poverty(date(2026, 12, 31), income, 3, urban) == before
    assert poverty(date(2027, 1, 1), income, 3, urban) == after


def test_fewer_than_three_deprivations_are_near_poor() -> None:
    assert [poverty(date(2027, 1, 1), 1_000_000, number) for number in (2, 3)] == ["near_poor", "poor"]


def test_before_2022_there_is_no_poverty_standard_here() -> None:
    assert in_force(POVERTY, date(2021, 12, 31)) is None


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"poverty_class": "poor", "amount": 100_000_000, "term": 120}, "within_limits"),
        ({"poverty_class": "poor", "amount": 100_000_001, "term": 120}, "above_limits"),
        ({"poverty_class": "newly_escaped", "amount": 1, "term": 121}, "above_limits"),
        ({"poverty_class": "not_poor", "amount": 1, "term": 1}, "not_eligible"),
        ({"amount": 1, "term": 1}, "not_eligible"),
    ],
)
def test_policy_credit_knows_who_may_borrow_how_much(inputs: dict[str, Any], expected: str) -> None:
    assert decide(tables()["policy_credit"], inputs).result == expected


@pytest.mark.parametrize(("age", "expected"), [(13, "too_young"), (14, "suitable"), (None, "age_unknown")])
def test_vocational_training_has_a_lowest_age(age: int | None, expected: str) -> None:
    assert decide(tables()["vocational_entry"], {"age": age}).result == expected


# What the domain facts mark [M], or take from elsewhere as a proposal, in the tables.
UNCONFIRMED = {
    "child_labour_legal_2021": {
        "light_jobs_more", "night_jobs", "annex_places", "home_day_under_12", "home_week_under_12", "home_day_under_15",
        "home_week_under_15", "home_day_under_18", "home_week_under_18",
    },
    "child_labour_stat_2012": set(),
    "vocational_entry": {"from_age"},
    "policy_credit": {"eligible", "ceiling", "longest"},
    "poverty_line_2022": {"rural", "urban_income", "deprivations"},
    "poverty_line_2027": set(),
}  # fmt: skip


@pytest.mark.parametrize("name", tables())
def test_values_known_by_memory_only_are_marked_unconfirmed(name: str) -> None:
    assert {key for key, each in tables()[name].values.items() if each.unconfirmed} == UNCONFIRMED[name]


@pytest.mark.parametrize(("rule", "unconfirmed"), [("R1", True), ("R2", False), ("R5", False), ("R7", True)])
def test_rules_without_a_read_source_are_marked_unconfirmed(rule: str, unconfirmed: bool) -> None:
    rules = {each.key: each for each in tables()["child_labour_legal_2021"].rules}
    assert rules[rule].unconfirmed is unconfirmed


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_table_is_proved_to_have_an_answer_for_all_values_and_no_idle_rule(name: str) -> None:
    assert checks.of_table(tables()[name]) == ()
