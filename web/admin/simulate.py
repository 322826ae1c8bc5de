"""The simulator: "be a case" of a published workflow, or of a draft. Values, steps and time that passes change nothing anywhere.

No case is read here, and none is written: what the page knows is what an administrator has typed into it.
"""

from __future__ import annotations

import re
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import BaseView, expose

from engine.store import drafts
from engine.workflow import Workflow
from schemas.load import load_definition
from web.admin.version_words import draft_href, version_href
from web.person import current, engine
from web.shell import shell
from web.texts import language, t
from web.trial_page import Answer
from workflows import catalogue
from workflows.grounds import of_engine

NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class SimulateView(BaseView):
    """One version of a workflow, or one draft, played."""

    def __init__(self) -> None:
        super().__init__(name="simulate", endpoint="admin_simulate", url="simulate")

    @expose("/", methods=("GET", "POST"))
    def index_view(self) -> Any:
        """A version as it was published: the case as it was left, and what opens."""
        id = request.args.get("id", "")
        definition, _, number = id.partition(",")
        if not NUMBER.fullmatch(number):
            abort(404)
        try:
            workflow = engine().library.workflow(definition, int(number))
        except KeyError:
            abort(404)
        about = t("simulate.about", title=workflow.definition.title.get(language()), number=number)
        here = {
            "label": t("admin.definitions.version_n", n=number),
            "href": version_href(definition, int(number)),
        }
        return self._played(workflow, url_for(".index_view", id=id), about, here)

    @expose("/draft/", methods=("GET", "POST"))
    def draft_view(self) -> Any:
        """A draft as it was saved last; one that does not hold together cannot be played."""
        id = request.args.get("id", "")
        with engine().database.read() as connection:
            draft = drafts.get(connection, id) or abort(404)
        loaded = load_definition(draft.text, catalogue.code_lists(), catalogue.functions())
        if loaded.definition is None:
            flash(t("simulate.broken"), "late")
            return redirect(draft_href(id), 303)
        workflow = Workflow(loaded.definition, 0, "")
        about = t("simulate.about_draft", title=loaded.definition.title.get(language()))
        here = {"label": t("admin.review.about"), "href": draft_href(id)}
        return self._played(workflow, url_for(".draft_view", id=id), about, here)

    def _played(self, workflow: Workflow, action: str, about: str, here: dict[str, str]) -> Any:
        """The page of any workflow. about: what is played; here: where one came from."""
        library = engine().library
        subcases = workflow.definition.subcases.items()
        tracks = {key: library.newest(each.definition) for key, each in subcases}
        ground = of_engine(engine(), workflow.definition.calendar)
        answer = Answer(workflow, ground, tracks, action, request.form.to_dict(flat=False))
        page = answer.page() | {
            "title": t("simulate.title"),
            "told_of": about,
            "crumbs": [
                {"label": t("admin.definitions.title"), "href": url_for("admin_definitions.index_view")},
                here,
                {"label": t("simulate.title")},
            ],
        }
        drawn = self.render("admin/simulate.html", page=page, shell=shell(current(), "admin", no_draft=True))
        return drawn, answer.status
