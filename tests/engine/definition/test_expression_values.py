from __future__ import annotations

import timeit
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from engine.definition.expression import (
    GuardFault,
    compile,
    missing,
    parse,
    possible,
)
from tests.engine.definition.expression_story import ENV, SCOPE, moment, visit

T, F, U = True, False, None


def value(source: str, **changes: Any) -> Any:
    """The value in the story's case, with some names changed (`case_state` for `case.state`)."""
    return compile(parse(source, SCOPE))({**ENV, **changes})


@pytest.mark.parametrize(
    ("source", "table"),
    [
        ("forced and consent", {(T, T): T, (T, F): F, (T, U): U, (F, T): F, (F, F): F, (F, U): F, (U, T): U, (U, F): F, (U, U): U}),
        ("forced or consent", {(T, T): T, (T, F): T, (T, U): T, (F, T): T, (F, F): F, (F, U): U, (U, T): T, (U, F): U, (U, U): U}),
        ("forced == consent", {(T, T): T, (T, F): F, (T, U): U, (F, T): F, (F, F): T, (F, U): U, (U, T): U, (U, F): U, (U, U): U}),
        ("not forced or consent", {(T, T): T, (T, F): F, (T, U): U, (F, T): T, (F, F): T, (F, U): T, (U, T): T, (U, F): U, (U, U): U}),
    ],
)  # fmt: skip
def test_truth_tables_are_those_of_kleene(source: str, table: dict[tuple[Any, Any], Any]) -> None:
    for forced, consent in product((T, F, U), repeat=2):
        assert value(source, forced=forced, consent=consent) is table[forced, consent], (forced, consent)


@pytest.mark.parametrize(("operand", "negated"), [(T, F), (F, T), (U, U)])
def test_not_leaves_unknown_unknown(operand: bool | None, negated: bool | None) -> None:
    assert value("not forced", forced=operand) is negated


@pytest.mark.parametrize(("parts", "both", "either"), [
    ((T, T, T), T, T), ((T, U, T), U, T), ((T, U, F), F, T), ((F, F, U), F, U), ((F, F, F), F, F), ((U, U, U), U, U),
])  # fmt: skip
def test_three_parts_are_joined_as_two_are(parts: tuple[Any, Any, Any], both: Any, either: Any) -> None:
    names = dict(zip(("forced", "consent", "subcases.all_closed"), parts, strict=True))
    env = {**ENV, **names}
    assert compile(parse("forced and consent and subcases.all_closed", SCOPE))(env) is both
    assert compile(parse("forced or consent or subcases.all_closed", SCOPE))(env) is either


@pytest.mark.parametrize(("source", "expected"), [
    ("child_age == 15", T), ("child_age == 14", F), ("child_age != 15", F), ("child_age < 16", T), ("child_age < 15", F),
    ("child_age <= 15", T), ("child_age > 15", F), ("child_age >= 15", T), ("16 > child_age", T), ("15 >= child_age", T),
    ("14 < child_age", T), ("15 <= child_age", T), ("15 != child_age", F), ("15 == child_age", T),
    ("weekly_hours > 20", T), ("weekly_hours > 20.5", F), ("weekly_hours >= child_age", T),
    ("13 <= child_age < 18", T), ("13 <= child_age < 15", F), ("0 < daily_hours < weekly_hours < 21", T),
    ('risk_level == "high"', T), ('risk_level != "high"', F), ("risk_level == risk_hint", F), ('"low" == risk_hint', T),
    ('child_name == "Hoàng Thị Mẫu"', T), ('child_dob == date("2011-03-01")', T), ("work_date < today", T),
    ("received_at < measure_at", T), ("received_at >= now", F), ("verifier == actor.id", T), ("verifier != reporter", T),
    ("school == actor.agency", T), ("place == case.area", T), ("forced == false", T), ("true != consent", F),
    ("case.state == 'planning'", T), ("case.cycle == 1", T), ("subcases.education.open >= 1", T),
    ("education.attendance_rate < 80", F),
])  # fmt: skip
def test_comparisons(source: str, expected: bool) -> None:
    assert value(source) is expected


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize(
    ("left", "right"),
    [("child_age", "15"), ("15", "child_age"), ("child_age", "support"), ("work_date", "today")],
)
def test_a_comparison_with_something_missing_is_unknown(operator: str, left: str, right: str) -> None:
    assert value(f"{left} {operator} {right}", child_age=None, work_date=None) is None


