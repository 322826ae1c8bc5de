"""Days and hours as sheets write them, turned into what a person would type: 21/11/2012, 14:30.

Text in Vietnamese order, ISO 8601, and the numbers by which Excel counts days. What leaves a doubt is refused.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from engine.registry.names import fold
from schemas.sheets.model import Cell

EARLIEST, LATEST = 3_654, 73_415  # 1 January 1910 and 31 December 2100 as Excel counts days
_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_SHORT = re.compile(r"\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{2}")
_CLOCK = re.compile(
    r"(\d{1,2})\s?(?:h|g|gio)?\s?(?:(\d{2})(?:\s\d{2})?\s?(?:p|ph|phut)?)?(?:\s?(am|pm|sa|ch))?"
)


class Doubtful(ValueError):
    """It cannot be told which day or hour is meant; `code` is a sentence under `import.cell.`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def day(cell: Cell, epoch: Any) -> tuple[str, bool]:
    """(day/month/year, was it a bare number?) of a cell that should hold a day. Doubtful."""
    match cell:
        case Cell("date" | "moment", value):
            return _written(value), False
        case Cell("number", value):
            return _counted(value, epoch).strftime("%d/%m/%Y"), True
        case Cell("text", text):
            return _day_of(text.strip(), epoch)
    raise Doubtful("date_text")


def moment(cell: Cell, epoch: Any) -> tuple[str, bool]:
    """("day/month/year hour:minute", was it a bare number?) of a cell that should hold a day with its hour. Doubtful."""
    match cell:
        case Cell("moment", value):
            return value.strftime("%d/%m/%Y %H:%M"), False
        case Cell("date", _):
            raise Doubtful("no_hour")
        case Cell("number", value):
            found = _counted(value, epoch)
            if float(value).is_integer():
                raise Doubtful("no_hour")
            return found.strftime("%d/%m/%Y %H:%M"), True
        case Cell("text", text):
            return _moment_of(text.strip()), False
    raise Doubtful("moment_text")


def hour(cell: Cell) -> str:
    """hour:minute of a cell that should hold an hour. Doubtful."""
    match cell:
        case Cell("time", value):
            return f"{value:%H:%M}"
        case Cell("moment", value):
            return f"{value:%H:%M}"
        case Cell("number", value) if 0 <= value < 1:
            minutes = round(value * 24 * 60)
            return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
        case Cell("number", value) if float(value).is_integer() and value < 24:
            return f"{int(value):02}:00"
        case Cell("text", text):
            return _clock(text)
    raise Doubtful("hour_text")


def _day_of(text: str, epoch: Any) -> tuple[str, bool]:
    if re.fullmatch(r"\d{4}", text):
        raise Doubtful("year_only")
    if re.fullmatch(r"\d{5}(\.0+)?", text):
        return _counted(float(text), epoch).strftime("%d/%m/%Y"), True
    if _SHORT.fullmatch(text):
        raise Doubtful("short_year")
    written, rest = _split(text)
    if rest and re.fullmatch(r"0{1,2}( 00){1,2}", fold(rest.replace("T", " "))) is None:
        raise Doubtful("date_text")
    return written, False


def _moment_of(text: str) -> str:
    if "T" in text:
        try:
            datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return text
    written, rest = _split(text)
    words = " ".join(
        each for each in fold(rest.replace("T", " ")).split() if each not in ("ngay", "luc", "vao", "t")
    )
    if not words:
        raise Doubtful("no_hour")
    return f"{written} {_clock(words)}"


def _split(text: str) -> tuple[str, str]:
    """The one day in a text as day/month/year, and the rest of the text."""
    for pattern, order in ((_DAY, (2, 1, 0)), (_ISO, (0, 1, 2))):
        found = pattern.search(text)
        if found:
            parts = [int(each) for each in found.groups()]
            year, month, of_month = (parts[place] for place in order)
            try:
                return _written(date(year, month, of_month)), (
                    text[: found.start()] + " " + text[found.end() :]
                ).strip()
            except ValueError:
                raise Doubtful("no_such_day") from None
    raise Doubtful("date_text")


def _clock(text: str) -> str:
    found = _CLOCK.fullmatch(fold(text))
    if found is None:
        raise Doubtful("hour_text")
    hours, minutes, half = int(found[1]), int(found[2] or 0), found[3]
    if half and hours > 12:
        half = None
    if half in ("pm", "ch") and hours < 12:
        hours += 12
    elif half in ("am", "sa") and hours == 12:
        hours = 0
    if hours > 23 or minutes > 59:
        raise Doubtful("hour_text")
    return f"{time(hours, minutes):%H:%M}"


def _counted(value: float, epoch: Any) -> datetime:
    if float(value).is_integer() and 1900 <= value <= 2100:
        raise Doubtful("year_only")
    if not EARLIEST <= value <= LATEST:
        raise Doubtful("date_text")
    found = from_excel(value, epoch or WINDOWS_EPOCH)
    assert isinstance(found, datetime)
    return found


def _written(day_: date) -> str:
    return f"{day_.day:02}/{day_.month:02}/{day_.year:04}"
