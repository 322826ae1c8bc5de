"""Inbox: what the system told this person, newest first. A notice names a case by its number, never a child."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from engine.definition.model import Text
from engine.store import inbox
from engine.words import Words
from web.case_model import limit_title, moment_text, name_of
from web.person import current, engine
from web.shell import area_name, shell
from web.texts import language, t

blueprint = Blueprint("inbox", __name__)
SHOWN = 50


@blueprint.get("/inbox")
def page() -> Any:
    """Unread notices, or all of them."""
    me = current()
    everything = request.args.get("list") == "all"
    with engine().database.read() as connection:
        unread = inbox.count_unread(connection, me.id)
        rows = inbox.notices(connection, me.id, unread_only=not everything, limit=SHOWN)
    model = {
        "title": t("menu.inbox"),
        "subtitle": t("inbox.subtitle", n=unread),
        "tabs": [
            {
                "label": t("inbox.unread"),
                "href": url_for("inbox.page"),
                "here": not everything,
                "count": unread,
            },
            {"label": t("inbox.all"), "href": url_for("inbox.page", list="all"), "here": everything},
        ],
        "rows": [_row(each) for each in rows],
        "empty": {
            "title": t("inbox.empty"),
            "text": t("inbox.empty_text"),
            "href": url_for("work.page"),
            "label": t("menu.work"),
        },
    }
    return render_template("inbox.html", page=model, shell=shell(me, "inbox"))


@blueprint.post("/inbox/<notice>/read")
def read(notice: str) -> Any:
    """Put one notice away; only one's own."""
    with engine().database.write() as connection:
        inbox.mark_read(connection, current().id, notice, engine().clock.now())
    return redirect(url_for("inbox.page"), 303)


def _row(row: Any) -> dict[str, Any]:
    workflow = engine().library.workflow(row.definition, row.definition_number)
    zone = engine().library.zone
    words = Words(workflow, language(), name_of, zone)
    return {
        "title": _title(words, row.kind, dict(row.params)),
        "href": url_for("case.page", case=row.case_id),
        "number": row.reference,
        "at": row.at.isoformat(),
        "when": moment_text(row.at, zone),
        "place": area_name(row.area),
        "text": t("notice.state", state=words.state(row.state)),
        "chips": [
            {
                "kind": "late" if row.kind in ("breach", "escalation") else "info",
                "text": t(f"notice.{row.kind}.chip"),
            }
        ],
        "ways": [{"label": t("inbox.put_away"), "post": {"action": url_for("inbox.read", notice=row.id)}}]
        if row.read_at is None
        else [],
    }


def _title(words: Words, kind: str, params: dict[str, Any]) -> str:
    """What a notice tells: of a time limit, of a track, or the sentence a step of the definition has for it."""
    definition = words.workflow.definition
    if kind == "notify":
        effect = definition.transitions[params["transition"]].do[params["effect"]]
        said: Text = effect.arguments["say"]
        return said.get(words.language)
    if kind == "returned":
        title = definition.subcases[params["subcase"]].title.get(words.language)
    else:
        title = limit_title(words, params["scope"], params["state"], params["key"])
    return t(f"notice.{kind}", title=title)
