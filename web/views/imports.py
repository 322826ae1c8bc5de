"""Import of a list: choose a file, look at what it would do, start, watch, and see what became of every row.

A batch is its own person's alone. File names are not kept, and names of children stand on the preview only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for

from engine import importing
from engine.store import imports
from engine.store.imports import Batch
from engine.words import Words
from schemas.intake import Declared
from schemas.sheets import MOST_BYTES, MOST_ROWS, Unreadable
from web import import_piles, import_room, import_words
from web.case_model import moment_text, name_of
from web.choices import Choices
from web.import_files import EXCEL, mending, template_of
from web.import_model import log_look, preview_page, result_page, running_page
from web.person import current, engine
from web.shell import shell
from web.texts import language, t

blueprint = Blueprint("imports", __name__)
LISTED = 10
MEGABYTE = 1024 * 1024
ROOM = 2 * MOST_BYTES  # a file that is too large for us still gets a sentence, up to here


def make_room() -> None:
    """Files may be larger than forms. Before anything reads the request."""
    if request.endpoint == "imports.send":
        request.max_content_length = ROOM


@blueprint.get("/import")
def page() -> Any:
    """Choose a file; and what one has brought in before."""
    return _render(_declared(), "")


@blueprint.post("/import")
def send() -> Any:
    """Read and stage the file. Nothing is opened by it."""
    declared = _declared()
    file = request.files.get("file")
    data = file.read(MOST_BYTES + 1) if file else b""
    if file:
        file.close()
    if not file or not file.filename:
        return _render(declared, t("import.no_file")), 422
    chosen = {name: request.form.get(name, "") for name in declared.ask}
    try:
        batch = import_room.bring(engine(), declared, current().id, data, chosen, "worker")
    except Unreadable as fault:
        not_chosen = fault.params["fields"] if fault.code == "not_chosen" else ()
        return _render(declared, import_words.of_file(_words(declared), fault), not_chosen), 422
    return redirect(url_for("imports.batch", batch=batch), 303)


@blueprint.get("/import/template.xlsx")
def template() -> Any:
    """A file to fill in, in the reader's language."""
    declared = _declared()
    made = template_of(
        engine(), declared, _words(declared), declared.title.get(language()), t("import.values"),
        t("import.required", kind="{kind}"), t("import.optional", kind="{kind}"),
    )  # fmt: skip
    return _file(made, t("import.template_file"))


@blueprint.get("/import/<batch>")
def batch(batch: str) -> Any:
    """A batch as it stands: to be looked at, on its way, or done."""
    found, declared = _mine(batch)
    words = _words(declared)
    if found.status == "preview":
        log_look("import preview")
        return render_template("import_batch.html", page=preview_page(found, declared, words), shell=_shell())
    if found.status == "running":
        return render_template("import_batch.html", page=running_page(found, declared), shell=_shell())
    log_look("import result")
    return render_template("import_batch.html", page=result_page(found, declared, words), shell=_shell())


@blueprint.post("/import/<batch>/start")
def start(batch: str) -> Any:
    """Let it run: all rows, or the good ones only; what says the same as an earlier row only if that is asked for."""
    found, _ = _mine(batch)
    good_only = "good_only" in request.form
    if "twins" not in request.form:
        import_piles.leave_twins(engine(), found, good_only=good_only)
    if not importing.start(engine(), found, good_only=good_only):
        flash(t("import.not_started"), "soon")
    return redirect(url_for("imports.batch", batch=batch), 303)


@blueprint.post("/import/<batch>/drop")
def drop(batch: str) -> Any:
    """Throw a preview away, or end a run where it stands."""
    found, _ = _mine(batch)
    if found.status == "running":
        importing.stop(engine(), found)
        flash(t("import.stopped"), "ok")
        return redirect(url_for("imports.batch", batch=batch), 303)
    if importing.drop(engine(), found):
        flash(t("import.dropped"), "ok")
    return redirect(url_for("imports.page"), 303)


@blueprint.post("/import/<batch>/undo")
def undo(batch: str) -> Any:
    """Take back the cases of the rows that are ticked, as far as nobody has touched them."""
    found, declared = _mine(batch)
    numbers = [
        int(each)
        for each in request.form.getlist("row")
        if each.isascii() and each.isdigit() and len(each) < 8
    ]
    reason = " ".join(request.form.get("reason", "").split())
    back = redirect(
        url_for("imports.batch", batch=batch, list="received", after=request.form.get("after")), 303
    )
    if not numbers or not reason:
        flash(t("import.undo_none") if not numbers else t("import.undo_reason"), "soon")
        return back
    with engine().database.read() as connection:
        rows = imports.numbered(connection, found.id, numbers[: imports.TOGETHER])
    outcomes = importing.undo(
        engine(), found, rows, actor=current().id, trigger=declared.withdraw, reason=reason,
        session=g.session_hash, request=g.request_id,
    )  # fmt: skip
    done = sum(each.applied for each in outcomes.values())
    if done:
        flash(t("import.undone", n=done), "ok")
    words = _words(declared)
    for number, outcome in outcomes.items():
        if not outcome.applied:
            said = " ".join(words.blocker(each) for each in outcome.blockers)
            flash(t("import.undo_refused", row=number, why=said), "soon")
    return back


