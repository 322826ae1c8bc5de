"""The picture of a case: where it and its tracks stand, the path it took with dates, and what lies ahead.

Marks for the diagram (diagram.py) and the same told as lists, from what the case page has read already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from engine.commands import MIGRATED
from engine.definition.diagram import diagram
from engine.definition.road import usual_road
from engine.path import Visit, path_of
from engine.reading import CaseView
from engine.words import Words
from web.canvas import Pair
from web.case_model import moment_text
from web.diagram import Beside, Line, Mark, Marks, Way, drawing, names
from web.person import engine
from web.places import Place, places, renaming
from web.texts import t
from web.words_then import then

SIGNS = {"late": "▲ ", "soon": "■ "}
FEW = 3  # numbers told on one arrow; of more the last, and how many there are
LEGEND = ("here", "done", "taken", "onward", "road", "plain", "exceptional", "final", "track")


def picture(
    view: CaseView, words: Words, tracks: Sequence[Mapping[str, Any]], due: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Data for templates/case/diagram.html. tracks: rows of tracks.rows; due: the time limit that comes first, as a chip."""
    here, been = view.scene.state, places(engine(), words, view.story)
    path = path_of(view.story, renaming(engine(), words, view.story))
    road = usual_road(words.workflow.definition, here)
    return {
        "drawing": drawing(words, marks(view, words, path, been, tracks, due)),
        "legend": [
            {"look": look, "text": t(f"picture.legend.{look}"), "sign": "2" if look == "taken" else ""}
            for look in LEGEND
            if {"track": tracks, "road": road}.get(look, True)
        ],
        "path": [
            _entered(view, words, visit, been[visit.entry.seq]) | {"here": visit is path[-1]}
            for visit in path
        ],
        "onward": [
            {"names": names(words, edge), "state": words.state(edge.target)}
            for edge in diagram(words.workflow.definition).edges
            if edge.source == here
        ],
        "road": " → ".join(words.state(key) for key in road[1:]),
    }


def marks(
    view: CaseView,
    words: Words,
    path: Sequence[Visit],
    been: Mapping[int, Place],
    tracks: Sequence[Mapping[str, Any]],
    due: Mapping[str, Any] | None,
) -> Marks:
    """What is laid upon the diagram of the version that the case follows; states this version does not have are left out."""
    definition, zone, here = words.workflow.definition, view.scene.zone, view.scene.state
    road = usual_road(definition, here)
    states = {key: Mark("node-road") for key in road}
    drawn = _as_named_now(path, been)
    last = {visit.state: visit for visit in drawn}
    for key, visit in last.items():
        times = sum(each.state == key for each in drawn)
        day, renamed = _day(visit.at, zone), been[visit.entry.seq].renamed
        said = [t("picture.entered", day=day) if times == 1 else t("picture.entered_times", day=day, n=times)]
        said += [t("picture.named", day=_day(renamed, zone))] if renamed else []
        states[key] = Mark("node-done", tuple(Line(text, "node-note") for text in said))
    since = states.get(here, Mark()).lines
    states[here] = Mark("node-here", (*since, *_limit(due)), here=True)
    ways: dict[Pair, Way] = {pair: Way("usual") for pair in pairwise(road)}
    ways |= {
        (edge.source, edge.target): Way("onward") for edge in diagram(definition).edges if edge.source == here
    }
    ways |= _taken(words, drawn)
    return Marks(
        states,
        ways,
        tuple(_beside(each, drawn) for each in tracks),
        t("picture.tracks"),
        str(drawn[0].number) if drawn and not drawn[0].source else "",
    )


def _as_named_now(path: Sequence[Visit], been: Mapping[int, Place]) -> list[Visit]:
    """The path in the states of the version that the case follows now: one that a move to it gave another key was that
    state before, and that move is no entering.
    """
    sources = {seq: been[before].state for before, seq in pairwise(been)}
    now = [
        replace(visit, source=sources.get(visit.entry.seq, visit.source), state=been[visit.entry.seq].state)
        for visit in path
    ]
    return [visit for visit in now if visit.entry.kind != MIGRATED or visit.source != visit.state]


def _day(at: datetime, zone: Any) -> str:
    return at.astimezone(zone).strftime("%d/%m/%Y")


def _limit(due: Mapping[str, Any] | None) -> Iterator[Line]:
    """A time limit as a line, with its sign; what is late or stands still says so itself."""
    if due:
        runs = due.get("full") and due["kind"] != "late"
        text = t("picture.due", text=due["text"]) if runs else due["text"]
        yield Line(SIGNS.get(due["kind"], "") + text, f"node-due node-due-{due['kind']}")


def _taken(words: Words, path: Sequence[Visit]) -> dict[Pair, Way]:
    """The arrows of the path, each with the numbers of the steps that went along it."""
    numbers: dict[Pair, list[str]] = {}
    for visit in path:
        if visit.source:
            numbers.setdefault((visit.source, visit.state), []).append(str(visit.number))
    return {
        pair: Way(
            "taken",
            ", ".join(found) if len(found) <= FEW else t("picture.times", last=found[-1], n=len(found)),
            t("picture.taken", source=words.state(pair[0]), state=words.state(pair[1]), n=len(found)),
        )
        for pair, found in numbers.items()
    }


def _beside(track: Mapping[str, Any], path: Sequence[Visit]) -> Beside:
    """A track, hung on the state in which the case stood when it was opened."""
    opened: datetime = track["opened"]
    source = next((visit.state for visit in reversed(path) if visit.at <= opened), "")
    lines = (Line(("✓ " if track["done"] else "") + track["state"], "node-note"), *_limit(track.get("due")))
    state = t("picture.track_done" if track["done"] else "picture.track_open", state=track["state"])
    label = ": ".join((track["title"], state))
    return Beside(
        track["id"],
        track["title"],
        source,
        Mark("node-done" if track["done"] else "", lines, track.get("href", ""), label),
    )


def _entered(view: CaseView, words: Words, visit: Visit, place: Place) -> dict[str, Any]:
    """One line of the path: when, to which state, by which step; of an earlier version, if this one has it otherwise."""
    number = visit.entry.number
    told = then(engine().library, words, number)
    way = told.workflow.definition.way(visit.entry.transition)
    by = way.title.get(words.language) if way else ""
    if not visit.source:
        by = told.trigger("open")
    elif visit.entry.kind == MIGRATED:
        by = t("picture.migrated", number=number)
    as_now = place.state in words.workflow.definition.states and place.called == place.title
    return {
        "state": place.called,
        "then": "" if as_now else t("picture.then", number=number),
        "at": visit.at.isoformat(),
        "when": moment_text(visit.at, view.scene.zone),
        "by": by,
    }
