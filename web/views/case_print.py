"""A case on paper: where it stands, what is known sheet by sheet, and its story. Printing is recorded like every look."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for

from web import case_known, case_model, case_story, tracks
from web.people_names import names_in_full
from web.person import current, engine
from web.shell import shell
from web.texts import t
from web.views.case import open_view

blueprint = Blueprint("case_print", __name__)


@blueprint.get("/cases/<case>/print")
def page(case: str) -> Any:
    """What this person may see of the case, laid out for paper."""
    view = open_view(case, "print")
    names_in_full()
    me, words = current(), case_model.words_of(view)
    head = case_model.head(view, words)
    row = view.scene.case
    assert row is not None
    back = url_for("case.page", case=row.id)
    at = case_model.moment_text(engine().clock.now(), view.scene.zone)
    model = head | {
        "crumbs": [*head["crumbs"][:-1], {"label": row.reference, "href": back}, {"label": t("print.title")}],
        "standing": case_model.standing(view, words),
        "tracks": case_model.tracks(tracks.rows(view)) if view.scene.seen.children else None,
        "record": case_known.known(view, words),
        "story": case_story.story(view, words, "all") | {"short": None},
        "back": back,
        "foot": t("print.foot", at=at, name=me.name),
    }
    return render_template("case_print.html", page=model, shell=shell(me, "cases"))
