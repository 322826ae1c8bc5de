"""What cases are judged by: published definitions, to read; rule tables, whose values an administrator may change.

A changed value makes a new row of the table, in force from the day that is said. The old one stays, because old
events were decided by it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose

from engine.definition import report
from engine.store import reference
from engine.store.rows import DecisionTableRow
from schemas.load import load_table
from web.admin.forms import DATES, Refused
from web.admin.house import HouseView, saved, shown_day, shown_span, today
from web.admin.models import Definition, Table
from web.admin.table_text import with_values
from web.people_names import actor_name
from web.person import engine
from web.texts import language, t
from workflows import catalogue


class DefinitionView(HouseView):
    """Published workflows, every version."""

    key = "definitions"
    routes = ("index_view", "details_view")
    column_list = ("title", "number", "status", "published_at")
    column_sortable_list = ("number", "published_at")
    column_default_sort = ("published_at", True)

    def cells(self, row: Definition, known: Any) -> list[dict[str, Any]]:  # type: ignore[override]
        """Title, version, status, when and by whom."""
        published = row.status == "published"
        return [
            {"text": self.name_of(row), "small": row.definition, "href": url_for(".details_view", id=self.get_pk_value(row))},
            {"text": str(row.number), "small": row.sha256[:12]},
            {"chips": [{"kind": "ok" if published else "plain", "text": t(f"admin.definitions.{row.status}")}]},
            {"text": f"{row.published_at.astimezone(engine().library.zone):%d/%m/%Y %H:%M}", "small": _by(row.published_by)},
        ]

    def name_of(self, row: Definition) -> str:  # type: ignore[override]
        """Its title."""
        return str(row.plain.get("title", {}).get(language(), row.definition))

    @expose("/details/")
    def details_view(self) -> Any:
        """One version, as its author wrote it."""
        row = self.get_one(request.args.get("id", "")) or abort(404)
        page = {
            "title": self.name_of(row),
            "crumbs": [{"label": self.title(), "href": url_for(".index_view")}, {"label": self.name_of(row)}],
            "facts": [
                {"label": t("admin.definitions.number"), "value": str(row.number)},
                {"label": t("admin.definitions.status"), "value": t(f"admin.definitions.{row.status}")},
                {"label": t("admin.definitions.published_at"), "value": f"{row.published_at.astimezone(engine().library.zone):%d/%m/%Y %H:%M} · {_by(row.published_by)}"},
                {"label": t("admin.sha256"), "value": row.sha256},
            ],
            "source": row.source,
        }
        return self.render("admin/text.html", page=page)


class TableView(HouseView):
    """Rule tables, every text, with the values that may be changed."""

    key = "tables"
    routes = ("index_view", "values_view")
    column_list = ("title", "valid_from", "unconfirmed")
    column_sortable_list = ("valid_from",)
    column_default_sort = [("id", False), ("valid_from", True)]

    def cells(self, row: Table, known: Any) -> list[dict[str, Any]]:  # type: ignore[override]
        """Title, when in force, how many values no source has confirmed."""
        values = row.plain.get("values", [])
        unsure = sum(bool(each.get("unconfirmed")) for each in (*values, *row.plain["rules"]))
        return [
            {"text": self.name_of(row), "small": row.id, "href": url_for(".values_view", id=self.get_pk_value(row))},
            {"text": shown_span(row.valid_from, None if is_replaced(row) else row.valid_to), "chips": [_state(row)]},
            {"chips": [{"kind": "soon", "text": t("admin.tables.unsure", n=unsure)}]} if unsure else {"text": t("admin.tables.sure")},
        ]

    def name_of(self, row: Table) -> str:  # type: ignore[override]
        """Its title."""
        return str(row.plain.get("title", {}).get(language(), row.id))

    @expose("/values/", methods=("GET", "POST"))
    def values_view(self) -> Any:
        """The values as a form, the rules to read; saved as another text of the table."""
        row = self.get_one(request.args.get("id", "")) or abort(404)
        if request.method == "POST" and is_replaced(row):
            abort(404)
        wrong: dict[str, str] = {}
        if request.method == "POST":
            try:
                self._save(row)
            except Refused as refused:
                wrong = refused.faults
            else:
                flash(t("admin.saved"), "ok")
                return redirect(url_for(".index_view"), 303)
        return self.render("admin/table.html", page=self._page(row, wrong)), 422 if wrong else 200

    def _save(self, row: Table) -> None:
        start, values = _typed(row)
        texts = engine().library.rows.decision_tables[row.id]
        if start != row.valid_from and any(each.valid_from == start and not is_replaced(each) for each in texts):
            raise Refused(valid_from=t("admin.tables.day_taken"))
        text = with_values(row.source, start.isoformat(), values)
        loaded = load_table(text, catalogue.code_lists())
        if loaded.table is None or loaded.plain is None:
            raise Refused(**{"": " ".join(report.say(each, language()) for each in loaded.findings)})
        made = DecisionTableRow(
            id=row.id, valid_from=start, valid_to=loaded.table.valid_to, sha256=loaded.table.sha256, source=text, plain=loaded.plain
        )
        if any(each.sha256 == made.sha256 for each in texts):
            raise Refused(**{"": t("admin.tables.same")})
        with engine().database.write() as connection:
            reference.put_decision_table(connection, made)
        saved("tables")

    def _page(self, row: Table, wrong: dict[str, str]) -> dict[str, Any]:
        page: dict[str, Any] = {
            "title": self.name_of(row),
            "crumbs": [{"label": self.title(), "href": url_for(".index_view")}, {"label": self.name_of(row)}],
            "facts": [
                {"label": t("admin.tables.valid_from"), "value": shown_span(row.valid_from, None if is_replaced(row) else row.valid_to)},
                {"label": t("admin.tables.law"), "value": row.plain.get("law", "")},
                {"label": t("admin.sha256"), "value": row.sha256},
            ],
            "state": _state(row),
            "rules": [_rule(each, row.plain) for each in row.plain["rules"]],
        }
        if row.plain.get("values") and not is_replaced(row):
            page["form"] = self._form(row, wrong)
        return page

    def _form(self, row: Table, wrong: dict[str, str]) -> dict[str, Any]:
        typed = request.form if request.method == "POST" else {}
        sections: list[dict[str, Any]] = [_section(each, typed, wrong) for each in row.plain["values"]]
        start = {
            "name": "valid_from", "type": "date", "label": t("admin.tables.from"), "hint": t("admin.tables.from_hint"), "required": True,
            "value": typed.get("valid_from", shown_day(row.valid_from)), "errors": [wrong["valid_from"]] if "valid_from" in wrong else [],
        }  # fmt: skip
        return {
            "id": "values",
            "title": t("admin.tables.values"),
            "about": t("admin.tables.values_about"),
            "action": url_for(".values_view", id=self.get_pk_value(row)),
            "sections": [*sections, {"title": t("admin.tables.when"), "fields": [start]}],
            "errors": [{"text": wrong[""]}] if "" in wrong else [],
            "refused": bool(wrong),
            "submit": {"label": t("admin.tables.save")},
            "cancel": {"label": t("form.cancel"), "href": url_for(".index_view")},
            "confirm": t("admin.tables.confirm"),
        }


def is_replaced(row: Table | DecisionTableRow) -> bool:
    """Was another text put in its place from its very first day? Then it never holds."""
    return row.valid_to is not None and row.valid_to < row.valid_from


def _state(row: Table) -> dict[str, str]:
    if is_replaced(row):
        return {"kind": "plain", "text": t("admin.tables.replaced")}
    holding = engine().library.table(row.id, today())
    if holding is not None and holding.sha256 == row.sha256:
        return {"kind": "ok", "text": t("admin.tables.in_force")}
    return {"kind": "info" if row.valid_from > today() else "plain", "text": t("admin.tables.ahead" if row.valid_from > today() else "admin.tables.past")}


def _rule(rule: dict[str, Any], plain: dict[str, Any]) -> dict[str, Any]:
    results = {each["key"]: each.get("title", {}) for each in plain["results"]}
    return {
        "key": rule["key"],
        "title": rule.get("title", {}).get(language(), ""),
        "when": rule["when"],
        "then": results[rule["then"]].get(language(), rule["then"]),
        "law": rule.get("law", ""),
        "unconfirmed": rule.get("unconfirmed", False),
    }


# ------------------------------------------------------------------ values, typed and shown


def _section(value: dict[str, Any], typed: Any, wrong: dict[str, str]) -> dict[str, Any]:
    """Value, ground and mark of one value, in a line where there is room."""
    key, unsure = value["key"], value.get("unconfirmed", False)
    kind, shown = _shown(value["value"])
    long = kind == "long_text"
    title = value.get("title", {}).get(language(), key)
    names = {part: f"{part}-{key}" for part in ("value", "law", "unconfirmed")}
    fields: list[dict[str, Any]] = [
        {"type": kind, "label": t("admin.tables.value"), "value": shown, "required": True, "width": "half" if long else "quarter"}
        | ({"hint": t("admin.tables.list_hint"), "rows": min(8, shown.count("\n") + 2)} if long else {}),
        {"type": "text", "label": t("admin.tables.law"), "value": value.get("law", ""), "width": "quarter" if long else "half"},
        {"type": "boolean", "label": t("admin.tables.unconfirmed_field"), "value": "true" if unsure else "false", "required": True, "width": "quarter"},
    ]
    for field, name in zip(fields, names.values(), strict=True):
        field |= {"name": name, "value": typed.get(name, field["value"]), "errors": [wrong[name]] if name in wrong else []}
    return {"title": f"{title} · {t('admin.unconfirmed')}" if unsure else title, "fields": fields}


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


def _typed(row: Table) -> tuple[date, dict[str, dict[str, Any]]]:
    """First day and changed entries, as typed. Raises Refused with every fault."""
    wrong: dict[str, str] = {}
    start = _day(request.form.get("valid_from", ""))
    if start is None:
        wrong["valid_from"] = t("admin.fault.date")
    elif start < row.valid_from:
        wrong["valid_from"] = t("admin.tables.not_before", day=shown_day(row.valid_from))
    changed: dict[str, dict[str, Any]] = {}
    for value in row.plain["values"]:
        key = value["key"]
        try:
            entry = _entry(value)
        except (ValueError, InvalidOperation):
            wrong[f"value-{key}"] = t("admin.tables.not_like")
            continue
        if entry != _entry_of(value):
            changed[key] = entry
    if wrong or start is None:
        raise Refused(**wrong)
    return start, changed


def _entry(value: dict[str, Any]) -> dict[str, Any]:
    """The entry of a value as the form says it."""
    key = value["key"]
    return _said(
        _read(request.form.get(f"value-{key}", ""), value["value"]),
        value.get("title"),
        " ".join(request.form.get(f"law-{key}", "").split()),
        request.form.get(f"unconfirmed-{key}") == "true",
    )


def _entry_of(value: dict[str, Any]) -> dict[str, Any]:
    """The same as it stands."""
    return _said(_constant(value["value"]), value.get("title"), value.get("law", ""), value.get("unconfirmed", False))


def _said(value: Any, title: Any, law: str, unconfirmed: bool) -> dict[str, Any]:
    entry = {"value": value, "title": title, "law": law, "unconfirmed": unconfirmed}
    return {name: each for name, each in entry.items() if name == "value" or each}


def _constant(plain: Any) -> Any:
    match plain:
        case {"decimal": text}:
            return Decimal(text)
        case list():
            return [_constant(each) for each in plain]
    return plain


def _read(text: str, like: Any) -> Any:
    """What was typed, as the type of the present value. Raises ValueError or InvalidOperation."""
    text = text.strip()
    match like:
        case bool():
            return {"true": True, "false": False}[text] if text in ("true", "false") else int("")
        case int():
            return int(text.replace(".", "").replace(" ", ""))
        case {"decimal": _}:
            return Decimal(text.replace(",", "."))
        case list():
            lines = [line for line in text.splitlines() if line.strip()]
            return [_read(line, like[0] if like else "") for line in lines]
    if not text:
        raise ValueError
    return text


def _day(text: str) -> date | None:
    for shape in DATES:
        try:
            return datetime.strptime(text.strip(), shape).date()  # noqa: DTZ007 (a day has no time zone)
        except ValueError:
            continue
    return None


def _by(actor: str) -> str:
    return t("admin.definitions.shipped") if actor in ("demo", "init") else actor_name(actor)
