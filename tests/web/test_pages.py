"""Every main screen in both languages, on a desk and on a phone; lists and their addresses; and that looking changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, expect
from sqlalchemy import MetaData, select
from werkzeug.routing import Rule

from engine import Engine, FixedClock
from engine.store.tables import read_log
from engine.text import LANGUAGES
from tests.support import scratch
from tests.support.browser import OpenPage, follow
from tests.web import journey, shots
from tests.web.journey import ADMIN, CHAIR, OFFICER, SUPERVISOR, TEACHER, Hands
from tests.web.visitor import Visitor
from web.app import create_app
from web.texts import catalogue
from workflows import catalogue as content

MANY = 27  # reports beside the demonstration's own: two pages of a list
NAMED = ("Lý Thị Dục", "Ma Đức Dũng", "Bàn Văn Dức", "Hoàng Thị Đục")


@dataclass(slots=True)
class Told:
    """The demonstration, with many more reports, served."""

    engine: Engine
    base: str
    open_page: OpenPage
    logged: list[ConsoleMessage] = field(default_factory=list)

    def complaints(self, page: Page) -> list[str]:
        """Errors on the console, but that this very page was refused or is not there, which is no fault of it."""
        errors = [each for each in self.logged if each.type == "error"]
        refused = "Failed to load resource: the server responded with a status of 4"
        return [
            each.text
            for each in errors
            if not (each.text.startswith(refused) and each.location["url"] == page.url)
        ]

    def hands(self, person: str | None, language: str = "vi", **options: Any) -> Hands:
        """A person at a browser, already inside; None: a stranger at the door."""
        page = self.open_page(**options)
        page.on("console", lambda message: self.logged.append(message))
        page.context.add_cookies([{"name": "language", "value": language, "url": self.base}])
        hands = Hands(page, self.base, person or OFFICER)
        if person:
            hands.come_in()
        return hands


@pytest.fixture(scope="module")
def demonstration() -> Iterator[tuple[Engine, str]]:
    with scratch.folder() as folder, shots.told(folder / "home") as (engine, base):
        clock = engine.clock
        assert isinstance(clock, FixedClock)
        for name in (*NAMED, *(f"Trẻ Thử {chr(ord('A') + n % 26)}" for n in range(MANY - len(NAMED)))):
            journey.bring(engine, clock, "receive", name=name, carer="")
        yield engine, base


@pytest.fixture
def told(demonstration: tuple[Engine, str], open_page: OpenPage) -> Told:
    return Told(*demonstration, open_page)


# ------------------------------------------------------------------ every screen


@cache
def words_of_the_other(language: str) -> re.Pattern[str]:
    """Sentences of the other language that nobody should meet in this one; short ones may be part of something else."""
    other = next(each for each in LANGUAGES if each != language)
    screens = catalogue().sentences
    found = {
        text
        for key, text in screens[other].items()
        if "{" not in text and len(text) > 9 and text != screens[language][key]
    }
    for source in content.definition_texts().values():
        for vi, en in re.findall(r'title: \{vi: "?([^"{}]+?)"?, en: "?([^"{}]+?)"?\}', source):
            text, same = (vi, en) if other == "vi" else (en, vi)
            if len(text) > 9 and text.lower() not in same.lower():
                found.add(text)
    longest_first = sorted(found, key=lambda each: (-len(each), each))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def wrong_with(page: Page, language: str) -> list[str]:
    """Everything that is wrong with a page as it stands there."""
    found = [
        f"{each['id']}: {each['help']} {[node['html'][:200] for node in each['nodes']]}"
        for each in Axe().run(page).response["violations"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        found.append(f"scrolls sideways by {wide} pixels")
    headings = page.locator("h1").all_inner_texts()
    if len(headings) != 1 or not headings[0].strip():
        found.append(f"h1: {headings}")
    if page.locator("html").get_attribute("lang") != language:
        found.append("another language")
    text = page.locator("body").inner_text()
    for written in page.locator(
        "code, pre"
    ).all_inner_texts():  # what an administrator reads as its author wrote it
        text = text.replace(written, "")
    found += [f"a bare key: {each}" for each in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b|\{\w*\}", text)]
    found += [f"a bare key: {each}" for each in re.findall(r"\b\w+\.[\w.]+\b", text) if catalogue().has(each)]
    found += [f"in the other language: {each}" for each in words_of_the_other(language).findall(text)]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list(shots.SCREENS))
def test_a_screen_is_accessible_fits_and_speaks_one_language(told: Told, name: str, language: str) -> None:
    who, walk = shots.SCREENS[name]
    hands = told.hands(who, language)
    walk(hands)
    for width, height in shots.SIZES.items():
        hands.page.set_viewport_size({"width": width, "height": height})
        assert wrong_with(hands.page, language) == [], f"at {width}"
    assert told.complaints(hands.page) == []


@pytest.mark.parametrize("width", list(shots.SIZES))
def test_every_form_of_every_open_way_is_accessible_and_fits(told: Told, width: int) -> None:
    officer = told.hands(OFFICER, viewport={"width": width, "height": 800})
    for child in ("Triệu Thị Lụa", "Lý A Páo", "Bàn Thị Hoa", "Hoàng Văn Mạnh"):
        shots.case_of(child)(officer)
        here = officer.page.url.removeprefix(officer.base)
        for href in [
            each.get_attribute("href") or "" for each in officer.page.locator(".way a.button").all()
        ]:
            officer.go(href)
            assert officer.page.locator(".card-step").count() == 1
            assert wrong_with(officer.page, "vi") == [], f"{href} of {here}"


def test_the_menu_of_the_phone_opens_and_closes_without_a_script(told: Told) -> None:
    hands = told.hands(OFFICER, viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = hands.page
    hands.go("/work")
    side = page.locator("nav.side")
    assert not side.is_visible()
    page.locator(".phone-bar").get_by_role("link", name="Thêm").click()
    expect(side).to_be_visible()
    follow(side.get_by_role("link", name="Thông báo"))
    assert page.url == f"{told.base}/inbox"


# ------------------------------------------------------------------ lists


def test_a_name_is_found_without_its_tones_and_exact_tones_come_first(told: Told) -> None:
    officer = told.hands(OFFICER)

    def found(query: str) -> list[str]:
        officer.find(query)
        return officer.page.locator(".row-link").all_inner_texts()

    every = {"Nông V. Đ.", "Lý T. D.", "Ma Đ. D.", "Bàn V. D.", "Hoàng T. Đ."}
    assert set(found("duc")) == every
    assert set(found("DUC")) == every
    exact = found("Đức")
    assert set(exact) == every
    assert set(exact[:2]) == {"Nông V. Đ.", "Ma Đ. D."}
    assert found("Dục")[0] == "Lý T. D."
    assert set(found("nong van duc")) == {"Nông V. Đ."}
    assert set(found("nông vân dúc")) == {"Nông V. Đ."}
    assert found("duc khong co") == []


def test_a_number_is_found_from_its_beginning(told: Told) -> None:
    officer = told.hands(OFFICER)
    officer.find("01906-2026-00003")
    rows = officer.page.locator("tbody tr")
    assert rows.count() > 1  # the child's case and its tracks
    assert all("01906-2026-00003" in each for each in rows.all_inner_texts())


def test_filters_stand_in_the_address(told: Told) -> None:
    page = told.hands(SUPERVISOR).page
    page.goto(f"{told.base}/cases")
    follow(page.locator(".tabs").get_by_role("link", name="Quá hạn"))
    page.locator("summary", has_text="Quy trình").click()
    follow(page.get_by_role("link", name="Hồ sơ trẻ em", exact=True))
    page.locator("summary", has_text="Trạng thái").click()
    follow(page.get_by_role("link", name="Đang xác minh", exact=True))
    asked = {"list": ["late"], "definition": ["child_case"], "state": ["verifying"]}
    assert parse_qs(urlsplit(page.url).query) == asked
    names = page.locator(".row-link").all_inner_texts()
    assert names
    again = told.hands(SUPERVISOR).page
    again.goto(page.url)  # the address alone is enough
    assert again.locator(".row-link").all_inner_texts() == names
    states = {each.split("\n")[0] for each in again.locator("tbody td:nth-child(2)").all_inner_texts()}
    assert states == {"Đang xác minh"}
    follow(again.locator(".filters").get_by_role("link", name="Đang xác minh"))
    assert "state" not in parse_qs(urlsplit(again.url).query)
    again.go_back()
    assert parse_qs(urlsplit(again.url).query) == asked


def test_every_number_of_supervision_leads_to_as_many_cases(told: Told) -> None:
    page = told.hands(SUPERVISOR).page
    page.goto(f"{told.base}/supervision")
    links = page.locator(".table-grid td a, .tile")
    counted = {
        str(each.get_attribute("href")): int(re.findall(r"\d+", each.inner_text())[0]) for each in links.all()
    }
    assert len(counted) > 12
    for href, number in counted.items():
        page.goto(told.base + href)
        assert page.locator(".page-head").inner_text().count(f"{number} hồ sơ") == 1, href


def test_pages_by_key_show_every_case_once(told: Told) -> None:
    page = told.hands(OFFICER).page
    page.goto(f"{told.base}/cases")
    seen: list[str] = []
    for _ in range(10):
        rows = page.locator("tbody th small .num").all_inner_texts()
        assert len(rows) <= 25
        seen += rows
        after = page.locator("a[rel=next]")
        if not after.count():
            break
        follow(after)
    assert len(seen) > 25
    assert len(seen) == len(set(seen))
    follow(page.get_by_role("link", name="Về đầu"))
    assert page.locator("tbody th small .num").all_inner_texts() == seen[:25]
    total = int(re.findall(r"\d+", page.locator(".page-sub").inner_text())[0])
    assert total == len(seen)


def test_a_senseless_key_of_a_page_is_no_fault(told: Told) -> None:
    page = told.hands(OFFICER).page
    for after in (
        "x",
        "2026-11-23~",
        "2026-11-23T00:00:00~x",
        "9999-99-99T00:00:00+00:00~x",
        "0001-01-01T00:00:00%2B14:00~x",
        "9999-12-31T23:59:59-14:00~x",
    ):
        answer = page.goto(f"{told.base}/cases?after={after}")
        assert answer is not None and answer.ok


def test_what_a_supervisor_should_see_begins_with_the_longest_late(told: Told) -> None:
    page = told.hands(SUPERVISOR).page
    page.goto(f"{told.base}/supervision")
    due = page.locator(".lines .chip time").evaluate_all("chips => chips.map(each => each.dateTime)")
    assert len(due) > 2 and all(due)
    assert due == sorted(due)


LIMITS = """rows => rows.map(each => {
  const time = each.querySelector("time");
  return [each.querySelector(".num").innerText, time.dateTime, time.innerText];
})"""


def test_how_late_a_case_is_reads_alike_everywhere(told: Told) -> None:
    page = told.hands(OFFICER).page
    said: list[dict[tuple[str, str], str]] = []
    for address in ("/work?list=late", "/cases?list=late"):
        page.goto(told.base + address)
        rows = page.locator("tbody tr").evaluate_all(LIMITS)
        said.append({(number, due): text for number, due, text in rows})
    both = said[0].keys() & said[1].keys()
    assert both
    assert {each: said[0][each] for each in both} == {each: said[1][each] for each in both}


def test_nobody_is_given_a_task_that_is_still_with_somebody_else(told: Told) -> None:
    chair, officer = told.hands(CHAIR), told.hands(OFFICER)
    chair.go("/work")  # the plan of this child is not submitted yet, though its approval is overdue
    assert chair.row_of("Phê duyệt kế hoạch").count() == 2
    assert chair.row_of("Triệu T. L.").count() == 0
    officer.go("/work")
    assert officer.row_of("Triệu T. L.").filter(has_text="Trình kế hoạch").count() == 1
    follow(officer.page.locator(".tile", has_text="chờ người khác"))
    assert officer.row_of("Triệu T. L.").filter(has_text="Phê duyệt kế hoạch").count() == 1


# ------------------------------------------------------------------ looking


def everything(engine: Engine) -> dict[str, list[Any]]:
    """All rows of all tables but the log of who looked."""
    found: dict[str, list[Any]] = {}
    with engine.database.read() as connection:
        store = MetaData()
        store.reflect(connection)
        for name, table in store.tables.items():
            if name != "read_log":
                found[name] = sorted(map(repr, connection.execute(select(table))))
    return found


def addresses(rule: Rule, case: str) -> Iterator[str]:
    """Addresses of a rule that answers GET, its places filled with what exists."""
    if "GET" in (rule.methods or ()) and rule.arguments <= {"case"}:
        path = re.sub(r"<(?:\w+:)?case>", case, rule.rule)
        yield path
        yield f"{path}?list=late&definition=child_case&way=submit_plan&story=due&find=duc&id=1&url=/&page=2&area=x"


@pytest.mark.parametrize("person", [OFFICER, CHAIR, TEACHER, SUPERVISOR, ADMIN])
def test_looking_changes_nothing_and_keeps_no_connection(
    demonstration: tuple[Engine, str], person: str
) -> None:
    engine = demonstration[0]
    app = create_app(engine, demo_sign_in=True, testing=True)
    visitor = Visitor(app, "127.0.0.1")
    visitor.click(person)
    links = re.findall(
        r'href="/cases/([0-9a-f-]{36})', visitor.get("/cases").text + visitor.get("/work").text
    )
    before = everything(engine)
    answers = [
        visitor.get(path).status_code
        for rule in app.url_map.iter_rules()
        for path in addresses(rule, links[0] if links else str(UUID(int=0)))
    ]
    assert len(answers) > 20
    assert set(answers) <= {200, 302, 404}
    assert everything(engine) == before
    assert engine.database.reader.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert engine.database.writer.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_what_changes_something_is_not_to_be_had_by_looking(demonstration: tuple[Engine, str]) -> None:
    app = create_app(demonstration[0], demo_sign_in=True, testing=True)
    visitor = Visitor(app, "127.0.0.1")
    visitor.click(ADMIN)
    rules = list(app.url_map.iter_rules())
    looked_at = {rule.rule for rule in rules if "GET" in (rule.methods or ())}
    sent_only = [rule.rule for rule in rules if rule.rule not in looked_at]
    assert len(sent_only) >= 5
    for rule in sent_only:
        assert visitor.get(re.sub("<.*?>", "x", rule)).status_code in (404, 405), rule


def test_a_case_page_is_written_down_as_looked_at(demonstration: tuple[Engine, str]) -> None:
    engine = demonstration[0]
    assert isinstance(engine.clock, FixedClock)
    visitor = Visitor(create_app(engine, demo_sign_in=True, testing=True), "127.0.0.1")
    visitor.click(SUPERVISOR)
    case = re.findall(r'href="/cases/([0-9a-f-]{36})', visitor.get("/cases").text)[0]

    def looks() -> list[tuple[str, str]]:
        with engine.database.read() as connection:
            rows = connection.execute(
                select(read_log.c.actor, read_log.c.what).where(read_log.c.case_id == case)
            )
            return [(row.actor, row.what) for row in rows]

    before = looks()
    visitor.get(f"/cases/{case}")
    assert sorted(looks()) == sorted([*before, (SUPERVISOR, "case page")])


# ------------------------------------------------------------------ files


def test_no_template_and_no_file_of_a_page_is_left_over() -> None:
    web = Path(__file__).parents[2] / "web"
    read = [each for kind in ("py", "html", "css", "js") for each in web.rglob(f"*.{kind}")]
    sources = {each: each.read_text("utf-8") for each in read}
    fonts = re.findall(r"fonts/[\w-]+\.woff2", sources[web / "static" / "tokens.css"])
    papers = {"OFL.txt", "VENDORED.md"}
    for folder in ("templates", "static"):
        for file in (
            each for each in (web / folder).rglob("*") if each.is_file() and each.name not in papers
        ):
            name = str(file.relative_to(web / folder))
            assert name in fonts or any(name in text for path, text in sources.items() if path != file), name


def test_every_picture_is_in_the_index_and_every_screen_has_its_four_pictures() -> None:
    wanted = {
        f"{name}-{language}-{width}.png"
        for name in shots.SCREENS
        if name not in shots.UNPICTURED
        for language in LANGUAGES
        for width in shots.SIZES
    }
    index = (shots.FOLDER / "README.md").read_text("utf-8")
    assert set(re.findall(r"\((\S+\.png)\)", index)) == wanted
    assert {each.name for each in shots.FOLDER.glob("*.png")} == wanted
