"""The gate: nobody comes in but through it. Signing in and out, and the refusal of everything else to strangers.

What a person may do behind the gate is not asked here. docs/decisions/003-sign-in.md says why it is made so.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    request,
    session,
    url_for,
)

from engine.store import people
from web import accounts, sessions, throttle
from web import gate_pages as pages
from web.accounts import Account
from web.demo_doors import is_open_here
from web.onward import is_ours
from web.person import Person, engine, load_person
from web.texts import t

PUBLIC = frozenset(("static", "gate.sign_in", "gate.demo_sign_in", "language"))

blueprint = Blueprint("gate", __name__)


def install(app: Flask, demo_sign_in: bool) -> None:
    """Put the gate before every endpoint. demo_sign_in: also the one-click people, under semantics.md §12."""
    found = app.extensions["casework"]
    sessions.install(app, https=app.config["HTTPS"])
    accounts.install(app, found.database)
    app.before_request(_readable)
    app.before_request(_who_is_it)
    app.before_request(_not_for_strangers)
    app.register_blueprint(blueprint)
    if demo_sign_in:
        app.add_url_rule("/demo/sign-in", "gate.demo_sign_in", _demo_sign_in, methods=["POST"])


# ------------------------------------------------------------------ before every request


def _readable() -> None:
    """Refuse text with a NUL character: no field means one, and PostgreSQL cannot even compare with it."""
    sent = [request.path, *request.args.keys(), *request.form.keys()]
    for values in (*request.args.listvalues(), *request.form.listvalues()):
        sent += values
    if any("\0" in each for each in sent):
        abort(400)


def _who_is_it() -> None:
    """Set `g.person`, `g.session_hash` and `g.language` of this request."""
    g.person, g.session_hash = None, ""
    if request.endpoint == "static" or "id" not in session:
        return
    person = _person_of_session()
    if person is None:
        session.clear()
        flash(t("gate.ended"), "soon")
        return
    g.person = person
    sessions.touch(engine().clock.now())
    if "language" not in request.cookies:  # what was chosen in this browser stands above the person's own
        g.language = person.language


def _person_of_session() -> Person | None:
    hashed = sessions.present(engine().clock.now())
    if hashed is None:
        return None
    with engine().database.read() as connection:
        if not sessions.is_open(connection, hashed):
            return None
    account = accounts.signed_in()
    g.session_hash = hashed
    return load_person(account.id) if account else None


def _not_for_strangers() -> Any:
    """Refuse by default: what is not named public is for people who are signed in."""
    if g.person or request.endpoint in PUBLIC:
        return None
    if request.endpoint == "gate.password" and sessions.choosing(engine().clock.now()):
        return None
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("gate.sign_in", next=_here()))
    return pages.stranger(), 401


def _here() -> str:
    """This address, to come back to."""
    query = urlencode(parse_qsl(request.query_string.decode(errors="replace")))
    return request.path + (f"?{query}" if query else "")


def _safe(target: str) -> str:
    """`target` if it is a path of ours, else where everyone begins."""
    return (
        target
        if is_ours(target) and urlsplit(target).path not in ("/", url_for("gate.sign_in"))
        else url_for("work.page")
    )


# ------------------------------------------------------------------ signing in by password


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Any:
    """The page, and the try. Nothing it says tells whether there is such an account."""
    if request.method != "POST":
        return redirect(url_for("work.page")) if g.person else pages.sign_in(_next())
    username, password = (
        accounts.plain_username(request.form.get("username", "")),
        request.form.get("password", ""),
    )
    missing = [name for name, value in (("username", username), ("password", password)) if not value]
    if missing:
        return pages.sign_in(_next(), {name: t(f"gate.{name}_missing") for name in missing}), 422
    id = sessions.new_id()
    wait = _take(username, id)
    if wait:
        return _wait(pages.sign_in(_next(), general=_too_often(wait)), wait)
    account = accounts.find(username)
    if not accounts.is_right(account, password):
        _log("refused", username)
        return pages.sign_in(_next(), general=t("gate.wrong")), 422
    assert account is not None
    if accounts.is_one_time(password):
        with engine().database.write() as connection:
            throttle.give_back(connection, sessions.hash_of(id))
        sessions.begin_choosing(account, engine().clock.now())
        return redirect(url_for("gate.password", next=_next()), 303)
    _renew_hash(account, password)
    return _let_in(account, id)


def _take(username: str, id: str) -> int:
    """Write the try down, or answer how many seconds to wait."""
    key = current_app.config["SECRET_KEY"]
    device = sessions.device_of(throttle.account_mark(key, username))
    of = throttle.bucket(key, username, request.remote_addr or "", device)
    with engine().database.write() as connection:
        wait = throttle.take(connection, of, sessions.hash_of(id), engine().clock.now())
    if wait:
        _log("throttled", username)
    return wait


def _let_in(account: Account, id: str) -> Response:
    with engine().database.write() as connection:
        sessions.begin(connection, account, id, engine().clock.now(), instead_of=g.session_hash)
    _log("signed_in", account.username)
    answer = make_response(redirect(_safe(_next()), 303))
    sessions.remember_device(
        answer, throttle.account_mark(current_app.config["SECRET_KEY"], account.username)
    )
    return answer


def _renew_hash(account: Account, password: str) -> None:
    if accounts.is_old(account):
        hashed = accounts.hash_password(password)
        with engine().database.write() as connection:
            accounts.renew_hash(connection, account, hashed)


def _next() -> str:
    return request.form.get("next") or request.args.get("next", "")


def _too_often(wait: int) -> str:
    return t("gate.wait_seconds", n=wait) if wait < 60 else t("gate.wait_minutes", n=-(-wait // 60))


def _wait(page: str, seconds: int) -> Response:
    answer = make_response(page, 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _log(outcome: str, username: str) -> None:
    """For whoever watches the installation: what happened, to the account behind this mark; no name, no address."""
    mark = throttle.account_mark(current_app.config["SECRET_KEY"], username)
    level = "info" if outcome == "signed_in" else "warning"
    getattr(current_app.logger, level)("sign_in outcome=%s account=%s", outcome, mark)


# ------------------------------------------------------------------ one click, in the demonstration


def _demo_sign_in() -> Any:
    """Be one of the invented people. Elsewhere than in the demonstration on this machine there is no such page."""
    if not is_open_here():
        abort(404)
    with engine().database.read() as connection:
        known = {each.id: each.username for each in people.demo_people(connection)}
    account = accounts.find(known.get(request.form.get("person", ""), "")) or abort(404)
    id = sessions.new_id()
    key = current_app.config["SECRET_KEY"]
    of = throttle.bucket(key, account.username, request.remote_addr or "", None)
    with engine().database.write() as connection:
        throttle.write(connection, of, sessions.hash_of(id), engine().clock.now(), succeeded=True)
    return _let_in(account, id)


# ------------------------------------------------------------------ signing out, and one's own password


@blueprint.post("/sign-out")
def sign_out() -> Any:
    """End this session, here and wherever its cookie was copied to."""
    with engine().database.write() as connection:
        sessions.end(connection, g.session_hash)
    flash(t("gate.signed_out"), "ok")
    return redirect(url_for("gate.sign_in"), 303)


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> Any:
    """Choose one's own password: after a one-time password, or knowing the present one. Every other session ends."""
    choosing = sessions.choosing(engine().clock.now())
    with engine().database.read() as connection:
        me = people.actor(connection, g.person.id if g.person else choosing[0] if choosing else "")
    if me is None or not me.active:
        abort(404)
    if request.method != "POST":
        return pages.password(me.username, _next())
    id = sessions.new_id()
    new = request.form.get("new", "")
    errors = _faults(new, me.username)
    if g.person and not errors:
        wait = _take(me.username, id)
        if wait:
            return _wait(pages.password(me.username, _next(), {"present": _too_often(wait)}), wait)
        if not accounts.is_right(accounts.find(me.username), request.form.get("present", "")):
            _log("refused", me.username)
            errors = {"present": t("gate.present_wrong")}
    if errors:
        return pages.password(me.username, _next(), errors), 422
    return _keep(me.id, me.fs_uniquifier if g.person or choosing is None else choosing[1], new, id)


def _faults(new: str, username: str) -> dict[str, str]:
    fault = accounts.fault_of(new, username)
    if fault:
        return {"new": t(f"gate.fault.{fault}", least=accounts.LEAST, most=accounts.MOST)}
    return {"again": t("gate.fault.again")} if new != request.form.get("again", "") else {}


def _keep(actor: str, uniquifier: str, new: str, id: str) -> Any:
    hashed = accounts.hash_password(new)
    with engine().database.write() as connection:
        person = accounts.locked(connection, actor)
        if person is None or not person.active or person.fs_uniquifier != uniquifier:
            abort(404)  # meanwhile deactivated, or given another password
        accounts.keep_password(connection, person, hashed)
        if not g.person:
            of = throttle.bucket(
                current_app.config["SECRET_KEY"], person.username, request.remote_addr or "", None
            )
            throttle.write(connection, of, sessions.hash_of(id), engine().clock.now(), succeeded=True)
    account = accounts.find(person.username)
    assert account is not None
    answer = _let_in(account, id)
    flash(t("gate.password_kept"), "ok")
    return answer
