"""A served house with the shipped content, and the hands of a person in a browser.

What is done with them is the tests' business; nothing here decides what is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, Response
from sqlalchemy import update
from werkzeug.serving import make_server

from engine import Command, Engine, FixedClock, MasterKey
from engine.store import Database, reference
from engine.store.ground import actor
from engine.store.rows import HoldingRow
from engine.worker.loop import Worker
from tests.support.browser import OpenPage, follow
from tests.support.played import once
from web.app import create_app
from web.content import load_content, load_demo_people
from web.demo.crew import crew, role_of
from web.demo.forms import Sheet
from web.demo.forms import values as typed_in
from web.demo.story import Step, children

MONDAY = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)  # 10:30 in Vietnam
SECRET = bytes(range(32))
BA_BE = "01906@2025-07-01"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

OFFICER, CHAIR, TEACHER = "nong_thi_tham", "hoang_dinh_khue", "trieu_mui_nhan"
SUPERVISOR, ADMIN, PROVIDER = "ly_thi_uyen_chi", "vi_quang_tue", "luong_thi_ngan_ha"


def furnish(url: str, clock: FixedClock) -> Engine:
    """The shipped content and the demo's people in the empty, migrated database at `url`; no case.

    The social worker gets a door on the sign-in page like the others; the officer is a chairman too, so that only
    the rule of four eyes stands between her and her own plan.
    """
    once(("furnished", clock.now()), url, lambda: _fill(url, clock.now()))
    return Engine(url, MasterKey(SECRET), clock)


def _fill(url: str, now: datetime) -> None:
    database = Database(url)
    with database.write() as connection:
        reference.create_installation(connection, "demo", "Asia/Ho_Chi_Minh", now)
        load_content(connection, now, "demo")
        load_demo_people(connection)
        connection.execute(update(actor).where(actor.c.id == PROVIDER).values(demo_order=7))
        second = HoldingRow(
            id=f"{OFFICER}:second", actor=OFFICER, function="commune_chair", agency="ubnd_ba_be", area=BA_BE,
            valid_from=date(2025, 7, 1),
        )  # fmt: skip
        reference.put_holdings(connection, [second])
    database.close()


# On which day after the report each step is taken.
DAYS = {
    "receive": 0, "start_verification": 0.2, "confirm": 1, "assess_initial": 1.6, "assess_specific": 3.5, "submit_plan": 5,
    "approve_plan": 6.1,
}  # fmt: skip


def bring(engine: Engine, clock: FixedClock, upto: str, **child: Any) -> str:
    """A case of the demo's first child told up to the step `upto`, without a browser; answers its address.

    child: what is otherwise with this one. The clock moves on as the story goes.
    """
    if child.pop("livelihood", ""):
        child["plan"] = ("education", "livelihood")
    who = replace(children()[0], **child)
    start, case = clock.now(), str(uuid4())
    for trigger, days in DAYS.items():
        clock.set(start + timedelta(days=days))
        sheet = Sheet(who, Step(trigger, ""), clock.now(), date(2012, 8, 14))
        opens = trigger == "receive"
        outcome = engine.apply(
            Command(
                id=str(uuid4()), case=case, trigger="open" if opens else trigger, actor=crew()[who.area][role_of(trigger)],
                definition="child_case" if opens else "", values=typed_in(sheet),
            )
        )  # fmt: skip
        assert outcome.applied, outcome.blockers
        if trigger == upto:
            break
    return f"/cases/{case}"


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
        if "/sign-in" in self.page.url and path != "/sign-in":
            self.come_in()
            answer = self.page.reload()
        assert answer is not None
        return answer

    def come_in(self) -> None:
        """Through this person's own door, to where one was."""
        if "/sign-in" not in self.page.url:
            self.page.goto(f"{self.base}/sign-in")
        follow(self.page.locator(f"form:has(input[name=person][value={self.person}]) button"))

    def begin(self, way: str) -> None:
        """Press the button of a way on: its form opens below."""
        card = self.way(way)
        if not card.is_visible():
            self.page.locator("details.asides > summary").click()
        follow(card.get_by_role("link", name=way, exact=True))

    def way(self, title: str) -> Locator:
        """The card of a way on, allowed or not."""
        named = self.page.locator(f'h3:text-matches("^{title}( ·.*)?$")')
        button = self.page.get_by_role("link", name=title, exact=True, include_hidden=True)
        return (
            self.page.locator(".way")
            .filter(has=named)
            .or_(self.page.locator(".way-short").filter(has=named.or_(button)))
        )

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
        """Press the button at the foot of the form; the page that answers has loaded."""
        follow(self.page.locator(".form-foot").get_by_role("button", name=label, exact=True))

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

    def find(self, words: str) -> None:
        """Search by name or number."""
        self.go("/cases")
        self.page.locator("#find").fill(words)
        with self.page.expect_navigation():
            self.page.locator("#find").press("Enter")

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


