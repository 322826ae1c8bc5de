"""A batch as the plain data that templates/import_batch.html is written against: preview, on its way, done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import g, request, url_for
from uuid_utils.compat import uuid7

from engine.access.disclosure import reaches
from engine.importing import contents, notes, undoable
from engine.registry.names import short_name
from engine.store import imports
from engine.store.imports import Batch, Opening, StagedRow
from engine.store.steps import step_transaction
from engine.words import Words
from schemas.intake import Declared
from web import import_piles, import_room
from web.import_words import is_warning, of_note, of_reason
from web.person import current, engine
from web.shell import area_name
from web.texts import dotted, language, t

SIZE = 50
# Which lists the page of a result has, and the statuses they hold.
RESULT: Mapping[str, tuple[str, ...]] = {
    "received": ("received",), "withdrawn": ("received",), "already": ("already",), "refused": ("refused",), "bad": ("bad",), "left": ("left",),
}  # fmt: skip
KINDS = {
    "bad": "late",
    "refused": "late",
    "twins": "soon",
    "warned": "soon",
    "received": "ok",
    "waiting": "ok",
    "already": "info",
    "withdrawn": "info",
}


def log_look(what: str) -> None:
    """Record that somebody looked at the rows of a batch."""
    with step_transaction(engine().database) as transaction:
        row = {
            "id": str(uuid7()),
            "at": engine().clock.now(),
            "actor": current().id,
            "root": None,
            "case_id": None,
        }
        transaction.log_read(row | {"what": what, "request": g.request_id})
        transaction.commit()


def preview_page(batch: Batch, declared: Declared, words: Words) -> dict[str, Any]:
    """What the sheet would do: what has to be mended, what to look at, what is ready."""
    with engine().database.read() as connection:
        counts = import_piles.counts(connection, batch)
        list_ = _list(import_piles.PILES, next((key for key in import_piles.PILES if counts[key]), "waiting"))
        found = import_piles.rows(connection, batch, list_, after=_after(), limit=SIZE + 1)
    rows, pager = _paged(batch, found, list_)
    said = [of_note(words, each) for each in notes(engine(), batch)]
    return _head(batch, declared, t("import.preview"), t("import.preview_sub", n=batch.total)) | {
        "tiles": [_tile(key, counts) for key in import_piles.PILES if key != "twins" or counts[key]],
        "notes": said,
        "list": list_,
        "tabs": _tabs(batch, import_piles.PILES, counts, list_),
        "rows": [_preview_row(batch, words, each) for each in rows],
        "pager": pager,
        "empty": t("import.none"),
        "mend": url_for("imports.mend", batch=batch.id)
        if counts["bad"] or counts["twins"] or counts["warned"]
        else None,
        "ways": _preview_ways(batch, counts),
    }


def running_page(batch: Batch, declared: Declared) -> dict[str, Any]:
    """How far it is."""
    counts = _counts(batch)
    waiting, whole = counts.get("waiting", 0), batch.total - counts.get("bad", 0)
    return _head(batch, declared, t("import.running"), t("import.running_sub")) | {
        "progress": {"done": whole - waiting, "total": whole, "text": t("import.progress", done=whole - waiting, total=whole)},
        "again": url_for("imports.batch", batch=batch.id),
        "ways": [_way("drop", batch, t("import.stop"), "plain", confirm=t("import.stop_confirm"))],
    }  # fmt: skip


def result_page(batch: Batch, declared: Declared, words: Words) -> dict[str, Any]:
    """What became of every row, with links to the cases, and what can be taken back."""
    withdrawals = import_room.withdrawals(engine(), declared)
    counts = _counts(batch, withdrawals)
    list_ = _list(RESULT, next((key for key in RESULT if counts.get(key)), "received"))
    apart = withdrawals if list_ in ("received", "withdrawn") else ()
    rows, pager = _page(batch, RESULT[list_], list_, withdrawals=apart)
    with engine().database.read() as connection:
        there = imports.openings(connection, [each.case_id for each in rows if each.case_id], withdrawals)
    shown = [_result_row(words, each, there.get(each.case_id)) for each in rows]
    undo = list_ == "received" and any(each["undo"] for each in shown)
    tiles = [
        key
        for key in ("received", "withdrawn", "already", "refused", "bad")
        if key != "withdrawn" or counts.get(key)
    ]
    return _head(batch, declared, t("import.done"), t("import.done_sub", n=counts.get("received", 0))) | {
        "tiles": [_tile(key, counts) for key in tiles],
        "list": list_,
        "tabs": _tabs(batch, RESULT, counts, list_),
        "rows": shown,
        "pager": pager,
        "empty": t("import.none"),
        "mend": url_for("imports.mend", batch=batch.id) if counts.get("bad") or counts.get("refused") else None,
        "undo": {
            "action": url_for("imports.undo", batch=batch.id),
            "after": request.args.get("after", ""),
            "confirm": t("import.undo_confirm"),
        } if undo else None,
    }  # fmt: skip


# ------------------------------------------------------------------ parts


def _head(batch: Batch, declared: Declared, title: str, subtitle: str) -> dict[str, Any]:
    return {
        "title": title,
        "subtitle": subtitle,
        "kind": batch.status,
        "crumbs": [
            {"label": t("menu.cases"), "href": url_for("cases.page")},
            {"label": t("menu.import"), "href": url_for("imports.page", kind=declared.id)},
            {"label": title},
        ],
    }


def _counts(batch: Batch, withdrawals: Sequence[str] = ()) -> dict[str, int]:
    with engine().database.read() as connection:
        return imports.counts(connection, batch.id, withdrawals)


def _list(lists: Collection[str], first: str) -> str:
    asked = request.args.get("list", "")
    return asked if asked in lists else first


def _page(
    batch: Batch,
    statuses: Sequence[str],
    list_: str,
    *,
    withdrawals: Sequence[str] = (),
) -> tuple[Sequence[StagedRow], dict[str, Any] | None]:
    with engine().database.read() as connection:
        found = imports.rows_of(
            connection, batch.id, statuses, after=_after(), limit=SIZE + 1, withdrawals=withdrawals,
            withdrawn=list_ == "withdrawn",
        )  # fmt: skip
    return _paged(batch, found, list_)


def _after() -> int:
    """The row behind which the page begins."""
    after = request.args.get("after", "")
    return int(after) if after.isascii() and after.isdigit() and len(after) < 8 else 0


def _paged(
    batch: Batch, found: Sequence[StagedRow], list_: str
) -> tuple[Sequence[StagedRow], dict[str, Any] | None]:
    """The rows of a page, and the ways to the others: one row more than a page holds says that there are some."""
    first, shown = _after(), found[:SIZE]
    if not first and len(found) <= SIZE:
        return shown, None
    text = t("import.shown", first=shown[0].number, last=shown[-1].number) if shown else ""
    pager: dict[str, Any] = {"text": text}
    if first:
        pager["first"] = url_for("imports.batch", batch=batch.id, list=list_)
    if len(found) > SIZE:
        pager["next"] = url_for("imports.batch", batch=batch.id, list=list_, after=shown[-1].number)
    return shown, pager


def _tile(key: str, counts: Mapping[str, int]) -> dict[str, Any]:
    n = counts.get(key, 0)
    return {
        "n": n,
        "label": t(f"import.tile.{key}"),
        "kind": KINDS[key] if n else "plain",
        "href": f"?list={key}",
    }


def _tabs(batch: Batch, lists: Collection[str], counts: Mapping[str, int], here: str) -> list[dict[str, Any]]:
    return [
        {
            "label": t(f"import.tab.{key}"),
            "href": url_for("imports.batch", batch=batch.id, list=key),
            "here": key == here,
            "count": counts.get(key, 0),
            "late": KINDS.get(key) == "late" and bool(counts.get(key)),
        }
        for key in lists
        if counts.get(key) or key == here
    ]


def _preview_ways(batch: Batch, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    ways = []
    ready, bad, twins = counts["waiting"] + counts["warned"], counts["bad"], counts["twins"]
    if ready and not bad:
        ways.append(
            _way(
                "start",
                batch,
                t("import.start", n=ready),
                "primary",
                confirm=t("import.start_confirm", n=ready),
            )
        )
    elif ready:
        ways.append(_way("start", batch, t("import.start_good", n=ready), "primary", hidden={"good_only": "1"}, confirm=t("import.good_confirm", n=ready, bad=bad)))  # fmt: skip
    if twins:
        hidden = {"twins": "1"} | ({"good_only": "1"} if bad else {})
        ways.append(_way("start", batch, t("import.start_twins", n=ready + twins, twins=twins), "plain", hidden=hidden, confirm=t("import.twins_confirm", n=ready + twins, twins=twins)))  # fmt: skip
    return [*ways, _way("drop", batch, t("import.drop"), "plain")]


def _way(
    step: str,
    batch: Batch,
    label: str,
    style: str,
    hidden: Mapping[str, str] | None = None,
    confirm: str = "",
) -> dict[str, Any]:
    return {
        "label": label, "style": style, "action": url_for(f"imports.{step}", batch=batch.id), "confirm": confirm,
        "hidden": [{"name": name, "value": value} for name, value in (hidden or {}).items()],
    }  # fmt: skip


def _preview_row(batch: Batch, words: Words, row: StagedRow) -> dict[str, Any]:
    values = contents(engine(), batch, row)
    definition = words.workflow.definition
    name = next(
        (short_name(str(values[key])) for key in definition.shows.get("name", ()) if values.get(key)), ""
    )
    place = values.get(definition.open.area)
    return {
        "number": row.number,
        "name": name or t("case.no_name"),
        "about": dotted((area_name(place) if isinstance(place, str) else "",)),
        "said": _said(words, row),
        "facts": [
            {
                "label": definition.fields[key].title.get(language()),
                "value": words.value(definition.fields[key], value),
            }
            for key, value in values.items()
        ],
        "case": _link(row, None),
    }


def _result_row(words: Words, row: StagedRow, opening: Opening | None) -> dict[str, Any]:
    state = words.state(opening.state) if opening else ""
    withdrawn = bool(opening and opening.withdrawn)
    return {
        "number": row.number,
        "case": _link(row, opening),
        "state": t("import.withdrawn") if withdrawn else state,
        "said": _said(words, row),
        "undo": row.status == "received" and undoable(opening),
    }


def _said(words: Words, row: StagedRow) -> list[dict[str, str]]:
    return [
        {"kind": "soon" if is_warning(each) else "late", "text": of_reason(words, each)}
        for each in row.reasons
    ]


def _link(row: StagedRow, opening: Opening | None) -> dict[str, Any] | None:
    """The number of a row's case; a link for whoever may open it."""
    if opening is None:
        return None
    scene = engine().look(opening.case, current().id)
    mine = scene and scene.case and reaches(scene.workflow.definition, scene.case.agency, scene.seen.holdings)
    return {"number": opening.reference, "href": url_for("case.page", case=opening.case) if mine else None}
