from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask

from engine import Engine, FixedClock
from engine.store import reference
from engine.store.rows import ActorRow, HoldingRow
from tests.support import world
from tests.support.axe import violations
from tests.support.browser import OpenPage, follow
from tests.web.journey import ADMIN, MONDAY, furnish, served
from tests.web.visitor import Visitor, give_password
from web.admin import models


@pytest.mark.parametrize("person", ["officer", "lead", "chair"])
def test_for_whoever_is_no_administrator_there_is_no_such_page(
    engine: Engine, app: Flask, person: str
) -> None:
    give_password(engine, person)
    visitor = Visitor(app)
    visitor.sign_in(person)
    rules = [each for each in app.url_map.iter_rules() if each.endpoint.startswith("admin")]
    assert len(rules) > 15
    for rule in rules:
        answer = visitor.get(rule.rule) if "GET" in (rule.methods or ()) else visitor.post(rule.rule)
        assert (rule.rule, answer.status_code) == (rule.rule, 404)


def test_nothing_of_a_case_is_mapped_for_the_administration() -> None:
    mapped = {each.local_table for each in (*models._orm.mappers, models.Account.__mapper__)}  # type: ignore[attr-defined]
    assert {each.name for each in mapped if each is not None} == {
        "actor", "agency", "area", "calendar_swap", "decision_table", "holding", "setting",
    }  # fmt: skip


def test_who_only_administers_is_offered_no_cases_to_look_for(admin: Visitor, engine: Engine) -> None:
    def offered(path: str) -> tuple[bool, bool]:
        text = admin.get(path).text
        return 'role="search" action="/cases/search"' in text, 'href="/cases"' in text

    assert offered("/inbox") == offered("/nowhere") == (False, False)
    assert "tìm theo số hồ sơ" not in admin.get("/nowhere").text
    too = HoldingRow(
        id="too", actor="admin", function="commune_officer", agency="ba_be", area=world.BA_BE, valid_from=date(2026, 1, 1)
    )  # fmt: skip
    with engine.database.write() as connection:
        reference.put_holdings(connection, [too])
    engine.library.refresh()
    assert offered("/work") == offered("/nowhere") == (True, True)
    assert "tìm theo số hồ sơ" in admin.get("/nowhere").text


def test_who_only_administers_begins_there_and_has_no_work_of_their_own(admin: Visitor) -> None:
    answer = admin.get("/work")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    assert "Việc của tôi" not in admin.get("/inbox").text


def test_nothing_of_flask_admins_own_is_served(admin: Visitor) -> None:
    assert admin.get("/admin/static/vendor/jquery.min.js").status_code == 404
    page = admin.get("/admin/actors/").text
    assert re.findall(r'<(?:script|link)[^>]+(?:src|href)="(?!/static/)', page) == []


def test_there_are_no_bulk_export_delete_or_ajax_routes(app: Flask) -> None:
    ends = {
        each.rule.rstrip("/").rpartition("/")[2]
        for each in app.url_map.iter_rules()
        if each.endpoint.startswith("admin_")
    }
    sections = {
        "actors",
        "holdings",
        "agencies",
        "settings",
        "swaps",
        "definitions",
        "tables",
        "mails",
        "simulate",
        "migrations",
    }
    assert ends - sections == {
        "new", "edit", "details", "values", "one-time-password", "begin", "retire", "decided", "review", "submit", "publish",
        "return", "drop", "draft", "save", "check", "copy", "compare", "tick", "plan", "by-hand", "look", "apply", "revert", "again", "download",
    }  # fmt: skip


def test_an_id_that_is_none_is_not_found(admin: Visitor) -> None:
    paths = (
        "actors/edit",
        "holdings/edit",
        "agencies/edit",
        "settings/edit",
        "swaps/edit",
        "definitions/details",
        "workflows/review",
        "migrations/details",
        "migrations/plan",
        "migrations/download",
        "tables/values",
        "simulate",
    )
    for path in paths:
        for id in (
            "",
            "no-such",
            "a,b",
            "%2C",
            "1" * 300,
            "'; drop table actor; --",
            "a%2Cnot-a-day",
            "toy,one",
            "toy,99999999999999999999",
            "a,2026-01-01,b",
        ):
            assert (path, id, admin.get(f"/admin/{path}/?id={id}").status_code) == (path, id, 404)