def test_a_chain_is_the_conjunction_of_its_links() -> None:
    assert value("13 <= child_age < weekly_hours", child_age=5, weekly_hours=None) is False
    assert value("13 <= child_age < weekly_hours", child_age=15, weekly_hours=None) is None


@pytest.mark.parametrize(("source", "expected"), [
    ('risk_level in ["high", "medium"]', T), ('risk_level in ["low"]', F), ('risk_level not in ["low"]', T),
    ('risk_level not in ["high"]', F), ("child_age in [14, 15]", T), ("weekly_hours in [20.5]", T),
    ('work_date in [date("2026-02-28")]', T), ('"dust" in hazards', T), ('"heat" in hazards', F),
    ('"heat" not in hazards', T), ('"dust" not in hazards', F), ('"commune_chair" in actor.functions', T),
    ("forced in [true]", F), ('last(visits, work_status) in light_jobs', T), ('verifier in ["p1"]', T),
    ("child_age in [15.0]", T),
])  # fmt: skip
def test_membership(source: str, expected: bool) -> None:
    assert value(source) is expected


@pytest.mark.parametrize("source", [
    'risk_level in ["high"]', 'risk_level not in ["high"]', '"dust" in hazards', '"dust" not in hazards',
    "last(visits, work_status) in light_jobs",
])  # fmt: skip
def test_membership_of_or_in_something_missing_is_unknown(source: str) -> None:
    assert value(source, risk_level=None, hazards=None, light_jobs=None) is None


@pytest.mark.parametrize(("source", "expected"), [
    ("child_age + 1", 16), ("child_age - 20", -5), ("child_age * 2", 30), ("-child_age", -15), ("- -child_age", 15),
    ("weekly_hours + 0.1", Decimal("20.6")), ("support - paid * 2", 500_000), ("(support - paid) * 2", 2_000_000),
    ("support - (paid - 1)", 1_000_001), ("daily_hours * 5", Decimal(20)), ("2 + 3 * 4", 14),
])  # fmt: skip
def test_arithmetic(source: str, expected: Any) -> None:
    assert value(source) == expected


@pytest.mark.parametrize("source", ["child_age + paid", "paid - child_age", "child_age * 0", "-child_age"])
def test_arithmetic_with_something_missing_is_unknown(source: str) -> None:
    assert value(source, child_age=None) is None


def test_a_decimal_constant_is_exact() -> None:
    assert value("0.1 + 0.2 == 0.3") is True


@pytest.mark.parametrize(("birth", "on", "years"), [
    ("2011-03-01", "2026-02-28", 14), ("2011-03-01", "2026-03-01", 15), ("2011-03-01", "2026-03-02", 15),
    ("2012-02-29", "2025-02-28", 12), ("2012-02-29", "2025-03-01", 13), ("2012-02-29", "2024-02-28", 11),
    ("2012-02-29", "2024-02-29", 12), ("2026-01-01", "2026-01-01", 0), ("2026-01-02", "2026-01-01", -1),
])  # fmt: skip
def test_age_in_whole_years(birth: str, on: str, years: int) -> None:
    found = value(
        "age(child_dob, work_date)", child_dob=date.fromisoformat(birth), work_date=date.fromisoformat(on)
    )
    assert found == years


def test_the_day_of_a_moment_is_the_local_one() -> None:
    late = moment("2026-02-28T17:30")  # half past midnight on 1 March in Vietnam
    assert value("age(child_dob, received_at)", received_at=late) == 15
    assert value("days_between(work_date, received_at)", received_at=late) == 1


@pytest.mark.parametrize(("source", "expected"), [
    ('days_between(date("2026-02-27"), date("2026-03-02"))', 3),
    ('days_between(date("2026-03-02"), date("2026-02-27"))', -3),
    ('working_days_between(date("2026-02-27"), date("2026-03-02"))', 1),
    ('working_days_between(date("2026-03-02"), date("2026-02-27"))', -1),
    ("hours_between(received_at, measure_at)", Decimal("12.5")),
    ("hours_between(measure_at, received_at)", Decimal("-12.5")),
])  # fmt: skip
def test_spans_of_time(source: str, expected: Any) -> None:
    assert value(source) == expected


def test_a_second_over_twelve_hours_is_more_than_twelve() -> None:
    source = "hours_between(received_at, measure_at) <= 12"
    assert value(source, measure_at=ENV["received_at"] + timedelta(hours=12)) is True
    assert value(source, measure_at=ENV["received_at"] + timedelta(hours=12, microseconds=1)) is False


