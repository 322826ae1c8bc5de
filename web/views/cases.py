"""Cases: lists with their filters in the address, paging by key, search by number or by name without tones.

What is searched for stands in the address too, but sealed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from engine.listing import Listing
from engine.store.lists import Filter
from engine.store.reads import log_search
from web import searches
from web.list_rows import row
from web.paging import key_of, key_text
from web.person import current, engine
from web.shell import area_name, opens_cases, shell
from web.texts import language, t

blueprint = Blueprint("cases", __name__)
SIZE = 25
FEW, MANY = 100, 1000  # counted: as much as one takes in at a glance; of what one has narrowed down
TABS = ("open", "mine", "unowned", "late", "closed")
KEPT = ("list", "definition", "state", "area", "owner")


@blueprint.get("/")
def home() -> Any:
    """The first page is one's own work."""
    return redirect(url_for("work.page"))


@blueprint.post("/cases/search")
def search() -> Any:
    """To the list of what was asked for; its address tells nobody what that was."""
    words = " ".join(request.form.get("q", "").split())
    find = searches.sealed(engine().vault.master, current().id, words) if words else None
    return redirect(url_for("cases.page", find=find), 303)


@blueprint.get("/cases")
def page() -> Any:
    """The list the address asks for."""
    me = current()
    words = _words(me.id)
    database = engine().database
    with database.write() if words else database.read() as connection:
        if words:
            log_search(connection, engine().clock.now(), me.id, g.request_id)
        listing = Listing(engine(), connection, me.id)
        asked = {key: request.args.get(key, "") for key in KEPT}
        if words:
            listed, pager, wanted, total = listing.search(words)[:100], None, None, None
        else:
            wanted = _filter(asked, listing, me.id)
            narrowed = any(asked[each] for each in ("state", "area", "owner"))
            total = _counted(listing, wanted, MANY if narrowed else FEW)
            found = listing.page(wanted, limit=SIZE + 1, after=_after())
            listed, pager = listing.shown(found[:SIZE]), _pager(asked, wanted, found, total)
        rows = [row(each, listing) for each in listed]
        tabs = [
            {
                "label": t(f"cases.tab.{tab}"),
                "href": _here(asked, list=tab),
                "here": not words and tab == (asked["list"] or "open"),
                "count": total if each == wanted else _counted(listing, each, FEW) if each.open else None,
                "late": tab == "late",
            }
            for tab in TABS
            for each in (_filter({"list": tab, "definition": asked["definition"]}, listing, me.id),)
        ]
    model = {
        "title": t("menu.cases"),
        "subtitle": t("cases.found", n=len(rows)) if total is None else t("cases.total", n=total),
        "actions": [
            {"label": t("menu.new_report"), "href": url_for("report.page"), "style": "primary", "sign": "new"}
        ]
        if opens_cases(me)
        else [],
        "tabs": tabs,
        "menus": [_definitions(asked, listing), _states(asked, listing)],
        "chosen": _chosen(asked, listing, words),
        "clear": url_for("cases.page"),
        "search": {
            "action": url_for("cases.search"),
            "label": t("cases.search"),
            "hint": t("cases.search_hint"),
            "value": words,
        },
        "rows": rows,
        "pager": pager,
        "empty": {
            "title": t("cases.empty"),
            "text": t("cases.empty_text"),
            "href": url_for("cases.page"),
            "label": t("cases.clear_filters"),
        },
    }
    return render_template("cases.html", page=model, shell=shell(me, "cases", searched=words))


def _words(me: str) -> str:
    """What the address searches for."""
    find = request.args.get("find", "")
    words = searches.opened(engine().vault.master, me, find) if find else ""
    if words is None:
        flash(t("cases.search_lost"), "soon")
    return words or ""


def _filter(asked: dict[str, str], listing: Listing, me: str) -> Filter:
    found = Filter(
        definition=asked.get("definition", ""),
        states=tuple(filter(None, (asked.get("state", ""),))),
        area=asked.get("area", ""),
        owner="" if asked.get("owner") == "-" else asked.get("owner", ""),
        ownerless=asked.get("owner") == "-",
        open=True,
    )
    match asked.get("list"):
        case "mine":
            return replace(found, owner=me)
        case "unowned":
            return replace(found, ownerless=True)
        case "late":
            return replace(found, late_at=listing.now)
        case "closed":
            return replace(found, open=False)
    return found


def _counted(listing: Listing, wanted: Filter, most: int) -> str:
    """How many, counted up to `most`."""
    found = listing.count(wanted, most=most + 1)
    return str(found) if found <= most else f"{most}+"


def _after() -> tuple[datetime, str] | None:
    return key_of(request.args.get("after", ""))


def _pager(asked: dict[str, str], wanted: Filter, found: Any, total: str) -> dict[str, Any] | None:
    pager: dict[str, Any] = {"text": t("cases.shown", n=min(len(found), SIZE), total=total)}
    if _after():
        pager["first"] = _here(asked)
    if len(found) > SIZE:
        at, case = wanted.key(found[SIZE - 1])
        pager["next"] = _here(asked, after=key_text(at, case))
    return pager


def _here(asked: dict[str, str], **changes: str) -> str:
    kept: dict[str, Any] = {key: value for key, value in {**asked, **changes}.items() if value}
    return url_for("cases.page", **kept)


def _definitions(asked: dict[str, str], listing: Listing) -> dict[str, Any]:
    options = [
        {
            "label": t("cases.all_workflows"),
            "href": _here(asked, definition="", state=""),
            "here": not asked["definition"],
        }
    ]
    for key, each in listing.workflows.items():
        options.append(
            {
                "label": each.definition.title.get(language()),
                "href": _here(asked, definition=key, state=""),
                "here": asked["definition"] == key,
            }
        )
    return {"label": t("cases.workflow"), "options": options}


def _states(asked: dict[str, str], listing: Listing) -> dict[str, Any]:
    options = [{"label": t("cases.all_states"), "href": _here(asked, state=""), "here": not asked["state"]}]
    chosen = asked["definition"] or "child_case"
    if chosen in listing.workflows:
        for key, state in listing.workflows[chosen].definition.states.items():
            options.append(
                {
                    "label": state.title.get(language()),
                    "href": _here(asked, definition=chosen, state=key),
                    "here": asked["state"] == key,
                }
            )
    return {"label": t("cases.state_menu"), "options": options}


def _chosen(asked: dict[str, str], listing: Listing, words: str) -> list[dict[str, Any]]:
    from web.people_names import actor_name

    found = []
    workflow = listing.workflows.get(asked["definition"])
    if workflow:
        found.append(
            {
                "label": workflow.definition.title.get(language()),
                "href": _here(asked, definition="", state=""),
            }
        )
        if asked["state"] in workflow.definition.states:
            found.append(
                {
                    "label": workflow.definition.states[asked["state"]].title.get(language()),
                    "href": _here(asked, state=""),
                }
            )
    if asked["area"]:
        found.append({"label": area_name(asked["area"]), "href": _here(asked, area="")})
    if asked["owner"]:
        found.append({"label": actor_name(asked["owner"]), "href": _here(asked, owner="")})
    if words:
        found.append({"label": f"“{words[:60]}”", "href": _here(asked)})
    return found
