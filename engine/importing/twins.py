"""Rows that may be about the same child: a warning that a person looks at, never a refusal.

Here those of one sheet are compared with each other. Comparing a row with cases that are there belongs beside it:
another function that answers warnings by row number, added up in staging.py.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Protocol

from engine.importing.reasons import Reason
from engine.registry.names import fold


class Row(Protocol):
    """What is looked at of a row."""

    @property
    def number(self) -> int:
        """Of the row in the sheet."""
        ...

    @property
    def own(self) -> Mapping[str, object]:
        """Its typed values."""
        ...


def in_sheet(
    rows: Sequence[Row], prints: Sequence[bytes | None], same: tuple[str, ...]
) -> dict[int, tuple[Reason, ...]]:
    """Warnings by row number: the row says the same as an earlier one, or names the same child.

    same: fields that are all filled in and alike (text without tones, small and capital letters) in rows about one child.
    """
    found: dict[int, tuple[Reason, ...]] = {}
    whole: dict[bytes, int] = {}
    people: dict[tuple[Hashable, ...], int] = {}
    for row, print_ in zip(rows, prints, strict=True):
        if print_ is None:
            continue
        earlier = whole.setdefault(print_, row.number)
        if earlier != row.number:
            found[row.number] = (Reason("row_twice", params={"row": earlier}, warning=True),)
            continue
        values = [row.own.get(name) for name in same]
        if same and all(value not in (None, "") for value in values):
            key = tuple(fold(value) if isinstance(value, str) else str(value) for value in values)
            earlier = people.setdefault(key, row.number)
            if earlier != row.number:
                warning = Reason("same_person", field=same[0], params={"row": earlier}, warning=True)
                found[row.number] = (warning,)
    return found
