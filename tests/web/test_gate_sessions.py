from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from engine import Engine, FixedClock
from engine.store.ground import holding
from tests.web.journey import OFFICER
from tests.web.visitor import Visitor, change_actor
from web import accounts


def test_signing_in_makes_a_new_session_and_the_old_cookie_is_worth_nothing(visitor: Visitor) -> None:
    token, before = visitor.token(), visitor.cookie()
    visitor.sign_in("officer")
    assert visitor.cookie() != before
    assert visitor.post("/sign-out", token=token).status_code == 400
    visitor.take_cookie(before)
    assert not visitor.is_in()


def test_signing_in_again_ends_the_session_before(app: Flask) -> None:
    visitor, thief = Visitor(app), Visitor(app)
    visitor.sign_in("officer")
    thief.take_cookie(visitor.cookie())
    assert thief.is_in()
    visitor.sign_in("officer")
    assert not thief.is_in()
    assert visitor.is_in()


def test_signing_out_ends_the_session_wherever_its_cookie_was_copied_to(app: Flask) -> None:
    visitor, thief = Visitor(app), Visitor(app)
    visitor.sign_in("officer")
    thief.take_cookie(visitor.cookie())
    assert thief.is_in()
    answer = visitor.post("/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert not visitor.is_in()
    assert not thief.is_in()
    assert "Bạn đã đăng xuất" in visitor.get("/sign-in").text


def test_a_session_ends_after_twenty_minutes_without_use(visitor: Visitor, clock: FixedClock) -> None:
    visitor.sign_in("officer")
    clock.advance(minutes=19, seconds=59)
    assert visitor.is_in()
    clock.advance(minutes=20)
    answer = visitor.get("/work")
    assert answer.headers["Location"] == "/sign-in?next=/work"
    assert "Phiên làm việc đã kết thúc" in visitor.get("/sign-in").text


def test_a_session_ends_after_ten_hours_of_use(visitor: Visitor, clock: FixedClock) -> None:
    visitor.sign_in("officer")
    for _ in range(39):
        clock.advance(minutes=15)
        assert visitor.is_in()
    clock.advance(minutes=15)
    assert not visitor.is_in()


def test_a_session_from_the_future_is_none(visitor: Visitor, clock: FixedClock) -> None:
    visitor.sign_in("officer")
    clock.advance(minutes=-2)
    assert not visitor.is_in()


@pytest.mark.parametrize("change", [{"active": False}, {"fs_uniquifier": "another"}])
def test_a_changed_account_is_out_with_the_next_click(
    engine: Engine, visitor: Visitor, change: dict[str, Any]
) -> None:
    visitor.sign_in("officer")
    assert visitor.is_in()
    change_actor(engine, "officer", **change)
    assert not visitor.is_in()


def test_a_function_taken_away_is_gone_with_the_next_click(engine: Engine, visitor: Visitor) -> None:
    visitor.sign_in("admin")
    assert visitor.get("/admin/").status_code == 200
    with engine.database.write() as connection:
        connection.execute(
            update(holding).where(holding.c.actor == "admin").values(valid_to=date(2026, 11, 22))
        )
    assert visitor.get("/admin/").status_code == 404


def test_what_was_sent_after_the_session_ended_is_refused_with_a_way_back(
    visitor: Visitor, clock: FixedClock
) -> None:
    visitor.sign_in("officer")
    token = visitor.token()
    clock.advance(minutes=21)
    answer = visitor.post("/new", {"what": "x"}, token=token)
    assert answer.status_code == 401
    assert "Cần đăng nhập" in answer.text
    assert 'href="/sign-in"' in answer.text


def test_in_a_real_installation_the_session_travels_over_https_only(visitor: Visitor) -> None:
    cookies = {
        each.partition("=")[0]: each for each in visitor.sign_in("officer").headers.getlist("Set-Cookie")
    }
    assert set(cookies) == {"__Host-casework", "__Host-casework-device"}
    for each in cookies.values():
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in each.split(";")}
        assert "domain" not in each.lower()


def test_in_the_demonstration_the_cookies_have_plain_names(demo: Flask) -> None:
    cookies = (
        Visitor(demo, address="127.0.0.1", host="127.0.0.1").click(OFFICER).headers.getlist("Set-Cookie")
    )
    assert {each.partition("=")[0] for each in cookies} == {"casework", "casework-device"}
    assert all("HttpOnly" in each and "Secure" not in each for each in cookies)


def test_a_token_of_the_library_is_no_way_in(app: Flask) -> None:
    with app.test_request_context():
        account = accounts.find("officer")
        assert account is not None
        token = str(account.get_auth_token())
    with app.test_request_context(f"/work?auth_token={token}"):
        assert accounts.signed_in() is None
    assert Visitor(app).get(f"/work?auth_token={token}").status_code == 302
    assert Visitor(app).get("/work", Authentication_Token=token).status_code == 302


def test_the_language_is_the_persons_own_until_one_is_chosen_in_this_browser(
    engine: Engine, visitor: Visitor
) -> None:
    change_actor(engine, "officer", language="en")
    visitor.sign_in("officer")
    assert '<html lang="en">' in visitor.get("/work").text
    visitor.post("/language", {"lang": "vi", "next": "/work"})
    assert '<html lang="vi">' in visitor.get("/work").text
