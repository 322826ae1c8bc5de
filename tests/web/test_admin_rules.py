from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from engine import Engine
from engine.definition.decision import decide
from engine.definition.identity import content_hash
from engine.store import ground
from schemas.load import load_table
from tests.web.visitor import Visitor, put_table, rows
from web.admin.table_text import with_values
from workflows import catalogue


def version(engine: Engine) -> int:
    return int(rows(engine, ground.installation)[0]["reference_version"])


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
    administered: Engine, admin: Visitor
) -> None:
    (old,) = rows(administered, ground.decision_table, id="vocational_entry")
    address, fields = values_page(administered, "vocational_entry", "2015-01-01")
    before = version(administered)
    changed = {
        "value-from_age": "15",
        "unconfirmed-from_age": "false",
        "law-from_age": "Luật GDNN 2014, Điều 3",
    }
    assert admin.post(address, fields | changed).status_code == 303
    assert version(administered) > before
    kept, new = sorted(
        rows(administered, ground.decision_table, id="vocational_entry"),
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


def test_a_corrected_value_is_what_is_decided_by_from_now_on(administered: Engine, admin: Visitor) -> None:
    def result(on: date) -> Any:
        table = administered.library.table("vocational_entry", on)
        assert table is not None
        return decide(table, {"age": 14}).result

    address, fields = values_page(administered, "vocational_entry", "2015-01-01")
    assert result(date(2020, 1, 1)) == "suitable"
    assert admin.post(address, fields | {"value-from_age": "15"}).status_code == 303
    assert (result(date(2020, 1, 1)), result(date(2026, 11, 23))) == ("too_young", "too_young")
    address, fields = values_page(administered, "vocational_entry", "2015-01-01")
    assert (
        admin.post(address, fields | {"value-from_age": "14", "valid_from": "01/01/2027"}).status_code == 303
    )
    assert (result(date(2026, 12, 31)), result(date(2027, 1, 1))) == ("too_young", "suitable")


def test_a_value_that_cannot_be_is_refused_beside_the_field(administered: Engine, admin: Visitor) -> None:
    before = rows(administered, ground.decision_table)
    address, fields = values_page(administered, "poverty_line", "2022-01-01")
    for name, value in (
        ("value-rural", "ten"), ("value-rural", "1,5"), ("value-rural", "1.5"), ("value-rural", "NaN"), ("value-rural", "1_000"),
        ("value-rural", ""), ("value-rural", "9" * 16), ("valid_from", "40/01/2027"), ("valid_from", ""),
        ("valid_from", "31/12/2021"), ("valid_from", "01/01/2027"),
    ):  # fmt: skip
        answer = admin.post(address, fields | {"value-urban_income": "2.100.000", name: value})
        assert (name, value, answer.status_code) == (name, value, 422)
        assert (name, value, f'id="f-{name}-error"' in answer.text) == (name, value, True)
        assert f'value="{value}"' in answer.text  # as it was typed
    assert rows(administered, ground.decision_table) == before


LIGHT_WORK = """\
format: 1
id: light_work
title: {vi: Việc nhẹ, en: Light work}
valid_from: 2021-01-01
inputs:
  age: {type: integer, title: {vi: Tuổi, en: Age}, min: 0, max: 17}
values:
  below: {value: 15, title: {vi: Dưới tuổi, en: Below}}
  from_age: {value: 15, title: {vi: Từ tuổi, en: From age}}
results:
  allowed: {vi: Được làm, en: Allowed}
  not_allowed: {vi: Không được làm, en: Not allowed}
rules:
  T1: {when: age < below, then: not_allowed}
  T2: {when: age >= from_age, then: allowed}
"""


def test_values_that_leave_the_table_without_an_answer_are_refused_with_what_shows_it(
    administered: Engine, admin: Visitor
) -> None:
    with administered.database.write() as connection:
        put_table(connection, LIGHT_WORK)
    administered.library.refresh()
    before = rows(administered, ground.decision_table)
    address, fields = values_page(administered, "light_work", "2021-01-01")
    gap = admin.post(address, fields | {"value-from_age": "16"})
    assert gap.status_code == 422
    assert "khi age = 15 thì không quy tắc nào áp dụng" in gap.text
    assert 'value="16"' in gap.text  # as it was typed
    assert rows(administered, ground.decision_table) == before
    idle = admin.post(
        address, fields | {"value-below": "0", "value-from_age": "0"}
    )  # T1 applies no more: meant
    assert idle.status_code == 303


@pytest.fixture
def credit(administered: Engine, admin: Visitor) -> str:
    """The address of the values of a table whose rules look for a choice in a list."""
    with administered.database.write() as connection:
        put_table(connection, catalogue.decision_table_texts()["policy_credit"])
    administered.library.refresh()
    return values_page(administered, "policy_credit", "2015-01-01")[0]


def ticked(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="(\w+)" checked', page)


@pytest.mark.parametrize(
    ("language", "label"), [("vi", "Hộ mới thoát nghèo"), ("en", "Newly escaped from poverty")]
)
def test_a_list_of_choices_is_ticked_by_their_titles(
    admin: Visitor, credit: str, language: str, label: str
) -> None:
    admin.client.set_cookie("language", language)
    page = admin.get(credit).text
    assert ticked(page, "value-eligible") == ["poor", "near_poor", "newly_escaped"]
    assert f"<span>{label}</span>" in page
    assert ">newly_escaped" not in page


def test_what_is_ticked_is_the_new_list_and_what_stays_keeps_its_place(
    administered: Engine, admin: Visitor, credit: str
) -> None:
    def eligible() -> object:
        (row,) = [
            each
            for each in rows(administered, ground.decision_table, id="policy_credit")
            if not each["valid_to"]
        ]
        return next(each["value"] for each in row["plain"]["values"] if each["key"] == "eligible")

    fields = {
        **values_page(administered, "policy_credit", "2015-01-01")[1],
        "value-eligible": ["not_poor", "newly_escaped", "near_poor"],
    }
    assert admin.post(credit, fields).status_code == 303
    assert eligible() == ["near_poor", "newly_escaped", "not_poor"]
    address = values_page(administered, "policy_credit", "2015-01-01")[0]
    refused = admin.post(address, fields | {"value-eligible": ["poor", "rich"]})
    assert (refused.status_code, ticked(refused.text, "value-eligible")) == (422, ["poor"])
    assert admin.post(address, fields | {"value-eligible": []}).status_code == 303
    assert eligible() == []
    address = values_page(administered, "policy_credit", "2015-01-01")[0]
    assert "Hộ mới thoát nghèo" in admin.get(address).text  # to be ticked again


def test_a_ground_is_shown_in_words_and_kept_as_it_was_written(administered: Engine, admin: Visitor) -> None:
    address, fields = values_page(administered, "poverty_line", "2022-01-01")
    assert 'name="law-rural"' in admin.get(address).text
    assert "NĐ 07/2021" in admin.get(address).text
    sent = fields | {each: "NĐ 07/2021" for each in fields if each.startswith("law-") and fields[each]}
    assert admin.post(address, sent | {"value-rural": "1600000"}).status_code == 303
    address, after = values_page(administered, "poverty_line", "2022-01-01")
    assert {name: each for name, each in after.items() if name.startswith("law-")} == {
        name: each for name, each in fields.items() if name.startswith("law-")
    }
    assert after["value-rural"] == "1600000"


def test_whether_a_value_is_confirmed_is_asked_without_a_not(admin: Visitor, administered: Engine) -> None:
    page = admin.get(values_page(administered, "vocational_entry", "2015-01-01")[0]).text
    assert re.findall(r'name="unconfirmed-from_age" value="(\w+)"( checked)?><span>(\w+)', page) == [
        ("false", "", "Rồi"),
        ("true", " checked", "Chưa"),
    ]
    assert "Đã kiểm chứng" in page


def test_saving_nothing_new_says_so(administered: Engine, admin: Visitor) -> None:
    address, fields = values_page(administered, "poverty_line", "2022-01-01")
    answer = admin.post(address, fields)
    assert (answer.status_code, "Chưa có gì thay đổi" in answer.text) == (422, True)


def test_a_replaced_text_is_shown_but_not_changed_again(administered: Engine, admin: Visitor) -> None:
    address, fields = values_page(administered, "vocational_entry", "2015-01-01")
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


def test_a_rule_table_is_shown_as_a_grid_of_what_each_rule_asks_of_each_input(
    admin: Visitor, administered: Engine
) -> None:
    address, _ = values_page(administered, "poverty_line", "2022-01-01")
    page = re.sub(r"\s+", " ", admin.get(address).text)
    assert '<th scope="col">Số chỉ số thiếu hụt</th>' in page
    first = page[page.index("<b>P1</b>") : page.index("<b>P2</b>")]
    assert (
        "<p>Số chỉ số thiếu hụt từ 3 trở lên</p>" in first
    )  # the value stands in the rule as the number it is
    assert "không quá 1.500.000" in first  # reads two inputs: in the column of other conditions
    assert '<td data-label="Kết quả"><b>Hộ nghèo</b></td>' in first
    last = page[page.index("<b>P3</b>") :]
    assert "không xét" in last[: last.index("</tr>")]


def test_what_is_wrong_with_a_stored_table_stands_above_its_rules_with_the_values_that_show_it(
    administered: Engine, admin: Visitor
) -> None:
    text = with_values(catalogue.decision_table_texts()["vocational_entry"], "2015-01-02", {})
    with administered.database.write() as connection:
        put_table(connection, text.replace("when: age < from_age", "when: age < 10"))
    administered.library.refresh()
    address, _ = values_page(administered, "vocational_entry", "2015-01-02")
    page = admin.get(address).text
    assert re.search(r"với tuổi = 1[0-3]|age = 1[0-3]", page), page
