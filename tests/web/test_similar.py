"""Cases that may be the same child: shown beside a report and on the case page, decided by a step, asked about once.

Traps of other systems, by their number in the list: 16 (folded names), 22 (a report not yet accepted is seen as one),
23 (one child, one timeline).
"""

from __future__ import annotations

import re
from typing import Any
from unicodedata import normalize
from urllib.parse import quote
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from werkzeug.test import TestResponse

from engine import Command, Engine, FixedClock
from engine.store.tables import cases, read_log
from engine.worker.loop import Worker
from tests.engine.evidence import assert_whole, row_of
from tests.support.axe import violations
from tests.support.browser import follow
from tests.web.journey import OFFICER, SUPERVISOR, House, bring
from tests.web.visitor import Visitor, rows
from web.demo.crew import CHO_RA

LUA = {"child_name": "Triệu Thị Lụa", "child_dob": "14/08/2012", "child_sex": "female"}
PANEL = "Có thể đã có hồ sơ"


@pytest.fixture
def engine(demo: Flask) -> Engine:
    found = demo.extensions["casework"]
    assert isinstance(found, Engine)
    return found


def told(engine: Engine, upto: str = "receive", **child: Any) -> str:
    """A case of the demonstration's first child; answers its id."""
    assert isinstance(engine.clock, FixedClock)
    return bring(engine, engine.clock, upto, **child).rpartition("/")[2]


def number(engine: Engine, case: str) -> str:
    return row_of(engine, case).reference


def inside(demo: Flask, person: str) -> Visitor:
    visitor = Visitor(demo, address="127.0.0.1", host="127.0.0.1:8000")
    assert visitor.click(person).status_code == 303
    return visitor


def step(engine: Engine, case: str, trigger: str, actor: str, reason: str = "", **values: Any) -> None:
    outcome = engine.apply(
        Command(id=str(uuid4()), case=case, trigger=trigger, actor=actor, values=values, reason=reason)
    )
    assert outcome.applied, outcome.blockers
    while Worker(engine).turn().worked:
        pass


def numbers(answer: TestResponse) -> list[str]:
    """The numbers in the panel, in order."""
    assert answer.status_code == 200
    return re.findall(r'target="_blank" rel="noopener">([^<]+)<', answer.text)


def marks(text: str) -> list[str]:
    """What agrees, of all rows."""
    return re.findall(r"</svg>\s*([^<]+)</span>", "".join(re.findall(r'class="chips">.*?</p>', text, re.S)))


# ------------------------------------------------------------------ beside a report


def test_a_report_shows_who_may_be_the_same_and_what_agrees(demo: Flask, engine: Engine) -> None:
    case = told(engine)
    answer = inside(demo, OFFICER).post("/new/similar", LUA | {"place_of_event": "01906@2025-07-01"})
    assert numbers(answer) == [number(engine, case)]
    assert marks(answer.text) == ["họ tên", "ngày sinh", "giới tính", "địa bàn"]
    assert "Triệu T. L." in answer.text
    assert "Triệu Thị Lụa" not in answer.text  # short, until the case is opened
    assert "<html" not in answer.text


def test_however_the_name_is_written_the_case_is_shown(demo: Flask, engine: Engine) -> None:
    case = told(engine)
    officer = inside(demo, OFFICER)
    for name in ("trieu thi lua", "Triệu T. L.", "LỤA TRIỆU", normalize("NFD", "Triệu Thị Lụa")):
        assert numbers(officer.post("/new/similar", LUA | {"child_name": name})) == [number(engine, case)], (
            name
        )


def test_an_ended_case_is_shown_and_a_mere_report_is_shown_as_one(demo: Flask, engine: Engine) -> None:
    report, ended = told(engine), told(engine, "start_verification", channel="telephone")
    step(engine, ended, "reject", OFFICER, "Không có trẻ này", rejection_evidence="Đã đến tận nơi")
    answer = inside(demo, OFFICER).post("/new/similar", LUA)
    assert set(numbers(answer)) == {number(engine, report), number(engine, ended)}
    assert "Đã tiếp nhận thông tin" in answer.text
    assert re.search(r"Không xác minh được.*kết thúc \d\d/\d\d/\d{4}", answer.text)


def test_nobody_is_shown_a_case_of_another_commune_but_the_province_is(demo: Flask, engine: Engine) -> None:
    here, there = told(engine), told(engine, area=CHO_RA)
    assert numbers(inside(demo, OFFICER).post("/new/similar", LUA)) == [number(engine, here)]
    lead = inside(demo, SUPERVISOR)
    assert numbers(lead.get(f"/cases/{here}")) == [number(engine, there)]
    assert numbers(inside(demo, OFFICER).get(f"/cases/{here}")) == []


