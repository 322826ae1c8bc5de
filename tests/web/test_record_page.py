"""The full record and the print of a case: names of officials in full, and time limits that read true."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from flask import Flask

from engine import Command, Engine, FixedClock
from tests.web.journey import OFFICER, SUPERVISOR, bring
from tests.web.visitor import Visitor


@pytest.fixture
def engine(demo: Flask) -> Engine:
    found = demo.extensions["casework"]
    assert isinstance(found, Engine)
    return found


def told(engine: Engine, upto: str) -> str:
    """The address of the demonstration's first child, told up to a step."""
    assert isinstance(engine.clock, FixedClock)
    return bring(engine, engine.clock, upto)


def inside(demo: Flask, person: str) -> Visitor:
    visitor = Visitor(demo, address="127.0.0.1", host="127.0.0.1:8000")
    assert visitor.click(person).status_code == 303
    return visitor


@pytest.mark.parametrize("part", ["", "/print", "/record"])
def test_the_title_of_the_window_names_no_child(demo: Flask, engine: Engine, part: str) -> None:
    case = told(engine, "start_verification")
    text = inside(demo, SUPERVISOR).get(case + part).text
    window = re.findall("<title>(.*?)</title>", text)[0]
    assert "01906-2026-00001" in window
    assert ("Đang xác minh" in window) == (part != "/record")
    assert "Lụa" not in window
    assert "Lụa" in "".join(re.findall("<h1>(.*?)</h1>", text))


def test_paper_says_each_limit_once_and_in_full(demo: Flask, engine: Engine) -> None:
    case = told(engine, "assess_initial")
    head = (
        inside(demo, SUPERVISOR)
        .get(f"{case}/print")
        .text.partition('class="card paper"')[2]
        .partition("</section>")[0]
    )
    limits = re.findall(r"<p>([^<]+: thứ .*?|[^<]+: Chủ nhật.*?)</p>", head)
    assert len(limits) > 1
    for each in limits:
        assert re.fullmatch(r"[^:]+: (thứ \w+|Chủ nhật), \d\d/\d\d/\d{4} \d\d:\d\d", each)
    assert isinstance(engine.clock, FixedClock)
    engine.clock.advance(days=30)
    late = inside(demo, SUPERVISOR).get(f"{case}/print").text
    assert re.search(r": thứ \w+, \d\d/\d\d/\d{4} \d\d:\d\d \(quá \d+ [^)]*\)</p>", late)


@pytest.mark.parametrize("part", ["", "/record"])
def test_the_menu_marks_what_the_crumbs_begin_with(demo: Flask, engine: Engine, part: str) -> None:
    case = told(engine, "start_verification")
    text = inside(demo, SUPERVISOR).get(case + part).text
    marked = re.search(r'<a href="(\S+)" aria-current="page">', text.partition('class="side"')[2])
    first = re.search(r'<a href="(\S+)"', text.partition('class="crumbs"')[2])
    assert marked and first
    assert marked[1] == first[1] == "/cases"


def row_of_limit(text: str, title: str) -> list[str]:
    """The cells of one time limit."""
    (row,) = [each for each in re.findall(r"<tr>.*?</tr>", text, re.S) if title in each]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.S)]


def test_a_record_and_a_print_call_officials_by_their_whole_names(demo: Flask, engine: Engine) -> None:
    case = told(engine, "assess_initial")
    lead = inside(demo, SUPERVISOR)
    for page in (f"{case}/record", f"{case}/print"):
        text = lead.get(page).text
        assert "Nông Thị Thắm Xuân" in text, page
        assert "Nông Thị Thắm X." not in text, page
    assert "Lý Thị Uyên Chi" in lead.get(f"{case}/record").text.partition("Ai đã xem")[2]
    on_screen = lead.get(case).text
    assert "Nông Thị Thắm X." in on_screen
    assert "Nông Thị Thắm Xuân" not in on_screen


def test_every_kind_of_look_has_a_line_in_the_record(demo: Flask, engine: Engine) -> None:
    case = told(engine, "assess_initial")
    for what in ("cli show", "by another way"):
        assert engine.view(case.rpartition("/")[2], SUPERVISOR, what)
    looks = inside(demo, SUPERVISOR).get(f"{case}/record").text.partition("Ai đã xem")[2]
    assert "dòng lệnh" in looks
    assert "by another way" in looks


def test_a_limit_counted_from_a_later_day_says_that_it_does_not_count_yet_or_ended_before(
    demo: Flask, engine: Engine
) -> None:
    case = told(engine, "approve_plan")
    lead = inside(demo, SUPERVISOR)
    _, _, _, ended, _ = row_of_limit(lead.get(f"{case}/record").text, "Hết thời gian thực hiện kế hoạch")
    assert ended == "chưa đến lúc bắt đầu tính"
    danger = {
        "danger_type": "health",
        "harmer_relation": "unknown",
        "danger_received_at": engine.clock.now(),
    }
    outcome = engine.apply(
        Command(
            id=str(uuid4()), case=case.rpartition("/")[2], trigger="declare_emergency", actor=OFFICER, values=danger
        )
    )  # fmt: skip
    assert outcome.applied, outcome.blockers
    text = lead.get(f"{case}/record").text
    _, _, _, ended, _ = row_of_limit(text, "Hết thời gian thực hiện kế hoạch")
    assert ended.endswith("đã chuyển bước, trước khi bắt đầu tính")
    _, _, _, ended, _ = row_of_limit(text, "Rà soát định kỳ")
    assert ended.endswith("đã chuyển bước")
