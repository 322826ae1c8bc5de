"""Lists, their filters and their addresses."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.text import LANGUAGES
from tests.support.browser import OpenPage, follow
from tests.web.demo_house import MOMENT, copied
from tests.web.journey import CHAIR, OFFICER, SUPERVISOR, served
from tests.web.screens import Told, wrong_with


def test_a_name_is_found_without_its_tones_and_exact_tones_come_first(told: Told) -> None:
    officer = told.hands(OFFICER)

    def found(query: str) -> list[str]:
        officer.find(query)
        return officer.page.locator(".row-link").all_inner_texts()

    every = {"Nông V. Đ.", "Lý T. D.", "Ma Đ. D.", "Bàn V. D.", "Hoàng T. Đ."}
    assert set(found("duc")) == every
    assert set(found("DUC")) == every
    exact = found("Đức")
    assert set(exact) == every
    assert set(exact[:2]) == {"Nông V. Đ.", "Ma Đ. D."}
    assert found("Dục")[0] == "Lý T. D."
    assert set(found("nong van duc")) == {"Nông V. Đ."}
    assert set(found("nông vân dúc")) == {"Nông V. Đ."}
    assert found("duc khong co") == []


def test_a_number_is_found_from_its_beginning(told: Told) -> None:
    officer = told.hands(OFFICER)
    officer.find("01906-2026-00003")
    rows = officer.page.locator("tbody tr")
    assert rows.count() > 1  # the child's case and its tracks
    assert all("01906-2026-00003" in each for each in rows.all_inner_texts())


def test_filters_stand_in_the_address(told: Told) -> None:
    page = told.hands(SUPERVISOR).page
    page.goto(f"{told.base}/cases")
    follow(page.locator(".tabs").get_by_role("link", name="Quá hạn"))
    page.locator("summary", has_text="Quy trình").click()
    follow(page.get_by_role("link", name="Hồ sơ trẻ em", exact=True))
    page.locator("summary", has_text="Trạng thái").click()
    follow(page.get_by_role("link", name="Đang xác minh", exact=True))
    asked = {"list": ["late"], "definition": ["child_case"], "state": ["verifying"]}
    assert parse_qs(urlsplit(page.url).query) == asked
    names = page.locator(".row-link").all_inner_texts()
    assert names
    again = told.hands(SUPERVISOR).page
    again.goto(page.url)  # the address alone is enough
    assert again.locator(".row-link").all_inner_texts() == names
    states = {each.split("\n")[0] for each in again.locator("tbody td:nth-child(2)").all_inner_texts()}
    assert states == {"Đang xác minh"}
    follow(again.locator(".filters").get_by_role("link", name="Đang xác minh"))
    assert "state" not in parse_qs(urlsplit(again.url).query)
    again.go_back()
    assert parse_qs(urlsplit(again.url).query) == asked


def test_every_number_of_supervision_leads_to_as_many_cases(told: Told) -> None:
    page = told.hands(SUPERVISOR).page
    page.goto(f"{told.base}/supervision")
    links = page.locator(".table-grid td a, .tile")
    counted = {
        str(each.get_attribute("href")): int(re.findall(r"\d+", each.inner_text())[0]) for each in links.all()
    }
    assert len(counted) > 12
    for href, number in counted.items():
        head = (
            page.request.get(told.base + href)
            .text()
            .partition('class="page-head"')[2]
            .partition("</header>")[0]
        )
        assert head.count(f"{number} hồ sơ") == 1, href


def test_pages_by_key_show_every_case_once(told: Told) -> None:
    page = told.hands(OFFICER).page
    page.goto(f"{told.base}/cases")
    seen: list[str] = []
    for _ in range(10):
        rows = page.locator("tbody th small .num").all_inner_texts()
        assert len(rows) <= 25
        seen += rows
        after = page.locator("a[rel=next]")
        if not after.count():
            break
        follow(after)
    assert len(seen) > 25
    assert len(seen) == len(set(seen))
    follow(page.get_by_role("link", name="Về đầu"))
    assert page.locator("tbody th small .num").all_inner_texts() == seen[:25]
    total = int(re.findall(r"\d+", page.locator(".page-sub").inner_text())[0])
    assert total == len(seen)


def test_a_senseless_key_of_a_page_is_no_fault(told: Told) -> None:
    page = told.hands(OFFICER).page
    for after in (
        "x",
        "2026-11-23~",
        "2026-11-23T00:00:00~x",
        "9999-99-99T00:00:00+00:00~x",
        "0001-01-01T00:00:00%2B14:00~x",
        "9999-12-31T23:59:59-14:00~x",
    ):
        answer = page.goto(f"{told.base}/cases?after={after}")
        assert answer is not None and answer.ok


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_in_the_heads_of_supervision_is_broken(told: Told, language: str) -> None:
    supervisor = told.hands(SUPERVISOR, language, viewport={"width": 1280, "height": 860})
    supervisor.go("/supervision")
    broken = supervisor.page.locator(".table-grid thead th").evaluate_all(
        """heads => heads.flatMap(head => {
          const walker = document.createTreeWalker(head, NodeFilter.SHOW_TEXT), found = [];
          for (let text = walker.nextNode(); text; text = walker.nextNode()) for (const word of text.data.matchAll(/\\S+/g)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (range.getClientRects().length > 1) found.push(word[0]);
          }
          return found;
        })"""
    )
    assert broken == []
    card = supervisor.page.locator(".card-table").first
    assert card.evaluate("card => card.scrollWidth <= card.clientWidth")  # so that no step is out of sight


def test_what_a_supervisor_should_see_begins_with_the_longest_late(told: Told) -> None:
    page = told.hands(SUPERVISOR).page
    page.goto(f"{told.base}/supervision")
    due = page.locator(".lines .chip time").evaluate_all("chips => chips.map(each => each.dateTime)")
    assert len(due) > 2 and all(due)
    assert due == sorted(due)


LIMITS = """rows => rows.map(each => {
  const time = each.querySelector("time");
  return [each.querySelector(".num").innerText, time.dateTime, time.innerText];
})"""


def test_how_late_a_case_is_reads_alike_everywhere(told: Told) -> None:
    page = told.hands(OFFICER).page
    said: list[dict[tuple[str, str], str]] = []
    for address in ("/work?list=late", "/cases?list=late"):
        page.goto(told.base + address)
        rows = page.locator("tbody tr").evaluate_all(LIMITS)
        said.append({(number, due): text for number, due, text in rows})
    both = said[0].keys() & said[1].keys()
    assert both
    assert {each: said[0][each] for each in both} == {each: said[1][each] for each in both}


COLOURS = """chips => chips.map(each => {
  const time = each.querySelector("time");
  return [time.dateTime, each.className, time.innerText.replace(/^.*: /, "")];
})"""


def test_a_time_limit_has_one_colour_on_every_screen(told: Told) -> None:
    officer = told.hands(OFFICER)
    page = officer.page
    seen: list[dict[str, tuple[str, str]]] = []
    for look_up in (lambda: officer.go("/work"), lambda: officer.find("Triệu Thị Lụa")):
        look_up()
        row = officer.row_of("Triệu T. L.").locator(".chip:has(time)")
        seen.append({due: (look, text) for due, look, text in row.evaluate_all(COLOURS)})
    follow(officer.row_of("Triệu T. L.").locator(".row-link"))
    chips = page.locator(".standing .chip:has(time), .standing-others .chip:has(time)")
    seen.append({due: (look, text) for due, look, text in chips.evaluate_all(COLOURS)})
    every = {due for each in seen for due in each}
    for due in every:
        assert len({each[due] for each in seen if due in each}) == 1, due
    assert all(each.keys() & seen[2].keys() for each in seen)
    assert "chip chip-soon" in {
        look for look, _ in seen[2].values()
    }  # the plan is due on the next working day


def test_nobody_is_given_a_task_that_is_still_with_somebody_else(told: Told) -> None:
    chair, officer = told.hands(CHAIR), told.hands(OFFICER)
    chair.go("/work")  # the plan of this child is not submitted yet, though its approval is overdue
    assert chair.row_of("Phê duyệt kế hoạch").count() == 2
    assert chair.row_of("Triệu T. L.").count() == 0
    officer.go("/work")
    assert officer.row_of("Triệu T. L.").filter(has_text="Trình kế hoạch").count() == 1
    follow(officer.page.locator(".tile", has_text="chờ người khác"))
    assert officer.row_of("Triệu T. L.").filter(has_text="Phê duyệt kế hoạch").count() == 1


def test_the_line_of_kinds_is_no_wider_than_a_phone_when_several_kinds_are_late(
    built_demo: Path, open_page: OpenPage
) -> None:
    with copied(built_demo, MOMENT + timedelta(days=60)) as (_, engine), served(engine) as base:
        officer = Told(engine, base, open_page).hands(OFFICER, viewport={"width": 360, "height": 740})
        officer.go("/work")
        assert officer.page.locator(".filters-line .late-text").count() > 3
        assert wrong_with(officer.page, "vi", contrast=False) == []