def test_looking_is_recorded_without_what_was_looked_for(demo: Flask, engine: Engine) -> None:
    told(engine)
    officer = inside(demo, OFFICER)
    officer.post("/new/similar", {"child_name": " ", "child_sex": "female"})  # says too little to look
    assert rows(engine, read_log) == []
    officer.post("/new/similar", LUA)
    (row,) = rows(engine, read_log)
    assert (row["actor"], row["what"], row["case_id"]) == (OFFICER, "possible duplicates", None)
    assert row["request"]
    assert "Lụa" not in repr(row)


def test_whatever_is_sent_the_panel_answers(demo: Flask, engine: Engine) -> None:
    told(engine)
    officer = inside(demo, OFFICER)
    for sent in (
        {"child_name": "Lụa " * 5000}, {"child_dob": "99/99/9999"}, {"child_name": "<b>x</b>", "guardian_name": "x" * 9000},
        {"child_age_estimate": "x"}, {"place_of_event": "nowhere"}, {"nothing": "x"}, {"child_age_estimate": "9" * 12},
    ):  # fmt: skip
        answer = officer.post("/new/similar", LUA | sent)
        assert answer.status_code == 200
        assert "<b>x</b>" not in answer.text


# ------------------------------------------------------------------ on the case page


def test_what_was_decided_is_asked_about_no_more_and_told_on_both_sides(demo: Flask, engine: Engine) -> None:
    first, second, third = (told(engine) for _ in range(3))
    officer = inside(demo, OFFICER)
    assert set(numbers(officer.get(f"/cases/{second}"))) == {number(engine, first), number(engine, third)}
    step(
        engine, second, "link_child", OFFICER, same_child_as=number(engine, first), same_child_confirmed=True
    )
    step(engine, second, "not_same_child", OFFICER, other_child=number(engine, third))
    for case, left in ((second, []), (first, [third]), (third, [first])):
        assert numbers(officer.get(f"/cases/{case}")) == [number(engine, each) for each in left]
    page = officer.get(f"/cases/{second}").text
    assert f"Hồ sơ khác của trẻ này: {number(engine, first)}." in page
    assert f"Đã xác định là trẻ khác: {number(engine, third)}." in page
    for case, other in ((first, second), (second, first)):
        kin = officer.get(f"/cases/{case}").text.partition('id="kin"')[2].partition("</section>")[0]
        assert f'href="/cases/{other}">{number(engine, other)}<' in kin
        assert number(engine, third) not in kin
    told_there = officer.get(f"/cases/{first}").text
    assert (
        f"Một hồ sơ được nối với hồ sơ này. Hồ sơ khác của trẻ này: {number(engine, second)}." in told_there
    )
    for case in (first, second, third):
        assert_whole(engine, case)


def test_the_cases_of_a_child_are_those_of_its_cases_too(demo: Flask, engine: Engine) -> None:
    first, second, third = (told(engine) for _ in range(3))
    for case, other in ((first, second), (second, third)):
        step(
            engine,
            case,
            "link_child",
            OFFICER,
            same_child_as=number(engine, other),
            same_child_confirmed=True,
        )
    officer = inside(demo, OFFICER)
    for case in (first, second, third):
        kin = officer.get(f"/cases/{case}").text.partition('id="kin"')[2].partition("</section>")[0]
        assert set(re.findall(r'href="/cases/([^"]+)"', kin)) == {first, second, third} - {case}
        assert numbers(officer.get(f"/cases/{case}")) == []


def test_a_merged_case_says_where_it_went_and_the_other_what_it_took_in(demo: Flask, engine: Engine) -> None:
    first, second = told(engine), told(engine)
    step(
        engine,
        second,
        "merge_into",
        SUPERVISOR,
        merge_target=number(engine, first),
        same_child_confirmed=True,
    )
    lead = inside(demo, SUPERVISOR)
    assert f"Đã gộp vào: {number(engine, first)}." in lead.get(f"/cases/{second}").text
    page = lead.get(f"/cases/{first}").text
    assert f"Hồ sơ này nhận gộp một hồ sơ trùng: {number(engine, second)}." in page
    assert "Hồ sơ trùng đã gộp vào đây" in page.partition('id="kin"')[2]


