from __future__ import annotations

import re

import pytest
from flask import Flask

from engine import Engine, FixedClock
from tests.support.axe import violations
from tests.support.browser import OpenPage, follow
from tests.web.journey import ADMIN, MONDAY, OFFICER, furnish, served
from tests.web.screens import Told
from tests.web.visitor import PASSWORD, WRONG, Visitor, give_password
from web.app import create_app


def at_home(app: Flask) -> Visitor:
    return Visitor(app, address="127.0.0.1", host="127.0.0.1:8000")


def test_one_click_is_enough_in_the_demonstration_on_this_machine(demo: Flask) -> None:
    for host, address in (
        ("127.0.0.1:8000", "127.0.0.1"),
        ("localhost", "::1"),
        ("[::1]:8000", "::ffff:127.0.0.1"),
    ):
        visitor = Visitor(demo, address=address, host=host)
        assert "Bấm một người" in visitor.get("/sign-in").text
        assert visitor.click(OFFICER).headers["Location"] == "/work"
        assert "Nông Thị Thắm" in visitor.get("/work").text


@pytest.mark.parametrize(
    ("host", "address", "headers"),
    [
        ("127.0.0.1", "192.168.1.20", {}), ("demo.example", "127.0.0.1", {}), ("127.0.0.1.evil.example", "127.0.0.1", {}),
        ("192.0.2.7", "127.0.0.1", {}), ("localhost", "127.0.0.1", {"Forwarded": "for=10.0.0.1"}),
        ("localhost", "127.0.0.1", {"X_Forwarded_For": "127.0.0.1"}), ("localhost", "127.0.0.1", {"X_Forwarded_Anything": "x"}),
    ],
)  # fmt: skip
def test_anywhere_else_there_is_no_one_click(
    demo: Flask, host: str, address: str, headers: dict[str, str]
) -> None:
    visitor = Visitor(demo, address=address, host=host)
    assert "Bấm một người" not in visitor.get("/sign-in", **headers).text
    assert visitor.click(OFFICER, **headers).status_code == 404
    assert not visitor.is_in()


def test_one_click_needs_the_token_and_a_person_who_is_offered(demo: Flask) -> None:
    visitor = at_home(demo)
    assert visitor.post("/demo/sign-in", {"person": OFFICER}, token=None).status_code == 400
    assert visitor.click("dong_thi_lua").status_code == 404  # of the demo, but no door
    assert visitor.click("").status_code == 404
    assert visitor.get(f"/demo/sign-in?person={OFFICER}").status_code == 302
    assert not visitor.is_in()


def test_a_real_installation_does_not_even_have_the_route(engine: Engine, app: Flask) -> None:
    assert "gate.demo_sign_in" not in app.view_functions
    assert at_home(app).click("officer").status_code == 401
    mistaken = create_app(
        engine, demo_sign_in=True, testing=True
    )  # the caller's mistake; the database still says real
    assert "Bấm một người" not in at_home(mistaken).get("/sign-in").text
    assert at_home(mistaken).click("officer").status_code == 404


def test_signing_in_and_out_by_hand_in_both_languages(sqlite_database: str, open_page: OpenPage) -> None:
    engine = furnish(sqlite_database, FixedClock(MONDAY))
    give_password(engine, ADMIN)
    with served(engine) as base:
        page = open_page(viewport={"width": 360, "height": 740})
        page.goto(f"{base}/admin/")
        for language, name, password, button, sentence in (
            ("vi", "Tên đăng nhập", "Mật khẩu", "Đăng nhập", "Tên đăng nhập hoặc mật khẩu chưa đúng."),
            ("en", "User name", "Password", "Sign in", "The user name or the password is not right."),
        ):
            follow(page.locator(f".languages button[lang={language}]"))
            page.get_by_label(name).fill(ADMIN)
            page.get_by_label(password).fill(WRONG)
            follow(page.locator("#sign-in").get_by_role("button", name=button).last)
            page.get_by_text(sentence).wait_for()
            assert page.get_by_label(name).input_value() == ADMIN
            assert page.get_by_label(password).input_value() == ""
            assert page.locator("[data-focus]").evaluate("each => each === document.activeElement")
            assert violations(page) == []
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{base}/admin/")
        page.goto(f"{base}/password")
        assert violations(page) == []
        page.goto(f"{base}/work")
        page.locator(".phone-bar a[href='#menu']").click()
        follow(page.locator(".side button[title='Sign out']"))
        page.get_by_text("You have signed out.").wait_for()
        page.go_back()
        page.wait_for_url("**/sign-in**")


def test_a_door_of_the_demonstration_opens_with_one_click(sqlite_database: str, open_page: OpenPage) -> None:
    with served(furnish(sqlite_database, FixedClock(MONDAY))) as base:
        page = open_page()
        page.goto(f"{base}/cases")
        assert violations(page) == []
        assert page.locator(".door").count() >= 5
        follow(page.locator(".door").first)
        assert page.url == f"{base}/cases"  # where one wanted to go
        assert violations(page) == []


def test_every_door_says_what_is_behind_it(demo: Flask) -> None:
    for language in ("vi", "en"):
        visitor = at_home(demo)
        visitor.post("/language", {"lang": language, "next": "/sign-in"})
        page = visitor.get("/sign-in").text
        doors, hints = page.count('class="door"'), page.count("<small>")
        assert (doors >= 5, hints >= 5) == (True, True)


@pytest.mark.parametrize("width", [360, 1280])
def test_no_number_of_a_case_is_broken_over_two_lines(told: Told, width: int) -> None:
    page = told.hands(None, viewport={"width": width, "height": 800}).page
    page.goto(f"{told.base}/sign-in")
    numbers = page.locator(".door-words small .num")
    assert len(numbers.all()) > 5
    assert all(re.fullmatch(r"[0-9-]+(/GD1)?", each) for each in numbers.all_inner_texts())
    lines = numbers.evaluate_all("found => found.map((each) => each.getClientRects().length)")
    assert set(lines) == {1}
