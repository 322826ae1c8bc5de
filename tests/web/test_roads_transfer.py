"""A case goes to another commune: offered, and accepted or rejected there."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.web import roads
from tests.web.journey import OFFICER, House
from tests.web.roads import ELSEWHERE


def test_the_other_commune_accepts_and_then_answers_for_the_case_alone(house: House) -> None:
    case = roads.implementing(house)
    roads.doors(house, ELSEWHERE)
    officer, other = house.hands(OFFICER), house.hands(ELSEWHERE)
    assert other.go(case).status == 404
    officer.go(case)
    officer.begin("Chuyển địa bàn")
    offered = officer.page.locator("[name=receiving_commune] option")
    assert "Xã Chợ Rã" in offered.all_inner_texts()
    assert "Xã Ba Bể" not in offered.all_inner_texts()  # where it is
    officer.take("Chuyển địa bàn", roads.TRANSFER)
    expect(officer.page.locator("main")).to_contain_text("Hồ sơ đã chuyển đến Xã Chợ Rã.")
    accept = officer.way("Tiếp nhận chuyển địa bàn")
    expect(accept.get_by_role("link")).to_have_count(0)
    expect(accept).to_contain_text("Chỉ nơi được đề nghị tiếp nhận hồ sơ thực hiện được bước này.")
    roads.fine(officer)
    house.turn()
    other.go("/inbox")
    expect(other.page.locator("main")).to_contain_text("Có hồ sơ được chuyển đến, chờ tiếp nhận")
    assert other.go(case).ok
    expect(other.page.locator("main")).to_contain_text(
        "Hồ sơ được chuyển đến, chờ tiếp nhận. Xã Ba Bể chuyển hồ sơ này"
    )
    roads.fine(other)
    other.take("Tiếp nhận chuyển địa bàn", {})
    expect(other.page.locator("main")).not_to_contain_text("chờ tiếp nhận.")
    expect(other.page.locator(".page-head")).to_contain_text("Xã Chợ Rã")
    expect(other.page.locator(".standing")).to_contain_text("Đang thực hiện kế hoạch")
    expect(other.page.locator(".timeline")).to_contain_text("Địa bàn phụ trách: Xã Chợ Rã.")
    assert officer.go(case).status == 404


def test_the_other_commune_rejects_and_the_case_goes_on_where_it_was(house: House) -> None:
    case = roads.implementing(house)
    roads.doors(house, ELSEWHERE)
    officer, other = house.hands(OFFICER), house.hands(ELSEWHERE)
    officer.go(case)
    officer.take("Chuyển địa bàn", roads.TRANSFER)
    other.go(case)
    other.begin("Từ chối tiếp nhận")
    other.send("Từ chối tiếp nhận")
    assert "Cần ghi lý do." in " ".join(other.said())
    other.page.locator("[name=_reason]").fill("Gia đình không về xã này.")
    other.send("Từ chối tiếp nhận")
    assert other.page.url.endswith("/cases")  # out of reach again
    assert other.go(case).status == 404
    house.turn()
    officer.go("/inbox")
    expect(officer.page.locator("main")).to_contain_text("Xã nơi đến từ chối tiếp nhận hồ sơ")
    officer.go(case)
    expect(officer.page.locator(".standing")).to_contain_text("Đang thực hiện kế hoạch")
    expect(officer.page.locator(".timeline")).to_contain_text("Gia đình không về xã này.")
