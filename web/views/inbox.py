"""Inbox: what the system told this person, by day and by case. A notice names a case by its number, never a child.

Several notices of one case on one day are one line that unfolds. Of a case out of reach nothing is told any more, nor of
what is for administrators to one who is none any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest

from engine import draft_news
from engine.listing import Listing
from engine.store import drafts, inbox
from engine.words import Words
from web.case_model import moment_text, name_of
from web.notice_text import notice_title
from web.onward import is_ours
from web.paging import key_of, key_text
from web.person import current, engine
from web.shell import administers, area_name, only_administers, shell
from web.texts import capitalised, language, t

blueprint = Blueprint("inbox", __name__)
SIZE = 60
KINDS = {
    "late": ("breach", "escalation"),
    "soon": ("warning",),
    "news": ("notify", "returned", "migrated", *draft_news.KINDS),
}
OUT_OF_REACH, NOT_ADMIN = "out_of_reach", "not_admin"  # lines of what is not told any more
PRESSING = {kind: light for light in ("late", "soon") for kind in KINDS[light]}


class Waiting(NamedTuple):
    """What a notice may press for still: time limits to be met, with their due moments, and drafts to be decided on."""

    limits: frozenset[tuple[str, datetime]]
    drafts: frozenset[str]


@blueprint.get("/inbox")
def page() -> Any:
    """Unread notices, or all of them; of every kind, or of one."""
    me = current()
    everything = request.args.get("list") == "all"
    kind = request.args.get("kind", "") if request.args.get("kind") in KINDS else ""
    after = key_of(request.args.get("after", ""))
    with engine().database.read() as connection:
        listing = Listing(engine(), connection, me.id)
        unread = inbox.count_unread(connection, me.id)
        found = inbox.notices(
            connection,
            me.id,
            unread_only=not everything,
            limit=SIZE + 1,
            kinds=KINDS.get(kind, ()),
            after=after,
        )
        seen = inbox.visible(connection, listing.reach, {each.case_id for each in found if each.case_id})
        waiting = Waiting(inbox.waiting(connection, seen), drafts.submitted(connection))
    rows = _whole_days(found)
    here = {"list": "all" if everything else None, "kind": kind or None}
    model = {
        "title": t("menu.inbox"),
        "subtitle": t("inbox.subtitle", n=unread),
        "menus": [_kinds(here, kind)],
        "tabs": [
            {
                "label": t("inbox.unread"),
                "href": url_for("inbox.page", kind=here["kind"]),
                "here": not everything,
                "count": unread,
            },
            {
                "label": t("inbox.all"),
                "href": url_for("inbox.page", list="all", kind=here["kind"]),
                "here": everything,
            },
        ],
        "days": [
            _day(day, list(of_day), seen, waiting, listing.today)
            for day, of_day in groupby(rows, key=lambda row: _local(row.at).date())
        ],
        "all_read": _all_read(rows, kind) if unread and not after else None,
        "pager": _pager(here, rows, more=len(found) > len(rows), begun=bool(after)),
        "empty": {"title": t("inbox.empty"), "text": t("inbox.empty_text")}
        | ({} if only_administers(me) else {"href": url_for("work.page"), "label": t("menu.work")}),
    }
    return render_template("inbox.html", page=model, shell=shell(me, "inbox"))


@blueprint.post("/inbox/<notice>/read")
def read(notice: str) -> Any:
    """Put one notice away; only one's own."""
    return _put_away([notice])


@blueprint.post("/inbox/read")
def read_many() -> Any:
    """Put away the notices named, or all that came up to the newest one that was shown."""
    if "upto" not in request.form:
        return _put_away(request.form.getlist("notice"))
    try:
        upto = datetime.fromisoformat(request.form["upto"]).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRequest from None
    kinds = KINDS.get(request.form.get("kind", ""), ())
    with engine().database.write() as connection:
        inbox.mark_all_read(connection, current().id, upto, engine().clock.now(), kinds)
    return _back()


def _put_away(notices: Sequence[str]) -> Any:
    with engine().database.write() as connection:
        inbox.mark_read(connection, current().id, notices[:SIZE], engine().clock.now())
    return _back()


def _back() -> Any:
    onward = request.form.get("next", "")
    return redirect(onward if is_ours(onward) else url_for("inbox.page"), 303)


# ------------------------------------------------------------------ the list


def _whole_days(found: Sequence[Any]) -> Sequence[Any]:
    """A page of notices that ends with a day, unless one day alone is longer than a page."""
    if len(found) <= SIZE:
        return found
    cut = _local(found[SIZE].at).date()
    whole = [row for row in found if _local(row.at).date() != cut]
    return whole or found[:SIZE]


def _pager(here: dict[str, Any], rows: Sequence[Any], *, more: bool, begun: bool) -> dict[str, Any] | None:
    if not rows or not (more or begun):
        return None
    pager: dict[str, Any] = {"text": t("inbox.shown", n=len(rows))}
    if begun:
        pager["first"] = url_for("inbox.page", **here)
    if more:
        pager["next"] = url_for("inbox.page", after=key_text(rows[-1].at, rows[-1].id), **here)
    return pager


def _kinds(here: dict[str, Any], chosen: str) -> dict[str, Any]:
    options = [
        {
            "label": t(f"inbox.kind.{key}"),
            "href": url_for("inbox.page", list=here["list"], kind=None if key == "all" else key),
            "here": key == (chosen or "all"),
        }
        for key in ("all", *KINDS)
    ]
    return {"label": t(f"inbox.kind.{chosen or 'all'}"), "options": options}


