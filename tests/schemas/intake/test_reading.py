from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import openpyxl
import pytest

from engine.registry.names import fold
from engine.text import LANGUAGES, messages
from schemas import yaml_text
from schemas.sheets import MOST_ROWS, Unreadable
from tests.schemas.books import HEADERS, LINE, book, listed, text
from tests.schemas.intake.sheets import declared, places, read, row
from tests.workflows.content import definitions
from workflows import catalogue

BA_BE = "01906@2025-07-01"


def line(**changes: Any) -> list[Any]:
    """The usual line with other values under some headers, by their place."""
    found = list(LINE)
    for place, value in changes.items():
        found[int(place[1:])] = value
    return found


def said(data: bytes) -> list[tuple[str, str, str]]:
    return [(each.code, each.field, each.column) for found in read(data).rows for each in found.reasons]


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read(data)
    return refusal.value.code


# ------------------------------------------------------------------ a whole line


def test_a_line_becomes_the_typed_values_of_the_form() -> None:
    found = row(listed(LINE))
    assert found.reasons == ()
    assert found.number == 2
    assert found.own == {
        "child_name": "Triệu Thị Thử", "child_dob": date(2012, 9, 5), "child_sex": "female", "place_of_event": BA_BE,
        "channel": "hotline_111", "received_at": datetime(2026, 11, 22, 7, 30, tzinfo=UTC),
        "current_condition": "Nghỉ học, bán hàng ở chợ",
    }  # fmt: skip


def test_text_and_excel_say_the_same() -> None:
    assert row(text([HEADERS, LINE], ";")).own == row(listed(LINE)).own


