"""What a spreadsheet file is to us: sheets of rows of cells, with what is unusual about them said beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 10_000  # with something in them
MOST_COLUMNS = 60
LONGEST = 2_000  # characters of a cell


class Unreadable(ValueError):
    """The file cannot be taken at all; `code` is a sentence under `import.file.` in messages/."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class Cell(NamedTuple):
    """One cell that holds something.

    kind: "text", "number", "date" (a day), "moment" (a day with its hour), "time", "yes_no", "formula", "fault" (#N/A).
    value: the text as NFC, a float or int, datetime, date, time or bool; None of a formula or a fault.
    """

    kind: str
    value: Any


class Note(NamedTuple):
    """Something a person should know of the sheet as a whole: a code under `import.note.`, and names."""

    code: str
    params: Mapping[str, Any]


@dataclass(slots=True)
class Sheet:
    """One sheet: rows by their numbers as the program that made it shows them, cells by column number from 0.

    merged: (first row, first column, last row, last column) of each merged range, rows from 1, columns from 0. serial: the day
    that a date's number counts from, as openpyxl names it; None where dates are only text.
    """

    name: str
    rows: Mapping[int, Mapping[int, Cell]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False
    epoch: Any = None
    notes: list[Note] = field(default_factory=list)


def letter(column: int) -> str:
    """The letters of a column counted from 0: A, B … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
