"""What is known of a case, as data for the case page and for paper: sheet by sheet, before it was asked anew, and who is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from engine.definition.model import Field, FieldType
from engine.earlier import Earlier
from engine.reading import CaseView
from engine.words import Words
from engine.workflow import CompiledWay
from web import kin
from web.case_model import moment_text
from web.person import engine
from web.texts import dotted, language, t
from web.words_then import then


def known(view: CaseView, words: Words) -> list[dict[str, Any]]:
    """What is known, sheet by sheet: each form that was filled in, with its fields as they stand now; last
    what stood there before a step asked it anew, the newest first.
    """
    shown: set[str] = set()
    found: list[dict[str, Any]] = []
    renamed = _renamed(view)
    for way in _used(view, words):
        if way.form is None:
            continue
        keys = [way.transition.appends] if way.transition.appends else [each.key for each in way.form_fields]
        keys = [renamed.get(key, key) for key in keys]
        keys = [key for key in keys if key in view.readable and key not in shown]
        shown |= set(keys)
        rows = _facts(view, words, keys)
        if rows:
            found.append(
                {
                    "id": f"sheet-{way.transition.key}",
                    "title": way.form.title.get(language()),
                    "paper": way.form.sheet or None,
                    "rows": rows,
                }
            )
    defaulted = [key for each in view.story for key in each.args.get("migrated", {}).get("defaulted", ())]
    rows = _facts(view, words, [key for key in defaulted if key in view.readable and key not in shown])
    if rows:
        found.append({"id": "sheet-migrated", "title": t("case.migrated"), "paper": None, "rows": rows})
    returned = [_returned(view, words, name) for name in sorted(view.values) if "." in name]
    if returned:
        found.append({"id": "sheet-returned", "title": t("case.returned"), "paper": None, "rows": returned})
    return found + [_before(view, words, each) for each in reversed(view.earlier)]


def _used(view: CaseView, words: Words) -> list[CompiledWay]:
    """The ways that were taken, each once; one that the present version does not know, as its own version has it."""
    workflow = view.scene.workflow
    used = {workflow.opening.transition.key: workflow.opening}
    for entry in view.story:
        ways = workflow.ways
        if entry.transition not in ways:
            ways = then(engine().library, words, entry.number).workflow.ways
        if entry.transition in ways:
            used.setdefault(entry.transition, ways[entry.transition])
    return list(used.values())


def _renamed(view: CaseView) -> dict[str, str]:
    """Fields of earlier versions to what they are called now."""
    now: dict[str, str] = {}
    for entry in view.story:
        names = entry.args.get("migrated", {}).get("renamed", {})
        now = {old: names.get(new, new) for old, new in now.items()} | dict(names)
    return now


def _before(view: CaseView, words: Words, earlier: Earlier) -> dict[str, Any]:
    """What a step cleared, in the order of the definition."""
    way = view.scene.workflow.ways[earlier.entry.transition]
    keys = [key for key in view.scene.workflow.definition.fields if key in earlier.values]
    return {
        "id": f"before-{earlier.entry.seq}",
        "title": t(
            "case.before",
            step=way.transition.title.get(language()),
            at=moment_text(earlier.entry.at, view.scene.zone),
        ),
        "paper": None,
        "rows": _facts(replace(view, values=earlier.values), words, keys),
    }


def people(view: CaseView, words: Words) -> list[dict[str, Any]]:
    """The people and employers on the file this reader may see: the names that a search finds, each with its role."""
    rows = []
    for key, declared in view.scene.workflow.definition.fields.items():
        value = view.values.get(key)
        if not declared.indexed or not value:
            continue
        title = declared.role.get(words.language) or declared.title.get(words.language)
        if declared.type is not FieldType.TABLE:
            rows.append({"name": value, "text": title})
            continue
        choices = [each for each in declared.columns.values() if each.type is FieldType.CHOICE]
        for row in value:
            role = words.value(choices[0], row.get(choices[0].key)) if choices else ""
            rows += [{"name": name, "text": dotted([title, role])} for _, name in declared.names((row,))]
    return rows


def _facts(view: CaseView, words: Words, keys: Iterable[str]) -> list[dict[str, Any]]:
    rows = (_fact(view, words, view.scene.workflow.definition.fields[key]) for key in keys)
    return [row for row in rows if row]


def _fact(view: CaseView, words: Words, declared: Field) -> dict[str, Any] | None:
    value = view.values.get(declared.key)
    row: dict[str, Any] = {"label": declared.title.get(language()), "sealed": False}
    if declared.key in view.scene.case.sealed and value is None:  # type: ignore[union-attr]
        return row | {"value": "", "sealed": True}
    if value is None:
        return None
    if declared.type is FieldType.TABLE:
        return row | {"value": _rows(words, declared, value)}
    if declared.type is FieldType.CASE:
        return row | {"value": kin.of_view(view).told(value)}
    return row | {"value": words.value(declared, value)}


def _rows(words: Words, declared: Field, value: Iterable[Any]) -> dict[str, Any]:
    columns = list(declared.columns.values())
    return {
        "columns": [each.title.get(language()) for each in columns],
        "rows": [[words.value(each, row.get(each.key)) for each in columns] for row in value],
    }


def _returned(view: CaseView, words: Words, name: str) -> dict[str, Any]:
    declared = view.scene.workflow.field(name)
    key = name.partition(".")[0]
    track = view.scene.workflow.definition.subcases[key]
    child = engine().library.newest(track.definition)
    inner = child.definition.fields.get(name.partition(".")[2]) if child else None
    label = inner.title.get(language()) if inner else name
    known_as = inner or declared
    text = words.value(known_as, view.values[name]) if known_as else str(view.values[name])
    return {"label": f"{track.title.get(language())}: {label}", "value": text}