def test_headers_are_found_under_titles_keys_and_declared_words_below_a_letterhead() -> None:
    data = book([
        ["TỔNG ĐÀI 111"], [], ["Danh sách tháng 11"],
        ["STT", "HỌ TÊN TRẺ (viết hoa)*", "child_dob", "Sex", "Xã/phường", "Kênh", "Ngày tiếp nhận", "Giờ", "Nội dung"],
        [1, "Triệu Thị Thử", date(2012, 9, 5), "F", "Ba Bể", "Hotline", date(2026, 11, 22), time(14, 30), "Nghỉ học, bán hàng ở chợ"],
    ])  # fmt: skip
    found = read(data)
    assert found.rows[0].own == row(listed(LINE)).own
    assert found.rows[0].number == 5
    assert [(each.code, dict(each.params)) for each in found.notes] == [
        ("sheet", {"sheet": "Sheet", "row": 4})
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_the_form_is_found_under_its_title(language: str) -> None:
    definition = definitions()["child_case"]
    fields = [each.key for each in definition.forms[definition.open.form].fields]
    data = book([[definition.fields[each].title.get(language) for each in fields], ["x"] * len(fields)])
    assert sorted(read(data).rows[0].columns) == sorted(fields)


def test_the_first_sheet_that_has_the_headers_is_read_and_the_others_are_named() -> None:
    def mend(made: openpyxl.Workbook) -> None:
        other = made.create_sheet("Danh sách", 1)
        other.append(HEADERS)
        other.append(LINE)
        made.create_sheet("Khác").append(["x", "y"])

    found = read(book([["Ghi chú chung"]], mend))
    assert [(each.code, each.params) for each in found.notes] == [
        ("sheet", {"sheet": "Danh sách", "row": 1}),
        ("other_sheets", {"sheets": "Sheet, Khác"}),
    ]


def test_a_header_nobody_knows_is_told_with_what_may_be_meant() -> None:
    found = read(book([[*HEADERS, "Thôn bảng", "Wzqk fjvv", "STT"], [*LINE, "Suối Lẻ", "xanh", 1]]))
    assert [(each.code, each.params.get("column"), each.params.get("field")) for each in found.notes[1:]] == [
        ("like_column", "H", "village"),
        ("unknown_column", "I", ""),
    ]
    assert "village" not in found.rows[0].own


def test_sheets_that_cannot_be_laid_out_are_refused() -> None:
    assert refused(book([["a", "b"], ["c", "d"]])) == "no_headers"
    assert refused(book([HEADERS[:4], LINE[:4]])) == "no_column"
    assert refused(book([[*HEADERS, "Họ tên"], [*LINE, "x"]])) == "two_columns"
    assert refused(book([[*HEADERS, "Ngày tiếp nhận"], [*LINE, "x"]])) == "two_columns"
    assert refused(listed()) == "no_rows"
    assert refused(listed(*[LINE] * (MOST_ROWS + 1))) == "too_many_rows"


def test_what_is_chosen_for_all_rows_stands_for_a_column_that_is_not_there() -> None:
    without = [[h for h in HEADERS if h != "Nguồn tin"], [v for v in LINE if v != "111"]]
    with pytest.raises(Unreadable) as refusal:
        read(book(without))
    assert (refusal.value.code, refusal.value.params["fields"]) == ("not_chosen", ("channel",))
    found = read(book(without), {"channel": "school"}).rows[0]
    assert (found.chosen, "channel" in found.own) == ({"channel": "school"}, False)
    there = read(listed(LINE), {"channel": "school"}).rows[0]
    assert (there.chosen, there.own["channel"]) == ({}, "hotline_111")


# ------------------------------------------------------------------ cells that are refused


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        (0, "=A1", ("formula", "child_name", "A")), (1, "=TODAY()", ("formula", "child_dob", "B")),
        (0, "x" * 2001, ("too_long", "child_name", "A")), (0, "Tri\u200bệu", ("invisible", "child_name", "A")),
        (0, "Thử\u202e", ("invisible", "child_name", "A")), (0, "Thử\u3164", ("invisible", "child_name", "A")), (0, True, ("yes_no_as_text", "child_name", "A")),
        (1, 2012, ("year_only", "child_dob", "B")), (1, "2012", ("year_only", "child_dob", "B")),
        (1, "05/09/12", ("short_year", "child_dob", "B")), (1, "31/02/2012", ("no_such_day", "child_dob", "B")),
        (1, "09/13/2012", ("no_such_day", "child_dob", "B")), (1, "tháng 9", ("date_text", "child_dob", "B")),
        (1, 99, ("date_text", "child_dob", "B")), (1, "05/09/2012 14:00", ("date_text", "child_dob", "B")),
        (2, "Nuw", ("no_option_near", "child_sex", "C")), (2, "xanh", ("no_option", "child_sex", "C")),
        (3, "Wzqk fjvv", ("place_unknown", "place_of_event", "D")), (3, "Ba Bểê", ("place_near", "place_of_event", "D")),
        (5, date(2026, 11, 22), ("no_hour", "received_at", "F")), (5, "22/11/2026", ("no_hour", "received_at", "F")),
        (5, "22/11/2026 25:00", ("hour_text", "received_at", "F")), (5, "hôm qua", ("date_text", "received_at", "F")),
    ],
)  # fmt: skip
def test_a_cell_in_doubt_is_refused_at_its_column(
    place: int, value: Any, expected: tuple[str, str, str]
) -> None:
    assert said(listed(line(**{f"_{place}": value}))) == [expected]
    code = expected[0]
    for language in LANGUAGES:
        params = {
            "max": 1,
            "character": "",
            "option": "",
            "area": "",
            "areas": "",
            "was": "",
            "range": "",
            "row": 1,
        }
        assert messages().say(language, f"import.cell.{code}", **params)


def test_a_merged_cell_is_refused_in_every_row_it_reaches_into() -> None:
    data = listed(*[LINE] * 4, mend=lambda made: made.active.merge_cells("A3:B4"))
    found = {
        each.number: [(w.code, w.column, w.params["range"]) for w in each.reasons] for each in read(data).rows
    }
    assert found == {2: [], 3: [("merged", "A", "A3:B4")], 4: [("merged", "A", "A3:B4")], 5: []}


