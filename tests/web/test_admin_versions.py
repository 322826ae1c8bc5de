"""Workflows in the administration: the list, a version, a draft between two persons, and what was decided."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from playwright.sync_api import expect

from engine import Engine, FixedClock
from engine.examined import text_hash
from engine.store import changing, ground
from engine.store.drafts import DraftRow
from tests.support.axe import violations
from tests.support.browser import OpenPage, follow
from tests.support.world import TOY, open_toy
from tests.web.journey import ADMIN, MONDAY, furnish, served
from tests.web.visitor import Visitor, rows
from workflows.drafting import drafts

OTHER = TOY.replace("{vi: Số tiền,", "{vi: Số tiền xin,")
WARNED = OTHER.replace('province_child_lead: "*"', 'province_child_lead: "*"\n  auditor: "*"')
TICK = "tick-WF503:access.auditor"
SECOND = "chu_thi_bich_ngan"


def typed(engine: Engine, text: str = WARNED, by: str = "admin") -> DraftRow:
    """A draft whose text was typed in the editor."""
    made = drafts(engine).begin("toy", by, based_on=1)
    assert isinstance(made, DraftRow)
    made = drafts(engine).save(made.id, made.revision, text, by)
    assert isinstance(made, DraftRow)
    return made


def draft(engine: Engine, id: str) -> Any:
    (row,) = rows(engine, changing.definition_draft, id=id)
    return row


def form(page: str, id: str) -> tuple[str, dict[str, str]]:
    """The address of a form of a page, and what is hidden in it."""
    found = re.search(
        rf'<form class="form" id="{id}" method="post" action="([^"]+)".*?</form>', page, re.DOTALL
    )
    assert found, page
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found[0])
    return found[1].replace("&amp;", "&"), {name: value for name, value in hidden if name != "csrf_token"}


def sent(visitor: Visitor, id: str, name: str, **more: str) -> Any:
    """Send a form of a draft's page as it stands there."""
    address, hidden = form(visitor.get(f"/admin/workflows/review/?id={id}").text, name)
    return visitor.post(address, hidden | more)


def waiting(engine: Engine, admin: Visitor, text: str = WARNED) -> str:
    """A draft that waits for a second person."""
    id = typed(engine, text).id
    more = {TICK: "chỉ để kiểm tra"} if text == WARNED else {}
    assert sent(admin, id, "submit", **more).status_code == 303
    return id


# ------------------------------------------------------------------ the list and a version


def test_the_list_shows_versions_with_open_cases_and_drafts_with_who_and_when(
    administered: Engine, admin: Visitor
) -> None:
    open_toy(administered)
    typed(administered)
    page = admin.get("/admin/definitions/").text
    table = re.sub(r"<[^>]+>|\s+", " ", page)
    assert re.search(r"Đề nghị hỗ trợ toy 1 [0-9a-f]{12} đang dùng 1 23/11/2026", re.sub(r" +", " ", table))
    assert re.search(r"từ phiên bản 1 đang soạn 23/11/2026 12:00 Quản Trị T\.", re.sub(r" +", " ", table))


def test_a_version_shows_its_text_and_how_many_cases_are_open_in_which_state(
    administered: Engine, admin: Visitor
) -> None:
    open_toy(administered)
    page = admin.get("/admin/definitions/details/?id=toy,1").text
    assert "reference: &#34;{area}-{year}-{number:05}&#34;" in page
    assert "1 hồ sơ ở “Dự thảo”" in page
    assert "Chưa có" not in page


def test_a_draft_is_begun_from_a_version(administered: Engine, admin: Visitor) -> None:
    answer = admin.post("/admin/definitions/begin/?id=toy,1")
    assert answer.status_code == 303
    (row,) = rows(administered, changing.definition_draft)
    assert (row["text"], row["based_on"], row["begun_by"]) == (TOY, 1, "admin")
    assert row["id"] in answer.headers["Location"]


