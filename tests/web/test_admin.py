from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from argon2 import PasswordHasher
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from sqlalchemy import Table, select

from engine import Engine, FixedClock
from engine.definition.decision import decide
from engine.store import reference, tables
from engine.store.rows import ActorRow, DecisionTableRow, SettingRow, SwapRow
from schemas.canonical import content_hash
from schemas.load import load_table
from tests.support import world
from tests.support.browser import OpenPage
from tests.web.journey import ADMIN, MONDAY, furnish, served
from tests.web.visitor import Visitor, give_password
from web import accounts
from web.admin import models
from web.admin.table_text import with_values
from web.app import create_app
from workflows import catalogue

TABLES = ("vocational_entry", "poverty_line_2022", "poverty_line_2027")
TODAY = "23/11/2026"


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    built = world.build(database, FixedClock(world.NOON))
    give_password(built, "admin", "officer")
    with built.database.write() as connection:
        found = catalogue.settings().items()
        reference.put_settings(
            connection,
            [
                SettingRow(key=key, value=each.value, unconfirmed=each.unconfirmed, law=each.law)
                for key, each in found
            ],
        )
        reference.put_settings(connection, [SettingRow(key="worker_note", value={"at": "x"})])
        reference.put_swaps(
            connection, [SwapRow(calendar="vn_public", day=date(2026, 1, 2), worked=False, reason="bù Tết")]
        )
        for name in TABLES:
            put_table(connection, catalogue.decision_table_texts()[name])
    built.library.refresh()
    yield built
    built.database.close()


@pytest.fixture
def app(engine: Engine) -> Flask:
    return create_app(engine, testing=True)


@pytest.fixture
def admin(app: Flask) -> Visitor:
    visitor = Visitor(app)
    assert visitor.sign_in("admin").status_code == 303
    return visitor


def put_table(connection: Any, text: str) -> None:
    found = load_table(text, catalogue.code_lists())
    assert found.table is not None and found.plain is not None
    table = found.table
    reference.put_decision_table(
        connection,
        DecisionTableRow(
            id=table.id,
            valid_from=table.valid_from,
            valid_to=table.valid_to,
            sha256=content_hash(found.plain),
            source=text,
            plain=found.plain,
        ),
    )


def rows(engine: Engine, table: Table, **where: Any) -> list[Any]:
    with engine.database.read() as connection:
        return list(connection.execute(select(table).filter_by(**where)).mappings())


def version(engine: Engine) -> int:
    return int(rows(engine, tables.installation)[0]["reference_version"])


# ------------------------------------------------------------------ who comes in, and what is there


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
        "actor", "agency", "area", "calendar_swap", "decision_table", "definition_version", "holding", "setting",
    }  # fmt: skip


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
    sections = {"actors", "holdings", "agencies", "settings", "swaps", "definitions", "tables"}
    assert ends - sections == {"new", "edit", "details", "values", "one-time-password"}


def test_an_id_that_is_none_is_not_found(admin: Visitor) -> None:
    paths = (
        "actors/edit",
        "holdings/edit",
        "agencies/edit",
        "settings/edit",
        "swaps/edit",
        "definitions/details",
        "tables/values",
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
    engine: Engine, admin: Visitor
) -> None:
    with engine.database.write() as connection:
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
    assert re.search(r" 6\s+thiết đặt\s+2 giá trị chưa kiểm chứng", page)


# ------------------------------------------------------------------ people


def make(admin: Visitor, **fields: str) -> Any:
    return admin.post(
        "/admin/actors/new/", {"name": "Đàm Thị Mới", "username": "dam.moi", "language": "vi"} | fields
    )


def test_a_new_person_gets_a_one_time_password_that_is_shown_once(
    engine: Engine, app: Flask, admin: Visitor
) -> None:
    before = version(engine)
    answer = make(admin)
    once = next(
        each
        for each in re.findall(r"[0-9a-z]{4}(?:-[0-9a-z]{4}){3}", answer.text)
        if accounts.is_one_time(each)
    )
    (kept,) = rows(engine, tables.actor, username="dam.moi")
    assert (answer.status_code, kept["name"], kept["active"]) == (200, "Đàm Thị Mới", True)
    assert PasswordHasher().verify(kept["password"], once)
    assert version(engine) > before
    assert once not in admin.get(f"/admin/actors/edit/?id={kept['id']}").text
    assert Visitor(app).sign_in("dam.moi", once).headers["Location"].startswith("/password")


