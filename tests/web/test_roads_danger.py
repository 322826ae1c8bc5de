"""Danger, refusal and silence: the emergency with its clock and separation, the court, contact that was lost."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import expect

from tests.web import roads
from tests.web.journey import CHAIR, OFFICER, SUPERVISOR, ZONE, House


def test_an_emergency_runs_by_the_clock_and_a_separated_child_stands_on_the_page(house: House) -> None:
    officer, chair = house.hands(OFFICER), house.hands(CHAIR)
    case = house.report(officer)
    officer.take("Xác định khẩn cấp", roads.EMERGENCY)
    expect(officer.page.locator("#clock")).to_contain_text(re.compile(r"còn 1[12] giờ \d+ phút"))
    house.later(hours=2, minutes=30)
    chair.go(case)
    clock = chair.page.locator("#clock")
    expect(clock).to_contain_text("Can thiệp khẩn cấp · Thực hiện biện pháp khẩn cấp: còn 9 giờ")
    expect(clock).to_contain_text("12 giờ")
    told = house.clock.now() - timedelta(hours=2, minutes=30)
    expect(clock).to_contain_text(f"Đã báo Chủ tịch UBND cấp xã lúc {told.astimezone(ZONE):%d/%m/%Y %H:%M}")
    roads.fine(chair)
    chair.begin("Quyết định tạm thời cách ly")
    chair.write(roads.separation(house, 20))
    chair.send("Quyết định tạm thời cách ly")
    assert "Quá 15 ngày phải có văn bản yêu cầu của cơ quan có thẩm quyền" in " ".join(chair.said())
    chair.write({"separation_end_on": house.day(10)})
    chair.send("Quyết định tạm thời cách ly")
    assert chair.done(), chair.said()
    card = chair.page.locator("section:has(#stay-1)")
    expect(card).to_contain_text("Trẻ đang được cách ly")
    expect(card).to_contain_text("còn 10 ngày")
    expect(card).to_contain_text("07/QĐ-UBND")
    expect(card).to_contain_text(house.day(10))
    roads.fine(chair)
    chair.take("Thực hiện biện pháp khẩn cấp", roads.measure(house))
    expect(chair.page.locator("#clock")).to_have_count(0)
    expect(chair.page.locator(".standing")).to_contain_text("Thu thập thông tin, đánh giá cụ thể")
    house.later(days=11)
    officer.go(case)
    expect(officer.page.locator("section:has(#stay-1)")).to_contain_text("quá hạn 1 ngày")
    expect(officer.page.locator(".timeline")).to_contain_text("Quá hạn: Hết thời hạn cách ly.")
    chair.go(case)
    chair.take("Hủy bỏ cách ly", {"safety_assessment": "Bà nội đã chuyển đến ở cùng.", "carers_safe": True})
    expect(chair.page.locator("section:has(#stay-1)")).to_have_count(0)


def test_the_clock_of_an_emergency_goes_on_while_the_page_stays_open(house: House) -> None:
    officer = house.hands(OFFICER)
    case = house.report(officer)
    officer.take("Xác định khẩn cấp", roads.EMERGENCY)
    officer.page.clock.install()
    officer.go(case)
    clock = officer.page.locator("#clock time")
    expect(clock).to_contain_text(re.compile(r"còn 1[12] giờ \d+ phút"))
    officer.page.clock.fast_forward("03:00:00")
    expect(clock).to_contain_text(re.compile(r"còn [89] giờ \d+ phút"))
    officer.page.clock.fast_forward("10:00:00")
    expect(clock).to_contain_text(re.compile(r"quá hạn [01] giờ \d+ phút"))


def test_an_emergency_left_lying_is_told_and_blocks_nothing(house: House) -> None:
    officer, chair, supervisor = house.hands(OFFICER), house.hands(CHAIR), house.hands(SUPERVISOR)
    case = house.report(officer)
    officer.take("Xác định khẩn cấp", roads.EMERGENCY)
    house.later(hours=13, minutes=20)
    chair.go(case)
    expect(chair.page.locator("#clock")).to_contain_text("quá hạn 1 giờ")
    chair.take("Thực hiện biện pháp khẩn cấp", roads.measure(house))
    supervisor.go("/inbox")
    expect(supervisor.page.locator("main")).to_contain_text("Thực hiện biện pháp khẩn cấp")


def test_a_family_refuses_and_the_court_decides(house: House) -> None:
    case = roads.implementing(house)
    chair, officer = house.hands(CHAIR), house.hands(OFFICER)
    chair.go(case)
    chair.take("Gia đình từ chối", roads.PETITION)
    expect(chair.page.locator(".standing")).to_contain_text("Đề nghị Tòa án")
    house.later(days=20)
    chair.go(case)
    decided = {"court_decision_no": "5/QĐ-TA", "court_decision_date": house.day()}
    chair.take("Kết quả Tòa án", decided | {"court_outcome": "support_goes_on"})
    expect(chair.page.locator(".standing")).to_contain_text("Đang thực hiện kế hoạch")
    chair.take("Gia đình từ chối", roads.PETITION)
    chair.take("Kết quả Tòa án", decided | {"court_outcome": "case_ends"})
    expect(chair.page.locator(".standing")).to_contain_text("Trình kết thúc")
    officer.go(case)
    expect(officer.page.locator(".timeline")).to_contain_text(
        "kết quả Tòa án. Hồ sơ chuyển sang “Trình kết thúc”."
    )


def test_contact_is_lost_and_found_and_time_stands_still_between(house: House) -> None:
    case = roads.implementing(house)
    officer = house.hands(OFFICER)
    officer.go(case)
    officer.begin("Ghi nhận mất liên lạc")
    officer.write({"contact_attempts": roads.attempts(house)[:2]})
    officer.send("Ghi nhận mất liên lạc")
    assert "Mất liên lạc: cần ít nhất 3 lần liên hệ" in " ".join(officer.said())
    officer.write({"contact_attempts": roads.attempts(house)})
    officer.send("Ghi nhận mất liên lạc")
    assert officer.done(), officer.said()
    since = house.day()
    expect(officer.page.locator(".page-head")).to_contain_text("Đang mất liên lạc")
    house.later(days=40)
    officer.go(case)
    standing = officer.page.locator("section:has(> .standing)")
    expect(standing.locator("time", has_text=f"tạm dừng từ {since}")).to_have_count(4)
    expect(officer.page.locator(".timeline")).not_to_contain_text("Quá hạn: Ghi nhận theo dõi")
    roads.fine(officer)
    # The way back is among the next steps now, not folded away among others.
    expect(officer.page.locator(".ways .way")).to_contain_text(["Ghi nhận đã liên lạc lại"])
    officer.take("Ghi nhận đã liên lạc lại", {"contact_found_note": "Trẻ đã về với bà."})
    expect(officer.page.locator(".page-head")).not_to_contain_text("Đang mất liên lạc")
    expect(standing).not_to_contain_text("tạm dừng")