def test_a_new_workflow_needs_an_id_that_is_free(administered: Engine, admin: Visitor) -> None:
    for id in ("", "Toy", "1toy", "to y", "toy", "x" * 65, "thử"):
        answer = admin.post("/admin/definitions/new/", {"definition": id})
        assert (id, answer.status_code, 'id="f-definition-error"' in answer.text) == (id, 422, True)
    assert rows(administered, changing.definition_draft) == []
    assert admin.post("/admin/definitions/new/", {"definition": "legal_aid"}).status_code == 303
    (row,) = rows(administered, changing.definition_draft)
    assert (row["definition"], row["based_on"], row["text"]) == ("legal_aid", None, "")
    assert admin.get(f"/admin/workflows/review/?id={row['id']}").status_code == 200


# ------------------------------------------------------------------ between two persons


def test_one_ticks_and_submits_and_another_publishes(
    administered: Engine, admin: Visitor, binh: Visitor
) -> None:
    id = waiting(administered, admin)
    page = admin.get(f"/admin/workflows/review/?id={id}").text
    assert "phải do một quản trị viên khác ban hành" in page
    assert 'id="publish"' not in page
    page = binh.get(f"/admin/workflows/review/?id={id}").text
    assert "Accepted: chỉ để kiểm tra (Quản Trị T.)" in page
    assert text_hash(WARNED) in page
    answer = sent(binh, id, "publish")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/definitions/details/?id=toy,2")
    (version,) = rows(administered, ground.definition_version, definition="toy", number=2)
    assert (version["source"], version["published_by"]) == (WARNED, "binh")
    assert version["sha256"] in page  # what the second person read before
    scene = administered.look(open_toy(administered).case, "officer")
    assert scene is not None
    assert scene.workflow.number == 2
    page = binh.get("/admin/definitions/details/?id=toy,2").text
    for words in ("Authors: Quản Trị T.", "Warning WF503 accepted (access.auditor): chỉ để kiểm tra"):
        assert words in page
    decided = admin.get("/admin/definitions/decided/").text
    assert re.findall(r'<td[^>]*> <span class="chip[^"]*">([^<]+)', decided) == ["ban hành", "trình"]


def test_the_author_is_refused_whatever_is_sent(administered: Engine, admin: Visitor, binh: Visitor) -> None:
    id = waiting(administered, admin)
    address, hidden = form(binh.get(f"/admin/workflows/review/?id={id}").text, "publish")
    answer = admin.post(address, hidden)
    assert (answer.status_code, "phải do một quản trị viên khác ban hành" in answer.text) == (422, True)
    assert len(rows(administered, ground.definition_version, definition="toy")) == 1


def test_pressing_publish_twice_gives_one_version_and_its_page_both_times(
    administered: Engine, admin: Visitor, binh: Visitor
) -> None:
    id = waiting(administered, admin)
    address, hidden = form(binh.get(f"/admin/workflows/review/?id={id}").text, "publish")
    token = binh.token()
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: binh.post(address, hidden, token=token), range(2)))
    assert {(each.status_code, each.headers["Location"]) for each in both} == {
        (303, "/admin/definitions/details/?id=toy,2")
    }
    assert len(rows(administered, ground.definition_version, definition="toy")) == 2
    assert [each["kind"] for each in rows(administered, changing.version_event)] == ["submitted", "published"]


def test_what_the_second_person_did_not_read_is_not_published(
    administered: Engine, admin: Visitor, binh: Visitor
) -> None:
    id = waiting(administered, admin)
    address, hidden = form(binh.get(f"/admin/workflows/review/?id={id}").text, "publish")
    row = draft(administered, id)
    drafts(administered).save(id, row["revision"], WARNED.replace("xin", "cần"), "admin")
    assert sent(admin, id, "submit").status_code == 303
    for more in ({}, {"revision": str(draft(administered, id)["revision"])}, {"seen": "0" * 64}):
        assert binh.post(address, hidden | more).status_code == 409
    assert len(rows(administered, ground.definition_version, definition="toy")) == 1
    assert sent(binh, id, "publish").status_code == 303


def test_a_warning_without_a_reason_is_not_submitted_and_what_was_typed_stays(
    administered: Engine, admin: Visitor
) -> None:
    text = WARNED.replace('auditor: "*"', 'auditor: "*"\n  school: "*"')
    id = typed(administered, text).id
    answer = sent(admin, id, "submit", **{TICK: "chỉ để <b>kiểm</b> tra", "tick-WF503:access.school": " "})
    assert answer.status_code == 422
    assert "Còn cảnh báo chưa được đánh dấu (1)" in answer.text
    assert "chỉ để &lt;b&gt;kiểm&lt;/b&gt; tra" in answer.text
    assert draft(administered, id)["status"] == "open"


