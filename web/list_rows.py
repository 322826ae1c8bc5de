"""Cases as rows of lists: short name, state, risk, owner, place, next time limit. Shared by all list screens."""

from __future__ import annotations

from typing import Any

from flask import url_for

from engine.listing import Listed, Listing
from engine.registry.names import short_name
from engine.store.lists import Limit
from engine.words import Words
from engine.workflow import Workflow
from web.case_model import RISKS, due_text, estimated_age, is_known, name_of, since_text
from web.people_names import actor_name
from web.person import engine
from web.shell import area_name
from web.texts import dotted, language, t


def words_for(listed: Listed) -> Words:
    """Words for the case of a row."""
    return words_in(listed.workflow)


def words_in(workflow: Workflow) -> Words:
    """Words for a workflow."""
    return Words(workflow, language(), name_of, engine().library.zone)


def name(listed: Listed) -> str:
    """The short name, or that it is unknown, or not this reader's to see."""
    for key in listed.workflow.definition.shows.get("name", ()):
        if key in listed.readable:
            return short_name(listed.values[key]) if listed.values.get(key) else t("case.no_name")
    return t("case.hidden_name")


def about(listed: Listed) -> str:
    """Age, sex and what else heads the case."""
    words, definition = words_for(listed), listed.workflow.definition
    found = estimated_age(definition, listed.values)
    for key in definition.shows.get("about", ()):
        value = listed.values.get(key)
        if is_known(value):
            text = words.value(definition.fields[key], value)
            found.append(t("case.years", n=text) if definition.fields[key].compute else text)
    return dotted(found)


def risk(listed: Listed) -> dict[str, Any] | None:
    """The traffic light of risk."""
    words, definition = words_for(listed), listed.workflow.definition
    for key in definition.shows.get("risk", ()):
        value = listed.values.get(key)
        if value:
            return {"level": RISKS.get(value, "unknown"), "text": words.value(definition.fields[key], value)}
    return None


def row(listed: Listed, listing: Listing) -> dict[str, Any]:
    """A row of the Cases page."""
    case, words = listed.case, words_for(listed)
    found: dict[str, Any] = {
        "number": case.reference,
        "href": url_for("case.page", case=case.id),
        "name": name(listed),
        "about": about(listed),
        "state": words.state(case.state),
        "since": since_text(case.entered_at, listing.now),
        "risk": risk(listed),
        "owner": actor_name(case.owner) if case.owner else t("list.no_owner"),
        "nobody": case.owner is None,
        "place": area_name(case.area),
    }
    if case.parent:
        found["kind"] = {"kind": "info", "text": listed.workflow.definition.title.get(language())}
    if listed.next:
        found["due"] = due(listed.next, listed, listing)
    return found


def due(limit: Limit, listed: Listed, listing: Listing) -> dict[str, Any]:
    """A time limit of the case of a row, as a chip."""
    calendar = engine().library.calendar(listed.workflow.definition.calendar)
    return due_text(limit, listing.now, calendar, engine().library.zone)
