"""My work: what now. Four counts, then the tasks, overdue and due soon first, each with the law that makes it due."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from engine.listing import Listed, Listing
from engine.store.lists import Filter, Limit
from web import list_rows, my_tasks
from web.case_model import limit_title, limit_why
from web.endings import ending
from web.person import current, engine
from web.shell import function_name, only_administers, opens_cases, shell
from web.texts import capitalised, dotted, t

blueprint = Blueprint("work", __name__)
SHOWN = 50
LISTS = ("late", "today", "week", "waiting")


@blueprint.get("/work")
def page() -> Any:
    """The person's tasks: of cases they own, of their agency's tracks, and of steps only they may take. Who only
    administers has none, and comes to the administration.
    """
    me = current()
    if only_administers(me):
        return redirect(url_for("admin.index"))
    with engine().database.read() as connection:
        listing = Listing(engine(), connection, me.id)
        mine, waiting = my_tasks.split(engine(), me, listing)
        urgent = my_tasks.emergencies(engine(), waiting)
        others = [each for each in waiting if each not in urgent]
        lists = {"waiting": others, **my_tasks.by_due(engine(), [*urgent, *mine], listing)}
        escalated = listing.escalated(me.functions, limit=SHOWN)
        chosen = request.args.get("list", "")
        if chosen not in (*LISTS, "escalated"):
            chosen = ""
        lists["escalated"] = list(escalated)
        coming = [
            each for key in ("late", "today", "week", "later") for each in lists[key] if each not in urgent
        ]
        picked = lists[chosen] if chosen else [*urgent, *coming]
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
        "tabs": _tabs(chosen, len(escalated)),
        "tasks": tasks,
        "empty": {"title": t("work.empty"), "text": t("work.empty_text")}
        | ({"href": url_for("report.page"), "label": t("menu.new_report")} if opens_cases(me) else {}),
    }
    return render_template("my_work.html", page=model, shell=shell(me, "work"))


def _tabs(chosen: str, escalated: int) -> list[dict[str, Any]]:
    """For whom late cases are reported to; others have one list only."""
    if not escalated and chosen != "escalated":
        return []
    here = chosen == "escalated"
    return [
        {"label": t("work.mine"), "href": url_for("work.page"), "here": not here},
        {
            "label": t("work.escalated"),
            "href": url_for("work.page", list="escalated"),
            "here": here,
            "count": escalated if escalated < SHOWN else f"{SHOWN}+",
            "late": True,
        },
    ]


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
    limit = Limit(row.due_at, row.rule["unit"], row.warn_at)
    href = url_for("case.page", case=listed.case.id)
    ways = ending(listed.workflow, listed.case.state, row.deadline_state, row.key)
    mine = next((each.transition for each in ways if current().functions & set(each.transition.by)), None)
    by = sorted({each for way in ways for each in way.transition.by})
    opens: dict[str, Any] = {"way": mine.trigger, "_anchor": mine.trigger} if mine else {}
    parts = [list_rows.name(listed), list_rows.about(listed), words.state(listed.case.state)]
    return {
        "title": limit_title(words, row.scope, row.deadline_state, row.key),
        "why": limit_why(words, row.scope, row.rule),
        "waits": t("work.waits_for", who=", ".join(map(function_name, by))) if by and not mine else None,
        "href": url_for("case.page", case=listed.case.id, **opens),
        "number": listed.case.reference,
        "case_href": href,
        "about": dotted(parts),
        "risk": list_rows.risk(listed),
        "due": list_rows.due(limit, listed, listing),
        "button": t("work.open"),
    }