def test_no_column_can_be_sent_that_the_form_does_not_name(engine: Engine, admin: Visitor) -> None:
    more = {
        "password": "chosen by another",
        "fs_uniquifier": "chosen",
        "demo_order": "1",
        "id": "chosen",
        "active": "false",
    }
    make(admin, **more)
    (kept,) = rows(engine, tables.actor, username="dam.moi")
    assert kept["id"] != "chosen"
    assert (kept["demo_order"], kept["active"], kept["fs_uniquifier"] != "chosen") == (None, True, True)
    (before,) = rows(engine, tables.actor, id="officer")
    admin.post(
        "/admin/actors/edit/?id=officer",
        {"name": "Tên Khác", "language": "vi", "active": "true", "username": "x", **more, "active ": "x"}
        | {"active": "true"},
    )
    (after,) = rows(engine, tables.actor, id="officer")
    assert dict(after) == dict(before) | {"name": "Tên Khác"}


@pytest.mark.parametrize(
    "fields",
    [
        {"username": "officer"},
        {"username": "Hoa"},
        {"username": "ab"},
        {"username": "có dấu"},
        {"username": "x" * 65},
        {"name": ""},
        {"language": "fr"},
    ],
)
def test_a_person_who_cannot_be_is_refused_beside_the_field(
    engine: Engine, admin: Visitor, fields: dict[str, str]
) -> None:
    before = len(rows(engine, tables.actor))
    answer = make(admin, **fields)
    assert answer.status_code == 422
    assert f'id="f-{next(iter(fields))}-error"' in answer.text
    assert len(rows(engine, tables.actor)) == before


def test_a_deactivated_person_is_out_at_once_and_stays_out_when_activated(
    engine: Engine, app: Flask, admin: Visitor
) -> None:
    officer = Visitor(app)
    officer.sign_in("officer")
    assert officer.is_in()
    for active in ("false", "true"):
        fields = {"name": "Nông Thị Thử", "language": "vi", "active": active}
        assert admin.post("/admin/actors/edit/?id=officer", fields).status_code == 303
        assert not officer.is_in()
    assert officer.sign_in("officer").status_code == 303


def test_an_administrator_cannot_lock_the_own_account(engine: Engine, admin: Visitor) -> None:
    answer = admin.post(
        "/admin/actors/edit/?id=admin", {"name": "Quản Trị Thử", "language": "vi", "active": "false"}
    )
    assert (answer.status_code, "không thể tự khóa" in answer.text) == (422, True)
    assert admin.is_in()


def test_a_new_one_time_password_ends_every_session_and_the_old_password(
    engine: Engine, app: Flask, admin: Visitor
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
def test_there_is_no_one_time_password_for_oneself_or_nobody(engine: Engine, admin: Visitor, id: str) -> None:
    before = rows(engine, tables.actor)
    assert admin.post(f"/admin/actors/one-time-password/?id={id}").status_code == 404
    assert rows(engine, tables.actor) == before


def test_what_a_person_is_called_is_shown_as_text(admin: Visitor) -> None:
    make(admin, name="<script>alert(1)</script>")
    page = admin.get("/admin/actors/?search=script").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


# ------------------------------------------------------------------ functions


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
    engine: Engine, app: Flask, admin: Visitor
) -> None:
    officer = Visitor(app)
    officer.sign_in("officer")
    assert officer.get("/admin/").status_code == 404
    before = version(engine)
    assert assign(admin, function="admin").status_code == 303
    assert officer.get("/admin/").status_code == 200
    assert version(engine) > before
    (held,) = rows(engine, tables.holding, actor="officer", function="admin")
    assert admin.post(f"/admin/holdings/edit/?id={held['id']}", {"valid_to": TODAY}).status_code == 303
    assert officer.get("/admin/").status_code == 200
    engine.clock.advance(days=1)  # type: ignore[attr-defined]
    officer.sign_in("officer")
    assert officer.get("/admin/").status_code == 404


@pytest.mark.parametrize(
    "fields,named",
    [
        ({"actor": "admin"}, "actor"), ({"actor": "nobody"}, "actor"), ({"function": "king"}, "function"), ({"function": "district_lead"}, "function"),
        ({"agency": "none"}, "agency"), ({"area": "06@2017-01-01"}, "area"), ({"valid_from": "31/02/2026"}, "valid_from"),
        ({"valid_from": ""}, "valid_from"), ({"valid_to": "22/11/2026"}, "valid_to"),
        ({"function": "commune_officer", "agency": "ba_be", "area": world.BA_BE}, "valid_to"),
    ],
)  # fmt: skip
def test_a_holding_that_cannot_be_is_refused_beside_the_field(
    engine: Engine, admin: Visitor, fields: dict[str, str], named: str
) -> None:
    before = rows(engine, tables.holding)
    answer = assign(admin, **fields)
    assert answer.status_code == 422
    assert f'id="f-{named}-error"' in answer.text
    assert rows(engine, tables.holding) == before


