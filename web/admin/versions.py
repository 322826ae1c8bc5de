"""Workflows as administrators see them: drafts, every version with its open cases, what was decided about each.

A version is never changed here: a draft of it is begun, or it is retired with a reason.
"""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import BaseView, expose

from engine.examined import Refusal
from engine.store import drafts as rows
from engine.store import live, reference
from engine.store.drafts import DraftRow, VersionEventRow
from engine.store.rows import DefinitionRow
from web.admin.forms import AdminForm, house_field, words
from web.admin.house import saved, sections
from web.admin.version_words import (
    SHORT,
    draft_href,
    event_row,
    published_by,
    status_chip,
    title_of,
    version_href,
    when,
)
from web.people_names import actor_name
from web.person import current, engine
from web.shell import shell
from web.texts import language, t
from workflows.drafting import drafts

SHOWN = 50
ID = r"[a-z][a-z0-9_]{0,63}"


class NewWorkflow(AdminForm):
    """A workflow that is not there yet."""

    definition = words(64, like=ID)


class VersionsView(BaseView):
    """The workflows of this installation."""

    def __init__(self) -> None:
        super().__init__(name="definitions", endpoint="admin_definitions", url="definitions")

    def render(self, template: str, **given: Any) -> str:
        """In the house."""
        return super().render(template, shell=shell(current(), "admin", no_draft=True), **given)

    # -------------------------------------------------------------- the list

    @expose("/")
    def index_view(self) -> Any:
        """Drafts that are worked on or wait, then all versions."""
        with engine().database.read() as connection:
            versions = reference.definitions(connection)
            newest = reference.newest(connection)
            waiting = rows.all_of(connection, "submitted", "open")
            counts = {
                each: live.open_cases(connection, each) for each in {row.definition for row in versions}
            }
        titles = {each.definition: title_of(each.plain, each.definition) for each in versions}
        ordered = sorted(versions, key=lambda each: (titles[each.definition], each.definition, -each.number))
        page = {
            "title": t("admin.definitions.title"),
            "subtitle": t("admin.definitions.about"),
            "actions": [
                {"label": t("admin.definitions.decided"), "href": url_for(".decided")},
                {"label": t("admin.definitions.new"), "href": url_for(".new"), "style": "primary", "sign": "new"},
            ],
            "tabs": sections("definitions"),
            "drafts": {
                "title": t("admin.definitions.drafts"),
                "columns": _columns("workflow", "draft_status", "saved"),
                "rows": [_draft_cells(each, titles) for each in sorted(waiting, key=_waiting_first)],
            },
            "versions": {
                "title": t("admin.definitions.versions"),
                "columns": _columns("workflow", "number", "status", "open_cases", "published_at"),
                "rows": [
                    _version_cells(each, titles, newest.get(each.definition), counts[each.definition])
                    for each in ordered
                ],
            },
        }  # fmt: skip
        return self.render("admin/versions.html", page=page)

    @expose("/decided/")
    def decided(self) -> Any:
        """What was decided about the versions of all workflows."""
        before = request.args.get("before", "")
        with engine().database.read() as connection:
            found = rows.lately(connection, SHOWN + 1, before)
            titles = {
                each.definition: title_of(each.plain, each.definition)
                for each in reference.definitions(connection)
            }
        pager = {"text": t("admin.decided.shown", n=len(found[:SHOWN]))}
        if before:
            pager["first"] = url_for(".decided")
        if len(found) > SHOWN:
            pager["next"] = url_for(".decided", before=found[SHOWN - 1].id)
        page = {
            "title": t("admin.definitions.decided"),
            "subtitle": t("admin.decided.about"),
            "crumbs": _crumbs(t("admin.definitions.decided")),
            "tabs": sections("definitions"),
            "columns": [{"label": t(f"admin.decided.{each}")} for each in ("workflow", "what", "who", "facts")],
            "rows": [_event_cells(each, titles) for each in found[:SHOWN]],
            "pager": pager if len(pager) > 1 else None,
            "empty": {"title": t("admin.decided.empty"), "text": t("admin.decided.empty_text")},
        }  # fmt: skip
        return self.render("admin/list.html", page=page)

    # -------------------------------------------------------------- beginning a draft

    @expose("/new/", methods=("GET", "POST"))
    def new(self) -> Any:
        """A draft of a workflow that is not there yet."""
        form = NewWorkflow(request.form)
        if request.method == "POST" and form.validate():
            id = form.definition.data
            if _versions(id):
                form.definition.errors = [*form.definition.errors, t("admin.definitions.there", id=id)]
            else:
                return _begun(drafts(engine()).begin(id, current().id))
        wrong = request.method == "POST"
        page = {
            "title": t("admin.definitions.new"),
            "crumbs": _crumbs(t("admin.definitions.new")),
            "form": {
                "id": "new-workflow",
                "about": t("admin.definitions.new_about"),
                "action": url_for(".new"),
                "sections": [{"fields": [house_field(form.definition, "definitions")]}],
                "refused": wrong,
                "submit": {"label": t("admin.definitions.begin_new")},
                "cancel": {"label": t("form.cancel"), "href": url_for(".index_view")},
            },
        }
        return self.render("admin/form.html", page=page), 422 if wrong else 200

    @expose("/begin/", methods=("POST",))
    def begin(self) -> Any:
        """A draft with the text of a version."""
        row = _asked()
        return _begun(drafts(engine()).begin(row.definition, current().id, based_on=row.number))

    # -------------------------------------------------------------- one version

    @expose("/details/")
    def details_view(self) -> Any:
        """One version: its text, who published it with which ticks, what became of it."""
        return self._page(_asked())

    @expose("/retire/", methods=("POST",))
    def retire(self) -> Any:
        """No new cases by this version."""
        row, reason = _asked(), request.form.get("reason", "")
        refusal = drafts(engine()).retire(row.definition, row.number, reason, current().id)
        if refusal:
            return self._page(row, refusal.say(language()), reason), 422
        saved("retired")
        flash(t("admin.definitions.retired_now", n=row.number), "ok")
        return redirect(version_href(row.definition, row.number), 303)

    def _page(self, row: DefinitionRow, refused: str = "", reason: str = "") -> str:
        with engine().database.read() as connection:
            newest = reference.newest(connection).get(row.definition)
            states = live.open_cases(connection, row.definition).get(row.number, {})
            history = rows.history(connection, row.definition)
            others = [each for each in reference.definitions(connection) if each.definition == row.definition]
        draft = next(
            (each.draft for each in history if each.number == row.number and each.kind == "published"), None
        )
        own = [each for each in history if each.number == row.number or (draft and each.draft == draft)]
        page: dict[str, Any] = {
            "title": title_of(row.plain, row.definition),
            "number": t("admin.definitions.version_n", n=row.number),
            "about": t("admin.definitions.version_n", n=row.number),
            "crumbs": _crumbs(t("admin.definitions.version_n", n=row.number)),
            "actions": [
                {"label": t("simulate.link"), "href": url_for("admin_simulate.index_view", id=_key(row))},
                {"label": t("admin.migrations.new"), "href": url_for("admin_migrations.new")},
            ],
            "state": _state(row, newest),
            "facts": [
                {"label": t("admin.definitions.id"), "value": row.definition, "code": True},
                {
                    "label": t("admin.definitions.published_at"),
                    "value": f"{when(row.published_at)} · {published_by(row.published_by)}",
                },
                {"label": t("admin.definitions.open_cases"), "value": _open_in_words(row, states)},
                {"label": t("admin.sha256"), "value": row.sha256},
            ],
            "history": [event_row(each) for each in reversed(own)],
            "source": row.source,
            "begin": {"action": url_for(".begin", id=_key(row))},
        }
        if row.status == "published":
            page["retire"] = _retire_form(row, others, sum(states.values()), refused, reason)
        return self.render("admin/version.html", page=page)


