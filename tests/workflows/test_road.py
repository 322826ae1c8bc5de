"""A child's case with its three tracks, walked to the end through the engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from tests.workflows.road import (
    BA_BE,
    BANK,
    CHAIR,
    CHO_RA,
    COLLABORATOR,
    FORMS,
    LEAD,
    OFFICER,
    OTHER_OFFICER,
    OTHER_SCHOOL,
    PAPERS,
    SCHOOL,
    SOCIAL_WORKER,
    TRAINER,
    Road,
)

FIFTEEN = {"child_name": "Triệu Thị Thử", "child_dob": date(2010, 11, 5)}


@pytest.fixture
def road(sqlite_database: str) -> Iterator[Road]:
    made = Road(sqlite_database)
    yield made
    made.engine.database.close()


def finish_education(road: Road, track: str) -> None:
    today = road.clock.now().date()
    road.step(
        track,
        "check",
        SCHOOL,
        policy_item="inclusive",
        checked_on=today,
        proofs=("poor_household",),
        school_level="lower_secondary",
    )
    road.step(track, "submit", amount_month=150_000, months=9, payee="x", double_funding_checked=True)
    road.step(track, "approve", CHAIR, decision_no="1", budget_balance=2_000_000)
    road.step(track, "enroll", SCHOOL, enrolled_on=today, class_name="9A", inclusive=True)
    road.step(track, "record_attendance", SCHOOL, month=today, days_present=20, days_total=22)
    assert road.step(track, "complete", SCHOOL, result="finished", attendance_rate=91) == "completed"


def finish_livelihood(road: Road, track: str) -> None:
    today = road.clock.now().date()
    road.step(track, "draft_plan", activity="nuôi gà", plan_cost=5_000_000, plan_sources=("state_commune",), expected_income=1_800_000,
              commitment_text="x", commitment_signed=True)  # fmt: skip
    road.step(track, "submit", poverty_on=today, urban=False, poverty_class="poor")
    road.step(track, "approve", CHAIR)
    road.step(track, "deliver", SOCIAL_WORKER, delivered_items="gà", delivered_value=5_000_000, delivered_source="state_commune",
              receipt_no="7", budget_balance=6_000_000)  # fmt: skip
    road.step(track, "train_family", SOCIAL_WORKER, topic="chăn nuôi", trained_on=today)
    for _ in range(2):
        today = road.later(30)
        road.step(track, "monitor", checked_on=today, income_now=1_900_000, children_work="none")
    assert road.step(track, "complete", CHAIR, income_change=700_000, labour_status="none") == "completed"


def certify(road: Road, track: str) -> None:
    today = road.clock.now().date()
    road.step(track, "apply", occupation="garment", training_provider="gdnn_ven_ho", course_level="under_3_months",
              support_category="minority_or_poor", previously_supported=False)  # fmt: skip
    road.step(
        track,
        "approve",
        CHAIR,
        course_amount=3_000_000,
        meals_a_day=30_000,
        travel_amount=0,
        budget_balance=4_000_000,
        parent_consented=True,
    )
    road.step(
        track,
        "start",
        TRAINER,
        started_on=today,
        trainer="x",
        practice_hours_day=Decimal(4),
        practice_hours_week=Decimal(20),
    )
    road.step(track, "attend", TRAINER, month=today, days_present=18, days_total=20)
    road.step(track, "certify", TRAINER, certificate_no="SC-1", certified_on=today)


def place(road: Road, track: str) -> None:
    today = road.clock.now().date()
    job = {"setting": "employed", "job": "garment", "place": "ordinary", "hours_day": Decimal(8), "hours_week": Decimal(40),
           "night": False, "overtime": False, "papers": PAPERS}  # fmt: skip
    offer = {"referred_on": today, "employer_name": "x", "employer_in_violation": False}
    assert "guard" in road.refused(
        track, "refer_job", SOCIAL_WORKER, **offer, offered_jobs=({**job, "hours_day": Decimal(9)},)
    )
    road.step(track, "refer_job", SOCIAL_WORKER, **offer, offered_jobs=(job,))
    road.step(
        track, "place", placed_on=today, contract_signed=True, consent_written=True, health_certified=True
    )
    for days, state in ((30, "retention_check"), (60, "retention_check"), (90, "completed")):
        today = road.later(days)
        assert road.step(track, "check_retention", retention_on=today, retention_status="lawful") == state


def test_hazardous_case_with_three_tracks_is_walked_from_report_to_the_checks_after_closure(
    road: Road,
) -> None:
    case = road.to_implementing(**FIFTEEN)
    tracks = {
        key: road.open_track(case, f"open_{key}", key) for key in ("education", "vocational", "livelihood")
    }
    road.visit(case, "unlawful")
    finish_education(road, tracks["education"])
    finish_livelihood(road, tracks["livelihood"])
    certify(road, tracks["vocational"])

    road.step(case, "start_review", review_on=road.later(1), review_event="Cháu đã có chứng chỉ")
    assert {"join", "guard"} <= road.refused(
        case, "propose_closure"
    )  # a track is open, and no two safe visits
    assert road.step(case, "new_cycle", reason="Còn hướng hỗ trợ, chưa đủ hai lần thăm") == "planning"
    road.step(case, "submit_plan")
    road.step(case, "approve_plan", CHAIR)
    road.visit(case, "none")
    place(road, tracks["vocational"])
    road.visit(case, "lawful")

    today = road.later(1)
    road.step(case, "start_review", review_on=today)
    road.step(case, "propose_closure")
    assert "guard" in road.refused(case, "approve_closure", CHAIR)  # hazardous: not the chairman alone
    assert "guard" in road.refused(case, "approve_closure", LEAD)  # and not before he has endorsed
    road.step(case, "endorse_closure", CHAIR)
    assert road.step(case, "approve_closure", LEAD, closure_decision_date=today) == "closed"
    for days in (90, 92):
        assert (
            road.step(case, "post_check", COLLABORATOR, checked_on=road.later(days), work_status="lawful")
            == "closed"
        )
    assert road.engine.replay(case) == ()


def test_what_a_track_returns_comes_back_and_nothing_else(road: Road) -> None:
    case = road.to_implementing(**FIFTEEN)
    track = road.open_track(case, "open_education", "education")
    finish_education(road, track)
    road.later(0)
    seen = road.values(case, OFFICER)
    assert seen is not None
    assert {key: value for key, value in seen.items() if key.startswith("education.")} == {
        "education.enrolled_on": date(2026, 3, 2),
        "education.attendance_rate": 91,
    }


def test_track_is_worked_by_the_people_of_its_agency_who_see_it_alone(road: Road) -> None:
    case = road.to_implementing(**FIFTEEN)
    track = road.open_track(case, "open_education", "education")
    seen = road.values(track, SCHOOL)
    assert seen is not None
    assert seen["child_name"] == FIFTEEN["child_name"]
    assert "current_condition" not in seen
    assert road.values(case, SCHOOL) is None
    assert road.values(track, OTHER_SCHOOL) is None
    check = {
        "policy_item": "inclusive",
        "checked_on": date(2026, 3, 2),
        "proofs": ("distance",),
        "school_level": "primary",
    }
    assert "scope" in road.refused(track, "check", OTHER_SCHOOL, **check)
    assert road.step(track, "check", SCHOOL, **check) == "needs_check"


def test_agency_without_the_function_of_a_track_is_refused(road: Road) -> None:
    case = road.to_implementing(**FIFTEEN)
    assert "agency" in road.refused(case, "open_education", education_agency="gdnn_ven_ho")


def test_report_with_nothing_but_the_four_things_is_received(road: Road) -> None:
    case = road.open_child()
    seen = road.values(case, OFFICER)
    assert seen is not None
    assert "child_name" not in seen


@pytest.mark.parametrize("actor", [SCHOOL, COLLABORATOR])
def test_school_and_collaborator_may_report(road: Road, actor: str) -> None:
    assert road.open_child(actor)


def test_reporter_is_seen_by_who_took_the_report_and_the_supervisor_only(road: Road) -> None:
    case = road.open_child(reporter_name="Người Báo Thử", reporter_phone="0000")
    readers = {actor: road.values(case, actor) or {} for actor in (OFFICER, LEAD, CHAIR, COLLABORATOR)}
    assert {actor for actor, values in readers.items() if "reporter_name" in values} == {OFFICER, LEAD}
    assert "reporter_name" in readers[LEAD]
    assert readers[CHAIR]["current_condition"] == "x"


def test_report_by_a_child_is_not_put_aside_without_the_province(road: Road) -> None:
    case = road.open_child(channel="child")
    road.step(case, "start_verification")
    assert "guard" in road.refused(case, "reject", reason="x", rejection_evidence="x")
    assert road.refused(case, "approve_rejection", LEAD, rejection_opinion="x") == {"guard"}
    road.step(case, "propose_rejection", rejection_evidence="Đã đến hai lần")
    assert road.refused(case, "propose_rejection") == {"guard"}
    road.later(0)
    assert "notify" in road.told(LEAD)
    road.step(case, "approve_rejection", LEAD, rejection_opinion="x")
    assert road.step(case, "reject", reason="x") == "not_verified"
    other = road.open_child()
    road.step(other, "start_verification")
    assert road.refused(other, "propose_rejection", rejection_evidence="x") == {"guard"}


def test_report_by_a_child_is_withdrawn_by_who_entered_it_or_the_province(road: Road) -> None:
    case = road.open_child(COLLABORATOR, channel="hotline_111")
    assert road.refused(case, "withdraw", reason="nhầm") == {"function"}
    assert road.step(case, "withdraw", LEAD, reason="nhập hai lần") == "withdrawn"
    road.later(0)
    assert "notify" in road.told(OFFICER)
    own = road.open_child(channel="child")
    assert road.step(own, "withdraw", reason="nhầm") == "withdrawn"
    road.later(0)
    assert "notify" in road.told(LEAD)


def test_report_that_was_withdrawn_begins_again_unverified(road: Road) -> None:
    case = road.open_child(**FIFTEEN)
    assert road.step(case, "withdraw", reason="nhầm") == "withdrawn"
    assert road.step(case, "reopen", LEAD, reopening_fact="Không nhầm") == "reported"
    assert "wrong_state" in road.refused(case, "assess_initial")
    assert road.step(case, "start_verification") == "verifying"


def test_who_reported_does_not_conclude_on_the_report_whoever_is_named_to_verify(road: Road) -> None:
    case = road.open_child(**FIFTEEN, reporter_person=OFFICER)
    assert road.refused(case, "start_verification") == {"guard"}
    road.step(case, "start_verification", verifier="dong_thi_lua")
    assert road.refused(case, "confirm") == {"guard"}
    assert road.refused(case, "reject", reason="x", rejection_evidence="x") == {"guard"}
    assert road.step(case, "confirm", "dong_thi_lua") == "initial_assessment"


def test_information_of_another_commune_is_forwarded_and_then_is_that_communes(road: Road) -> None:
    case = road.open_child()
    road.step(case, "forward", target_commune=CHO_RA, forwarded_at=road.clock.now())
    assert road.values(case, OTHER_OFFICER) is not None
    assert road.values(case, OFFICER) is None
    assert road.step(case, "start_verification", OTHER_OFFICER, verifier=OTHER_OFFICER) == "verifying"


def test_low_risk_child_is_monitored_and_the_end_of_monitoring_may_be_declined(road: Road) -> None:
    case = road.open_child(**FIFTEEN, place_of_event=BA_BE)
    road.step(case, "start_verification")
    road.step(case, "confirm")
    lawful = {
        "jobs": (),
        "hazards": (),
        "school_status": "attending",
        "work_class": "not_working",
        "risk_level": "low",
    }
    assessed = {**FORMS["assess_initial"], **lawful}
    assert "guard" in road.refused(case, "assess_initial", **assessed)
    assert road.step(case, "to_monitoring", reason="x", **assessed) == "monitoring"
    ended = {"closure_reason": "goals_met", "closure_evidence": "x"}
    assert "guard" in road.refused(case, "close_monitoring", **ended)
    for _ in range(2):
        road.later(31)
        road.visit(case, "none")
    road.step(case, "close_monitoring", **ended)
    assert road.step(case, "decline_closure", CHAIR, reason="x") == "monitoring"
    assert road.step(case, "escalate", COLLABORATOR, escalation_fact="x") == "initial_assessment"


def test_class_other_than_the_rules_propose_needs_a_reason(road: Road) -> None:
    case = road.open_child(**FIFTEEN)
    road.step(case, "start_verification")
    road.step(case, "confirm")
    assert road.refused(case, "assess_initial", work_class="unlawful") == {"decision_reason"}
    road.step(case, "assess_initial", work_class="unlawful", class_reason="x")
    seen = road.values(case, OFFICER)
    assert seen is not None
    assert (seen["proposed_class"], seen["stat_class"]) == ("hazardous", "child_labour")


def test_loan_above_the_unconfirmed_ceiling_is_refused(road: Road) -> None:
    case = road.to_implementing(**FIFTEEN)
    track = road.open_track(case, "open_livelihood", "livelihood")
    today = road.clock.now().date()
    road.step(
        track,
        "draft_plan",
        activity="x",
        plan_cost=1,
        plan_sources=("policy_credit",),
        expected_income=1,
        commitment_text="x",
        commitment_signed=True,
    )
    road.step(track, "submit", poverty_on=today, urban=False, poverty_class="poor")
    road.step(track, "approve", CHAIR)
    loan = {"loan_on": today, "loan_purpose": "x", "loan_term": 60}
    assert "guard" in road.refused(track, "apply_loan", **loan, loan_amount=100_000_001)
    road.step(track, "apply_loan", **loan, loan_amount=100_000_000)
    answer = {"loan_result_on": today}
    assert road.refused(track, "loan_result", BANK, **answer, loan_granted=True) == {"field_missing"}
    assert road.step(track, "loan_result", BANK, **answer, loan_granted=False) == "approved"


def test_track_is_stopped_only_with_the_province(road: Road) -> None:
    case = road.to_implementing(**FIFTEEN)
    track = road.open_track(case, "open_education", "education")
    assert road.refused(track, "stop", reason="x") == {"guard"}
    road.step(track, "approve_stop", LEAD, stop_opinion="x")
    assert road.step(track, "stop", reason="x") == "stopped"


@pytest.mark.parametrize(
    ("trigger", "actor"),
    [("merge_into", LEAD), ("confirm", OFFICER), ("link_child", OFFICER)],
)
def test_what_an_empty_form_lacks_is_said_once(road: Road, trigger: str, actor: str) -> None:
    case = road.open_child(**FIFTEEN)
    road.step(case, "start_verification")
    blockers = road.send(case, trigger, actor, {}, "").blockers
    assert {each.code for each in blockers} == {"field_missing"}


def test_what_an_empty_form_lacks_is_said_once_while_the_plan_runs(road: Road) -> None:
    case = road.to_implementing(**FIFTEEN)
    for trigger, actor in (
        ("lose_contact", OFFICER),
        ("transfer_out", OFFICER),
        ("log_visit", OFFICER),
        ("declare_emergency", OFFICER),
        ("separate", CHAIR),
    ):
        blockers = road.send(case, trigger, actor, {}, "").blockers
        assert {each.code for each in blockers} == {"field_missing"}, trigger
        fields = [each.field for each in blockers]
        assert len(fields) == len(set(fields))