def test_an_administrator_does_not_change_functions_of_the_own(engine: Engine, admin: Visitor) -> None:
    answer = admin.post("/admin/holdings/edit/?id=admin", {"valid_to": TODAY})
    assert (answer.status_code, "không thể tự giao" in answer.text) == (422, True)
    assert rows(engine, tables.holding, id="admin")[0]["valid_to"] is None


def test_of_a_holding_only_the_end_can_be_changed(engine: Engine, admin: Visitor) -> None:
    (before,) = rows(engine, tables.holding, id="officer")
    sent = {
        "valid_to": "31/12/2026",
        "function": "admin",
        "actor": "chair",
        "valid_from": "01/01/2020",
        "area": world.PROVINCE,
    }
    assert admin.post("/admin/holdings/edit/?id=officer", sent).status_code == 303
    (after,) = rows(engine, tables.holding, id="officer")
    assert dict(after) == dict(before) | {"valid_to": date(2026, 12, 31)}


# ------------------------------------------------------------------ agencies, settings, days


def test_an_agency_is_made_and_closed(engine: Engine, admin: Visitor) -> None:
    fields = {
        "name_vi": "Trường Thử",
        "name_en": "Trial school",
        "area": world.BA_BE,
        "valid_from": "01/09/2026",
        "valid_to": "",
    }
    assert admin.post("/admin/agencies/new/", fields).status_code == 303
    (made,) = rows(engine, tables.agency, name_en="Trial school")
    assert engine.library.rows.agencies[made["id"]].area == world.BA_BE
    closed = {
        "name_vi": "Trường Thử",
        "name_en": "Trial school",
        "valid_to": "31/10/2026",
        "area": world.CHO_RA,
    }
    assert admin.post(f"/admin/agencies/edit/?id={made['id']}", closed).status_code == 303
    (after,) = rows(engine, tables.agency, id=made["id"])
    assert dict(after) == dict(made) | {"valid_to": date(2026, 10, 31)}
    assert made["id"] not in admin.get("/admin/holdings/new/").text
    early = closed | {"valid_to": "31/08/2026"}
    assert admin.post(f"/admin/agencies/edit/?id={made['id']}", early).status_code == 422


def test_a_setting_is_confirmed_with_its_ground(engine: Engine, admin: Visitor) -> None:
    before = version(engine)
    assert admin.get("/admin/settings/").text.count("chưa kiểm chứng</span>") == 2
    assert (
        admin.post(
            "/admin/settings/edit/?id=caseload_limit",
            {"value": "1.030", "unconfirmed": "false", "law": "QĐ 12"},
        ).status_code
        == 303
    )
    assert engine.library.rows.settings["caseload_limit"] == SettingRow(
        key="caseload_limit", value=1030, unconfirmed=False, law="QĐ 12"
    )
    assert version(engine) > before


@pytest.mark.parametrize(
    "key,value",
    [
        ("caseload_limit", "many"),
        ("caseload_limit", "-1"),
        ("caseload_limit", ""),
        ("statistical_rules", "none"),
    ],
)
def test_a_setting_keeps_its_kind(engine: Engine, admin: Visitor, key: str, value: str) -> None:
    before = rows(engine, tables.setting)
    answer = admin.post(
        f"/admin/settings/edit/?id={key}", {"value": value, "unconfirmed": "false", "law": ""}
    )
    assert (answer.status_code, 'id="f-value-error"' in answer.text) == (422, True)
    assert rows(engine, tables.setting) == before


def test_a_setting_that_names_something_is_a_choice(engine: Engine, admin: Visitor) -> None:
    fields = {"value": "poverty_line", "unconfirmed": "true", "law": ""}
    assert admin.post("/admin/settings/edit/?id=statistical_rules", fields).status_code == 303
    assert engine.library.rows.settings["statistical_rules"].value == "poverty_line"


@pytest.mark.parametrize("key", ["zone", "worker_note"])
def test_what_was_settled_at_installation_and_notes_of_the_program_cannot_be_opened(
    admin: Visitor, key: str
) -> None:
    assert admin.get(f"/admin/settings/edit/?id={key}").status_code == 404
    assert "worker_note" not in admin.get("/admin/settings/").text