def _all_read(rows: Sequence[Any], kind: str) -> dict[str, Any]:
    newest = max((row.at for row in rows), default=engine().clock.now())
    hidden = {"upto": newest.isoformat(), "kind": kind}
    return {
        "action": url_for("inbox.read_many"),
        "label": t("inbox.all_read"),
        "hidden": [{"name": name, "value": value} for name, value in hidden.items()],
    }


def _day(
    day: date, rows: Sequence[Any], seen: frozenset[str], waiting: Waiting, today: date
) -> dict[str, Any]:
    """One day with a line for each case, the newest first; those of cases out of reach are one line."""
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(_line(row, seen), []).append(row)
    written = f"{t(f'weekday.{day.weekday()}')}, {day:%d/%m/%Y}"
    return {
        "title": t("inbox.today", day=written) if day == today else capitalised(written),
        "rows": [_group(key, each, waiting) for key, each in groups.items()],
    }


def _line(row: Any, seen: frozenset[str]) -> str:
    """What tells the line of a notice from the others of its day."""
    if row.case_id:
        return row.case_id if row.case_id in seen else OUT_OF_REACH
    return row.id if row.kind == "migrated" or administers(current()) else NOT_ADMIN


def _group(line: str, rows: Sequence[Any], waiting: Waiting) -> dict[str, Any]:
    """The notices of one line of a day."""
    unread = [row.id for row in rows if row.read_at is None]
    newest = rows[0]
    group: dict[str, Any] = {
        "at": newest.at.isoformat(),
        "when": moment_text(newest.at, engine().library.zone),
        "chips": [],
        "more": [],
        "put_away": unread,
        "action": url_for("inbox.read_many"),
        "next": request.full_path.rstrip("?"),
    }
    if line in (OUT_OF_REACH, NOT_ADMIN):
        return group | {"title": t(f"inbox.{line}", n=len(rows)), "text": t(f"inbox.{line}_text")}
    if not newest.case_id:
        return group | _without_case(newest, waiting)
    words = _words(newest)
    group |= {
        "href": url_for("case.page", case=newest.case_id),
        "number": newest.reference,
        "place": area_name(newest.area),
        "text": t("notice.state", state=words.state(newest.state)),
        "chips": _chips(rows, waiting, closed=newest.closed_at is not None),
    }
    if len(rows) == 1:
        return group | {"title": notice_title(engine().library, words, newest.kind, newest.params)}
    more = [
        {
            "title": notice_title(engine().library, words, row.kind, row.params),
            "at": row.at.isoformat(),
            "when": f"{_local(row.at):%H:%M}",
        }
        for row in rows
    ]
    title = t("inbox.several", n=len(rows), title=more[0]["title"])
    return group | {"title": title, "more": more}


def _without_case(row: Any, waiting: Waiting) -> dict[str, Any]:
    """Of a workflow, by its title, or of the mail: cases of one's own that follow another version now (what changed is
    told by each of them), a draft that waits for one's decision, what came of one's own draft.
    """
    known = engine().library.newest(row.params["definition"]) if "definition" in row.params else None
    title = known.definition.title.get(language()) if known else row.params.get("definition", "")
    settled = row.kind == draft_news.SUBMITTED and row.params["draft"] not in waiting.drafts
    quiet = settled or row.kind in ("migrated", draft_news.RETURNED, draft_news.PUBLISHED)
    chips = [{"kind": "info" if quiet else "soon", "text": t(f"notice.{row.kind}.chip")}]
    return {
        "title": t(f"notice.{row.kind}", title=title, number=row.params.get("number"), n=row.params.get("n")),
        "text": t(f"notice.{row.kind}.text"),
        "chips": [*chips, {"kind": "ok", "text": t("inbox.waits_no_more")}] if settled else chips,
        "href": _leads_to(row),
    }


def _leads_to(row: Any) -> str:
    if row.kind == "migrated":
        return url_for("cases.page")
    if row.kind in draft_news.KINDS:
        return url_for("admin_review.page", id=row.params["draft"])
    return url_for("admin_mails.index_view")


def _chips(rows: Sequence[Any], waiting: Waiting, *, closed: bool) -> list[dict[str, str]]:
    """A chip for each kind of notice, once. What is done presses no more: the case has ended (closed), or the limit has."""
    pressing = {row.kind for row in rows if not closed and not _settled(row, waiting)}
    texts = {
        t(f"notice.{kind}.chip"): PRESSING.get(kind, "info") if kind in pressing else "info"
        for kind in dict.fromkeys(row.kind for row in rows)
    }
    chips = [{"kind": kind, "text": text} for text, kind in texts.items()]
    if closed:
        return [{"kind": "plain", "text": t("inbox.closed")}, *chips]
    done = all(_settled(row, waiting) for row in rows)
    return [*chips, {"kind": "ok", "text": t("inbox.settled")}] if done else chips


def _settled(row: Any, waiting: Waiting) -> bool:
    """Is it about a time limit that has ended, or runs to another moment now?"""
    limit = row.params.get("deadline")
    return limit is not None and (limit, datetime.fromisoformat(row.params["due"])) not in waiting.limits


def _words(row: Any) -> Words:
    workflow = engine().library.workflow(row.definition, row.definition_number)
    return Words(workflow, language(), name_of, engine().library.zone)


def _local(at: datetime) -> datetime:
    return at.astimezone(engine().library.zone)
