"""The Flask application: rooms put together, nothing decided here."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.exceptions import HTTPException

from engine import Engine
from engine.published import VersionChanged
from engine.text import LANGUAGES
from web import headers
from web.admin import editor
from web.mail_settings import MailSettings
from web.onward import is_ours
from web.person import Person
from web.shell import sees_cases, shell
from web.texts import language, t
from web.views import imports


def create_app(
    engine: Engine,
    *,
    demo_sign_in: bool = False,
    testing: bool = False,
    https: bool | None = None,
    mail: MailSettings | None = None,
) -> Flask:
    """The application on an engine.

    demo_sign_in: offer the one-click people (semantics.md §12). https: is it reached over HTTPS, so that its cookies
    may be kept from every other way? None: a real installation is, a demonstration (loopback only) is not.
    mail: how the installation sends mail, so that the screens can say whether it does.
    """
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=engine.vault.master.session_key,
        HTTPS=engine.library.rows.installation.kind != "demo" if https is None else https,
        TESTING=testing,
        MAX_CONTENT_LENGTH=2_000_000,
        MAX_FORM_PARTS=5_000,
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions["casework"] = engine
    app.extensions["casework_mail"] = mail
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(t=t, csrf_token=generate_csrf)
    app.before_request(_begun)  # first: whoever refuses a request names it by this
    for make_room in (imports.make_room, editor.make_room):
        app.before_request(make_room)  # before the token is looked for in what was sent
    CSRFProtect(app)
    headers.install(app)
    _rooms(app, demo_sign_in)
    app.post("/language", endpoint="language")(_language)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(VersionChanged, _changed)
    app.register_error_handler(Exception, _failed)
    return app


def _rooms(app: Flask, demo_sign_in: bool) -> None:
    from web import admin, gate
    from web.views import (
        case,
        case_print,
        cases,
        imports,
        inbox,
        preferences,
        record,
        report,
        supervision,
        work,
    )

    gate.install(app, demo_sign_in)
    for room in (work, cases, case, case_print, record, report, imports, inbox, supervision, preferences):
        app.register_blueprint(room.blueprint)
    admin.install(app)


def _begun() -> Response | None:
    """Number the request; refuse one for a host that cannot be, as no page's addresses could be made for it."""
    g.request_id = secrets.token_hex(8)
    if request_ctx.url_adapter is None:
        return Response("400 Bad Request\n", 400, mimetype="text/plain")
    return None


def _language() -> Response:
    """Change the language of this browser, and go back to where one was."""
    chosen, back = request.form.get("lang", ""), request.form.get("next", "/")
    answer = redirect(back if is_ours(back) else "/", 303)
    if chosen in LANGUAGES:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        answer.set_cookie("language", chosen, max_age=31536000, httponly=True, samesite="Lax", secure=secure)
    return answer  # type: ignore[return-value]


def _refused(error: HTTPException) -> Any:
    return _error_page(error.code or 500), error.code or 500


def _changed(error: VersionChanged) -> Any:
    """What this page goes by was changed past the program: nothing is done, and the sentence says what and where."""
    _log(error)
    return _error_page(500, text=error.what(language()), todo=error.todo(language())), 500


def _failed(error: Exception) -> Any:
    """A fault of ours: logged by its kind and request, told without a trace."""
    _log(error)
    if current_app.testing:
        raise error
    return _error_page(500), 500


def _log(error: Exception) -> None:
    current_app.logger.error(
        "fault %s in %s request=%s", type(error).__name__, request.endpoint, g.get("request_id")
    )


def _error_page(code: int, **said: str) -> str:
    page: dict[str, Any] = {"code": code, "request_id": g.get("request_id", "")} | said
    person = g.get("person") if code < 500 else None  # after a fault of ours the store is not asked again
    if code in (404, 405):
        page |= _elsewhere(person)
    return render_template("error.html", page=page, shell=shell(person, keep_drafts=True))


def _elsewhere(person: Person | None) -> dict[str, Any]:
    """Where to look for what is not here: on a phone the list of cases is the only place to search."""
    if person is None or not sees_cases(person):
        return {"todo": t("error.404.no_search")}
    home = {"label": t("error.home"), "href": url_for("work.page"), "style": "primary"}
    return {"ways": [home, {"label": t("shell.search"), "href": url_for("cases.page")}]}
