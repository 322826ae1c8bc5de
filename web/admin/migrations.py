"""Moves of open cases to another version: plan, look, carry out, take back. Which case it is, is told by number and state alone.

Every order goes through engine.migration; what it refuses is one sentence above the page. The worker carries on what was
begun; the page of a move says how far it is.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.exceptions import BadRequest

from engine import migration
from engine.migration import Plan, PlanBroken, confirmed, plan_between
from engine.store import moves
from engine.store.moves import MigrationRow
from engine.values import moment
from schemas.sheets.writing import safe, table
from web import migration_model as model
from web import migration_words as said
from web.admin import migration_form, migration_pages
from web.admin.house import saved, sections, whole
from web.import_files import EXCEL
from web.migration_words import MoveWords
from web.person import current, engine
from web.shell import shell
from web.texts import language, t

BEGUN = ("running", "done")
COLUMNS = ("case", "status", "move", "what")


class MigrationsView(BaseView):
    """The moves of this installation."""

    def __init__(self) -> None:
        super().__init__(name="migrations", endpoint="admin_migrations", url="migrations")

    def render(self, template: str, **given: Any) -> str:
        """In the house."""
        return super().render(template, shell=shell(current(), "admin", no_draft=True), **given)

    # -------------------------------------------------------------- all of them, and a new one

    @expose("/")
    def index_view(self) -> Any:
        """The newest first."""
        with engine().database.read() as connection:
            rows = moves.all_of(connection)
        return self.render(
            "admin/list.html", page=migration_pages.listed(rows) | {"tabs": sections("migrations")}
        )

    @expose("/new/", methods=("GET", "POST"))
    def new(self) -> Any:
        """Between which versions; the plan that follows is shown to be confirmed."""
        if request.method != "POST":
            return self.render("admin/migration_new.html", page=migration_pages.new_page(""))
        try:
            found = engine().library
            found.refresh()
            definition = request.form.get("definition", "")
            source, target = (request.form.get(f"{each}:{definition}", "") for each in ("from", "to"))
            old, new = (found.workflow(definition, whole(each)) for each in (source, target))
            plan = plan_between(old.definition, new.definition, old.number, new.number)
            made = migration.create(engine(), plan, current().id)
        except PlanBroken as broken:
            return self.render(
                "admin/migration_new.html", page=migration_pages.new_page(said.fault(language(), broken))
            ), 422
        except KeyError:
            raise BadRequest from None
        saved("migration")
        return redirect(url_for(".plan", id=made.id), 303)

    # -------------------------------------------------------------- the plan

    @expose("/plan/", methods=("GET", "POST"))
    def plan(self) -> Any:
        """Where each state goes, and all else that a person decides."""
        row = _asked()
        if request.method != "POST" and (row.status in BEGUN or row.reverts):
            return redirect(url_for(".details_view", id=row.id), 303)
        words, found = words_of(row), Plan.of(row.plan)
        if request.method != "POST":
            return self.render(
                "admin/migration_plan.html", page=migration_pages.plan_page(row, words, None, None)
            )
        try:
            _as_read(request.form.get("plan") == found.sha256)
            changed = confirmed(found, **migration_form.changes(found, words, request.form))
            migration.change(engine(), row, changed, current().id)
        except PlanBroken as broken:
            page = migration_pages.plan_page(row, words, request.form, broken)
            return self.render("admin/migration_plan.html", page=page), 422
        saved("migration")
        if "look" not in request.form:
            flash(t("admin.migrations.plan_saved"), "ok")
            return redirect(url_for(".details_view", id=row.id), 303)
        return self._do(row, lambda: migration.look(engine(), _now(row.id), current().id))

    @expose("/by-hand/", methods=("POST",))
    def by_hand(self) -> Any:
        """States chosen for single cases, kept in the plan; then all are looked at again."""
        row = _asked()
        plan = Plan.of(row.plan)
        sent = {name[5:]: each for name, each in request.form.items() if name.startswith("case:")}
        hand = {**plan.hand, **sent}

        def change() -> None:
            _as_read(request.form.get("report", "") == (row.report_sha256 or ""))
            new = confirmed(plan, hand={case: state for case, state in hand.items() if state})
            migration.change(engine(), row, new, current().id)
            migration.look(engine(), _now(row.id), current().id)

        return self._do(row, change)

    # -------------------------------------------------------------- look, carry out, take back

    @expose("/details/")
    def details_view(self) -> Any:
        """How far it is; what it would change, or what became of it."""
        row = _asked()
        return self.render("admin/migration.html", page=migration_pages.page(row, words_of(row)))

    @expose("/look/", methods=("POST",))
    def look(self) -> Any:
        """Look at every case; the worker goes on with it."""
        row = _asked()
        if row.status == "looking":  # pressed twice
            return redirect(url_for(".details_view", id=row.id), 303)
        return self._do(row, lambda: migration.look(engine(), row, current().id))

    @expose("/apply/", methods=("POST",))
    def apply(self) -> Any:
        """Carry out what the page showed."""
        row, report = _asked(), request.form.get("report", "")
        if row.status in BEGUN and report == row.report_sha256:  # pressed twice, or by two persons
            flash(t("admin.migrations.begun"), "soon")
            return redirect(url_for(".details_view", id=row.id), 303)
        reason = " ".join(request.form.get("reason", "").split())
        return self._do(row, lambda: migration.start(engine(), row, report, current().id, reason))

    @expose("/revert/", methods=("POST",))
    def revert(self) -> Any:
        """The inverse, looked at at once; one that waits already is not made twice."""
        row = _asked()
        return self._made(
            row, lambda each: each.reverts == row.id, lambda: migration.revert(engine(), row, current().id)
        )

    @expose("/again/", methods=("POST",))
    def again(self) -> Any:
        """The same plan for those who were skipped."""
        row = _asked()

        def make() -> MigrationRow:
            if row.status != "done":
                raise PlanBroken("not_done", "")
            return migration.create(engine(), Plan.of(row.plan), current().id)

        return self._made(row, lambda each: each.plan == row.plan and each.id != row.id, make)

    @expose("/download/")
    def download(self) -> Any:
        """The report as a file."""
        row, form = _asked(), request.args.get("as", "csv")
        words = words_of(row)
        found = model.cases(engine(), row, words)
        if form == "json":
            told = {
                "id": row.id, "definition": row.definition, "from": row.from_number, "to": row.to_number, "status": row.status,
                "report": row.report_sha256, "at": moment(row.reported_at) if row.reported_at else None,
                "plan": dict(row.plan), "changes": model.changes(engine(), row), "cases": list(found),
            }  # fmt: skip
            return _file(
                json.dumps(told, ensure_ascii=False, indent=2).encode(), "application/json", row, form
            )
        headers = [t(f"admin.migrations.{each}") for each in COLUMNS]
        lines = [
            [each["reference"], each["status_title"], each["move"], "; ".join(each["told"])] for each in found
        ]
        if form == "xlsx":
            return _file(table(t("admin.migrations.title"), headers, lines), EXCEL, row, form)
        if form != "csv":
            abort(404)
        text = io.StringIO()
        csv.writer(text).writerows([[safe(cell) for cell in line] for line in (headers, *lines)])
        return _file(text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", row, form)

    # -------------------------------------------------------------- parts

    def _do(self, row: MigrationRow, order: Callable[[], Any]) -> Any:
        """An order, and back to the page; refused: the sentence above it."""
        try:
            order()
        except PlanBroken as broken:
            flash(said.fault(language(), broken, words_of(row)), "soon")
        else:
            saved("migration")
        return redirect(url_for(".details_view", id=row.id), 303)

    def _made(
        self, row: MigrationRow, like: Callable[[MigrationRow], bool], make: Callable[[], MigrationRow]
    ) -> Any:
        """Another migration, looked at at once; the one like it that was made before and not carried out yet, if any."""
        with engine().database.read() as connection:
            rows = moves.all_of(connection, row.definition)
        there = next((each for each in rows if like(each) and each.status not in BEGUN), None)
        if there is not None:
            return redirect(url_for(".details_view", id=there.id), 303)
        try:
            made = make()
            migration.look(engine(), made, current().id)
        except PlanBroken as broken:
            flash(said.fault(language(), broken, words_of(row)), "soon")
            return redirect(url_for(".details_view", id=row.id), 303)
        saved("migration")
        return redirect(url_for(".details_view", id=made.id), 303)


def words_of(row: MigrationRow) -> MoveWords:
    """Who speaks of a move, in the reader's language."""
    return migration_pages.words_between(row.definition, row.from_number, row.to_number)


def _as_read(same: bool) -> None:
    """What was sent was made from what stands now; else somebody was quicker."""
    if not same:
        raise PlanBroken("overtaken", "")


def _asked() -> MigrationRow:
    """The move of the address; else there is no such page."""
    return _now(request.args.get("id", "")) or abort(404)


def _now(id: str) -> Any:
    with engine().database.read() as connection:
        return moves.get(connection, id)


def _file(data: bytes, kind: str, row: MigrationRow, ending: str) -> Response:
    answer = Response(data, mimetype=kind.partition(";")[0], content_type=kind)
    name = f"{row.definition}-{row.from_number}-{row.to_number}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
