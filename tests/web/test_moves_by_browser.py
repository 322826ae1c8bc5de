"""The thin path of moving live cases, in a browser on the demonstration: planned, looked at, one by hand, killed half way, taken back."""

from __future__ import annotations

import multiprocessing
import os
import re
import time
from collections import Counter
from pathlib import Path

from playwright.sync_api import expect
from sqlalchemy import select

from engine import Engine
from engine.store.tables import cases
from engine.verification import replay, verify
from engine.worker import Worker
from schemas.load import load_definition
from tests.engine.evidence import clock_of
from tests.support.browser import OpenPage, follow
from tests.web import shots
from tests.web.demo_house import copied
from tests.web.journey import ADMIN, Hands, served
from tests.web.moving import carry_on
from tests.web.screens import wrong_with
from workflows import catalogue

# Two states have other keys, and one of them another title; one has a time limit that was not there.
CHANGES = (
    (r"\bspecific_assessment\b", "full_assessment"),
    (r"\bplan_submitted\b", "plan_handed_in"),
    (r"(  verifying:\n    title: .*\n    stage: verification\n    deadlines:\n)",
     r"\1      visit: {title: {vi: Thăm nhà, en: Visit the home}, within: 2 working days, escalate_to: province_child_lead}\n"),
)  # fmt: skip

# Who concludes on a verification is another one than before.
OTHER_HAND = ((r"(\n  confirm:\n(?:    .*\n)*?    by: )\[commune_officer\]", r"\1[commune_chair]"),)

processes = multiprocessing.get_context("forkserver")


def published(engine: Engine, changes: tuple[tuple[str, str], ...] = CHANGES) -> int:
    """Another version of child_case, with these changes."""
    text = catalogue.definition_texts()["child_case"]
    for old, new in changes:
        text, n = re.subn(old, new, text)
        assert n
    found = load_definition(text, catalogue.code_lists())
    assert found.plain is not None, found.findings
    return engine.publish(found.plain, source=text, by=ADMIN)


def followed(engine: Engine) -> Counter[int]:
    """How many open cases of children follow which version."""
    wanted = select(cases.c.definition_number).where(
        cases.c.definition == "child_case", cases.c.closed_at.is_(None)
    )
    with engine.database.read() as connection:
        return Counter(connection.scalars(wanted))


def work(engine: Engine) -> None:
    worker = Worker(engine)
    while worker.turn().moved:
        pass


def looked_over(hands: Hands, name: str) -> None:
    """The page is accessible and fits, wide and narrow; its picture is kept if asked for."""
    for width, height in shots.SIZES.items():
        hands.page.set_viewport_size({"width": width, "height": height})
        assert wrong_with(hands.page, "vi") == [], f"{name} at {width}"
        if folder := os.environ.get("SHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            hands.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    hands.page.set_viewport_size({"width": 1280, "height": 860})


def carried_out(hands: Hands, reason: str) -> None:
    hands.write({"reason": reason})
    hands.page.locator("#apply .form-foot .button-primary").click()
    follow(hands.page.locator("dialog[open] .button-primary"))


def test_open_cases_are_moved_by_hand_and_by_plan_killed_half_way_and_taken_back(
    built_demo: Path, open_page: OpenPage
) -> None:
    with copied(built_demo) as (installation, engine), served(engine) as base:
        worker = Worker(engine)
        while worker.turn().worked:
            pass
        assert published(engine) == 2
        before = followed(engine)
        assert before[1] >= 20
        hands = Hands(open_page(viewport={"width": 1280, "height": 860}), base, ADMIN)
        hands.come_in()
        hands.go("/admin/migrations/")
        looked_over(hands, "moves-none")
        follow(hands.page.get_by_role("link", name="Chuyển hồ sơ đang mở"))
        looked_over(hands, "moves-new")
        hands.send("Lập kế hoạch")

        assert hands.page.locator(".hint", has_text="Chương trình đoán").count() == 2
        assert hands.value("state:specific_assessment") == "full_assessment"
        for each in ("states.specific_assessment", "states.plan_submitted"):
            hands.page.locator(f'input[value="{each}"]').check()
        hands.write({"state:verifying": "@hand", "limit:*": "keep"})
        looked_over(hands, "moves-plan")
        hands.send("Xem trước")
        looked_over(hands, "moves-looking")
        work(engine)
        hands.page.reload()
        looked_over(hands, "moves-report")
        follow(hands.page.get_by_role("link", name="Thử lại diễn biến của 200 hồ sơ đầu tiên"))
        expect(hands.page.locator(".notice-ok")).to_contain_text(
            f"{before[1]} trên {before[1]} hồ sơ vẫn hợp lệ"
        )
        looked_over(hands, "moves-histories")
        waiting = hands.page.locator("select[name^='case:']")
        choice = waiting.first.get_attribute("name") or ""
        left = waiting.count() - 1
        hands.write({choice: "verifying"})
        follow(hands.page.get_by_role("button", name="Lưu lựa chọn và xem trước lại"))
        work(engine)
        hands.page.reload()
        assert "thêm thời hạn “Thăm nhà”" in hands.page.locator("tbody").inner_text()
        address = hands.page.url.removeprefix(base)
        carried_out(hands, "Thông tư mới có hiệu lực")
        looked_over(hands, "moves-running")

        mover = processes.Process(target=carry_on, args=(installation.url, str(installation.key)))
        mover.start()
        while mover.is_alive() and followed(engine)[2] < 5:
            time.sleep(0.005)
        mover.kill()
        mover.join()
        assert 0 < followed(engine)[2] < before[1]
        work(engine)
        hands.go(address)
        assert followed(engine) == {1: left, 2: before[1] - left} if left else {2: before[1]}
        assert (verify(engine.database).clean, replay(engine.database).differences) == (True, ())
        looked_over(hands, "moves-done")

        follow(hands.page.get_by_role("button", name="Đưa về như cũ"))
        work(engine)
        hands.page.reload()
        looked_over(hands, "moves-back")
        carried_out(hands, "Chưa đến ngày áp dụng")
        work(engine)
        hands.page.reload()
        assert followed(engine) == before
        assert (verify(engine.database).clean, replay(engine.database).differences) == (True, ())
        hands.go("/admin/migrations/")
        looked_over(hands, "moves")


def test_histories_that_are_not_legal_any_more_and_a_worker_that_does_not_run_are_told_on_the_page(
    built_demo: Path, open_page: OpenPage
) -> None:
    with copied(built_demo) as (_, engine), served(engine) as base:
        work(engine)
        assert published(engine, OTHER_HAND) == 2
        hands = Hands(open_page(viewport={"width": 1280, "height": 860}), base, ADMIN)
        hands.come_in()
        hands.go("/admin/migrations/new/")
        hands.send("Lập kế hoạch")
        hands.page.locator(".form-foot a").click()
        follow(hands.page.get_by_role("link", name="Thử lại diễn biến của 200 hồ sơ đầu tiên"))
        expect(hands.page.locator(".notice-late")).to_contain_text("bước không hợp lệ đầu tiên: hồ sơ")
        expect(hands.page.locator("tbody tr").first).to_contain_text("“Xác nhận có cơ sở” từ “Đang xác minh”")
        looked_over(hands, "moves-illegal")
        follow(hands.page.get_by_role("button", name="Xem trước"))
        clock_of(engine).advance(minutes=2)
        hands.page.reload()
        expect(hands.page.locator(".notice-soon")).to_contain_text("./run worker")
        looked_over(hands, "moves-alone")