@dataclass(slots=True)
class House:
    """The served house, its clock, and whoever came in."""

    engine: Engine
    clock: FixedClock
    base: str
    open_page: OpenPage

    def hands(self, person: str, **options: object) -> Hands:
        """A person at a browser of their own."""
        hands = Hands(self.open_page(**options), self.base, person)
        hands.come_in()
        return hands

    def later(self, **duration: float) -> None:
        """Time passes and the worker does what falls due."""
        self.clock.advance(**duration)
        self.turn()

    def turn(self) -> None:
        """What the worker does within a second of its own."""
        turned = Worker(self.engine).turn()
        assert not turned.failed and not turned.stopped

    def day(self, days: int = 0) -> str:
        """Today, or so many days later, as one writes it."""
        return f"{self.clock.now().astimezone(ZONE) + timedelta(days=days):%d/%m/%Y}"

    def report(self, officer: Hands) -> str:
        """A report taken by telephone; answers the address of the case."""
        officer.go("/new")
        officer.write(REPORT)
        officer.send("Gửi tin")
        assert officer.done(), officer.said()
        return officer.page.url.removeprefix(officer.base)


@contextmanager
def opened(database: str, open_page: OpenPage) -> Iterator[House]:
    """The house on an empty, migrated database: the shipped content, the demonstration's people, and no case."""
    clock = FixedClock(MONDAY)
    engine = furnish(database, clock)
    with served(engine) as base:
        yield House(engine, clock, base, open_page)
    engine.database.close()


# ------------------------------------------------------------------ what is typed on the way

REPORT = {
    "channel": "school", "current_condition": "Làm ở xưởng mộc gần nhà, không đến lớp từ tháng 9.", "child_name": "Triệu Thị Đức",
    "child_dob": "03/03/2014", "child_sex": "female", "ethnic_group": "dao", "village": "thôn Nà Mằm", "risk_hint": "high",
    "guardian_name": "Triệu Văn Sính", "reporter_name": "Lường Thị Báo",
}  # fmt: skip
EDUCATION = {
    "education_agency": "truong_suoi_le", "plan_action": "Đưa trẻ trở lại trường", "last_grade": "6",
    "out_of_school_reason": "Đi làm phụ gia đình.",
}  # fmt: skip
LIVELIHOOD = {
    "livelihood_agency": "ctxh_ven_ho", "plan_action": "Hỗ trợ sinh kế cho gia đình", "household_members": "5",
    "income_per_person": "1.100.000", "deprivation_count": "2", "debts": "10.000.000", "land": "2.000 m2 ruộng",
    "household_skills": "Chăn nuôi", "child_income_share": "20",
}  # fmt: skip
SUPPORT = {
    "amount_month": "150.000",
    "months": "9",
    "payee": "Triệu Văn Sính",
    "double_funding_checked": True,
}
LIVELIHOOD_PLAN = {
    "activity": "Nuôi gà đồi", "plan_cost": "8.000.000", "plan_sources": ("state_commune",), "expected_income": "1.800.000",
    "commitment_text": "Không để trẻ lao động trái quy định, cho trẻ đi học.", "commitment_signed": True,
}  # fmt: skip
DELIVERY = {
    "delivered_items": "100 con gà giống", "delivered_value": "8.000.000", "delivered_source": "state_commune",
    "receipt_no": "BN-07", "budget_balance": "20.000.000",
}  # fmt: skip
CLOSURE = {
    "closure_reason": "goals_met", "closure_evidence": "Hai lần thăm liên tiếp trẻ không làm việc, đi học đều.",
    "child_heard": True, "carer_heard": True,
}  # fmt: skip