@pytest.mark.parametrize("source", [
    "age(child_dob, today)", "days_between(child_dob, today)", "days_between(today, child_dob)",
    "working_days_between(child_dob, today)", "working_days_between(today, child_dob)",
    "hours_between(received_at, now)", "hours_between(now, received_at)",
])  # fmt: skip
def test_spans_from_or_to_something_missing_are_unknown(source: str) -> None:
    assert value(source, child_dob=None, received_at=None) is None


def test_known_is_never_unknown() -> None:
    assert value("known(child_age)") is True
    assert value("known(child_age)", child_age=None) is False
    assert compile(parse("known(child_age)", SCOPE))({}) is False
    assert value("known(forced)", forced=False) is True
    assert value("known(support)", support=0) is True


@pytest.mark.parametrize(("source", "expected"), [
    ("count(visits)", 3), ("count(hazards)", 2), ("count(visits, in_school)", 2), ("count(visits, hours > 100)", 0),
    ('any_of(visits, work_status == "unlawful")', T), ("any_of(visits, hours > 30)", F),
    ("all_of(visits, hours <= 30)", T), ("all_of(visits, in_school)", F), ("sum(visits, hours)", Decimal(40)),
    ("sum(actions, cost)", 500_000), ("max_of(visits, hours)", Decimal(30)),
    ("max_of(visits, visited_on)", date(2026, 10, 5)), ("last(visits, work_status)", "none"),
    ("last(visits, note)", U), ("any_of(visits, hours > weekly_hours)", T), ("all_of(visits, hours <= hours_limit)", F),
    ('any_of(visits, visited_on > date("2026-12-01"))', F), ("count(visits, days_between(visited_on, today) > 60)", 2),
    ("any_of(visits, working_days_between(visited_on, date('2026-10-06')) == 1)", T),
    ("any_of(visits, not known(note) and forced)", F), ('count(visits, work_status in light_jobs)', 2),
])  # fmt: skip
def test_functions_over_rows(source: str, expected: Any) -> None:
    found = value(source)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("source", "empty"), [
    ("count(visits)", 0), ("count(visits, in_school)", 0), ("all_of(visits, in_school)", T), ("any_of(visits, in_school)", F),
    ("last(visits, hours)", U), ("sum(visits, hours)", 0), ("max_of(visits, hours)", U), ("streak(visits, in_school, 30)", 0),
])  # fmt: skip
def test_a_table_without_rows_and_one_that_is_missing(source: str, empty: Any) -> None:
    assert value(source, visits=()) is empty
    assert value(source, visits=None) is None


@pytest.mark.parametrize(("rows", "some", "every", "number"), [
    ((T, U), T, U, U), ((F, U), U, F, U), ((U, U), U, U, U), ((T, T), T, T, 2), ((F, F), F, F, 0), ((T, F, U), T, F, U),
])  # fmt: skip
def test_predicates_fold_over_rows_as_kleene_says(
    rows: tuple[Any, ...], some: Any, every: Any, number: Any
) -> None:
    visits = tuple({"in_school": each} for each in rows)
    assert value("any_of(visits, in_school)", visits=visits) is some
    assert value("all_of(visits, in_school)", visits=visits) is every
    assert value("count(visits, in_school)", visits=visits) is number


@pytest.mark.parametrize(("source", "expected"), [
    ("count(visits, in_school) >= 1", T), ("count(visits, in_school) >= 2", U), ("count(visits, in_school) >= 3", F),
    ("1 <= count(visits, in_school)", T), ("count(visits, in_school) == 0", F), ("count(visits, in_school) != 0", T),
    ("count(visits, in_school) == 1", U), ("count(visits, in_school) == 1.5", F), ("count(visits, in_school) < 3", T),
    ("count(visits, in_school) > child_age", F), ("count(visits, in_school) > paid", U),
    ("count(visits, in_school) >= count(visits, in_school and false)", T),
    ("count(visits, in_school) == count(visits, in_school)", U),
])  # fmt: skip
def test_a_count_is_compared_as_soon_as_the_decided_rows_suffice(source: str, expected: bool | None) -> None:
    visits = ({"in_school": True}, {"in_school": None}, {"in_school": False})
    assert value(source, visits=visits, paid=None) is expected


def test_a_row_without_the_column_makes_sum_and_maximum_unknown() -> None:
    rows = (*ENV["visits"], {"in_school": True})
    assert value("sum(visits, hours)", visits=rows) is None
    assert value("max_of(visits, hours)", visits=rows) is None


