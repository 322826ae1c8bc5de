"""What is typed in each step of the demonstration: the usual contents of a form, about one child on one day.

A story says only what is otherwise. Texts come from workflows/demo/phrases.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from web.demo.crew import crew, school
from web.demo.story import Child, Step, phrases

Values = dict[str, Any]

_DAYS = re.compile(r"[+-]\d+d")
_HOURS = re.compile(r"[+-]\d+(?:\.\d+)?h")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form being filled in: about whom, in which step, at which moment (aware, of the place). plan: the actions of the
    child's plan as it was submitted last.
    """

    child: Child
    step: Step
    at: datetime
    born: date | None
    plan: tuple[Values, ...] = ()

    @property
    def today(self) -> date:
        """The day it is filled in."""
        return self.at.date()

    def day(self, days: int) -> date:
        """So many days from then."""
        return self.today + timedelta(days=days)

    def words(self, name: str) -> str:
        """What one usually writes there; children of one story differ."""
        some = phrases()["texts"][name]
        return str(some[(self.child.number + self.step.nth - 1) % len(some)])

    def usual(self, form: str) -> Values:
        """The plain values of a usual form."""
        return dict(_typed(phrases()["forms"][form], self.at))

    def texts(self, *names: str) -> Values:
        """What one usually writes in these fields."""
        return {name: self.words(name) for name in names}

    def number(self, of: str) -> str:
        """The number of a decision, a court's, a certificate."""
        again = self.step.nth + 3 * (self.step.name == "approve_closure")  # no number twice for one child
        return f"{100 + 7 * self.child.number + again}/{phrases()['signs'][of]}"


def values(sheet: Sheet) -> Values:
    """The values of a step: the usual ones and what the story says otherwise; what is None is left out."""
    build = _BUILD.get(sheet.step.name)
    said: Values = {}
    for key in (sheet.step.name, f"{sheet.step.name}.{sheet.step.nth}"):
        said |= _typed(sheet.child.say.get(key, {}), sheet.at)
    for aside in ("by", "reason", "refused"):
        said.pop(aside, None)
    found = (build(sheet) if build else {}) | said
    return {key: value for key, value in found.items() if value not in ("", None)}


def _typed(plain: Any, at: datetime) -> Any:
    """ "+60d" is a day counted from the step, "-0.5h" a moment; lists are tuples."""
    match plain:
        case str() if _DAYS.fullmatch(plain):
            return at.date() + timedelta(days=int(plain[:-1]))
        case str() if _HOURS.fullmatch(plain):
            return at + timedelta(hours=float(plain[:-1]))
        case list() | tuple():
            return tuple(_typed(each, at) for each in plain)
        case dict():
            return {key: _typed(each, at) for key, each in plain.items()}
    return plain


# ------------------------------------------------------------------ the child's case


def _receive(sheet: Sheet) -> Values:
    child = sheet.child
    return {
        "channel": child.channel, "received_at": sheet.at, "place_of_event": child.area,
        "current_condition": child.condition, "risk_hint": child.risk, "child_name": child.name, "child_dob": sheet.born,
        "child_sex": child.sex, "ethnic_group": child.ethnic, "village": child.village, "guardian_name": child.carer,
    }  # fmt: skip


def _confirm(sheet: Sheet) -> Values:
    unknown = {} if sheet.child.name else sheet.texts("identity_unknown_reason")
    return sheet.usual("confirm") | sheet.texts("second_source") | {"verified_on": sheet.today} | unknown


def _assess(sheet: Sheet) -> Values:
    child = sheet.child
    harm = {
        name: name in child.harm
        for name in ("forced", "trafficked", "sexual_exploitation", "illicit_activity", "harm_signs")
    }
    return sheet.usual("assess_initial") | harm | {
        "harm_severity": child.risk, "work_date": sheet.today, "jobs": child.jobs(), "hazards": child.hazards,
        "school_status": child.schooling, "risk_factors": child.factors, "work_class": child.work_class,
        "class_reason": child.why, "risk_level": child.risk, "needs_emergency": False,
    }  # fmt: skip


