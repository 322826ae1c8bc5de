"""A real browser for tests: pages whose errors fail the test that opened them.

Only opens pages; what is served to them and what is checked on them is the test's business.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, WebError, sync_playwright

# The shell is the same engine without windows: a page costs a third of the processor's time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
POLICY = "Content Security Policy"

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """$CHROMIUM, else the machine's own. Without one the test is skipped, or fails if REQUIRE_BROWSER=1."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        missing = f"no browser: set CHROMIUM, or install one of {', '.join(NAMES)}"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        # Chromium cannot keep its sandbox as root; everybody else keeps it.
        running = playwright.chromium.launch(executable_path=program, chromium_sandbox=os.geteuid() != 0)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens a page in a session of its own (cookies, sign-in); takes Playwright's `new_context` options."""
    faults: list[str] = []
    contexts = []

    def note_console(message: ConsoleMessage) -> None:
        if POLICY in message.text:
            faults.append(message.text)

    def note_error(error: WebError) -> None:
        faults.append(f"{error.page.url if error.page else ''}: {error.error}")

    def open_it(**options: Any) -> Page:
        context = browser.new_context(**({"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"} | options))
        context.on("console", note_console)
        context.on("weberror", note_error)
        contexts.append(context)
        return context.new_page()

    yield open_it
    for context in contexts:
        context.close()
    if faults:
        pytest.fail("the page complained:\n" + "\n".join(faults), pytrace=False)


def follow(target: Locator, press: str = "click") -> None:
    """Press what leads to another page and wait until that one has loaded. press: also "tap"."""
    with target.page.expect_navigation():
        getattr(target, press)()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """One page."""
    return open_page()
