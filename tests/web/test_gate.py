from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from sqlalchemy import func, select, update

from engine import Engine, FixedClock
from engine.store.tables import actor, holding, sign_in_attempt
from tests.support import world
from tests.support.browser import OpenPage
from tests.web.journey import ADMIN, MONDAY, OFFICER, furnish, served
from tests.web.visitor import PASSWORD, Visitor, change_actor, give_password, hashed
from web import accounts, throttle
from web.app import create_app

WRONG = "một mật khẩu khác hẳn"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(world.NOON)


@pytest.fixture
def engine(database: str, clock: FixedClock) -> Iterator[Engine]:
    built = world.build(database, clock)
    give_password(built, "officer", "chair", "admin")
    yield built
    built.database.close()


@pytest.fixture
def app(engine: Engine) -> Flask:
    return create_app(engine, testing=True)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def demo(sqlite_database: str) -> Iterator[Flask]:
    engine = furnish(sqlite_database, FixedClock(MONDAY))
    yield create_app(engine, demo_sign_in=True, testing=True)
    engine.database.close()


def at_home(app: Flask) -> Visitor:
    return Visitor(app, address="127.0.0.1", host="127.0.0.1:8000")


# ------------------------------------------------------------------ by password


def test_the_right_password_opens_my_work(visitor: Visitor) -> None:
    answer = visitor.sign_in("officer")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/work")
    assert visitor.get("/work").status_code == 200


def test_the_user_name_may_be_typed_in_capitals_and_the_password_decomposed(visitor: Visitor) -> None:
    assert visitor.sign_in(" OFFICER ", unicodedata.normalize("NFD", PASSWORD)).status_code == 303


@pytest.mark.parametrize("username", ["officer", "nobody-at-all", "second", "gone"])
def test_no_answer_tells_whether_the_account_exists(engine: Engine, app: Flask, username: str) -> None:
    give_password(engine, "lead")
    change_actor(engine, "lead", username="gone", active=False)  # second has no password
    answer = Visitor(app).sign_in(username, WRONG if username == "officer" else PASSWORD)
    page = re.sub(r'(name="csrf_token" value=|name="username"[^>]* value=)"[^"]*"', r"\1", answer.text)
    reference = Visitor(app, address="203.0.113.77").sign_in("somebody-else", WRONG)
    same = re.sub(r'(name="csrf_token" value=|name="username"[^>]* value=)"[^"]*"', r"\1", reference.text)
    assert (answer.status_code, page) == (422, same)


