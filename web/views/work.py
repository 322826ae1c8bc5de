"""My work: what now. Four counts, then the tasks, overdue and due soon first, each with the law that makes it due."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for

from engine.deadlines import remaining
from engine.listing import Listed, Listing
from engine.store.lists import Filter
from engine.store.steps import CaseRow
from engine.workflow import Workflow
from web import list_rows
from web.case_model import due_text, limit_title, limit_why
from web.person import Person, current, engine
from web.shell import opens_cases, shell
from web.texts import capitalised, dotted, t

blueprint = Blueprint("work", __name__)
MOST = 500
SHOWN = 50
LISTS = ("late", "today", "week", "waiting")


@blueprint.get("/work")
def page() -> Any:
    """The person's tasks: of cases they own, of their agency's tracks, and of steps only they may take."""
    me = current()
    with engine().database.read() as connection:
        listing = Listing(engine(), connection, me.id)
        mine, waiting = _split(me, listing)
        lists = {"late": [], "today": [], "week": [], "waiting": waiting, "later": []} | _by_due(
            mine, listing
        )
        chosen = request.args.get("list", "")
        if chosen not in LISTS:
            chosen = ""
        picked = (
            lists[chosen] if chosen else [*lists["late"], *lists["today"], *lists["week"], *lists["later"]]
        )
        kinds = _kinds(picked, listing, chosen)
        kind = request.args.get("task", "")
        if kind in {each["key"] for each in kinds}:
            picked = [each for each in picked if each[1].key == kind]
        shown = {each.case.id: each for each in listing.shown([case for case, _ in picked[:SHOWN]])}
        tasks = [_task(shown[case.id], row, listing) for case, row in picked[:SHOWN]]
        owned = listing.count(Filter(owner=me.id, open=True))
    today = listing.today
    model = {
        "title": t("menu.work"),
        "subtitle": t(
            "work.subtitle",
            weekday=capitalised(t(f"weekday.{today.weekday()}")),
            date=f"{today:%d/%m/%Y}",
            n=owned,
        ),
        "actions": [
            {"label": t("menu.new_report"), "href": url_for("report.page"), "style": "primary", "sign": "new"}
        ]
        if opens_cases(me)
        else [],
        "tiles": [
            {
                "n": len(lists[key]),
                "label": t(f"work.{key}"),
                "kind": kind if lists[key] else "plain",
                "href": url_for("work.page", list=key),
                "here": key == chosen,
            }
            for key, kind in zip(LISTS, ("late", "soon", "plain", "info"), strict=True)
        ],
        "kinds": kinds,
        "tasks": tasks,
        "empty": {"title": t("work.empty"), "text": t("work.empty_text")}
        | ({"href": url_for("report.page"), "label": t("menu.new_report")} if opens_cases(me) else {}),
    }
    return render_template("my_work.html", page=model, shell=shell(me, "work"))


def _split(me: Person, listing: Listing) -> tuple[list[Any], list[Any]]:
    """(what this person can do, what waits for others on cases this person owns)."""
    mine: list[Any] = []
    waiting: list[Any] = []
    for case, row in listing.tasks(me.functions, limit=MOST):
        workflow = engine().library.workflow(case.definition, case.definition_number)
        able = me.functions & _able(workflow, case, row)
        if able and _is_mine(me, case, workflow, able):
            mine.append((case, row))
        elif case.owner == me.id:
            waiting.append((case, row))
    return mine, waiting


def _able(workflow: Workflow, case: CaseRow, row: Any) -> frozenset[str]:
    """The functions that can end this time limit now: by a step of `done_by`, else by a way out of its state."""
    definition = workflow.definition
    state = definition.states.get(row.deadline_state)
    declared: Any = (
        (state.deadlines.get(row.key) or state.repeats.get(row.key))
        if state
        else definition.deadlines.get(row.key)
    )
    done_by = set(getattr(declared, "done_by", ()) or ()) | set(getattr(declared, "ends", ()) or ())
    ways = workflow.ways_from(case.state)
    ending = [way for way in ways if way.transition.trigger in done_by or way.transition.key in done_by]
    moving = [way for way in ways if state and way.transition.to is not None]
    return frozenset(function for way in (ending or moving) for function in way.transition.by)


def _is_mine(me: Person, case: CaseRow, workflow: Workflow, able: frozenset[str]) -> bool:
    if case.agency:
        return any(each.agency == case.agency for each in me.holdings)
    if workflow.definition.owner in able:
        return case.owner in (me.id, None)
    return True


def _by_due(tasks: list[Any], listing: Listing) -> dict[str, list[Any]]:
    zone = engine().library.zone
    tomorrow = datetime.combine(listing.today + timedelta(days=1), time(), zone)
    week = tomorrow + timedelta(days=7)
    found: dict[str, list[Any]] = {"late": [], "today": [], "week": [], "later": []}
    for case, row in tasks:
        key = (
            "late"
            if row.due_at < listing.now
            else "today"
            if row.due_at < tomorrow
            else "week"
            if row.due_at < week
            else "later"
        )
        found[key].append((case, row))
    return found


def _kinds(tasks: list[Any], listing: Listing, chosen: str) -> list[dict[str, Any]]:
    """The tasks by what they ask for, the most urgent kind first: each with its number, how many are late, and its list."""
    found: dict[str, dict[str, Any]] = {}
    for case, row in tasks:
        workflow = engine().library.workflow(case.definition, case.definition_number)
        words = list_rows.words_in(workflow)
        title = limit_title(words, row.scope, row.deadline_state, row.key)
        kind = found.setdefault(row.key, {"key": row.key, "label": title, "n": 0, "late": 0})
        kind["n"] += 1
        kind["late"] += row.due_at < listing.now
    picked = request.args.get("task", "")
    return [
        each
        | {
            "here": each["key"] == picked,
            "href": url_for(
                "work.page", list=chosen or None, task=None if each["key"] == picked else each["key"]
            ),
        }
        for each in found.values()
    ]


def _task(listed: Listed, row: Any, listing: Listing) -> dict[str, Any]:
    words = list_rows.words_for(listed)
    zone = engine().library.zone
    calendar = engine().library.calendar(listed.workflow.definition.calendar)
    left = remaining(row.due_at, listing.now, calendar, zone, unit=row.rule["unit"])
    href = url_for("case.page", case=listed.case.id)
    parts = [list_rows.name(listed), list_rows.about(listed), words.state(listed.case.state)]
    return {
        "title": limit_title(words, row.scope, row.deadline_state, row.key),
        "why": limit_why(words, row.scope, row.rule),
        "href": href,
        "number": listed.case.reference,
        "case_href": href,
        "about": dotted(parts),
        "risk": list_rows.risk(listed),
        "due": due_text(left, row.due_at, zone),
        "button": t("work.open"),
    }
