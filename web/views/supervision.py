"""Supervision: people × states, overdue in red beside the count, every number a link to exactly what it counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from engine.definition.model import Definition
from engine.listing import Listed, Listing
from engine.store.lists import Filter
from engine.workflow import Workflow
from web import heat, list_rows
from web.old_states import state_title
from web.people_names import actor_name
from web.person import current, engine
from web.shell import SUPERVISING, area_name, shell
from web.texts import dotted, language, t

blueprint = Blueprint("supervision", __name__)
WATCHED = 8


@blueprint.get("/supervision")
def page() -> Any:
    """The grid of one workflow over the areas this person answers for."""
    me = current()
    if not me.functions & SUPERVISING:
        abort(404)
    with engine().database.read() as connection:
        listing = Listing(engine(), connection, me.id)
        chosen = request.args.get("definition", "child_case")
        if chosen not in listing.workflows:
            chosen = next(iter(listing.workflows), "")
        if not chosen:
            abort(404)
        workflow = listing.workflows[chosen]
        definition = workflow.definition
        area = request.args.get("area", "")
        cells = [row for row in listing.grid(chosen) if not area or row.area == area]
        medians = listing.stays(chosen, area)
        late = Filter(definition=chosen, area=area, open=True, late_at=listing.now)
        watch = listing.shown(listing.page(late, limit=WATCHED))
        closed = listing.count(Filter(definition=chosen, open=False, area=area))
    zone = engine().library.zone
    opened, overdue = sum(row.n for row in cells), sum(row.late for row in cells)
    unowned = sum(row.n for row in cells if row.owner is None)
    places = sorted({row.area for row in cells}, key=area_name)
    model = {
        "title": t("menu.supervision"),
        "subtitle": t(
            "supervision.subtitle",
            places=len(places),
            time=listing.now.astimezone(zone).strftime("%H:%M %d/%m/%Y"),
        ),
        "menus": [
            {
                "label": area_name(area) if area else t("supervision.area"),
                "options": [
                    {
                        "label": t("supervision.all_areas"),
                        "href": url_for("supervision.page", definition=chosen),
                        "here": not area,
                    }
                ]
                + [
                    {
                        "label": area_name(each),
                        "href": url_for("supervision.page", definition=chosen, area=each),
                        "here": each == area,
                    }
                    for each in places
                ],
            },
            {
                "label": definition.title.get(language()),
                "options": [
                    {
                        "label": each.definition.title.get(language()),
                        "href": url_for("supervision.page", definition=key),
                        "here": key == chosen,
                    }
                    for key, each in listing.workflows.items()
                ],
            },
        ],
        "tiles": [
            {
                "n": overdue,
                "label": t("supervision.late"),
                "kind": "late" if overdue else "plain",
                "href": _cases(chosen, area, list="late"),
            },
            {
                "n": unowned,
                "label": t("supervision.unowned"),
                "kind": "soon" if unowned else "plain",
                "href": _cases(chosen, area, list="unowned"),
            },
            {"n": opened, "label": t("supervision.open"), "kind": "plain", "href": _cases(chosen, area)},
            {
                "n": closed,
                "label": t("supervision.closed"),
                "kind": "info",
                "href": _cases(chosen, area, list="closed"),
            },
        ],
        "grid": _grid(definition, cells, area),
        "heat": _heat(workflow, cells, medians, area) if cells else None,
        "grid_empty": {"title": t("supervision.empty"), "text": t("supervision.empty_text")},
        "watch": {
            "title": t("supervision.watch"),
            "empty": t("supervision.nothing"),
            "rows": [_watched(each, listing) for each in watch],
        },
    }
    return render_template("supervision.html", page=model, shell=shell(me, "supervision"))


def _grid(definition: Definition, cells: list[Any], area: str) -> dict[str, Any] | None:
    """One row a person, one column an open state that holds a case or lies on the usual way."""
    if not cells:
        return None
    states = [
        key
        for key, state in definition.states.items()
        if not state.final and (not state.exceptional or any(row.state == key for row in cells))
    ]
    counts: dict[Any, Counter[str]] = defaultdict(Counter)
    late: dict[Any, Counter[str]] = defaultdict(Counter)
    places: dict[Any, set[str]] = defaultdict(set)
    for row in cells:
        counts[row.owner][row.state] += row.n
        late[row.owner][row.state] += row.late
        places[row.owner].add(row.area)
    limit = _load_limit()
    owners = sorted(
        counts, key=lambda owner: (owner is None, -sum(late[owner].values()), -sum(counts[owner].values()))
    )
    total, total_late = sum(counts.values(), Counter()), sum(late.values(), Counter())
    return {
        "columns": [{"label": definition.states[key].title.get(language())} for key in states],
        "people": [
            {
                "name": actor_name(owner) if owner else t("supervision.nobody"),
                "place": area_name(next(iter(places[owner])))
                if len(places[owner]) == 1
                else t("supervision.several"),
                "href": _of(definition.id, area, owner),
                "cells": [
                    _cell(definition.id, area, owner, key, counts[owner][key], late[owner][key])
                    for key in states
                ],
                "load": _load(definition.id, area, owner, sum(counts[owner].values()), limit),
            }
            for owner in owners
        ],
        "total": {
            "label": t("supervision.total"),
            "cells": [_cell(definition.id, area, "", key, total[key], total_late[key]) for key in states],
            "load": {"n": total.total(), "href": _cases(definition.id, area)},
        },
    }


def _heat(
    workflow: Workflow, cells: list[Any], medians: Mapping[str, timedelta], area: str
) -> dict[str, Any]:
    """The cells of the grid by state, on the diagram."""
    return heat.heat(
        list_rows.words_in(workflow),
        heat.counted(cells, medians),
        lambda state, list_: _cases(workflow.definition.id, area, list=list_, state=state),
        lambda state: state_title(engine(), workflow, state, language()),
    )


def _cell(
    definition: str, area: str, owner: str | None, state: str, n: int, late: int
) -> dict[str, Any] | None:
    if not n:
        return None
    href = _of(definition, area, owner, state=state)
    heat = 1 if n < 3 else 2 if n < 5 else 3 if n < 8 else 4
    return {
        "n": n,
        "href": href,
        "late": late,
        "late_href": _of(definition, area, owner, state=state, list_="late"),
        "heat": heat,
    }


def _load(definition: str, area: str, owner: str | None, n: int, limit: int) -> dict[str, Any]:
    over = t("supervision.over", limit=limit) if owner and n > limit else None
    return {"n": n, "href": _of(definition, area, owner), "over": over}


def _of(definition: str, area: str, owner: str | None, state: str = "", list_: str = "") -> str:
    """The list a number counts: of one owner, of nobody (None), or of all ("")."""
    if owner is None:
        return _cases(
            definition, area, list="late" if list_ else "unowned", state=state, owner="-" if list_ else ""
        )
    return _cases(definition, area, list=list_, state=state, owner=owner)


def _cases(definition: str, area: str, **more: str) -> str:
    found = {"definition": definition, "area": area, **more}
    asked: dict[str, Any] = {key: value for key, value in found.items() if value}
    return url_for("cases.page", **asked)


def _load_limit() -> int:
    row = engine().library.rows.settings.get("caseload_limit")
    return int(row.value) if row else 25


def _watched(listed: Listed, listing: Listing) -> dict[str, Any]:
    words, case = list_rows.words_for(listed), listed.case
    assert listed.next is not None
    return {
        "title": case.reference,
        "href": url_for("case.page", case=case.id),
        "text": dotted(
            (
                list_rows.name(listed),
                words.state(case.state),
                actor_name(case.owner) if case.owner else t("list.no_owner"),
                area_name(case.area),
            )
        ),
        "due": list_rows.due(listed.next, listed, listing),
    }
