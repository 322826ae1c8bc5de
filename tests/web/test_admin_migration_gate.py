"""The page of a move before one decides: histories taken again, what asks for a person first, and who carries it on."""

from __future__ import annotations

import re

import pytest

from engine import Engine, migration
from engine.store import queue
from engine.store.queue import Looked
from tests.engine.evidence import clock_of, row_of, snapshot
from tests.engine.migration.moves import asked_case, version
from tests.engine.test_moving import NEW_LIMIT, RENAMED
from tests.support.world import fire, open_toy
from tests.web.test_admin_migrations import SURE, begun, form_of, found, plain, planned, shown, work
from tests.web.visitor import Visitor
from web.admin import migration_histories

STRICTER = ('need: "amount >= 1"', 'need: "amount >= 1500"')
FOUR_EYES = (
    "    by: [commune_officer]\n    form: remarking\n",
    "    by: [commune_officer]\n    other_than: [ask]\n    form: remarking\n",
)
NUMBER = re.compile(r"01906-2026-\d{5}")


def test_histories_are_taken_again_when_asked_for_and_all_legal_ones_are_counted(
    engine: Engine, admin: Visitor
) -> None:
    asked_case(engine), open_toy(engine)
    version(engine, *RENAMED)
    id = planned(admin, engine)
    page = shown(admin, id)
    assert "Thử lại diễn biến của 200 hồ sơ đầu tiên" in page and "vẫn hợp lệ" not in page
    before = snapshot(engine.database)
    page = plain(shown(admin, id, "&histories="))
    assert "Diễn biến của 2 trên 2 hồ sơ vẫn hợp lệ." in page and "Chỉ xét" not in page
    assert snapshot(engine.database) == before


def test_an_illegal_step_is_told_in_words_and_nothing_that_the_case_holds(
    engine: Engine, admin: Visitor
) -> None:
    case = asked_case(engine)
    assert fire(engine, case, "remark", "officer", note="thêm").applied
    version(engine, FOUR_EYES)
    page = shown(admin, begun(admin), "&histories=")
    told = plain(page)
    assert "Diễn biến của 0 trên 1 hồ sơ vẫn hợp lệ; bước không hợp lệ đầu tiên: hồ sơ" in told
    assert (
        f"{row_of(engine, case).reference} bước 3 “Ghi thêm” từ “Đã trình” Người làm bước này đã làm"
        " “Trình đề nghị”; phiên bản mới đòi hai người khác nhau."
    ) in told
    for private in ("Triệu", "riêng tư", "sách vở", "1.000", "thêm<", "Nông Thị", f"/cases/{case}"):
        assert private not in page