def _retire_form(
    row: DefinitionRow, versions: list[DefinitionRow], open_cases: int, refused: str, reason: str
) -> dict[str, Any]:
    """The form that retires a version, with what that means in numbers."""
    left = [each.number for each in versions if each.status == "published" and each.number != row.number]
    after = t("admin.definitions.retire_next", n=max(left)) if left else t("admin.definitions.retire_none")
    if left and max(left) > row.number:
        after = t("admin.definitions.retire_same", n=max(left))
    field = {
        "name": "reason",
        "type": "line",
        "label": t("admin.definitions.reason"),
        "required": True,
        "value": reason,
    }
    return {
        "id": "retire",
        "title": t("admin.definitions.retire"),
        "about": f"{after} {t('admin.definitions.retire_open', n=open_cases)}",
        "action": url_for(".retire", id=_key(row)),
        "sections": [{"fields": [field | ({"errors": [refused]} if refused else {})]}],
        "refused": bool(refused),
        "submit": {"label": t("admin.definitions.retire"), "style": "danger"},
        "confirm": t("admin.definitions.retire_confirm", n=row.number),
    }


def _begun(made: DraftRow | Refusal) -> Any:
    if isinstance(made, Refusal):
        abort(404)
    return redirect(url_for("admin_draft.page", id=made.id), 303)


