"""The picture of a case and the heat map of all, in pages on both databases and as marks of made-up counts."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask, g

from engine import Engine, FixedClock
from engine.words import Words
from engine.workflow import Workflow
from tests.engine.definition.test_diagram import shipped
from tests.engine.migration.moves import asked_case, move, version
from tests.engine.test_moving import RENAMED, TO_SUBMITTED
from tests.support.world import CHO_RA, TOY, change, fire, open_toy
from tests.web.test_case_line import went
from tests.web.test_case_moved import OTHER
from tests.web.visitor import Visitor
from web.case_model import name_of
from web.heat import SHADES, Count, counted, heat, marks, shade

ASKING = {"amount": 1, "urgency": "high"}


def seen(visitor: Visitor, who: str, address: str) -> str:
    assert visitor.sign_in(who).status_code == 303
    answer = visitor.get(address)
    assert answer.status_code == 200
    return answer.text


def boxes(page: str) -> dict[str, str]:
    """By the title of a state all that its box says, and its classes."""
    found = {}
    for group in re.findall(r'<g>(.*?<rect class="node.*?)</g>', page, re.DOTALL):
        lines = re.findall(r">([^<>]+)</text>", group)
        found[lines[0]] = " | ".join(
            [*lines[1:], *re.findall(r'class="(node[^"]*)" ?(?:data-here)? ?x', group)]
        )
    return found


def steps(page: str) -> list[str]:
    """The list of the path taken."""
    path = page.partition('class="picture-path"')[2].partition("</ol>")[0]
    return re.findall(r"<b>([^<]+)</b>", path)


def dated(page: str) -> list[str]:
    """The same with all that is said of each."""
    path = page.partition('class="picture-path"')[2].partition("</ol>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", f"<li{each}").split()) for each in path.split("<li")[1:]]


def test_a_case_that_went_round_shows_how_often_and_when_last(
    engine: Engine, clock: FixedClock, visitor: Visitor
) -> None:
    case = open_toy(engine).case
    for _ in range(2):
        clock.advance(days=1)
        assert fire(engine, case, "ask", "officer", **ASKING).applied
        clock.advance(days=1)
        assert fire(engine, case, "return_request", "chair", reason="thiếu").applied
    page = seen(visitor, "officer", f"/cases/{case}")
    assert steps(page) == ["Dự thảo", "Đã trình", "Dự thảo", "Đã trình", "Dự thảo"]
    assert boxes(page)["Dự thảo"].startswith("vào 27/11/2026 · lần 3 | hạn thứ Sáu 04/12 | node node-here")
    assert boxes(page)["Đã trình"].startswith("vào 26/11/2026 · lần 2 | node node-done")
    assert boxes(page)["Đã duyệt"] == "node node-final node-road"
    numbers = re.findall(r'class="edge-number-text"[^>]*>([^<]+)<', page)
    assert sorted(numbers) == ["1", "2, 4", "3, 5"]
    assert "Dự thảo → Đã trình: đã đi 2 lần" in page


def test_a_case_of_an_older_version_is_drawn_on_the_version_it_follows(
    engine: Engine, visitor: Visitor
) -> None:
    case = open_toy(engine).case
    assert fire(engine, case, "ask", "officer", **ASKING).applied
    change(engine, TOY.replace("asked", "sent").replace("Đã trình", "Đã gửi"))
    page = seen(visitor, "chair", f"/cases/{case}")
    assert steps(page) == ["Dự thảo", "Đã trình"]
    assert "node-here" in boxes(page)["Đã trình"]


def test_a_case_that_went_to_a_version_with_another_key_for_its_state_keeps_its_path(
    engine: Engine, clock: FixedClock, visitor: Visitor
) -> None:
    case = asked_case(engine)
    clock.advance(days=1)
    assert move(engine, case, version(engine, *RENAMED), **TO_SUBMITTED).applied
    page = seen(visitor, "chair", f"/cases/{case}")
    assert steps(page) == ["Dự thảo", "Đã trình", "Đã trình"]
    assert "theo phiên bản" not in page
    assert dated(page)[2].endswith("chuyển sang phiên bản 2 của quy trình")
    assert boxes(page)["Đã trình"].startswith("vào 23/11/2026 | ")
    assert re.findall(r'class="edge-number-text"[^>]*>([^<]+)<', page) == ["2", "1"]
    assert "cho đến khi chuyển phiên bản" not in page and "tên này từ" not in page


TOLD = {
    "vi": (
        "Đang cân nhắc",
        "vào 23/11/2026 | tên này từ 26/11/2026",
        "· đã 3 ngày · là “Đã trình” cho đến khi chuyển phiên bản ngày 26/11/2026",
        ["Dự thảo", "Đã trình (theo phiên bản 1)", "Đang cân nhắc (đang ở đây)"],
    ),
    "en": (
        "Weighed",
        "on 23/11/2026 | so called since 26/11/2026",
        "· for 3 days · “Submitted” until it went to another version on 26/11/2026",
        ["Draft", "Submitted (of version 1)", "Weighed (here now)"],
    ),
}


@pytest.mark.parametrize("language", TOLD)
@pytest.mark.parametrize("key", ["weighed", "asked"])
def test_a_state_that_has_another_title_since_a_move_is_told_with_both_and_the_days_of_both(
    engine: Engine, clock: FixedClock, visitor: Visitor, key: str, language: str
) -> None:
    title, box, since, path = TOLD[language]
    case = asked_case(engine)
    clock.advance(days=3)
    changes = OTHER if key == "weighed" else ((OTHER[0][0], OTHER[0][1].replace("weighed", "asked")),)
    assert move(engine, case, version(engine, *changes), state=key, states={"asked": key}).applied
    assert visitor.sign_in("chair").status_code == 303
    visitor.post("/language", {"lang": language, "next": "/work"})
    page = visitor.get(f"/cases/{case}").text
    assert boxes(page)[title].startswith(box)
    assert [re.split(r" \d\d/", each)[0] for each in dated(page)] == path
    for address in (f"/cases/{case}", f"/cases/{case}/print"):
        assert since in visitor.get(address).text.replace("\u00a0", " ")
    assert re.findall(r'class="edge-number-text"[^>]*>([^<]+)<', page) == ["2", "1"]


def test_a_state_that_a_case_left_before_it_had_another_title_says_since_when_it_is_called_so(
    engine: Engine, clock: FixedClock, visitor: Visitor
) -> None:
    case = asked_case(engine)
    clock.advance(days=1)
    assert fire(engine, case, "return_request", "chair", reason="thiếu").applied
    clock.advance(days=1)
    went(engine, 1, version(engine, *OTHER))
    page = seen(visitor, "chair", f"/cases/{case}")
    assert boxes(page)["Đang cân nhắc"] == "vào 23/11/2026 | tên này từ 25/11/2026 | node node-done"
    assert steps(page) == ["Dự thảo", "Đã trình", "Dự thảo"]
    assert re.findall(r'class="edge-number-text"[^>]*>([^<]+)<', page) == ["2", "3", "1"]


def test_a_case_taken_back_to_its_old_version_is_told_without_the_name_between(
    engine: Engine, clock: FixedClock, visitor: Visitor
) -> None:
    case = asked_case(engine)
    assert move(engine, case, version(engine, *OTHER), state="weighed", states={"asked": "weighed"}).applied
    clock.advance(days=1)
    assert move(engine, case, 1, state="asked", states={"weighed": "asked"}).applied
    page = seen(visitor, "chair", f"/cases/{case}")
    assert boxes(page)["Đã trình"].startswith("vào 23/11/2026 | ")
    assert "cho đến khi chuyển phiên bản" not in page and "tên này từ" not in page
    assert [re.split(r" \d\d/", each)[0] for each in dated(page)] == [
        "Dự thảo", "Đã trình", "Đang cân nhắc (theo phiên bản 2)", "Đã trình (đang ở đây)",
    ]  # fmt: skip


def test_a_case_that_went_to_another_state_of_a_version_without_its_own_is_drawn_where_it_is(
    engine: Engine, visitor: Visitor
) -> None:
    case = asked_case(engine)
    to = version(engine, *RENAMED)
    assert move(engine, case, to, state="draft", states={"asked": "draft"}).applied
    page = seen(visitor, "chair", f"/cases/{case}")
    assert steps(page) == ["Dự thảo", "Đã trình", "Dự thảo"]
    assert "node-here" in boxes(page)["Dự thảo"]


def test_the_heat_map_counts_what_the_supervisor_may_list_and_each_number_leads_there(
    engine: Engine, clock: FixedClock, visitor: Visitor
) -> None:
    for actor, place in (("officer", None), ("officer", None), ("other_officer", CHO_RA)):
        case = open_toy(engine, actor, **({"place": place} if place else {})).case
        assert fire(engine, case, "ask", actor, **ASKING).applied
        clock.advance(hours=10)
    page = seen(visitor, "chair", "/supervision?definition=toy")
    assert boxes(page)["Đã trình"].startswith("2 hồ sơ | trung vị 1 ngày | ▲ 2 quá hạn")
    assert boxes(page)["Dự thảo"].startswith("node")
    listed = re.findall(r'<a class="(?:node|line)-link" href="([^"]+)" aria-label="([^"]+)"', page)
    assert [label for _, label in listed] == ["Đã trình: 2 hồ sơ, trung vị 1 ngày", "Đã trình: 2 quá hạn"]
    for address, _ in listed:
        assert visitor.get(address.replace("&amp;", "&")).text.count('class="row-link"') == 2


def test_cases_in_a_state_that_is_no_more_are_told_beside_the_diagram(
    engine: Engine, visitor: Visitor
) -> None:
    case = open_toy(engine).case
    assert fire(engine, case, "ask", "officer", **ASKING).applied
    change(engine, TOY.replace("asked", "sent").replace("Đã trình", "Đã gửi"))
    page = seen(visitor, "chair", "/supervision?definition=toy")
    assert "Đã trình" not in boxes(page)
    gone = page.partition('class="heat-list heat-gone"')[2].partition("</ul>")[0]
    assert "<span>Đã trình</span><b>1 hồ sơ</b>" in gone
    address = re.findall(r'href="([^"]+)"', gone)[0].replace("&amp;", "&")
    assert visitor.get(address).text.count('class="row-link"') == 1


# ------------------------------------------------------------------ marks of made-up counts


@pytest.fixture
def words(app: Flask, engine: Engine) -> Words:
    return Words(Workflow(shipped("child_case"), 1, ""), "vi", name_of, engine.library.zone)


def test_counts_of_the_grid_are_added_up_by_state() -> None:
    cells = [
        SimpleNamespace(state=state, n=n, late=late)
        for state, n, late in (("a", 2, 1), ("b", 1, 0), ("a", 3, 2))
    ]
    day = timedelta(days=1)
    assert counted(cells, {"a": day}) == {"a": Count(5, 3, day), "b": Count(1, 0, timedelta())}


@pytest.mark.parametrize(
    ("n", "fullest", "is_shade"), [(0, 9, 0), (1, 100, 1), (51, 100, 3), (100, 100, 4), (1, 1, 1)]
)
def test_a_shade_is_the_share_of_the_fullest(n: int, fullest: int, is_shade: int) -> None:
    assert shade(n, fullest) == is_shade <= SHADES


def test_marks_say_count_median_and_late_with_their_addresses(app: Flask, words: Words) -> None:
    counts = {
        "verifying": Count(12, 3, timedelta(days=5, hours=7)),
        "planning": Count(2, 0, timedelta(hours=5)),
        "review": Count(1, 0, timedelta(minutes=59)),
    }
    with app.test_request_context():
        g.language = "vi"
        found = marks(words, counts, lambda state, list_: f"/{state}/{list_}").states
        data = heat(
            words, counts | {"gone": Count(1, 0, timedelta())}, lambda *_: "/", lambda key: key.upper()
        )
    said = {key: [(line.text, line.href) for line in mark.lines] for key, mark in found.items()}
    assert said == {
        "verifying": [("12 hồ sơ", ""), ("trung vị 5 ngày", ""), ("▲ 3 quá hạn", "/verifying/late")],
        "planning": [("2 hồ sơ", ""), ("trung vị 5 giờ", "")],
        "review": [("1 hồ sơ", ""), ("trung vị chưa đến 1 giờ", "")],
    }
    assert [(found[key].look, found[key].href) for key in said] == [
        ("node-heat-4", "/verifying/"),
        ("node-heat-1", "/planning/"),
        ("node-heat-1", "/review/"),
    ]
    assert [row["title"] for row in data["gone"]] == ["GONE"]


def test_a_picture_without_any_count_is_the_plain_diagram(app: Flask, words: Words) -> None:
    with app.test_request_context():
        g.language = "vi"
        data = heat(words, {}, lambda *_: "/", str)
    assert {box["href"] for box in data["drawing"]["boxes"]} == {""}
    assert len(data["drawing"]["boxes"]) == len(words.workflow.definition.states)
