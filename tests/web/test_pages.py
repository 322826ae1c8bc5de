"""Every main screen in both languages, on a desk and on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine.text import LANGUAGES
from tests.support.browser import follow
from tests.web import shots
from tests.web.journey import OFFICER
from tests.web.screens import Told, wrong_with

WIDE = max(shots.SIZES)

# ------------------------------------------------------------------ every screen


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in shots.SCREENS if name not in shots.BEFORE])
def test_a_screen_is_accessible_fits_and_speaks_one_language(told: Told, name: str, language: str) -> None:
    who, walk = shots.SCREENS[name]
    hands = told.hands(who, language)
    walk(hands)
    for width, height in shots.SIZES.items():
        hands.page.set_viewport_size({"width": width, "height": height})
        # Contrast takes most of the time and is the same in each language: it is asked once wide and once narrow.
        contrast = (language == "vi") == (width == WIDE)
        assert wrong_with(hands.page, language, contrast=contrast) == [], f"at {width}"
    assert told.complaints(hands.page) == []


@pytest.mark.parametrize("child", ["Triệu Thị Lụa", "Lý A Páo", "Bàn Thị Hoa", "Hoàng Văn Mạnh"])
def test_every_form_of_every_open_way_is_accessible_and_fits(told: Told, child: str) -> None:
    officer = told.hands(OFFICER)
    shots.case_of(child)(officer)
    here = officer.page.url.removeprefix(officer.base)
    ways = [each.get_attribute("href") or "" for each in officer.page.locator(".way a.button").all()]
    for href in ways:
        officer.go(href)
        assert officer.page.locator(".card-step").count() == 1
        for width, height in shots.SIZES.items():
            officer.page.set_viewport_size({"width": width, "height": height})
            assert wrong_with(officer.page, "vi") == [], f"{href} of {here} at {width}"


def test_the_menu_of_the_phone_opens_and_closes_without_a_script(told: Told) -> None:
    hands = told.hands(OFFICER, viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = hands.page
    hands.go("/work")
    side = page.locator("nav.side")
    assert not side.is_visible()
    page.locator(".phone-bar").get_by_role("link", name="Thêm").click()
    expect(side).to_be_visible()
    follow(side.get_by_role("link", name="Thông báo"))
    assert page.url == f"{told.base}/inbox"


# ------------------------------------------------------------------ files


def test_no_template_and_no_file_of_a_page_is_left_over() -> None:
    web = Path(__file__).parents[2] / "web"
    read = [each for kind in ("py", "html", "css", "js") for each in web.rglob(f"*.{kind}")]
    sources = {each: each.read_text("utf-8") for each in read}
    fonts = re.findall(r"fonts/[\w-]+\.woff2", sources[web / "static" / "tokens.css"])
    papers = {"OFL.txt", "VENDORED.md"}
    for folder in ("templates", "static"):
        for file in (
            each for each in (web / folder).rglob("*") if each.is_file() and each.name not in papers
        ):
            name = str(file.relative_to(web / folder))
            assert name in fonts or any(name in text for path, text in sources.items() if path != file), name


def test_every_picture_is_in_the_index_and_every_screen_has_its_four_pictures() -> None:
    wanted = {
        f"{name}-{language}-{width}.png"
        for name in shots.SCREENS
        if name not in shots.UNPICTURED
        for language in LANGUAGES
        for width in shots.SIZES
    }
    index = (shots.FOLDER / "README.md").read_text("utf-8")
    assert set(re.findall(r"\((\S+\.png)\)", index)) == wanted
    assert {each.name for each in shots.FOLDER.glob("*.png")} == wanted
