"""The values of a rule table as a form, and what was typed in it as values of the same types.

Numbers are written as in Vietnam: dots between thousands, a comma before decimals. What becomes of them is
rules.py's business.
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
from web.texts import language, t

PARTS = ("value", "law", "unconfirmed")
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
        "sections": [*(_section(each, typed, wrong) for each in row.plain["values"]), when],
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
            entry = _typed_entry(value)
        except ValueError:
            wrong[f"value-{value['key']}"] = t("admin.tables.not_like")
            continue
        if entry != _present_entry(value):
            changed[value["key"]] = entry
    if wrong or start is None:
        raise Refused(**wrong)
    return start, changed


# ------------------------------------------------------------------ shown


def _section(value: Mapping[str, Any], typed: Mapping[str, str], wrong: Mapping[str, str]) -> dict[str, Any]:
    """Value, ground and mark of one value, in a line where there is room."""
    kind, shown = _shown(value["value"])
    long = kind == "long_text"
    number: dict[str, Any] = {
        "type": kind,
        "label": t("admin.tables.value"),
        "value": shown,
        "required": True,
    }
    number |= {"width": "half" if long else "quarter"}
    if long:
        number |= {"hint": t("admin.tables.list_hint"), "rows": min(8, shown.count("\n") + 2)}
    law = {"type": "text", "label": t("admin.tables.law"), "value": value.get("law", "")}
    law |= {"width": "quarter" if long else "half"}
    unsure = value.get("unconfirmed", False)
    mark = {"type": "boolean", "label": t("admin.tables.unconfirmed_field"), "required": True}
    mark |= {"value": "true" if unsure else "false", "width": "quarter"}
    fields = [
        _filled(field | {"name": f"{part}-{value['key']}"}, typed, wrong)
        for part, field in zip(PARTS, (number, law, mark), strict=True)
    ]
    title = value.get("title", {}).get(language(), value["key"])
    return {"title": f"{title} · {t('admin.unconfirmed')}" if unsure else title, "fields": fields}


def _filled(field: dict[str, Any], typed: Mapping[str, str], wrong: Mapping[str, str]) -> dict[str, Any]:
    name = field["name"]
    return field | {
        "value": typed.get(name, field["value"]),
        "errors": [wrong[name]] if name in wrong else [],
    }


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


def _typed_entry(value: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of a value as the form says it. Raises ValueError."""
    typed = {part: request.form.get(f"{part}-{value['key']}", "") for part in PARTS}
    law = " ".join(typed["law"].split())
    return _entry(_read(typed["value"], value["value"]), value, law, typed["unconfirmed"] == "true")


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