def verification(today: str) -> dict[str, Any]:
    """The result of the visit."""
    return {
        "verification_method": ("home_visit", "school_record"), "second_source": "Giáo viên chủ nhiệm.", "verified_on": today,
        "duplicates_checked": True,
    }  # fmt: skip


def assessment(today: str) -> dict[str, Any]:
    """Mẫu 02, but for the class."""
    return {
        "harm_severity": "medium", "harmer_access": "medium", "care_obstacles": "medium", "self_protection": "low",
        "others_help": "medium", "work_date": today,
        "jobs": [{"setting": "employed", "job": "carpentry", "hours_day": "6", "hours_week": "36", "night": False, "overtime": False}],
        "forced": False, "trafficked": False, "sexual_exploitation": False, "illicit_activity": False, "harm_signs": False,
        "school_status": "dropped_out", "risk_level": "medium", "needs_emergency": False,
    }  # fmt: skip


def specific(today: str) -> dict[str, Any]:
    """Mẫu 03."""
    texts = (
        "child_physical", "child_psychological", "child_emotional", "child_view", "family_situation", "family_relations",
        "carers_capacity", "assessed_risks", "protective_factors", "child_needs", "meeting_minutes",
    )  # fmt: skip
    return dict.fromkeys(texts, "Đã ghi tại nhà, có người chăm sóc.") | {
        "consents": [
            {
                "given_by": "guardian",
                "purpose": "Hỗ trợ",
                "scope": "Nhà trường",
                "method": "signed",
                "given_on": today,
            }
        ],
        "meeting_on": today,
        "meeting_attendees": [
            {"attendee": "Người chăm sóc", "role": "carer"},
            {"attendee": "Chủ tịch UBND xã", "role": "chair"},
        ],
    }


def plan(start: str, due: str, end: str) -> dict[str, Any]:
    """Mẫu 04 with two actions."""
    common = {
        "responsible": "Cán bộ bảo vệ trẻ em",
        "due_on": due,
        "funding_source": "state_commune",
        "status": "planned",
    }
    return {
        "plan_goal": "Trẻ trở lại lớp và thôi việc.",
        "actions": [
            {"kind": "education", "activity": "Đưa trẻ trở lại trường"} | common,
            {"kind": "livelihood", "activity": "Hỗ trợ sinh kế cho gia đình"} | common,
        ],
        "plan_start_on": start, "plan_end_on": end, "draft_decision": "Quyết định phê duyệt kế hoạch hỗ trợ, can thiệp.",
    }  # fmt: skip


def eligibility(today: str) -> dict[str, Any]:
    """The school's check."""
    return {
        "policy_item": "learning_costs", "checked_on": today, "proofs": ("poor_household", "ethnic_minority"),
        "school_level": "lower_secondary",
    }  # fmt: skip


def poverty(today: str) -> dict[str, Any]:
    """The household's class by the rules of that day."""
    return {"poverty_on": today, "urban": False, "poverty_class": "near_poor"}


def visit(today: str, next_one: str) -> dict[str, Any]:
    """A visit that finds the child at school and not at work."""
    return {
        "visited_on": today, "child_met": True, "work_status": "none", "hours_week": "0", "attendance": "95", "notes": "Trẻ ở nhà, đi học đều.",
        "next_on": next_one,
    }  # fmt: skip


def review(today: str) -> dict[str, Any]:
    """Mẫu 06: all is well, both actions done."""
    return {
        "review_on": today, "review_harm": "low", "review_access": "low", "review_obstacles": "low",
        "review_self_protection": "high", "review_others_help": "high", "physical_stable": True, "psychological_stable": True,
        "cognitive_stable": True, "emotional_stable": True, "review_schooling": "attending", "attendance_2_months": "95",
        "review_work": "none", "actions": [{"status": "done"}, {"status": "done"}], "review_conclusion": "close", "risk_level": "low",
    }  # fmt: skip
