"""What a phone folds on the case page, and a desk shows at once."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.web import shots
from tests.web.journey import OFFICER
from tests.web.screens import Told, wrong_with

PHONE = {"width": 360, "height": 740}


def test_a_phone_shows_the_newest_four_entries_and_all_on_demand(told: Told) -> None:
    officer = told.hands(OFFICER, viewport=PHONE)
    page = officer.page
    shots.case_of("Triệu Thị Lụa")(officer)
    shown, every = page.locator(".event:visible"), page.locator(".event").count()
    assert every > 4
    assert shown.count() == 4
    below = page.locator(".timeline-all a").bounding_box()
    line = shown.last.evaluate(
        """entry => entry.getBoundingClientRect().bottom - parseFloat(getComputedStyle(entry, "::before").bottom)"""
    )
    assert below
    assert line + 8 <= below["y"]  # the line of the story ends above the link
    people = page.locator("details:has(#people)")
    assert not people.locator("li").first.is_visible()
    assert wrong_with(page, "vi", contrast=False) == []
    page.get_by_role("link", name=f"Xem cả {every} dòng").click()
    expect(shown).to_have_count(every)
    people.locator("summary").click()
    expect(people.locator("li").first).to_be_visible()
    assert wrong_with(page, "vi", contrast=False) == []

    page.reload()  # the address still asks for all
    expect(shown).to_have_count(every)
    page.set_viewport_size({"width": 1280, "height": 860})
    expect(page.get_by_role("link", name=f"Xem cả {every} dòng")).to_be_hidden()


def test_a_filter_finds_what_the_phone_had_not_shown(told: Told) -> None:
    officer = told.hands(OFFICER, viewport=PHONE)
    page = officer.page
    shots.case_of("Triệu Thị Lụa")(officer)
    first = page.locator(".event").last
    assert not first.is_visible()
    page.locator("[data-filter=step]").click()
    expect(first).to_be_visible()


def test_a_desk_shows_it_all(told: Told) -> None:
    officer = told.hands(OFFICER, viewport={"width": 1280, "height": 860})
    page = officer.page
    shots.case_of("Triệu Thị Lụa")(officer)
    assert page.locator(".event:visible").count() == page.locator(".event").count()
    assert page.locator("details:has(#people) li").first.is_visible()


def test_a_phone_without_a_script_opens_the_whole_story_too(told: Told) -> None:
    officer = told.hands(OFFICER, viewport=PHONE)
    shots.case_of("Triệu Thị Lụa")(officer)
    address = officer.page.url.removeprefix(told.base)
    plain = told.hands(OFFICER, viewport=PHONE, java_script_enabled=False)
    plain.go(address)
    shown, every = plain.page.locator(".event:visible"), plain.page.locator(".event").count()
    assert shown.count() == 4
    plain.page.get_by_role("link", name=f"Xem cả {every} dòng").click()
    expect(shown).to_have_count(every)