def test_a_case_elsewhere_is_named_without_its_number(demo: Flask, engine: Engine) -> None:
    here, there = told(engine), told(engine, area=CHO_RA)
    step(
        engine, here, "link_child", SUPERVISOR,
        same_child_as=number(engine, there), same_child_confirmed=True,
    )  # fmt: skip
    page = inside(demo, OFFICER).get(f"/cases/{here}").text
    assert "Hồ sơ khác của trẻ này: một hồ sơ ở nơi khác." in page
    assert '<span class="num">một hồ sơ ở nơi khác</span>' in page
    assert number(engine, there) not in page.partition("<form")[0] + page.partition('id="record"')[2]
    assert number(engine, there) in inside(demo, SUPERVISOR).get(f"/cases/{here}").text


def test_an_address_fills_in_numbers_of_cases_and_nothing_else(demo: Flask, engine: Engine) -> None:
    case, other = told(engine), told(engine)
    officer = inside(demo, OFFICER)

    def form(**asked: str) -> str:
        address = "&".join(f"{key}={quote(value)}" for key, value in asked.items())
        return officer.get(f"/cases/{case}?{address}").text

    page = form(way="link_child", same_child_as=number(engine, other), same_child_confirmed="true")
    assert re.search(rf'name="same_child_as"[^>]*value="{number(engine, other)}"', page)
    assert not re.search(r'name="same_child_confirmed" value="true" checked', page)
    assert "Số hồ sơ, ví dụ 01906-2026-00012" in page
    for text in ("Triệu Thị Lụa", "<b>", "x" * 61, "a b"):
        assert re.search(r'name="same_child_as"[^>]*value=""', form(way="link_child", same_child_as=text)), (
            text
        )
    page = form(way="start_verification", verifier=OFFICER)
    assert f'value="{OFFICER}">' in page
    assert f'value="{OFFICER}" selected' not in page


def test_a_case_speaks_of_itself_and_not_of_a_report(demo: Flask, engine: Engine) -> None:
    told(engine)
    case, nameless = told(engine), told(engine, name="")
    officer = inside(demo, OFFICER)
    for text in (officer.get(f"/cases/{case}").text, officer.get(f"/cases/{nameless}").text):
        assert 'id="similar"' in text
        assert "gửi được tin" not in text
        assert "việc gửi tin" not in text
    assert "chưa chắc thì hỏi thêm trước khi ghi" in officer.get(f"/cases/{case}").text
    assert "vẫn gửi được tin" in officer.post("/new/similar", LUA).text


def test_where_only_an_estimate_is_known_the_age_is_shown_as_one(demo: Flask, engine: Engine) -> None:
    case = str(uuid4())
    values = {
        "channel": "family", "received_at": engine.clock.now(), "place_of_event": "01906@2025-07-01", "child_name": "Triệu Thị Lụa",
        "child_age_estimate": 12, "child_sex": "female", "current_condition": "Bóc măng thuê.",
    }  # fmt: skip
    opened = engine.apply(
        Command(
            id=str(uuid4()), case=case, trigger="open", actor=OFFICER, definition="child_case", values=values
        )
    )
    assert opened.applied, opened.blockers
    officer = inside(demo, OFFICER)
    assert "khoảng 12 tuổi\u00a0· Nữ" in officer.post("/new/similar", LUA).text
    assert "khoảng 12 tuổi\u00a0· Nữ" in officer.get(f"/cases/{case}").text
    known = told(engine)
    assert "khoảng" not in officer.get(f"/cases/{known}").text.partition("<h1")[2].partition("</header>")[0]


def test_whether_duplicates_were_checked_stands_beside_the_panel(demo: Flask, engine: Engine) -> None:
    case = told(engine, "start_verification")
    panel = (
        inside(demo, OFFICER)
        .get(f"/cases/{case}")
        .text.partition('id="similar"')[2]
        .partition("</section>")[0]
    )
    assert "Đã kiểm tra hồ sơ trùng: chưa ghi" in panel
    assert f'href="/cases/{case}?way=confirm#confirm"' in panel
    later = told(engine, "assess_initial", name="Lò Văn Thử")
    assert 'id="similar"' not in inside(demo, OFFICER).get(f"/cases/{later}").text


# ------------------------------------------------------------------ in a browser


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name=PANEL)


