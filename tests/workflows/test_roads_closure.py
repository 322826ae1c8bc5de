"""After a case is closed: checks, a relapse, the case opened again."""

from __future__ import annotations

from tests.workflows.road import (
    CHAIR,
    COLLABORATOR,
    LEAD,
    OFFICER,
    TEN,
    Road,
)


def closed(road: Road) -> str:
    case = road.to_implementing(**TEN)
    end(road, case)
    return case


def end(road: Road, case: str) -> None:
    """The court ends the case."""
    road.step(case, "refuse_by_carer", CHAIR)
    road.step(
        case,
        "court_result",
        CHAIR,
        court_decision_no="5",
        court_decision_date=road.clock.now().date(),
        court_outcome="case_ends",
    )


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
        "field_missing",
        "guard_missing",
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
