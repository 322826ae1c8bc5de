"""The same as guard_child.py for the three tracks, and the fields of their forms that are asked only sometimes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from tests.workflows.guard_cases import (
    NOW,
    TODAY,
    Cases,
    Values,
    all_known,
    born,
    is_false,
    is_true,
    months,
    one_of,
)

EVERY_ATTENDANCE = Cases(
    ({"attendance": months((20, 22), (23, 22))}, {"attendance": ({"days_present": 3},)}),
    ({"attendance": months((20, 22), (22, 22), (0, 20))},),
)

BOARDING: Values = {"policy_item": "boarding"}
EDUCATION = {
    "check.0": Cases(
        ({"policy_item": "tuition_free", "checked_on": date(2025, 9, 2)},),
        ({"policy_item": "tuition_free", "checked_on": date(2025, 9, 3)}, {"policy_item": "boarding", "checked_on": date(2025, 6, 1)}),
    ),
    "check.1": Cases(
        ({"policy_item": "boarding", "checked_on": date(2025, 4, 30)},),
        ({"policy_item": "boarding", "checked_on": date(2025, 5, 1)}, {"policy_item": "other", "checked_on": date(2020, 1, 1)}),
    ),
    "check.2": Cases(
        tuple({**BOARDING, "school_level": level, "distance_km": Decimal(km)} for level, km in (("primary", "3.9"), ("lower_secondary", "6.9"), ("upper_secondary", "9.9"))),
        (
            *({**BOARDING, "school_level": level, "distance_km": Decimal(km)} for level, km in (("primary", 4), ("lower_secondary", 7), ("upper_secondary", 10))),
            {**BOARDING, "school_level": "primary", "distance_km": Decimal(1), "difficult_terrain": True},
            {"policy_item": "inclusive"},
        ),
    ),
    "submit.0": is_true("double_funding_checked"),
    "approve.0": Cases(
        ({"amount_month": 1_000_000, "months": 9, "budget_balance": 8_999_999}, {"amount_month": 1_000_000, "months": 9}),
        ({"amount_month": 1_000_000, "months": 9, "budget_balance": 9_000_000},),
    ),
    "record_attendance.0": EVERY_ATTENDANCE,
    "flag_absence.0": Cases(
        ({"unexcused_days": 2, "attendance": months((10, 22), (18, 22))}, {"unexcused_days": 2}),
        ({"unexcused_days": 3}, {"unexcused_days": 0, "attendance": months((22, 22), (17, 22))}),
    ),
    "stop.0": is_true("stop_approved"),
}  # fmt: skip


def course(category: str, amount: int) -> Values:
    return {"support_category": category, "course_amount": amount}


CEILINGS = {
    "disabled": 6_000_000,
    "poor_minority": 4_000_000,
    "minority_or_poor": 3_000_000,
    "near_poor": 2_500_000,
    "other": 2_000_000,
}
FORBIDDEN = (
    "a_heavy_lifting",
    "b_alcohol_tobacco",
    "c_chemicals",
    "d_machine_upkeep",
    "dd_demolition",
    "e_metal_work",
    "g_deep_sea",
    "h_other_harmful",
)


def practice(age: int | None, day: str, week: str) -> Values:
    dob = {} if age is None else {"child_dob": born(age)}
    return {
        **dob,
        "started_on": TODAY,
        "practice_hours_day": Decimal(day),
        "practice_hours_week": Decimal(week),
    }


def travel(amount: int, km: int, hard: bool) -> Values:
    return {"travel_amount": amount, "distance_km": Decimal(km), "hard_travel": hard}


LAWFUL_JOB = one_of("retention_status", ("lawful",), ("unlawful", "left"))
VOCATIONAL = {
    "apply.0": is_false("previously_supported"),
    "apply.1": one_of("occupation", ("garment", "light_wicker"), FORBIDDEN),
    "approve.0": Cases(
        tuple(course(category, ceiling + 1) for category, ceiling in CEILINGS.items()),
        tuple(course(category, ceiling) for category, ceiling in CEILINGS.items()),
    ),
    "approve.1": Cases(({"meals_a_day": 30_001}, {}), ({"meals_a_day": 30_000},)),
    "approve.2": Cases(
        (travel(200_001, 20, False), travel(200_000, 14, False), travel(300_001, 20, True), travel(300_000, 4, True)),
        ({"travel_amount": 0}, travel(200_000, 15, False), travel(300_000, 5, True)),
    ),
    "approve.3": Cases(
        ({"course_amount": 2_000_000, "travel_amount": 200_000, "budget_balance": 2_199_999},),
        ({"course_amount": 2_000_000, "travel_amount": 200_000, "budget_balance": 2_200_000},),
    ),
    "approve.4": is_true("parent_consented"),
    "start.0": Cases(
        (practice(14, "4.5", "20"), practice(14, "4", "20.5"), practice(15, "8.5", "40"), practice(15, "8", "40.5"), practice(None, "6", "30")),
        (practice(14, "4", "20"), practice(15, "8", "40"), practice(None, "4", "20")),
    ),
    "attend.0": EVERY_ATTENDANCE,
    "certify.0": Cases(
        ({}, {"attendance": ()}, {"attendance": months((20, 20), (11, 20))}),
        ({"attendance": months((20, 20), (12, 20))},),
    ),
    "refer_job.0": is_false("employer_in_violation"),
    "refer_job.1": Cases(({"child_dob": born(14), "referred_on": TODAY}, {"referred_on": TODAY}), ({"child_dob": born(15), "referred_on": TODAY},)),
    "refer_job.2": one_of("job_class", ("working_lawful", "at_risk"), ("worst_form", "hazardous", "unlawful", "unlawful_procedural", "unknown_age")),
    "place.0": is_true("contract_signed"),
    "place.1": is_true("consent_written"),
    "place.2": is_true("health_certified"),
    "check_retention.0": LAWFUL_JOB,
    "check_retention_last.0": Cases(({"placed_on": TODAY - timedelta(days=149)},), ({"placed_on": TODAY - timedelta(days=150)},)),
    "check_retention_last.1": LAWFUL_JOB,
    "check_retention_next.0": LAWFUL_JOB,
}  # fmt: skip


def checks(*found: tuple[int, str, int]) -> Values:
    """Income checks so many days ago: what work was found and the income."""
    return {
        "income_checks": tuple(
            {"checked_on": TODAY - timedelta(days=ago), "children_work": work, "income_now": income}
            for ago, work, income in found
        )
    }


LIVELIHOOD = {
    "draft_plan.0": is_true("commitment_signed"),
    "approve.0": all_known(poverty_class="poor", poverty_on=TODAY),
    "apply_loan.0": one_of("loan_check", ("within_limits",), ("above_limits", "not_eligible")),
    "loan_result.0": is_true("loan_granted"),
    "loan_refused.0": is_false("loan_granted"),
    "deliver.0": Cases(({"delivered_value": 5_000_001, "budget_balance": 5_000_000},), ({"delivered_value": 5_000_000, "budget_balance": 5_000_000},)),
    "monitor.0": Cases((checks((60, "none", 1), (30, "none", 1), (0, "none", 1)),), ({}, checks((30, "none", 1), (0, "none", 1)))),
    "complete.0": Cases(
        (checks((30, "none", 1)), checks((60, "none", 1), (30, "none", 1), (0, "unlawful", 1)), {}),
        (checks((60, "unlawful", 1), (30, "none", 1), (0, "lawful", 1)),),
    ),
    "complete.1": Cases(
        ({**checks((30, "none", 3_000_000), (0, "none", 1_999_999)), "expected_income": 2_000_000, "poverty_class_after": "near_poor"},),
        (
            {**checks((0, "none", 2_000_000)), "expected_income": 2_000_000},
            {**checks((0, "none", 1)), "expected_income": 2_000_000, "poverty_class_after": "not_poor"},
        ),
    ),
}  # fmt: skip

MET = Cases(
    ({}, {"visits": ({"child_met": False},)}, {"visits": ({"child_met": True}, {})}),
    ({"visits": ({"child_met": False}, {"child_met": True})},),
)
# The fields asked only sometimes: definition.form.field, with values that ask for it and values that do not.
ASKED: Mapping[str, Cases] = {
    "child_case.emergency_form.danger_received_at": Cases(
        tuple(
            {"case.cycle": 1, "case.state": each} for each in ("reported", "verifying", "initial_assessment")
        ),
        (
            {"case.cycle": 2, "case.state": "reported"},
            {"case.cycle": 1, "case.state": "reported", "measure_at": NOW},
            *(
                {"case.cycle": 1, "case.state": each}
                for each in ("implementing", "monitoring", "court_petition")
            ),
        ),
    ),
    "child_case.visit_form.hours_week": MET,
    "child_case.visit_form.attendance": MET,
    "education_support.check_form.distance_km": one_of("policy_item", ("boarding",), ("tuition_free",)),
    "vocational_training.approval.distance_km": Cases(({"travel_amount": 0}, {}), ({"travel_amount": 1},)),
    "vocational_training.approval.hard_travel": Cases(({"travel_amount": 0}, {}), ({"travel_amount": 1},)),
    "family_livelihood.loan_result_form.loan_result_amount": is_true("loan_granted"),
}
