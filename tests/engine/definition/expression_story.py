"""The declared fields that the tests of expressions share: a child's case, its tables, tracks and officer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from engine.definition.expression import Kind, Scope
from engine.definition.model import Field, FieldType, Option, Subcase
from engine.definition.text import Text


def field(key: str, kind: str, vi: str = "", en: str = "", **more: Any) -> Field:
    return Field(key=key, type=FieldType(kind), title=Text(vi, en), **more)


def options(**titles: tuple[str, str]) -> dict[str, Option]:
    return {key: Option(key, Text(vi, en)) for key, (vi, en) in titles.items()}


def keyed(*fields: Field) -> dict[str, Field]:
    return {each.key: each for each in fields}


RISKS = options(high=("Cao", "High"), medium=("Trung bình", "Medium"), low=("Thấp", "Low"))
STATUSES = options(none=("Không làm việc", "Not working"), lawful=("Làm việc hợp pháp", "Lawful work"),
                   unlawful=("Làm việc trái luật", "Unlawful work"))  # fmt: skip

FIELDS = keyed(
    field("risk_level", "choice", "Mức nguy cơ", "Risk level", options=RISKS),
    field("risk_hint", "choice", "Mức nguy cơ ban đầu", "First risk level", options=RISKS),
    field("work_class", "choice", "Phân loại", "Class", options=options(hazardous=("Nặng nhọc, nguy hiểm", "Hazardous"))),
    field("hazards", "choices", "Yếu tố nguy hại", "Hazards",
          options=options(dust=("Bụi", "Dust"), night=("Ban đêm", "Night"), heat=("Nóng", "Heat"))),  # fmt: skip
    field("child_age", "integer", "Tuổi", "Age"),
    field("weekly_hours", "decimal", "Số giờ một tuần", "Weekly hours"),
    field("daily_hours", "decimal", "Số giờ một ngày", "Daily hours"),
    field("support", "money", "Mức hỗ trợ", "Amount of support"),
    field("paid", "money", "Đã chi", "Amount paid"),
    field("forced", "boolean", "Bị cưỡng bức", "Forced to work"),
    field("consent", "boolean", "Gia đình đồng ý", "Family agrees"),
    field("child_name", "text", "Họ và tên", "Full name"),
    field("narrative", "long_text", "Mô tả", "Narrative"),
    field("child_dob", "date", "Ngày sinh", "Date of birth"),
    field("work_date", "date", "Ngày làm việc", "Work date"),
    field("received_at", "datetime", "Lúc tiếp nhận", "Time of receipt"),
    field("measure_at", "datetime", "Lúc thực hiện biện pháp", "Time of the measure"),
    field("verifier", "actor", "Người xác minh", "Verifier"),
    field("reporter", "actor", "Người báo tin", "Reporter"),
    field("school", "agency", "Trường", "School"),
    field("place", "area", "Nơi xảy ra", "Place"),
    field("actions", "table", "Hoạt động", "Actions", columns=keyed(
        field("goal", "text", "Mục tiêu", "Goal"),
        field("due", "date", "Hạn", "Due date"),
        field("cost", "money", "Chi phí", "Cost"),
    )),
    field("visits", "table", "Lần thăm", "Visits", columns=keyed(
        field("note", "text", "Ghi chú", "Note"),
        field("visited_on", "date", "Ngày thăm", "Date of visit"),
        field("work_status", "choice", "Tình trạng làm việc", "Work status", options=STATUSES),
        field("hours", "decimal", "Số giờ", "Hours"),
        field("in_school", "boolean", "Đi học", "In school"),
        field("seen", "choices", "Đã thấy", "Seen", options=options(dust=("Bụi", "Dust"), heat=("Nóng", "Heat"))),
    )),
    field("calls", "table", "Cuộc gọi", "Calls", columns=keyed(
        field("called_at", "datetime", "Lúc gọi", "Time of call"),
        field("answered", "boolean", "Có trả lời", "Answered"),
    )),
    field("helpers", "table", "Người giúp", "Helpers", columns=keyed(
        field("who", "actor", "Ai", "Who"),
        field("hours", "integer", "Số giờ", "Hours"),
    )),
)  # fmt: skip
SUBCASES = {
    "education": Subcase(
        key="education", definition="education_support", title=Text("Giáo dục", "Education"), code="GD",
        holder="school", returns={"enrolled_on": FieldType.DATE, "attendance_rate": FieldType.INTEGER},
    ),
}  # fmt: skip
SCOPE = Scope(
    FIELDS,
    SUBCASES,
    names={
        "hours_limit": Kind.DECIMAL,
        "light_jobs": Kind("list", options=("none", "lawful"), element=Kind.TEXT),
    },
    states={"planning": Text("Xây dựng kế hoạch", "Planning"), "review": Text("Rà soát", "Review")},
    stages={"intervention": Text("Can thiệp", "Intervention")},
    functions={"commune_chair": Text("Chủ tịch xã", "Commune chair")},
)


class Weekdays:
    """A calendar for tests: Monday to Friday, no holidays."""

    def working_days_between(self, start: date, end: date) -> int:
        if end < start:
            return -self.working_days_between(end, start)
        days = range(start.toordinal() + 1, end.toordinal() + 1)
        return sum(date.fromordinal(each).weekday() < 5 for each in days)


def visit(on: str | None = None, status: str | None = None, **more: Any) -> dict[str, Any]:
    row = {"visited_on": date.fromisoformat(on) if on else None, "work_status": status, **more}
    return {key: value for key, value in row.items() if value is not None}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


ENV: Mapping[str, Any] = {
    "today": date(2026, 11, 23),
    "now": moment("2026-11-23T02:00"),
    "calendar": Weekdays(),
    "risk_level": "high",
    "risk_hint": "low",
    "hazards": ("dust", "night"),
    "child_age": 15,
    "weekly_hours": Decimal("20.5"),
    "daily_hours": Decimal("4"),
    "support": 1_500_000,
    "paid": 500_000,
    "forced": False,
    "consent": True,
    "child_name": "Hoàng Thị Mẫu",
    "child_dob": date(2011, 3, 1),
    "work_date": date(2026, 2, 28),
    "received_at": moment("2026-11-22T14:00"),
    "measure_at": moment("2026-11-23T02:30"),
    "verifier": "p1",
    "reporter": "p2",
    "school": "a1",
    "place": "01906@2025-07-01",
    "actions": ({"goal": "x", "cost": 200_000}, {"goal": "y", "cost": 300_000}),
    "visits": (
        visit("2026-07-01", "unlawful", hours=Decimal("30"), in_school=False),
        visit("2026-09-01", "lawful", hours=Decimal("10"), in_school=True),
        visit("2026-10-05", "none", hours=Decimal("0"), in_school=True),
    ),
    "case.area": "01906@2025-07-01",
    "case.state": "planning",
    "case.stage": "intervention",
    "case.entered_at": moment("2026-11-20T02:00"),
    "case.opened_by": "officer",
    "case.opened_at": moment("2026-11-01T02:00"),
    "case.cycle": 1,
    "actor.id": "p1",
    "actor.functions": ("commune_chair",),
    "actor.agency": "a1",
    "actor.area": "01906@2025-07-01",
    "subcases.all_closed": False,
    "subcases.any_opened": True,
    "subcases.education.open": 1,
    "subcases.education.closed": 0,
    "subcases.education.count": 1,
    "education.attendance_rate": 85,
    "hours_limit": Decimal("20"),
    "light_jobs": ("none", "lawful"),
}
