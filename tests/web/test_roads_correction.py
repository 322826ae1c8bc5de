"""A correction: asked for by one, seen with what stands and what would stand, decided by another."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.web import roads
from tests.web.journey import CHAIR, OFFICER, SUPERVISOR, House
from tests.web.roads import COLLABORATOR, SECOND

WAITS = "section:has(#waits-1)"
NEW = {"child_name": "Triệu Thị Lúa", "child_dob": "14/08/2011"}


def test_a_correction_is_decided_by_somebody_who_did_not_write_the_entry(house: House) -> None:
    case = roads.implementing(house)
    roads.doors(house, SECOND, COLLABORATOR)
    roads.supervises_too(house, OFFICER)
    second, officer, supervisor = house.hands(SECOND), house.hands(OFFICER), house.hands(SUPERVISOR)
    second.go(case)
    second.begin("Đính chính")
    assert second.value("child_name") == "Triệu Thị Lụa"
    second.send("Đính chính")
    assert {"Cần ghi lý do."} <= {each.strip() for each in second.said()}
    second.write(NEW)
    second.page.locator("[name=_reason]").fill("Theo giấy khai sinh.")
    second.send("Đính chính")
    assert second.done(), second.said()
    expect(second.page.locator(".flash")).to_contain_text(
        "“Đính chính”: đã gửi đề nghị, chờ người khác quyết định"
    )
    house.turn()

    officer.go(case)
    own = officer.way("Đồng ý đính chính")
    expect(own).to_contain_text("Họ và tên trẻ")
    expect(own.get_by_role("link", name="Đồng ý đính chính")).to_have_count(0)

    supervisor.go("/inbox")
    expect(supervisor.page.locator("main")).to_contain_text("Có đề nghị đính chính chờ quyết định")
    supervisor.go(case)
    card = supervisor.page.locator(WAITS)
    expect(card).to_contain_text("Đề nghị đính chính chờ quyết định")
    expect(card).to_contain_text("Đồng Thị Lụa H. đề nghị lúc")
    expect(card).to_contain_text("Lý do: Theo giấy khai sinh.")
    rows = card.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Họ và tên trẻ").locator("td")).to_have_text(
        ["Triệu Thị Lụa", "Triệu Thị Lúa"]
    )
    expect(rows.filter(has_text="Ngày sinh").locator("td")).to_have_text(["14/08/2012", "14/08/2011"])
    roads.fine(supervisor)
    supervisor.go(case)
    supervisor.take("Đồng ý đính chính", {})
    expect(supervisor.page.get_by_role("heading", level=1)).to_contain_text("Triệu Thị Lúa")
    expect(supervisor.page.locator(WAITS)).to_have_count(0)
    expect(supervisor.page.locator(".timeline")).to_contain_text(
        "đồng ý đính chính. Thông tin: Họ và tên trẻ, Ngày sinh."
    )
    assert supervisor.go(f"{case}/record").ok
    expect(supervisor.page.locator("body")).not_to_contain_text("correct_data")


def test_who_may_not_read_a_field_does_not_read_what_is_proposed_for_it(house: House) -> None:
    case = roads.implementing(house)
    roads.doors(house, COLLABORATOR)
    officer, collaborator = house.hands(OFFICER), house.hands(COLLABORATOR)
    officer.go(case)
    officer.take("Đính chính", NEW, "Theo giấy khai sinh.")
    collaborator.go(case)
    card = collaborator.page.locator(WAITS)
    expect(card.locator("tbody tr")).to_have_count(1)
    expect(card).to_contain_text("Triệu Thị Lúa")
    expect(collaborator.page.locator("body")).not_to_contain_text("14/08/2011")


def test_a_correction_declined_leaves_everything_as_it_was(house: House) -> None:
    case = roads.implementing(house)
    officer, supervisor, chair = house.hands(OFFICER), house.hands(SUPERVISOR), house.hands(CHAIR)
    officer.go(case)
    officer.take("Đính chính", NEW, "Theo giấy khai sinh.")
    expect(officer.way("Đính chính").get_by_role("link", name="Đính chính")).to_have_count(0)  # one at a time
    chair.go(case)
    expect(chair.way("Không đồng ý đính chính").get_by_role("link")).to_have_count(0)
    supervisor.go(case)
    supervisor.take("Không đồng ý đính chính", {}, "Giấy khai sinh ghi khác.")
    expect(supervisor.page.get_by_role("heading", level=1)).to_contain_text("Triệu Thị Lụa")
    officer.go(case)
    expect(officer.page.locator(WAITS)).to_have_count(0)
    expect(officer.page.locator(".timeline")).to_contain_text("Giấy khai sinh ghi khác.")
