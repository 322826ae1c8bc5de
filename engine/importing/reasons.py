"""What is to be said of a row, as plain data that may be kept: a code, where, and names. Never what the row says.

Read in one language or the other, long after the row's values are gone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.commands import Blocker


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row cannot be taken (or, `warning`, what to look at). column: its letter in the sheet, if it is about one."""

    code: str
    field: str = ""
    column: str = ""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    warning: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON; dates, moments and decimals keep their kind."""
        kept: dict[str, Any] = {"code": self.code}
        kept |= {name: each for name in ("field", "column", "warning") if (each := getattr(self, name))}
        if self.params:
            kept["params"] = {name: _packed(value) for name, value in self.params.items()}
        return kept

    @property
    def blocker(self) -> Blocker:
        """The same for `Words`."""
        return Blocker(self.code, self.params, self.field)


def reason_of(plain: Mapping[str, Any]) -> Reason:
    """What `plain` was made of."""
    params = {name: _unpacked(value) for name, value in plain.get("params", {}).items()}
    return Reason(
        plain["code"],
        plain.get("field", ""),
        plain.get("column", ""),
        params,
        plain.get("warning", False),
    )


def of_blocker(blocker: Blocker, field: str = "", column: str = "") -> Reason:
    """A blocker of the engine at its field, or at the one that it is about, and at the column of it."""
    return Reason(blocker.code, field or blocker.field, column, blocker.params)


def _packed(value: Any) -> Any:
    match value:
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case Decimal():
            return {"decimal": str(value)}
        case tuple():
            return list(value)
    return value


def _unpacked(value: Any) -> Any:
    match value:
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case {"decimal": text}:
            return Decimal(text)
        case list():
            return tuple(value)
    return value
