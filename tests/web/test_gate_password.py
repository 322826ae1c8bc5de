from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from engine import Engine, FixedClock
from tests.web.visitor import PASSWORD, WRONG, Visitor, change_actor, give_password, kept_password
from web import accounts


def test_a_one_time_password_opens_nothing_but_the_choice_of_another(engine: Engine, app: Flask) -> None:
    once = accounts.one_time_password()
    give_password(engine, "officer", kept=accounts.hash_password(once))
    visitor = Visitor(app)
    answer = visitor.sign_in("officer", once, next="/cases")
    assert answer.headers["Location"] == "/password?next=/cases"
    assert visitor.get("/work").headers["Location"] == "/sign-in?next=/work"
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/password?next=/cases").text)[1]  # type: ignore[index]
    wrong = visitor.post("/password", {"new": accounts.one_time_password(), "again": "x"}, token=token)
    assert (wrong.status_code, "dạng của mật khẩu dùng một lần" in wrong.text) == (422, True)
    kept = visitor.post("/password", {"new": WRONG, "again": WRONG, "next": "/cases"}, token=token)
    assert kept.headers["Location"] == "/cases"
    assert visitor.get("/work").status_code == 200
    assert Visitor(app).sign_in("officer", once).status_code == 422
    assert Visitor(app).sign_in("officer", WRONG).status_code == 303


@pytest.mark.parametrize("meanwhile", [{"active": False}, {"fs_uniquifier": "another"}])
def test_the_right_to_choose_ends_when_the_account_changes(
    engine: Engine, visitor: Visitor, meanwhile: dict[str, Any]
) -> None:
    once = accounts.one_time_password()
    give_password(engine, "officer", kept=accounts.hash_password(once))
    visitor.sign_in("officer", once)
    token = visitor.token()
    change_actor(engine, "officer", **meanwhile)
    assert visitor.post("/password", {"new": WRONG, "again": WRONG}, token=token).status_code == 404
    assert PasswordHasher().verify(kept_password(engine, "officer"), once)


def test_the_right_to_choose_ends_after_a_quarter_of_an_hour(
    engine: Engine, visitor: Visitor, clock: FixedClock
) -> None:
    once = accounts.one_time_password()
    give_password(engine, "officer", kept=accounts.hash_password(once))
    visitor.sign_in("officer", once)
    clock.advance(minutes=15)
    assert visitor.get("/password").status_code == 302


def test_changing_the_password_asks_for_the_present_one_and_ends_every_other_session(app: Flask) -> None:
    here, elsewhere = Visitor(app), Visitor(app)
    here.sign_in("officer")
    elsewhere.sign_in("officer")
    refused = here.post("/password", {"present": WRONG, "new": WRONG, "again": WRONG})
    assert (refused.status_code, "Mật khẩu hiện nay chưa đúng" in refused.text) == (422, True)
    assert elsewhere.is_in()
    assert here.post("/password", {"present": PASSWORD, "new": WRONG, "again": WRONG}).status_code == 303
    assert here.is_in()
    assert not elsewhere.is_in()


def test_the_present_password_cannot_be_guessed_on_the_page_that_changes_it(visitor: Visitor) -> None:
    visitor.sign_in("officer")
    codes = [
        visitor.post("/password", {"present": f"{WRONG}{n}", "new": WRONG, "again": WRONG}).status_code
        for n in range(5)
    ]
    assert codes == [422, 422, 422, 429, 429]


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("ngắn quá đi", "short"), ("vừa đủ 12 ký", None), ("a b c d e f g " * 4, None), ("xin chào " * 14 + "x!", None),
        ("xin chào " * 14 + "xin", "long"), ("123456789012", "simple"), ("210987654321", "simple"), ("qwertyuiopas", "simple"),
        ("aaaaaaaabbbbbbbb", "simple"), ("tôi là officer đây", "username"), ("một câu dài dễ nhớ", None),
    ],
)  # fmt: skip
def test_a_password_is_long_and_not_to_be_guessed_and_nothing_else_is_asked(
    password: str, fault: str | None
) -> None:
    assert accounts.fault_of(password, "officer") == fault


def test_every_letter_of_a_long_password_counts() -> None:
    long = "đường về nhà dài lắm " * 6
    kept = accounts.hash_password(long + "a")
    assert len(long.encode()) > 72
    assert PasswordHasher().verify(kept, unicodedata.normalize("NFC", long + "a"))
    with pytest.raises(Exception, match="match"):
        PasswordHasher().verify(kept, unicodedata.normalize("NFC", long + "b"))


def test_a_password_longer_than_any_is_wrong_and_no_fault(visitor: Visitor) -> None:
    assert visitor.sign_in("officer", "x" * 5_000).status_code == 422
    assert visitor.sign_in("nobody", "x" * 5_000).status_code == 422


def test_one_time_passwords_are_known_by_their_form_and_differ() -> None:
    found = {accounts.one_time_password() for _ in range(500)}
    assert len(found) == 500
    assert all(accounts.is_one_time(each) for each in found)
    one = found.pop()
    changed = one[:-1] + ("0" if one[-1] != "0" else "1")
    assert not accounts.is_one_time(changed)
    assert not accounts.is_one_time(one.replace("-", ""))
