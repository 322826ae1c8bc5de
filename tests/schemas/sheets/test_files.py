from __future__ import annotations

import os
from datetime import date, datetime, time

import openpyxl
import pytest

from engine.text import LANGUAGES, messages
from schemas.sheets import MOST_BYTES, MOST_ROWS, Cell, Sheet, Unreadable, read_file
from tests.schemas.books import HEADERS, LINE, book, listed, part, text, with_parts

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"


def only(data: bytes) -> Sheet:
    (found,) = read_file(data)
    return found


def values(data: bytes) -> list[list[object]]:
    return [[cell.value for _, cell in sorted(line.items())] for _, line in sorted(only(data).rows.items())]


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read_file(data)
    for language in LANGUAGES:
        assert messages().say(
            language, f"import.file.{refusal.value.code}", fields="", **refusal.value.params
        )
    return refusal.value.code


def bomb() -> bytes:
    rows = b"<row><c t='inlineStr'><is><t>a</t></is></c></row>" * 2_000_000
    sheet = (
        part(listed(LINE), SHEET).split(b"<sheetData>")[0]
        + b"<sheetData>"
        + rows
        + b"</sheetData></worksheet>"
    )
    return with_parts(listed(LINE), {SHEET: sheet})


HOSTILE = {
    "empty": b"", "empty_spaces": b" \r\n\t", "too_big": b"a,b\n" * (MOST_BYTES // 4 + 1), "bomb": bomb,
    "bomb_of_one_part": lambda: with_parts(listed(LINE), {"xl/media/a.png": b"\0" * 20_000_000}),
    "bomb_of_parts": lambda: with_parts(listed(LINE), {f"xl/media/{n}": b"" for n in range(600)}),
    "password": OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
    "old_excel": OLE + b"\0" * 1200, "binary": b"ten,xa\nAn\0,Ba Be\n", "binary_noise": os.urandom(4000) + b"\0",
    "encoding_tcvn3": "Hä vµ tªn,Ngµy sinh\nTriÖu ThÞ Thö,1\n".encode("latin-1"), "encoding_utf16": "họ,tên".encode("utf-16-le") + b"\0",
    "quotes": b'ten,xa\n"An,Ba Be\n', "damaged": lambda: listed(LINE)[:3000], "not_excel": lambda: with_parts(b"PK\x05\x06" + b"\0" * 18, {"content.xml": b"<a/>"}),
    "not_a_sheet": b"%PDF-1.7 ...", "not_a_sheet_html": b"<html><table><tr><td>ten</td></tr></table></html>",
    "macros": lambda: with_parts(listed(LINE), {"xl/vbaProject.bin": b"x"}),
    "damaged_entities": lambda: with_parts(listed(LINE), {SHEET: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><a/>'}),
    "damaged_sheet": lambda: with_parts(listed(LINE), {SHEET: b"<worksheet><sheetData><row></worksheet>"}),
    "empty_book": lambda: book([]), "too_many_columns": lambda: book([[f"c{n}" for n in range(61)]]),
    "too_many_columns_text": ",".join(f"c{n}" for n in range(61)).encode(),
}  # fmt: skip
CODES = sorted(("empty", "too_big", "bomb", "password", "old_excel", "binary", "encoding", "quotes", "damaged", "not_excel", "not_a_sheet", "macros", "too_many_columns"), key=len, reverse=True)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(name: str) -> None:
    made = HOSTILE[name]
    data = made() if callable(made) else made
    expected = next(each for each in CODES if name.startswith(each))
    found = refused(data)
    assert found == ("binary" if name == "encoding_utf16" else expected), found


def test_more_rows_than_are_taken_are_refused_in_both_kinds_of_files() -> None:
    lines = [[f"Trẻ Thử {n}", "1"] for n in range(MOST_ROWS + 30)]
    assert refused(text(lines)) == "too_many_rows"
    assert refused(book(lines)) == "too_many_rows"


# ------------------------------------------------------------------ text


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_whatever_its_separator_and_marked_encoding(separator: str, encoding: str) -> None:
    lines = [["Họ và tên", "Xã"], ["Triệu Thị Đức", "Chợ Rã"]]
    assert values(text(lines, separator, encoding)) == lines


def test_windows_1258_is_told_by_its_letters_and_composed() -> None:
    from unicodedata import normalize

    lines = [["Họ và tên", "Xã"], ["Triệu Thị Đức", "Chợ Rã"], ["Nguyễn Hữu Ưu", "Yên Bình"]]
    marks = "\u0300\u0301\u0303\u0309\u0323"
    composed = normalize("NFC", "\r\n".join(",".join(line) for line in lines))
    # Letters with their hats as one character, tones apart: as the code page has them.
    written = "".join(
        normalize("NFC", "".join(c for c in normalize("NFD", each) if c not in marks)) + "".join(c for c in normalize("NFD", each) if c in marks)
        for each in composed
    )  # fmt: skip
    assert values(written.encode("cp1258")) == lines


def test_decomposed_letters_are_composed() -> None:
    from unicodedata import normalize

    assert values(normalize("NFD", "Họ tên,Xã\nTriệu Thị Đức,Chợ Rã").encode()) == [["Họ tên", "Xã"], ["Triệu Thị Đức", "Chợ Rã"]]  # fmt: skip
    assert values(book([[normalize("NFD", "Triệu Thị Đức")]])) == [["Triệu Thị Đức"]]


def test_quoted_separators_and_line_ends_belong_to_their_cell_and_rows_keep_their_numbers() -> None:
    found = only('a,b\n\n"x, y","hai\ndòng"\n'.encode())
    assert {number: [cell.value for cell in line.values()] for number, line in found.rows.items()} == {
        1: ["a", "b"],
        3: ["x, y", "hai\ndòng"],
    }


def test_the_hint_of_excel_names_the_separator() -> None:
    assert values(b"sep=;\na;b,c\n") == [["a", "b,c"]]


@pytest.mark.parametrize(
    "hint", ["sep=;", "SEP=; ", '"sep=;"', "sep=;;;;", "sep=,", "sep=\t", "sep=", "sep=|", "sep=:", "sep=^"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_line_that_names_the_separator_is_no_row(hint: str, end: str) -> None:
    sign = hint.strip('" ')[4:5] or ";"
    named = hint not in ("sep=", "sep=,")
    lines = [["Họ tên", "Xã"], ["An, Bình" if named else "An", "Ba Bể"]]
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        found = only(end.join([hint, *(sign.join(line) for line in lines)]).encode(encoding))
        assert {number: [cell.value for cell in line.values()] for number, line in found.rows.items()} == {
            2: lines[0],
            3: lines[1],
        }


@pytest.mark.parametrize("sign", ['"', "a", "5", " x", "ơ", "€"])
def test_a_sign_that_separates_nothing_is_refused_with_a_sentence(sign: str) -> None:
    assert refused(f"sep={sign}\nten;xa\nAn;Ba Be\n".encode()) == "separator"


def test_a_cell_that_never_ends_is_told_as_too_long_at_its_row() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_file(b"ten,xa\nAn,Ba Be\n" + b"x" * 131_073 + b",Ba Be\n")
    assert (refusal.value.code, refusal.value.params) == ("long_cell", {"row": 3, "most": 131_072})
    assert refused(b"ten,xa\nAn,Ba Be\n" + b"x" * 131_073 + b",Ba Be\n") == "long_cell"
    assert refused(b'ten,xa\nAn,Ba Be\n"' + b"x,y\n" * 40_000) == "long_cell"  # or a quote that never ends


# ------------------------------------------------------------------ Excel


def test_cells_keep_their_kind() -> None:
    moment, day = datetime(2026, 11, 22, 14, 30), date(2012, 9, 5)
    found = only(book([["chữ", 12, 1.5, True, day, moment, time(14, 30), "=1+1", "=A1", None, " "]])).rows[1]
    assert [found[n] for n in range(9)] == [
        Cell("text", "chữ"), Cell("number", 12), Cell("number", 1.5), Cell("yes_no", True), Cell("date", day),
        Cell("moment", moment), Cell("time", time(14, 30)), Cell("formula", None), Cell("formula", None),
    ]  # fmt: skip
    assert set(found) == set(range(9))


def test_a_formula_with_a_cached_value_is_a_formula_all_the_same() -> None:
    data = listed(LINE)
    sheet = part(data, SHEET).replace(
        b"</row></sheetData>", b'<c r="H2"><f>1+1</f><v>2</v></c></row></sheetData>'
    )
    assert only(with_parts(data, {SHEET: sheet})).rows[2][7] == Cell("formula", None)


def test_errors_of_a_spreadsheet_are_faults() -> None:
    assert (
        only(book([["#N/A", "x"]], lambda made: setattr(made.active["A1"], "data_type", "e"))).rows[1][0].kind
        == "fault"
    )


def test_merged_cells_and_hidden_rows_columns_and_sheets_are_told() -> None:
    def mend(made: openpyxl.Workbook) -> None:
        made.active.merge_cells("B3:B7")
        made.active.row_dimensions[2].hidden = True
        made.active.column_dimensions["C"].hidden = True
        made.create_sheet("Ẩn").append(["x"])
        made["Ẩn"].sheet_state = "hidden"

    first, second = read_file(book([["a", "b", "c"]] * 8, mend))
    assert (first.merged, first.hidden_rows, first.hidden_columns) == (
        [(3, 1, 7, 1)],
        frozenset({2}),
        frozenset({2}),
    )
    assert (second.hidden, second.name, [each.code for each in second.notes]) == (
        True,
        "Ẩn",
        ["hidden_sheet"],
    )


def test_the_size_a_file_claims_is_not_believed() -> None:
    data = listed(LINE)
    claims = part(data, SHEET).replace(b'<dimension ref="A1:G2"', b'<dimension ref="A1:A1"')
    assert len(only(with_parts(data, {SHEET: claims})).rows[2]) == len(HEADERS)


def test_a_file_is_judged_by_what_it_holds() -> None:
    assert values(b"a,b") == [["a", "b"]]
    assert only(listed(LINE)).rows[1][0].value == HEADERS[0]


NEVER_ENDING = b"<!--" + b"<mergeCell " * 60_000 + b"-->"
HIDDEN_AGAIN = b"<cols>" + b'<col min="1" max="999999" hidden="1"/>' * 5_000 + b"</cols>"
WIDE_AND_EMPTY = b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (n, n) for n in range(3, 9_000))


def test_a_small_file_cannot_keep_its_reader_busy() -> None:
    """Minutes each, if the work were not bounded."""
    data = listed(LINE)
    whole = part(data, SHEET)
    for more in (NEVER_ENDING, HIDDEN_AGAIN):
        made = with_parts(data, {SHEET: whole.replace(b"<sheetData>", more + b"<sheetData>")})
        assert only(made).rows.keys() == {1, 2}
    wide = whole.replace(b"</sheetData>", WIDE_AND_EMPTY + b"</sheetData>")
    assert refused(with_parts(data, {SHEET: wide})) == "too_many_columns"
