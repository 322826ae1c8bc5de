"""After a case is closed: checks, a relapse, the case opened again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.workflows.road import (
    CHAIR,
    COLLABORATOR,
    LEAD,
    MORNING,
    OFFICER,
    TEN,
    Road,
)
from tests.workflows.test_roads_danger import EMERGENCY, MEASURE, separation


def closed(road: Road) -> str:
    case = road.to_implementing(**TEN)
    end(road, case)
    return case


def end(road: Road, case: str) -> None:
    """The court ends the case, and the province has seen its decision."""
    road.step(case, "refuse_by_carer", CHAIR)
    road.step(case, "court_result", CHAIR, court_outcome="case_ends")
    road.step(case, "approve_closure", LEAD, closure_decision_date=road.clock.now().date())


def test_a_relapse_at_a_check_is_reopened_under_the_same_number(road: Road) -> None:
    case = closed(road)
    number, kinds = road.row(case).reference, [each.kind for each in road.engine.timeline(case)]
    events = len(kinds)
    today = road.later(30)
    road.step(case, "post_check", COLLABORATOR, checked_on=today, work_status="unlawful")
    road.later(0)
    assert "notify" in road.told(LEAD)
    assert "relapse" in road.limits(case)
    assert road.refused(case, "reopen", OFFICER, reopening_fact="x") == {"function"}
    assert road.step(case, "reopen", LEAD, reopening_fact="Trẻ lại làm ở xưởng") == "initial_assessment"
    assert (road.row(case).state, road.row(case).cycle) == ("initial_assessment", 2)
    assert road.row(case).reference == number
    assert [each.kind for each in road.engine.timeline(case)][:events] == kinds
    assert {"reopened", "assess"} <= set(road.limits(case))
    assert road.engine.replay(case) == ()


def test_what_the_last_cycle_found_counts_for_nothing_in_the_new_one(road: Road) -> None:
    case = closed(road)
    today = road.later(30)
    road.step(case, "reopen", LEAD, reopening_fact="Trẻ lại làm ở xưởng")
    assert {each.code for each in road.send(case, "assess_initial", OFFICER, {}, "").blockers} == {
        "field_missing"
    }
    (assess,) = (each for each in road.engine.available(case, OFFICER) if each.trigger == "assess_initial")
    assert {"risk_level", "work_class", "work_date"} <= set(assess.needs)
    known = road.values(case, OFFICER)
    assert known
    assert {"visits", "closure_endorsed", "plan_goal", "proposed_class", "jobs"} & known.keys() == set()
    assert {"child_name", "place_of_event", "lawful_basis"} <= known.keys()
    assert road.step(case, "assess_initial", OFFICER, work_date=today) == "specific_assessment"
    assert road.engine.replay(case) == ()


def test_a_case_is_not_reopened_after_twenty_four_months(road: Road) -> None:
    case = closed(road)
    road.later(735)
    assert road.refused(case, "reopen", LEAD, reopening_fact="x") == {"reopen_late"}


def test_a_relapse_too_late_for_reopening_is_reported_anew(road: Road) -> None:
    case = closed(road)
    relapse = {"relapse_condition": "Em lại gánh gạch"}
    (way,) = (each for each in road.engine.available(case, OFFICER) if each.trigger == "report_relapse")
    assert [each.params["condition"] for each in way.blockers] == [0, 2]  # no check yet, not after 24 months
    today = road.later(600)
    road.step(case, "post_check", COLLABORATOR, checked_on=today, work_status="unlawful")
    assert road.refused(case, "report_relapse", **relapse) == {"guard"}
    road.later(140)
    assert "relapse" in road.limits(case)
    assert road.refused(case, "reopen", LEAD, reopening_fact="x") == {"reopen_late"}
    assert road.step(case, "report_relapse", **relapse) == "closed"
    assert "relapse" not in road.limits(case)
    road.later(0)
    road.later(0)
    ((kind, other, back),) = road.links(case)
    assert (kind, back, road.row(other).state) == ("relapse", False, "reported")
    told = road.values(other, OFFICER)
    assert told
    assert (told["child_name"], told["current_condition"]) == (TEN["child_name"], "Em lại gánh gạch")


def test_a_child_of_higher_risk_is_checked_after_a_month_too(road: Road) -> None:
    case = closed(road)
    assert {"check_by_risk", "check_3_months", "check_6_months"} <= set(road.limits(case))
    for days, left in ((28, {"check_3_months", "check_6_months"}), (60, {"check_6_months"}), (95, set())):
        road.step(case, "post_check", COLLABORATOR, checked_on=road.later(days), work_status="none")
        assert set(road.limits(case)) == left


def test_a_relapse_of_an_earlier_cycle_is_no_alarm_when_the_case_is_closed_again(road: Road) -> None:
    case = closed(road)
    road.step(case, "post_check", COLLABORATOR, checked_on=road.later(30), work_status="unlawful")
    assert "relapse" in road.limits(case)
    road.later(1)
    road.step(case, "reopen", LEAD, reopening_fact="Trẻ lại làm ở xưởng")
    for trigger in ("assess_initial", "assess_specific", "submit_plan"):
        road.step(case, trigger)
    road.step(case, "approve_plan", CHAIR)
    end(road, case)
    assert road.row(case).state == "closed"
    assert "relapse" not in road.limits(case)
    assert road.engine.replay(case) == ()


def test_a_review_and_a_closure_say_what_became_of_the_approved_plan_and_do_not_rewrite_it(
    road: Road,
) -> None:
    case = road.to_implementing(**TEN)
    approved = road.values(case, OFFICER)["actions"]  # type: ignore[index]
    more = (*approved, {**approved[0], "kind": "livelihood"})
    dearer = ({**approved[0], "budget": 900_000_000}, *approved[1:])
    for rows in (more, dearer, approved[1:], None):
        for trigger in ("start_review", "propose_closure"):
            assert "field_fixed" in road.refused(case, trigger, actions=rows), (trigger, rows)
    told = ({**approved[0], "status": "cancelled", "cancel_reason": "x"}, *approved[1:])
    assert "field_fixed" not in road.refused(
        case, "propose_closure", actions=told, closure_reason="goals_met"
    )


# ------------------------------------------------------------------ who closes, and on what


def ended(reason: str, **more: object) -> dict[str, Any]:
    return {"closure_reason": reason, "closure_evidence": "x", **more}


def test_the_form_of_closing_does_not_change_the_birth_date(road: Road) -> None:
    case = road.to_implementing(**TEN)
    assert "field_unknown" in road.refused(
        case, "propose_closure", **ended("turned_18", child_dob=date(2000, 1, 1))
    )
    assert road.refused(case, "propose_closure", **ended("turned_18")) == {"guard"}
    unknown = road.to_implementing(child_name="Chưa rõ ngày sinh", child_age_estimate=15)
    assert road.refused(unknown, "propose_closure", **ended("turned_18")) == {"guard"}


def test_the_class_that_says_who_closes_does_not_change_while_the_closure_waits(road: Road) -> None:
    case = road.to_implementing(**TEN)
    road.step(case, "correct_data", reason="x", child_dob=date(2000, 1, 1))
    road.step(case, "propose_closure", **ended("moved_away", receiving_reference="12/UBND"))
    road.step(case, "approve_correction", LEAD)
    assert road.limits(case)["reclassify"]["paused_at"]
    lower = {"work_class": "at_risk", "class_reason": "x"}
    assert road.refused(case, "confirm_class", **lower) == {"wrong_state"}
    road.step(case, "decline_closure", CHAIR, reason="x")
    assert not road.limits(case)["reclassify"]["paused_at"]
    # A class by the rules that nobody has looked at yet: the province decides.
    road.step(case, "confirm_class", **lower)
    road.step(case, "propose_closure", **ended("moved_away"))
    road.step(case, "correct_data", reason="x", child_dob=date(2015, 11, 5))
    today = road.clock.now().date()
    assert road.refused(case, "approve_closure", LEAD, closure_decision_date=today) == {"function"}
    road.step(case, "approve_correction", LEAD)
    assert "guard" in road.refused(case, "approve_closure", CHAIR, closure_decision_date=today)
    road.step(case, "endorse_closure", CHAIR)
    assert road.step(case, "approve_closure", LEAD, closure_decision_date=today) == "closed"


def test_monitoring_does_not_end_over_an_open_track(road: Road) -> None:
    case = road.open_child(**TEN)
    for trigger in ("start_verification", "confirm"):
        road.step(case, trigger)
    road.step(case, "assess_initial", work_class="at_risk", class_reason="x")
    for trigger in ("assess_specific", "submit_plan"):
        road.step(case, trigger)
    road.step(case, "approve_plan", CHAIR)
    road.open_track(case, "open_education", "education")
    road.step(case, "declare_emergency", danger_received_at=road.clock.now(), **EMERGENCY)
    road.step(case, "secure_child", CHAIR, measure_at=road.clock.now(), **{**MEASURE, "risk_level": "low"})
    assert road.step(case, "to_monitoring", reason="x") == "monitoring"
    moved = ended("moved_away", receiving_reference="12/UBND")
    assert road.refused(case, "close_monitoring", **moved) == {"join"}


def test_the_case_of_a_child_who_died_closes_before_it_was_assessed(road: Road) -> None:
    case = road.open_child(**TEN)
    road.step(case, "declare_emergency", **EMERGENCY)
    road.step(case, "separate", CHAIR, **separation(road, 10))
    assert road.refused(case, "propose_closure", **ended("refused", court_police_note="x", actions=None)) == {
        "guard"
    }
    road.step(case, "propose_closure", **ended("died", actions=None))
    assert road.step(case, "decline_closure", CHAIR, reason="x") == "emergency"
    assert road.limits(case)["measure"]["due_at"] == MORNING + timedelta(hours=12)
    road.step(case, "propose_closure", **ended("died", actions=None))
    today = road.clock.now().date()
    assert "guard" in road.refused(case, "approve_closure", CHAIR, closure_decision_date=today)
    road.step(case, "endorse_closure", CHAIR)
    assert road.step(case, "approve_closure", LEAD, closure_decision_date=today) == "closed"
    assert not road.limits(case)  # no visit to a child who died either
    assert road.engine.replay(case) == ()
    early = road.open_child(**TEN)
    for trigger in ("start_verification", "confirm"):
        road.step(early, trigger)
    road.step(early, "propose_closure", **ended("died", actions=None))
    assert road.step(early, "decline_closure", CHAIR, reason="x") == "initial_assessment"
