from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from engine import Engine, FixedClock
from engine.store.ground import sign_in_attempt
from tests.engine.wide import hire
from tests.web.visitor import WRONG, Visitor, give_password, hashed, rows
from web import accounts, throttle


def test_of_many_wrong_tries_in_a_quarter_of_an_hour_ten_are_looked_at(
    app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(accounts, "is_right", lambda account, password: looked.append(password) or False)
    waited = []
    for number in range(220):
        answer = Visitor(app, address=f"198.51.100.{number}").sign_in("officer", f"đoán lần {number}")
        waited.append(int(answer.headers.get("Retry-After", 0)))
        clock.advance(seconds=4)
    assert len(looked) == throttle.LIMIT
    assert waited[:4] == [0, 0, 0, 0]  # the fourth came after its two seconds
    assert max(waited) > 300
    clock.advance(minutes=15)
    Visitor(app).sign_in("officer", "đoán lần cuối")
    assert len(looked) == throttle.LIMIT + 1


def test_waits_double_and_are_told_in_a_sentence(
    app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "is_right", lambda account, password: False)
    waits: list[int] = []
    free = 0
    while len(waits) < 8:
        answer = Visitor(app).sign_in("officer", WRONG)
        if answer.status_code == 422:
            free += not waits
            continue
        assert answer.status_code == 429
        waits.append(int(answer.headers["Retry-After"]))
        assert (f"{waits[-1]} giây" if waits[-1] < 60 else f"{-(-waits[-1] // 60)} phút") in answer.text
        clock.advance(seconds=waits[-1])
    assert free == throttle.FREE
    assert waits == [2, 4, 8, 16, 32, 64, 128, 15 * 60 - 254]


def test_one_address_cannot_try_many_accounts(
    app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(accounts, "is_right", lambda account, password: looked.append(password) or False)
    for number in range(60):
        Visitor(app, address=f"2001:db8:1:2::{number:x}").sign_in(f"person{number}", WRONG)
        clock.advance(seconds=10)
    assert len(looked) == throttle.LIMIT
    assert Visitor(app, address="2001:db8:1:3::1").sign_in("person99", WRONG).status_code == 422


def test_the_owner_still_comes_in_from_a_browser_known_before(
    app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = Visitor(app, address="192.0.2.8")
    owner.sign_in("officer")
    owner.post("/sign-out")
    with monkeypatch.context() as patched:
        patched.setattr(accounts, "is_right", lambda account, password: False)
        for number in range(40):  # from the same office, too
            Visitor(app, address="192.0.2.8").sign_in("officer", f"đoán lần {number}")
            clock.advance(seconds=20)
    stranger = Visitor(app, address="192.0.2.9").sign_in("officer")
    assert stranger.status_code == 429
    assert owner.sign_in("officer").status_code == 303


def test_a_browser_known_for_one_account_is_a_stranger_to_another_and_is_counted_itself(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Visitor(app)
    known.sign_in("officer")
    known.post("/sign-out")
    looked: list[str] = []
    monkeypatch.setattr(
        accounts, "is_right", lambda account, password: looked.append(account.username) or False
    )
    for _ in range(6):
        known.sign_in("chair", WRONG)
        known.sign_in("officer", WRONG)
    assert (looked.count("chair"), looked.count("officer")) == (throttle.FREE, throttle.FREE)


def test_tries_at_the_same_moment_are_all_counted(engine: Engine, clock: FixedClock) -> None:
    of = throttle.bucket(b"key", "officer", "192.0.2.8", None)

    def one(number: int) -> int:
        with engine.database.write() as connection:
            return throttle.take(connection, of, f"try {number}", clock.now())

    with ThreadPoolExecutor(12) as pool:
        waits = list(pool.map(one, range(12)))
    assert waits.count(0) == throttle.FREE


def test_rows_no_session_can_need_are_thrown_away(engine: Engine, app: Flask, clock: FixedClock) -> None:
    for number in range(3):
        Visitor(app).sign_in(f"nobody{number}", WRONG)
    clock.advance(hours=10, seconds=1)
    Visitor(app).sign_in("officer")
    assert len(rows(engine, sign_in_attempt)) == 1


def test_right_one_time_passwords_are_no_wrong_tries(engine: Engine, app: Flask) -> None:
    """Ten people of one office are let in for the first time, one after the other."""
    once = accounts.one_time_password()
    for number in range(12):
        hire(engine.database, f"new{number}", "commune_officer")
        give_password(engine, f"new{number}", kept=hashed(once))
        answer = Visitor(app).sign_in(f"new{number}", once)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/password")
    assert rows(engine, sign_in_attempt) == []
