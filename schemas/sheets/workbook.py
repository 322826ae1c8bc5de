"""Excel files (.xlsx): the parts are weighed before anything is unpacked, then read row by row with openpyxl.

What openpyxl does not tell while it streams (merged cells, hidden rows and columns) is looked up in the sheet's own part.
No formula is worked out and no cached result is trusted: such a cell is a "formula".
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from unicodedata import normalize

import openpyxl

from schemas.sheets.model import MOST_COLUMNS, MOST_ROWS, Cell, Note, Sheet, Unreadable
from schemas.sheets.separated import LOOKED_AT

MOST_UNPACKED = 64 * 1024 * 1024
MOST_RATIO = 200  # unpacked to packed, of a part that is not small
SMALL = 1024 * 1024
MOST_PARTS = 500
MOST_LINES = 100_000  # of a sheet, with or without something in them
MOST_CELLS = 4_000_000  # of a file, with or without something in them
MOST_MARKS = 1_000  # groups of columns that a sheet says something of
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"
)
_ROW = re.compile(rb"<(?:\w+:)?row\s([^<>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^<>]*)>")
_ATTRIBUTE = re.compile(rb"(\w+)\s*=\s*[\"']([^\"']*)")
_HOUR = re.compile(r"h", re.IGNORECASE)


def read(data: bytes) -> Sequence[Sheet]:
    """Every sheet that has something in it, hidden ones too. Unreadable: bomb, damaged, macros, not Excel."""
    archive = _weighed(data)
    with archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of openpyxl, about parts of the file that we do not use
        try:
            book = openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=False, keep_links=False, keep_vba=False
            )
            left = [MOST_CELLS]
            sheets = [_sheet(archive, book, each, left) for each in book.worksheets]
            book.close()
        except Unreadable:
            raise
        except Exception:  # whatever a damaged file makes of its reader
            raise Unreadable("damaged") from None
    found = [each for each in sheets if each.rows]
    if not found:
        raise Unreadable("empty")
    return found


def _weighed(data: bytes) -> zipfile.ZipFile:
    """The archive, once what it would unpack to is known to be bearable; zipfile reads no more than is said there."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Unreadable("damaged") from None
    names = {each.filename for each in parts}
    bomb = (
        len(parts) > MOST_PARTS
        or len(names) < len(parts)
        or sum(each.file_size for each in parts) > MOST_UNPACKED
        or any(
            each.file_size > SMALL and each.file_size > MOST_RATIO * max(each.compress_size, 1)
            for each in parts
        )
    )
    if bomb:
        raise Unreadable("bomb")
    if any(each.flag_bits & 1 for each in parts):
        raise Unreadable("password")
    if "[Content_Types].xml" not in names or not any(each.startswith("xl/") for each in names):
        raise Unreadable("not_excel")
    if any(each.lower().endswith("vbaproject.bin") for each in names):
        raise Unreadable("macros")
    try:
        for each in parts:
            if each.filename.endswith((".xml", ".rels")):
                with archive.open(each) as part:
                    head = part.read(4096)
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"\0" in head:
                    raise Unreadable("damaged")
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("damaged") from None
    return archive


def _sheet(archive: zipfile.ZipFile, book: Any, worksheet: Any, left: list[int]) -> Sheet:
    """left: how many cells may still be looked at, in this sheet and the next ones."""
    rows: dict[int, dict[int, Cell]] = {}
    worksheet.reset_dimensions()  # what the file says of its size is not believed
    for number, line in enumerate(worksheet.rows, 1):
        if number > MOST_LINES:
            break
        left[0] -= len(line)
        if left[0] < 0:
            raise Unreadable("too_many_columns", most=MOST_COLUMNS)
        cells = {
            column: cell
            for column, each in enumerate(line)
            if each.value is not None and (cell := _cell(each)) is not None
        }
        if not cells:
            continue
        if max(cells) >= MOST_COLUMNS:
            raise Unreadable("too_many_columns", most=MOST_COLUMNS)
        rows[number] = cells
        if len(rows) > MOST_ROWS + LOOKED_AT:
            raise Unreadable("too_many_rows", most=MOST_ROWS)
    raw = archive.read(worksheet._worksheet_path.lstrip("/"))
    hidden_rows = frozenset(_numbers(_ROW.finditer(raw), b"r", b"r", MOST_LINES))
    groups = islice(_COLUMN.finditer(raw), MOST_MARKS)
    hidden_columns = frozenset(each - 1 for each in _numbers(groups, b"min", b"max", MOST_COLUMNS))
    name = normalize("NFC", str(worksheet.title))[:60]
    notes = [Note("hidden_sheet", {"sheet": name})] if worksheet.sheet_state != "visible" else []
    return Sheet(
        name=name,
        rows=rows,
        merged=[_range(each) for each in _MERGED.finditer(raw)],
        hidden_rows=hidden_rows & set(rows),
        hidden_columns=hidden_columns,
        hidden=worksheet.sheet_state != "visible",
        epoch=book.epoch,
        notes=notes,
    )


def _cell(cell: Any) -> Cell | None:
    value = cell.value
    if cell.data_type == "f":
        return Cell("formula", None)
    if cell.data_type == "e":
        return Cell("fault", None)
    match value:
        case bool():
            return Cell("yes_no", value)
        case datetime():
            has_hour = value.time() != time() or bool(_HOUR.search(cell.number_format or ""))
            return Cell("moment", value) if has_hour else Cell("date", value.date())
        case date():
            return Cell("date", value)
        case time():
            return Cell("time", value)
        case timedelta():
            minutes = int(value.total_seconds()) // 60
            return (
                Cell("time", time(minutes // 60, minutes % 60))
                if 0 <= minutes < 24 * 60
                else Cell("fault", None)
            )
        case int() | float():
            return Cell("number", value)
    text = normalize("NFC", str(value))
    return Cell("text", text) if text.strip() else None


def _range(found: re.Match[bytes]) -> tuple[int, int, int, int]:
    left, top, right, bottom = found.groups()
    return int(top), _column(left), int(bottom), _column(right)


def _column(letters: bytes) -> int:
    number = 0
    for each in letters:
        number = number * 26 + each - ord("A") + 1
    return number - 1


def _numbers(found: Iterable[re.Match[bytes]], first: bytes, last: bytes, most: int) -> Iterable[int]:
    """The rows or columns that are hidden, up to `most`."""
    for each in found:
        said = dict(_ATTRIBUTE.findall(each[1]))
        if (
            said.get(b"hidden") in (b"1", b"true")
            and said.get(first, b"").isdigit()
            and said.get(last, b"").isdigit()
        ):
            yield from range(int(said[first][:9]), min(int(said[last][:9]), most) + 1)
