"""Makes the pictures of docs/screens again: `python -m tests.web.shots [NAME…]`.

Every main screen of the demonstration in both languages, on a desk (1280) and on a phone (360).
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from engine import Engine, FixedClock, MasterKey
from tests.support import scratch
from tests.support.browser import NAMES
from tests.web.journey import ADMIN, CHAIR, MONDAY, OFFICER, SUPERVISOR, TEACHER, Hands, served
from web import demo
from web.installation import Installation

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
SIZES = {1280: 860, 360: 740}
MOST = 150_000  # bytes of a picture
TALLEST = 2400  # of a page; what lies below shows nothing new

Walk = Callable[[Hands], None]


def path(address: str) -> Walk:
    """Just an address."""
    return lambda hands: void(hands.go(address))


def case_of(name: str, way: str = "") -> Walk:
    """A case found by searching for `name`, with the form of a way open."""

    def walk(hands: Hands) -> None:
        hands.go(f"/cases?q={name}")
        hands.page.locator(".row-link").first.click()
        hands.page.wait_for_url("**/cases/*-*")
        if way:
            hands.go(f"{hands.page.url.removeprefix(hands.base)}?way={way}")

    return walk


def refused_plan(hands: Hands) -> None:
    """A plan sent half filled in."""
    case_of("Triệu Thị Lụa", "submit_plan")(hands)
    hands.write(
        {
            "plan_goal": "Trẻ trở lại lớp 8 trước ngày 07/12 và thôi việc ở xưởng mộc.",
            "plan_start_on": "40/13/2026",
        }
    )
    hands.write({"actions": [{"kind": "education", "activity": "Đưa trẻ trở lại trường"}]})
    hands.page.locator(".form-foot button:not([name])").click()
    hands.page.locator(".error-summary").wait_for()


def proposed_class(hands: Hands) -> None:
    """The rules asked before the form of the initial assessment is sent."""
    case_of("Sùng Thị Mỷ", "assess_initial")(hands)
    hands.write({"work_date": "16/11/2026", "child_dob": "11/02/2013", "forced": False, "trafficked": False})
    hands.write(
        {
            "sexual_exploitation": False,
            "illicit_activity": False,
            "harm_signs": False,
            "school_status": "dropped_out",
        }
    )
    hands.write(
        {"jobs": [{"setting": "employed", "job": "crop_farming", "hours_day": "7", "hours_week": "42"}]}
    )
    hands.page.locator("[name=_ask]").click()
    hands.page.locator("#proposal").wait_for()


def void(_: object) -> None:
    """Nothing."""


# name → (who looks, None for a stranger; how one gets there)
SCREENS: dict[str, tuple[str | None, Walk]] = {
    "sign-in": (None, path("/sign-in")),
    "work": (OFFICER, path("/work")),
    "work-chair": (CHAIR, path("/work")),
    "cases": (SUPERVISOR, path("/cases")),
    "cases-search": (OFFICER, path("/cases?q=duc")),
    "case": (OFFICER, case_of("Triệu Thị Lụa")),
    "case-plan": (OFFICER, case_of("Triệu Thị Lụa", "submit_plan")),
    "case-tracks": (OFFICER, case_of("Lý A Páo")),
    "case-closed": (SUPERVISOR, case_of("Đàm Văn Quý")),
    "case-track": (TEACHER, case_of("Lý A Páo")),
    "refused": (OFFICER, refused_plan),
    "new-report": (OFFICER, path("/new")),
    "inbox": (OFFICER, path("/inbox")),
    "supervision": (SUPERVISOR, path("/supervision")),
    "error-404": (OFFICER, path("/cases/nowhere")),
}


@contextmanager
def told(home: Path) -> Iterator[tuple[Engine, str]]:
    """The demonstration as it stands on its Monday morning, served: the engine and the address."""
    installation = Installation(home, f"sqlite:///{home / 'demo.db'}", home / "key" / "master.key")
    demo.build(installation, MONDAY)
    engine = Engine(installation.url, MasterKey.load(installation.key), FixedClock(MONDAY))
    with served(engine) as base:
        yield engine, base
    engine.database.close()


def take(browser: Browser, base: str, names: list[str]) -> None:
    """The pictures of these screens."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for lang in ("vi", "en"):
        for width, height in SIZES.items():
            for name in names:
                who, walk = SCREENS[name]
                context = browser.new_context(
                    locale="vi-VN",
                    timezone_id="Asia/Ho_Chi_Minh",
                    viewport={"width": width, "height": height},
                )
                context.add_cookies([{"name": "language", "value": lang, "url": base}])
                hands = Hands(context.new_page(), base, who or OFFICER)
                if who:
                    hands.come_in()
                walk(hands)
                picture(hands, FOLDER / f"{name}-{lang}-{width}.png")
                context.close()


def picture(hands: Hands, to: Path) -> None:
    """The whole page, or as much of its top as a picture may weigh."""
    page = hands.page
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.set_viewport_size({"width": width, "height": height})
    while True:
        page.screenshot(
            path=to, clip={"x": 0, "y": 0, "width": width, "height": height}, animations="disabled"
        )
        if to.stat().st_size <= MOST:
            return
        height = int(height * 0.85)


def main() -> None:
    """All pictures, or those named."""
    names = sys.argv[1:] or list(SCREENS)
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)))
    with scratch.folder() as folder, told(folder / "home") as (_, base), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=os.geteuid() != 0)
        take(browser, base, names)
        browser.close()


if __name__ == "__main__":
    main()
