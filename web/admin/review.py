"""A draft between two persons: its author ticks the warnings and submits; another administrator publishes or returns it.

What was read is what is published: the forms carry the change and the hash that this page shows.
"""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import BaseView, expose

from engine.definition.identity import content_hash
from engine.examined import MOST_REASON, Examined, Refusal, text_hash, tick_key
from engine.store import drafts as rows
from engine.store import reference
from engine.store.drafts import DraftRow, VersionEventRow
from engine.store.rows import DefinitionRow
from web.admin.comparing import compared
from web.admin.editor_data import script_words
from web.admin.house import saved, whole
from web.admin.version_words import (
    draft_href,
    event_row,
    findings_of,
    returned,
    status_chip,
    title_of,
    version_href,
    when,
)
from web.people_names import actor_name
from web.person import current, engine
from web.shell import function_name, shell
from web.texts import language, t
from workflows.catalogue import functions
from workflows.drafting import drafts, examined

TICK = "tick-"  # before the key of a warning, in the name of its field


class ReviewView(BaseView):
    """One draft."""

    def __init__(self) -> None:
        super().__init__(name="review", endpoint="admin_review", url="workflows/review")

    @expose("/")
    def page(self) -> Any:
        """The draft, what there is to say about it, and what this person can do with it."""
        return self._page(_asked())

    @expose("/submit/", methods=("POST",))
    def submit(self) -> Any:
        """Tick what was ticked, and ask a second person to publish."""
        draft, by = _asked(), current().id
        reasons = {
            name.removeprefix(TICK): why for name, why in request.form.items() if name.startswith(TICK)
        }
        made = drafts(engine()).tick(draft.id, _revision(), reasons, by) if reasons else draft
        revision = made.revision if isinstance(made, DraftRow) and reasons else _revision()
        if not isinstance(made, Refusal):
            made = drafts(engine()).submit(draft.id, revision, by)
        return self._answer(made, t("admin.review.submitted_now"))

    @expose("/publish/", methods=("POST",))
    def publish(self) -> Any:
        """Publish what this page showed. Pressed twice: the version that came of it."""
        made = drafts(engine()).publish(_asked().id, _revision(), request.form.get("seen", ""), current().id)
        if isinstance(made, Refusal) and made.code != "published":
            return self._answer(made, "")
        draft = _asked()
        if not isinstance(made, Refusal):
            saved("published")
            flash(t("admin.review.published_now", n=draft.number), "ok")
        return redirect(version_href(draft.definition, draft.number or 0), 303)

    @expose("/return/", methods=("POST",))
    def give_back(self) -> Any:
        """Return it with a reason."""
        reason = request.form.get("reason", "")
        made = drafts(engine()).give_back(_asked().id, _revision(), reason, current().id)
        return self._answer(made, t("admin.review.returned_now"))

    @expose("/drop/", methods=("POST",))
    def drop(self) -> Any:
        """Put it aside for good."""
        made = drafts(engine()).drop(_asked().id, _revision(), current().id)
        return self._answer(made, t("admin.review.dropped_now"))

    # -------------------------------------------------------------- drawing

    def _answer(self, made: DraftRow | Refusal, done: str) -> Any:
        """Back to the page; refused: the page again, with the sentence and what was typed."""
        if isinstance(made, Refusal):
            return self._page(_asked(), made.say(language())), 409 if made.code == "overtaken" else 422
        flash(done, "ok")
        return redirect(draft_href(made.id), 303)

    def _page(self, draft: DraftRow, refused: str = "") -> str:
        found = examined(engine(), draft.text)
        with engine().database.read() as connection:
            newest = reference.newest(connection).get(draft.definition)
            base = reference.definition(connection, draft.definition, draft.based_on or 0)
            history = [each for each in rows.history(connection, draft.definition) if each.draft == draft.id]
        title = title_of(found.plain or (base.plain if base else None), draft.definition)
        difference = compared(engine(), draft.definition, draft.based_on, draft.text)
        page: dict[str, Any] = {
            "title": title,
            "about": t("admin.review.about"),
            "crumbs": [
                {"label": t("admin.definitions.title"), "href": url_for("admin_definitions.index_view")},
                {"label": t("admin.review.about")},
            ],
            "state": status_chip(draft),
            "actions": _actions(draft),
            "refused": refused,
            "notices": _notices(draft, newest, returned(draft, history)),
            "facts": _facts(draft, base, history, found),
            "findings": findings_of(found, draft.ticks),
            "source": draft.text,
            "diff": difference,
            "start": {
                "picture": difference and difference["picture"],
                "functions": {key: function_name(key) for key in functions()},
                "words": script_words(),
            },
            "history": [event_row(each) for each in reversed(history)],
            "forms": _forms(draft, found),
        }
        return self.render("admin/review.html", page=page, shell=shell(current(), "admin", no_draft=True))


def _asked() -> DraftRow:
    """The draft of the address; else there is no such page."""
    with engine().database.read() as connection:
        return rows.get(connection, request.args.get("id", "")) or abort(404)


def _revision() -> int:
    """Of the draft that the page showed; 0, which none has, for what is no number."""
    return whole(request.form.get("revision", ""))


def _actions(draft: DraftRow) -> list[dict[str, str]]:
    if draft.status not in ("open", "submitted"):
        return []
    return [
        {"label": t("simulate.link"), "href": url_for("admin_simulate.draft_view", id=draft.id)},
        {"label": t("admin.review.edit"), "href": url_for("admin_draft.page", id=draft.id), "sign": "edit"},
    ]


