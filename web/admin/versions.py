"""Workflows as administrators see them: every version, who published it, and what became of it."""

from __future__ import annotations

from typing import Any

from flask import abort, request, url_for
from flask_admin import expose

from web.admin.house import HouseView
from web.admin.models import Definition
from web.people_names import actor_name
from web.person import engine
from web.texts import language, t


class DefinitionView(HouseView):
    """Published workflows, every version."""

    key = "definitions"
    routes = ("index_view", "details_view")
    column_list = ("title", "number", "status", "published_at")
    column_sortable_list = ("number", "published_at")
    column_default_sort = ("published_at", True)

    def cells(self, row: Definition, known: Any) -> list[dict[str, Any]]:
        """Title, version, status, when and by whom."""
        published = row.status == "published"
        return [
            {
                "text": self.name_of(row),
                "small": row.definition,
                "href": url_for(".details_view", id=self.get_pk_value(row)),
            },
            {"text": str(row.number), "small": row.sha256[:12]},
            {
                "chips": [
                    {"kind": "ok" if published else "plain", "text": t(f"admin.definitions.{row.status}")}
                ]
            },
            {
                "text": f"{row.published_at.astimezone(engine().library.zone):%d/%m/%Y %H:%M}",
                "small": _by(row.published_by),
            },
        ]

    def name_of(self, row: Definition) -> str:
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
                {
                    "label": t("admin.definitions.published_at"),
                    "value": f"{row.published_at.astimezone(engine().library.zone):%d/%m/%Y %H:%M} · {_by(row.published_by)}",
                },
                {"label": t("admin.sha256"), "value": row.sha256},
            ],
            "source": row.source,
        }
        return self.render("admin/text.html", page=page)


def _by(actor: str) -> str:
    return t("admin.definitions.shipped") if actor in ("demo", "init") else actor_name(actor)
