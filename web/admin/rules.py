"""What cases are judged by: rule tables, whose values an administrator may change.

A changed value makes a new row of the table, in force from the day that is said. The old one stays, because old
events were decided by it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose

from engine.definition import checks, report
from engine.definition.decision import DecisionTable, build_table
from engine.definition.findings import Finding
from engine.store import reference
from engine.store.rows import DecisionTableRow
from schemas.load import load_table
from web.admin.forms import Refused
from web.admin.house import HouseView, saved, shown_span, today
from web.admin.models import Table
from web.admin.table_form import form_of, typed_values
from web.admin.table_grid import grid
from web.admin.table_text import with_values
from web.laws import law_text
from web.person import engine
from web.texts import language, t
from workflows import catalogue


class TableView(HouseView):
    """Rule tables, every text, with the values that may be changed."""

    key = "tables"
    routes = ("index_view", "values_view")
    column_list = ("title", "valid_from", "unconfirmed")
    column_sortable_list = ("valid_from",)
    column_default_sort: ClassVar[Any] = [("id", False), ("valid_from", True)]

    def cells(self, row: Table, known: Any) -> list[dict[str, Any]]:
        """Title, when in force, how many values no source has confirmed."""
        values = row.plain.get("values", [])
        unsure = sum(bool(each.get("unconfirmed")) for each in (*values, *row.plain["rules"]))
        return [
            {"text": self.name_of(row), "small": row.id, "href": self._address(row)},
            {
                "text": shown_span(row.valid_from, None if is_replaced(row) else row.valid_to),
                "chips": [_state(row)],
            },
            {"chips": [{"kind": "soon", "text": t("admin.tables.unsure", n=unsure)}]}
            if unsure
            else {"text": t("admin.tables.sure")},
        ]

    def name_of(self, row: Table) -> str:
        """Its title."""
        return str(row.plain.get("title", {}).get(language(), row.id))

    def _address(self, row: Table) -> str:
        return url_for(".values_view", id=self.get_pk_value(row))

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
        start, values = typed_values(row)
        texts = engine().library.rows.decision_tables[row.id]
        if start != row.valid_from and any(
            each.valid_from == start and not is_replaced(each) for each in texts
        ):
            raise Refused(valid_from=t("admin.tables.day_taken"))
        text = with_values(row.source, start.isoformat(), values)
        loaded = load_table(text, catalogue.code_lists())
        found = _gaps(loaded.table) if loaded.table else loaded.findings
        if loaded.table is None or loaded.plain is None or found:
            raise Refused(**{"": " ".join(report.say(each, language()) for each in found)})
        made = DecisionTableRow(
            id=row.id,
            valid_from=start,
            valid_to=loaded.table.valid_to,
            sha256=loaded.table.sha256,
            source=text,
            plain=loaded.plain,
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
                {
                    "label": t("admin.tables.valid_from"),
                    "value": shown_span(row.valid_from, None if is_replaced(row) else row.valid_to),
                },
                {"label": t("admin.tables.law"), "value": law_text(row.plain.get("law", ""))},
                {"label": t("admin.sha256"), "value": row.sha256},
            ],
            "state": _state(row),
            "grid": grid(build_table(row.plain)),
        }
        if row.plain.get("values") and not is_replaced(row):
            page["form"] = form_of(row, self._address(row), url_for(".index_view"), wrong)
        return page


def _gaps(table: DecisionTable) -> list[Finding]:
    """For which values the table would have no answer. That a rule never applies with these values may be meant."""
    return [each for each in checks.of_table(table) if not each.variant]


def is_replaced(row: Table | DecisionTableRow) -> bool:
    """Was another text put in its place from its very first day? Then it never holds."""
    return row.valid_to is not None and row.valid_to < row.valid_from


def _state(row: Table) -> dict[str, str]:
    if is_replaced(row):
        return {"kind": "plain", "text": t("admin.tables.replaced")}
    holding = engine().library.table(row.id, today())
    if holding is not None and holding.sha256 == row.sha256:
        return {"kind": "ok", "text": t("admin.tables.in_force")}
    return {
        "kind": "info" if row.valid_from > today() else "plain",
        "text": t("admin.tables.ahead" if row.valid_from > today() else "admin.tables.past"),
    }
