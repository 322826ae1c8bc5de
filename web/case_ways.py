"""The ways on of a case as cards and lines: what next, and what can be done besides, each with what is needed or against it."""

from __future__ import annotations

from typing import Any

from flask import url_for

from engine.commands import Blocker, Way
from engine.definition.flow import REOPEN
from engine.reading import CaseView
from engine.words import Words
from web.case_roads import pausing
from web.endings import ending
from web.laws import law_text
from web.step_form import concerned
from web.texts import language, t


def ways_of(view: CaseView, words: Words, chosen: str) -> dict[str, Any]:
    """The next steps as cards, what ends the nearest running time limit first, what cannot be done last; apart from them
    what only others may do, and what can be done besides: a step `aside` is a next step only while it ends a time limit or
    lets time run again, or is being taken. `waits`: the next step is another person's.
    """
    due, lifting = _due_by(view), _lifting(view)
    found: dict[str, Any] = {"ways": [], "others": [], "asides": []}
    ordered = sorted(view.ways, key=lambda each: _urgency(view, each, due))
    first = next((each for each in ordered if _goes_on(view, each, due)), None)
    for way in ordered:
        aside = view.scene.workflow.ways[way.transition].transition.aside
        wanted = way.status != "blocked" and way.transition in {*due, *lifting}
        apart = aside and not wanted and way.trigger != chosen
        kind = "asides" if apart else "others" if _is_for_others(way) else "ways"
        found[kind].append(_way(view, words, way, chosen) | {"style": "primary" if way is first else None})
    open_ones = sum(each["kind"] != "blocked" for each in found["asides"])
    found["waits"] = not any(each["kind"] != "blocked" for each in found["ways"])
    found["asides_title"] = t("case.asides", n=open_ones) if open_ones else t("case.asides_none")
    return found


def _is_for_others(way: Way) -> bool:
    """Does another function take it? Then what else is against it is not for this person to mend."""
    return way.status == "blocked" and any(each.code == "function" for each in way.blockers)


def _due_by(view: CaseView) -> dict[str, int]:
    """By transition, the place in line of the first time limit that it ends: the nearest first, those that stand still last."""
    found: dict[str, int] = {}
    scene = view.scene
    running_first = sorted(
        scene.seen.deadlines, key=lambda row: (row["paused_at"] is not None, row["due_at"])
    )
    for place, row in enumerate(running_first):
        of_state = "" if row["scope"] == "case" else row["state"]
        for way in ending(scene.workflow, scene.state, of_state, row["key"]):
            found.setdefault(way.transition.key, place)
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


def _urgency(view: CaseView, way: Way, due: dict[str, int]) -> tuple[bool, bool, float]:
    return way.status == "blocked", _off_road(view, way), due.get(way.transition, float("inf"))


def _goes_on(view: CaseView, way: Way, due: dict[str, int]) -> bool:
    """Can it be taken now, and does it end a time limit or else lead on?"""
    leads = way.transition in due or view.scene.workflow.ways[way.transition].transition.to is not None
    return way.status != "blocked" and leads and way.trigger != REOPEN and not _off_road(view, way)


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
        "href": None if way.status == "blocked" else href,
        "here": way.trigger == chosen and way.status != "blocked",
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
