from __future__ import annotations

import re
import unicodedata

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from engine import Engine
from engine.store.ground import sign_in_attempt
from tests.web.visitor import PASSWORD, WRONG, Visitor, change_actor, give_password, kept_password, rows
from web import accounts, gate, throttle


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


@pytest.mark.usefixtures("slow_hashes")
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


@pytest.mark.parametrize(("username", "password"), [("", PASSWORD), ("officer", "")])
def test_an_empty_field_is_named_and_no_try_is_counted(
    engine: Engine, visitor: Visitor, username: str, password: str
) -> None:
    assert visitor.sign_in(username, password).status_code == 422
    assert len(rows(engine, sign_in_attempt)) == 0


def test_after_signing_in_one_comes_back_to_where_one_was(visitor: Visitor) -> None:
    assert visitor.sign_in("officer", next="/cases?list=late").headers["Location"] == "/cases?list=late"


def test_one_comes_back_only_to_a_page_of_ours(app: Flask) -> None:
    with app.test_request_context():
        assert (
            gate._safe("/cases?list=late&area=01906@2025-07-01") == "/cases?list=late&area=01906@2025-07-01"
        )
        for target in (
            "", "/", "/sign-in", "/sign-in?next=/x", "//evil.example/x", "https://evil.example", "/\\evil.example", "/a\nb",
            "javascript:alert(1)", "//[", "work", "\t/work", "/work\u2028",
        ):  # fmt: skip
            assert (target, gate._safe(target)) == (target, "/work")


def test_a_page_asked_for_by_a_stranger_is_kept(visitor: Visitor) -> None:
    assert visitor.get("/cases?list=late").headers["Location"] == "/sign-in?next=/cases?list%3Dlate"


@pytest.mark.usefixtures("slow_hashes")
def test_a_hash_of_old_parameters_is_renewed_at_sign_in(engine: Engine, visitor: Visitor) -> None:
    give_password(
        engine, "officer", kept=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    )
    assert visitor.sign_in("officer").status_code == 303
    kept = kept_password(engine, "officer")
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
    assert visitor.get("/cases?find=%00").status_code == 400
    assert visitor.get("/cases/%00").status_code == 400
