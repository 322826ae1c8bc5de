"""The diagram on the page of a case: it opens where the case stands, and says in words where it can go."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from engine.text import LANGUAGES
from tests.web import shots
from tests.web.journey import OFFICER, SUPERVISOR, TEACHER
from tests.web.screens import Told, wrong_with
from web.views.cases import SIZE

CHILD = "Ma Thị Thu"  # whose plan waits for its approval


def opened(told: Told, width: int, language: str = "vi") -> Page:
    officer = told.hands(OFFICER, language, viewport={"width": width, "height": 860})
    shots.diagram_of(CHILD)(officer)
    return officer.page


NARROW, WIDE = sorted(shots.SIZES)


def test_on_a_phone_it_opens_with_the_present_state_in_sight_and_says_that_it_scrolls(told: Told) -> None:
    page = opened(told, NARROW)
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


def test_on_a_desk_all_of_it_is_seen_and_nothing_says_that_it_scrolls(told: Told) -> None:
    page = opened(told, WIDE)
    assert page.locator(".diagram").evaluate("box => box.scrollWidth <= box.clientWidth")
    expect(page.get_by_text("kéo sang ngang để xem hết")).to_be_hidden()
    assert wrong_with(page, "vi") == []


def test_the_ways_on_from_here_are_told_in_words(told: Told) -> None:
    page = opened(told, 360)
    expect(page.get_by_text("Từ đây có thể đi tiếp:")).to_be_visible()
    ways = page.locator(".onward li").all_inner_texts()
    assert "Phê duyệt → Đang thực hiện kế hoạch" in ways
    assert len(ways) == page.locator("path.edge-onward").count() > 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lanes_stand_in_the_order_of_the_bar_and_no_line_crosses_their_titles(
    told: Told, language: str
) -> None:
    page = opened(told, 1280, language)
    titles = page.locator(".diagram-titles text")
    assert titles.all_text_contents()[:4] == page.locator(".stage-title").all_text_contents()
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


def test_the_path_taken_stands_in_the_picture_and_in_the_list_with_the_same_dates_and_numbers(
    told: Told,
) -> None:
    page = opened(told, WIDE)
    steps = page.locator(".picture-path li")
    assert steps.count() > 4
    numbers = page.locator(".edge-number-text").all_text_contents()
    assert sorted(map(int, numbers)) == list(range(1, steps.count() + 1))
    days = [each[:10] for each in page.locator(".picture-path time").all_inner_texts()]
    drawn = page.locator("g:has(> .node-done) .node-note, g:has(> .node-here) .node-note").all_text_contents()
    assert sorted(drawn) == sorted(f"vào {day}" for day in days)
    assert steps.last.inner_text().startswith("Trình phê duyệt (đang ở đây)")
    box = page.locator("g:has(> [data-here]) text").all_text_contents()
    assert box[0] == "Trình phê duyệt"
    assert box[-1] == "■ hạn hôm nay 23:59"
    assert page.locator(".standing .chip").first.inner_text().endswith("hôm nay 23:59")
    assert "Đang thực hiện kế hoạch → Rà soát, đánh giá → Trình kết thúc → Đã kết thúc" in (
        page.locator(".picture-lists").inner_text()
    )


def test_the_tracks_hang_on_the_picture_and_lead_to_their_pages_where_one_may_go(told: Told) -> None:
    officer = told.hands(OFFICER)
    shots.diagram_of("Lý A Páo")(officer)
    page = officer.page
    rows = page.locator("[aria-labelledby=tracks] li").all_inner_texts()
    boxes = [
        " ".join(each.locator("text").all_text_contents())
        for each in page.locator("g:has(> .node-beside, > a > .node-beside)").all()
    ]
    assert len(boxes) == len(rows) == page.locator("path.edge-track").count() > 1
    for row, box in zip(rows, boxes, strict=True):
        title, state = row.split("\n")[:2]
        assert box.startswith(f"{title.split(' …')[0]} {state.split(' · ')[0]}")
    assert (
        page.locator("a:has(.node-beside)").count() == page.locator("[aria-labelledby=tracks] li a").count()
    )
    teacher = told.hands(TEACHER)
    shots.diagram_of("Lý A Páo")(teacher)
    assert "Đang đi học" in teacher.page.locator("g:has(> [data-here]) text").all_text_contents()


@pytest.mark.parametrize("width", shots.SIZES)
def test_every_number_of_the_heat_map_leads_to_as_many_cases(told: Told, width: int) -> None:
    page = told.hands(SUPERVISOR, viewport={"width": width, "height": 860}).page
    page.goto(f"{told.base}/supervision")
    part = page.locator("[aria-labelledby=heat]")
    links = part.locator("a").filter(visible=True)
    counted = {
        str(each.get_attribute("href")): int(
            re.findall(r"(\d+) (?:hồ sơ|quá hạn)", each.text_content() or "")[0]
        )
        for each in links.all()
    }
    assert sum(n for href, n in counted.items() if "late" not in href) == int(
        page.locator("tfoot .cell-load a").inner_text()
    )
    assert [href for href in counted if "list=late" in href]
    for href, number in counted.items():
        page.goto(told.base + href)
        assert page.locator("tbody tr").count() == min(number, SIZE), href
        assert page.locator(".page-sub").inner_text() == f"{number} hồ sơ trong danh sách này"