def _assess_specific(sheet: Sheet) -> Values:
    texts = sheet.texts(
        "child_physical", "child_psychological", "child_emotional", "child_view", "family_situation", "family_relations",
        "carers_capacity", "assessed_risks", "protective_factors", "child_needs", "meeting_minutes",
    )  # fmt: skip
    consent = sheet.usual("consent") | {"given_on": sheet.today}
    carer = {"attendee": sheet.child.carer or sheet.words("carer"), "role": "carer"}
    return texts | {
        "interview_language": "vi", "consents": (consent,), "meeting_on": sheet.today,
        "meeting_attendees": (carer, sheet.usual("meeting_chair")),
    }  # fmt: skip


def actions(child: Child, day: Callable[[int], date]) -> tuple[Values, ...]:
    """The actions of the child's plan."""
    usual = phrases()["forms"]["action"]
    kinds = child.plan or ("education",)
    return tuple(
        {
            **usual,
            "kind": kind,
            "activity": phrases()["activities"][kind],
            "due_on": day(60 + 15 * n),
            "status": "planned",
        }
        for n, kind in enumerate(kinds)
    )


def _submit_plan(sheet: Sheet) -> Values:
    return sheet.texts("plan_goal", "draft_decision") | {
        "actions": actions(sheet.child, sheet.day), "plan_start_on": sheet.day(1), "plan_end_on": sheet.day(180),
    }  # fmt: skip


def _approve_plan(sheet: Sheet) -> Values:
    return sheet.usual("approve_plan") | {
        "decision_no": sheet.number("decision"),
        "decision_date": sheet.today,
    }


def _visit(sheet: Sheet) -> Values:
    found = sheet.step.arg or "none"
    return {
        "visited_on": sheet.today, "child_met": True, "work_status": found, "notes": sheet.words(f"visit_{found}"),
        "hours_week": Decimal(12 if found in ("unlawful", "hazardous") else 0),
        "attendance": 60 if found in ("unlawful", "hazardous") else 95,
        "next_on": sheet.day({"high": 7, "medium": 14}.get(sheet.child.risk, 30)),
    }  # fmt: skip


def _review(sheet: Sheet) -> Values:
    return sheet.usual("start_review") | {"review_on": sheet.today}


def _propose_closure(sheet: Sheet) -> Values:
    return sheet.usual("propose_closure") | sheet.texts("closure_evidence") | {
        "actions": tuple(each | {"status": "done"} for each in sheet.plan),
    }  # fmt: skip


def _approve_closure(sheet: Sheet) -> Values:
    return {"closure_decision_no": sheet.number("decision"), "closure_decision_date": sheet.today}


def _post_check(sheet: Sheet) -> Values:
    found = sheet.step.arg or "none"
    return {"checked_on": sheet.today, "work_status": found, "notes": sheet.words(f"visit_{found}")}


def _separate(sheet: Sheet) -> Values:
    return sheet.texts("separation_carer", "separation_reason", "separation_child_view", "best_interest_note") | {
        "separation_decision_no": sheet.number("decision"), "separation_start_on": sheet.today,
        "separation_end_on": sheet.day(14),
    }  # fmt: skip


def _court_result(sheet: Sheet) -> Values:
    return {
        "court_decision_no": sheet.number("court"),
        "court_decision_date": sheet.today,
        "court_outcome": "support_goes_on",
    }


def _lose_contact(sheet: Sheet) -> Values:
    tries = phrases()["forms"]["contact_attempts"]
    return {
        "contact_attempts": tuple({**each, "attempted_on": sheet.day(-n)} for n, each in enumerate(tries))
    }


def _open_education(sheet: Sheet) -> Values:
    return sheet.texts("out_of_school_reason") | {
        "education_agency": sheet.child.school or school(sheet.child.area), "plan_action": phrases()["activities"]["education"],
        "last_grade": max(0, min(12, (sheet.child.age or 10) - 7)),
    }  # fmt: skip


def _open_vocational(sheet: Sheet) -> Values:
    return sheet.usual("open_vocational") | sheet.texts("vocational_interests") | {
        "counselled_on": sheet.today, "plan_action": phrases()["activities"]["vocational"],
    }  # fmt: skip


def _open_livelihood(sheet: Sheet) -> Values:
    return sheet.usual("open_livelihood") | {"plan_action": phrases()["activities"]["livelihood"]}


# ------------------------------------------------------------------ its tracks