def _notices(draft: DraftRow, newest: int | None, why_back: str | None) -> list[dict[str, Any]]:
    """What to know before anything is done with it."""
    found: list[dict[str, Any]] = [{"kind": "soon", "text": why_back}] if why_back else []
    if draft.status == "published":
        found.append(
            {
                "kind": "ok",
                "text": t("admin.review.is_published", n=draft.number),
                "href": version_href(draft.definition, draft.number or 0),
                "link": t("admin.review.see_version"),
            }
        )
    elif draft.status == "dropped":
        found.append({"kind": "info", "text": t("admin.review.is_dropped")})
    elif newest is not None and newest != draft.based_on:
        key = "behind" if draft.based_on else "behind_new"
        found.append({"kind": "soon", "text": t(f"admin.review.{key}", base=draft.based_on, newest=newest)})
    return found


def _facts(
    draft: DraftRow, base: DefinitionRow | None, history: list[VersionEventRow], found: Examined
) -> list[dict[str, Any]]:
    """What the draft is; both its hashes, as the line shows that of the text and a version that of its content."""
    asked = next((each for each in reversed(history) if each.kind == "submitted"), None)
    facts: list[dict[str, Any]] = [
        {"label": t("admin.definitions.id"), "value": draft.definition, "code": True},
        {
            "label": t("admin.review.based_on"),
            "value": t("admin.review.from", n=base.number) if base else t("admin.review.from_nothing"),
        },
        {"label": t("admin.review.authors"), "value": ", ".join(map(actor_name, draft.authors))},
        {
            "label": t("admin.definitions.saved"),
            "value": f"{when(draft.saved_at)} · {actor_name(draft.saved_by)}",
        },
    ]
    if asked and draft.status != "open":
        facts.append(
            {
                "label": t("admin.review.submitted_at"),
                "value": f"{when(asked.at)} · {actor_name(asked.actor)}",
            }
        )
    facts.append({"label": t("admin.review.hash"), "value": text_hash(draft.text)})
    if found.plain is not None:
        facts.append({"label": t("admin.review.version_hash"), "value": content_hash(found.plain)})
    return facts


def _forms(draft: DraftRow, found: Examined) -> dict[str, Any]:
    """What this person can do: forms, or the sentence why not."""
    author = current().id in draft.authors
    hidden = [{"name": "revision", "value": str(draft.revision)}]
    if draft.status == "open":
        if found.errors or found.plain is None:
            return {
                "why": Refusal("errors", {"n": len(found.errors)}).say(language()),
                "drop": _drop(draft, hidden),
            }
        if not author:
            return {"why": Refusal("not_author").say(language()), "drop": _drop(draft, hidden)}
        return {"submit": _submit_form(draft, found, hidden), "drop": _drop(draft, hidden)}
    if draft.status == "submitted":
        back = _return_form(draft, hidden)
        if author:
            return {"why": Refusal("own").say(language()), "back": back}
        return {"publish": _publish_form(draft, hidden), "back": back}
    return {}


def _submit_form(draft: DraftRow, found: Examined, hidden: list[dict[str, str]]) -> dict[str, Any]:
    fields = [
        {
            "name": f"{TICK}{tick_key(each)}",
            "type": "line",
            "width": "full",
            "label": t("admin.review.tick", text=said["text"], code=each.code, line=said["line"]),
            "hint": said["hint"],
            "value": request.form.get(
                f"{TICK}{tick_key(each)}", draft.ticks.get(tick_key(each), {}).get("reason", "")
            ),
        }
        for each, said in zip(found.findings, findings_of(found, {}), strict=True)
        if each in found.warnings
    ]
    return {
        "id": "submit",
        "title": t("admin.review.submit"),
        "about": t("admin.review.submit_ticks", most=MOST_REASON)
        if fields
        else t("admin.review.submit_about"),
        "action": url_for(".submit", id=draft.id),
        "hidden": hidden,
        "sections": [{"fields": fields}] if fields else [],
        "submit": {"label": t("admin.review.submit")},
    }


def _publish_form(draft: DraftRow, hidden: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "id": "publish",
        "title": t("admin.review.publish"),
        "about": t("admin.review.publish_about"),
        "action": url_for(".publish", id=draft.id),
        "hidden": [*hidden, {"name": "seen", "value": text_hash(draft.text)}],
        "sections": [],
        "submit": {"label": t("admin.review.publish")},
        "confirm": t("admin.review.publish_confirm"),
    }


def _return_form(draft: DraftRow, hidden: list[dict[str, str]]) -> dict[str, Any]:
    field = {
        "name": "reason",
        "type": "line",
        "label": t("admin.definitions.reason"),
        "required": True,
        "value": request.form.get("reason", ""),
    }
    return {
        "id": "return",
        "title": t("admin.review.return"),
        "about": t("admin.review.return_about"),
        "action": url_for(".give_back", id=draft.id),
        "hidden": hidden,
        "sections": [{"fields": [field]}],
        "submit": {"label": t("admin.review.return"), "style": "plain"},
    }


def _drop(draft: DraftRow, hidden: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "action": url_for(".drop", id=draft.id),
        "hidden": hidden,
        "confirm": t("admin.review.drop_confirm"),
    }
