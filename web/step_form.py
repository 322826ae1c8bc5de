"""The form of a step as data for fields.html, generated from the definition; and what came back from it.

A step that opens a track shows two forms in one: its own, and the track's opening under the track's key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.commands import Blocker
from engine.definition.expression import asked_of_rows, read_of_rows
from engine.definition.model import Field, FieldType, Form, FormField
from engine.forms import check, is_empty
from engine.words import Words
from engine.workflow import CompiledCondition, CompiledWay, Workflow
from schemas.forms import Read, read, unknown, written
from web.choices import Choices
from web.person import engine
from web.texts import language, t

UNKNOWN_TOLD = 20  # of fields the form does not have
WIDE = frozenset((FieldType.TABLE, FieldType.LONG_TEXT, FieldType.CHOICES))


@dataclass(frozen=True, slots=True)
class Part:
    """One form within the form: `prefix` "" for the step's own, "education." for a track's opening.

    conditions: those of its step, which may ask for columns of a table.
    """

    prefix: str
    form: Form
    fields: Mapping[str, Field]
    words: Words
    conditions: tuple[CompiledCondition, ...]


@dataclass(slots=True)
class Typed:
    """What came back: values for the command, the raw texts, and errors by control name.

    fields: the names the form has, in its order, a track's with its prefix. general: errors that stand at no control of it.
    """

    values: dict[str, Any] = field(default_factory=dict)
    raw: Mapping[str, list[str]] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    general: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, list[int]] = field(default_factory=dict)
    fields: tuple[str, ...] = ()


def parts_of(way: CompiledWay, words: Words) -> tuple[Part, ...]:
    """The forms that make up the form of this way."""
    found = [Part("", way.form, way.fields, words, way.conditions)] if way.form else []
    for effect in way.transition.do:
        if effect.name == "open_subcase":
            subcase = words.workflow.definition.subcases[effect.arguments["key"]]
            track = engine().library.newest(subcase.definition)
            if track and track.opening.form:
                own = Words(track, words.language, words.names, words.zone)
                given = set(subcase.gives)
                fields = {key: each for key, each in track.opening.fields.items() if key not in given}
                asked = track.opening.conditions
                found.append(Part(f"{subcase.key}.", track.opening.form, fields, own, asked))
    return tuple(found)


def take(parts: Sequence[Part], raw: Mapping[str, list[str]], zone: Any) -> Typed:
    """Read what was typed into these parts."""
    known = {part.prefix + key: each for part in parts for key, each in part.fields.items()}
    typed = Typed(raw=raw, fields=tuple(known))
    for part in parts:
        found: Read = read(part.fields, raw, zone, part.prefix)
        typed.values |= found.values
        typed.rows |= found.rows
        for path, code in found.errors.items():
            _place(typed, Blocker(code, _params(part, path, found), path), part.words)
    for name in unknown(raw, known)[:UNKNOWN_TOLD]:
        typed.general.append({"text": t("form.unknown_field", name=name[:40])})
    if typed.errors:
        _say_the_rest(typed, parts, zone)
    return typed


def _say_the_rest(typed: Typed, parts: Sequence[Part], zone: Any) -> None:
    """The engine is not asked about a form that cannot be read; what is missing or out of range is still said at once."""
    now = engine().clock.now()
    unread = {name.partition("-")[0] for name in typed.errors}
    for part in parts:
        own = {
            key: typed.values.get(part.prefix + key) for key in part.fields if part.prefix + key not in unread
        }
        found = [*check(own, part.fields, now.astimezone(zone).date(), now)]
        needed = [each.key for section in part.form.sections for each in section.fields if each.required]
        found += [
            Blocker("field_missing", {"field": key}, key)
            for key in needed
            if key in own and is_empty(own[key])
        ]
        for each in found:
            _place(typed, replace(each, field=part.prefix + each.field), part.words)


def refused(typed: Typed, blockers: Iterable[Blocker], parts: Iterable[Part], words: Words) -> None:
    """Put the engine's blockers beside the fields they concern."""
    by_prefix = {part.prefix: part.words for part in parts}
    for blocker in blockers:
        prefix = blocker.field.partition(".")[0] + "."
        _place(typed, blocker, by_prefix.get(prefix, words))


def form_data(
    parts: Iterable[Part],
    *,
    typed: Typed | None,
    values: Mapping[str, Any],
    choices: Choices,
    anew: bool,
    reason: str,
    words: Words,
) -> list[dict[str, Any]]:
    """The sections of the form. values: what the case already holds and this reader may see. anew: it begins empty."""
    sections = [
        {
            "title": section.title.get(language())
            or (part.form.title.get(language()) if part.prefix else None),
            "fields": [
                _field(part, each, typed, {} if anew or part.prefix else values, choices)
                for each in section.fields
                if each.key in part.fields
            ],
        }
        for part in parts
        for section in part.form.sections
    ]
    if reason != "none":
        errors = typed.errors.get("_reason", []) if typed else []
        box = {
            "name": "_reason", "type": "long_text", "label": t("form.reason"), "required": reason == "required",
            "value": (typed.raw.get("_reason") or [""])[-1] if typed else "", "errors": errors,
        }  # fmt: skip
        sections.append({"title": None, "fields": [box]})
    return [each for each in sections if each["fields"]]


def sheet(workflow: Workflow, way: CompiledWay) -> str | None:
    """ "Mẫu 04", if the form stands for a statutory one."""
    return way.form.sheet or None if way.form else None


