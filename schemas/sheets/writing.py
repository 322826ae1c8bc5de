"""Spreadsheet files made for people: a template to fill in, and plain tables. No cell of theirs is ever a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from schemas.sheets.model import MOST_ROWS

WIDEST = 60
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
DAY, MOMENT, WORDS = "dd/mm/yyyy", "dd/mm/yyyy hh:mm", "@"


@dataclass(frozen=True, slots=True)
class Asked:
    """A column of a template. shape: DAY, MOMENT, WORDS or "" for numbers. options: all that may be written, in words."""

    header: str
    note: str
    shape: str
    options: tuple[str, ...] = ()


def safe(text: Any) -> str:
    """A text that no spreadsheet takes for a formula, also when it is saved as .csv and opened again."""
    written = str(text)
    return f"'{written}" if written.lstrip().startswith(_FORMULA) or written.startswith(_FORMULA) else written


def table(title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """An .xlsx of one sheet; numbers stay numbers, all else is text."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title[:31]
    widths = [len(each) for each in headers]
    _head(sheet, headers)
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            if isinstance(value, int):
                cell.value = value
            else:
                cell.value, cell.data_type = safe(value), "s"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            widths[column - 1] = max(widths[column - 1], len(str(value)))
    _widths(sheet, widths)
    return _saved(book)


def template(title: str, values: str, columns: Sequence[Asked]) -> bytes:
    """An .xlsx to fill in: headers, and beside it a sheet `values` of what each column takes. Lists are offered in the cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title[:31]
    _head(sheet, [each.header for each in columns])
    offered = book.create_sheet(values[:31])
    for number, each in enumerate(columns, 1):
        letter = get_column_letter(number)
        for row, text in enumerate((each.header, each.note, *each.options), 1):
            cell = offered.cell(row, number)
            cell.value, cell.data_type = safe(text), "s"
            cell.font = Font(bold=row == 1, italic=row == 2)
            cell.alignment = Alignment(wrap_text=row < 3, vertical="top")
        if each.options:
            check = DataValidation(
                "list", f"'{offered.title}'!${letter}$3:${letter}${2 + len(each.options)}", allow_blank=True
            )
            check.errorStyle = "warning"
            sheet.add_data_validation(check)
            check.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
        if each.shape:
            sheet.column_dimensions[letter].number_format = each.shape
    widths = [max(len(each.header), 14) for each in columns]
    _widths(sheet, widths)
    _widths(offered, [max(len(each.header), *map(len, each.options), 18) for each in columns])
    return _saved(book)


def _head(sheet: Any, headers: Sequence[str]) -> None:
    for column, text in enumerate(headers, 1):
        cell = sheet.cell(1, column)
        cell.value, cell.data_type = safe(text), "s"
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _widths(sheet: Any, widths: Sequence[int]) -> None:
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = min(width + 2, WIDEST)


def _saved(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
