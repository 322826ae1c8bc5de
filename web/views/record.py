"""The full record of one case for supervisors: every event with its hash, every time limit, everyone who looked.

Reading it is itself recorded. What is sealed from this reader stays sealed here too.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, url_for

from engine.reading import CaseView
from engine.store.reads import limits_of, reads_of
from engine.words import Words
from web import case_model, case_story
from web.people_names import actor_name, names_in_full
from web.person import current, engine
from web.shell import SUPERVISING, function_name, shell
from web.texts import capitalised, catalogue, dotted, t
from web.views.case import open_view

blueprint = Blueprint("record", __name__)
READS = 200


@blueprint.get("/cases/<case>/record")
def page(case: str) -> Any:
    """The record, oldest event first."""
    me = current()
    if not me.functions & SUPERVISING:
        abort(404)
    view = open_view(case, "full record")
    names_in_full()
    words = case_model.words_of(view)
    head = case_model.head(view, words)
    row = view.scene.case
    assert row is not None
    with engine().database.read() as connection:
        limits = limits_of(connection, row.root, row.id)
        reads = reads_of(connection, row.root, row.id, READS)
    crumbs = [*head["crumbs"][:-1], {"label": row.reference, "href": url_for("case.page", case=row.id)}]
    model = {
        "title": t("record.title", name=head["title"]),
        "window": t("record.title", name=row.reference),
        "subtitle": row.reference,
        "crumbs": [*crumbs, {"label": t("record.crumb")}],
        "seal": case_story.seal(view),
        "flaws": [each.say(words.language) for each in view.flaws],
        "parts": [
            {
                "title": t("record.events"),
                "columns": _labels("event"),
                "rows": [_event(view, words, n) for n in range(len(view.story))],
            },
            {
                "title": t("record.limits"),
                "columns": _labels("limit"),
                "rows": [_limit(view, words, each) for each in limits],
            },
            {
                "title": t("record.reads"),
                "columns": _labels("read"),
                "rows": [_read(view, each) for each in reads],
            },
        ],
    }
    return render_template("record.html", page=model, shell=shell(me, "cases"))


COLUMNS = {
    "event": ("seq", "at", "who", "what", "hash"),
    "limit": ("limit", "started", "due", "ended", "missed"),
    "read": ("at", "who", "looked"),
}


def _labels(part: str) -> list[str]:
    return [t(f"record.{key}") for key in COLUMNS[part]]


def _event(view: CaseView, words: Words, number: int) -> list[str]:
    entry = view.story[number]
    return [
        str(entry.seq),
        case_model.moment_text(entry.at, view.scene.zone),
        dotted((actor_name(entry.actor), function_name(entry.function))),
        capitalised(case_story.sentence(view, words, entry)),
        entry.leaf[:16],
    ]


def _limit(view: CaseView, words: Words, row: Any) -> list[str]:
    zone = view.scene.zone
    return [
        case_model.limit_told(words, row.scope, row.state, row.key),
        case_model.moment_text(row.start_at, zone),
        f"{case_model.moment_text(row.due_at, zone)} · {case_model.limit_why(words, row.scope, row.rule)}",
        _end(view, row),
        case_model.moment_text(row.breached_at, zone) if row.breached_at else "",
    ]


def _end(view: CaseView, row: Any) -> str:
    """When and how a limit ended. One counted from a day in the case, such as the end of the plan, may end before it."""
    if row.ended_at is None:
        return t("record.runs") if row.start_at <= view.scene.now else t("record.not_begun")
    ended = f"{case_model.moment_text(row.ended_at, view.scene.zone)} · {t(f'ended.{row.ended_how}')}"
    return ended if row.start_at <= row.ended_at else t("record.before_it_began", ended=ended)


def _read(view: CaseView, row: Any) -> list[str]:
    return [
        case_model.moment_text(row.at, view.scene.zone),
        actor_name(row.actor),
        _looked(row.what),
    ]


def _looked(what: str) -> str:
    """What kind of look it was; one that has no name here is called as it was recorded."""
    key = f"look.{'cli' if what.startswith('cli ') else what.replace(' ', '_')}"
    return t(key) if catalogue().has(key) else what
