"""What was written wrongly, put right by two persons."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

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
