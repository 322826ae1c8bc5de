"""The case page: who, where we stand and by when, what next, the form of the chosen step, tracks, the story."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from uuid_utils.compat import uuid7

from engine import Command, Outcome
from engine.access.disclosure import reaches
from engine.definition.model import FieldType
from engine.reading import CaseView
from engine.words import Words
from engine.workflow import CompiledWay
from schemas.forms import written
from web import (
    case_known,
    case_line,
    case_model,
    case_picture,
    case_roads,
    case_story,
    case_ways,
    kin,
    similar,
    tracks,
)
from web.choices import Choices
from web.person import current, engine
from web.shell import SUPERVISING, shell
from web.step_form import Typed, form_data, parts_of, refused, sheet, take
from web.texts import language, t

blueprint = Blueprint("case", __name__)
NUMBER = re.compile(r"[0-9A-Za-z./-]{1,60}")
SMALL = "plain button-small"
FIELD = re.compile(r"[a-z][a-z0-9_]*")


@blueprint.get("/cases/<case>")
def page(case: str) -> Any:
    """The file of one case."""
    return _render(open_view(case, "case page"), request.args.get("way", ""), None)


@blueprint.get("/cases/<case>/<trigger>")
def form(case: str, trigger: str) -> Any:
    """The address of a form that came back refused: reloaded, or come back to after signing in, it is the form anew."""
    given: dict[str, Any] = {
        key: each for key, each in request.args.items() if FIELD.fullmatch(key) and NUMBER.fullmatch(each)
    }
    return redirect(url_for("case.page", **given | {"case": case, "way": trigger}))


@blueprint.post("/cases/<case>/<trigger>")
def step(case: str, trigger: str) -> Any:
    """Take a step. Refused: the same page with the form as it was typed and every reason beside its field."""
    view = open_view(case, "step")
    words = case_model.words_of(view)
    parts = parts_of(_compiled(view, trigger, sent=True) or abort(404), words)
    raw = request.form.to_dict(flat=False)
    typed = take(parts, raw, view.scene.zone)
    made_from = request.form.get("_version", 0, type=int)  # without one it is older than all that happened
    if "_use" in raw:
        _use_proposal(view, words, trigger, typed)
    if {"_add_row", "_ask", "_use"} & raw.keys():
        return _render(view, trigger, typed, made_from)
    if not typed.errors and not typed.general:
        outcome = engine().apply(
            Command(
                id=_command_id(),
                case=case,
                trigger=trigger,
                actor=current().id,
                values=typed.values,
                expected_version=made_from,
                reason=request.form.get("_reason", ""),
                session=g.session_hash,
                request=g.request_id,
            )
        )
        if outcome.applied:
            flash(_done(view, outcome), "ok")
            return redirect(_onward(case), 303)
        refused(typed, outcome.blockers, parts, words)
        if any(each.code == "stale" for each in outcome.blockers):
            # Told what is new: what is sent next answers the case as it stands now.
            return _render(open_view(case, "step refused"), trigger, typed, news_since=made_from), 422
    return _render(open_view(case, "step refused"), trigger, typed, made_from), 422


def open_view(case: str, what: str) -> CaseView:
    """The case, or 404 for what does not exist, is not a case's id, or is not this person's to see."""
    try:
        UUID(case)
    except ValueError:
        abort(404)
    return engine().view(case, current().id, what, g.request_id) or abort(404)


def _done(view: CaseView, outcome: Outcome) -> str:
    """What was done, by the title of the step itself: a trigger may name several. Of a proposal, that it waits."""
    transition = view.scene.workflow.ways[outcome.transition].transition
    key = "case.asked" if transition.proposes else "case.done"
    return t(key, title=transition.title.get(language()), step=outcome.version)


def _onward(case: str) -> str:
    """The case page, or the list when the step took the case out of this person's reach."""
    scene = engine().look(case, current().id)
    here = scene and scene.case and reaches(scene.workflow.definition, scene.case.agency, scene.seen.holdings)
    return url_for("case.page", case=case) if here else url_for("cases.page")


def _command_id() -> str:
    """The id the form carries, so that a double click is one step; a fresh one if it was lost."""
    try:
        return str(UUID(request.form.get("_command", "")))
    except ValueError:
        return str(uuid7())


def _compiled(view: CaseView, trigger: str, *, sent: bool) -> CompiledWay | None:
    """The way of this trigger from here, unless blocked; of a form that was sent, from wherever it starts."""
    ways = view.scene.workflow.ways
    here = [
        each.transition
        for each in view.ways
        if each.trigger == trigger and (sent or each.status != "blocked")
    ]
    anywhere = [key for key, each in ways.items() if sent and each.transition.trigger == trigger]
    return next((ways[key] for key in here + anywhere), None)


