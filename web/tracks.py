"""The intervention tracks on their parent's page: state, agency, time limit. Nothing else of them crosses."""

from __future__ import annotations

from typing import Any

from flask import url_for

from engine.access.disclosure import reaches
from engine.deadlines import remaining
from engine.reading import CaseView
from web.case_model import due_text
from web.person import engine
from web.shell import agency_name
from web.texts import language


def rows(view: CaseView) -> list[dict[str, Any]]:
    """One row a track; a link only for who may open it."""
    scene = view.scene
    found = []
    for child in scene.seen.children:
        track = engine().library.workflow(child.definition, child.definition_number).definition
        title = scene.workflow.definition.subcases[child.subcase_key].title
        row: dict[str, Any] = {
            "title": title.get(language()),
            "number": "…" + child.reference[child.reference.rfind("/") :],
            "state": track.states[child.state].title.get(language()),
            "agency": agency_name(child.agency or ""),
            "done": child.closed_at is not None,
        }
        if child.next_due:
            row["due"] = due_text(
                remaining(child.next_due, scene.now, scene.calendar, scene.zone), child.next_due, scene.zone
            )
        if reaches(track, child.agency, scene.seen.holdings):
            row["href"] = url_for("case.page", case=child.id)
        found.append(row)
    return found


def can_be_opened(view: CaseView) -> bool:
    """Is there a step here, open to this reader, that opens a track?"""
    ways = view.scene.workflow.ways
    return any(each.status != "blocked" and ways[each.transition].opens for each in view.ways)
