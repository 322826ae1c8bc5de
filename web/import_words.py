"""What is to be said of a file, a sheet and its rows, in words: sentences of messages/import.*, names filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.importing import Reason
from engine.importing.reasons import reason_of
from engine.text import messages
from engine.words import Words
from schemas.sheets import Unreadable
from web.case_model import limit_title
from web.texts import capitalised


def of_file(words: Words, fault: Unreadable) -> str:
    """Why a file cannot be taken, and what to do."""
    params = dict(fault.params)
    if fault.code == "no_headers":
        params["fields"] = params.pop(words.language)
    return messages().say(words.language, f"import.file.{fault.code}", **_named(words, params))


def of_note(words: Words, note: Mapping[str, Any]) -> str:
    """Something to know of the sheet as a whole."""
    return messages().say(words.language, f"import.note.{note['code']}", **_named(words, note["params"]))


def of_reason(words: Words, plain: Mapping[str, Any]) -> str:
    """What is to be said of a row: at which column, what, and what to do."""
    reason = reason_of(plain)
    own = f"import.cell.{reason.code}"
    if not messages().has(own):
        return _at(words, reason, words.blocker(reason.blocker), titled=False)
    params = _named(words, reason.params, reason.field)
    return _at(words, reason, messages().say(words.language, own, **params), titled=True)


def is_warning(plain: Mapping[str, Any]) -> bool:
    """Is it to be looked at, and no refusal?"""
    return bool(plain.get("warning"))


def _at(words: Words, reason: Reason, text: str, *, titled: bool) -> str:
    if not reason.column:
        return capitalised(text)
    place = "cell" if titled and reason.field else "column"
    label = words.label(reason.field) if reason.field else ""
    return messages().say(words.language, f"import.at.{place}", column=reason.column, field=label, text=text)


def _named(words: Words, params: Mapping[str, Any], field: str = "") -> dict[str, Any]:
    """Names in place of keys."""
    found = dict(params)
    for name, value in params.items():
        match name:
            case "field" if value:
                found[name] = words.label(value)
            case "fields" if isinstance(value, (tuple, list)):
                found[name] = ", ".join(f"“{words.label(each)}”" for each in value)
            case "area" | "was" if value:
                found[name] = words.names("area", value)
            case "limit":
                found[name] = limit_title(words, value["scope"], value["state"], value["key"])
            case "areas":
                found[name] = ", ".join(words.names("area", each) for each in value)
            case "option" if value and field in words.workflow.definition.fields:
                found[name] = words.value(words.workflow.definition.fields[field], value)
    return found
