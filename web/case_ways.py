"""The ways on of a case as cards and lines: what next, and what can be done besides, each with what is needed or against it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for

from engine.commands import Blocker, Way
from engine.reading import CaseView
from engine.words import Words
from web.case_roads import pausing
from web.laws import law_text
from web.step_form import concerned
from web.texts import language, t


def ways_of(view: CaseView, words: Words, chosen: str) -> dict[str, Any]:
    """The next steps as cards, what ends a running time limit first, what cannot be done last; and apart from them what
    can be done besides: a step `aside` is a next step only while it ends a time limit or lets time run again, or is being
    taken.
    """
    due, lifting = _due_by(view), _lifting(view)
    found: dict[str, Any] = {"ways": [], "asides": []}
    for way in sorted(view.ways, key=lambda each: _urgency(view, each, due)):
        aside = view.scene.workflow.ways[way.transition].transition.aside
        wanted = way.status != "blocked" and way.transition in {*due, *lifting}
        apart = aside and not wanted and way.trigger != chosen
        found["asides" if apart else "ways"].append(_way(view, words, way, chosen))
    open_ones = sum(each["kind"] != "blocked" for each in found["asides"])
    found["asides_title"] = t("case.asides", n=open_ones) if open_ones else t("case.asides_none")
    return found


def _due_by(view: CaseView) -> dict[str, datetime]:
    """By transition, when the first of the running time limits is due that it ends without leaving the state."""
    definition = view.scene.workflow.definition
    found: dict[str, datetime] = {}
    for row in view.scene.seen.deadlines:  # the earliest due comes first
        state = definition.states.get(row["state"])
        declared: Any = definition.deadlines.get(row["key"]) if row["scope"] == "case" else None
        if state and row["scope"] != "case":
            declared = state.deadlines.get(row["key"]) or state.repeats.get(row["key"])
        for key in (*getattr(declared, "done_by", ()), *getattr(declared, "ends", ())):
            found.setdefault(key, row["due_at"])
    return found


def _lifting(view: CaseView) -> set[str]:
    """The transitions by which time that stands still runs again: they set a field that pauses a limit to false."""
    paused = pausing(view)
    return {
        key
        for key, way in view.scene.workflow.ways.items()
        for effect in way.transition.do
        if effect.name == "set"
        for field in paused
        if field in effect.arguments["values"] and effect.arguments["values"][field].source == "false"
    }


def _urgency(view: CaseView, way: Way, due: dict[str, datetime]) -> tuple[bool, bool, bool, float]:
    at = due.get(way.transition)
    return way.status == "blocked", _off_road(view, way), at is None, at.timestamp() if at else 0.0


def _off_road(view: CaseView, way: Way) -> bool:
    """Does the way lead off the usual road, into an exceptional state?"""
    to = view.scene.workflow.ways[way.transition].transition.to
    return to is not None and view.scene.workflow.definition.states[to].exceptional


def _way(view: CaseView, words: Words, way: Way, chosen: str) -> dict[str, Any]:
    """A way on as a card with its button, its to-do list or every reason against it."""
    transition = view.scene.workflow.ways[way.transition].transition
    title = transition.title.get(language())
    href = url_for("case.page", case=view.scene.case_id, way=way.trigger, _anchor=way.trigger)
    return {
        "label": title,
        "button": title,
        "kind": way.status,
        "style": "primary"
        if transition.to and way.status != "blocked" and not _off_road(view, way)
        else None,
        "href": None if way.status == "blocked" else href,
        "here": way.trigger == chosen,
        "law": law_text(transition.law) or None,
        "needs": [{"text": t("case.need", field=words.label(name))} for name in way.needs],
        "blockers": [blocker_row(view, words, each) for each in way.blockers],
    }


def blocker_row(view: CaseView, words: Words, blocker: Blocker) -> dict[str, Any]:
    """A reason against a step, with a link to where it can be mended if there is such a place."""
    row: dict[str, Any] = {"text": words.blocker(blocker)}
    if blocker.code == "join":
        row |= {"href": "#tracks", "link": t("case.see_tracks")}
        return row
    names = concerned(blocker, words)
    open_ways = [way for way in view.ways if way.status != "blocked"]
    mend = next((way for name in names for way in open_ways if _fills(view, way, name)), None)
    if mend:
        href = url_for("case.page", case=view.scene.case_id, way=mend.trigger, _anchor=mend.trigger)
        row |= {"href": href, "link": words.trigger(mend.trigger)}
    return row


def _fills(view: CaseView, way: Way, name: str) -> bool:
    return name in view.scene.workflow.ways[way.transition].asked
