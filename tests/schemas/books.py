"""Spreadsheet files made for tests, with invented people in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import openpyxl

HEADERS = (
    "Họ và tên trẻ",
    "Ngày sinh",
    "Giới tính",
    "Xã",
    "Nguồn tin",
    "Thời điểm tiếp nhận",
    "Tình trạng hiện tại của trẻ",
)
LINE = (
    "Triệu Thị Thử",
    "05/09/2012",
    "Nữ",
    "Xã Ba Bể",
    "111",
    "22/11/2026 14:30",
    "Nghỉ học, bán hàng ở chợ",
)


def book(rows: Iterable[Sequence[Any]], mend: Callable[[Any], None] | None = None) -> bytes:
    """An .xlsx of these rows. mend: what else is done to the workbook before it is saved."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(list(row))
    if mend:
        mend(made)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def listed(*lines: Sequence[Any], mend: Callable[[Any], None] | None = None) -> bytes:
    """An .xlsx with the usual headers and these lines."""
    return book([HEADERS, *lines], mend)


def text(lines: Iterable[Sequence[str]], separator: str = ",", encoding: str = "utf-8") -> bytes:
    """Separated text."""
    return "\r\n".join(separator.join(line) for line in lines).encode(encoding)


def with_parts(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The archive with other contents in these parts, or with parts it did not have."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each not in parts:
                new.writestr(each, old.read(each))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    """One part of the archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)
