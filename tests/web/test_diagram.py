"""The diagram on the page of a case: it opens where the case stands, and says in words where it can go."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from engine.text import LANGUAGES
from tests.web import shots
from tests.web.journey import OFFICER
from tests.web.screens import Told, wrong_with

CHILD = "Ma Thị Thu"  # whose plan waits for its approval


def opened(told: Told, width: int, language: str = "vi") -> Page:
    officer = told.hands(OFFICER, language, viewport={"width": width, "height": 860})
    shots.diagram_of(CHILD)(officer)
    return officer.page


@pytest.mark.parametrize("width", shots.SIZES)
def test_it_opens_with_the_present_state_in_sight_and_says_that_it_scrolls(told: Told, width: int) -> None:
    page = opened(told, width)
    here, box = page.locator("[data-here]"), page.locator(".diagram")
    expect(page.get_by_text("kéo sang ngang để xem hết")).to_be_visible()
    page.wait_for_function(
        """() => {
          const [here, box] = ["[data-here]", ".diagram"].map((each) => document.querySelector(each).getBoundingClientRect());
          return here.left >= box.left && here.right <= box.right;
        }"""
    )
    assert here.count() == 1
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    assert wrong_with(page, "vi") == []


def test_where_all_of_it_is_seen_nothing_says_that_it_scrolls(told: Told) -> None:
    page = opened(told, 3000)
    page.locator(".card#diagram").evaluate("card => { card.style.width = '2600px'; }")
    page.locator("#diagram summary").click()
    page.locator("#diagram summary").click()
    expect(page.get_by_text("kéo sang ngang để xem hết")).to_be_hidden()


def test_the_ways_on_from_here_are_told_in_words(told: Told) -> None:
    page = opened(told, 360)
    expect(page.get_by_text("Từ đây có thể đi tiếp:")).to_be_visible()
    ways = page.locator(".onward li").all_inner_texts()
    assert "Phê duyệt → Đang thực hiện kế hoạch" in ways
    assert len(ways) == page.locator(".edge-here").count() > 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lanes_stand_in_the_order_of_the_bar_and_no_line_crosses_their_titles(
    told: Told, language: str
) -> None:
    page = opened(told, 1280, language)
    titles = page.locator(".diagram-titles text")
    assert titles.all_text_contents() == page.locator(".stage-title").all_text_contents()
    points = page.locator("path.edge").evaluate_all(
        """arrows => arrows.flatMap((arrow) => {
          const at = arrow.getScreenCTM(), length = arrow.getTotalLength();
          return Array.from({ length: 200 }, (_, n) => {
            const point = arrow.getPointAtLength(length * n / 199).matrixTransform(at);
            return [point.x, point.y];
          });
        })"""
    )
    for title in titles.all():
        box = title.bounding_box()
        assert box
        right, below = box["x"] + box["width"], box["y"] + box["height"]
        assert not any(box["x"] <= x <= right and box["y"] <= y <= below for x, y in points)
