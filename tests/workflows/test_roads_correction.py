"""What was written wrongly, put right by two persons."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from tests.workflows.content import definitions
from tests.workflows.road import (
    FORMS,
    LEAD,
    OFFICER,
    TEN,
    Road,
)

JOBS = FORMS["assess_initial"]["jobs"]


def test_a_correction_is_decided_by_another_person_and_asks_the_rules_again(road: Road) -> None:
    case = road.to_implementing(child_name="Triệu Thị Thử", child_dob=date(2009, 11, 5))
    lighter = (
        {"setting": "household_own", "job": "housework", "hours_day": Decimal(1), "hours_week": Decimal(3)},
    )
    assert road.refused(case, "correct_data", reason="x") == {"proposal_empty"}
    same = tuple({**row, "papers": ()} for row in JOBS)  # as a form sends them back
    assert road.refused(case, "correct_data", reason="x", jobs=same) == {"proposal_empty"}
    assert road.refused(case, "approve_correction", LEAD) == {"proposal_none"}
    road.step(
        case, "correct_data", reason="Khai lại", child_name="Triệu Thị Thử Nghiệm", jobs=lighter, hazards=()
    )
    assert road.refused(case, "correct_data", reason="x", child_name="Khác") == {"proposal_waiting"}
    before = road.values(case, LEAD)
    assert before
    assert before["child_name"] == "Triệu Thị Thử"
    assert "function" in road.refused(case, "approve_correction", OFFICER)
    assert road.step(case, "approve_correction", LEAD) == "implementing"
    after = road.values(case, LEAD)
    assert after
    assert after["child_name"] == "Triệu Thị Thử Nghiệm"
    assert after["work_class"] == before["work_class"]
    assert after["proposed_class"] != before["proposed_class"]
    entry = road.engine.timeline(case)[-1]
    assert entry.kind == "data_corrected"
    assert entry.args["decisions"]["classification"]["replaces"]["result"] == before["proposed_class"]
    assert "reclassify" in road.limits(case)
    road.step(case, "confirm_class", work_class=after["proposed_class"])
    assert "reclassify" not in road.limits(case)
    assert road.engine.replay(case) == ()


def test_a_correction_may_be_declined_or_withdrawn_and_a_closed_case_is_corrected_too(road: Road) -> None:
    case = road.open_child(**TEN)
    road.step(case, "correct_data", reason="x", child_dob=date(2014, 11, 5))
    road.step(case, "decline_correction", LEAD, reason="Giấy khai sinh ghi khác")
    road.step(case, "correct_data", reason="x", child_dob=date(2014, 11, 5))
    road.step(case, "withdraw_correction")
    values = road.values(case, LEAD)
    assert values
    assert values["child_dob"] == date(2015, 11, 5)
    road.step(case, "start_verification")
    road.step(case, "reject", reason="x", rejection_evidence="x")
    road.step(case, "correct_data", reason="x", child_dob=date(2014, 11, 5))
    assert road.step(case, "approve_correction", LEAD) == "not_verified"


def test_what_changed_after_a_correction_was_asked_for_is_not_overwritten(road: Road) -> None:
    case = road.open_child(**TEN)
    road.step(case, "correct_data", reason="x", child_name="Triệu Thị Khác")
    road.step(case, "start_verification")
    road.step(case, "confirm", child_name="Triệu Thị Mới")
    assert road.refused(case, "approve_correction", LEAD) == {"proposal_overtaken"}


def test_what_a_limit_runs_from_is_put_right_and_moves_the_limit(road: Road) -> None:
    received = datetime(2026, 2, 2, 2, 0, tzinfo=UTC)
    case = road.open_child(**TEN, received_at=received, channel="child")
    road.step(case, "declare_emergency", danger_type="health", harmer_relation="carer")
    road.step(case, "correct_data", reason="Ghi nhầm tháng", received_at=road.clock.now(), channel="school")
    assert road.limits(case)["measure"]["due_at"] == received + timedelta(hours=12)
    road.step(case, "approve_correction", LEAD)
    assert road.limits(case)["measure"]["due_at"] == received + timedelta(hours=12)  # missed: it stays missed
    values = road.values(case, LEAD)
    assert values
    assert values["channel"] == "school"
    plan = road.to_implementing(**TEN)
    road.step(plan, "correct_data", reason="Ghi nhầm", plan_end_on=date(2026, 8, 3))
    road.step(plan, "approve_correction", LEAD)
    assert road.limits(plan)["plan_end"]["due_at"].date() == date(2026, 8, 3)


def test_every_field_a_limit_runs_from_can_be_corrected() -> None:
    child_case = definitions()["child_case"]
    timed = [
        *child_case.deadlines.values(),
        *(each for state in child_case.states.values() for each in state.deadlines.values()),
    ]
    moments = {name for each in timed for name in (each.start, each.or_from) if name in child_case.fields}
    corrected = {each.key for each in child_case.forms["correction_form"].fields}
    # The end of a separation is extended, with its ground.
    assert moments - corrected == {"separation_end_on"}
