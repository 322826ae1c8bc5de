"""The end of a case and after: who closes a hazardous one, what a check finds, and how it begins again."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.web import journey, roads
from tests.web.journey import CHAIR, OFFICER, SUPERVISOR, House
from tests.web.roads import COLLABORATOR

DECISION = {"closure_decision_no": "9/QĐ-SYT"}


def test_a_hazardous_case_is_endorsed_by_the_chairman_closed_by_the_province_and_reopened_after_a_relapse(
    house: House,
) -> None:
    case = roads.implementing(
        house,
        work_class="hazardous",
        hazards=("a_heavy_lifting",),
        why="Theo kết quả xác minh.",
        livelihood="x",
    )
    roads.doors(house, COLLABORATOR)
    officer, chair, supervisor = house.hands(OFFICER), house.hands(CHAIR), house.hands(SUPERVISOR)
    for days in (20, 31):
        house.later(days=days)
        officer.go(case)
        officer.take("Ghi nhận theo dõi", journey.visit(house.day(), house.day(30)))
    officer.take("Bắt đầu rà soát", journey.review(house.day()))
    officer.take("Đề nghị kết thúc", journey.CLOSURE)
    supervisor.go(case)
    expect(supervisor.way("Phê duyệt kết thúc")).to_contain_text("Chủ tịch UBND cấp xã chưa có ý kiến đồng ý")
    chair.go(case)
    expect(chair.way("Phê duyệt kết thúc")).to_contain_text("cấp tỉnh phê duyệt kết thúc")
    chair.take("Đồng ý kết thúc", {"closure_opinion": "Trẻ đã ổn định, đồng ý."})
    house.turn()
    supervisor.go("/inbox")
    expect(supervisor.page.locator("main")).to_contain_text("Có đề nghị kết thúc chờ cấp tỉnh phê duyệt")
    supervisor.go(case)
    supervisor.take("Phê duyệt kết thúc", DECISION | {"closure_decision_date": house.day()})
    expect(supervisor.page.locator(".standing")).to_contain_text("Đã kết thúc")
    number = roads.number(house, case)

    house.later(days=80)
    collaborator = house.hands(COLLABORATOR)
    collaborator.go(case)
    collaborator.take("Kiểm tra sau kết thúc", {"checked_on": house.day(), "work_status": "unlawful"})
    house.turn()
    supervisor.go("/inbox")
    expect(supervisor.page.locator("main")).to_contain_text(
        "trẻ tái lao động trái quy định, cần mở lại hồ sơ"
    )
    chair.go(case)
    expect(chair.way("Mở lại").get_by_role("link")).to_have_count(0)
    supervisor.go(case)
    expect(supervisor.page.locator("section:has(> .standing)")).to_contain_text(
        "Mở lại hồ sơ vì trẻ tái lao động"
    )
    supervisor.take("Mở lại", {"reopening_fact": "Trẻ lại làm ở xưởng mộc."})
    head = supervisor.page.locator(".page-head")
    expect(head).to_contain_text("Vòng 2")
    expect(head).to_contain_text(number)
    expect(supervisor.page.locator(".standing")).to_contain_text("Đánh giá nguy cơ ban đầu")
    roads.fine(supervisor)
    before = supervisor.page.locator("details:has(> summary:has-text('Đã ghi trước bước “Mở lại”'))")
    before.locator("summary").click()
    expect(before).to_contain_text("Mức độ nguy cơ")
    supervisor.go(f"{case}/print")
    expect(supervisor.page.locator("main")).to_contain_text("Đã ghi trước bước “Mở lại”")
