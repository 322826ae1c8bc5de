"""Other cases: a duplicate merged and parted again, another child of the household reported."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.web import roads
from tests.web.journey import OFFICER, SUPERVISOR, House


def test_a_duplicate_is_merged_and_parted_again_and_both_cases_tell_it(house: House) -> None:
    officer, supervisor = house.hands(OFFICER), house.hands(SUPERVISOR)
    first, second = house.report(officer), house.report(officer)
    one, two = roads.number(house, first), roads.number(house, second)
    supervisor.go(second)
    supervisor.begin("Gộp trùng")
    supervisor.write({"merge_target": "01906-2026-09999", "same_child_confirmed": True})
    supervisor.send("Gộp trùng")
    assert "Không tìm thấy hồ sơ số này trong phạm vi bạn phụ trách" in " ".join(supervisor.said())
    supervisor.write({"merge_target": one})
    supervisor.send("Gộp trùng")
    assert supervisor.done(), supervisor.said()
    expect(supervisor.page.locator(".standing")).to_contain_text("Đã gộp trùng")
    expect(supervisor.page.locator(".timeline")).to_contain_text(f"Đã gộp vào: {one}.")
    house.turn()
    officer.go(first)
    expect(officer.page.locator(".timeline")).to_contain_text(f"Hồ sơ này nhận gộp một hồ sơ trùng: {two}.")
    supervisor.go(second)
    supervisor.take("Hủy gộp", {}, "Hai trẻ khác nhau.")
    expect(supervisor.page.locator(".flash")).to_contain_text(
        "Đã thực hiện “Hủy gộp”, ghi vào diễn biến ở dòng "
    )
    house.turn()
    for page, case, other in ((officer, first, two), (supervisor, second, one)):
        page.go(case)
        expect(page.page.locator(".timeline")).to_contain_text(f"Không còn nối với: {other}.")
    expect(supervisor.page.locator(".standing")).to_contain_text("Đã tiếp nhận thông tin")
    expect(supervisor.page.locator(".page-head")).to_contain_text("Vòng 2")


def test_another_child_of_the_household_is_reported_from_the_case(house: House) -> None:
    case = roads.implementing(house)
    officer = house.hands(OFFICER)
    officer.go(case)
    officer.take(
        "Lập tin báo về trẻ khác",
        {
            "screened_relation": "household", "screened_name": "Triệu Văn Em", "screened_age": "8", "screened_sex": "male",
            "screened_condition": "Theo chị đến xưởng mỗi chiều.",
        },
    )  # fmt: skip
    house.turn()
    house.turn()
    officer.find("Triệu Văn Em")
    officer.page.locator(".row-link").first.click()
    expect(officer.page.get_by_role("heading", level=1)).to_contain_text("Triệu Văn Em")
    expect(officer.page.locator(".standing")).to_contain_text("Đã tiếp nhận thông tin")
    expect(officer.page.locator(".timeline")).to_contain_text(
        f"Phát hiện khi rà soát từ hồ sơ: {roads.number(house, case)}."
    )
    officer.go(case)
    officer.take(
        "Kết thúc rà soát trẻ khác",
        {"minors_household": "1", "minors_workplace": "0", "screening_note": "Đã rà soát đủ."},
    )
