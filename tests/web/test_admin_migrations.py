"""Moves of open cases on the screens of administrators: plan, report, by hand, carried out, taken back; no case is opened by it."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import openpyxl
import pytest

from engine import Engine
from engine.store import moves
from engine.store.moves import MigrationRow
from engine.worker import Worker
from tests.engine.evidence import assert_whole, row_of
from tests.engine.migration.moves import asked_case, version
from tests.engine.test_moving import NEW_LIMIT, RENAMED
from tests.support.world import fire, open_toy
from tests.web.test_case_moved import OTHER
from tests.web.visitor import Visitor

ADDRESS = re.compile(r"/admin/migrations/\w[\w-]*/\?id=([0-9a-f-]{36})")
SURE = {"sure:states.asked": "states.asked"}


def work(engine: Engine) -> None:
    """What the worker does until nothing waits."""
    worker = Worker(engine)
    while worker.turn().worked:
        pass


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def found(engine: Engine, id: str) -> MigrationRow:
    with engine.database.read() as connection:
        row = moves.get(connection, id)
    assert row is not None
    return row


def begun(admin: Visitor) -> str:
    """A new plan between the two versions of the toy: its id."""
    answer = admin.post("/admin/migrations/new/", {"definition": "toy", "from:toy": "1", "to:toy": "2"})
    assert answer.status_code == 303, answer.text
    id = ADDRESS.search(answer.location)
    assert id
    return id[1]


def form_of(page: str) -> dict[str, Any]:
    """What a browser would send of the form of the plan as it stands."""
    form: dict[str, Any] = dict(re.findall(r'<input type="hidden" name="(plan|look)" value="([^"]*)"', page))
    for name, body in re.findall(r'<select id="[^"]*" name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        form[name] = chosen[1] if chosen else ""
    return form


def planned(admin: Visitor, engine: Engine, **changes: Any) -> str:
    """A plan that was sent and looked at: its id."""
    id = begun(admin)
    form = form_of(admin.get(f"/admin/migrations/plan/?id={id}").text)
    answer = admin.post(f"/admin/migrations/plan/?id={id}", form | SURE | changes)
    assert answer.status_code == 303, answer.text
    work(engine)
    return id


def applied(admin: Visitor, engine: Engine, id: str, **more: Any) -> Any:
    sent = {"report": found(engine, id).report_sha256, "reason": "Thông tư mới"} | more
    return admin.post(f"/admin/migrations/apply/?id={id}", sent)


def shown(admin: Visitor, id: str, more: str = "") -> str:
    answer = admin.get(f"/admin/migrations/details/?id={id}{more}")
    assert answer.status_code == 200
    return answer.text


def test_a_move_is_planned_looked_at_carried_out_and_taken_back(engine: Engine, admin: Visitor) -> None:
    cases = [asked_case(engine), open_toy(engine).case]
    version(engine, *RENAMED, NEW_LIMIT)
    assert "Phiên bản 1 · 2 hồ sơ đang mở" in admin.get("/admin/migrations/new/").text
    id = begun(admin)
    page = admin.get(f"/admin/migrations/plan/?id={id}").text
    assert "Đã trình · 1 hồ sơ" in page and "Chương trình đoán: hãy xác nhận" in page
    assert admin.post(f"/admin/migrations/plan/?id={id}", form_of(page) | SURE).status_code == 303
    assert 'data-live="2"' in shown(admin, id) and "Đã xem trước 0 trên 2 hồ sơ" in shown(admin, id)
    work(engine)
    report = plain(shown(admin, id))
    assert (
        "2 sẽ chuyển" in report
        and "thêm thời hạn “Thăm”, đến" in report
        and "“Đã trình” asked → “Đã trình” submitted" in report
    )
    assert [row_of(engine, each).definition_number for each in cases] == [1, 1]
    assert applied(admin, engine, id).status_code == 303
    assert "Đã chuyển 0 trên 2 hồ sơ" in shown(admin, id)
    work(engine)
    assert "2 đã chuyển" in plain(shown(admin, id))
    assert [row_of(engine, each).definition_number for each in cases] == [2, 2]
    back = ADDRESS.search(admin.post(f"/admin/migrations/revert/?id={id}").location)
    assert back
    work(engine)
    assert "Đưa 2 hồ sơ về phiên bản cũ" in shown(admin, back[1])
    applied(admin, engine, back[1])
    work(engine)
    assert [row_of(engine, each).definition_number for each in cases] == [1, 1]
    for each in cases:
        assert_whole(engine, each)
    assert "đưa về" in admin.get("/admin/migrations/").text


def test_no_name_no_value_and_no_way_to_a_case_is_on_any_page(engine: Engine, admin: Visitor) -> None:
    case = asked_case(engine)
    version(engine, *RENAMED, NEW_LIMIT)
    id = planned(admin, engine)
    pages = [admin.get("/admin/migrations/").text, shown(admin, id)]
    pages += [admin.get(f"/admin/migrations/download/?id={id}&as={each}").text for each in ("csv", "json")]
    applied(admin, engine, id)
    work(engine)
    pages.append(shown(admin, id))
    assert all(row_of(engine, case).reference in page for page in pages[1:])
    for page in pages:
        for private in ("Triệu", "riêng tư", "sách vở", "1.000", "/cases/", "Nông Thị"):
            assert private not in page


def test_cases_are_chosen_by_hand_on_the_report_and_looked_at_again(engine: Engine, admin: Visitor) -> None:
    one, other = asked_case(engine), asked_case(engine)
    version(engine, *RENAMED)
    id = planned(admin, engine, **{"state:asked": "@hand"})
    page = shown(admin, id, "&list=hand")
    assert f'name="case:{one}"' in page and f'name="case:{other}"' in page and "Chuyển 1 hồ sơ" not in page
    sent = {"report": found(engine, id).report_sha256, f"case:{one}": "submitted", f"case:{other}": ""}
    assert admin.post(f"/admin/migrations/by-hand/?id={id}", sent).status_code == 303
    work(engine)
    page = shown(admin, id)
    assert "1 hồ sơ được chọn riêng" in page and "Chuyển 1 hồ sơ" in page
    answer = admin.post(f"/admin/migrations/by-hand/?id={id}", sent | {f"case:{other}": "draft"})
    assert "Vừa có người khác" in admin.get(answer.location).text
    applied(admin, engine, id)
    work(engine)
    assert [row_of(engine, each).state for each in (one, other)] == ["submitted", "asked"]


def test_what_was_pressed_twice_or_overtaken_or_not_confirmed_is_told_in_a_sentence(
    engine: Engine, admin: Visitor
) -> None:
    case = asked_case(engine)
    version(engine, *RENAMED)
    id = begun(admin)
    form = form_of(admin.get(f"/admin/migrations/plan/?id={id}").text)
    assert admin.post(f"/admin/migrations/plan/?id={id}", form | {"limit:*": "today"}).status_code == 303
    late = admin.post(f"/admin/migrations/plan/?id={id}", form)
    assert late.status_code == 422 and "Vừa có người khác" in late.text
    work(engine)
    for more, hint in (
        ({"reason": " "}, "Cần ghi lý do"),
        ({"report": "0" * 64}, "đã thay đổi sau khi bạn đọc"),
        ({}, "mới chỉ đoán"),
    ):
        answer = applied(admin, engine, id, **more)
        assert hint in admin.get(answer.location).text
    assert row_of(engine, case).definition_number == 1
    form = form_of(admin.get(f"/admin/migrations/plan/?id={id}").text)
    admin.post(f"/admin/migrations/plan/?id={id}", form | SURE)
    work(engine)
    applied(admin, engine, id)
    assert "không có gì bị làm hai lần" in admin.get(applied(admin, engine, id).location).text
    work(engine)
    first, second = (admin.post(f"/admin/migrations/revert/?id={id}").location for _ in range(2))
    assert first == second
    assert row_of(engine, case).version == 3


def test_those_that_were_skipped_are_looked_at_again_by_the_same_plan(engine: Engine, admin: Visitor) -> None:
    case = asked_case(engine)
    version(engine, NEW_LIMIT)
    id = planned(admin, engine)
    assert fire(engine, case, "remark", "officer", note="thêm").applied
    applied(admin, engine, id)
    work(engine)
    page = plain(shown(admin, id))
    assert "1 bỏ qua" in page and "hồ sơ đã thay đổi sau khi xem trước" in page
    again = ADDRESS.search(admin.post(f"/admin/migrations/again/?id={id}").location)
    assert again and again[1] != id
    work(engine)
    applied(admin, engine, again[1])
    work(engine)
    assert row_of(engine, case).definition_number == 2


def test_a_plan_is_filled_in_and_what_cannot_be_stands_at_its_field(engine: Engine, admin: Visitor) -> None:
    new = (
        "  number: {type: text",
        "  paid: {type: money, title: {vi: Đã chi, en: Paid}, open: true}\n  number: {type: text",
    )
    other = (
        ("  what: {type: text", "  matter: {type: text"),
        ("what: required, name", "matter: required, name"),
    )
    asked_case(engine)
    version(engine, new, *other)
    id = begun(admin)
    form = form_of(admin.get(f"/admin/migrations/plan/?id={id}").text)
    assert form["field:what"] == "matter"
    typed = form | {"default:paid": "nhiều", "sure:fields.what": "fields.what"}
    answer = admin.post(f"/admin/migrations/plan/?id={id}", typed)
    assert answer.status_code == 422 and "Giá trị mặc định của “Đã chi” không dùng được" in answer.text
    typed |= {
        "default:paid": "1.500.000",
        "limit:*": "today",
        "only": ["asked"],
        "area": ["01906@2025-07-01"],
    }
    assert admin.post(f"/admin/migrations/plan/?id={id}", typed).status_code == 303
    work(engine)
    row = found(engine, id)
    assert (row.plan["defaults"], row.plan["limits"], row.plan["only"]) == (
        {"paid": 1500000},
        {"*": "today"},
        ["asked"],
    )
    assert (row.plan["areas"], row.plan["guesses"], row.status) == (["01906@2025-07-01"], [], "reported")
    page = plain(shown(admin, id))
    for told in (
        "“Đã chi” để trống thì ghi: 1.500.000 ₫",
        "Chỉ hồ sơ ở: xã Ba Bể",
        "“Nội dung” what → “Nội dung” matter",
        "“Nội dung” được ghi tiếp dưới mã khác",
    ):
        assert told in page
    admin.post("/language", {"lang": "en", "next": "/work"})
    page = plain(shown(admin, id))
    assert "“What” what → “What” matter" in page and "“What” goes on under another key" in page


def test_what_has_another_title_is_told_without_its_keys(engine: Engine, admin: Visitor) -> None:
    asked_case(engine)
    version(engine, *OTHER)
    page = plain(shown(admin, planned(admin, engine)))
    assert "“Đã trình” → “Đang cân nhắc”" in page
    assert " asked" not in page and " weighed" not in page


def test_the_report_is_paged_filtered_and_downloaded_without_formulas(engine: Engine, admin: Visitor) -> None:
    cases = {asked_case(engine) for _ in range(52)} | {open_toy(engine).case}
    version(engine, NEW_LIMIT)
    id = planned(admin, engine)
    numbers = re.compile(r"01906-2026-\d{5}")
    first = shown(admin, id)
    after = re.search(r'rel="next" href="([^"]+)"', first)
    assert after
    second = admin.get(after[1].replace("&amp;", "&")).text
    seen = [*dict.fromkeys(numbers.findall(first)), *dict.fromkeys(numbers.findall(second))]
    assert len(seen) == len(set(seen)) == len(cases)
    made = set(numbers.findall(shown(admin, id, "&part=made"))) | set(
        numbers.findall(admin.get(_next(shown(admin, id, "&part=made"))).text)
    )
    assert len(made) == 52
    assert numbers.findall(shown(admin, id, "&list=stays")) == []
    assert shown(admin, id, "&list=nothing&part=x&after=y")
    book = openpyxl.load_workbook(io.BytesIO(admin.get(f"/admin/migrations/download/?id={id}&as=xlsx").data))
    assert book.active.max_row == 54
    told = json.loads(admin.get(f"/admin/migrations/download/?id={id}&as=json").text)
    assert (len(told["cases"]), told["changes"]["made"], told["report"]) == (
        53,
        52,
        found(engine, id).report_sha256,
    )
    assert admin.get(f"/admin/migrations/download/?id={id}&as=csv").text.count("\r\n") == 54
    assert admin.get(f"/admin/migrations/download/?id={id}&as=exe").status_code == 404


def _next(page: str) -> str:
    there = re.search(r'rel="next" href="([^"]+)"', page)
    assert there
    return there[1].replace("&amp;", "&")


@pytest.mark.parametrize("path", ["details", "plan", "download"])
def test_a_move_that_is_none_is_not_found(admin: Visitor, path: str) -> None:
    for id in ("", "x", "'; drop table migration; --", "0" * 400):
        assert admin.get(f"/admin/migrations/{path}/?id={id}").status_code == 404


def test_versions_that_are_none_are_refused(engine: Engine, admin: Visitor) -> None:
    version(engine, NEW_LIMIT)
    for source, target, code in (("1", "9", 400), ("x", "1", 400), ("1", "1", 422)):
        sent = {"definition": "toy", "from:toy": source, "to:toy": target}
        assert admin.post("/admin/migrations/new/", sent).status_code == code
