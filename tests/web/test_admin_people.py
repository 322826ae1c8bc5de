from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from engine import Engine
from engine.store import ground
from tests.support import world
from tests.web.visitor import Visitor, rows
from web import accounts

TODAY = "23/11/2026"


def version(engine: Engine) -> int:
    return int(rows(engine, ground.installation)[0]["reference_version"])


def make(admin: Visitor, **fields: str) -> Any:
    return admin.post(
        "/admin/actors/new/", {"name": "Đàm Thị Mới", "username": "dam.moi", "language": "vi"} | fields
    )


def test_a_new_person_gets_a_one_time_password_that_is_shown_once(
    administered: Engine, app: Flask, admin: Visitor
) -> None:
    before = version(administered)
    answer = make(admin)
    once = next(
        each
        for each in re.findall(r"[0-9a-z]{4}(?:-[0-9a-z]{4}){3}", answer.text)
        if accounts.is_one_time(each)
    )
    (kept,) = rows(administered, ground.actor, username="dam.moi")
    assert (answer.status_code, kept["name"], kept["active"]) == (200, "Đàm Thị Mới", True)
    assert PasswordHasher().verify(kept["password"], once)
    assert version(administered) > before
    assert once not in admin.get(f"/admin/actors/edit/?id={kept['id']}").text
    assert Visitor(app).sign_in("dam.moi", once).headers["Location"].startswith("/password")


def test_no_column_can_be_sent_that_the_form_does_not_name(administered: Engine, admin: Visitor) -> None:
    more = {
        "password": "chosen by another",
        "fs_uniquifier": "chosen",
        "demo_order": "1",
        "id": "chosen",
        "active": "false",
    }
    make(admin, **more)
    (kept,) = rows(administered, ground.actor, username="dam.moi")
    assert kept["id"] != "chosen"
    assert (kept["demo_order"], kept["active"], kept["fs_uniquifier"] != "chosen") == (None, True, True)
    (before,) = rows(administered, ground.actor, id="officer")
    admin.post(
        "/admin/actors/edit/?id=officer",
        {"name": "Tên Khác", "language": "vi", "active": "true", "username": "x", **more, "active ": "x"}
        | {"active": "true"},
    )
    (after,) = rows(administered, ground.actor, id="officer")
    assert dict(after) == dict(before) | {"name": "Tên Khác"}


def test_a_person_who_cannot_be_is_refused_beside_the_field(administered: Engine, admin: Visitor) -> None:
    before = rows(administered, ground.actor)
    for name, value in (
        ("username", "officer"), ("username", "Hoa"), ("username", "ab"), ("username", "có dấu"), ("username", "x" * 65),
        ("username", "a\nb.c"), ("name", ""), ("name", " "), ("name", "x" * 121), ("language", "fr"), ("language", ""),
    ):  # fmt: skip
        answer = make(admin, **{name: value})
        assert (name, value, answer.status_code) == (name, value, 422)
        assert f'id="f-{name}-error"' in answer.text or (
            name == "language" and 'class="error"' in answer.text
        )
    assert rows(administered, ground.actor) == before


def test_a_deactivated_person_is_out_at_once_and_stays_out_when_activated(
    administered: Engine, app: Flask, admin: Visitor
) -> None:
    officer, other_browser = Visitor(app), Visitor(app)
    for each in (officer, other_browser):
        each.sign_in("officer")
        assert each.is_in()
    fields = {"name": "Nông Thị Thử", "language": "vi"}
    assert admin.post("/admin/actors/edit/?id=officer", fields | {"active": "false"}).status_code == 303
    assert not officer.is_in()
    assert officer.sign_in("officer").status_code == 422
    assert admin.post("/admin/actors/edit/?id=officer", fields | {"active": "true"}).status_code == 303
    assert not other_browser.is_in()
    assert officer.sign_in("officer").status_code == 303


def test_an_administrator_cannot_lock_the_own_account(administered: Engine, admin: Visitor) -> None:
    answer = admin.post(
        "/admin/actors/edit/?id=admin", {"name": "Quản Trị Thử", "language": "vi", "active": "false"}
    )
    assert (answer.status_code, "không thể tự khóa" in answer.text) == (422, True)
    assert admin.is_in()