SAFE = 'streak(visits, work_status in ["none", "lawful"], 30)'


@pytest.mark.parametrize(("rows", "expected"), [
    ([("2026-01-01", "none")], 1),
    ([("2026-01-01", "none"), ("2026-01-31", "lawful")], 2),  # exactly 30 days
    ([("2026-01-02", "none"), ("2026-01-31", "lawful")], 1),  # 29 days: not counted again
    ([("2026-01-01", "none"), ("2026-01-20", "none"), ("2026-02-10", "none")], 2),  # measured from the one counted last
    ([("2026-01-01", "none"), ("2026-01-15", "none"), ("2026-02-10", "none"), ("2026-03-20", "none")], 3),
    ([("2026-01-01", "none"), ("2026-02-10", "unlawful"), ("2026-03-20", "none")], 1),  # ends at the first that is not
    ([("2026-01-01", "none"), ("2026-03-20", "unlawful")], 0),
    ([("2026-01-01", "none"), ("2026-02-10", None), ("2026-03-20", "none")], 1),  # unknown ends it too
    ([("2026-01-01", "none"), (None, "none"), ("2026-03-20", "none")], 2),  # without a date: not counted, no end
    ([("2026-01-01", "none"), ("2026-03-20", "none"), (None, "none")], 2),
    ([(None, "none")], 0),
    ([("2026-03-20", "none"), ("2026-01-01", "none")], 1),  # entered late: the later one lies before none
])  # fmt: skip
def test_streak_counts_backwards_rows_far_enough_apart(
    rows: list[tuple[str | None, str | None]], expected: int
) -> None:
    assert value(SAFE, visits=tuple(visit(*each) for each in rows)) == expected


def test_streak_measures_moments_by_their_local_days() -> None:
    calls = tuple(
        {"called_at": moment(each), "answered": True} for each in ("2026-01-01T16:59", "2026-01-01T17:01")
    )
    assert value("streak(calls, answered, 1)", calls=calls) == 2
    assert value("streak(calls, answered, 2)", calls=calls) == 1


def test_streak_may_take_its_days_from_a_name() -> None:
    assert value("streak(visits, in_school, child_age)", child_age=34) == 2
    assert value("streak(visits, in_school, child_age)", child_age=35) == 1
    assert value("streak(visits, in_school, child_age)", child_age=None) is None


def test_names_are_absent_or_none_alike() -> None:
    assert compile(parse("child_age >= 1 or forced", SCOPE))({}) is None


@pytest.mark.parametrize(("source", "broken"), [
    ("child_age >= 1", {"child_age": "fifteen"}), ("forced", {"forced": "yes"}), ("forced", {"forced": 1}),
    ("not forced", {"forced": ()}), ("consent and forced", {"forced": 0}), ("received_at < now", {"now": ENV["now"].replace(tzinfo=None)}),
    ("count(visits) > 1", {"visits": 3}), ("any_of(visits, in_school)", {"visits": ({"in_school": "x"},)}),
    ("any_of(visits, in_school and forced)", {"visits": ({"in_school": "x"},)}),
    ('risk_level in ["high"]', {"risk_level": []}), ("weekly_hours > 1", {"weekly_hours": Decimal("sNaN")}),
    ("working_days_between(work_date, today) > 1", {"calendar": None}), ("sum(actions, cost) > 1", {"actions": ({"cost": "x"},)}),
])  # fmt: skip
def test_whatever_fails_inside_is_a_guard_fault(source: str, broken: dict[str, Any]) -> None:
    expression = parse(source, SCOPE)
    with pytest.raises(GuardFault) as fault:
        compile(expression)({**ENV, **broken})
    assert fault.value.source == source
    with pytest.raises(GuardFault):
        possible(expression)({**ENV, **broken}, frozenset())
    with pytest.raises(GuardFault):
        missing(expression, {**ENV, **broken})


def test_a_guard_fault_quotes_no_value() -> None:
    with pytest.raises(GuardFault) as fault:
        value("child_age >= 1", child_age="Hoàng Thị Mẫu")
    assert "Hoàng" not in str(fault.value)


def test_a_guard_costs_about_a_microsecond() -> None:
    guard = compile(parse('count(actions) >= 1 and risk_level in ["high", "low"]', SCOPE))
    assert guard(ENV) is True
    each = min(timeit.repeat(lambda: guard(ENV), number=2000, repeat=20)) / 2000
    assert each < 10e-6
