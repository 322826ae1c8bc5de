"""What the gate shows: signing in, choosing a password, and the refusal of strangers. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, render_template, request, url_for

from web import accounts
from web.demo_doors import doors, is_open_here
from web.onward import came_from
from web.shell import shell
from web.texts import t

NONE: Mapping[str, str] = {}


def sign_in(onward: str, errors: Mapping[str, str] = NONE, general: str = "") -> str:
    """The sign-in page. onward: where to go afterwards. errors: a sentence by field; general: one for all of it."""
    wrong = bool(errors or general)
    name: dict[str, Any] = {
        "name": "username",
        "type": "text",
        "label": t("gate.username"),
        "autocomplete": "username",
    }
    name |= {"value": request.form.get("username", ""), "autofocus": not wrong}
    fields = [name, {"name": "password", "type": "password", "label": t("gate.password")}]
    form = {
        **_form("sign-in", "gate.sign_in", [_needed(each, errors) for each in fields], onward),
        "errors": [{"text": general, "href": "#f-username"}] if general else [],
        "refused": wrong,
        "submit": {"label": t("gate.sign_in")},
        "foot": t("gate.forgotten"),
    }
    demo = doors(url_for("gate.demo_sign_in"), onward) if is_open_here() else None
    return _page({"title": t("gate.sign_in"), "form": form, "demo": demo})


def password(username: str, onward: str, errors: Mapping[str, str] = NONE) -> str:
    """The page on which one chooses one's own password; whoever is signed in also gives the present one."""
    # The name is shown so that a password manager knows whose password it is to keep.
    name: dict[str, Any] = {
        "name": "username",
        "type": "text",
        "label": t("gate.username"),
        "value": username,
    }
    name |= {"readonly": True, "autocomplete": "username"}
    fields = [
        {"name": "new", "label": t("gate.new"), "hint": t("gate.new_hint", least=accounts.LEAST)},
        {"name": "again", "label": t("gate.again")},
    ]
    fields = [{"type": "password", "autocomplete": "new-password"} | each for each in fields]
    if g.person:
        fields.insert(0, {"name": "present", "type": "password", "label": t("gate.present")})
    form = {
        **_form("password", "gate.password", [name, *(_needed(each, errors) for each in fields)], onward),
        "refused": bool(errors),
        "submit": {"label": t("gate.choose_send")},
    }
    if g.person:
        form["cancel"] = {"label": t("form.cancel"), "href": url_for("work.page")}
    form["about"] = t("gate.choose_about") if g.person else t("gate.choose_first")
    return _page({"title": t("gate.choose"), "form": form})


def stranger() -> str:
    """What somebody sees who sends something without being signed in; the way in leads back to the form."""
    onward = came_from(request.referrer, request.host)
    page = {
        "code": 401,
        "title": t("gate.strange"),
        "text": t("gate.strange_text"),
        "todo": t("gate.strange_todo"),
        "request_id": g.get("request_id", ""),
        "ways": [
            {"label": t("gate.sign_in"), "href": url_for("gate.sign_in", next=onward), "style": "primary"}
        ],
    }
    return render_template("error.html", page=page, shell=shell(None, keep_drafts=True))


def _page(page: dict[str, Any]) -> str:
    return render_template("sign_in.html", page=page, shell=shell(None, keep_drafts=True))


def _form(id: str, endpoint: str, fields: list[dict[str, Any]], onward: str) -> dict[str, Any]:
    hidden = [{"name": "next", "value": onward}]
    return {"id": id, "action": url_for(endpoint), "hidden": hidden, "sections": [{"fields": fields}]}


def _needed(field: dict[str, Any], errors: Mapping[str, str]) -> dict[str, Any]:
    return field | {"required": True, "errors": [errors[field["name"]]] if field["name"] in errors else []}