def test_a_page_takes_the_first_cases_and_says_where_the_others_are_taken(
    engine: Engine, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        open_toy(engine)
    version(engine, STRICTER)
    id = begun(admin)
    monkeypatch.setattr(migration_histories, "FIRST", 2)
    page = shown(admin, id, "&histories=")
    assert "Chỉ xét 2 hồ sơ đầu tiên" in page and f"./run migrate histories {id}" in page
    monkeypatch.setattr(migration_histories, "FIRST", 3)
    assert "Chỉ xét" not in shown(admin, id, "&histories=")


def test_it_is_told_in_english_and_not_offered_once_the_cases_have_gone(
    engine: Engine, admin: Visitor
) -> None:
    asked_case(engine)
    version(engine, STRICTER)
    id = planned(admin, engine)
    admin.post("/language", {"lang": "en", "next": "/work"})
    page = plain(shown(admin, id, "&histories="))
    assert "0 of 1 histories are still legal; first illegal step: case" in page
    assert "step 2 “Submit” from “Draft” The amount must be above zero." in page
    migration.start(engine, found(engine, id), found(engine, id).report_sha256 or "", "admin", "new law")
    work(engine)
    assert "Take the histories" not in shown(admin, id)


def test_a_plan_shows_first_what_asks_for_a_decision_and_folds_what_can_wait(
    engine: Engine, admin: Visitor
) -> None:
    asked_case(engine)
    version(engine, *RENAMED, NEW_LIMIT)
    id = begun(admin)
    page = admin.get(f"/admin/migrations/plan/?id={id}").text
    names = re.findall(r'name="((?:state|sure|limit):[^"]+)"', page)
    assert names[:2] == ["state:asked", "sure:states.asked"]
    folds = re.findall(r'<details class="fold"( open)?><summary>([^<]+)', page)
    assert [(is_open, title.split(" (")[0]) for is_open, title in folds[:2]] == [
        ("", "2 trạng thái giữ nguyên tên và không có hồ sơ nào"),
        ("", "Tính khác cho từng thời hạn"),
    ]
    assert (
        page.index('name="limit:*"') < page.index("Tính khác cho từng thời hạn") < page.index('name="limit:s')
    )
    assert '<option value="">như mọi thời hạn</option>' in page
    form = form_of(page) | SURE
    path = next(name for name in form if name.startswith("limit:states."))
    assert admin.post(f"/admin/migrations/plan/?id={id}", form | {path: "today"}).status_code == 303
    work(engine)
    page = admin.get(f"/admin/migrations/plan/?id={id}").text
    assert re.search(r'<details class="fold" open><summary>Tính khác cho từng thời hạn', page)


def test_cases_that_ask_for_a_person_come_first_then_those_that_change_then_the_others(
    engine: Engine, admin: Visitor
) -> None:
    drafts = [open_toy(engine).case for _ in range(52)]
    changes, waits = asked_case(engine), asked_case(engine)
    version(engine, *RENAMED, NEW_LIMIT)
    id = planned(admin, engine)
    row, words = found(engine, id), {"report": found(engine, id).report_sha256}
    assert row.plan["states"]["asked"] == "submitted"
    sent = words | {f"case:{waits}": "@stay"}
    assert admin.post(f"/admin/migrations/by-hand/?id={id}", sent).status_code == 303
    work(engine)
    first = shown(admin, id)
    listed = [*dict.fromkeys(NUMBER.findall(first))]
    assert listed[0] == row_of(engine, changes).reference
    assert 'class="quiet">không đổi gì khác' in first
    after = re.search(r'rel="next" href="([^"]+)"', first)
    assert after
    listed += dict.fromkeys(NUMBER.findall(admin.get(after[1].replace("&amp;", "&")).text))
    assert len(listed) == len(set(listed)) == len(drafts) + 2
    same = shown(admin, id, "&part=same")
    assert "chỉ đổi phiên bản" in same and row_of(engine, changes).reference not in same
    hand = planned(admin, engine, **{"state:asked": "@hand"})
    assert set([*dict.fromkeys(NUMBER.findall(shown(admin, hand)))][:2]) == {
        row_of(engine, each).reference for each in (changes, waits)
    }
    assert 'aria-current="true"' in shown(admin, hand, "&list=hand") and "52" in shown(
        admin, hand, "&list=hand"
    )


def test_a_move_that_nobody_carries_on_for_a_minute_says_that_a_worker_must_run(
    engine: Engine, admin: Visitor
) -> None:
    for _ in range(3):
        asked_case(engine)
    version(engine, NEW_LIMIT)
    id = begun(admin)
    migration.look(engine, found(engine, id), "admin")
    clock_of(engine).advance(seconds=60)
    assert "./run worker" not in shown(admin, id)
    clock_of(engine).advance(seconds=60)
    assert "Cần một tiến trình nền đang chạy trên máy chủ: ./run worker" in shown(admin, id)
    migration.advance(engine, id, 1)
    assert "./run worker" not in shown(admin, id)
    clock_of(engine).advance(minutes=2)
    assert "./run worker" in shown(admin, id)
    with engine.database.write() as connection:
        queue.keep_look(connection, Looked(engine.clock.now()))
    assert "./run worker" not in shown(admin, id)
    work(engine)
    assert "./run worker" not in shown(admin, id)
