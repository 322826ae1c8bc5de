"""Spreadsheet files as rows of cells: Excel (.xlsx) and separated text, read without trust; and written for people.

What the cells mean is schemas/intake.
"""

from schemas.sheets.model import LONGEST, MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Cell, Note, Sheet, Unreadable
from schemas.sheets.reading import read_file

__all__ = [
    "LONGEST",
    "MOST_BYTES",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Cell",
    "Note",
    "Sheet",
    "Unreadable",
    "read_file",
]
