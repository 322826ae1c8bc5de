"""The demo's children and what happened to them, as data: every one is invented.

A journey is the usual road of a case; each child stops somewhere along it. All is done through `Engine.apply` with
a clock set to the day it is told of (demo.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

BA_BE, CHO_RA = "01906@2025-07-01", "01912@2025-07-01"
CREW = {
    BA_BE: {
        "officer": "nong_thi_tham",
        "second": "dong_thi_lua",
        "chair": "hoang_dinh_khue",
        "collaborator": "trieu_sinh_phau",
    },
    CHO_RA: {
        "officer": "ban_thi_duyen_ha",
        "second": "ban_thi_duyen_ha",
        "chair": "ma_the_luong",
        "collaborator": "hoang_mai_dua",
    },
}
LEAD = "ly_thi_uyen_chi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One invented child. days: how long ago the report came. upto: the last step taken. late: days of delay."""

    name: str
    born: date | None
    sex: str
    ethnic: str
    village: str
    area: str
    channel: str
    condition: str
    risk: str
    days: int
    upto: str
    job: str = "carpentry"
    setting: str = "employed"
    hours_day: str = "6"
    hours_week: str = "36"
    hazards: tuple[str, ...] = ()
    work_class: str = "unlawful"
    school: str = "dropped_out"
    carer: str = ""
    education: str = ""  # the serving school, if a track was opened
    livelihood: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who takes which trigger, how many days after the report, at which hour."""

    trigger: str
    who: str
    day: float
    values: dict[str, Any]
    reason: str = ""


CHILDREN = (
    Child(name="Triệu Thị Lụa", born=date(2012, 8, 14), sex="female", ethnic="dao", village="thôn Nà Mằm", area=BA_BE,
          channel="hotline_111", condition="Làm ở xưởng mộc gần nhà, tay bị xước, không đến lớp từ tháng 9.", risk="high",
          days=16, upto="assess_specific", carer="Triệu Văn Sính"),
    Child(name="Hoàng Văn Mạnh", born=date(2014, 3, 2), sex="male", ethnic="mong", village="thôn Pác Ngòi", area=BA_BE,
          channel="school", condition="Nghỉ học chín buổi trong tháng, đi bóc măng thuê.", risk="medium", days=1, upto="receive"),
    Child(name="Lý A Páo", born=date(2013, 11, 20), sex="male", ethnic="mong", village="thôn Khuổi Tăng", area=BA_BE,
          channel="collaborator", condition="Phụ vác gạch ở lò, mỗi ngày khoảng năm giờ.", risk="high", days=95, upto="visits",
          job="bricks", hours_day="5", hours_week="30", hazards=("a_heavy_lifting",), work_class="unlawful", carer="Lý A Vảng",
          education="truong_suoi_le", livelihood="ctxh_ven_ho"),
    Child(name="", born=None, sex="unknown", ethnic="", village="chợ trung tâm xã", area=BA_BE, channel="telephone",
          condition="Một em khoảng 10 đến 12 tuổi bán hàng rong đến khuya ở chợ.", risk="medium", days=3, upto="start_verification"),
    Child(name="Nông Văn Đức", born=date(2015, 5, 9), sex="male", ethnic="tay", village="thôn Bản Hon", area=BA_BE,
          channel="family", condition="Theo anh đi làm thuê ở quán ăn, về muộn.", risk="low", days=60, upto="approve_plan",
          job="restaurant", hours_day="4", hours_week="24", carer="Nông Thị Hằng", education="truong_suoi_le"),
    Child(name="Bàn Thị Hoa", born=date(2011, 1, 30), sex="female", ethnic="dao", village="thôn Nà Cọ", area=BA_BE,
          channel="in_person", condition="Trông em và bán hàng giúp mẹ, vẫn đi học đều.", risk="low", days=40, upto="to_monitoring",
          job="housework", setting="household_own", hours_day="1", hours_week="6", work_class="not_working", school="attending",
          carer="Bàn Thị Mai"),
    Child(name="Ma Thị Thu", born=date(2012, 12, 5), sex="female", ethnic="tay", village="thôn Bó Lù", area=BA_BE,
          channel="school", condition="Giúp việc cho một gia đình ngoài thị trấn, chỉ về nhà cuối tuần.", risk="medium", days=11,
          upto="submit_plan", job="domestic_service", hours_day="7", hours_week="42", carer="Ma Văn Toàn"),
    Child(name="Đàm Văn Quý", born=date(2010, 6, 17), sex="male", ethnic="nung", village="thôn Cốc Tộc", area=BA_BE,
          channel="police", condition="Đi theo nhóm khai thác đá, đã đưa về gia đình.", risk="high", days=210, upto="closed",
          job="h_other_harmful", hours_day="8", hours_week="48", work_class="unlawful", carer="Đàm Thị Lan"),
    Child(name="Sùng Thị Mỷ", born=date(2013, 2, 11), sex="female", ethnic="mong", village="thôn Khau Qua", area=CHO_RA,
          channel="collaborator", condition="Đi hái chè thuê cả ngày, đã nghỉ học.", risk="medium", days=8, upto="confirm",
          job="crop_farming", carer="Sùng A Dế"),
    Child(name="Hứa Văn Tuấn", born=date(2012, 9, 25), sex="male", ethnic="tay", village="tiểu khu 7", area=CHO_RA,
          channel="officer", condition="Rửa xe ở xưởng sửa chữa, làm cả buổi tối.", risk="high", days=30, upto="approve_plan",
          job="repair_shop", hours_day="6", hours_week="40", carer="Hứa Thị Nga"),
    Child(name="Vi Thị Đào", born=date(2014, 7, 7), sex="female", ethnic="nung", village="thôn Nà Pục", area=CHO_RA,
          channel="telephone", condition="Có người báo em phải đi làm thuê; đến nơi thấy em vẫn đi học.", risk="low", days=20,
          upto="reject"),
)  # fmt: skip


def journey(child: Child, start: datetime) -> Iterator[Step]:
    """The steps of this child's case in order, up to the last one taken."""
    for step in _all(child, start):
        yield step
        if step.trigger == child.upto:
            return


