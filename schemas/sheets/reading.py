"""Which kind of file it is, by what it holds and never by its name; and the sheets in it."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.sheets import separated, workbook
from schemas.sheets.model import MOST_BYTES, Sheet, Unreadable

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf", b"<html", b"<!DOCTYPE", b"<?xml")  # fmt: skip


def read_file(data: bytes) -> Sequence[Sheet]:
    """The sheets of a file, in its order; one for separated text. Unreadable: why it cannot be taken."""
    if len(data) > MOST_BYTES:
        raise Unreadable("too_big", most=MOST_BYTES // 1024 // 1024)
    if not data.strip():
        raise Unreadable("empty")
    if data.startswith(_ZIP):
        return workbook.read(data)
    if data.startswith(_OLE):
        # Excel keeps an encrypted .xlsx in the same container as the .xls of before 2007.
        raise Unreadable("password" if "EncryptedPackage".encode("utf-16-le") in data else "old_excel")
    if data.lstrip()[:16].lower().startswith(tuple(each.lower() for each in _OTHERS)):
        raise Unreadable("not_a_sheet")
    return [separated.read(data)]