@blueprint.get("/import/<batch>/mend.xlsx")
def mend(batch: str) -> Any:
    """What has to be mended, as a file."""
    found, declared = _mine(batch)
    with engine().database.read() as connection:
        bad = imports.rows_of(connection, found.id, ("bad", "refused"), limit=MOST_ROWS)
        warned = imports.rows_of(connection, found.id, ("waiting", "received"), warned=True, limit=MOST_ROWS)
    rows = sorted((*bad, *warned), key=lambda each: each.number)
    headers = (t("import.row"), t("import.column"), t("import.kind"), t("import.what"))
    made = mending(
        _words(declared), rows, t("import.mend_sheet"), headers, (t("import.error"), t("import.warning"))
    )
    return _file(made, t("import.mend_file"))


# ------------------------------------------------------------------ parts


def _declared(id: str = "") -> Declared:
    """The import that is asked for, or the first this person may use; 404 for whoever may use none."""
    asked = id or request.args.get("kind", "")
    found = [e for e in import_room.offered(engine(), current().functions) if asked in ("", e.id)]
    return found[0] if found else abort(404)


def _mine(batch: str) -> tuple[Batch, Declared]:
    """One's own batch, or 404."""
    try:
        UUID(batch)
    except ValueError:
        abort(404)
    with engine().database.read() as connection:
        found = imports.find_batch(connection, batch)
    if found is None or found.actor != current().id:
        abort(404)
    return found, _declared(found.kind)


def _words(declared: Declared) -> Words:
    return Words(import_room.workflow_of(engine(), declared), language(), name_of, engine().library.zone)


def _shell() -> dict[str, Any]:
    return shell(current(), "import")


def _file(data: bytes, name: str) -> Response:
    answer = Response(data, mimetype=EXCEL)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _render(declared: Declared, error: str, not_chosen: Sequence[str] = ()) -> str:
    """The page of the choice. error: why a file was not taken; not_chosen: fields it lacks that were not chosen either."""
    me = current()
    workflow = import_room.workflow_of(engine(), declared)
    choices = Choices(me, None)
    usual = import_room.usual(engine(), declared, me.holdings)
    asks = [
        {
            "name": name, "type": workflow.definition.fields[name].type.value, "label": workflow.definition.fields[name].title.get(language()),
            "hint": t("import.where_missing"), "value": request.form.get(name, usual[name]), "errors": [t("import.choose_one")] if name in not_chosen else [],
        }
        | choices.options(workflow.definition.fields[name])
        for name in declared.ask
    ]  # fmt: skip
    with engine().database.read() as connection:
        before = imports.batches_of(connection, me.id, declared.id, LISTED)
        withdrawals = import_room.withdrawals(engine(), declared)
        counted = [imports.counts(connection, each.id, withdrawals) for each in before]
    model = {
        "title": t("import.title"),
        "subtitle": declared.title.get(language()),
        "crumbs": [{"label": t("menu.cases"), "href": url_for("cases.page")}, {"label": t("menu.import")}],
        "action": url_for("imports.send", kind=declared.id),
        "template": url_for("imports.template", kind=declared.id),
        "limits": t("import.limits", megabytes=MOST_BYTES // MEGABYTE, rows=f"{MOST_ROWS:,}".replace(",", "." if language() == "vi" else ",")),
        "error": error,
        "file_wrong": bool(error) and not not_chosen,
        "asks": asks,
        "help": [t("import.help_columns"), t("import.help_preview"), t("import.help_again")],
        "batches": [
            {
                "href": url_for("imports.batch", batch=each.id),
                "when": moment_text(each.created_at, engine().library.zone),
                "total": each.total,
                "received": counts.get("received", 0),
                "withdrawn": t("import.withdrawn_n", n=counts["withdrawn"]) if counts.get("withdrawn") else "",
                "status": {"kind": {"preview": "soon", "running": "info"}.get(each.status, "plain"), "text": t(f"import.status.{each.status}")},
            }
            for each, counts in zip(before, counted, strict=True)
        ],
    }  # fmt: skip
    return render_template("imports.html", page=model, shell=_shell())
