"""One's own preferences: whether mail comes, and which. The address is set by administrators and only shown."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for

from engine.store import mail, people
from web.mail_settings import MailSettings
from web.person import current, engine
from web.shell import shell
from web.texts import t

blueprint = Blueprint("preferences", __name__)


@blueprint.get("/preferences")
def page() -> Any:
    """The choices, and why no mail comes if none can."""
    return _page()


@blueprint.post("/preferences")
def keep() -> Any:
    """Keep the choice; only one's own."""
    chosen = request.form.get("mail", "")
    if chosen not in mail.CHOICES:
        return _page(t("preferences.choose_one")), 422
    with engine().database.write() as connection:
        mail.choose(connection, current().id, chosen)
    flash(t("preferences.kept"), "ok")
    return redirect(url_for("preferences.page"), 303)


def settings() -> MailSettings | None:
    """How this application's installation sends mail, if it does."""
    found: MailSettings | None = current_app.extensions["casework_mail"]
    return found


def digest_hour() -> str:
    """When the morning digest goes out, "07:00"."""
    row = engine().library.rows.settings.get("digest_hour")
    return f"{row.value if row else 7:02}:00"


def _page(fault: str = "") -> str:
    me = current()
    with engine().database.read() as connection:
        row = people.actor(connection, me.id)
    assert row is not None
    field = {
        "name": "mail",
        "type": "choice",
        "label": t("preferences.mail"),
        "required": True,
        "width": "full",
        "value": row.mail,
        "errors": [fault] if fault else [],
        "options": [
            {"value": each, "label": t(f"preferences.mail.{each}", hour=digest_hour())}
            for each in mail.CHOICES
        ],
    }
    model = {
        "title": t("preferences.title"),
        "subtitle": t("preferences.about"),
        "facts": [{"label": t("preferences.address"), "value": row.email or t("preferences.no_address")}],
        "notice": _why_not(row.email),
        "form": {
            "id": "preferences",
            "about": t("preferences.mail_about"),
            "action": url_for("preferences.keep"),
            "sections": [{"fields": [field]}],
            "refused": bool(fault),
            "submit": {"label": t("preferences.keep")},
            "cancel": {"label": t("form.cancel"), "href": url_for("work.page")},
        },
        "password": {"label": t("gate.choose"), "href": url_for("gate.password")},
    }
    return render_template("preferences.html", page=model, shell=shell(me))


def _why_not(address: str | None) -> dict[str, str] | None:
    """Why no mail comes, whatever is chosen."""
    if engine().library.rows.installation.kind == "demo":
        return {"kind": "info", "text": t("preferences.demo")}
    if settings() is None:
        return {"kind": "info", "text": t("preferences.not_configured")}
    return None if address else {"kind": "soon", "text": t("preferences.address_missing")}
