"""Cases that may be about the same child, as the panel beside a report and on the case page.

It shows and never decides: a report is sent whatever the panel says, and what a person decides is a step of the case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import g, url_for

from engine.definition.model import Definition, Duplicates
from engine.duplicates import Candidate, candidates, person_of
from engine.listing import Listing
from engine.reading import CaseView
from engine.registry.duplicates import Person
from engine.store.reads import log_search
from engine.words import Words
from engine.workflow import Workflow
from web import kin, list_rows
from web.case_model import moment_text
from web.person import current, engine
from web.shell import area_name
from web.texts import dotted, t

LOOKED = "possible duplicates"  # in the read log


def of_report(workflow: Workflow, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """What may be known already of the person whom a report is about. values: as far as they are typed."""
    if workflow.definition.duplicates is None:
        return None
    area = values.get(workflow.definition.open.area)
    found = _asked(workflow.definition, values, area if isinstance(area, str) else "", ())
    return None if found is None else {"rows": [_row(each, ()) for each in found]}


def box(workflow: Workflow, action: str, url: str, found: dict[str, Any] | None) -> dict[str, Any] | None:
    """The place of the panel in the form of a report. action: asks without the script; url: by it."""
    by = workflow.definition.duplicates
    if by is None:
        return None
    fields = [name for name in (*by.fields, workflow.definition.open.area) if name in workflow.opening.fields]
    return {"action": action, "url": url, "fields": " ".join(fields), "found": found}


def of_case(view: CaseView, words: Words) -> dict[str, Any] | None:
    """The panel of a case page, for whoever has a step to take while the case is young."""
    case, definition = view.scene.case, view.scene.workflow.definition
    by = definition.duplicates
    ready = [way for way in view.ways if way.status != "blocked"]
    if case is None or by is None or case.state not in by.states or not ready:
        return None
    settled = {case.id, *kin.of_view(view).links}
    found = _asked(definition, view.values, case.area, settled, case.opened_at.year)
    ways = [
        (way.trigger, effect.arguments["to"], words.trigger(way.trigger))
        for way in ready
        for effect in view.scene.workflow.ways[way.transition].transition.do
        if effect.name == "link"
    ]
    rows = []
    for each in found or ():
        to_it = [{"label": label, "href": _way(case.id, trigger, to, each)} for trigger, to, label in ways]
        rows.append(_row(each, to_it))
    panel = None if found is None else {"rows": rows}
    return {"found": panel, "checked": _checked(view, words, by)}


def _way(case: str, trigger: str, to: str, candidate: Candidate) -> str:
    """The form of a step with the other case's number filled in."""
    filled: Any = {to: candidate.listed.case.reference}
    return url_for("case.page", case=case, way=trigger, _anchor=trigger, **filled)


def _checked(view: CaseView, words: Words, by: Duplicates) -> dict[str, Any] | None:
    """What the case says of somebody having looked, and the step where it is said."""
    if not by.checked or by.checked not in view.readable:
        return None
    declared = view.scene.workflow.definition.fields[by.checked]
    value = words.value(declared, view.values.get(by.checked)) or t("similar.not_said")
    found: dict[str, Any] = {"text": f"{words.label(by.checked)}: {value}"}
    for way in view.ways:
        if way.status != "blocked" and by.checked in view.scene.workflow.ways[way.transition].asked:
            href = url_for("case.page", case=view.scene.case_id, way=way.trigger, _anchor=way.trigger)
            return found | {"href": href, "link": words.trigger(way.trigger)}
    return found


def _asked(
    definition: Definition,
    values: Mapping[str, Any],
    area: str,
    but: Collection[str],
    year: int | None = None,
) -> list[Candidate] | None:
    """The candidates, the look recorded; None where too little is known to ask."""
    now = engine().clock.now()
    year = year or now.astimezone(engine().library.zone).year
    if not _tells(person_of(definition, values, year, frozenset())):
        return None
    with engine().database.write() as connection:
        log_search(connection, now, current().id, g.request_id, LOOKED)
        listing = Listing(engine(), connection, current().id)
        land = listing.land_of({area})[area] if area else frozenset()
        person = person_of(definition, values, year, land)
        return candidates(listing, definition, person, but=but)


def _tells(person: Person) -> bool:
    return any(any(map(str.isalnum, name)) for name in (person.name, *person.relatives))


def _row(candidate: Candidate, ways: Collection[Mapping[str, str]]) -> dict[str, Any]:
    listed = candidate.listed
    case, words = listed.case, list_rows.words_for(listed)
    times = [t("kin.opened", on=moment_text(case.opened_at, words.zone)[:10])]
    if case.closed_at:
        times.append(t("kin.closed", on=moment_text(case.closed_at, words.zone)[:10]))
    return {
        "number": case.reference,
        "href": url_for("case.page", case=case.id),
        "name": list_rows.name(listed),
        "text": dotted([list_rows.about(listed), area_name(case.area), words.state(case.state), *times]),
        "marks": [
            {"how": how, "text": t(f"similar.{part}_{how}")} for part, how in candidate.likeness.agree.items()
        ],
        "ways": list(ways),
    }