def _field(
    part: Part, each: FormField, typed: Typed | None, values: Mapping[str, Any], choices: Choices
) -> dict[str, Any]:
    declared = part.fields[each.key]
    name = part.prefix + each.key
    zone = part.words.zone
    lang = language()
    data: dict[str, Any] = {
        "name": name,
        "type": declared.type.value,
        "label": declared.title.get(lang),
        "hint": declared.help.get(lang)
        or (t("field.case_hint") if declared.type is FieldType.CASE else None),
        "required": each.required,
        "optional": not each.required and each.required_when is None,
        "sealed": declared.strict or bool(declared.readers),
        "errors": typed.errors.get(name, []) if typed else [],
        "width": "full" if declared.type in WIDE else None,
    }
    if typed:
        texts = typed.raw.get(name, [])
        data["value"] = texts if declared.type is FieldType.CHOICES else (texts[-1] if texts else "")
    else:
        data["value"] = written(values.get(each.key), declared, zone)
    for side in ("min", "max"):
        bound = getattr(declared, side)
        if bound is not None:
            data[side] = choices.today if bound == "today" else choices.now if bound == "now" else str(bound)
    data |= choices.options(declared)
    if declared.type is FieldType.TABLE:
        data |= _table(name, declared, typed, values.get(each.key) or (), choices, zone)
        _mark(data["columns"], each.key, part)
        if each.only:
            _fix(data, each.only, values.get(each.key) or (), declared, part.words)
    return data


def _fix(
    data: dict[str, Any],
    only: Collection[str],
    rows: Sequence[Mapping[str, Any]],
    declared: Field,
    words: Words,
) -> None:
    """Of the rows that are there, only these columns are typed; the others are shown, and sent back as they are."""
    data["fixed"] = True
    for column in data["columns"]:
        column["fixed"] = column["name"] not in only
    data["entries"] = data["entries"][: len(rows)]
    for entry, row in zip(data["entries"], rows, strict=False):
        entry["shown"] = {key: words.value(each, row.get(key)) for key, each in declared.columns.items()}


def _mark(columns: Iterable[dict[str, Any]], table: str, part: Part) -> None:
    """Which columns must be filled in each row, and which need not be: what the step's conditions say of its rows.

    A column that a condition only looks at carries no mark: whether it is wanted depends on the rest.
    """
    conditions = [each.condition.expression for each in part.conditions]
    must = frozenset[str]().union(*(asked_of_rows(each, table) for each in conditions))
    looked_at = frozenset[str]().union(*(read_of_rows(each, table) for each in conditions))
    for column in columns:
        column["required"] = column["name"] in must
        column["optional"] = column["name"] not in looked_at


def _table(
    name: str,
    declared: Field,
    typed: Typed | None,
    rows: Iterable[Mapping[str, Any]],
    choices: Choices,
    zone: Any,
) -> dict[str, Any]:
    columns = [
        {"name": key, "type": each.type.value, "label": each.title.get(language())} | choices.options(each)
        for key, each in declared.columns.items()
    ]
    if typed:
        entries = [_typed_row(name, number, declared, typed) for number in _numbers(name, typed)]
    else:
        entries = [
            {"values": {key: written(row.get(key), each, zone) for key, each in declared.columns.items()}}
            for row in rows
        ]
    if not entries or (typed and name in typed.raw.get("_add_row", [])):
        entries.append({"values": {}})
    return {"columns": columns, "entries": entries, "value": None}


def _typed_row(name: str, number: int, declared: Field, typed: Typed) -> dict[str, Any]:
    cells = {key: f"{name}-{number}-{key}" for key in declared.columns}
    return {
        "values": {key: (typed.raw.get(cell) or [""])[-1] for key, cell in cells.items()},
        "errors": {key: typed.errors[cell] for key, cell in cells.items() if cell in typed.errors},
    }


def _numbers(name: str, typed: Typed) -> list[int]:
    return typed.rows.get(name, [])


def _place(typed: Typed, blocker: Blocker, words: Words) -> None:
    """An error beside its control, or at the top when it concerns none. Row 1 of the values may be row 3 as typed."""
    text = words.blocker(blocker)
    field_path = "_reason" if blocker.field == "reason" else blocker.field
    for table, numbers in typed.rows.items():
        if field_path.startswith(table + "."):
            row, _, column = field_path[len(table) + 1 :].partition(".")
            if row.isascii() and row.isdigit() and int(row) < len(numbers):
                field_path = f"{table}-{numbers[int(row)]}-{column}" if column else table
    if field_path == "_reason" or field_path.partition("-")[0] in typed.fields:
        typed.errors.setdefault(field_path, []).append(text)
    else:
        about = concerned(blocker, words)
        asked = next((name for name in typed.fields if name in about), None)
        typed.general.append({"text": text, "href": f"#f-{asked}" if asked else None})


def concerned(blocker: Blocker, words: Words) -> tuple[str, ...]:
    """The fields a reason is about: its own, those that are missing, or those its condition reads."""
    if blocker.field:
        return (blocker.field,)
    if "missing" in blocker.params:  # "actions.status": a column of the table `actions`
        names = blocker.params["missing"]
        return tuple(dict.fromkeys(each for name in names for each in (name, name.partition(".")[0])))
    if blocker.code == "guard":
        way = words.workflow.ways[blocker.params["transition"]]
        return tuple(sorted(way.conditions[blocker.params["condition"]].condition.expression.reads))
    return ()


def _params(part: Part, path: str, found: Read) -> dict[str, Any]:
    names = path.removeprefix(part.prefix).split(".")
    declared: Field | None = part.fields.get(names[0])
    if declared is not None and len(names) == 3:
        declared = declared.columns.get(names[2], declared)
    params = {
        "field": declared.key if declared else path,
        "type": declared.type.value if declared else "text",
        "max": 200,
    }
    return params | ({"no_such_day": True} if path in found.no_such_day else {})