def opening(child: Child, start: datetime) -> dict[str, Any]:
    """Mẫu 01 as it was filled in."""
    found = {
        "channel": child.channel, "received_at": start, "place_of_event": child.area, "current_condition": child.condition,
        "risk_hint": child.risk, "child_name": child.name, "child_dob": child.born, "child_sex": child.sex,
        "ethnic_group": child.ethnic, "village": child.village, "guardian_name": child.carer,
    }  # fmt: skip
    return {key: value for key, value in found.items() if value}


def _all(child: Child, start: datetime) -> Iterator[Step]:
    def day(n: float) -> date:
        return (start + timedelta(days=n)).date()

    yield Step("receive", "officer", 0, {})
    yield Step(
        "start_verification",
        "officer",
        0.2,
        {"verifier": CREW[child.area]["officer"], "risk_hint": child.risk},
    )
    if child.upto == "reject":
        yield Step("reject", "officer", 3, {"rejection_evidence": "Sổ đầu bài ghi em đi học đủ; gia đình và trưởng thôn xác nhận."},
                   "Tin báo không đúng thực tế.")  # fmt: skip
        return
    yield Step("confirm", "officer", 1, {
        "verification_method": ("home_visit", "school_record"), "second_source": "Giáo viên chủ nhiệm và trưởng thôn.",
        "verified_on": day(1), "duplicates_checked": True,
    })  # fmt: skip
    assessed = {
        "harm_severity": "medium", "harmer_access": "medium", "care_obstacles": "medium", "self_protection": "low",
        "others_help": "medium", "work_date": day(1),
        "jobs": ({"setting": child.setting, "job": child.job, "hours_day": Decimal(child.hours_day),
                  "hours_week": Decimal(child.hours_week), "night": False, "overtime": False},),
        "hazards": child.hazards, "forced": False, "trafficked": False, "sexual_exploitation": False, "illicit_activity": False,
        "harm_signs": False, "school_status": child.school, "work_class": child.work_class,
        "class_reason": "Căn cứ kết quả xác minh tại nơi làm việc.", "risk_level": child.risk, "needs_emergency": False,
    }  # fmt: skip
    if child.upto == "to_monitoring":
        yield Step("to_monitoring", "officer", 2, assessed, "Trẻ giúp việc nhà vừa sức, vẫn đi học đều.")
        return
    yield Step("assess_initial", "officer", 1.6, assessed)
    yield Step("assess_specific", "officer", 3.5, {
        "child_physical": "Gầy, tay có vết xước đã lành.", "child_psychological": "Ngại nói chuyện với người lạ.",
        "child_emotional": "Gắn bó với bà và em.", "child_view": "Muốn trở lại lớp.", "interview_language": "vi",
        "family_situation": "Hộ cận nghèo, bố mẹ đi làm xa theo mùa.", "family_relations": "Bà nội chăm sóc.",
        "carers_capacity": "Người chăm sóc hợp tác.", "assessed_risks": "Tiếp tục bị gọi đi làm.",
        "protective_factors": "Nhà trường và thôn quan tâm.", "child_needs": "Trở lại trường, gia đình có thu nhập thay thế.",
        "consents": ({"given_by": "guardian", "purpose": "Hỗ trợ, can thiệp", "scope": "Nhà trường, cơ sở dịch vụ",
                      "method": "signed", "given_on": day(3)},),
        "meeting_on": day(3), "meeting_minutes": "Thống nhất đưa trẻ trở lại lớp và hỗ trợ gia đình.",
        "meeting_attendees": ({"attendee": child.carer or "Bà nội của trẻ", "role": "carer"}, {"attendee": "Chủ tịch UBND xã", "role": "chair"}),
    })  # fmt: skip
    kinds = [("education", "Đưa trẻ trở lại trường")] + (
        [("livelihood", "Hỗ trợ sinh kế cho gia đình")] if child.livelihood else []
    )
    actions = tuple(
        {"kind": kind, "activity": activity, "responsible": "Cán bộ bảo vệ trẻ em xã", "due_on": day(60),
         "funding_source": "state_commune", "budget": 1_500_000, "status": "planned"}
        for kind, activity in kinds
    )  # fmt: skip
    yield Step("submit_plan", "officer", 5, {
        "plan_goal": "Trẻ trở lại lớp và thôi việc.", "actions": actions, "plan_start_on": day(6), "plan_end_on": day(150),
        "draft_decision": "Quyết định phê duyệt kế hoạch hỗ trợ, can thiệp.",
    })  # fmt: skip
    yield Step("approve_plan", "chair", 6.1, {
        "decision_no": f"{100 + child.days}/QĐ-UBND", "decision_date": day(6), "decision_signer": "Chủ tịch UBND xã",
        "decision_acting_for": False,
    })  # fmt: skip
    if child.education:
        yield Step("open_education", "officer", 8, {
            "education_agency": child.education, "plan_action": "Đưa trẻ trở lại trường", "last_grade": 6,
            "out_of_school_reason": "Đi làm phụ gia đình.",
        })  # fmt: skip
    if child.livelihood:
        yield Step("open_livelihood", "officer", 9, {
            "livelihood_agency": child.livelihood, "plan_action": "Hỗ trợ sinh kế cho gia đình", "household_members": 5,
            "income_per_person": 1_100_000, "deprivation_count": 2, "debts": 10_000_000, "land": "2.000 m2 ruộng",
            "household_skills": "Chăn nuôi, trồng ngô", "child_income_share": 20,
        })  # fmt: skip
    for number in range(1, 20):
        at = 6 + number * 7
        if at >= child.days or at > 150:
            break
        yield Step("log_visit", "officer", at, {
            "visited_on": day(at), "work_status": "none" if number > 2 else "unlawful",
            "hours_week": Decimal("0" if number > 2 else "12"), "attendance": 90 if number > 2 else 40,
            "notes": "Đến thăm tại nhà, nói chuyện với trẻ và người chăm sóc.", "next_on": day(at + 7),
        })  # fmt: skip
    if child.upto == "visits":
        return
    yield Step("start_review", "officer", 155, {
        "review_on": day(155), "review_harm": "low", "review_access": "low", "review_obstacles": "low",
        "review_self_protection": "high", "review_others_help": "high", "physical_stable": True, "psychological_stable": True,
        "cognitive_stable": True, "emotional_stable": True, "review_schooling": "attending", "attendance_2_months": 95,
        "review_work": "none", "review_conclusion": "close", "risk_level": "low",
    })  # fmt: skip
    done = tuple({**action, "status": "done"} for action in actions)
    yield Step("propose_closure", "officer", 157, {
        "closure_reason": "goals_met", "closure_evidence": "Hai lần thăm liên tiếp trẻ không làm việc, đi học đều.",
        "child_heard": True, "carer_heard": True, "actions": done,
    })  # fmt: skip
    yield Step(
        "approve_closure",
        "chair",
        160,
        {"closure_decision_no": f"{200 + child.days}/QĐ-UBND", "closure_decision_date": day(160)},
    )
