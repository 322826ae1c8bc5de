"""Support that stops: a carer who refuses, the court, a child that is not found any more."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.workflows.road import (
    CHAIR,
    LEAD,
    TEN,
    Road,
)

# ------------------------------------------------------------------ refusal and court


def test_a_petition_stops_the_clock_of_the_plan_which_then_goes_on(road: Road) -> None:
    case = road.to_planning(**TEN)
    due = road.limits(case)["plan"]["due_at"]
    road.step(case, "refuse_by_carer", CHAIR)
    assert road.limits(case)["plan"]["paused_at"]
    road.later(30)
    assert not road.limits(case)["plan"]["breached_at"]
    assert road.limits(case)["plan"]["due_at"] == due
    assert road.step(case, "court_result", CHAIR, court_outcome="support_goes_on") == "planning"
    plan = road.limits(case)["plan"]
    assert (plan["paused_at"], plan["due_at"] > road.clock.now()) == (None, True)
    assert "court" not in road.limits(case)


def test_after_the_court_only_a_plan_that_was_approved_before_goes_on(road: Road) -> None:
    approved = road.to_implementing(**TEN)
    road.step(approved, "refuse_by_carer", CHAIR)
    assert road.step(approved, "court_result", CHAIR, court_outcome="support_goes_on") == "implementing"
    # One person who is officer and chairman may not approve the own plan, nor get round it by the court.
    road.hold(CHAIR, "commune_officer")
    own = road.to_planning(CHAIR, **TEN)
    road.step(own, "submit_plan", CHAIR)
    assert road.refused(own, "approve_plan", CHAIR) == {"four_eyes"}
    road.step(own, "refuse_by_carer", CHAIR)
    assert road.step(own, "court_result", CHAIR, court_outcome="support_goes_on") == "planning"


def test_the_court_may_end_the_case_but_not_over_an_open_track(road: Road) -> None:
    case = road.to_implementing(**TEN)
    road.open_track(case, "open_education", "education")
    road.step(case, "refuse_by_carer", CHAIR, petition_ground="harm_by_carer")
    assert road.refused(case, "court_result", CHAIR, court_outcome="case_ends") == {"join", "guard"}


def test_a_court_decision_that_ends_the_case_is_seen_by_the_province(road: Road) -> None:
    road.hold(CHAIR, "province_child_lead")
    case = road.to_implementing(**TEN)
    road.step(case, "refuse_by_carer", CHAIR)
    assert road.step(case, "court_result", CHAIR, court_outcome="case_ends") == "closure_submitted"
    today = road.clock.now().date()
    assert "four_eyes" in road.refused(case, "approve_closure", CHAIR, closure_decision_date=today)
    assert road.step(case, "decline_closure", LEAD, reason="Chưa có bản án") == "court_petition"
    assert "court" in road.limits(case)
    assert "field_missing" in {
        each.code for each in road.send(case, "court_result", CHAIR, {}, "").blockers
    }  # the decision is asked anew
    road.step(case, "court_result", CHAIR, court_outcome="case_ends")
    assert road.step(case, "approve_closure", LEAD, closure_decision_date=today) == "closed"
    assert "court" not in road.limits(case)
    assert road.engine.replay(case) == ()


def test_a_court_decision_is_recorded_although_danger_took_the_case_elsewhere(road: Road) -> None:
    case = road.to_implementing(**TEN)
    assert road.refused(case, "court_result", CHAIR, court_outcome="case_ends") == {"guard"}
    road.step(case, "refuse_by_carer", CHAIR)
    danger = {"danger_type": "health", "harmer_relation": "carer"}
    road.step(case, "declare_emergency", danger_received_at=road.clock.now(), **danger)
    assert "court" in road.limits(case)
    assert road.step(case, "court_result", CHAIR, court_outcome="case_ends") == "emergency"
    assert "court" not in road.limits(case)
    assert road.refused(case, "court_result", CHAIR, court_outcome="case_ends") == {"guard"}
    measure = {"measure": "x", "measure_place": "x", "measure_person": "x", "risk_level": "high"}
    road.step(case, "secure_child", CHAIR, measure_at=road.clock.now(), **measure)
    ended = {"closure_reason": "court", "closure_evidence": "x"}
    assert road.step(case, "propose_closure", **ended) == "closure_submitted"


def test_a_case_does_not_close_by_a_decision_that_support_goes_on(road: Road) -> None:
    case = road.to_implementing(**TEN)
    road.step(case, "refuse_by_carer", CHAIR)
    road.step(case, "court_result", CHAIR, court_outcome="support_goes_on")
    ended = {"closure_reason": "court", "closure_evidence": "x"}
    assert road.refused(case, "propose_closure", **ended) == {"guard"}


# ------------------------------------------------------------------ lost contact


def test_a_documented_loss_of_contact_stops_the_clocks_until_contact_is_made(road: Road) -> None:
    case = road.to_implementing(**TEN)
    tries = tuple(
        {"attempted_on": road.clock.now().date(), "way": way}
        for way in ("home_visit", "telephone", "telephone")
    )
    assert road.refused(case, "lose_contact", contact_attempts=tries[:2]) == {"guard"}
    road.step(case, "lose_contact", contact_attempts=tries)
    assert road.limits(case)["visit"]["paused_at"]
    road.later(30)
    assert not road.limits(case)["visit"]["breached_at"]
    road.step(case, "find_contact", contact_found_note="x")
    assert not road.limits(case)["visit"]["paused_at"]
    assert road.limits(case)["visit"]["due_at"] > road.clock.now()


def test_a_child_lost_before_the_plan_does_not_hold_the_file_open_for_ever(road: Road) -> None:
    case = road.open_child(**TEN)
    for trigger in ("start_verification", "confirm", "assess_initial"):
        road.step(case, trigger)
    day = road.clock.now().date()
    tries = tuple({"attempted_on": day, "way": way} for way in ("home_visit", "telephone", "telephone"))
    road.step(case, "lose_contact", contact_attempts=tries)
    assert road.refused(case, "propose_closure", closure_reason="goals_met", actions=None) == {"guard"}
    lost = {
        "closure_reason": "lost_contact",
        "closure_evidence": "x",
        "best_interest_note": "x",
        "actions": None,
    }
    road.step(case, "propose_closure", **lost)
    assert road.step(case, "decline_closure", CHAIR, reason="x") == "specific_assessment"
    road.step(case, "propose_closure", **lost)
    road.step(case, "endorse_closure", CHAIR)
    assert road.step(case, "approve_closure", LEAD, closure_decision_date=day) == "closed"
    assert not {"plan", "approval", "screening", "specific"} & set(road.limits(case))
    # Reopened, time runs again: the loss was the last cycle's.
    today = road.later(30)
    road.step(case, "reopen", LEAD, reopening_fact="Trẻ đã về")
    road.step(case, "assess_initial", work_date=today)
    assert {"plan", "specific", "approval", "screening"} <= set(road.limits(case))
    assert not any(each["paused_at"] for each in road.limits(case).values())
    # Danger counts from its own news there, not from the first report.
    danger = {"danger_type": "health", "harmer_relation": "carer"}
    assert "field_missing" in road.refused(case, "declare_emergency", **danger)
    assert road.step(case, "declare_emergency", danger_received_at=road.clock.now(), **danger) == "emergency"


def tries(road: Road, *ago: int) -> tuple[dict[str, object], ...]:
    """Attempts so many days ago, at home and by telephone."""
    today = road.clock.now().date()
    return tuple(
        {"attempted_on": today - timedelta(days=each), "way": "telephone" if number else "home_visit"}
        for number, each in enumerate(ago)
    )


def test_contact_is_lost_again_only_by_attempts_made_since(road: Road) -> None:
    case = road.to_implementing(**TEN)
    assert road.refused(case, "lose_contact") == {"field_missing"}
    assert road.refused(case, "lose_contact", contact_attempts=tries(road, 0, 0, 1)) == {"guard"}
    road.later(5)
    road.step(case, "lose_contact", contact_attempts=tries(road, 0, 1, 2))
    road.step(case, "find_contact", contact_found_note="x")
    assert road.refused(case, "lose_contact") == {"field_missing"}
    road.later(5)
    assert road.refused(case, "lose_contact", contact_attempts=tries(road, 0, 1, 6)) == {"guard"}
    road.step(case, "lose_contact", contact_attempts=tries(road, 0, 1, 5))
    assert road.engine.replay(case) == ()


def test_a_visit_that_meets_the_child_ends_the_loss(road: Road) -> None:
    case = road.to_implementing(**TEN)
    lost = {
        "closure_reason": "lost_contact",
        "closure_evidence": "x",
        "best_interest_note": "x",
    }
    assert road.refused(case, "propose_closure", **lost) == {"guard"}
    road.step(case, "lose_contact", contact_attempts=tries(road, 0, 0, 0))
    today = road.later(20)
    empty = {"visited_on": today, "child_met": False, "notes": "Nhà khóa cửa", "next_on": today}
    assert road.refused(case, "log_visit", work_status="none", **empty) == {"guard"}
    road.step(case, "log_visit", work_status="unknown", **empty)
    assert road.limits(case)["visit"]["paused_at"]
    assert road.refused(case, "log_visit", **{**empty, "child_met": True}, work_status="none") == {
        "field_missing"
    }
    road.visit(case, "none")
    assert not any(each["paused_at"] for each in road.limits(case).values())
    assert road.refused(case, "lose_contact") == {"field_missing"}
    assert road.refused(case, "propose_closure", **lost) == {"guard"}
    assert road.engine.replay(case) == ()


def test_a_visit_lies_after_the_opening_of_the_case(road: Road) -> None:
    case = road.to_implementing(**TEN)
    seen = {"child_met": True, "work_status": "none", "hours_week": Decimal(0), "attendance": 0, "notes": "x"}
    day = road.clock.now().date()
    early = day - timedelta(days=1)
    assert road.refused(case, "log_visit", visited_on=early, next_on=day, **seen) == {"guard"}
    assert road.refused(case, "log_visit", next_on=day, **seen) == {"field_missing"}
    road.step(case, "log_visit", visited_on=day, next_on=day, **seen)