def test_a_list_is_searched_sorted_and_paged_whatever_the_address_says(
    administered: Engine, admin: Visitor
) -> None:
    with administered.database.write() as connection:
        more = [
            ActorRow(id=f"p{n}", name=f"Người Thứ {n:03}", username=f"p{n}", fs_uniquifier=f"p{n}")
            for n in range(60)
        ]
        reference.put_actors(connection, more)
    first, second = (
        admin.get("/admin/actors/?search=p").text,
        admin.get("/admin/actors/?search=p&page=1").text,
    )
    assert ("1–50 trên 60" in first, "51–60 trên 60" in second) == (True, True)
    assert first.count('class="row-link"') == 50
    falling = admin.get("/admin/actors/?sort=0&desc=1").text
    assert 'aria-sort="descending"' in falling
    assert re.findall(r'class="row-link"[^>]*><b>([^<]+)', falling)[0] == "Quản Trị Thử"
    for asked in ("page=-1", "page=99999999999999999999", "page=10000"):
        assert (asked, admin.get(f"/admin/actors/?{asked}").status_code) == (asked, 404)
    for asked in (
        "page=7",
        "page=x",
        "sort=77",
        "sort=-1",
        "sort=x",
        "search=%25'_\\",
        "page_size=100000",
        "flt0_0=1",
        "desc=x",
        "sort=1",
    ):
        assert (asked, admin.get(f"/admin/actors/?{asked}").status_code) == (asked, 200)


def test_the_front_page_counts_what_there_is_and_what_is_unconfirmed(admin: Visitor) -> None:
    page = re.sub(r"<[^>]+>|\s+", " ", admin.get("/admin/").text)
    assert re.search(r" 7\s+người dùng đang hoạt động", page)
    assert re.search(r" 7\s+thiết đặt\s+2 giá trị chưa kiểm chứng", page)


def test_every_screen_is_whole_for_eye_ear_and_keyboard(sqlite_database: str, open_page: OpenPage) -> None:
    engine = furnish(sqlite_database, FixedClock(MONDAY))
    with served(engine) as base:
        page = open_page()
        page.goto(f"{base}/sign-in")
        follow(page.locator(f"input[name=person][value={ADMIN}] + button"))
        addresses = ["/admin/"]
        for section in ("actors", "holdings", "agencies", "settings", "swaps", "definitions", "tables"):
            page.goto(f"{base}/admin/{section}/")
            links = page.locator(".row-link").evaluate_all(
                "links => links.slice(0, 2).map(each => each.getAttribute('href'))"
            )
            new = page.locator(".page-actions a").evaluate_all(
                "links => links.map(each => each.getAttribute('href'))"
            )
            addresses += [f"/admin/{section}/", *links, *new]
        assert len(addresses) > 20
        for address in addresses:
            page.goto(f"{base}{address}")
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, width)
            assert (address, violations(page)) == (address, [])


def test_a_value_is_changed_by_hand_after_a_question(sqlite_database: str, open_page: OpenPage) -> None:
    engine = furnish(sqlite_database, FixedClock(MONDAY))
    with served(engine) as base:
        page = open_page()
        page.goto(f"{base}/sign-in")
        follow(page.locator(f"input[name=person][value={ADMIN}] + button"))
        page.goto(f"{base}/admin/tables/")
        follow(page.get_by_role("link", name="Tuổi học nghề"))
        page.get_by_label("Giá trị").fill("15")
        page.locator(".form-foot button").click()
        page.locator("dialog[open] button[value=yes]").click()
        page.get_by_text("Đã lưu. Thay đổi có hiệu lực ngay.").wait_for()
        page.get_by_text("đã thay bằng bản khác").wait_for()
    assert len(engine.library.rows.decision_tables["vocational_entry"]) == 2