def _asked() -> DefinitionRow:
    """The version of the address; else there is no such page."""
    definition, _, number = request.args.get("id", "").partition(",")
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        abort(404)
    with engine().database.read() as connection:
        return reference.definition(connection, definition, int(number)) or abort(404)


def _versions(definition: str) -> bool:
    with engine().database.read() as connection:
        return reference.definition(connection, definition, 1) is not None


def _key(row: DefinitionRow) -> str:
    return f"{row.definition},{row.number}"


def _crumbs(here: str) -> list[dict[str, Any]]:
    return [{"label": t("admin.definitions.title"), "href": url_for(".index_view")}, {"label": here}]


def _columns(*names: str) -> list[dict[str, str]]:
    return [{"label": t(f"admin.definitions.{each}")} for each in names]


def _waiting_first(draft: DraftRow) -> bool:
    return draft.status != "submitted"


def _draft_cells(draft: DraftRow, titles: dict[str, str]) -> list[dict[str, Any]]:
    base = t("admin.review.from", n=draft.based_on) if draft.based_on else t("admin.review.from_nothing")
    return [
        {"text": titles.get(draft.definition, draft.definition), "small": base, "href": draft_href(draft.id)},
        {"chips": [status_chip(draft)]},
        {"text": when(draft.saved_at), "small": actor_name(draft.saved_by)},
    ]


def _version_cells(
    row: DefinitionRow, titles: dict[str, str], newest: int | None, counts: dict[int, dict[str, int]]
) -> list[dict[str, Any]]:
    return [
        {
            "text": titles[row.definition],
            "code": row.definition,
            "href": version_href(row.definition, row.number),
        },
        {"text": str(row.number), "small": row.sha256[:SHORT]},
        {"chips": [_state(row, newest)]},
        {"text": str(sum(counts.get(row.number, {}).values()))},
        {"text": when(row.published_at), "small": published_by(row.published_by)},
    ]


def _event_cells(event: VersionEventRow, titles: dict[str, str]) -> list[dict[str, Any]]:
    row = event_row(event)
    name: dict[str, Any] = {"text": titles.get(event.definition, event.definition), "small": row["version"]}
    if row["href"] or event.draft:
        name["href"] = row["href"] or draft_href(event.draft or "")
    return [
        name,
        {"chips": [{"kind": row["kind"], "text": row["text"]}]},
        {"text": row["when"], "small": row["who"]},
        {"lines": row["lines"]},
    ]


def _state(row: DefinitionRow, newest: int | None) -> dict[str, str]:
    """Do new cases follow it?"""
    if row.status == "retired":
        return {"kind": "plain", "text": t("admin.definitions.retired")}
    if row.number == newest:
        return {"kind": "ok", "text": t("admin.definitions.published")}
    return {"kind": "info", "text": t("admin.definitions.earlier")}


def _open_in_words(row: DefinitionRow, states: dict[str, int]) -> str | list[str]:
    """How many cases are open on it, and in which state."""
    titles = {each["key"]: each.get("title", {}) for each in row.plain.get("states", ())}
    counted = sorted(states.items(), key=lambda each: -each[1])
    return [
        t("admin.definitions.open_in", n=n, state=titles.get(key, {}).get(language()) or key)
        for key, n in counted
    ] or t("admin.definitions.open_none")
