"""The intervention tracks on their parent's page: state, agency, time limit. Nothing else of them crosses."""

from __future__ import annotations

from typing import Any

from flask import url_for

from engine.access.disclosure import reaches
from engine.reading import CaseView
from engine.store.lists import next_limits
from engine.words import Words
from web.case_model import due_text, words_of
from web.person import engine
from web.shell import agency_name
from web.texts import language
from web.words_then import first


def rows(view: CaseView) -> list[dict[str, Any]]:
    """One row a track; a link only for who may open it."""
    scene = view.scene
    children = scene.seen.children
    with engine().database.read() as connection:
        root = {scene.case.root} if scene.case else set()
        limits = next_limits(connection, root, {each.id: each.next_due for each in children})
    found = []
    for child in children:
        track = engine().library.workflow(child.definition, child.definition_number).definition
        row: dict[str, Any] = {
            "id": child.id,
            "opened": child.opened_at,
            "title": _title(words_of(view), child.subcase_key or ""),
            "number": "…" + child.reference[child.reference.rfind("/") :],
            "state": track.states[child.state].title.get(language()),
            "agency": agency_name(child.agency or ""),
            "done": child.closed_at is not None,
        }
        if child.id in limits:
            calendar = engine().library.calendar(track.calendar)
            row["due"] = due_text(limits[child.id], scene.now, calendar, scene.zone)
        if reaches(track, child.agency, scene.seen.holdings):
            row["href"] = url_for("case.page", case=child.id)
        found.append(row)
    return found


def _title(words: Words, key: str) -> str:
    """What a track is called; one that has ended may be none of the present version's any more."""

    def known(then: Words) -> str | None:
        found = then.workflow.definition.subcases.get(key)
        return found.title.get(language()) if found else None

    return first(engine().library, words, known) or key


def can_be_opened(view: CaseView) -> bool:
    """Is there a step here, open to this reader, that opens a track?"""
    ways = view.scene.workflow.ways
    return any(each.status != "blocked" and ways[each.transition].opens for each in view.ways)
