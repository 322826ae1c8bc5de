"""Danger to a child: the emergency, and the separation from those it lives with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.workflows.road import (
    CHAIR,
    FORMS,
    LEAD,
    MORNING,
    TEN,
    Road,
)

EMERGENCY = {"danger_type": "health", "harmer_relation": "carer"}
MEASURE = {
    "measure": "Đưa trẻ đến trạm y tế",
    "measure_place": "Trạm y tế xã",
    "measure_person": "x",
    "risk_level": "high",
}


def test_an_emergency_runs_twelve_hours_from_the_receipt_and_a_breach_never_blocks(road: Road) -> None:
    case = road.open_child(**TEN)
    received = road.clock.now()
    road.clock.advance(hours=3)
    assert road.step(case, "declare_emergency", **EMERGENCY) == "emergency"
    measure = road.limits(case)["measure"]
    assert measure["due_at"] == received + timedelta(hours=12)
    assert measure["rule"]["from"] == "received_at"
    road.clock.advance(hours=10)
    road.later(0)
    assert road.limits(case)["measure"]["breached_at"]
    assert "escalation" in road.told(LEAD)
    assert (
        road.step(case, "secure_child", CHAIR, measure_at=road.clock.now(), **MEASURE)
        == "specific_assessment"
    )


def test_a_danger_found_later_runs_from_its_own_report(road: Road) -> None:
    case = road.to_implementing(**TEN)
    road.later(40)
    assert road.refused(case, "declare_emergency", **EMERGENCY) == {"field_missing"}
    now = road.clock.now()
    road.step(case, "declare_emergency", danger_received_at=now, **EMERGENCY)
    assert road.limits(case)["measure"]["due_at"] == now + timedelta(hours=12)


def test_after_an_emergency_the_file_is_completed_and_the_plan_goes_its_way(road: Road) -> None:
    case = road.open_child(**TEN)
    road.step(case, "declare_emergency", **EMERGENCY)
    road.step(case, "secure_child", CHAIR, measure_at=road.clock.now(), **MEASURE)
    road.step(case, "assess_specific")
    assert road.refused(case, "submit_plan") == {"guard"}
    road.step(case, "complete_initial", **FORMS["assess_initial"])
    assert road.refused(case, "complete_initial", **FORMS["assess_initial"]) == {"guard"}
    assert road.step(case, "submit_plan") == "plan_submitted"
    assert road.step(case, "approve_plan", CHAIR) == "implementing"


def separation(road: Road, days: int, **more: Any) -> dict[str, Any]:
    start = road.clock.now().date()
    return {
        "separation_decision_no": "7/QĐ", "separation_start_on": start, "separation_end_on": start + timedelta(days=days),
        "separation_carer": "Trung tâm công tác xã hội", "separation_reason": "x", "best_interest_note": "x",
        "separation_child_view": "Đồng ý", **more,
    }  # fmt: skip


def test_a_separation_lasts_at_most_fifteen_days_and_its_limit_survives_changes_of_state(road: Road) -> None:
    case = road.open_child(**TEN)
    road.step(case, "declare_emergency", **EMERGENCY)
    assert road.refused(case, "separate", CHAIR, **separation(road, 16)) == {"guard"}
    road.step(case, "separate", CHAIR, **separation(road, 10))
    cap = road.limits(case)["separation_cap"]["due_at"]
    road.step(case, "secure_child", CHAIR, measure_at=road.clock.now(), **MEASURE)
    assert road.limits(case)["separation_cap"]["due_at"] == cap
    late, request = date(2026, 4, 1), {"extension_request": "12/VKS", "requested_on": date(2026, 3, 2)}
    assert road.refused(case, "extend_separation", CHAIR, reason="x", extended_to=late) == {"guard"}
    assert road.refused(case, "extend_separation", CHAIR, reason="x") == {"field_missing"}
    road.step(case, "extend_separation", CHAIR, reason="x", extended_to=date(2026, 3, 16))
    assert road.limits(case)["separation_end"]["due_at"].date() == date(2026, 3, 16)
    road.step(case, "extend_separation", CHAIR, reason="x", extended_to=late, **request)
    assert "separation_cap" not in road.limits(case)
    # One request does not serve the next extension.
    later = date(2026, 5, 1)
    assert road.refused(case, "extend_separation", CHAIR, reason="x", extended_to=later) == {"guard"}
    road.step(case, "extend_separation", CHAIR, reason="x", extended_to=later, **request)
    assert road.refused(case, "lift_separation", CHAIR, safety_assessment="x", carers_safe=False) == {"guard"}
    road.step(case, "lift_separation", CHAIR, safety_assessment="x", carers_safe=True)
    assert not {"separation_end", "separation_cap"} & set(road.limits(case))


def test_a_child_of_seven_is_asked_before_a_separation(road: Road) -> None:
    case = road.open_child(**TEN)
    road.step(case, "declare_emergency", **EMERGENCY)
    assert road.refused(case, "separate", CHAIR, **separation(road, 5, separation_child_view=None)) == {
        "guard"
    }
    young = road.open_child(child_name="Bé Thử", child_dob=date(2021, 1, 1))
    road.step(young, "declare_emergency", **EMERGENCY)
    road.step(young, "separate", CHAIR, **separation(road, 5, separation_child_view=None))


def test_the_request_for_one_separation_does_not_lengthen_the_next(road: Road) -> None:
    case = road.to_implementing(**TEN)
    road.step(case, "separate", CHAIR, **separation(road, 20, authority_request="12/VKS"))
    assert "separation_cap" not in road.limits(case)
    road.step(case, "lift_separation", CHAIR, safety_assessment="x", carers_safe=True)
    assert road.refused(case, "separate", CHAIR, **separation(road, 20)) == {"guard"}
    road.step(case, "separate", CHAIR, **separation(road, 10))
    assert "separation_cap" in road.limits(case)
    assert road.engine.replay(case) == ()


def test_danger_does_not_wait_for_the_plan(road: Road) -> None:
    case = road.open_child(**TEN)
    for trigger in ("start_verification", "confirm", "assess_initial", "assess_specific"):
        road.step(case, trigger)
    assert road.refused(case, "declare_emergency", **EMERGENCY) == {"field_missing"}
    road.step(case, "declare_emergency", danger_received_at=road.clock.now(), **EMERGENCY)
    assert road.row(case).state == "emergency"


def test_moments_of_danger_and_measure_lie_after_the_report(road: Road) -> None:
    case = road.open_child(**TEN)
    before = MORNING - timedelta(minutes=1)
    road.clock.advance(hours=1)
    assert road.refused(case, "declare_emergency", danger_received_at=before, **EMERGENCY) == {"guard"}
    road.step(case, "declare_emergency", **EMERGENCY)
    assert road.refused(case, "secure_child", CHAIR, measure_at=before, **MEASURE) == {"guard"}
    assert road.refused(case, "secure_child", CHAIR, **MEASURE) == {"field_missing"}
    road.step(case, "secure_child", CHAIR, measure_at=road.clock.now(), **MEASURE)
    road.clock.advance(hours=1)
    road.step(case, "declare_emergency", danger_received_at=road.clock.now(), **EMERGENCY)
    # What was done in the first danger is no measure against the second.
    assert road.refused(case, "secure_child", CHAIR) == {"guard"}


def test_a_separation_does_not_begin_in_time_to_come(road: Road) -> None:
    case = road.to_implementing(**TEN)
    start = road.clock.now().date() + timedelta(days=1)
    order = separation(road, 10, separation_start_on=start)
    assert road.refused(case, "separate", CHAIR, **order) == {"field_high"}
