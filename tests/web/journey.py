"""A served house with the shipped content, and the hands of a person in a browser.

What is done with them is the tests' business; nothing here decides what is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Thread
from typing import Any

from playwright.sync_api import Locator, Page, Response
from sqlalchemy import update
from werkzeug.serving import make_server

from engine import Engine, FixedClock, MasterKey
from engine.store import Database, reference
from engine.store.rows import HoldingRow
from engine.store.tables import actor
from web.app import create_app
from web.content import load_content, load_demo_people

MONDAY = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)  # 10:30 in Vietnam
SECRET = bytes(range(32))
BA_BE = "01906@2025-07-01"

OFFICER, CHAIR, TEACHER = "nong_thi_tham", "hoang_dinh_khue", "trieu_mui_nhan"
SUPERVISOR, ADMIN, PROVIDER = "ly_thi_uyen_chi", "vi_quang_tue", "luong_thi_ngan_ha"


def furnish(url: str, clock: FixedClock) -> Engine:
    """The shipped content and the demo's people in the empty, migrated database at `url`; no case.

    The social worker gets a door on the sign-in page like the others; the officer is a chairman too, so that only
    the rule of four eyes stands between her and her own plan.
    """
    database = Database(url)
    with database.write() as connection:
        reference.create_installation(connection, "demo", "Asia/Ho_Chi_Minh", clock.now())
        load_content(connection, clock.now(), "demo")
        load_demo_people(connection)
        connection.execute(update(actor).where(actor.c.id == PROVIDER).values(demo_order=6))
        second = HoldingRow(
            id=f"{OFFICER}:second", actor=OFFICER, function="commune_chair", agency="ubnd_ba_be", area=BA_BE,
            valid_from=date(2025, 7, 1),
        )  # fmt: skip
        reference.put_holdings(connection, [second])
    database.close()
    return Engine(url, MasterKey(SECRET), clock)


@contextmanager
def served(engine: Engine) -> Iterator[str]:
    """The application on `engine`, on a loopback port of its own: its address. A fault of it is raised in it."""
    server = make_server("127.0.0.1", 0, create_app(engine, demo_sign_in=True, testing=True), threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(slots=True)
class Hands:
    """One person at one browser. person: the id of an actor with a door on the sign-in page."""

    page: Page
    base: str
    person: str

    def go(self, path: str) -> Response:
        """Open an address, through the sign-in page if the session has ended."""
        answer = self.page.goto(self.base + path)
        if "/sign-in" in self.page.url:
            self.come_in()
            answer = self.page.goto(self.base + path)
        assert answer is not None
        return answer

    def come_in(self) -> None:
        """Through this person's own door."""
        if "/sign-in" not in self.page.url:
            self.page.goto(f"{self.base}/sign-in")
        self.page.locator(f"form:has(input[name=person][value={self.person}]) button").click()
        self.page.wait_for_url("**/work")

    def begin(self, way: str) -> None:
        """Press the button of a way on: its form opens below."""
        self.way(way).get_by_role("link", name=way, exact=True).click()

    def way(self, title: str) -> Locator:
        """The card of a way on, allowed or not."""
        return self.page.locator(".way").filter(has=self.page.locator(f'h3:text-matches("^{title}( ·.*)?$")'))

    def write(self, values: Mapping[str, Any]) -> None:
        """Fill in controls by their names: text is typed, an option chosen by its key, a table row by row."""
        for name, value in values.items():
            if isinstance(value, list):
                self._rows(name, value)
            elif isinstance(value, tuple):
                for one in value:
                    self.page.locator(f'input[name="{name}"][value="{one}"]').check()
            else:
                self._one(name, value)

    def take(self, way: str, values: Mapping[str, Any], reason: str = "") -> None:
        """Open the form of a way, fill it in, send it; it must have been accepted."""
        self.begin(way)
        self.write(values)
        if reason:
            self.page.locator("[name=_reason]").fill(reason)
        self.send(way)
        assert self.done(), self.said()

    def send(self, label: str) -> None:
        """Press the button at the foot of the form."""
        self.page.locator(".form-foot").get_by_role("button", name=label, exact=True).click()

    def done(self) -> bool:
        """Does the page say that something was done?"""
        return self.page.locator(".flash .notice-ok").count() > 0

    def said(self) -> list[str]:
        """What the page complains of."""
        return self.page.locator(".notice-late, .error").all_inner_texts()

    def value(self, name: str) -> str:
        """What stands in a text, a select or among radios."""
        first = self.page.locator(f'[name="{name}"]').first
        if first.get_attribute("type") == "radio":
            ticked = self.page.locator(f'[name="{name}"]:checked')
            return ticked.input_value() if ticked.count() else ""
        return first.input_value()

    def row_of(self, text: str) -> Locator:
        """The row of a list that holds `text`."""
        return self.page.locator("tbody tr").filter(has_text=text)

    def _rows(self, name: str, rows: list[Mapping[str, Any]]) -> None:
        box = self.page.locator(f'[data-rows-of="{name}"]')
        for number, row in enumerate(rows):
            if box.locator("[data-row]").count() <= number:
                box.locator("[data-add-row]").click()
            for column, value in row.items():
                self._one(f"{name}-{number}-{column}", value)

    def _one(self, name: str, value: Any) -> None:
        found = self.page.locator(f'[name="{name}"]')
        first = found.first
        text = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else str(value)
        if first.get_attribute("type") == "radio":
            self.page.locator(f'[name="{name}"][value="{text}"]').check()
        elif first.evaluate("node => node.tagName") == "SELECT":
            first.select_option(text)
        else:
            first.fill(text)
