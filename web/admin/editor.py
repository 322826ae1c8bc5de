"""The editor of a draft: its text, what is wrong with it, its picture. Saved as typed; nothing saved is overwritten.

What a draft is and who may change it is engine.drafts' business; this room draws, and answers the page's script.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import abort, current_app, flash, g, get_template_attribute, jsonify, redirect, request, url_for
from flask_admin import BaseView, expose

from engine.examined import MOST_TEXT, Refusal
from engine.store import drafts as rows
from engine.store import live, reference
from engine.store.drafts import DraftRow
from web.admin.comparing import compared
from web.admin.editor_data import Overtaken, checked, judged, script_words, vocabulary
from web.admin.house import whole
from web.admin.version_words import draft_href, returned
from web.people_names import actor_name
from web.person import current, engine
from web.shell import shell
from web.texts import language, t
from workflows.drafting import drafts

EDITED = ("open", "submitted")
SIMULATOR = "admin_simulate.draft_view"
ROOM = (
    8 * MOST_TEXT
)  # bytes: a text twice as long as may be saved, of letters of four bytes, still gets a sentence


def make_room() -> None:
    """A text may be longer than what other forms send. Before anything reads the request."""
    if request.blueprint == EditorView.ENDPOINT:
        request.max_content_length = request.max_form_memory_size = ROOM


class EditorView(BaseView):
    """One draft, to be written."""

    ENDPOINT = "admin_draft"

    def __init__(self) -> None:
        super().__init__(name="draft", endpoint=self.ENDPOINT, url="workflows/draft")

    @expose("/")
    def page(self) -> Any:
        """The whole screen."""
        return self._page(_draft(), None)

    @expose("/", methods=("POST",))
    def keep(self) -> Any:
        """Save without a script: the text as typed; overtaken, both texts are shown."""
        draft, typed = _draft(), _lines(request.form.get("text", ""))
        made = drafts(engine()).save(draft.id, whole(request.form.get("revision", "")), typed, current().id)
        if isinstance(made, Refusal):
            return self._page(_draft(), typed, made.say(language())), 409 if made.code == "overtaken" else 422
        flash(t("editor.saved_at", time=_time(made)), "ok")
        return redirect(url_for(".page", id=draft.id, whole=1), 303)

    @expose("/check/", methods=("POST",))
    def check(self) -> Any:
        """What there is to say about a text, saved or not."""
        draft, sent = _draft(), _sent()
        who = f"{current().id} {str(sent.get('page', ''))[:40]}" if sent.get("page") else ""
        try:
            found = checked(engine(), _sent_text(), draft.ticks, whole=sent.get("whole") is True, who=who)
        except Overtaken:
            abort(409)  # the page asked about another text since, and does not wait for this
        return jsonify(found | {"open_cases": _open_by_state(draft)})

    @expose("/save/", methods=("POST",))
    def save(self) -> Any:
        """Save as typed. 409: somebody else saved since `revision`; the answer holds what stands there now."""
        draft, sent = _draft(), _sent()
        text, revision = _sent_text(), sent.get("revision")
        if not isinstance(revision, int):
            abort(400)
        made = drafts(engine()).save(draft.id, revision, text, current().id)
        if not isinstance(made, Refusal):
            return jsonify(_standing(made))
        now = _draft()
        if made.code == "overtaken" and now.text == text and now.saved_by == current().id:
            return jsonify(_standing(now))  # this very save, sent again
        return _refused(made)

    @expose("/tick/", methods=("POST",))
    def tick(self) -> Any:
        """Say why a warning of the saved text may stand; an empty reason takes that back. 409: as for saving."""
        draft, sent = _draft(), _sent()
        key, reason, revision = sent.get("key"), sent.get("reason"), sent.get("revision")
        if not isinstance(key, str) or not isinstance(reason, str) or not isinstance(revision, int):
            abort(400)
        found, _ = judged(engine(), draft.text, whole=True)
        made = drafts(engine()).tick(draft.id, revision, {key: reason}, current().id, found)
        if isinstance(made, Refusal):
            return _refused(made)
        return jsonify(_standing(made) | {"ticked": made.ticks.get(key, {}).get("reason", "")})

    @expose("/compare/", methods=("POST",))
    def compare(self) -> Any:
        """What a text, saved or not, changes of the version it was begun from."""
        draft = _draft()
        found = compared(engine(), draft.definition, draft.based_on, _sent_text())
        if found is None:
            abort(404)
        parts = (
            get_template_attribute("admin/diff.html", "words"),
            get_template_attribute("admin/diff.html", "lines"),
        )
        return jsonify({"words": parts[0](found), "lines": parts[1](found), "picture": found["picture"]})

    @expose("/copy/", methods=("POST",))
    def copy(self) -> Any:
        """Another draft with the text that was sent, from the same version."""
        draft = _draft()
        made = drafts(engine()).begin(
            draft.definition, current().id, based_on=draft.based_on, text=_sent_text()
        )
        if isinstance(made, Refusal):
            return jsonify({"refused": made.say(language())}), 422
        return jsonify({"href": url_for(".page", id=made.id)})

    def _page(self, draft: DraftRow, typed: str | None, refused: str = "") -> Any:
        text = draft.text if typed is None else typed
        # A script asks for the rest once the text rests; without one the answer to a save says all.
        found = checked(engine(), text, draft.ticks, whole=typed is not None or "whole" in request.args)
        title = (found["outline"] or {}).get("title") or draft.definition
        standing_now = _open_by_state(draft)
        page = {
            "title": title,
            "about": _origin(draft),
            "crumbs": [
                {"label": t("admin.definitions.title"), "href": url_for("admin_definitions.index_view")},
                {"label": t("editor.crumb")},
            ],
            "actions": _actions(draft),
            "text": text,
            "theirs": draft.text if typed is not None else None,
            "refused": refused,
            "revision": draft.revision,
            "action": url_for(".page", id=draft.id),
            "saved": t("editor.saved_by", time=_time(draft), name=actor_name(draft.saved_by)),
            "based_on": draft.based_on,
            "submitted": draft.status == "submitted",
            "returned": _returned(draft),
            "checked": found,
            "impact": _impact(draft),
            "start": {
                "draft": draft.id,
                "person": current().id,
                "revision": draft.revision,
                "check": url_for(".check", id=draft.id),
                "save": url_for(".save", id=draft.id),
                "copy": url_for(".copy", id=draft.id),
                "tick": url_for(".tick", id=draft.id),
                "compare": url_for(".compare", id=draft.id),
                "checked": found | {"open_cases": standing_now},
                "vocabulary": vocabulary(engine()),
                "words": script_words(),
                "nonce": _nonce(),
                "most": MOST_TEXT,
            },
        }
        return self.render(
            "admin/workflow_edit.html", page=page, shell=shell(current(), "admin", no_draft=True)
        )


def _actions(draft: DraftRow) -> list[dict[str, Any]]:
    """What may be done with the draft as it is saved."""
    actions = [{"label": t("editor.submit"), "href": draft_href(draft.id), "style": "primary"}]
    if SIMULATOR in current_app.view_functions:
        actions.insert(0, {"label": t("editor.be_a_case"), "href": url_for(SIMULATOR, id=draft.id)})
    return actions


def _returned(draft: DraftRow) -> str | None:
    with engine().database.read() as connection:
        return returned(draft, rows.history(connection, draft.definition))


def _draft() -> DraftRow:
    """The draft of the address, while it can be edited; else there is no such page."""
    with engine().database.read() as connection:
        found = rows.get(connection, request.args.get("id", ""))
    if found is None or found.status not in EDITED:
        abort(404)
    return found


def _refused(refusal: Refusal) -> Any:
    """422 with the sentence; overtaken, 409 with what stands there now too."""
    said = {"refused": refusal.say(language())}
    if refusal.code != "overtaken":
        return jsonify(said), 422
    now = _draft()
    return jsonify(_standing(now) | said | {"text": now.text}), 409


def _sent() -> dict[str, Any]:
    try:
        sent = request.get_json(silent=True)
    except RecursionError:  # thousands of brackets
        abort(400)
    if not isinstance(sent, dict):
        abort(400)
    return sent


def _sent_text() -> str:
    text = _sent().get("text")
    if not isinstance(text, str):
        abort(400)
    return text


def _lines(text: str) -> str:
    """What a form sends, with the line ends of a file."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _standing(draft: DraftRow) -> dict[str, Any]:
    """How a draft stands: by whom and when it was saved last."""
    return {
        "revision": draft.revision,
        "saved": t("editor.saved_at", time=_time(draft)),
        "by": t("editor.saved_by", time=_time(draft), name=actor_name(draft.saved_by)),
    }


