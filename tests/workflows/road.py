"""The shipped workflows on a real engine, with the demo's people: steps are taken, or refused with their codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4, uuid5

from engine import Command, Engine, FixedClock, MasterKey, Outcome
from engine.scene import Scene
from engine.store import Database, reference
from engine.store.inbox import notices
from engine.store.rows import HoldingRow
from engine.store.steps import CaseRow
from engine.worker.loop import Worker
from tests.support.played import once
from web.content import load_content, load_demo_people

MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday, 9:00 in Vietnam
OFFICER, CHAIR, COLLABORATOR, LEAD = "nong_thi_tham", "hoang_dinh_khue", "trieu_sinh_phau", "ly_thi_uyen_chi"
SCHOOL, OTHER_SCHOOL, TRAINER, SOCIAL_WORKER = (
    "trieu_mui_nhan",
    "nong_van_thao",
    "lam_thi_soi",
    "luong_thi_ngan_ha",
)
BANK, OTHER_OFFICER = "phung_quoc_diep", "ban_thi_duyen_ha"
BA_BE, CHO_RA = "01906@2025-07-01", "01912@2025-07-01"
TEN = {"child_name": "Triệu Thị Thử", "child_dob": date(2015, 11, 5)}

ACTION = {
    "responsible": "Cán bộ xã",
    "due_on": date(2026, 6, 30),
    "funding_source": "state_commune",
    "status": "planned",
}
PAPERS = ("contract", "parent_consent", "health_check", "school_time_kept")

# What is typed in each step of a usual road; a test says only what differs.
FORMS: Mapping[str, Mapping[str, Any]] = {
    "start_verification": {"verifier": OFFICER, "risk_hint": "high"},
    "confirm": {
        "verification_method": ("workplace_visit",), "second_source": "Trưởng thôn", "verified_on": date(2026, 3, 2),
        "duplicates_checked": True,
    },
    "assess_initial": {
        "harm_severity": "high", "harmer_access": "medium", "care_obstacles": "medium", "self_protection": "low",
        "others_help": "low", "work_date": date(2026, 3, 2), "forced": False, "trafficked": False,
        "sexual_exploitation": False, "illicit_activity": False, "harm_signs": False, "school_status": "dropped_out",
        "jobs": ({"setting": "employed", "job": "bricks", "place": "ordinary", "hours_day": Decimal(9), "hours_week": Decimal(54)},),
        "hazards": ("a_heavy_lifting",), "work_class": "hazardous", "risk_level": "high", "needs_emergency": False,
    },
    "assess_specific": {
        "child_physical": "x", "child_psychological": "x", "child_emotional": "x", "child_view": "Muốn học nghề",
        "family_situation": "x", "family_relations": "x", "carers_capacity": "x", "assessed_risks": "x",
        "protective_factors": "x", "child_needs": "x", "lawful_basis": "statutory_child_protection",
        "meeting_on": date(2026, 3, 2), "meeting_attendees": ({"attendee": "x", "role": "carer"},), "meeting_minutes": "x",
    },
    "submit_plan": {
        "plan_goal": "x", "plan_start_on": date(2026, 3, 2), "plan_end_on": date(2026, 9, 1), "draft_decision": "x",
        "actions": tuple({**ACTION, "kind": kind, "activity": kind} for kind in ("education", "vocational", "livelihood")),
    },
    "approve_plan": {
        "decision_no": "15/QĐ-UBND", "decision_date": date(2026, 3, 2), "decision_signer": "x", "decision_acting_for": False,
    },
    "open_education": {
        "education_agency": "truong_suoi_le", "plan_action": "education", "last_grade": 8, "out_of_school_reason": "x",
    },
    "open_vocational": {
        "vocational_agency": "gdnn_ven_ho", "counselled_on": date(2026, 3, 2), "plan_action": "vocational",
        "vocational_interests": "may", "schooling_level": "lower_secondary",
    },
    "open_livelihood": {
        "livelihood_agency": "ctxh_ven_ho", "plan_action": "livelihood", "household_members": 5,
        "income_per_person": 1_200_000, "deprivation_count": 3, "debts": 0, "land": "x", "household_skills": "x",
        "child_income_share": 30,
    },
    "start_review": {
        "review_on": date(2026, 9, 2), "review_harm": "low", "review_access": "low", "review_obstacles": "low",
        "review_self_protection": "high", "review_others_help": "high", "physical_stable": True,
        "psychological_stable": True, "cognitive_stable": True, "emotional_stable": True, "review_schooling": "finished",
        "review_work": "lawful", "review_conclusion": "close",
    },
    "propose_closure": {
        "closure_reason": "goals_met", "closure_evidence": "x", "child_heard": True, "carer_heard": True,
        "actions": tuple({**ACTION, "kind": kind, "activity": kind, "status": "done"} for kind in ("education", "vocational", "livelihood")),
    },
    "refuse_by_carer": {"petition_ground": "refusal", "refusal_evidence": "x", "best_interest_note": "x"},
    "endorse_closure": {"closure_opinion": "Đồng ý"},
    "court_result": {"court_decision_no": "5/QĐ-TA", "court_decision_date": date(2026, 3, 2)},
    "approve_closure": {"closure_decision_no": "90/QĐ", "closure_decision_date": date(2026, 9, 2)},
}  # fmt: skip


def _fill(url: str) -> None:
    database = Database(url)
    with database.write() as connection:
        reference.create_installation(connection, "real", "Asia/Ho_Chi_Minh", MORNING)
        load_content(connection, MORNING, "admin")
        load_demo_people(connection)
    database.close()


class Road:
    """One engine with the shipped content, its clock and its worker."""

    def __init__(self, url: str) -> None:
        self.clock = FixedClock(MORNING)
        once("road", url, lambda: _fill(url))
        self.engine = Engine(url, MasterKey(bytes(range(32))), self.clock)
        self._worker = Worker(self.engine)

    def open_child(self, actor: str = OFFICER, **values: Any) -> str:
        """A report, as short as it may be unless `values` say more."""
        received = {
            "channel": "school",
            "received_at": self.clock.now(),
            "place_of_event": BA_BE,
            "current_condition": "x",
        }
        case = str(uuid4())
        outcome = self.engine.open(
            "child_case", id=case, command=str(uuid4()), actor=actor, values=received | values
        )
        assert outcome.applied, outcome.blockers
        return case

    def send(
        self, case: str, trigger: str, actor: str, values: Mapping[str, Any], reason: str, command: str = ""
    ) -> Outcome:
        """One command with exactly these values."""
        return self.engine.apply(
            Command(
                id=command or str(uuid4()),
                case=case,
                trigger=trigger,
                actor=actor,
                values=values,
                reason=reason,
            )
        )

    def step(self, case: str, trigger: str, actor: str = OFFICER, *, reason: str = "", **values: Any) -> str:
        """Take a step with the usual form and what differs; answers the state."""
        outcome = self.send(case, trigger, actor, {**FORMS.get(trigger, {}), **values}, reason)
        assert outcome.applied, (trigger, outcome.blockers)
        return outcome.state

    def open_track(self, case: str, trigger: str, key: str) -> str:
        """Open a track; answers its id."""
        command = str(uuid4())
        outcome = self.send(case, trigger, OFFICER, FORMS[trigger], "", command)
        assert outcome.applied, outcome.blockers
        return str(uuid5(UUID(command), f"open:{key}"))

    def refused(
        self, case: str, trigger: str, actor: str = OFFICER, *, reason: str = "", **values: Any
    ) -> set[str]:
        """The codes of a refusal."""
        outcome = self.send(case, trigger, actor, {**FORMS.get(trigger, {}), **values}, reason)
        assert not outcome.applied
        return {each.code for each in outcome.blockers}

    def hold(self, actor: str, function: str) -> None:
        """Give a person of Ba Bể one more function there."""
        held = HoldingRow(
            id=str(uuid4()),
            actor=actor,
            function=function,
            agency="ubnd_ba_be",
            area=BA_BE,
            valid_from=date(2025, 7, 1),
        )
        with self.engine.database.write() as connection:
            reference.put_holdings(connection, [held])
        self.engine.library.refresh()

    def to_planning(self, actor: str = OFFICER, **child: Any) -> str:
        """A child's case up to the making of the plan."""
        case = self.open_child(**child)
        for trigger in ("start_verification", "confirm", "assess_initial", "assess_specific"):
            self.step(case, trigger, actor)
        return case

    def to_implementing(self, **child: Any) -> str:
        """A child's case up to the approved plan."""
        case = self.to_planning(**child)
        self.step(case, "submit_plan")
        self.step(case, "approve_plan", CHAIR)
        return case

    def visit(self, case: str, status: str) -> None:
        """A visit today, at which the child was met."""
        today = self.clock.now().date()
        self.step(
            case,
            "log_visit",
            visited_on=today,
            child_met=True,
            work_status=status,
            hours_week=Decimal(0),
            attendance=0,
            notes="x",
            next_on=today,
        )

    def later(self, days: int) -> date:
        """Let days pass, the worker at its work at the end; answers the day."""
        self.clock.advance(days=days)
        self._worker.turn()
        return self.clock.now().date()

    def values(self, case: str, actor: str) -> Mapping[str, Any] | None:
        """What a person may read of a case; None where there is no such case for the person."""
        view = self.engine.view(case, actor, "test")
        return None if view is None else view.values

    def row(self, case: str, actor: str = LEAD) -> CaseRow:
        """The case as it stands."""
        scene = self._scene(case, actor)
        assert scene.case
        return scene.case

    def limits(self, case: str) -> dict[str, Any]:
        """The open time limits of a case by key."""
        return {each["key"]: each for each in self._scene(case, LEAD).seen.deadlines}

    def links(self, case: str) -> set[tuple[str, str, bool]]:
        """Kind, other case, and whether it is the other that named this one."""
        return {
            (each["as"], each["case"], each.get("back", False))
            for each in self.row(case).data.get("@links", ())
        }

    def told(self, actor: str) -> set[str]:
        """The kinds of notices a person has."""
        with self.engine.database.read() as connection:
            return {each.kind for each in notices(connection, actor, unread_only=False, limit=100)}

    def _scene(self, case: str, actor: str) -> Scene:
        scene = self.engine.look(case, actor)
        assert scene
        return scene