@pytest.mark.parametrize("username", ["officer", "nobody-at-all", "second"])
def test_every_try_costs_exactly_one_comparison_of_the_present_kind(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    compared: list[str] = []
    real = accounts.verify_password

    def counted(password: str, against: str) -> bool:
        compared.append(against)
        return bool(real(password, against))

    monkeypatch.setattr(accounts, "verify_password", counted)
    assert visitor.sign_in(username, WRONG).status_code == 422
    assert len(compared) == 1
    assert not PasswordHasher().check_needs_rehash(compared[0])


@pytest.mark.parametrize("username,password", [("", PASSWORD), ("officer", "")])
def test_an_empty_field_is_named_and_no_try_is_counted(
    engine: Engine, visitor: Visitor, username: str, password: str
) -> None:
    assert visitor.sign_in(username, password).status_code == 422
    assert _rows(engine) == 0


@pytest.mark.parametrize(
    "target,leads",
    [
        ("/cases?list=late", "/cases?list=late"), ("", "/work"), ("/", "/work"), ("/sign-in", "/work"), ("//evil.example/x", "/work"),
        ("https://evil.example", "/work"), ("/\\evil.example", "/work"), ("/a\nb", "/work"), ("javascript:alert(1)", "/work"), ("//[", "/work"),
    ],
)  # fmt: skip
def test_after_signing_in_one_comes_back_only_to_a_page_of_ours(
    visitor: Visitor, target: str, leads: str
) -> None:
    assert visitor.sign_in("officer", next=target).headers["Location"] == leads


def test_a_page_asked_for_by_a_stranger_is_kept_but_not_what_was_searched_for(visitor: Visitor) -> None:
    answer = visitor.get("/cases?list=late&q=Tri%E1%BB%87u")
    assert answer.headers["Location"] == "/sign-in?next=/cases?list%3Dlate"


def test_a_hash_of_old_parameters_is_renewed_at_sign_in(engine: Engine, visitor: Visitor) -> None:
    give_password(
        engine, "officer", hash=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    )
    assert visitor.sign_in("officer").status_code == 303
    kept = _password(engine, "officer")
    assert not PasswordHasher().check_needs_rehash(kept)
    assert PasswordHasher().verify(kept, PASSWORD)
    assert visitor.is_in()


def test_the_log_names_nobody(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    Visitor(app).sign_in("officer", WRONG)
    Visitor(app).sign_in("officer")
    assert [each.getMessage().split()[1] for each in caplog.records] == [
        "outcome=refused",
        "outcome=signed_in",
    ]
    for secret in ("officer", "Nông", PASSWORD, WRONG, "203.0.113"):
        assert secret not in caplog.text


def test_no_name_and_no_address_is_kept_of_a_try(engine: Engine, visitor: Visitor) -> None:
    visitor.sign_in("officer", WRONG)
    with engine.database.read() as connection:
        row = connection.execute(select(sign_in_attempt)).one()
    assert (len(row.account), len(row.address), row.succeeded) == (32, 32, False)
    again = throttle.bucket(b"another key", "officer", "203.0.113.5", None)
    assert (row.account, row.address) != (again.account, again.address)


# ------------------------------------------------------------------ how often


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
    assert _rows(engine) == 1


# ------------------------------------------------------------------ sessions


def test_signing_in_makes_a_new_session_and_the_old_cookie_is_worth_nothing(visitor: Visitor) -> None:
    visitor.token()
    before = _cookie(visitor)
    visitor.sign_in("officer")
    assert _cookie(visitor) != before
    _set_cookie(visitor, before)
    assert not visitor.is_in()


def test_signing_in_again_ends_the_session_before(app: Flask) -> None:
    visitor, thief = Visitor(app), Visitor(app)
    visitor.sign_in("officer")
    _set_cookie(thief, _cookie(visitor))
    assert thief.is_in()
    visitor.sign_in("officer")
    assert not thief.is_in()
    assert visitor.is_in()


def test_signing_out_ends_the_session_wherever_its_cookie_was_copied_to(app: Flask) -> None:
    visitor, thief = Visitor(app), Visitor(app)
    visitor.sign_in("officer")
    _set_cookie(thief, _cookie(visitor))
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
    cookies = at_home(demo).click(OFFICER).headers.getlist("Set-Cookie")
    assert {each.partition("=")[0] for each in cookies} == {"casework", "casework-device"}
    assert all("HttpOnly" in each and "Secure" not in each for each in cookies)


def test_a_token_of_the_library_is_no_way_in(app: Flask) -> None:
    with app.test_request_context():
        account = accounts.find("officer")
        assert account is not None
        token = str(account.get_auth_token())
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


# ------------------------------------------------------------------ strangers


@pytest.mark.parametrize(
    "path", ["/work", "/admin/", "/no/such/page", "/cases/0190d7e4-0000-7000-8000-000000000000"]
)
def test_a_stranger_is_sent_to_the_sign_in_page_from_everywhere(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).headers["Location"] == f"/sign-in?next={path}"
    assert visitor.client.open(path, method="HEAD").status_code == 302
    assert visitor.client.open(path, method="OPTIONS").status_code == 401
    assert visitor.post(path, {}).status_code == 401


def test_what_a_browser_may_have_before_signing_in_is_open(visitor: Visitor) -> None:
    assert visitor.get("/static/tokens.css").status_code == 200
    assert visitor.post("/language", {"lang": "en", "next": "/sign-in"}).status_code == 303
    assert "User name" in visitor.get("/sign-in").text


def test_text_that_no_database_can_compare_with_is_refused_at_the_gate(visitor: Visitor) -> None:
    assert visitor.sign_in("offi\0cer").status_code == 400
    assert visitor.get("/cases?q=%00").status_code == 400
    assert visitor.get("/cases/%00").status_code == 400


# ------------------------------------------------------------------ one's own password


def test_a_one_time_password_opens_nothing_but_the_choice_of_another(engine: Engine, app: Flask) -> None:
    once = accounts.one_time_password()
    give_password(engine, "officer", hash=accounts.hash_password(once))
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
    give_password(engine, "officer", hash=accounts.hash_password(once))
    visitor.sign_in("officer", once)
    token = visitor.token()
    change_actor(engine, "officer", **meanwhile)
    assert visitor.post("/password", {"new": WRONG, "again": WRONG}, token=token).status_code == 404
    assert PasswordHasher().verify(_password(engine, "officer"), once)


def test_the_right_to_choose_ends_after_a_quarter_of_an_hour(
    engine: Engine, visitor: Visitor, clock: FixedClock
) -> None:
    once = accounts.one_time_password()
    give_password(engine, "officer", hash=accounts.hash_password(once))
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
    "password,fault",
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


def test_one_time_passwords_are_known_by_their_form_and_differ() -> None:
    found = {accounts.one_time_password() for _ in range(500)}
    assert len(found) == 500
    assert all(accounts.is_one_time(each) for each in found)
    one = found.pop()
    changed = one[:-1] + ("0" if one[-1] != "0" else "1")
    assert not accounts.is_one_time(changed)
    assert not accounts.is_one_time(one.replace("-", ""))


# ------------------------------------------------------------------ the demonstration


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
    "host,address,headers",
    [
        ("127.0.0.1", "192.168.1.20", {}), ("demo.example", "127.0.0.1", {}), ("127.0.0.1.evil.example", "127.0.0.1", {}),
        ("0.0.0.0", "127.0.0.1", {}), ("localhost", "127.0.0.1", {"Forwarded": "for=10.0.0.1"}),
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


# ------------------------------------------------------------------ in a browser


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
            page.locator(f".languages button[lang={language}]").click()
            page.get_by_label(name).fill(ADMIN)
            page.get_by_label(password).fill(WRONG)
            page.locator("#sign-in").get_by_role("button", name=button).last.click()
            page.get_by_text(sentence).wait_for()
            assert page.get_by_label(name).input_value() == ADMIN
            assert page.get_by_label(password).input_value() == ""
            assert page.locator("[data-focus]").evaluate("each => each === document.activeElement")
            assert _violations(page) == []
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{base}/work")
        page.goto(f"{base}/password")
        assert _violations(page) == []
        page.goto(f"{base}/work")
        page.locator(".phone-bar a[href='#menu']").click()
        page.locator(".side button[title='Sign out']").click()
        page.get_by_text("You have signed out.").wait_for()
        page.go_back()
        page.wait_for_url("**/sign-in**")


def test_a_door_of_the_demonstration_opens_with_one_click(sqlite_database: str, open_page: OpenPage) -> None:
    with served(furnish(sqlite_database, FixedClock(MONDAY))) as base:
        page = open_page()
        page.goto(f"{base}/cases")
        assert _violations(page) == []
        assert page.locator(".door").count() >= 5
        page.locator(".door").first.click()
        page.wait_for_url(f"{base}/work")
        assert _violations(page) == []


def test_every_door_says_what_is_behind_it(demo: Flask) -> None:
    for language in ("vi", "en"):
        visitor = at_home(demo)
        visitor.post("/language", {"lang": language, "next": "/sign-in"})
        page = visitor.get("/sign-in").text
        doors, hints = page.count('class="door"'), page.count("<small>")
        assert (doors >= 5, hints >= 5) == (True, True)


def _violations(page: Any) -> list[Any]:
    return [
        (each["id"], [node["target"] for node in each["nodes"]])
        for each in Axe().run(page).response["violations"]
    ]


def _rows(engine: Engine) -> int:
    with engine.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(sign_in_attempt)) or 0


def _password(engine: Engine, person: str) -> str:
    with engine.database.read() as connection:
        return str(connection.scalar(select(actor.c.password).where(actor.c.id == person)))


def _cookie(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie(visitor.app.config["SESSION_COOKIE_NAME"])  # type: ignore[attr-defined]
    assert cookie is not None
    return str(cookie.value)


def _set_cookie(visitor: Visitor, value: str) -> None:
    visitor.client.set_cookie(visitor.app.config["SESSION_COOKIE_NAME"], value)  # type: ignore[attr-defined]
