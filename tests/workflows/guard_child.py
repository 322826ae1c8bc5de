"""For every condition of a child's case, by transition and number from 0: values that fail it, values that pass it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.workflows.guard_cases import (
    NOW,
    TODAY,
    Cases,
    Values,
    all_known,
    born,
    for_reason,
    is_false,
    is_true,
    one_of,
    rows,
    ticked,
    visits,
)

NO_HARM = {"review_harm": "medium", "review_access": "low", "review_obstacles": "low"}
STABLE = {
    "physical_stable": True,
    "psychological_stable": True,
    "cognitive_stable": True,
    "emotional_stable": True,
}
TWO_SAFE_VISITS = {"visits": visits((70, "hazardous"), (40, "lawful"), (10, "none"))}
NOT_TWO_SAFE_VISITS: tuple[Values, ...] = (
    {},
    {"visits": visits((10, "none"))},
    {"visits": visits((25, "none"), (10, "none"))},
    {"visits": visits((70, "none"), (40, "lawful"), (10, "unlawful"))},
    {"visits": visits((70, "none"), (40, "unknown"), (10, "none"))},
)
ATTEMPTS = rows("way", "home_visit", "telephone", "telephone")
GOALS_SEEN_TWICE = for_reason("goals_met", NOT_TWO_SAFE_VISITS, (TWO_SAFE_VISITS,))
MOVED = for_reason("moved_away", ({},), ({"receiving_reference": "12/UBND"},))
GROWN = for_reason("turned_18", ({}, {"child_dob": born(17)}), ({"child_dob": born(18)},))
TWIN = for_reason("duplicate", ({},), ({"duplicate_of": "01906-2026-00003"},))
LOST = for_reason("lost_contact", ({}, {"contact_lost": False}), ({"contact_lost": True},))
REFUSED_COURT = for_reason("refused", ({},), ({"court_police_note": "đã hỏi ý kiến Tòa án"},))
BEST_INTEREST = Cases(
    ({}, {"closure_reason": "lost_contact"}, {"closure_reason": "refused"}),
    ({"closure_reason": "refused", "best_interest_note": "đã xem xét"}, {"closure_reason": "died"}),
)
NEEDS_PROVINCE: tuple[Values, ...] = (
    {"closure_reason": "died"},
    {"work_class": "at_risk", "closure_reason": "court"},
    {"work_class": "unlawful", "closure_reason": "goals_met", "class_to_confirm": True},
    {"work_class": "hazardous", "closure_reason": "goals_met"},
    {"work_class": "worst_form", "closure_reason": "goals_met"},
    {"work_class": "at_risk", "closure_reason": "lost_contact"},
)
NEEDS_CHAIR_ALONE: Values = {"work_class": "unlawful", "closure_reason": "goals_met"}
COURT_DECIDED = for_reason(
    "court", ({}, {"court_outcome": "support_goes_on"}), ({"court_outcome": "case_ends"},)
)
NOT_SEPARATED = Cases(({"separated": True},), ({}, {"separated": False}))
NOT_LEFT_SEPARATED = Cases(
    ({"closure_reason": "moved_away", "separated": True},),
    ({"closure_reason": "died", "separated": True}, {"closure_reason": "moved_away"}, {"separated": False}),
)
STILL_SEPARATED = is_true("separated")
IN_ORDER = Cases(
    ({"separation_start_on": TODAY, "separation_end_on": TODAY - timedelta(days=1)},),
    ({"separation_start_on": TODAY, "separation_end_on": TODAY}, {"separation_start_on": TODAY}, {}),
)  # fmt: skip
FIFTEEN_DAYS = Cases(
    ({"separation_start_on": TODAY, "separation_end_on": TODAY + timedelta(days=16)},),
    (
        {},
        {"separation_start_on": TODAY, "separation_end_on": TODAY + timedelta(days=15)},
        {"separation_start_on": TODAY, "separation_end_on": TODAY + timedelta(days=16), "authority_request": "12/VKS"},
    ),
)  # fmt: skip
NEW_DANGER = Cases(
    ({"measure_at": NOW, "danger_received_at": NOW},),
    ({}, {"measure_at": NOW}, {"measure_at": NOW, "danger_received_at": NOW + timedelta(minutes=1)}),
)
LOW_ENOUGH = Cases(
    ({"work_class": "unlawful", "risk_level": "low"}, {"work_class": "at_risk", "risk_level": "medium"}, {}),
    ({"work_class": "working_lawful"}, {"work_class": "not_working"}, {"work_class": "at_risk", "risk_level": "low"}),
)  # fmt: skip
GOES_ON = Cases(({"court_outcome": "case_ends"},), ({}, {"court_outcome": "support_goes_on"}))
FROM_MONITORING = one_of("case.came_from", ("monitoring",), ("implementing",))
THREE_ATTEMPTS = Cases(({"contact_attempts": ATTEMPTS[:2]},), ({"contact_attempts": ATTEMPTS}, {}))
TWO_WAYS = Cases(
    tuple({"contact_attempts": rows("way", way, way, way)} for way in ("home_visit", "telephone", "letter", "through_village", "through_school")),
    ({"contact_attempts": ATTEMPTS},),
)  # fmt: skip
BY_CHILD = ("child", "hotline_111")
NOT_FORWARDED = Cases(({"forwarded_at": NOW},), ({},))
ENTERED_TODAY = Cases(
    ({"case.opened_at": NOW - timedelta(days=1)},), ({"case.opened_at": NOW - timedelta(hours=23)},)
)
NOT_WHO_REPORTED = Cases(
    ({"reporter_person": "a", "actor.id": "a"},),
    ({"actor.id": "a"}, {"reporter_person": "a", "actor.id": "b"}),
)
OPENED_LAST_WEEK: Values = {"case.opened_at": NOW - timedelta(days=7)}


def tried(*ago: int) -> tuple[Values, ...]:
    return tuple({"attempted_on": TODAY - timedelta(days=each)} for each in ago)


NOT_BEFORE_OPENED = Cases(
    ({"visits": visits((8, "none")), **OPENED_LAST_WEEK}, {"visits": visits((1, "none"), (8, "none")), **OPENED_LAST_WEEK}),
    (
        {"visits": visits((7, "none")), **OPENED_LAST_WEEK},
        {"visits": visits((8, "none"), (1, "none")), **OPENED_LAST_WEEK},
        {"visits": ({"work_status": "none"},), **OPENED_LAST_WEEK},
    ),
)  # fmt: skip
NOT_BEFORE_THE_REPORT = Cases(
    ({"danger_received_at": NOW - timedelta(minutes=1), "received_at": NOW},),
    ({"received_at": NOW}, {"danger_received_at": NOW, "received_at": NOW}),
)


def extended(days: int, **more: object) -> Values:
    """A separation of today, with one extension to so many days from then."""
    row = {"extended_to": TODAY + timedelta(days=days), **more}
    return {"separation_start_on": TODAY, "separation_extensions": (row,)}


ASKED_ONCE = extended(16, extension_request="12/VKS", requested_on=TODAY)
SAME_CHILD = ticked("same_child_confirmed")

CHILD_CASE = {
    "withdraw.0": Cases(
        ({"channel": "child", "case.opened_by": "a", "actor.id": "b"},),
        ({"channel": "hotline_111", "case.opened_by": "a", "actor.id": "a"}, {"channel": "school", "case.opened_by": "a", "actor.id": "b"}),
    ),
    "withdraw.1": NOT_FORWARDED,
    "withdraw.2": ENTERED_TODAY,
    "withdraw_of_child.0": one_of("channel", BY_CHILD, ("school", "telephone")),
    "withdraw_of_child.1": NOT_FORWARDED,
    "withdraw_of_child.2": ENTERED_TODAY,
    "start_verification.0": Cases(({"reporter_person": "a", "verifier": "a"}, {"reporter_person": "a"}), ({"reporter_person": "a", "verifier": "b"}, {"verifier": "a"})),
    "confirm.0": NOT_WHO_REPORTED,
    "confirm.1": Cases(({},), ({"child_name": "x"}, {"identity_unknown_reason": "x"})),
    "confirm.2": ticked("duplicates_checked"),
    "propose_rejection.0": one_of("channel", BY_CHILD, ("school", "telephone")),
    "propose_rejection.1": Cases(({"rejection_asked": True},), ({}, {"rejection_asked": False})),
    "approve_rejection.0": is_true("rejection_asked"),
    "approve_rejection.1": Cases(({"rejection_approved": True},), ({}, {"rejection_approved": False})),
    "reject.0": NOT_WHO_REPORTED,
    "reject.1": Cases(
        ({"channel": "child"}, {"channel": "hotline_111"}, {"channel": "child", "rejection_approved": False}),
        ({"channel": "school"}, {"channel": "hotline_111", "rejection_approved": True}),
    ),
    "assess_initial.0": Cases(
        rows("work_class", "working_lawful", "not_working"),
        ({}, *rows("work_class", "at_risk", "unlawful", "unlawful_procedural", "unknown_age", "hazardous", "worst_form")),
    ),
    "to_monitoring.0": Cases(
        ({"work_class": "unlawful", "risk_level": "low"}, {"work_class": "at_risk", "risk_level": "medium"}),
        ({}, {"work_class": "unlawful"}, {"work_class": "not_working", "risk_level": "high"}, {"work_class": "at_risk", "risk_level": "low"}),
    ),
    "to_monitoring.1": Cases(
        ({"jobs": ({"hours_day": Decimal(2)},)}, {"jobs": ({"hours_day": Decimal(2), "hours_week": Decimal(9)}, {})}),
        ({}, {"jobs": ()}, {"jobs": ({"hours_day": Decimal(2), "hours_week": Decimal(9)},)}),
    ),
    "assess_specific.0": Cases(
        ({}, {"consents": ({"given_on": TODAY, "withdrawn_on": TODAY},)}, {"consents": ({"purpose": "x"},)}),
        ({"consents": ({"given_on": TODAY},)}, {"lawful_basis": "statutory_child_protection"}),
    ),
    "assess_specific.1": Cases(
        tuple(
            {"consents": ({"given_by": by},), "guardians": ({"relation": relation, "consent_capacity": why},)}
            for by, relation in (("father", "father"), ("mother", "mother"), ("guardian", "legal_guardian"))
            for why in ("under_age", "no_capacity", "harmer")
        ),
        (
            {}, {"consents": ({"given_by": "mother"},)},
            {"consents": ({"given_by": "mother"}, {}), "guardians": ({"relation": "mother", "consent_capacity": "can_consent"}, {"relation": "father", "consent_capacity": "harmer"}, {})},
            {"consents": ({"given_by": "father", "withdrawn_on": TODAY},), "guardians": ({"relation": "father", "consent_capacity": "harmer"},)},
            {"consents": ({"given_by": "father"},), "guardians": ({"relation": "father", "consent_capacity": "harmer"},), "lawful_basis": "statutory_child_protection"},
        ),
    ),
    "assess_specific.2": Cases(
        ({}, {"child_dob": born(7)}),
        ({"child_dob": born(6)}, {"child_dob": born(7), "child_view": "x"}, {"child_not_heard_reason": "x"}),
    ),
    "assess_specific.3": Cases(
        ({"meeting_attendees": rows("role", "chair", "officer")},),
        ({"meeting_attendees": rows("role", "chair", "carer")}, {"meeting_attendees": rows("role", "chair"), "carer_absent_reason": "x"}),
    ),
    "submit_plan.0": Cases(({"actions": ()},), ({"actions": ({},)}, {})),
    "submit_plan.1": Cases(
        tuple({"actions": ({"responsible": "x", "due_on": TODAY, "funding_source": "none", lacking: None},)} for lacking in ("responsible", "due_on", "funding_source")),
        ({"actions": ({"responsible": "x", "due_on": TODAY, "funding_source": "none"},)},),
    ),
    "submit_plan.2": Cases(({"plan_start_on": TODAY, "plan_end_on": TODAY - timedelta(days=1)},), ({"plan_start_on": TODAY, "plan_end_on": TODAY}, {"plan_start_on": TODAY})),
    "submit_plan.3": all_known(channel="school", received_at=NOW, current_condition="x"),
    "submit_plan.4": all_known(risk_level="high", harm_severity="high", self_protection="low"),
    "submit_plan.5": all_known(child_physical="x", family_situation="x", child_needs="x"),
    "submit_plan.6": all_known(meeting_on=TODAY, meeting_minutes="x"),
    "open_education.0": Cases(({"actions": rows("kind", "vocational")},), ({"actions": rows("kind", "vocational", "education")},)),
    "open_education.1": Cases(({"child_dob": born(19)},), ({"child_dob": born(18)}, {})),
    "open_vocational.0": Cases(({"actions": rows("kind", "education")},), ({"actions": rows("kind", "vocational")},)),
    "open_vocational.1": one_of("vocational_entry", ("suitable", "age_unknown"), ("too_young",)),
    "open_livelihood.0": Cases(({"actions": rows("kind", "education")},), ({"actions": rows("kind", "livelihood")},)),
    "start_review.0": Cases(
        (
            {"plan_end_on": TODAY + timedelta(days=1), "actions": rows("status", "done", "ongoing"), "subcases.any_opened": True, "subcases.all_closed": False},
            {"plan_end_on": TODAY + timedelta(days=1), "actions": rows("status", None), "subcases.any_opened": False, "subcases.all_closed": True},
        ),
        (
            {"plan_end_on": TODAY},
            {"actions": rows("status", "done", "cancelled")},
            {"subcases.any_opened": True, "subcases.all_closed": True},
            {"review_event": "x"},
        ),
    ),
    "new_cycle.0": Cases(
        ({**NO_HARM, **STABLE, **TWO_SAFE_VISITS}, {**STABLE, **TWO_SAFE_VISITS}),
        (
            {**NO_HARM, **STABLE, **TWO_SAFE_VISITS, "review_harm": "high"},
            {**NO_HARM, **STABLE, **TWO_SAFE_VISITS, "review_access": "high"},
            {**NO_HARM, **STABLE, **TWO_SAFE_VISITS, "review_obstacles": "high"},
            *({**NO_HARM, **STABLE, **TWO_SAFE_VISITS, key: False} for key in STABLE),
            *({**NO_HARM, **STABLE, **each} for each in NOT_TWO_SAFE_VISITS),
        ),
    ),
    "propose_closure.0": for_reason("goals_met", (*({**NO_HARM, key: "high"} for key in NO_HARM), {}), (NO_HARM,)),
    "propose_closure.1": for_reason("goals_met", (*({**STABLE, key: False} for key in STABLE), {}), (STABLE,)),
    "propose_closure.2": GOALS_SEEN_TWICE,
    "propose_closure.3": for_reason(
        "goals_met",
        (
            {"child_dob": born(12), "review_schooling": "attending", "attendance_2_months": 79},
            {"child_dob": born(12), "review_schooling": "often_absent", "attendance_2_months": 90},
            {"child_dob": born(14), "review_schooling": "vocational", "review_work": "lawful"},
            {"review_schooling": "dropped_out", "review_work": "none"},
        ),
        (
            {"child_dob": born(12), "review_schooling": "attending", "attendance_2_months": 80},
            {"child_dob": born(15), "review_schooling": "vocational"},
            {"child_dob": born(15), "review_work": "lawful"},
            {"child_dob": born(15), "vocational.certified_on": TODAY},
            {"child_dob": born(16)},
        ),
    ),
    "propose_closure.4": for_reason(
        "goals_met",
        ({"actions": rows("status", "done", "ongoing")}, {"actions": rows("status", "cancelled")}, {"actions": rows("status", None)}),
        ({"actions": ({"status": "done"}, {"status": "cancelled", "cancel_reason": "x"})},),
    ),
    "propose_closure.5": for_reason(
        "goals_met",
        ({"child_dob": born(7), "carer_heard": True}, {"child_dob": born(6)}, {"child_heard": True, "carer_heard": False}),
        ({"child_dob": born(6), "carer_heard": True}, {"child_heard": True, "carer_heard": True}),
    ),
    "propose_closure.6": MOVED,
    "propose_closure.7": GROWN,
    "propose_closure.8": TWIN,
    "propose_closure.9": LOST,
    "propose_closure.10": REFUSED_COURT,
    "propose_closure.11": BEST_INTEREST,
    "propose_closure.12": COURT_DECIDED,
    "propose_closure.13": is_true("subcases.all_closed"),
    "propose_closure.14": NOT_LEFT_SEPARATED,
    "propose_closure_early.0": Cases(
        tuple({"case.state": each, "closure_reason": "moved_away"} for each in ("initial_assessment", "emergency")),
        ({"case.state": "emergency", "closure_reason": "died"}, {"case.state": "emergency"}, {"case.state": "planning"}),
    ),
    "propose_closure_early.1": one_of("closure_reason", ("died", "turned_18", "lost_contact"), ("goals_met",)),
    "propose_closure_early.2": MOVED,
    "propose_closure_early.3": GROWN,
    "propose_closure_early.4": TWIN,
    "propose_closure_early.5": LOST,
    "propose_closure_early.6": REFUSED_COURT,
    "propose_closure_early.7": BEST_INTEREST,
    "propose_closure_early.8": COURT_DECIDED,
    "propose_closure_early.9": is_true("subcases.all_closed"),
    "propose_closure_early.10": NOT_LEFT_SEPARATED,
    "close_monitoring.0": GOALS_SEEN_TWICE,
    "close_monitoring.1": MOVED,
    "close_monitoring.2": GROWN,
    "close_monitoring.3": TWIN,
    "close_monitoring.4": LOST,
    "close_monitoring.5": REFUSED_COURT,
    "close_monitoring.6": BEST_INTEREST,
    "close_monitoring.7": COURT_DECIDED,
    "close_monitoring.8": is_true("subcases.all_closed"),
    "close_monitoring.9": NOT_LEFT_SEPARATED,
    "endorse_closure.0": Cases((NEEDS_CHAIR_ALONE,), NEEDS_PROVINCE),
    "endorse_closure.1": is_false("closure_endorsed"),
    "approve_closure.0": Cases(NEEDS_PROVINCE, (NEEDS_CHAIR_ALONE,)),
    "approve_closure_province.0": Cases((NEEDS_CHAIR_ALONE,), NEEDS_PROVINCE),
    "approve_closure_province.1": is_true("closure_endorsed"),
    "decline_closure_monitoring.0": one_of("case.came_from", ("monitoring",), ("review",)),
    "decline_closure_initial.0": one_of("case.came_from", ("initial_assessment",), ("review", "planning")),
    "decline_closure_emergency.0": one_of("case.came_from", ("emergency",), ("review", "planning")),
    "decline_closure_court.0": one_of("case.came_from", ("court_petition",), ("review", "planning")),
    "decline_closure_specific.0": one_of("case.came_from", ("specific_assessment",), ("review", "planning")),
    "decline_closure_planning.0": one_of("case.came_from", ("planning", "plan_returned"), ("review", "specific_assessment")),
    "post_check_relapse.0": Cases(
        ({"post_checks": rows("work_status", "unlawful", "none")}, {"post_checks": rows("work_status", "unknown")}),
        ({"post_checks": rows("work_status", "none", "unlawful")}, {"post_checks": rows("work_status", "hazardous")}),
    ),
    "report_relapse.0": Cases(({},), ({"post_checks": rows("work_status", "none")},)),
    "report_relapse.1": Cases(({"post_checks": rows("work_status", "unlawful", "none")},), ({}, {"post_checks": rows("work_status", "none", "unlawful")})),
    "report_relapse.2": Cases(({"case.entered_at": NOW - timedelta(days=729)},), ({"case.entered_at": NOW - timedelta(days=730)},)),
    "post_check_month.0": Cases(
        ({"risk_level": "medium", "case.entered_at": NOW - timedelta(days=30)}, {"risk_level": "high", "case.entered_at": NOW - timedelta(days=60)}),
        tuple({"risk_level": risk, "case.entered_at": NOW - timedelta(days=59)} for risk in ("emergency", "high")),
    ),
    "post_check_first.0": Cases(({"case.entered_at": NOW - timedelta(days=135)},), ({"case.entered_at": NOW - timedelta(days=134)},)),
    "complete_initial.0": Cases(({"initial_assessed": True},), ({},)),
    "to_monitoring_later.0": LOW_ENOUGH,
    "to_monitoring_later.1": NOT_SEPARATED,
    "declare_emergency.0": NOT_BEFORE_THE_REPORT,
    "declare_emergency.1": NEW_DANGER,
    "declare_emergency_later.0": NOT_BEFORE_THE_REPORT,
    "declare_emergency_later.1": NEW_DANGER,
    "secure_child.0": Cases(
        ({"measure_at": NOW - timedelta(minutes=1), "received_at": NOW},),
        ({"received_at": NOW}, {"measure_at": NOW, "received_at": NOW}),
    ),
    "secure_child.1": Cases(
        ({"measure_at": NOW - timedelta(minutes=1), "danger_received_at": NOW},),
        ({"danger_received_at": NOW}, {"measure_at": NOW}, {"measure_at": NOW, "danger_received_at": NOW}),
    ),
    "separate.0": NOT_SEPARATED,
    "separate.1": IN_ORDER,
    "separate.2": FIFTEEN_DAYS,
    "separate.3": Cases(
        ({"child_dob": born(7), "separation_start_on": TODAY}, {"separation_start_on": TODAY}),
        ({}, {"child_dob": born(6), "separation_start_on": TODAY}, {"child_dob": born(7), "separation_child_view": "x"}, {"separation_not_heard_reason": "x"}),
    ),
    "extend_separation.0": STILL_SEPARATED,
    "extend_separation.1": Cases(
        (extended(-1),),
        (extended(0), {"separation_start_on": TODAY, "separation_extensions": ({"extension_request": "x"},)}),
    ),
    "extend_separation.2": Cases(
        (
            extended(16), extended(16, extension_request="12/VKS"), extended(16, requested_on=TODAY),
            {"separation_start_on": TODAY, "separation_extensions": (*ASKED_ONCE["separation_extensions"], {"extended_to": TODAY + timedelta(days=30)})},
        ),
        (extended(15), ASKED_ONCE),
    ),
    "lift_separation.0": STILL_SEPARATED,
    "lift_separation.1": ticked("carers_safe"),
    "court_result.0": GOES_ON,
    "court_result.1": one_of("case.came_from", ("implementing",), ("planning", "plan_submitted", "closure_submitted")),
    "court_result_planning.0": GOES_ON,
    "court_result_noted.0": is_true("petition_waits"),
    "court_result_end.0": one_of("court_outcome", ("case_ends",), ("support_goes_on",)),
    "court_result_end.1": NOT_SEPARATED,
    "court_result_end.2": is_true("subcases.all_closed"),
    "refer_police.0": Cases(
        ({"work_class": "hazardous", "disclosures": ({"disclosed_to": "x"},)}, {"work_class": "unlawful", "disclosures": ({"crime_sign": ""},)}, {}),
        ({"work_class": "worst_form", "disclosures": ({"disclosed_to": "x"},)}, {"work_class": "unlawful", "disclosures": ({"crime_sign": "x"},)}),
    ),
    "lose_contact.0": Cases(({"contact_lost": True},), ({}, {"contact_lost": False})),
    "lose_contact.1": THREE_ATTEMPTS,
    "lose_contact.2": TWO_WAYS,
    "lose_contact.3": Cases(
        (
            {"contact_attempts": ATTEMPTS, **OPENED_LAST_WEEK},
            {"contact_attempts": tried(2, 8), **OPENED_LAST_WEEK},
            {"contact_attempts": tried(2, 4), **OPENED_LAST_WEEK, "contact_made_on": TODAY - timedelta(days=3)},
        ),
        (
            {},
            {"contact_attempts": tried(2, 7), **OPENED_LAST_WEEK},
            {"contact_attempts": tried(2, 3), **OPENED_LAST_WEEK, "contact_made_on": TODAY - timedelta(days=3)},
        ),
    ),
    "log_visit_met.0": Cases(
        ({}, {"visits": ({"visited_on": TODAY, "child_met": True}, {"visited_on": TODAY, "child_met": False})}, {"visits": ({"visited_on": TODAY},)}),
        ({"visits": ({"visited_on": TODAY, "child_met": True},)},),
    ),
    "log_visit_met.1": NOT_BEFORE_OPENED,
    "log_visit.0": NOT_BEFORE_OPENED,
    "log_visit.1": Cases(
        tuple({"visits": ({"visited_on": TODAY, "child_met": False, "work_status": each},)} for each in ("none", "lawful")),
        (
            {"visits": ({"visited_on": TODAY, "child_met": False, "work_status": "unknown"},)},
            {"visits": ({"visited_on": TODAY, "child_met": False, "work_status": "none"}, {"visited_on": TODAY, "child_met": True, "work_status": "none"})},
            {"visits": ({"visited_on": TODAY},)},
        ),
    ),
    "find_contact.0": is_true("contact_lost"),
    "transfer_out.0": Cases(({"receiving_commune": "a", "case.area": "a"},), ({"receiving_commune": "b", "case.area": "a"}, {"case.area": "a"})),
    "accept_transfer_monitoring.0": FROM_MONITORING,
    "reject_transfer_monitoring.0": FROM_MONITORING,
    "withdraw_transfer_monitoring.0": FROM_MONITORING,
    "merge_into.0": SAME_CHILD,
    "link_child.0": SAME_CHILD,
    "confirm_class.0": is_true("class_to_confirm"),
}  # fmt: skip