def test_the_panel_appears_while_one_types_and_the_report_goes_on(house: House) -> None:
    first = bring(house.engine, house.clock, "receive")
    officer = house.hands(OFFICER, viewport={"width": 360, "height": 740})
    officer.go("/new")
    page = officer.page
    expect(panel(page)).to_contain_text("sẽ hiện ở đây")
    page.locator("[name=child_name]").press_sequentially("trieu thi lua")
    expect(panel(page).locator("li")).to_have_count(1)
    expect(page.locator("[name=child_name]")).to_be_focused()  # nothing has moved one away
    page.locator("[name=child_dob]").press_sequentially("14082012")
    row = panel(page).locator("li")
    expect(row.locator(".chip").nth(1)).to_have_text("ngày sinh")
    assert row.locator(".chip").all_inner_texts()[:2] == ["họ tên", "ngày sinh"]
    link = row.get_by_role("link")
    assert (link.get_attribute("href"), link.get_attribute("target")) == (first, "_blank")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    box = panel(page).get_by_role("button").bounding_box()
    assert box
    assert box["height"] >= 44
    with page.context.expect_page() as opened:
        link.press("Enter")
    opened.value.close()
    assert officer.value("child_name") == "trieu thi lua"
    officer.write({"channel": "school", "current_condition": "x"})
    officer.send("Gửi tin")
    assert officer.done(), officer.said()


def test_without_the_script_a_button_shows_the_panel_and_nothing_typed_is_lost(house: House) -> None:
    bring(house.engine, house.clock, "receive")
    officer = house.hands(OFFICER, java_script_enabled=False)
    officer.go("/new")
    officer.write(
        {"child_name": "Triệu Lụa", "child_dob": "14/08/2012", "current_condition": "Làm ở xưởng mộc."}
    )
    before = len(rows(house.engine, cases))
    follow(officer.page.get_by_role("button", name="Kiểm tra trùng"))
    expect(panel(officer.page).locator("li")).to_have_count(1)
    assert officer.page.url.endswith("#similar")
    assert (officer.value("child_name"), officer.value("current_condition")) == (
        "Triệu Lụa",
        "Làm ở xưởng mộc.",
    )
    assert officer.said() == []
    assert len(rows(house.engine, cases)) == before
    officer.write({"channel": "school"})
    officer.send("Gửi tin")
    assert officer.done(), officer.said()


def test_a_button_of_the_panel_opens_the_step_with_the_number_filled_in(house: House) -> None:
    first, second = bring(house.engine, house.clock, "receive"), bring(house.engine, house.clock, "receive")
    officer = house.hands(OFFICER)
    officer.go(second)
    card = officer.page.locator("section", has=officer.page.get_by_role("heading", name=PANEL))
    reference = row_of(house.engine, first.rpartition("/")[2]).reference
    expect(card.get_by_role("link", name="Gộp trùng")).to_have_count(0)  # the supervisor's
    button = card.locator(".similar-ways a").filter(has_text="Ghi nhận cùng một trẻ")
    expect(button).to_contain_text(reference)  # for whoever hears it
    follow(button)
    assert officer.value("same_child_as") == reference
    officer.write({"same_child_confirmed": True})
    officer.send("Ghi nhận cùng một trẻ")
    assert officer.done(), officer.said()
    house.turn()
    kin = officer.page.locator(
        "section", has=officer.page.get_by_role("heading", name="Các hồ sơ của trẻ này")
    )
    expect(kin.get_by_role("link", name=reference)).to_have_count(1)
    assert violations(officer.page) == []


@pytest.mark.parametrize(
    ("trigger", "field", "person"),
    [
        ("link_child", "same_child_as", OFFICER),
        ("not_same_child", "other_child", OFFICER),
        ("merge_into", "merge_target", SUPERVISOR),
    ],
)
def test_what_was_typed_about_one_case_is_not_put_back_into_the_form_about_another(
    house: House, trigger: str, field: str, person: str
) -> None:
    first, second, case = (bring(house.engine, house.clock, "receive") for _ in range(3))
    one, other = (number(house.engine, each.rpartition("/")[2]) for each in (first, second))
    hands = house.hands(person)
    page, tick = hands.page, hands.page.locator("[name=same_child_confirmed][value=true]")

    def opened(reference: str) -> str:
        hands.go(f"{case}?way={trigger}&{field}={reference}")
        return hands.value(field)

    assert opened(one) == one
    if asked := tick.count():
        tick.check()
    hands.write({field: "01906-2026-09999"})
    if asked:
        page.locator("[data-draft-say]", has_text="tự lưu trên máy này").wait_for()
    assert opened(other) == other
    assert not (asked and tick.is_checked())
    assert opened(one) == one  # and not what had been written over it
    assert not asked or tick.is_checked()
    hands.write({field: "không có số này"})
    hands.send(page.locator(f"#{trigger} h2").inner_text())
    expect(page.locator(".error-summary")).to_be_visible()
    page.reload()  # refused and come back to, the address still says which case is meant
    assert hands.value(field) == "không có số này"
    hands.go(page.url.removeprefix(house.base))
    assert hands.value(field) == one
