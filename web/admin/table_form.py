"""The values of a rule table as a form, and what was typed in it as values of the same types.

Numbers are written as in Vietnam: dots between thousands, a comma before decimals. A list in which the rules look for
a choice is ticked among the options of that choice. What becomes of it all is rules.py's business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import request

from web.admin.forms import DATES, Refused, whole
from web.admin.house import shown_day
from web.admin.models import Table
from web.laws import law_text
from web.texts import language, t

PARTS = ("value", "law", "unconfirmed")
FEW = 8  # options that stand there whether chosen or not
_DECIMAL = re.compile(r"-?\d{1,12}(?:,\d{1,6}|\.\d{1,2})?")  # 1.500 could be meant either way


def form_of(row: Table, action: str, cancel: str, wrong: Mapping[str, str]) -> dict[str, Any]:
    """The form, as it was typed if it was. wrong: a sentence by field, "" for all of it."""
    typed = request.form if request.method == "POST" else {}
    start = {
        "name": "valid_from",
        "type": "date",
        "label": t("admin.tables.from"),
        "hint": t("admin.tables.from_hint"),
        "required": True,
        "value": shown_day(row.valid_from),
    }
    when = {"title": t("admin.tables.when"), "fields": [_filled(start, typed, wrong)]}
    return {
        "id": "values",
        "title": t("admin.tables.values"),
        "about": t("admin.tables.values_about"),
        "action": action,
        "sections": [*(_section(each, row.plain, typed, wrong) for each in row.plain["values"]), when],
        "errors": [{"text": wrong[""]}] if "" in wrong else [],
        "refused": bool(wrong),
        "submit": {"label": t("admin.tables.save")},
        "cancel": {"label": t("form.cancel"), "href": cancel},
        "confirm": t("admin.tables.confirm"),
    }


def typed_values(row: Table) -> tuple[date, dict[str, dict[str, Any]]]:
    """First day and changed entries, as typed. Raises Refused with every fault."""
    wrong: dict[str, str] = {}
    start = _day(request.form.get("valid_from", ""))
    if start is None:
        wrong["valid_from"] = t("admin.fault.date")
    elif start < row.valid_from:
        wrong["valid_from"] = t("admin.tables.not_before", day=shown_day(row.valid_from))
    changed: dict[str, dict[str, Any]] = {}
    for value in row.plain["values"]:
        try:
            entry = _typed_entry(value, row.plain)
        except ValueError:
            wrong[f"value-{value['key']}"] = t("admin.tables.not_like")
            continue
        if entry != _present_entry(value):
            changed[value["key"]] = entry
    if wrong or start is None:
        raise Refused(**wrong)
    return start, changed


# ------------------------------------------------------------------ shown


def _section(value: Mapping[str, Any], table: Any, typed: Any, wrong: Mapping[str, str]) -> dict[str, Any]:
    """Value, ground and mark of one value, in a line where there is room."""
    content: dict[str, Any] = {"label": t("admin.tables.value"), "required": True}
    options = _options(value["key"], table)
    kind, shown = _shown(value["value"])
    if options:
        content |= {"type": "choices", "value": value["value"], "options": options, "required": False}
    elif kind == "long_text":
        rows = min(8, shown.count("\n") + 2)
        content |= {"type": kind, "value": shown, "hint": t("admin.tables.list_hint"), "rows": rows}
    else:
        content |= {"type": kind, "value": shown, "width": "quarter"}
    law = {"type": "text", "label": t("admin.tables.law"), "value": law_text(value.get("law", ""))}
    law |= {"width": "half"}
    unsure = value.get("unconfirmed", False)
    mark = confirmation() | {"label": t("admin.tables.unconfirmed_field"), "required": True}
    mark |= {"value": "true" if unsure else "false", "width": "quarter"}
    fields = [
        _filled(field | {"name": f"{part}-{value['key']}"}, typed, wrong)
        for part, field in zip(PARTS, (content, law, mark), strict=True)
    ]
    title = value.get("title", {}).get(language(), value["key"])
    return {"title": f"{title} · {t('admin.unconfirmed')}" if unsure else title, "fields": fields}


def confirmation() -> dict[str, Any]:
    """How a field `unconfirmed` is drawn: nobody has to say no to a "not"."""
    labels = {"false": t("admin.confirmed.yes"), "true": t("admin.confirmed.no")}
    return {"type": "choice", "options": [{"value": key, "label": each} for key, each in labels.items()]}


def _options(key: str, table: Mapping[str, Any]) -> list[dict[str, str]]:
    """What may stand in the list `key`: the options of what the rules look for in it, as of `job` in "job in light_jobs"."""
    looks = re.compile(rf"\b(\w+)\s+(?:not\s+)?in\s+{key}\b")
    sought = {name for rule in table["rules"] for name in looks.findall(rule["when"])}
    inputs = (field for each in table["inputs"] for field in (each, *each.get("columns", ())))
    found = next((each["options"] for each in inputs if each["key"] in sought and "options" in each), ())
    return [{"value": each["key"], "label": each["title"][language()]} for each in found]


def _filled(field: dict[str, Any], typed: Any, wrong: Mapping[str, str]) -> dict[str, Any]:
    name, value = field["name"], field["value"]
    if typed:
        value = typed.getlist(name) if field["type"] == "choices" else typed.get(name, value)
    if field["type"] == "choices" and len(field["options"]) > FEW:
        field |= {"fold": t("admin.tables.not_in", n=len(field["options"]) - len(value))}
    return field | {"value": value, "errors": [wrong[name]] if name in wrong else []}


def _shown(value: Any) -> tuple[str, str]:
    """(type of the field, what stands in it)."""
    match value:
        case bool():
            return "boolean", "true" if value else "false"
        case int():
            return "integer", f"{value:,}".replace(",", ".")
        case {"decimal": text}:
            return "decimal", text.replace(".", ",")
        case list():
            return "long_text", "\n".join(_shown(each)[1] for each in value)
    return "text", str(value)


# ------------------------------------------------------------------ typed


def _typed_entry(value: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of a value as the form says it. Raises ValueError."""
    typed = {part: request.form.get(f"{part}-{value['key']}", "") for part in PARTS}
    options = [each["value"] for each in _options(value["key"], table)]
    content = (
        _ticked(request.form.getlist(f"value-{value['key']}"), options, value["value"])
        if options
        else _read(typed["value"], value["value"])
    )
    return _entry(
        content, value, typed_law(typed["law"], value.get("law", "")), typed["unconfirmed"] == "true"
    )