def test_merged_titles_above_the_headers_are_no_matter() -> None:
    data = book([["DANH SÁCH", None], HEADERS, LINE], lambda made: made.active.merge_cells("A1:G1"))
    assert row(data).reasons == ()


# ------------------------------------------------------------------ cells that are taken


@pytest.mark.parametrize(
    ("value", "warned"),
    [
        (date(2012, 9, 5), False), (datetime(2012, 9, 5), False), (41157, True), ("41157", True), ("5/9/2012", False),
        ("05-09-2012", False), ("05.09.2012", False), ("2012-09-05", False), ("2012-09-05 00:00:00", False), (" 05/09/2012 ", False),
    ],
)  # fmt: skip
def test_days_are_read_as_they_come(value: Any, warned: bool) -> None:
    found = row(listed(line(_1=value)))
    assert found.own["child_dob"] == date(2012, 9, 5)
    assert [(each.code, each.warning) for each in found.reasons] == (
        [("date_number", True)] if warned else []
    )


def test_days_of_a_book_that_counts_from_1904_are_right() -> None:
    def mend(made: openpyxl.Workbook) -> None:
        made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    assert row(listed(line(_1=date(2012, 9, 5)), mend=mend)).own["child_dob"] == date(2012, 9, 5)


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 11, 22, 14, 30), "22/11/2026 14:30", "22/11/2026 14:30:00", "14h30 22/11/2026", "14 giờ 30 ngày 22/11/2026",
        "2026-11-22 14:30", "2026-11-22T14:30:00+07:00", "22/11/2026 2:30 CH", "22/11/2026 2:30 PM", 46348.604166666664,
    ],
)  # fmt: skip
def test_moments_are_read_as_they_come(value: Any) -> None:
    assert row(listed(line(_5=value))).own["received_at"] == datetime(2026, 11, 22, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize("value", [time(14, 30), "14:30", "14h30", "14 giờ 30 phút", 14.5 / 24, "2:30 PM"])
def test_a_day_and_an_hour_in_two_columns_are_one_moment(value: Any) -> None:
    headers = [*HEADERS[:5], "Ngày tiếp nhận", HEADERS[6], "Giờ tiếp nhận"]
    found = row(book([headers, [*line(_5=date(2026, 11, 22)), value]]))
    assert (found.own["received_at"], found.reasons) == (datetime(2026, 11, 22, 7, 30, tzinfo=UTC), ())


@pytest.mark.parametrize(
    ("day", "hour", "code"), [("22/11/2026", None, "no_hour"), (None, "14:30", "no_day"), ("22/11/2026", "=B1", "formula")]
)  # fmt: skip
def test_half_a_moment_is_refused(day: Any, hour: Any, code: str) -> None:
    headers = [*HEADERS[:5], "Ngày tiếp nhận", HEADERS[6], "Giờ tiếp nhận"]
    assert [each[0] for each in said(book([headers, [*line(_5=day), hour]]))] == [code]


@pytest.mark.parametrize(
    ("value", "option"),
    [("Nam", "male"), ("NỮ", "female"), ("m", "male"), (1, "male"), ("female", "female"), ("bé gái", "female"), ("không rõ", "unknown")],
)  # fmt: skip
def test_options_are_found_by_key_title_and_declared_words(value: Any, option: str) -> None:
    assert row(listed(line(_2=value))).own["child_sex"] == option


def test_words_that_say_that_nothing_is_known_leave_a_date_empty_and_stay_in_a_text() -> None:
    found = row(listed(line(_1="không rõ", _6="Không")))
    assert "child_dob" not in found.own
    assert found.own["current_condition"] == "Không"


def test_a_number_in_a_field_of_text_is_taken_with_a_warning() -> None:
    found = row(book([[*HEADERS, "SĐT"], [*LINE, 912345678]]))
    assert found.own["reporter_phone"] == "912345678"
    assert [(each.code, each.warning) for each in found.reasons] == [("number_as_text", True)]


def test_numbers_are_read_as_vietnam_writes_them_and_as_excel_keeps_them() -> None:
    for value in (14, 14.0, "14", "14.0"):
        assert row(book([[*HEADERS, "Tuổi"], [*LINE, value]])).own["child_age_estimate"] == 14
    assert said(book([[*HEADERS, "Tuổi"], [*LINE, 14.5]]))[0][0] == "field_type"
    assert said(book([[*HEADERS, "Tuổi"], [*LINE, "mười bốn"]]))[0][0] == "field_type"


def test_rows_without_a_cell_of_the_form_are_left_out_and_told() -> None:
    found = read(book([[*HEADERS, "Ghi chú"], [*LINE, ""], [None] * 7 + ["Người lập bảng"]]))
    assert len(found.rows) == 1
    assert found.notes[-1] == ("skipped_rows", {"rows": "3"})


def test_hidden_rows_are_taken_in_with_a_warning() -> None:
    def mend(made: openpyxl.Workbook) -> None:
        made.active.row_dimensions[2].hidden = True

    assert [(each.code, each.warning) for each in row(listed(LINE, mend=mend)).reasons] == [
        ("hidden_row", True)
    ]


# ------------------------------------------------------------------ places


@pytest.mark.parametrize(
    "text_", ["Ba Bể", "xã ba bể", "XÃ BA BE", "01906", "1906", BA_BE, "Ba Bể commune", "Xã Ba Bể, tỉnh Thái Nguyên"]
)  # fmt: skip
def test_a_place_is_found_by_name_or_code(text_: str) -> None:
    assert places().find(text_).area == BA_BE


def test_a_unit_of_2017_answers_with_the_one_it_is_part_of_now() -> None:
    found = places().find("Dương Sơn")
    assert (found.was, found.area) == ("02188@2017-01-01", "02185@2025-07-01")
    reasons = row(listed(line(_3="Xã Dương Sơn, huyện Na Rì"))).reasons
    assert [(each.code, each.warning, dict(each.params)) for each in reasons] == [
        ("place_was", True, {"was": "02188@2017-01-01", "area": "02185@2025-07-01"})
    ]


def test_every_commune_of_today_is_found_by_its_name_and_no_old_name_leads_to_a_unit_that_is_no_more() -> (
    None
):
    for area in catalogue.areas():
        if area.level != "commune":
            continue
        found = places().find(area.name.vi)
        named = {found.area, *found.several} - {""}
        assert named
        assert all(each.endswith("@2025-07-01") for each in named), area
        if area.valid_to is None:
            assert area.id in named, area


# ------------------------------------------------------------------ the declared file


def test_what_the_declared_file_names_is_there() -> None:
    found, definition = declared(), definitions()[declared().definition]
    form = {each.key: definition.fields[each.key] for each in definition.forms[definition.open.form].fields}
    assert {field for field, _ in found.headers.values()} <= set(form)
    assert {*found.ask, *found.values, *found.same} <= set(form)
    for field, words in found.values.items():
        assert set(words.values()) <= set(form[field].options), field
    for field, ask in found.ask.items():
        assert set(ask.by_function.values()) <= set(form[field].options), field
    assert found.withdraw in {each.trigger for each in definition.transitions.values()}


def test_no_declared_word_means_two_fields() -> None:
    plain = yaml_text.read(catalogue.import_texts()["intake"].encode()).plain
    said_of = [(fold(word), field) for field, words in plain["headers"].items() for word in words]
    said_of += [(fold(word), f"{field}.{part}") for field, parts in plain["joined"].items() for part, words in parts.items() for word in words]  # fmt: skip
    definition = definitions()["child_case"]
    for each in definition.forms[definition.open.form].fields:
        said_of += {
            (fold(definition.fields[each.key].title.get(language)), each.key) for language in LANGUAGES
        }
    meant: dict[str, set[str]] = {}
    for word, field in said_of:
        meant.setdefault(word, set()).add(field)
    assert {word: fields for word, fields in meant.items() if len(fields) > 1} == {}
