"""The inbox by day and by case, in the reader's language; and one's own preferences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import update

from engine import Command, Engine, FixedClock
from engine.store import ground, tables
from engine.store.drafts import DraftRow
from tests.engine.wide import hire
from tests.support.axe import violations
from tests.support.browser import follow
from tests.support.world import NOON, PROVINCE, TOY, fire, open_toy
from tests.web import journey
from tests.web.journey import CHAIR, OFFICER, TEACHER, House
from tests.web.visitor import Visitor, change_actor, rows
from web.app import create_app
from web.mail_settings import MailSettings, Server
from web.views.inbox import SIZE
from workflows.drafting import drafts


def tell(
    engine: Engine,
    case: str,
    at: datetime,
    kind: str = "warning",
    actor: str = "officer",
    key: str = "ask",
    about: Mapping[str, str] | None = None,
) -> str:
    """A notice as the worker writes it; answers its id. about: the time limit and its due moment."""
    params = {"key": key, "scope": "state", "state": "draft", **(about or {})}
    row = {"id": str(uuid4()), "actor": actor, "root": case, "case_id": case, "kind": kind, "params": params}
    with engine.database.write() as connection:
        connection.execute(tables.notice.insert().values(**row, at=at))
    return row["id"]


@pytest.fixture
def officer(app: Flask) -> Visitor:
    """The officer, signed in."""
    visitor = Visitor(app)
    assert visitor.sign_in("officer").status_code == 303
    return visitor


def cards(page: str) -> list[str]:
    """What each line of the inbox says, without its tags."""
    return [
        re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<[^>]+>", " ", each, flags=re.DOTALL)).strip()
        for each in re.findall(r'<li class="card incoming">(.*?)</form>', page, re.DOTALL)
    ]


def days(page: str) -> list[str]:
    """The headings of the days."""
    return re.findall(r'<h2 class="incoming-day num"[^>]*>(.*?)</h2>', page)


def test_a_notice_is_the_sentence_its_step_has_for_it(house: House) -> None:
    case = journey.bring(house.engine, house.clock, "submit_plan").rpartition("/")[2]
    returned = Command(
        id=str(uuid4()),
        case=case,
        trigger="return_plan",
        actor=CHAIR,
        reason="Thiếu kinh phí.",
    )
    outcome = house.engine.apply(returned)
    assert outcome.applied, outcome.blockers
    house.turn()
    for person, told in ((OFFICER, True), (TEACHER, False)):
        visitor = Visitor(create_app(house.engine, demo_sign_in=True, testing=True), "127.0.0.1")
        visitor.click(person)
        assert ("Kế hoạch được trả lại để bổ sung" in visitor.get("/inbox").text) is told
        visitor.post("/language", {"lang": "en"})
        page = visitor.get("/inbox").text
        assert ("A plan was returned to be mended" in page) is told
        assert "Kế hoạch được trả lại để bổ sung" not in page
        assert "Thiếu kinh phí" not in page


def test_several_notices_of_a_case_on_a_day_are_one_line_that_unfolds_and_today_comes_first(
    engine: Engine, officer: Visitor
) -> None:
    first, second = open_toy(engine), open_toy(engine)
    for hours in (1, 2, 3):
        tell(engine, first.case, NOON - timedelta(hours=hours))
    tell(engine, second.case, NOON - timedelta(minutes=90), "breach")
    tell(engine, first.case, NOON - timedelta(days=1), "escalation")
    page = officer.get("/inbox").text
    assert days(page) == ["Hôm nay, thứ Hai, 23/11/2026", "Chủ nhật, 22/11/2026"]
    found = cards(page)
    assert len(found) == 3
    assert found[0].startswith("3 thông báo, mới nhất: Sắp đến hạn:")
    assert "Xem cả 3 thông báo" in found[0]
    assert first.reference in found[0]
    assert found[1].startswith("Quá hạn:")
    assert second.reference in found[1]
    assert page.count(f'href="/cases/{first.case}"') == 2
    assert '<span class="count num">5</span>' in page  # of the side bar and of the tab alike
    assert len(set(re.findall(r'<span class="count num">(\d+)</span>', page))) == 1


def test_a_notice_of_a_limit_that_has_ended_says_so_and_presses_no_more(
    engine: Engine, officer: Visitor
) -> None:
    case = open_toy(engine).case
    (limit,) = (each for each in rows(engine, tables.deadline) if each["key"] == "ask")
    due = {"deadline": limit["id"], "due": limit["due_at"].isoformat()}
    tell(engine, case, NOON - timedelta(hours=1), "breach", about=due)
    before = officer.get("/inbox").text
    assert "chip-late" in before
    assert "Hạn này đã kết thúc" not in before
    assert fire(engine, case, "ask", "officer", amount=5, urgency="high").applied
    after = officer.get("/inbox").text
    assert "chip-late" not in after
    assert '<span class="chip chip-ok">Hạn này đã kết thúc</span>' in after


def test_a_line_is_put_away_with_all_its_notices_and_no_other(engine: Engine, officer: Visitor) -> None:
    first, second = open_toy(engine).case, open_toy(engine).case
    ids = [tell(engine, first, NOON - timedelta(hours=hours)) for hours in (1, 2)]
    other = tell(engine, second, NOON - timedelta(hours=1))
    foreign = tell(engine, second, NOON - timedelta(hours=1), actor="chair")
    back = "/inbox?list=all&kind=soon"
    answer = officer.post("/inbox/read", {"notice": [*ids, foreign], "next": back})
    assert (answer.status_code, answer.headers["Location"]) == (303, back)
    unread = {each["id"] for each in rows(engine, tables.notice) if each["read_at"] is None}
    assert unread == {other, foreign}
    assert (
        officer.post("/inbox/read", {"notice": other, "next": "//evil.example"}).headers["Location"]
        == "/inbox"
    )


def test_all_are_put_away_up_to_what_was_shown_and_of_the_kind_that_was_shown(
    engine: Engine, officer: Visitor
) -> None:
    case = open_toy(engine).case
    shown = tell(engine, case, NOON - timedelta(hours=2))
    late = tell(engine, case, NOON - timedelta(hours=3), "breach")
    page = officer.get("/inbox?kind=soon").text
    found = re.search(r'name="upto" value="([^"]+)"', page)
    assert found
    new = tell(engine, case, NOON - timedelta(hours=1))
    officer.post("/inbox/read", {"upto": found[1], "kind": "soon"})
    unread = {each["id"] for each in rows(engine, tables.notice) if each["read_at"] is None}
    assert unread == {late, new}
    assert shown not in unread
    for wrong in ("", "yesterday", "0001-01-01T00:00:00+14:00"):
        assert officer.post("/inbox/read", {"upto": wrong}).status_code == 400


def test_what_is_due_soon_is_amber_and_what_is_late_is_red(engine: Engine, officer: Visitor) -> None:
    for kind in ("warning", "breach"):
        tell(engine, open_toy(engine).case, NOON - timedelta(hours=1), kind)
    chips = set(re.findall(r'<span class="chip chip-(\w+)">', officer.get("/inbox").text))
    assert chips == {"soon", "late"}


def test_kinds_and_unread_narrow_the_list(engine: Engine, officer: Visitor) -> None:
    cases = [open_toy(engine) for _ in range(3)]
    for case, kind in zip(cases, ("warning", "breach", "escalation"), strict=True):
        tell(engine, case.case, NOON - timedelta(hours=1), kind)
    assert len(cards(officer.get("/inbox").text)) == 3
    assert len(cards(officer.get("/inbox?kind=late").text)) == 2
    assert len(cards(officer.get("/inbox?kind=soon").text)) == 1
    assert len(cards(officer.get("/inbox?kind=nonsense").text)) == 3
    officer.post("/inbox/read", {"upto": NOON.isoformat()})
    assert cards(officer.get("/inbox").text) == []
    assert "Không có thông báo mới" in officer.get("/inbox").text
    assert officer.get("/inbox?list=all").text.count("card incoming") == 3


def test_of_a_case_out_of_reach_nothing_is_told_any_more(
    engine: Engine, officer: Visitor, clock: FixedClock
) -> None:
    case = open_toy(engine)
    tell(engine, case.case, NOON - timedelta(hours=1), "breach")
    tell(engine, case.case, NOON - timedelta(hours=2))
    held = ground.holding
    with engine.database.write() as connection:
        connection.execute(held.update().where(held.c.actor == "officer").values(valid_to=date(2026, 1, 1)))
    page = officer.get("/inbox").text
    (card,) = cards(page)
    assert card.startswith("2 thông báo về hồ sơ bạn không còn được xem")
    assert case.reference not in page
    assert case.case not in page
    assert "xã Ba Bể" not in page


def a_draft_waits(engine: Engine) -> DraftRow:
    """One that another administrator has written."""
    hire(engine, "binh", "admin", agency="so_y_te", area=PROVINCE)
    room = drafts(engine)
    draft = room.begin("toy", "binh", based_on=1, text=TOY.replace("en: Amount}", "en: Sum}"))
    assert isinstance(draft, DraftRow)
    draft = room.submit(draft.id, draft.revision, "binh")
    assert isinstance(draft, DraftRow)
    return draft


def test_a_draft_presses_until_somebody_has_decided(administered: Engine, admin: Visitor) -> None:
    draft = a_draft_waits(administered)
    (line,) = cards(admin.get("/inbox").text)
    assert "đang chờ bạn xem và ban hành" in line
    assert 'chip chip-soon">chờ ban hành' in admin.get("/inbox").text
    drafts(administered).give_back(draft.id, draft.revision, "chưa rõ", "admin")
    page = admin.get("/inbox").text
    assert "chip-soon" not in page
    assert 'chip chip-ok">Không còn chờ' in page


def test_who_is_no_administrator_any_more_is_told_nothing_of_drafts(
    administered: Engine, admin: Visitor
) -> None:
    draft = a_draft_waits(administered)
    with administered.database.write() as connection:
        ended = update(ground.holding).where(ground.holding.c.actor == "admin")
        connection.execute(ended.values(valid_to=date(2026, 11, 22)))
    page = admin.get("/inbox").text
    assert [each.partition("Nội dung")[0].strip() for each in cards(page)] == [
        "1 thông báo dành cho quản trị viên 23/11/2026 12:00"
    ]
    assert draft.id not in page
    assert "Đề nghị hỗ trợ" not in page


def test_a_long_inbox_pages_by_whole_days_and_misses_nothing(engine: Engine, officer: Visitor) -> None:
    case = open_toy(engine).case
    wanted = 0
    for day in range(5):
        for minute in range(25):
            tell(engine, case, NOON - timedelta(days=day, minutes=minute))
            wanted += 1
    address, seen, counted = "/inbox?list=all", list[str](), 0
    while address:
        page = officer.get(address).text
        seen += days(page)
        counted += sum(int(n) for n in re.findall(r"Xem cả (\d+) thông báo", page))
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 5
    assert counted == wanted
    for minute in range(SIZE + 5):
        tell(engine, case, NOON + timedelta(minutes=minute), key="decide")
    assert 'rel="next"' in officer.get("/inbox?list=all").text
    for wrong in ("x", "x~y", "2026-11-23~y", "0001-01-01T00:00:00%2B14:00~x"):
        assert officer.get(f"/inbox?after={wrong}").status_code == 200


def test_mail_given_up_is_told_to_administrators_with_the_way_to_the_list(engine: Engine, app: Flask) -> None:
    with engine.database.write() as connection:
        row = {"id": "x", "actor": "admin", "root": "", "case_id": "", "kind": "mail_failed", "params": {}}
        connection.execute(tables.notice.insert().values(**row, at=NOON))
        change = {"id": "m", "actor": "officer", "kind": "digest", "about": "2026-11-23", "state": "failed"}
        connection.execute(
            tables.mail.insert().values(
                **change, created_at=NOON, not_before=NOON, attempts=3, code="recipient:550"
            )
        )
    admin = Visitor(app)
    admin.sign_in("admin")
    assert "Có thư điện tử không gửi được" in admin.get("/inbox").text
    page = admin.get("/admin/mails/").text
    assert "chưa được thiết lập để gửi thư" in page
    assert "máy chủ không nhận địa chỉ người nhận (550)" in page
    assert "đã thử 3 lần" in page


# ------------------------------------------------------------------ preferences


def test_one_chooses_for_oneself_whether_mail_comes(engine: Engine, officer: Visitor) -> None:
    change_actor(engine, "officer", email="nong@example.vn")
    before = rows(engine, ground.installation)[0]["reference_version"]
    assert officer.post("/preferences", {"mail": "urgent", "email": "mine@example.com"}).status_code == 303
    kept = {each["id"]: (each["mail"], each["email"]) for each in rows(engine, ground.actor)}
    assert kept["officer"] == ("urgent", "nong@example.vn")
    assert {choice for actor, (choice, _) in kept.items() if actor != "officer"} == {"off"}
    assert rows(engine, ground.installation)[0]["reference_version"] == before
    assert re.search(r'value="urgent" checked', officer.get("/preferences").text)
    for wrong in ("", "all"):
        answer = officer.post("/preferences", {"mail": wrong})
        assert answer.status_code == 422
        assert "Hãy chọn một cách nhận thư." in answer.text


def test_the_page_says_why_no_mail_can_come(engine: Engine, officer: Visitor) -> None:
    assert "chưa được thiết lập để gửi thư" in officer.get("/preferences").text
    settings = MailSettings(Server("mail.example.vn", 587), "may@example.vn", "https://example.vn")
    visitor = Visitor(create_app(engine, testing=True, mail=settings))
    visitor.sign_in("officer")
    assert "Chưa có địa chỉ thư của bạn" in visitor.get("/preferences").text
    change_actor(engine, "officer", email="nong@example.vn")
    page = visitor.get("/preferences").text
    assert "nong@example.vn" in page
    assert "notice-info" not in page
    assert "lúc 07:00" in page


@pytest.mark.parametrize(
    "typed", ["no", "a@b", "a b@example.vn", "a@example.vn\r\nBcc: b@example.vn", "ă@example.vn", "a@b@example.vn", "<a@example.vn>"]
)  # fmt: skip
def test_an_address_is_an_address_and_nothing_else(administered: Engine, admin: Visitor, typed: str) -> None:
    fields = {"name": "Nông Thị Thử", "language": "vi", "active": "true"}
    answer = admin.post("/admin/actors/edit/?id=officer", fields | {"email": typed})
    assert answer.status_code == 422
    assert "Địa chỉ thư ghi theo dạng" in answer.text
    assert rows(administered, ground.actor, id="officer")[0]["email"] is None
    assert (
        admin.post("/admin/actors/edit/?id=officer", fields | {"email": "a.b@example.vn"}).status_code == 303
    )
    assert rows(administered, ground.actor, id="officer")[0]["email"] == "a.b@example.vn"
    assert admin.post("/admin/actors/edit/?id=officer", fields | {"email": ""}).status_code == 303
    assert rows(administered, ground.actor, id="officer")[0]["email"] is None


def test_the_hour_of_the_digest_is_an_hour(admin: Visitor) -> None:
    for typed, code in (("24", 422), ("-1", 422), ("x", 422), ("6", 303)):
        answer = admin.post(
            "/admin/settings/edit/?id=digest_hour", {"value": typed, "unconfirmed": "false", "law": ""}
        )
        assert answer.status_code == code


# ------------------------------------------------------------------ in a browser


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_inbox_and_preferences_by_hand(house: House, width: int) -> None:
    case = journey.bring(house.engine, house.clock, "receive").rpartition("/")[2]
    now = house.clock.now()
    for minutes in (1, 2):
        with house.engine.database.write() as connection:
            row = {"id": str(uuid4()), "actor": OFFICER, "root": case, "case_id": case, "kind": "notify"}
            params = {"transition": "return_plan", "effect": 0}
            connection.execute(
                tables.notice.insert().values(**row, params=params, at=now - timedelta(minutes=minutes))
            )
    hands = house.hands(OFFICER, viewport={"width": width, "height": 800})
    page = hands.page
    hands.go("/inbox")
    unfold = page.locator(".incoming summary")
    unfold.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".incoming-more li")).to_have_count(2)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    if width == 360:
        heights = page.eval_on_selector_all(
            ".incoming summary, .incoming button, .incoming-all button",
            "all => all.map(each => each.getBoundingClientRect().height)",
        )
        assert min(heights) >= 44
    follow(page.locator(".incoming").get_by_role("button", name="Đã xem"))
    assert page.locator(".incoming").count() == 0
    if width == 360:
        page.locator(".phone-bar").get_by_role("link", name="Thêm").click()
    follow(page.get_by_role("link", name="Tùy chọn").locator("visible=true"))
    page.get_by_label("Chỉ một thư tổng hợp buổi sáng lúc 07:00").check()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    hands.send("Lưu")
    assert hands.done()
    assert page.get_by_label("Chỉ một thư tổng hợp buổi sáng lúc 07:00").is_checked()