def _month(sheet: Sheet) -> Values:
    """Attendance of the month before."""
    return {
        "month": sheet.today.replace(day=1) - timedelta(days=1),
        "days_present": int(sheet.step.arg or 20),
        "days_total": 22,
    }


def _income(sheet: Sheet) -> Values:
    return {
        "checked_on": sheet.today, "income_now": 1_400_000 + 200_000 * sheet.step.nth,
        "children_work": sheet.step.arg or "none", "notes": sheet.words("income_notes"),
    }  # fmt: skip


def _dated(form: str, *names: str, **numbers: str) -> Callable[[Sheet], Values]:
    """A usual form; `names` are dates of the day, `numbers` fields with a number of a decision."""

    def build(sheet: Sheet) -> Values:
        dates = dict.fromkeys(names, sheet.today)
        return sheet.usual(form) | dates | {name: sheet.number(of) for name, of in numbers.items()}

    return build


def _written(*names: str) -> Callable[[Sheet], Values]:
    """Nothing but texts."""
    return lambda sheet: sheet.texts(*names)


_BUILD: Mapping[str, Callable[[Sheet], Values]] = {
    "receive": _receive,
    "forward": lambda sheet: {"target_commune": sheet.child.area, "forwarded_at": sheet.at},
    "start_verification": lambda sheet: {
        "verifier": crew()[sheet.child.area]["officer"],
        "risk_hint": sheet.child.risk,
    },
    "confirm": _confirm,
    "propose_rejection": _written("rejection_evidence"),
    "approve_rejection": _written("rejection_opinion"),
    "reject": _written("rejection_evidence"),
    "assess_initial": _assess,
    "complete_initial": _assess,
    "to_monitoring": _assess,
    "assess_specific": _assess_specific,
    "submit_plan": _submit_plan,
    "approve_plan": _approve_plan,
    "log_visit": _visit,
    "start_review": _review,
    "propose_closure": _propose_closure,
    "close_monitoring": _propose_closure,
    "endorse_closure": _written("closure_opinion"),
    "approve_closure": _approve_closure,
    "post_check": _post_check,
    "secure_child": lambda sheet: (
        sheet.usual("secure_child") | sheet.texts("measure") | {"measure_at": sheet.at}
    ),
    "separate": _separate,
    "court_result": _court_result,
    "lose_contact": _lose_contact,
    "end_screening": _dated("end_screening"),
    "refer_police": _dated("refer_police"),
    "merge_into": lambda _: {"same_child_confirmed": True},
    "open_education": _open_education,
    "open_vocational": _open_vocational,
    "open_livelihood": _open_livelihood,
    "education.check": _dated("education.check", "checked_on"),
    "education.submit": lambda sheet: (
        sheet.usual("education.submit") | {"payee": sheet.child.carer or sheet.words("carer")}
    ),
    "education.approve": _dated("education.approve", decision_no="decision"),
    "education.reject": _dated("education.reject", decision_no="decision"),
    "education.enroll": _dated("education.enroll", "enrolled_on"),
    "education.record_attendance": _month,
    "education.flag_absence": _dated("education.flag_absence", "absent_from"),
    "education.complete": _dated("education.complete"),
    "education.approve_stop": _written("stop_opinion"),
    "vocational.apply": _dated("vocational.apply"),
    "vocational.approve": _dated("vocational.approve", decision_no="decision"),
    "vocational.start": _dated("vocational.start", "started_on"),
    "vocational.attend": _month,
    "vocational.certify": lambda sheet: {
        "certificate_no": sheet.number("certificate"),
        "certified_on": sheet.today,
    },
    "vocational.refer_job": _dated("vocational.refer_job", "referred_on"),
    "vocational.place": _dated("vocational.place", "placed_on"),
    "vocational.check_retention": _dated("vocational.check_retention", "retention_on"),
    "livelihood.draft_plan": _dated("livelihood.draft_plan"),
    "livelihood.submit": _dated("livelihood.submit", "poverty_on"),
    "livelihood.approve": _dated("livelihood.approve", decision_no="decision"),
    "livelihood.apply_loan": _dated("livelihood.apply_loan", "loan_on"),
    "livelihood.loan_result": _dated("livelihood.loan_result", "loan_result_on"),
    "livelihood.deliver": _dated("livelihood.deliver"),
    "livelihood.monitor": _income,
    "livelihood.complete": _dated("livelihood.complete"),
}