def test_a_new_one_time_password_ends_every_session_and_the_old_password(
    administered: Engine, app: Flask, admin: Visitor
) -> None:
    officer = Visitor(app)
    officer.sign_in("officer")
    answer = admin.post("/admin/actors/one-time-password/?id=officer")
    once = next(
        each
        for each in re.findall(r"[0-9a-z]{4}(?:-[0-9a-z]{4}){3}", answer.text)
        if accounts.is_one_time(each)
    )
    assert not officer.is_in()
    assert officer.sign_in("officer").status_code == 422
    assert officer.sign_in("officer", once).headers["Location"].startswith("/password")


@pytest.mark.parametrize("id", ["admin", "nobody", ""])
def test_there_is_no_one_time_password_for_oneself_or_nobody(
    administered: Engine, admin: Visitor, id: str
) -> None:
    before = rows(administered, ground.actor)
    assert admin.post(f"/admin/actors/one-time-password/?id={id}").status_code == 404
    assert rows(administered, ground.actor) == before


def test_what_a_person_is_called_is_shown_as_text(admin: Visitor) -> None:
    make(admin, name="<script>alert(1)</script>")
    page = admin.get("/admin/actors/?search=script").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def assign(admin: Visitor, **fields: str) -> Any:
    given = {
        "actor": "officer",
        "function": "auditor",
        "agency": "so_y_te",
        "area": world.PROVINCE,
        "valid_from": TODAY,
        "valid_to": "",
    }
    return admin.post("/admin/holdings/new/", given | fields)


def test_a_function_counts_from_the_first_click_and_ends_after_its_last_day(
    administered: Engine, app: Flask, admin: Visitor
) -> None:
    officer = Visitor(app)
    officer.sign_in("officer")
    assert officer.get("/admin/").status_code == 404
    before = version(administered)
    assert assign(admin, function="admin").status_code == 303
    assert officer.get("/admin/").status_code == 200
    assert version(administered) > before
    (held,) = rows(administered, ground.holding, actor="officer", function="admin")
    assert admin.post(f"/admin/holdings/edit/?id={held['id']}", {"valid_to": TODAY}).status_code == 303
    assert officer.get("/admin/").status_code == 200
    administered.clock.advance(days=1)  # type: ignore[attr-defined]
    officer.sign_in("officer")
    assert officer.get("/admin/").status_code == 404


def test_a_holding_that_cannot_be_is_refused_beside_the_field(administered: Engine, admin: Visitor) -> None:
    before = rows(administered, ground.holding)
    same = {"function": "commune_officer", "agency": "ba_be", "area": world.BA_BE}
    for fields, named in (
        ({"actor": "admin"}, "actor"), ({"actor": "nobody"}, "actor"), ({"function": "king"}, "function"),
        ({"function": "district_lead"}, "function"), ({"agency": "none"}, "agency"), ({"area": "06@2017-01-01"}, "area"),
        ({"valid_from": "31/02/2026"}, "valid_from"), ({"valid_from": ""}, "valid_from"), ({"valid_to": "22/11/2026"}, "valid_to"),
        (same, "valid_to"), (same | {"valid_from": "01/01/2020", "valid_to": "01/07/2025"}, "valid_to"),
    ):  # fmt: skip
        answer = assign(admin, **fields)
        assert (fields, answer.status_code) == (fields, 422)
        assert (fields, f'id="f-{named}-error"' in answer.text) == (fields, True)
    assert rows(administered, ground.holding) == before
    assert assign(admin, **same, valid_from="01/01/2020", valid_to="30/06/2025").status_code == 303


def test_an_administrator_does_not_change_functions_of_the_own(administered: Engine, admin: Visitor) -> None:
    answer = admin.post("/admin/holdings/edit/?id=admin", {"valid_to": TODAY})
    assert (answer.status_code, "không thể tự giao" in answer.text) == (422, True)
    assert rows(administered, ground.holding, id="admin")[0]["valid_to"] is None


def test_of_a_holding_only_the_end_can_be_changed(administered: Engine, admin: Visitor) -> None:
    (before,) = rows(administered, ground.holding, id="officer")
    sent = {
        "valid_to": "31/12/2026",
        "function": "admin",
        "actor": "chair",
        "valid_from": "01/01/2020",
        "area": world.PROVINCE,
    }
    assert admin.post("/admin/holdings/edit/?id=officer", sent).status_code == 303
    (after,) = rows(administered, ground.holding, id="officer")
    assert dict(after) == dict(before) | {"valid_to": date(2026, 12, 31)}