def typed_law(typed: str, present: str) -> str:
    """The ground as it is to be kept: the present short form, if that is what the words on the screen still say."""
    typed = " ".join(typed.split())
    return present if law_text(typed) == law_text(present) else typed


def _present_entry(value: Mapping[str, Any]) -> dict[str, Any]:
    """The same as it stands."""
    return _entry(_constant(value["value"]), value, value.get("law", ""), value.get("unconfirmed", False))


def _entry(content: Any, value: Mapping[str, Any], law: str, unconfirmed: bool) -> dict[str, Any]:
    entry = {"value": content, "title": value.get("title"), "law": law, "unconfirmed": unconfirmed}
    return {name: each for name, each in entry.items() if name == "value" or each}


def _constant(plain: Any) -> Any:
    match plain:
        case {"decimal": text}:
            return Decimal(text)
        case list():
            return [_constant(each) for each in plain]
    return plain


def _ticked(typed: list[str], options: list[str], present: list[str]) -> list[str]:
    """What was ticked; what stays keeps its place. Raises ValueError."""
    if not set(typed) <= set(options):
        raise ValueError(typed)
    kept = [each for each in present if each in typed]
    return kept + [each for each in options if each in typed and each not in kept]


def _read(text: str, like: Any) -> Any:
    """What was typed, as the type of the present value. Raises ValueError."""
    text = text.strip()
    match like:
        case bool() if text in ("true", "false"):
            return text == "true"
        case int() if not isinstance(like, bool):
            return whole(text)
        case {"decimal": _} if _DECIMAL.fullmatch(text):
            return Decimal(text.replace(",", "."))
        case list():
            return [_read(line, like[0] if like else "") for line in text.splitlines() if line.strip()]
        case str() if text:
            return text
    raise ValueError(text)


def _day(text: str) -> date | None:
    for shape in DATES:
        try:
            return datetime.strptime(text.strip(), shape).date()  # noqa: DTZ007 (a day has no time zone)
        except ValueError:
            continue
    return None
