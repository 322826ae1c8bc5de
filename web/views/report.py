"""New report: opening a case by the form its definition declares. Who the child is need not be known."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from uuid_utils.compat import uuid7

from engine import Command
from engine.commands import OPEN
from engine.definition.model import FieldType
from engine.words import Words
from engine.workflow import Workflow
from web import similar
from web.case_model import name_of
from web.choices import Choices
from web.person import Person, current, engine
from web.shell import shell
from web.step_form import Part, Typed, form_data, refused, take
from web.texts import language, t

blueprint = Blueprint("report", __name__)


@blueprint.get("/new")
def page() -> Any:
    """An empty form of the one workflow this person may open, or of the one asked for."""
    return _render(_workflow(current()), None)


@blueprint.post("/new")
def send() -> Any:
    """Open the case. Refused: the form as it was typed, every reason beside its field."""
    me = current()
    workflow = _workflow(me)
    words = _words(workflow)
    parts = _parts(workflow, words)
    raw = request.form.to_dict(flat=False)
    typed = take(parts, raw, engine().library.zone)
    if "_similar" in raw:
        return _render(workflow, typed, similar.of_report(workflow, typed.values))
    if "_add_row" in raw:
        return _render(workflow, typed)
    if not typed.errors and not typed.general:
        command = _uuid("_command")
        outcome = engine().apply(
            Command(
                id=command,
                case=_uuid("_case"),
                trigger=OPEN,
                actor=me.id,
                definition=workflow.definition.id,
                values=typed.values,
                session=g.session_hash,
                request=g.request_id,
            )  # fmt: skip
        )
        if outcome.applied:
            flash(t("report.done", number=outcome.reference), "ok")
            seen = engine().view(outcome.case, me.id, "opened", g.request_id)
            return redirect(url_for("case.page", case=outcome.case) if seen else url_for("report.page"), 303)
        refused(typed, outcome.blockers, parts, words)
    return _render(workflow, typed), 422


@blueprint.post("/new/similar")
def similar_cases() -> str:
    """The panel of cases that may be about the same person, alone: what is typed is kept nowhere."""
    workflow = _workflow(current())
    typed = take(_parts(workflow, _words(workflow)), request.form.to_dict(flat=False), engine().library.zone)
    return render_template("similar_found.html", found=similar.of_report(workflow, typed.values))


def _workflow(me: Person) -> Workflow:
    """The stand-alone workflow this person may open cases of; 404 when there is none."""
    asked = request.args.get("workflow", "")
    found = [
        each
        for each in engine().library.current()
        if each.definition.open.area
        and set(each.definition.open.by) & me.functions
        and asked in ("", each.definition.id)
    ]
    return found[0] if found else abort(404)


def _render(workflow: Workflow, typed: Typed | None, alike: dict[str, Any] | None = None) -> str:
    words = _words(workflow)
    me = current()
    form = workflow.opening.form
    assert form is not None
    choices = Choices(me, me.holdings[0].area if me.holdings else None)
    values = _usual(workflow, me) if typed is None else {}
    model = {
        "title": t("menu.new_report"),
        "subtitle": " · ".join(each for each in (form.sheet, form.title.get(language())) if each),
        "crumbs": [
            {"label": t("menu.cases"), "href": url_for("cases.page")},
            {"label": t("menu.new_report")},
        ],
        "form": {
            "id": "open",
            "title": form.title.get(language()),
            "paper": t("report.only_starred"),
            "action": url_for("report.send", workflow=workflow.definition.id),
            "draft": f"open:{workflow.definition.id}",
            "hidden": [
                {"name": "_command", "value": _uuid("_command")},
                {"name": "_case", "value": _uuid("_case")},
            ],
            "sections": _with_similar(
                workflow,
                alike,
                form_data(
                    _parts(workflow, words),
                    typed=typed,
                    values=values,
                    choices=choices,
                    anew=False,
                    reason="none",
                    words=words,
                ),
            ),
            "errors": typed.general if typed else [],
            "refused": typed is not None,
            "submit": {"label": t("report.send")},
            "cancel": {"label": t("form.cancel"), "href": url_for("work.page")},
            "foot": t("report.foot"),
        },
        "help": [{"title": t("report.help_title"), "text": t("report.help")}],
    }
    return render_template("new_report.html", page=model, shell=shell(me, "new"))


def _with_similar(
    workflow: Workflow, alike: dict[str, Any] | None, sections: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The panel stands below the fields that tell who it is; how many it holds, beside the name."""
    by, asked = workflow.definition.duplicates, workflow.definition.id
    box = similar.box(
        workflow,
        url_for("report.send", _anchor="similar", workflow=asked),
        url_for("report.similar_cases", workflow=asked),
        alike,
    )
    for section in sections:
        for each in section["fields"]:
            if by and each["name"] == by.name:
                section["similar"], each["similar"] = box, {"found": alike}
    return sections


def _usual(workflow: Workflow, me: Person) -> dict[str, Any]:
    """What most reports say: received now, in one's own commune."""
    values: dict[str, Any] = {}
    for key, declared in workflow.opening.fields.items():
        if declared.type is FieldType.DATETIME and declared.max == "now":
            values[key] = engine().clock.now()
        elif declared.type is FieldType.AREA and key == workflow.definition.open.area:
            today = engine().clock.now().astimezone(engine().library.zone).date()
            there = {each.id for each in engine().library.areas_in_force(today, declared.level)}
            values[key] = next((each.area for each in me.holdings if each.area in there), None)
    return values


def _parts(workflow: Workflow, words: Words) -> tuple[Part, ...]:
    form = workflow.opening.form
    assert form is not None
    return (Part("", form, workflow.opening.fields, words, workflow.opening.conditions),)


def _words(workflow: Workflow) -> Words:
    return Words(workflow, language(), name_of, engine().library.zone)


def _uuid(name: str) -> str:
    """The id the form carries, so that sending twice is one report."""
    try:
        return str(UUID(request.form.get(name, "")))
    except ValueError:
        return str(uuid7())
