"""Which row of a sheet holds the headers, and which column is which field of the form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.definition.model import Definition, FieldType, FormField
from engine.definition.suggest import nearest
from engine.registry.names import fold
from schemas.intake.declared import DAY, HOUR, Declared
from schemas.sheets.model import Note, Sheet, Unreadable, letter

SEARCHED = 20  # rows from the top
FEWEST = 2  # columns that a row of headers has at least
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")

Target = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """columns: column number to (field, part). row: of the headers. seen: field to the letters of its column."""

    row: int
    columns: Mapping[int, Target]
    notes: tuple[Note, ...]

    @property
    def letters(self) -> dict[str, str]:
        """The column of each field; of a moment in two columns that of the day."""
        found: dict[str, str] = {}
        for column, (field, part) in self.columns.items():
            if part != HOUR or field not in found:
                found[field] = letter(column)
        return found


def names_of(definition: Definition, declared: Declared) -> dict[str, Target]:
    """Every folded name under which a field of the opening form is found: key, titles, declared words."""
    form = definition.forms[definition.open.form]
    found: dict[str, Target] = {}
    for each in form.fields:
        title = definition.fields[each.key].title
        found |= {fold(name): (each.key, "") for name in (each.key, title.vi, title.en)}
    for word, target in declared.headers.items():
        found.setdefault(word, target)
    return found


def lay_out(
    sheets: Sequence[Sheet], definition: Definition, declared: Declared, chosen: frozenset[str]
) -> tuple[Sheet, Layout]:
    """The first sheet that has the headers, and where they are. chosen: fields that are filled in for all rows.

    Unreadable: no headers anywhere, two columns of one field, a column that must be there is not, nor a choice in its place.
    """
    names = names_of(definition, declared)
    for sheet in sheets:
        row = _header_row(sheet, names)
        if row is not None:
            layout = _laid(sheet, row, names, definition, declared)
            _complete(layout, definition, declared, chosen)
            others = [each.name for each in sheets if each is not sheet and each.name]
            said = (
                [Note("sheet", {"sheet": sheet.name, "row": row})]
                if sheet.name
                else [Note("row", {"row": row})]
            )
            if others:
                said.append(Note("other_sheets", {"sheets": ", ".join(others)[:300]}))
            return sheet, Layout(layout.row, layout.columns, (*said, *sheet.notes, *layout.notes))
    titles = [definition.fields[each.key].title for each in _form(definition) if each.required]
    raise Unreadable(
        "no_headers", rows=SEARCHED, vi="; ".join(t.vi for t in titles), en="; ".join(t.en for t in titles)
    )


def target_of(text: str, names: Mapping[str, Target]) -> Target | None:
    """The field that a header names; what stands in brackets is left aside where the whole is not known."""
    return names.get(fold(text)) or names.get(fold(_ASIDE.sub(" ", text)))


def _form(definition: Definition) -> Sequence[FormField]:
    return definition.forms[definition.open.form].fields


def _header_row(sheet: Sheet, names: Mapping[str, Target]) -> int | None:
    best, most = None, FEWEST - 1
    for number in sorted(sheet.rows)[:SEARCHED]:
        if number > SEARCHED:
            break
        known = {target_of(c.value, names) for c in sheet.rows[number].values() if c.kind == "text"} - {None}
        if len(known) > most:
            best, most = number, len(known)
    return best


def _laid(
    sheet: Sheet, row: int, names: Mapping[str, Target], definition: Definition, declared: Declared
) -> Layout:
    columns: dict[int, Target] = {}
    notes: list[Note] = []
    for column, cell in sorted(sheet.rows[row].items()):
        text = cell.value if cell.kind == "text" else ""
        target = target_of(text, names)
        if target is None:
            if fold(text) not in declared.ignored and any(
                column in line for n, line in sheet.rows.items() if n > row
            ):
                near = nearest(fold(text), names)
                params = {
                    "column": letter(column),
                    "header": text[:60],
                    "field": names[near][0] if near else "",
                }
                notes.append(Note("unknown_column" if not near else "like_column", params))
            continue
        field, part = target
        if definition.fields[field].type is FieldType.TABLE:
            notes.append(Note("table_column", {"column": letter(column), "field": field}))
            continue
        for other, taken in columns.items():
            if taken == target or (taken[0] == field and "" in (part, taken[1])):
                raise Unreadable("two_columns", field=field, first=letter(other), second=letter(column))
        columns[column] = target
        if column in sheet.hidden_columns:
            notes.append(Note("hidden_column", {"column": letter(column), "field": field}))
    return Layout(row, columns, tuple(notes))


def _complete(layout: Layout, definition: Definition, declared: Declared, chosen: frozenset[str]) -> None:
    there = {field for field, part in layout.columns.values() if part in ("", DAY)} | chosen
    missing = [each.key for each in _form(definition) if each.required and each.key not in there]
    if missing:
        code = "not_chosen" if all(each in declared.ask for each in missing) else "no_column"
        raise Unreadable(code, fields=tuple(missing))
