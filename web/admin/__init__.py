"""The administration: people, functions, agencies, settings, days, definitions, rule tables, mails. No case is in it.

Mounted at /admin by Flask-Admin for holders of the function `admin`; for everybody else there is no such page.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, g, request, url_for
from flask_admin import Admin, AdminIndexView, expose
from sqlalchemy import Select, and_, func, or_, select

from engine.store import Database, changing, drafts, ground, tables
from web.admin.editor import EditorView
from web.admin.house import sections, today
from web.admin.mails import MailsView
from web.admin.migrations import MigrationsView
from web.admin.models import Account, Agency, Holding, Setting, Swap, Table, session
from web.admin.people import ActorView, HoldingView
from web.admin.places import AgencyView, SettingView, SwapView, settings_shown
from web.admin.review import ReviewView
from web.admin.rules import TableView, is_replaced
from web.admin.simulate import SimulateView
from web.admin.turns import give_turn_back, take_turn
from web.admin.versions import VersionsView
from web.person import current, engine
from web.shell import shell
from web.texts import t


class Home(AdminIndexView):
    """What there is to administer, and what no source has confirmed yet."""

    @expose("/")
    def index(self) -> Any:
        """Counts that are links to what they count."""
        page = {
            "title": t("admin.title"),
            "subtitle": t("admin.about"),
            "tabs": sections(""),
            "tiles": [
                {
                    "n": n,
                    "label": t(f"admin.{key}.count"),
                    "kind": "plain",
                    "href": url_for(f"admin_{key}.index_view"),
                    "note": _note(key),
                }
                for key, n in _counts().items()
            ],
        }
        return self.render("admin/home.html", page=page, shell=shell(current(), "admin"))


def install(app: Flask) -> None:
    """Mount the administration at /admin."""
    database: Database = app.extensions["casework"].database
    home = Home(endpoint="admin", url="/admin")
    home.static_folder = None  # nothing of Flask-Admin's own is sent to a browser
    admin = Admin(app, index_view=home)
    reading = session(app, database)
    for view, model in (
        (ActorView, Account), (HoldingView, Holding), (AgencyView, Agency), (SettingView, Setting),
        (SwapView, Swap), (TableView, Table),
    ):  # fmt: skip
        admin.add_view(view(model, reading))
    admin.add_view(VersionsView())
    admin.add_view(ReviewView())
    admin.add_view(MigrationsView())
    admin.add_view(MailsView())
    admin.add_view(EditorView())
    admin.add_view(SimulateView())
    app.before_request(_only_administrators)
    app.before_request(take_turn)
    app.teardown_request(give_turn_back)


def _only_administrators() -> None:
    """Before every request to any page of the administration, whatever its own view asks."""
    if (request.blueprint or "").partition("_")[0] == "admin" and "admin" not in g.person.functions:
        abort(404)


def _counts() -> dict[str, int]:
    held, day = ground.holding.c, today()
    wanted: dict[str, Select[Any]] = {
        "actors": _number(ground.actor).where(ground.actor.c.active),
        "holdings": _number(ground.holding).where(
            and_(held.valid_from <= day, or_(held.valid_to.is_(None), held.valid_to >= day))
        ),
        "agencies": _number(ground.agency),
        "settings": _number(ground.setting).where(ground.setting.c.key.in_(settings_shown())),
        "swaps": _number(ground.calendar_swap),
        "definitions": select(func.count(ground.definition_version.c.definition.distinct())),
        "migrations": _number(changing.migration).where(changing.migration.c.status != "done"),
        "mails": _number(tables.mail).where(tables.mail.c.state == "failed"),
    }
    with engine().database.read() as connection:
        counts = {key: connection.scalar(each) or 0 for key, each in wanted.items()}
    return counts | {"tables": len(engine().library.rows.decision_tables)}


def _number(table: Any) -> Select[Any]:
    return select(func.count()).select_from(table)


def _note(key: str) -> str | None:
    """What of a screen asks for somebody: drafts that wait, or values that no source has confirmed."""
    if key == "definitions":
        with engine().database.read() as connection:
            waiting = len(drafts.all_of(connection, "submitted"))
        return t("admin.review.waiting", n=waiting) if waiting else None
    rows = engine().library.rows
    unsure = {
        "settings": sum(each.unconfirmed for each in rows.settings.values()),
        "tables": sum(
            bool(value.get("unconfirmed"))
            for texts in rows.decision_tables.values()
            for each in texts
            if not is_replaced(each)
            for value in each.plain.get("values", ())
        ),
    }.get(key)
    return t("admin.unsure", n=unsure) if unsure else None
