"""The whole life of a change: an administrator adds a home visit to `child_case`, is shown what is wrong with it, mends it; a
second one publishes; live cases are looked at, moved, killed half way, gone on with, and taken back."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from engine.verification import replay, verify
from engine.worker import Worker
from tests.support.browser import OpenPage, follow
from tests.web.demo_house import copied
from tests.web.home_visit import STATE, WAYS
from tests.web.journey import ADMIN, Hands, served
from tests.web.moving import carry_on
from tests.web.test_editor import SECOND, finding, write
from tests.web.test_moves_by_browser import carried_out, followed, processes, work

PATIENT = 30_000  # milliseconds: the whole check comes when the text rests, and a busy machine takes its time


def test_a_home_visit_is_added_proved_published_and_taken_to_live_cases_and_back(
    built_demo: Path, open_page: OpenPage
) -> None:
    with copied(built_demo) as (installation, engine), served(engine) as base:
        worker = Worker(engine)
        while worker.turn().worked:
            pass
        before = followed(engine)
        assert before[1] >= 30
        one, two = (
            Hands(open_page(viewport={"width": 1440, "height": 1000}), base, who) for who in (ADMIN, SECOND)
        )
        one.come_in()
        two.come_in()

        draft = begun(one)
        changed(one.page)
        refused(one)
        mended(one.page)
        published(one, two, draft)
        assert followed(engine) == before  # publishing moves no case

        report, left = looked_at(two, engine)
        carried_out(two, "Quy định mới về thăm hộ")
        killed_half_way(installation, engine, before[1])
        work(engine)
        two.go(report)
        assert followed(engine) == {1: left, 2: before[1] - left}
        assert (verify(engine.database).clean, replay(engine.database).differences) == (True, ())

        follow(two.page.get_by_role("button", name="Đưa về như cũ"))
        work(engine)
        two.page.reload()
        carried_out(two, "Chưa đến ngày áp dụng")
        work(engine)
        assert followed(engine) == before
        assert (verify(engine.database).clean, replay(engine.database).differences) == (True, ())


def begun(hands: Hands) -> str:
    """A draft from the version in force, in the editor: its id."""
    hands.go("/admin/definitions/")
    follow(hands.page.get_by_role("link", name="Hồ sơ trẻ em").first)
    follow(hands.page.get_by_role("button", name="Lập bản thảo từ phiên bản này"))
    if "/admin/workflows/draft/" not in hands.page.url:
        follow(hands.page.get_by_role("link", name="Sửa").first)
    expect(hands.page.locator("[data-editor]")).to_have_attribute("data-ready", "")
    found = re.search(r"id=([0-9a-f-]{36})", hands.page.url)
    assert found
    return found[1]


def changed(page: Page) -> None:
    """The new state with its time limit, the way to it, and the two ways on: one kind of risk was forgotten."""
    write(page, "  plan_returned:", STATE)
    write(page, "    to: implementing", "    to: home_visit")
    write(page, "  return_plan:", WAYS)


def refused(hands: Hands) -> None:
    """The finding shows the value for which a case would be stuck, in words and in the picture; nothing can be submitted."""
    page = hands.page
    row = finding(page, "WF301")
    expect(row).to_contain_text('risk_level = "medium"', timeout=PATIENT)
    box = page.locator(".graph-state[data-key=home_visit]")
    expect(box).to_contain_text("Thăm hộ")
    expect(box).to_contain_text("3 ngày làm việc")
    row.locator(".finding-go").click()
    expect(page.locator("[data-cursor]")).to_contain_text("dòng 10")
    expect(finding(page, "WF801").first).to_contain_text(
        "Người trình kế hoạch không tự phê duyệt", timeout=PATIENT
    )
    saved(page)
    follow(page.get_by_role("link", name="Trình ban hành"))
    expect(page.locator("#findings + ul")).to_contain_text("WF301")
    assert page.locator("#submit").count() == 0
    page.go_back()
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "")


def mended(page: Page) -> None:
    """The way for the medium risk, and the stored test that knew nothing of the visit."""
    write(page, "'risk_level == \"low\"'", '\'risk_level in ["low", "medium"]\'')
    write(page, "expect: {state: implementing, open: [log_visit, open_education], blocked: {open_vocational: guard}}",
          "expect: {state: home_visit, open: [visit_home]}")  # fmt: skip
    expect(finding(page, "WF801")).to_have_count(0, timeout=PATIENT)
    expect(finding(page, "WF301")).to_have_count(0, timeout=PATIENT)
    expect(page.locator("[data-chips] .chip-late")).to_have_count(0, timeout=PATIENT)
    saved(page)


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_contain_text("Đã lưu lúc", timeout=PATIENT)


def published(one: Hands, two: Hands, draft: str) -> None:
    """Submitted by who wrote it, who cannot publish it; read and published by the other."""
    review = f"/admin/workflows/review/?id={draft}"
    one.go(review)
    follow(one.page.locator("#submit .form-foot button"))
    expect(one.page.get_by_text("phải do một quản trị viên khác ban hành")).to_be_visible()
    assert one.page.locator("#publish").count() == 0
    two.go(review)
    expect(two.page.locator("[data-review]")).to_contain_text("Trạng thái “Thăm hộ”: được thêm mới")
    two.page.locator("#publish .form-foot button").click()
    follow(two.page.locator("dialog[open] .button-primary"))
    expect(two.page.get_by_text("Đã ban hành phiên bản 2.")).to_be_visible()


def looked_at(hands: Hands, engine: Any) -> tuple[str, int]:
    """The dry run over every open case, one of them mapped by hand: the address of its report, and how many are left out."""
    hands.go("/admin/migrations/")
    follow(hands.page.get_by_role("link", name="Chuyển hồ sơ đang mở").first)
    hands.send("Lập kế hoạch")
    hands.write({"state:plan_submitted": "@hand"})
    hands.send("Xem trước")
    work(engine)
    hands.page.reload()
    waiting = hands.page.locator("select[name^='case:']")
    left = waiting.count() - 1
    assert left >= 1
    hands.write({waiting.first.get_attribute("name") or "": "home_visit"})
    follow(hands.page.get_by_role("button", name="Lưu lựa chọn và xem trước lại"))
    work(engine)
    hands.page.reload()
    expect(hands.page.locator("tbody")).to_contain_text("Thăm hộ")
    return hands.page.url.removeprefix(hands.base), left


def killed_half_way(installation: Any, engine: Any, whole: int) -> None:
    mover = processes.Process(target=carry_on, args=(installation.url, str(installation.key)))
    mover.start()
    while mover.is_alive() and followed(engine)[2] < 5:
        time.sleep(0.005)
    mover.kill()
    mover.join()
    assert 0 < followed(engine)[2] < whole - 1
