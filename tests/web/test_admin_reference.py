from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from engine import Engine
from engine.store import ground
from engine.store.rows import SettingRow
from tests.support import world
from tests.web.visitor import Visitor, rows


def version(engine: Engine) -> int:
    return int(rows(engine, ground.installation)[0]["reference_version"])


def test_an_agency_is_made_and_closed(administered: Engine, admin: Visitor) -> None:
    fields = {
        "name_vi": "Trường Thử",
        "name_en": "Trial school",
        "area": world.BA_BE,
        "valid_from": "01/09/2026",
        "valid_to": "",
    }
    assert admin.post("/admin/agencies/new/", fields).status_code == 303
    (made,) = rows(administered, ground.agency, name_en="Trial school")
    assert administered.library.rows.agencies[made["id"]].area == world.BA_BE
    closed = {
        "name_vi": "Trường Thử",
        "name_en": "Trial school",
        "valid_to": "31/10/2026",
        "area": world.CHO_RA,
    }
    assert admin.post(f"/admin/agencies/edit/?id={made['id']}", closed).status_code == 303
    (after,) = rows(administered, ground.agency, id=made["id"])
    assert dict(after) == dict(made) | {"valid_to": date(2026, 10, 31)}
    assert made["id"] not in admin.get("/admin/holdings/new/").text
    early = closed | {"valid_to": "31/08/2026"}
    assert admin.post(f"/admin/agencies/edit/?id={made['id']}", early).status_code == 422


@pytest.mark.parametrize("screen", ["agencies", "holdings"])
def test_a_day_under_the_heading_from_stands_without_from(admin: Visitor, screen: str) -> None:
    cells = re.findall(r'data-label="Từ ngày">([^<]+)<', admin.get(f"/admin/{screen}/").text)
    assert cells
    assert [each for each in cells if not re.match(r"\d\d/\d\d/\d{4}", each)] == []


def test_a_setting_is_confirmed_with_its_ground(administered: Engine, admin: Visitor) -> None:
    before = version(administered)
    assert admin.get("/admin/settings/").text.count("chưa kiểm chứng</span>") == 2
    assert (
        admin.post(
            "/admin/settings/edit/?id=caseload_limit",
            {"value": "1.030", "unconfirmed": "false", "law": "QĐ 12"},
        ).status_code
        == 303
    )
    assert administered.library.rows.settings["caseload_limit"] == SettingRow(
        key="caseload_limit", value=1030, unconfirmed=False, law="QĐ 12"
    )
    assert version(administered) > before


def test_the_ground_of_a_setting_is_said_in_the_language_of_the_page_and_kept_as_it_was(
    administered: Engine, admin: Visitor
) -> None:
    before = administered.library.rows.settings["caseload_limit"]
    assert before.law == "CPMS 2019, tiêu chuẩn 18"
    admin.client.set_cookie("language", "en")
    address = "/admin/settings/edit/?id=caseload_limit"
    for page in ("/admin/settings/", address):
        assert "CPMS 2019, standard 18" in admin.get(page).text
    sent = {"value": "30", "unconfirmed": "true", "law": "CPMS 2019, standard 18"}
    assert admin.post(address, sent).status_code == 303
    assert administered.library.rows.settings["caseload_limit"] == replace(before, value=30)


def test_a_setting_keeps_its_kind(administered: Engine, admin: Visitor) -> None:
    before = rows(administered, ground.setting)
    for key, value in (
        ("caseload_limit", "many"), ("caseload_limit", "-1"), ("caseload_limit", "2.5"), ("caseload_limit", "1_0"), ("caseload_limit", ""),
        ("statistical_rules", "none"), ("statistical_rules", ""), ("calendar", "gregorian"),
    ):  # fmt: skip
        answer = admin.post(
            f"/admin/settings/edit/?id={key}", {"value": value, "unconfirmed": "false", "law": ""}
        )
        assert (key, value, answer.status_code) == (key, value, 422)
        assert 'class="error"' in answer.text
    assert rows(administered, ground.setting) == before


def test_a_setting_that_names_something_is_a_choice(administered: Engine, admin: Visitor) -> None:
    fields = {"value": "poverty_line", "unconfirmed": "true", "law": ""}
    assert admin.post("/admin/settings/edit/?id=statistical_rules", fields).status_code == 303
    assert administered.library.rows.settings["statistical_rules"].value == "poverty_line"


@pytest.mark.parametrize("key", ["zone", "worker_note"])
def test_what_was_settled_at_installation_and_notes_of_the_program_cannot_be_opened(
    admin: Visitor, key: str
) -> None:
    assert admin.get(f"/admin/settings/edit/?id={key}").status_code == 404
    assert "worker_note" not in admin.get("/admin/settings/").text


def test_an_exchanged_day_moves_the_working_calendar(administered: Engine, admin: Visitor) -> None:
    saturday = date(2026, 11, 28)
    assert not administered.library.calendar("vn_public").is_working(saturday)
    fields = {"calendar": "vn_public", "day": "28/11/2026", "worked": "true", "reason": "làm bù"}
    assert admin.post("/admin/swaps/new/", fields).status_code == 303
    assert administered.library.calendar("vn_public").is_working(saturday)
    assert admin.post("/admin/swaps/new/", fields).status_code == 422
    assert (
        admin.post(
            "/admin/swaps/edit/?id=vn_public,2026-11-28", {"worked": "false", "reason": "ghi nhầm"}
        ).status_code
        == 303
    )
    assert not administered.library.calendar("vn_public").is_working(saturday)
