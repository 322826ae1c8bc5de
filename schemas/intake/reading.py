"""A whole sheet read: every row that says something as a form filled in, with all that is to be said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from engine.definition.model import Definition, Field
from engine.importing import Brought, Reason
from schemas.forms import read_raw, schema_of
from schemas.intake import moments
from schemas.intake.cells import Column
from schemas.intake.declared import DAY, HOUR, Declared
from schemas.intake.headers import Layout, lay_out
from schemas.intake.places import Places
from schemas.sheets.model import MOST_ROWS, Cell, Note, Sheet, Unreadable, letter

SHOWN = 12  # numbers of rows named in one note


class Reading(NamedTuple):
    """What reading needs to know. chosen: typed values filled in for all rows where the sheet has no such column.

    agencies: folded name, and id, to the id of each agency in force.
    """

    declared: Declared
    definition: Definition
    places: Places
    agencies: Mapping[str, str]
    chosen: Mapping[str, Any]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Read:
    """The rows, and what is to be said of the sheet as a whole."""

    rows: Sequence[Brought]
    notes: Sequence[Note]


def read_sheets(sheets: Sequence[Sheet], reading: Reading) -> Read:
    """The first sheet that has the headers, row by row. Unreadable: none has, or it cannot be taken as a whole."""
    definition = reading.definition
    sheet, layout = lay_out(sheets, definition, reading.declared, frozenset(reading.chosen))
    form = definition.forms[definition.open.form]
    fields = {each.key: definition.fields[each.key] for each in form.fields}
    schema = schema_of(fields, reading.zone)
    merged = _merged(sheet, layout)
    chosen = {name: value for name, value in reading.chosen.items() if name not in layout.letters}
    lines = _Lines(sheet, layout, reading, fields)
    rows, skipped = [], []
    for number in sorted(each for each in sheet.rows if each > layout.row):
        cells = {column: cell for column, cell in sheet.rows[number].items() if column in layout.columns}
        if not cells:
            skipped.append(number)
            continue
        raw, reasons = lines.read(cells, merged.get(number, {}))
        if number in sheet.hidden_rows:
            reasons.append(Reason("hidden_row", warning=True))
        found = read_raw(schema, raw)
        for path, code in found.errors.items():
            name = path.partition(".")[0]
            params = {"field": name, "type": fields[name].type.value if name in fields else "text"}
            reasons.append(Reason(code, name, layout.letters.get(name, ""), params))
        own = {name: value for name, value in found.values.items() if value is not None}
        rows.append(Brought(number, own, chosen, layout.letters, tuple(reasons)))
        if len(rows) > MOST_ROWS:
            raise Unreadable("too_many_rows", most=MOST_ROWS)
    if not rows:
        raise Unreadable("no_rows", row=layout.row)
    notes = list(layout.notes)
    if skipped:
        notes.append(Note("skipped_rows", {"rows": _numbers(skipped)}))
    return Read(rows, notes)


class _Lines:
    """Reads the cells of one row after the other."""

    def __init__(self, sheet: Sheet, layout: Layout, reading: Reading, fields: Mapping[str, Field]) -> None:
        self._layout, self._epoch = layout, sheet.epoch
        self._columns = {
            column: Column(
                reading.declared, fields[field], letter(column), reading.places, reading.agencies, sheet.epoch
            )
            for column, (field, part) in layout.columns.items()
            if not part
        }
        self._joined: dict[str, dict[str, int]] = {}
        for column, (field, part) in layout.columns.items():
            if part:
                self._joined.setdefault(field, {})[part] = column

    def read(
        self, cells: Mapping[int, Cell], merged: Mapping[int, str]
    ) -> tuple[dict[str, Any], list[Reason]]:
        """(field to text, what is to be said) of one row."""
        raw: dict[str, Any] = {}
        reasons: list[Reason] = []
        for column, where in merged.items():
            field = self._layout.columns[column][0]
            reasons.append(Reason("merged", field, letter(column), {"range": where}))
        for column, reader in self._columns.items():
            cell = cells.get(column)
            if cell is None or column in merged:
                continue
            said = reader.says(cell)
            if said.text is not None:
                raw[self._layout.columns[column][0]] = said.text
            if said.reason:
                reasons.append(said.reason)
        for field, parts in self._joined.items():
            self._join(field, parts, cells, raw, reasons)
        return raw, reasons

    def _join(
        self,
        field: str,
        parts: Mapping[str, int],
        cells: Mapping[int, Cell],
        raw: dict[str, Any],
        reasons: list[Reason],
    ) -> None:
        """A day and an hour in two columns are one moment."""
        found: dict[str, str] = {}
        for part, column in parts.items():
            cell = cells.get(column)
            if cell is None:
                continue
            if cell.kind in ("formula", "fault"):
                reasons.append(Reason(cell.kind, field, letter(column)))
                return
            try:
                found[part] = moments.hour(cell) if part == HOUR else moments.day(cell, self._epoch)[0]
            except moments.Doubtful as doubt:
                reasons.append(Reason(doubt.code, field, letter(column)))
                return
        if DAY in found and HOUR in found:
            raw[field] = f"{found[DAY]} {found[HOUR]}"
        elif DAY in found:
            reasons.append(Reason("no_hour", field, letter(parts.get(HOUR, parts[DAY]))))
        elif HOUR in found:
            reasons.append(Reason("no_day", field, letter(parts.get(DAY, parts[HOUR]))))


def _merged(sheet: Sheet, layout: Layout) -> dict[int, dict[int, str]]:
    """Row number to the first column of ours in each merged range that reaches into it, and the range as one writes it."""
    found: dict[int, dict[int, str]] = {}
    for top, left, bottom, right in sheet.merged:
        ours = [column for column in sorted(layout.columns) if left <= column <= right]
        if ours and bottom > layout.row:
            where = f"{letter(left)}{top}:{letter(right)}{bottom}"
            for number in range(max(top, layout.row + 1), min(bottom, max(sheet.rows)) + 1):
                found.setdefault(number, {})[ours[0]] = where
    return found


def _numbers(rows: Sequence[int]) -> str:
    shown = ", ".join(str(each) for each in rows[:SHOWN])
    return shown if len(rows) <= SHOWN else f"{shown} …"