def _render(
    view: CaseView,
    chosen: str,
    typed: Typed | None,
    made_from: int | None = None,
    news_since: int | None = None,
) -> str:
    words = case_model.words_of(view)
    story = request.args.get("story", "all")
    page = case_model.head(view, words) | {
        "bar": case_line.bar(view, words),
        "roads": case_roads.roads(view, words),
        "standing": case_model.standing(view, words),
        **case_ways.ways_of(view, words, chosen),
        "ways_none": t("case.no_ways"),
        "ground": case_story.ground(view, words),
        "record": case_known.known(view, words),
        "story": case_story.story(view, words, story if story in case_story.FILTERS else "all"),
        "people": case_known.people(view, words),
    }
    page["badges"] += case_roads.badges(view, words)
    children = tracks.rows(view)
    if children or tracks.can_be_opened(view):
        page["tracks"] = case_model.tracks(children)
    limits = page["standing"]["limits"]
    page["diagram"] = case_picture.picture(view, words, children, limits[0]["due"] if limits else None)
    page["actions"] = [
        {
            "label": t("print.link"),
            "href": url_for("case_print.page", case=view.scene.case_id),
            "style": SMALL,
        }
    ]
    if current().functions & SUPERVISING:
        page["actions"].insert(
            0,
            {
                "label": t("record.crumb"),
                "href": url_for("record.page", case=view.scene.case_id),
                "style": SMALL,
            },
        )
    page |= {"similar": similar.of_case(view, words), "kin": kin.card(view, words)}
    form = _form(view, words, chosen, typed, made_from)
    if form:
        news = [] if news_since is None else case_story.news(view, words, news_since)
        page["form"] = form | {"news": news}
    return render_template("case.html", page=page, shell=shell(current(), "cases"))


def _form(
    view: CaseView, words: Words, chosen: str, typed: Typed | None, made_from: int | None
) -> dict[str, Any] | None:
    compiled = _compiled(view, chosen, sent=typed is not None)
    case = view.scene.case
    if compiled is None or case is None:
        return None
    parts = parts_of(compiled, words)
    title = compiled.transition.title.get(words.language)
    values = {key: value for key, value in view.values.items() if key in view.readable}
    numbers = _numbers(compiled)
    return {
        "id": chosen,
        "title": title,
        "paper": sheet(view.scene.workflow, compiled),
        "action": url_for("case.step", case=case.id, trigger=chosen, **numbers),
        # What was typed about one other case is not put back into the form about another.
        "draft": ":".join([case.id, chosen, *numbers.values()]),
        "hidden": [
            {
                "name": "_command",
                "value": _command_id() if typed is None else request.form.get("_command", ""),
            },
            {"name": "_version", "value": made_from or case.version},
        ],
        "sections": _given(
            form_data(
                parts,
                typed=typed,
                values=values,
                choices=Choices(current(), case.area, elsewhere=_offered_by(compiled)),
                anew=compiled.transition.asks_anew,
                reason=compiled.transition.reason,
                words=words,
            ),
            numbers,
            typed,
        ),
        "errors": typed.general if typed else [],
        "ask": t("case.ask") if _asks(view, compiled) else None,
        "proposal": _proposal(view, words, chosen, typed) if typed and _asks(view, compiled) else None,
        "refused": typed is not None,
        "submit": {"label": title},
        "cancel": {"label": t("form.cancel"), "href": url_for("case.page", case=case.id)},
    }


def _given(
    sections: list[dict[str, Any]], numbers: dict[str, Any], typed: Typed | None
) -> list[dict[str, Any]]:
    """The numbers the address gave stand in a fresh form whatever it holds else, and no draft goes before them."""
    for field in (each for section in sections for each in section["fields"] if each["name"] in numbers):
        field["no_draft"] = True
        if typed is None:
            field["value"] = numbers[field["name"]]
    return sections


def _offered_by(way: CompiledWay) -> frozenset[str]:
    """The fields that say to which area the case is offered: never the one it belongs to."""
    return frozenset(each.arguments["field"] for each in way.transition.do if each.name == "offer")


def _numbers(way: CompiledWay) -> dict[str, Any]:
    """Numbers of other cases that the address fills in; nothing else is ever taken from an address into a form."""
    return {
        key: request.args[key]
        for key, declared in way.fields.items()
        if declared.type is FieldType.CASE and NUMBER.fullmatch(request.args.get(key, ""))
    }


def _asks(view: CaseView, way: CompiledWay) -> bool:
    """Does a person confirm in this form what a rule table proposes?"""
    return any(
        each.confirms in way.fields
        for each in view.scene.workflow.decisions_touched(way.asked)
        if each.confirms
    )


def _proposal(view: CaseView, words: Words, trigger: str, typed: Typed) -> dict[str, Any] | None:
    decided = engine().propose(view.scene.case_id, current().id, trigger, typed.values)
    return case_story.proposal(words, decided, "_use" in typed.raw)


def _use_proposal(view: CaseView, words: Words, trigger: str, typed: Typed) -> None:
    """What the rules propose is put where a person confirms it, as if it had been typed."""
    decided = engine().propose(view.scene.case_id, current().id, trigger, typed.values)
    for name, value in case_story.proposed(words, decided).items():
        if name in typed.fields:
            typed.raw = {
                **typed.raw,
                name: [written(value, words.workflow.definition.fields[name], words.zone)],
            }
            typed.values[name] = value
            typed.errors.pop(name, None)