def test_a_draft_with_errors_has_no_button_to_submit(administered: Engine, admin: Visitor) -> None:
    for text in (TOY.replace("to: asked", "to: aksed"), "\tx: [", "", "\ufeff"):
        page = admin.get(f"/admin/workflows/review/?id={typed(administered, text).id}")
        assert (page.status_code, 'id="submit"' in page.text, "còn lỗi" in page.text) == (200, False, True)


def test_somebody_else_sees_the_draft_and_why_they_cannot_submit_it(
    administered: Engine, binh: Visitor
) -> None:
    page = binh.get(f"/admin/workflows/review/?id={typed(administered).id}").text
    assert "Only somebody who worked on this draft can submit it." in page
    assert 'id="submit"' not in page


def test_a_draft_is_returned_with_a_reason_that_its_author_reads(
    administered: Engine, admin: Visitor, binh: Visitor
) -> None:
    id = waiting(administered, admin)
    said = "đã trả lại bản thảo này. Lý do: thiếu thời hạn &lt;i&gt;"
    assert "drafts waiting for a second person: 1" in binh.get("/admin/").text
    assert sent(binh, id, "return", reason=" ").status_code == 422
    assert sent(binh, id, "return", reason="thiếu thời hạn <i>").status_code == 303
    assert "waiting for a second" not in binh.get("/admin/").text
    page = admin.get(f"/admin/workflows/review/?id={id}").text
    assert said in page
    assert 'id="submit"' in page
    assert said in admin.get(f"/admin/workflows/draft/?id={id}").text
    assert sent(admin, id, "submit").status_code == 303
    for address in ("review", "draft"):
        assert said not in admin.get(f"/admin/workflows/{address}/?id={id}").text


def test_a_draft_is_put_aside_and_the_list_forgets_it(administered: Engine, admin: Visitor) -> None:
    row = typed(administered)
    for revision in ("x", "", "0", "99999999999", "-1", "١"):
        assert (
            admin.post(f"/admin/workflows/review/drop/?id={row.id}", {"revision": revision}).status_code
            == 409
        )
    answer = admin.post(f"/admin/workflows/review/drop/?id={row.id}", {"revision": str(row.revision)})
    assert answer.status_code == 303
    assert row.id not in admin.get("/admin/definitions/").text


def test_a_draft_begun_before_the_version_in_use_says_so(
    administered: Engine, admin: Visitor, binh: Visitor
) -> None:
    late = typed(administered, OTHER.replace("xin", "cần")).id
    sent(binh, waiting(administered, admin), "publish")
    page = admin.get(f"/admin/workflows/review/?id={late}").text
    assert "lập từ phiên bản 1, nhưng hồ sơ mới đang theo phiên bản 2" in page


def test_a_draft_of_a_million_characters_is_shown(administered: Engine, admin: Visitor) -> None:
    text = OTHER + "# đây là chú thích dài\n" * 40_000
    id = typed(administered, text[:1_000_000]).id
    page = admin.get(f"/admin/workflows/review/?id={id}")
    assert (page.status_code, page.text.count("đây là chú thích") > 39_000) == (200, True)


# ------------------------------------------------------------------ retiring


def test_a_version_is_retired_with_a_reason_and_says_what_follows(
    administered: Engine, admin: Visitor, binh: Visitor
) -> None:
    sent(binh, waiting(administered, admin), "publish")
    open_toy(administered)
    page = binh.get("/admin/definitions/details/?id=toy,2").text
    assert "New cases will follow version 1. Cases that are open on this version (1) go on" in page
    assert "New cases go on following version 2" in binh.get("/admin/definitions/details/?id=toy,1").text
    answer = binh.post("/admin/definitions/retire/?id=toy,2", {"reason": " "})
    assert (answer.status_code, 'id="f-reason-error"' in answer.text) == (422, True)
    assert binh.post("/admin/definitions/retire/?id=toy,2", {"reason": "thời hạn sai"}).status_code == 303
    assert binh.post("/admin/definitions/retire/?id=toy,2", {"reason": "thời hạn sai"}).status_code == 422
    page = binh.get("/admin/definitions/details/?id=toy,2").text
    assert ("Reason: thời hạn sai" in page, 'id="retire"' in page) == (True, False)
    assert "No new case of this workflow" in binh.get("/admin/definitions/details/?id=toy,1").text