def _time(draft: DraftRow) -> str:
    at = draft.saved_at.astimezone(engine().library.zone)
    today = engine().clock.now().astimezone(engine().library.zone).date()
    return f"{at:%H:%M}" if at.date() == today else f"{at:%H:%M, %d/%m/%Y}"


def _origin(draft: DraftRow) -> str:
    if draft.based_on is None:
        return t("editor.new")
    newest = engine().library.rows.newest.get(draft.definition)
    return t("editor.from_in_force" if newest == draft.based_on else "editor.from", n=draft.based_on)


def _open_by_state(draft: DraftRow) -> dict[str, int]:
    """The open cases of the workflow by state, over all its versions."""
    with engine().database.read() as connection:
        found = live.open_cases(connection, draft.definition)
    counts: dict[str, int] = {}
    for states in found.values():
        for state, n in states.items():
            counts[state] = counts.get(state, 0) + n
    return counts


def _impact(draft: DraftRow) -> list[str]:
    """What publishing would mean to the cases under way: how many there are, and that none of them moves."""
    with engine().database.read() as connection:
        by_version = live.open_cases(connection, draft.definition)
        versions = {
            number: reference.definition(connection, draft.definition, number) for number in by_version
        }
    lines = []
    for number, states in sorted(by_version.items(), reverse=True):
        version = versions[number]
        titles = {
            each["key"]: each.get("title", {})
            for each in (version.plain if version else {}).get("states", ())
        }
        named = ", ".join(
            t("editor.impact.state", n=n, state=titles.get(key, {}).get(language()) or key)
            for key, n in sorted(states.items(), key=lambda each: -each[1])
        )
        lines.append(t("editor.impact.version", n=sum(states.values()), number=number, states=named))
    return lines or [t("editor.impact.none")]


def _nonce() -> str:
    """What lets the editor write its own styles into this page, and nothing else."""
    g.style_nonce = g.get("style_nonce") or secrets.token_urlsafe(16)
    return str(g.style_nonce)
