"""Beside the name in a report stands how many cases may be of the same child: the panel itself is far below on a phone."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.support.axe import violations
from tests.support.browser import follow
from tests.web.journey import OFFICER, House, bring

FOUND = "1 hồ sơ có thể của cùng một trẻ."


def beside(page: Page) -> Locator:
    """The line in the field of the name."""
    return page.locator(".field:has([name=child_name]) .similar-beside")


def test_the_number_appears_under_the_name_and_leads_to_the_panel(house: House) -> None:
    bring(house.engine, house.clock, "receive")
    page = house.hands(OFFICER, viewport={"width": 360, "height": 740}).page
    page.goto(f"{house.base}/new")
    panel = page.locator("#similar")
    name = page.locator("[name=child_name]")
    name.press_sequentially("trieu thi lua")
    expect(beside(page)).to_have_text(FOUND)
    expect(name).to_be_focused()
    expect(panel).not_to_be_in_viewport()
    # Heard once and politely: the line is live, the panel is not.
    assert page.locator("form [aria-live]").evaluate_all("all => all.map(each => each.ariaLive)") == [
        "polite"
    ]
    assert beside(page).get_attribute("aria-live") == "polite"
    assert violations(page) == []
    beside(page).get_by_role("link").click()
    expect(panel).to_be_in_viewport()


def test_where_nobody_is_alike_only_a_screen_reader_hears_of_it(house: House) -> None:
    page = house.hands(OFFICER).page
    page.goto(f"{house.base}/new")
    assert beside(page).inner_text() == ""
    tall = beside(page).evaluate("line => line.offsetHeight")
    page.locator("[name=child_name]").press_sequentially("Nguyễn Không Trùng")
    expect(beside(page).locator(".for-reader")).to_have_text(
        "Không thấy hồ sơ nào giống trong phạm vi của bạn."
    )
    assert beside(page).evaluate("line => line.offsetHeight") == tall  # nothing has moved


def test_without_the_script_the_button_of_the_panel_fills_it_in(house: House) -> None:
    bring(house.engine, house.clock, "receive")
    officer = house.hands(OFFICER, java_script_enabled=False)
    officer.go("/new")
    officer.write({"child_name": "Triệu Lụa", "child_dob": "14/08/2012"})
    follow(officer.page.get_by_role("button", name="Kiểm tra trùng"))
    expect(beside(officer.page).get_by_role("link", name=FOUND)).to_have_attribute("href", "#similar")
