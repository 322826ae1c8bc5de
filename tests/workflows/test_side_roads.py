"""Every side road of a child's case, walked through the engine with the shipped content."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.store.inbox import notices
from engine.verification import verify
from tests.workflows.road import BA_BE, CHAIR, CHO_RA, COLLABORATOR, FORMS, LEAD, OFFICER, OTHER_OFFICER, Road

TEN = {"child_name": "Triệu Thị Thử", "child_dob": date(2015, 11, 5)}
EMERGENCY = {"danger_type": "health", "harmer_relation": "carer"}
MEASURE = {
    "measure": "Đưa trẻ đến trạm y tế",
    "measure_place": "Trạm y tế xã",
    "measure_person": "x",
    "risk_level": "high",
}
JOBS = FORMS["assess_initial"]["jobs"]


@pytest.fixture
def road(database: str) -> Iterator[Road]:
    made = Road(database)
    yield made
    report = verify(made.engine.database)
    assert report.clean, [each.say("en") for each in report.flaws]
    made.engine.database.close()


def limits(road: Road, case: str) -> dict[str, Any]:
    """The open time limits of a case by key."""
    scene = road.engine.look(case, LEAD)
    assert scene
    return {each["key"]: each for each in scene.seen.deadlines}


def state_of(road: Road, case: str) -> tuple[str, int]:
    scene = road.engine.look(case, LEAD)
    assert scene
    assert scene.case
    return scene.case.state, scene.case.cycle


def links(road: Road, case: str) -> set[tuple[str, str, bool]]:
    scene = road.engine.look(case, LEAD)
    assert scene
    assert scene.case
    return {(each["as"], each["case"], each.get("back", False)) for each in scene.case.data.get("@links", ())}


def number_of(road: Road, case: str) -> str:
    scene = road.engine.look(case, LEAD)
    assert scene
    assert scene.case
    return scene.case.reference


def told(road: Road, actor: str) -> set[str]:
    """The kinds of notices a person has."""
    with road.engine.database.read() as connection:
        return {each.kind for each in notices(connection, actor, unread_only=False, limit=100)}


# ------------------------------------------------------------------ emergency and separation


def test_an_emergency_runs_twelve_hours_from_the_receipt_and_a_breach_never_blocks(road: Road) -> None:
    case = road.open_child(**TEN)
    received = road.clock.now()
    road.clock.advance(hours=3)
    assert road.step(case, "declare_emergency", **EMERGENCY) == "emergency"
    measure = limits(road, case)["measure"]
    assert measure["due_at"] == received + timedelta(hours=12)
    assert measure["rule"]["from"] == "received_at"
    road.clock.advance(hours=10)
    road.later(0)
    assert limits(road, case)["measure"]["breached_at"]
    assert "escalation" in told(road, LEAD)
    assert (
        road.step(case, "secure_child", CHAIR, measure_at=road.clock.now(), **MEASURE)
        == "specific_assessment"
    )


def test_a_danger_found_later_runs_from_its_own_report(road: Road) -> None:
    case = road.to_implementing(**TEN)
    road.later(40)
    assert road.refused(case, "declare_emergency", **EMERGENCY) == {"guard"}
    now = road.clock.now()
    road.step(case, "declare_emergency", danger_received_at=now, **EMERGENCY)
    assert limits(road, case)["measure"]["due_at"] == now + timedelta(hours=12)


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
    cap = limits(road, case)["separation_cap"]["due_at"]
    road.step(case, "secure_child", CHAIR, measure_at=road.clock.now(), **MEASURE)
    assert limits(road, case)["separation_cap"]["due_at"] == cap
    assert road.refused(case, "extend_separation", CHAIR, reason="x", separation_end_on=date(2026, 4, 1)) == {
        "guard"
    }
    road.step(case, "extend_separation", CHAIR, reason="x", separation_end_on=date(2026, 3, 16))
    road.step(
        case,
        "extend_separation",
        CHAIR,
        reason="x",
        separation_end_on=date(2026, 4, 1),
        authority_request="12/VKS",
    )
    assert "separation_cap" not in limits(road, case)
    assert road.refused(case, "lift_separation", CHAIR, safety_assessment="x", carers_safe=False) == {"guard"}
    road.step(case, "lift_separation", CHAIR, safety_assessment="x", carers_safe=True)
    assert not {"separation_end", "separation_cap"} & set(limits(road, case))


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
    assert "separation_cap" not in limits(road, case)
    road.step(case, "lift_separation", CHAIR, safety_assessment="x", carers_safe=True)
    assert road.refused(case, "separate", CHAIR, **separation(road, 20)) == {"guard"}
    road.step(case, "separate", CHAIR, **separation(road, 10))
    assert "separation_cap" in limits(road, case)
    assert road.engine.replay(case) == ()


def test_danger_does_not_wait_for_the_plan(road: Road) -> None:
    case = road.open_child(**TEN)
    for trigger in ("start_verification", "confirm", "assess_initial", "assess_specific"):
        road.step(case, trigger)
    assert road.refused(case, "declare_emergency", **EMERGENCY) == {"guard"}
    road.step(case, "declare_emergency", danger_received_at=road.clock.now(), **EMERGENCY)
    assert state_of(road, case)[0] == "emergency"


# ------------------------------------------------------------------ refusal and court


def test_a_petition_stops_the_clock_of_the_plan_and_the_court_decides_how_it_goes_on(road: Road) -> None:
    case = road.open_child(**TEN)
    for trigger in ("start_verification", "confirm", "assess_initial", "assess_specific"):
        road.step(case, trigger)
    due = limits(road, case)["plan"]["due_at"]
    road.step(
        case,
        "refuse_by_carer",
        CHAIR,
        petition_ground="refusal",
        refusal_evidence="x",
        best_interest_note="x",
    )
    assert limits(road, case)["plan"]["paused_at"]
    road.later(30)
    assert not limits(road, case)["plan"]["breached_at"]
    assert limits(road, case)["plan"]["due_at"] == due
    court = {"court_decision_no": "5/QĐ-TA", "court_decision_date": road.clock.now().date()}
    assert road.step(case, "court_result", CHAIR, court_outcome="support_goes_on", **court) == "implementing"
    assert "plan" not in limits(road, case)


def test_the_court_may_end_the_case_but_not_over_an_open_track(road: Road) -> None:
    case = road.to_implementing(**TEN)
    road.open_track(case, "open_education", "education")
    road.step(
        case,
        "refuse_by_carer",
        CHAIR,
        petition_ground="harm_by_carer",
        refusal_evidence="x",
        best_interest_note="x",
    )
    court = {
        "court_decision_no": "5/QĐ-TA",
        "court_decision_date": road.clock.now().date(),
        "court_outcome": "case_ends",
    }
    assert road.refused(case, "court_result", CHAIR, **court) == {"join", "guard"}
    other = road.to_implementing(**TEN)
    road.step(
        other,
        "refuse_by_carer",
        CHAIR,
        petition_ground="refusal",
        refusal_evidence="x",
        best_interest_note="x",
    )
    assert road.step(other, "court_result", CHAIR, **court) == "closed"


# ------------------------------------------------------------------ lost contact


def test_a_documented_loss_of_contact_stops_the_clocks_until_contact_is_made(road: Road) -> None:
    case = road.to_implementing(**TEN)
    tries = tuple(
        {"attempted_on": road.clock.now().date(), "way": way}
        for way in ("home_visit", "telephone", "telephone")
    )
    assert road.refused(case, "lose_contact", contact_attempts=tries[:2]) == {"guard"}
    road.step(case, "lose_contact", contact_attempts=tries)
    assert limits(road, case)["visit"]["paused_at"]
    road.later(30)
    assert not limits(road, case)["visit"]["breached_at"]
    road.step(case, "find_contact", contact_found_note="x")
    assert not limits(road, case)["visit"]["paused_at"]
    assert limits(road, case)["visit"]["due_at"] > road.clock.now()


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
    assert not {"plan", "approval", "screening", "specific"} & set(limits(road, case))


# ------------------------------------------------------------------ transfer and owner


def transfer(road: Road, case: str) -> None:
    road.step(case, "transfer_out", receiving_commune=CHO_RA, new_address="x", handover_note="x")


def test_a_transfer_is_accepted_by_the_other_commune_which_then_answers_for_the_case(road: Road) -> None:
    case = road.to_implementing(**TEN)
    track = road.open_track(case, "open_education", "education")
    assert road.values(case, OTHER_OFFICER) is None
    assert road.refused(
        case, "transfer_out", receiving_commune=BA_BE, new_address="x", handover_note="x"
    ) == {"guard"}
    transfer(road, case)
    road.later(0)
    assert "notify" in told(road, OTHER_OFFICER)
    assert road.values(case, OTHER_OFFICER) is not None
    assert "scope" in road.refused(case, "accept_transfer")
    assert "scope" in road.refused(case, "withdraw_transfer", OTHER_OFFICER, reason="x")
    assert road.step(case, "accept_transfer", OTHER_OFFICER) == "implementing"
    scene = road.engine.look(case, OTHER_OFFICER)
    assert scene
    assert scene.case
    assert (scene.case.area, scene.case.offered, scene.case.owner) == (CHO_RA, None, OTHER_OFFICER)
    assert road.values(case, OFFICER) is None
    of_track = road.engine.look(track, OTHER_OFFICER)
    assert of_track
    assert of_track.case
    assert of_track.case.agency == "truong_suoi_le"
    assert road.values(track, OTHER_OFFICER) is not None


def test_a_transfer_that_is_rejected_or_withdrawn_returns_to_where_it_was(road: Road) -> None:
    case = road.open_child(**TEN)
    for trigger in ("start_verification", "confirm"):
        road.step(case, trigger)
    road.step(
        case,
        "to_monitoring",
        reason="x",
        **{
            **FORMS["assess_initial"],
            "jobs": (),
            "hazards": (),
            "work_class": "at_risk",
            "risk_level": "low",
            "class_reason": "x",
        },
    )
    transfer(road, case)
    assert road.step(case, "reject_transfer", OTHER_OFFICER, reason="không ở xã này") == "monitoring"
    assert road.values(case, OTHER_OFFICER) is None
    transfer(road, case)
    assert road.step(case, "withdraw_transfer", reason="x") == "monitoring"


def test_a_case_is_given_to_another_officer(road: Road) -> None:
    case = road.to_implementing(**TEN)
    road.step(case, "assign", CHAIR, new_owner="dong_thi_lua")
    scene = road.engine.look(case, OFFICER)
    assert scene
    assert scene.case
    assert scene.case.owner == "dong_thi_lua"
    assert road.refused(case, "assign", CHAIR, new_owner=OTHER_OFFICER) == {"field_option"}


# ------------------------------------------------------------------ correction


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
    assert "reclassify" in limits(road, case)
    road.step(case, "confirm_class", work_class=after["proposed_class"])
    assert "reclassify" not in limits(road, case)
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


# ------------------------------------------------------------------ other cases


def test_a_merge_is_recorded_in_both_cases_and_can_be_undone(road: Road) -> None:
    first, second = road.open_child(**TEN), road.open_child(**TEN)
    merge = {"merge_target": number_of(road, first), "same_child_confirmed": True}
    assert road.refused(
        second, "merge_into", LEAD, **(merge | {"merge_target": number_of(road, second)})
    ) == {"case_itself"}
    assert road.refused(second, "merge_into", LEAD, **(merge | {"merge_target": "01906-2026-09999"})) == {
        "case_number"
    }
    assert road.step(second, "merge_into", LEAD, **merge) == "merged"
    road.later(0)
    assert links(road, second) == {("merged", first, False)}
    assert links(road, first) == {("merged", second, True)}
    assert road.engine.timeline(first)[-1].kind == "case_merged"
    assert "reopen" in {each.trigger for each in road.engine.available(second, LEAD)}
    assert road.step(second, "reopen", LEAD, reason="Hai trẻ khác nhau") == "reported"
    road.later(0)
    assert links(road, first) == links(road, second) == set()
    assert road.engine.replay(first) == road.engine.replay(second) == ()


def test_nothing_is_merged_into_a_case_that_was_itself_merged(road: Road) -> None:
    first, second, third = road.open_child(**TEN), road.open_child(**TEN), road.open_child(**TEN)
    road.step(second, "merge_into", LEAD, merge_target=number_of(road, first), same_child_confirmed=True)
    into = {"merge_target": number_of(road, second), "same_child_confirmed": True}
    assert road.refused(third, "merge_into", LEAD, **into) == {"case_merged"}
    assert road.refused(first, "merge_into", LEAD, **into) == {"case_merged"}


def test_the_same_child_is_known_from_both_cases(road: Road) -> None:
    first, second = road.open_child(**TEN), road.open_child(**TEN)
    road.step(second, "link_child", same_child_as=number_of(road, first), same_child_confirmed=True)
    road.later(0)
    assert links(road, first) == {("same_child", second, True)}


def test_another_child_of_the_household_becomes_a_linked_report(road: Road) -> None:
    case = road.to_implementing(**TEN)
    assert "screening" in limits(road, case)
    road.step(
        case,
        "screen_others",
        screened_relation="household",
        screened_name="Triệu Văn Em",
        screened_age=8,
        screened_condition="x",
    )
    road.step(case, "screen_others", screened_relation="employer", screened_condition="Một em khác")
    road.later(0)
    road.later(0)
    found = {other for kind, other, back in links(road, case) if kind == "screening" and not back}
    assert len(found) == 2
    names = set()
    for other in found:
        assert state_of(road, other) == ("reported", 1)
        assert links(road, other) == {("screening", case, True)}
        values = road.values(other, OFFICER)
        assert values
        assert values["channel"] == "screening"
        names.add(values.get("child_name"))
    assert names == {"Triệu Văn Em", None}
    road.step(case, "end_screening", minors_household=1, minors_workplace=1, screening_note="x")
    assert "screening" not in limits(road, case)


def test_the_police_are_told_of_a_worst_form_or_a_sign_of_a_crime(road: Road) -> None:
    case = road.to_implementing(**TEN)
    shared = {"disclosed_to": "Công an xã", "disclosed_items": ("identity", "facts"), "disclosed_ground": "x"}
    assert road.refused(case, "refer_police", **shared) == {"guard_missing"}
    assert road.step(case, "refer_police", crime_sign="Có dấu hiệu ép buộc", **shared) == "implementing"


# ------------------------------------------------------------------ after closure


def closed(road: Road) -> str:
    case = road.to_implementing(**TEN)
    road.step(
        case,
        "refuse_by_carer",
        CHAIR,
        petition_ground="refusal",
        refusal_evidence="x",
        best_interest_note="x",
    )
    road.step(
        case,
        "court_result",
        CHAIR,
        court_decision_no="5",
        court_decision_date=road.clock.now().date(),
        court_outcome="case_ends",
    )
    return case


def test_a_relapse_at_a_check_is_reopened_under_the_same_number(road: Road) -> None:
    case = closed(road)
    number, kinds = number_of(road, case), [each.kind for each in road.engine.timeline(case)]
    events = len(kinds)
    today = road.later(30)
    road.step(case, "post_check", COLLABORATOR, checked_on=today, work_status="unlawful")
    road.later(0)
    assert "notify" in told(road, LEAD)
    assert "relapse" in limits(road, case)
    assert road.refused(case, "reopen", OFFICER, reopening_fact="x") == {"function"}
    assert road.step(case, "reopen", LEAD, reopening_fact="Trẻ lại làm ở xưởng") == "initial_assessment"
    assert state_of(road, case) == ("initial_assessment", 2)
    assert number_of(road, case) == number
    assert [each.kind for each in road.engine.timeline(case)][:events] == kinds
    assert {"reopened", "assess"} <= set(limits(road, case))
    assert road.engine.replay(case) == ()


def test_a_case_is_not_reopened_after_twenty_four_months(road: Road) -> None:
    case = closed(road)
    road.later(735)
    assert road.refused(case, "reopen", LEAD, reopening_fact="x") == {"reopen_late"}


def test_a_child_of_higher_risk_is_checked_after_a_month_too(road: Road) -> None:
    case = closed(road)
    assert {"check_by_risk", "check_3_months", "check_6_months"} <= set(limits(road, case))
    for days, left in ((28, {"check_3_months", "check_6_months"}), (60, {"check_6_months"}), (95, set())):
        road.step(case, "post_check", COLLABORATOR, checked_on=road.later(days), work_status="none")
        assert set(limits(road, case)) == left
