"""Separated text (.csv, .tsv): which encoding, which separator, and the cells.

Encodings that can be told for certain are taken: UTF-8 (also with a mark), UTF-16 with its mark, and windows-1258 where
all letters come out Vietnamese. Anything else would turn names into other names, and is refused.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from unicodedata import category, combining, normalize

from schemas.sheets.model import MOST_COLUMNS, MOST_ROWS, Cell, Sheet, Unreadable

SEPARATORS = ",;\t|"
LOOKED_AT = 20  # rows that tell which separator it is
_HINT = re.compile(r'("?)sep=([^\r\n]*)(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_BASE = "aăâbcdđeêghiklmnoôơpqrstuưvxyfjwz"
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_VIETNAMESE = frozenset(
    normalize("NFC", letter + tone) for letter in "aăâeêioôơuưy" for tone in _TONES
) | set(_BASE)


def read(data: bytes) -> Sheet:
    """The one sheet of a text. Unreadable: encoding, binary, separator, quotes, cell, too many rows or columns."""
    text = _decoded(data)
    if "\0" in text:
        raise Unreadable("binary")
    hint = _HINT.match(text)
    body = text[hint.end() :] if hint else text
    separator = (_told(hint) if hint else "") or _separator(body)
    rows: dict[int, dict[int, Cell]] = {}
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    number = before = 1 if hint else 0
    try:
        for number, record in enumerate(reader, before + 1):
            cells = {
                column: Cell("text", normalize("NFC", value))
                for column, value in enumerate(record)
                if value.strip()
            }
            if cells:
                rows[number] = cells
                if max(cells) >= MOST_COLUMNS:
                    raise Unreadable("too_many_columns", most=MOST_COLUMNS)
            if len(rows) > MOST_ROWS + LOOKED_AT:
                raise Unreadable("too_many_rows", most=MOST_ROWS)
    except csv.Error as error:
        if "field limit" in str(error):
            raise Unreadable("long_cell", row=number + 1, most=csv.field_size_limit()) from None
        raise Unreadable("quotes", row=number + 1) from None
    if not rows:
        raise Unreadable("empty")
    return Sheet("", rows)


def _decoded(data: bytes) -> str:
    if data.startswith(BOM_UTF8):
        return _by(data, "utf-8-sig")
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _by(data, "utf-16")
    if b"\0" in data:
        raise Unreadable("binary")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = _by(data, "cp1258")
        if not _is_vietnamese(text):
            raise Unreadable("encoding") from None
        return text


def _by(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable("encoding") from None


def _is_vietnamese(text: str) -> bool:
    """Are all letters those of Vietnamese, with nothing left over and no control characters among them?"""
    for each in frozenset(normalize("NFC", text)):
        if each.isascii():
            continue
        if combining(each) or category(each) == "Cc" or (each.isalpha() and each.lower() not in _VIETNAMESE):
            return False
    return True


def _told(hint: re.Match[str]) -> str:
    """The separator that the first line names, as Excel writes it; "" if it names none. Unreadable: it names none that can be."""
    quote, rest = hint.groups()
    said = rest.removesuffix(quote)
    sign = said[:1].strip(" ")
    if said[1:].strip(f" {sign}") or (sign and (not sign.isascii() or sign.isalnum() or sign == '"')):
        raise Unreadable("separator")
    return sign


def _separator(text: str) -> str:
    """The one that makes most cells of the first rows; a comma where none does."""
    lines = "\n".join(text.splitlines()[: LOOKED_AT * 3])

    def cells(separator: str) -> int:
        try:
            rows = list(csv.reader(io.StringIO(lines, newline=""), delimiter=separator))[:LOOKED_AT]
        except csv.Error:
            return 0
        return max((sum(1 for cell in row if cell.strip()) for row in rows), default=0)

    return max(SEPARATORS, key=lambda each: (cells(each), -SEPARATORS.index(each)))
