"""Mails as administrators see them: to whom, what kind, what became of it. No text and no address of a mail is kept.

Whether mail is set up at all is said here too; how, stands in the guide of operators.
"""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_admin import BaseView, expose

from engine.store import mail
from web.admin.house import sections
from web.case_model import moment_text
from web.person import current, engine
from web.shell import shell
from web.texts import catalogue, t
from web.views.preferences import settings

SHOWN = 100
LOOKS = {"waiting": "soon", "sent": "ok", "failed": "late", "dropped": "plain"}


class MailsView(BaseView):
    """The newest mails."""

    def __init__(self) -> None:
        super().__init__(name="mails", endpoint="admin_mails", url="mails")

    @expose("/")
    def index_view(self) -> Any:
        """The list, and whether mail is set up."""
        with engine().database.read() as connection:
            rows = mail.lately(connection, SHOWN)
        about = t("admin.mails.about") if settings() else t("admin.mails.off")
        columns = ("actor", "kind", "state", "created")
        page = {
            "title": t("admin.mails.title"),
            "subtitle": about,
            "tabs": sections("mails"),
            "columns": [{"label": t(f"admin.mails.{each}")} for each in columns],
            "rows": [self._cells(row) for row in rows],
            "empty": {"title": t("admin.mails.empty"), "text": t("admin.mails.empty_text")},
        }
        return self.render("admin/list.html", page=page, shell=shell(current(), "admin"))

    def _cells(self, row: Any) -> list[dict[str, Any]]:
        zone = engine().library.zone
        state: dict[str, Any] = {
            "chips": [{"kind": LOOKS[row.state], "text": t(f"admin.mails.state.{row.state}")}]
        }
        if row.code:
            state["small"] = fault_text(row.code)
        return [
            {"text": row.name, "href": url_for("admin_actors.edit_view", id=row.actor)},
            {"text": t(f"admin.mails.kind.{row.kind}")},
            state,
            {
                "text": moment_text(row.created_at, zone),
                "small": t("admin.mails.attempts", n=row.attempts) if row.attempts > 1 else None,
            },
        ]


def fault_text(code: str) -> str:
    """The sentence of why a mail was not sent, with the number the server answered."""
    name, _, number = code.partition(":")
    key = f"mail.fault.{name}"
    text = t(key) if catalogue().has(key) else t("mail.fault.other", code=name)
    return f"{text} ({number})" if number.isdigit() else text
