"""Files that an import gives to people: the template to fill in, and the list of what has to be mended."""

from __future__ import annotations

from collections.abc import Iterable

from engine import Engine
from engine.definition.model import Field, FieldType
from engine.registry.names import fold
from engine.store.imports import StagedRow
from engine.text import messages
from engine.words import Words
from schemas.intake import Declared
from schemas.sheets.writing import DAY, MOMENT, WORDS, Asked, table, template
from web.import_room import form_fields, today
from web.import_words import is_warning, of_reason

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHAPES = {
    FieldType.DATE: DAY, FieldType.DATETIME: MOMENT, FieldType.INTEGER: "", FieldType.DECIMAL: "", FieldType.MONEY: "",
}  # fmt: skip


def template_of(
    engine: Engine, declared: Declared, words: Words, title: str, values: str, required: str, optional: str
) -> bytes:
    """The template of an import in the language of `words`. required, optional: what stands under a column's header."""
    fields = words.workflow.definition.fields
    columns = []
    for each in form_fields(engine, declared):
        field = fields[each.key]
        if field.type in (FieldType.TABLE, FieldType.ACTOR):
            continue
        kind = messages().say(words.language, f"type.{field.type.value}")
        note = (required if each.required else optional).format(kind=kind)
        columns.append(
            Asked(
                field.title.get(words.language) + (" *" if each.required else ""), note,
                SHAPES.get(field.type, WORDS), _options(engine, field, words),
            )
        )  # fmt: skip
    return template(title, values, columns)


def mending(words: Words, rows: Iterable[StagedRow], title: str, headers: tuple[str, str, str, str], marks: tuple[str, str]) -> bytes:  # fmt: skip
    """What is to be mended, a line each: row, column, error or warning, sentence. It holds nothing that the rows say."""
    lines = [
        (row.number, plain.get("column", ""), marks[is_warning(plain)], of_reason(words, plain))
        for row in rows
        for plain in row.reasons
    ]
    return table(title, headers, lines)


def _options(engine: Engine, field: Field, words: Words) -> tuple[str, ...]:
    match field.type:
        case FieldType.CHOICE | FieldType.CHOICES:
            return tuple(
                each.title.get(words.language) for each in field.options.values() if not each.disabled
            )
        case FieldType.AREA:
            areas = engine.library.areas_in_force(today(engine), field.level)
            return tuple(sorted((words.names("area", each.id) for each in areas), key=fold))
        case FieldType.AGENCY:
            return tuple(
                sorted((words.names("agency", each) for each in engine.library.rows.agencies), key=fold)
            )
        case FieldType.BOOLEAN:
            return tuple(messages().say(words.language, f"word.{each}") for each in ("yes", "no"))
    return ()