def test_the_last_version_that_tracks_need_is_not_retired(demo: Flask) -> None:
    visitor = Visitor(demo, address="127.0.0.1")
    assert visitor.click(ADMIN).status_code == 303
    answer = visitor.post("/admin/definitions/retire/?id=education_support,1", {"reason": "thôi"})
    assert (answer.status_code, "vẫn mở nhánh theo nó: child_case" in answer.text) == (422, True)
    assert visitor.post("/admin/definitions/retire/?id=child_case,1", {"reason": "thôi"}).status_code == 303
    answer = visitor.post("/admin/definitions/retire/?id=education_support,1", {"reason": "thôi"})
    assert answer.status_code == 303


def test_decisions_are_paged_newest_first(administered: Engine, admin: Visitor, binh: Visitor) -> None:
    id = waiting(administered, admin)
    for _ in range(26):
        assert sent(binh, id, "return", reason="chưa").status_code == 303
        assert sent(admin, id, "submit").status_code == 303
    page = admin.get("/admin/definitions/decided/").text
    assert page.count('<th scope="row">') == 50
    onward = re.search(r'rel="next" href="([^"]+)"', page)
    assert onward
    rest = admin.get(onward[1]).text
    assert rest.count('<th scope="row">') == 3
    assert admin.get("/admin/definitions/decided/?before='; --").status_code == 200


# ------------------------------------------------------------------ by hand


def test_two_administrators_change_a_workflow_by_hand(sqlite_database: str, open_page: OpenPage) -> None:
    """From a draft to a case that follows it, and to a version that is retired."""
    engine = furnish(sqlite_database, FixedClock(MONDAY))
    with served(engine) as base:
        one, two = open_page(), open_page()
        for page, person in ((one, ADMIN), (two, SECOND)):
            page.goto(f"{base}/sign-in")
            follow(page.locator(f"input[name=person][value={person}] + button"))
        one.goto(f"{base}/admin/definitions/")
        follow(one.get_by_role("link", name="Hỗ trợ giáo dục"))
        follow(one.get_by_role("button", name="Lập bản thảo từ phiên bản này"))
        (begun,) = rows(engine, changing.definition_draft)
        text = begun["text"].replace("\naccess:\n", '\naccess:\n  auditor: "*"\n', 1)
        made = drafts(engine).save(begun["id"], begun["revision"], text, ADMIN)
        assert isinstance(made, DraftRow)
        review = f"{base}/admin/workflows/review/?id={made.id}"
        one.goto(review)
        _whole(one)
        one.get_by_label("WF503").fill("chỉ để kiểm tra")
        follow(one.locator("#submit .form-foot button"))
        one.get_by_text("phải do một quản trị viên khác ban hành").wait_for()
        _whole(one)
        two.goto(f"{base}/inbox")
        _whole(two)
        follow(two.get_by_role("link", name="Bản thảo thay đổi quy trình “Hỗ trợ giáo dục” đang chờ bạn"))
        _whole(two)
        two.locator("#publish .form-foot button").click()
        follow(two.locator("dialog[open] .button-primary"))
        two.get_by_text("Đã ban hành phiên bản 2.").wait_for()
        _whole(two)
        newest = engine.library.newest("education_support")
        assert newest is not None
        assert newest.number == 2
        one.goto(f"{base}/inbox")
        expect(one.locator(".incoming")).to_contain_text("nay là phiên bản 2 của quy trình “Hỗ trợ giáo dục”")
        one.goto(f"{base}/admin/definitions/details/?id=education_support,2")
        one.get_by_label("Lý do").fill("kiểm tra xong")
        one.locator("#retire .form-foot button").click()
        follow(one.locator("dialog[open] .button-primary"))
        one.get_by_text("Đã ngừng áp dụng phiên bản 2.").wait_for()
        one.goto(f"{base}/admin/definitions/decided/")
        _whole(one)
        assert one.locator("tbody tr").count() == 3


def _whole(page: Any) -> None:
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)
        assert (page.url, violations(page)) == (page.url, [])