def test_an_exchanged_day_moves_the_working_calendar(engine: Engine, admin: Visitor) -> None:
    saturday = date(2026, 11, 28)
    assert not engine.library.calendar("vn_public").is_working(saturday)
    fields = {"calendar": "vn_public", "day": "28/11/2026", "worked": "true", "reason": "làm bù"}
    assert admin.post("/admin/swaps/new/", fields).status_code == 303
    assert engine.library.calendar("vn_public").is_working(saturday)
    assert admin.post("/admin/swaps/new/", fields).status_code == 422
    assert (
        admin.post(
            "/admin/swaps/edit/?id=vn_public,2026-11-28", {"worked": "false", "reason": "ghi nhầm"}
        ).status_code
        == 303
    )
    assert not engine.library.calendar("vn_public").is_working(saturday)


# ------------------------------------------------------------------ rules


def values_page(engine: Engine, table: str, start: str) -> tuple[str, dict[str, str]]:
    """The address of the form, and what stands in it."""
    (row,) = [
        each
        for each in engine.library.rows.decision_tables[table]
        if f"{each.valid_from}" == start and not (each.valid_to and each.valid_to < each.valid_from)
    ]
    fields = {"valid_from": f"{row.valid_from:%d/%m/%Y}"}
    for each in row.plain["values"]:
        fields |= {
            f"value-{each['key']}": str(each["value"]), f"law-{each['key']}": each.get("law", ""),
            f"unconfirmed-{each['key']}": "true" if each.get("unconfirmed") else "false",
        }  # fmt: skip
    return f"/admin/tables/values/?id={table},{row.valid_from},{row.sha256}", fields


def test_a_corrected_value_is_a_new_text_and_the_old_one_stays_as_it_was(
    engine: Engine, admin: Visitor
) -> None:
    (old,) = rows(engine, tables.decision_table, id="vocational_entry")
    address, fields = values_page(engine, "vocational_entry", "2015-01-01")
    before = version(engine)
    changed = {
        "value-from_age": "15",
        "unconfirmed-from_age": "false",
        "law-from_age": "Luật GDNN 2014, Điều 3",
    }
    assert admin.post(address, fields | changed).status_code == 303
    assert version(engine) > before
    kept, new = sorted(
        rows(engine, tables.decision_table, id="vocational_entry"),
        key=lambda each: each["sha256"] != old["sha256"],
    )
    assert {name: kept[name] for name in ("sha256", "source", "plain", "valid_from")} == {
        name: old[name] for name in ("sha256", "source", "plain", "valid_from")
    }
    assert (
        new["sha256"]
        == content_hash(new["plain"])
        == content_hash(load_table(new["source"], catalogue.code_lists()).plain or {})
    )
    assert new["plain"]["values"] == [
        {
            "key": "from_age",
            "value": 15,
            "title": {"vi": "Tuổi tối thiểu", "en": "Lowest age"},
            "law": "Luật GDNN 2014, Điều 3",
        }
    ]
    assert new["plain"] | {"values": []} == old["plain"] | {"values": []}
    assert new["source"].startswith(old["source"].splitlines()[0])  # the author's words are still there


def test_a_corrected_value_is_what_is_decided_by_from_now_on(engine: Engine, admin: Visitor) -> None:
    def result(on: date) -> Any:
        table = engine.library.table("vocational_entry", on)
        assert table is not None
        return decide(table, {"age": 14}).result

    address, fields = values_page(engine, "vocational_entry", "2015-01-01")
    assert result(date(2020, 1, 1)) == "suitable"
    assert admin.post(address, fields | {"value-from_age": "15"}).status_code == 303
    assert (result(date(2020, 1, 1)), result(date(2026, 11, 23))) == ("too_young", "too_young")
    address, fields = values_page(engine, "vocational_entry", "2015-01-01")
    assert (
        admin.post(address, fields | {"value-from_age": "14", "valid_from": "01/01/2027"}).status_code == 303
    )
    assert (result(date(2026, 12, 31)), result(date(2027, 1, 1))) == ("too_young", "suitable")


