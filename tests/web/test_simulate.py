"""The simulator: an administrator is a case. In a browser with nothing but forms, and by hand with what no page would send."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from flask import Flask

from engine import Engine
from engine.store import ground, tables
from engine.store.drafts import DraftRow
from engine.trial import examine
from schemas.load import load_definition
from tests.support.axe import violations
from tests.support.browser import follow
from tests.support.world import TOY
from tests.web.journey import ADMIN, House
from tests.web.visitor import Visitor, rows
from workflows.drafting import drafts

PAGE = "/admin/simulate/?id=toy,1"
LATER = re.compile(r'name="_test" value="([^"]*)"')


def kept(text: str) -> str:
    found = LATER.search(text)
    assert found
    return html.unescape(found[1])


def snippet(text: str) -> str:
    found = re.search(r"<pre[^>]*>(.*?)</pre>", text, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_a_case_is_played_through_refusals_time_and_one_step_back(house: House) -> None:
    admin = house.hands(ADMIN)
    page = admin.page
    admin.go("/admin/definitions/details/?id=education_support,1")
    follow(page.get_by_role("link", name="Thử đi một hồ sơ"))
    page.get_by_label("Trạng thái bắt đầu").select_option(label="Kiểm tra điều kiện")
    follow(page.get_by_role("button", name="Bắt đầu từ đây"))
    page.get_by_label("Chức năng", exact=True).select_option("commune_officer")
    follow(page.get_by_role("button", name="Đổi vai"))

    def card(title: str) -> Any:
        return page.locator(".way", has=page.get_by_role("heading", name=title))

    assert card("Dừng").locator(".reasons").inner_text().count("Cơ quan chủ trì cấp tỉnh chưa đồng ý") == 1
    follow(card("Trình").get_by_role("button", name="Điền và thực hiện"))
    page.get_by_label("Mức hỗ trợ một tháng").fill("500.000")
    page.get_by_label("Số tháng trong năm học").fill("9")
    page.get_by_label("Người nhận").fill("Người mẹ")
    group = page.get_by_role("group", name="Đã kiểm tra: không trùng khoản")
    group.get_by_label("Không", exact=True).check()
    follow(page.get_by_role("button", name="Thực hiện", exact=True))
    assert "Khoản này đã được nguồn khác hỗ trợ" in page.locator(".error-summary").inner_text()
    page.get_by_role("group", name="Đã kiểm tra: không trùng khoản").get_by_label("Có", exact=True).check()
    follow(page.get_by_role("button", name="Thực hiện", exact=True))
    assert "Đã trình" in page.locator(".page-chips").inner_text()
    follow(page.get_by_role("button", name="Chờ đến khi quá hạn gần nhất"))
    assert "Quá hạn: Duyệt hoặc từ chối" in page.locator(".timeline").inner_text()
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert violations(page) == []
    follow(page.get_by_role("button", name="Lùi một bước"))
    follow(page.get_by_role("button", name="Lùi một bước"))
    assert "Kiểm tra điều kiện" in page.locator(".page-chips").inner_text()


def test_what_was_played_is_a_stored_test_that_holds(administered: Engine, admin: Visitor) -> None:
    begun = admin.post(PAGE, {"_do": "at", "_at": "", "_on": "23/11/2026"}).text
    opening = {
        "_test": kept(begun), "_as": "commune_officer", "_do": "fire", "_trigger": "open", "place": "01906@2025-07-01",
        "what": "sách vở", "name": "Triệu Thị Đức",
    }  # fmt: skip
    text = admin.post(PAGE, opening).text
    asked = admin.post(
        PAGE,
        {"_test": kept(text), "_as": "commune_officer", "_do": "fire", "_trigger": "ask", "amount": "1.500.000", "urgency": "high"},
    ).text  # fmt: skip
    waited = admin.post(PAGE, {"_test": kept(asked), "_do": "wait", "_span": "days", "_amount": "2"}).text
    loaded = load_definition(TOY.rstrip("\n") + "\n" + snippet(waited), {})
    assert loaded.findings == ()
    assert loaded.definition
    (test,) = loaded.definition.tests.values()
    assert len(test.steps) == 3
    assert test.expect.state == "asked"
    assert [each for each in examine(loaded.definition) if each.code.startswith("WF8")] == []


def test_playing_writes_nothing(administered: Engine, admin: Visitor) -> None:
    def all_rows() -> list[Any]:
        return [
            rows(administered, each)
            for each in (tables.cases, tables.case_event, tables.deadline, ground.definition_version)
        ]

    before = all_rows()
    begun = admin.get(PAGE).text
    admin.post(PAGE, {"_test": kept(begun), "_as": "commune_officer", "_do": "fire", "_trigger": "ask"})
    admin.post(PAGE, {"_test": kept(begun), "_do": "wait", "_span": "months", "_amount": "9"})
    assert all_rows() == before


@pytest.mark.parametrize(
    "sent",
    [
        "x",
        "[]",
        "null",
        '{"at": "nowhere"}',
        '{"at": 7}',
        '{"steps": [{"fire": "no_such"}]}',
        '{"steps": [{"fire": "ask", "values": {"amount": "much"}}]}',
        json.dumps({"at": "draft", "steps": [{"wait": "1 day"}] * 61}),
        json.dumps(
            {"at": "draft", "steps": [{"fire": "grant"}]}
        ),  # what would be refused is not taken on trust
        "[" * 5000,
        '{"given": {"what": "' + "x" * 300_000 + '"}, "at": "draft"}',
    ],
)
def test_what_the_page_never_sent_begins_anew_with_a_sentence(admin: Visitor, sent: str) -> None:
    answer = admin.post(PAGE, {"_test": sent, "_do": "back"})
    assert (answer.status_code, "bắt đầu lại từ đầu" in answer.text) == (200, True)


@pytest.mark.parametrize(
    "more",
    [
        {"_do": "fire", "_trigger": "no_such"},
        {"_do": "choose", "_trigger": "'"},
        {"_do": "wait", "_span": "days", "_amount": "99999999"},
        {"_do": "wait", "_span": "centuries", "_amount": "1"},
        {"_do": "end", "_track": "none"},
        {"_do": "at", "_at": "none", "_on": "99/99/9999"},
        {"_do": "at", "_at": "draft", "_on": "31/12/9999"},
        {"_do": "no_such"},
        {"_as": "no_such"},
        {"_do": "given", "no_such_field": "1"},
    ],
)
def test_nothing_that_is_clicked_is_a_fault(admin: Visitor, more: dict[str, str]) -> None:
    answer = admin.post(PAGE, {"_test": kept(admin.get(PAGE).text)} | more)
    assert answer.status_code in (200, 422)


@pytest.mark.parametrize(
    "id", ["", "toy", "toy,", "toy,x", "toy,2", "none,1", "toy,1,1", "toy,99999999999999999999"]
)
def test_a_workflow_that_is_not_there_is_not_found(admin: Visitor, id: str) -> None:
    assert admin.get(f"/admin/simulate/?id={id}").status_code == 404


def test_the_page_is_there_for_administrators_alone(app: Flask, visitor: Visitor) -> None:
    visitor.sign_in("officer")
    assert visitor.get(PAGE).status_code == 404
    assert visitor.post(PAGE, {"_do": "back"}).status_code == 404


def test_a_draft_is_played_as_it_was_saved_and_not_while_it_does_not_hold_together(
    administered: Engine, admin: Visitor
) -> None:
    desk = drafts(administered)
    draft = desk.begin("toy", "admin", based_on=1)
    assert isinstance(draft, DraftRow)
    page = f"/admin/simulate/draft/?id={draft.id}"
    assert f'href="{page}"' in admin.get(f"/admin/workflows/review/?id={draft.id}").text
    changed = desk.save(draft.id, draft.revision, TOY.replace("amount >= 1", "amount >= 5"), "admin")
    assert isinstance(changed, DraftRow)
    given = {"_test": '{"at": "draft", "given": {"name": "x"}}', "_as": "commune_officer", "_do": "fire"}
    asked = {"_trigger": "ask", "amount": "4", "urgency": "high"}
    assert "Số tiền phải lớn hơn 0" in admin.post(page, given | asked).text
    assert "Số tiền phải lớn hơn 0" not in admin.post(PAGE, given | asked).text
    broken = desk.save(draft.id, changed.revision, "format: 1\n", "admin")
    assert isinstance(broken, DraftRow)
    answer = admin.get(page)
    assert (answer.status_code, answer.location) == (303, f"/admin/workflows/review/?id={draft.id}")
    assert admin.get("/admin/simulate/draft/?id=none").status_code == 404


def test_the_same_person_under_another_function_meets_four_eyes(admin: Visitor) -> None:
    steps = '"steps": [{"fire": "ask", "by": "commune_officer", "values": {"amount": 5, "urgency": "high"}}]'
    kept_so_far = f'{{"at": "draft", "given": {{"name": "x"}}, {steps}}}'
    another = admin.post(PAGE, {"_test": kept_so_far, "_as": "commune_chair"}).text
    same = admin.post(PAGE, {"_test": kept_so_far, "_as": "commune_chair", "_person": "commune_officer"}).text
    told = "nên người khác phải thực hiện bước này"
    assert (told in another, told in same) == (False, True)