@pytest.mark.parametrize(
    "changed,named",
    [
        ({"value-rural": "ten"}, "value-rural"), ({"value-rural": "1,5"}, "value-rural"), ({"value-rural": ""}, "value-rural"),
        ({"valid_from": "40/01/2027"}, "valid_from"), ({"valid_from": "31/12/2021"}, "valid_from"), ({"valid_from": "01/01/2027"}, "valid_from"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_beside_the_field(
    engine: Engine, admin: Visitor, changed: dict[str, str], named: str
) -> None:
    before = rows(engine, tables.decision_table)
    address, fields = values_page(engine, "poverty_line", "2022-01-01")
    answer = admin.post(address, fields | {"value-urban_income": "2.100.000"} | changed)
    assert answer.status_code == 422
    assert f'id="f-{named}-error"' in answer.text
    assert next(iter(changed.values())) in answer.text  # as it was typed
    assert rows(engine, tables.decision_table) == before


def test_saving_nothing_new_says_so(engine: Engine, admin: Visitor) -> None:
    address, fields = values_page(engine, "poverty_line", "2022-01-01")
    answer = admin.post(address, fields)
    assert (answer.status_code, "Chưa có gì thay đổi" in answer.text) == (422, True)


def test_a_replaced_text_is_shown_but_not_changed_again(engine: Engine, admin: Visitor) -> None:
    address, fields = values_page(engine, "vocational_entry", "2015-01-01")
    assert '<form class="form"' in admin.get(address).text
    admin.post(address, fields | {"value-from_age": "15"})
    page = admin.get(address)
    assert (page.status_code, '<form class="form"' in page.text, "đã thay bằng bản khác" in page.text) == (
        200,
        False,
        True,
    )
    assert admin.post(address, fields | {"value-from_age": "16"}).status_code == 404


def test_every_shipped_table_comes_back_the_same_when_its_values_are_written_anew() -> None:
    lists = catalogue.code_lists()
    for text in catalogue.decision_table_texts().values():
        loaded = load_table(text, lists)
        assert loaded.plain is not None and loaded.table is not None
        entries = {
            each["key"]: {name: value for name, value in each.items() if name not in ("key", "value")}
            | {"value": loaded.table.constants[each["key"]]}
            for each in loaded.plain.get("values", ())
        }
        again = load_table(with_values(text, loaded.plain["valid_from"], entries), lists)
        assert again.findings == ()
        assert again.plain == loaded.plain


def test_only_the_changed_entry_is_written_anew() -> None:
    text = "valid_from: 2020-01-01\nvalues:\n  a:  # first\n    value: 1\n    # of b\n  b: {value: [1.5, 2]}  # second\nrules: {}\n"
    assert with_values(text, "2021-01-01", {"a": {"value": 2, "law": 'says "x"'}}) == (
        'valid_from: 2021-01-01\nvalues:\n  a:  # first\n    {value: 2, law: "says \\"x\\""}\n    # of b\n'
        "  b: {value: [1.5, 2]}  # second\nrules: {}\n"
    )


def test_published_definitions_can_only_be_read(engine: Engine, app: Flask, admin: Visitor) -> None:
    page = admin.get("/admin/definitions/details/?id=toy,1")
    assert (page.status_code, "reference: &#34;{area}-{year}-{number:05}&#34;" in page.text) == (200, True)
    methods = {
        method
        for each in app.url_map.iter_rules()
        if each.endpoint.startswith("admin_definitions")
        for method in each.methods or ()
    }
    assert methods == {"GET", "HEAD", "OPTIONS"}


# ------------------------------------------------------------------ in a browser


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)])
def test_every_screen_is_whole_for_eye_ear_and_keyboard(
    sqlite_database: str, open_page: OpenPage, size: tuple[int, int]
) -> None:
    engine = furnish(sqlite_database, FixedClock(MONDAY))
    with served(engine) as base:
        page = open_page(viewport={"width": size[0], "height": size[1]})
        page.goto(f"{base}/sign-in")
        page.locator(f"input[name=person][value={ADMIN}] + button").click()
        page.wait_for_url("**/work")
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
            found = Axe().run(page).response["violations"]
            assert (address, [(each["id"], each["nodes"][0]["target"]) for each in found]) == (address, [])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_a_value_is_changed_by_hand_after_a_question(sqlite_database: str, open_page: OpenPage) -> None:
    engine = furnish(sqlite_database, FixedClock(MONDAY))
    with served(engine) as base:
        page = open_page()
        page.goto(f"{base}/sign-in")
        page.locator(f"input[name=person][value={ADMIN}] + button").click()
        page.goto(f"{base}/admin/tables/")
        page.get_by_role("link", name="Tuổi học nghề").click()
        page.get_by_label("Giá trị").fill("15")
        page.locator(".form-foot button").click()
        page.locator("dialog[open] button[value=yes]").click()
        page.get_by_text("Đã lưu. Thay đổi có hiệu lực ngay.").wait_for()
        page.get_by_text("đã thay bằng bản khác").wait_for()
    assert len(engine.library.rows.decision_tables["vocational_entry"]) == 2
