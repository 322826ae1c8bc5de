"""People and what they hold: accounts with one-time passwords, functions for an agency and an area, with dates.

An administrator never chooses a password for somebody, and changes neither functions nor the account of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from sqlalchemy import Connection, select
from uuid_utils.compat import uuid7

from engine.store import ground, people, reference
from engine.store.rows import ActorRow, HoldingRow, read, rows_of
from engine.text import LANGUAGES
from web import accounts
from web.admin.choices import agencies, areas, functions, staff
from web.admin.forms import AdminForm, Refused, day, one_of, words, yes_or_no
from web.admin.house import HouseView, saved, shown_days, today
from web.admin.models import Holding
from web.mail_settings import ADDRESS
from web.person import current, engine
from web.shell import agency_name, area_name, function_name
from web.texts import t

USERNAME = r"[a-z0-9][a-z0-9._-]{2,63}"


class NewActor(AdminForm):
    """A person who is to work with cases. There is no field for a password."""

    name = words(120)
    username = words(64, like=USERNAME)
    email = words(254, needed=False)
    language = one_of()


class ActorForm(AdminForm):
    """What can be changed of a person. The user name stays: it is what the record of tries is kept under."""

    name = words(120)
    email = words(254, needed=False)
    language = one_of()
    active = yes_or_no()


class ActorView(HouseView):
    """The people who may sign in."""

    key = "actors"
    routes = ("index_view", "create_view", "edit_view", "one_time_password")
    column_list = ("name", "functions", "active")
    column_searchable_list = ("name", "username")
    column_sortable_list = ("name", "active")
    column_default_sort = "name"
    create_form_class, edit_form_class = NewActor, ActorForm

    def options(self, form: AdminForm) -> None:
        """The two languages."""
        form.language.choices = [(each, t(f"language.{each}")) for each in LANGUAGES]

    def known(self, rows: list[Any]) -> dict[str, list[HoldingRow]]:
        """What these people hold today."""
        held: dict[str, list[HoldingRow]] = defaultdict(list)
        wanted = rows_of(HoldingRow, ground.holding).where(
            ground.holding.c.actor.in_([each.id for each in rows])
        )
        with engine().database.read() as connection:
            for each in read(connection, HoldingRow, wanted.order_by(ground.holding.c.id)):
                if each.valid_from <= today() and (each.valid_to is None or today() <= each.valid_to):
                    held[each.actor].append(each)
        return held

    def cells(self, row: Any, known: Any) -> list[dict[str, Any]]:
        """Name, functions, and whether the person may sign in."""
        held = [f"{function_name(each.function)} · {agency_name(each.agency)}" for each in known[row.id]]
        state = ("ok", "yes") if row.active else ("plain", "no")
        return [
            {"text": row.name, "small": row.username, "href": self.edit_href(row)},
            {"lines": held, "text": "" if held else t("shell.no_function")},
            {"chips": [{"kind": state[0], "text": t(f"admin.actors.active_{state[1]}")}]},
        ]

    def name_of(self, row: Any) -> str:
        """The person's name."""
        return str(row.name)

    def insert(self, connection: Connection, form: Any) -> None:
        """A new account with a password that works once."""
        if people.actor_by_username(connection, form.username.data):
            raise Refused(username=t("admin.actors.username_taken"))
        person = ActorRow(
            id=str(uuid7()), name=form.name.data, username=form.username.data, language=form.language.data,
            password=form.hashed, fs_uniquifier=accounts.new_uniquifier(), email=_address(form),
        )  # fmt: skip
        reference.put_actors(connection, [person])

    def prepare(self, form: Any) -> None:
        """The one-time password of a new account: hashed before the transaction, which it would keep waiting."""
        if isinstance(form, NewActor):
            form.once = accounts.one_time_password()
            form.hashed = accounts.hash_password(form.once)

    def done(self, form: Any, row: Any) -> Any:
        """After creating: the one-time password, shown here and never again."""
        return (
            self._shown_once(form.name.data, form.username.data, form.once)
            if row is None
            else super().done(form, row)
        )

    def change(self, connection: Connection, form: Any, row: Any) -> None:
        """A deactivated person is out with the next click, and is not let in again by being activated."""
        person = (
            self._someone_else(connection, row.id)
            if form.active.data != row.active
            else accounts.locked(connection, row.id)
        )
        if person is None:
            raise Refused(active=t("admin.actors.not_oneself"))
        changed = replace(
            person, name=form.name.data, email=_address(form), language=form.language.data,
            active=form.active.data,
        )  # fmt: skip
        if person.active and not changed.active:
            changed = replace(changed, fs_uniquifier=accounts.new_uniquifier())
        reference.put_actors(connection, [changed])

    @expose("/one-time-password/", methods=("POST",))
    def one_time_password(self) -> Any:
        """A new password that works once, in place of whatever the person had; all their sessions end."""
        once = accounts.one_time_password()
        hashed = accounts.hash_password(once)
        with engine().database.write() as connection:
            person = self._someone_else(connection, request.args.get("id", "")) or abort(404)
            accounts.keep_password(connection, person, hashed)
        saved("one_time_password")
        return self._shown_once(person.name, person.username, once)

    def beside(self, row: Any) -> dict[str, Any]:
        """The way to a one-time password."""
        if row is None or row.id == current().id:
            return {}
        action = url_for(".one_time_password", id=row.id)
        return {"once": {"action": action, "confirm": t("admin.actors.once_confirm", name=row.name)}}

    def _someone_else(self, connection: Connection, actor: str) -> ActorRow | None:
        """The person, unless it is the administrator who asks."""
        return accounts.locked(connection, actor) if actor != current().id else None

    def _shown_once(self, name: str, username: str, once: str) -> str:
        page = {
            "title": t("admin.actors.once_title"),
            "crumbs": [{"label": self.title(), "href": url_for(".index_view")}, {"label": name}],
            "facts": [
                {"label": t("admin.actors.name"), "value": name},
                {"label": t("admin.actors.username"), "value": username},
                {"label": t("admin.actors.once"), "value": once},
            ],
        }
        return self.render("admin/once.html", page=page)


def _address(form: Any) -> str | None:
    """The mail address typed. Raises Refused."""
    typed = form.email.data or ""
    if typed and not re.fullmatch(ADDRESS, typed):
        raise Refused(email=t("admin.fault.address"))
    return typed or None


class NewHolding(AdminForm):
    """Who is to hold what, for which agency and area, from when on."""

    actor = one_of()
    function = one_of()
    agency = one_of()
    area = one_of()
    valid_from = day()
    valid_to = day(needed=False)


class HoldingForm(AdminForm):
    """Only the end can be changed: who held what is needed to read old cases."""

    valid_to = day(needed=False)


class HoldingView(HouseView):
    """Who holds which function, for which agency and area, from when to when."""

    key = "holdings"
    column_list = ("person", "function", "agency", "valid_from")
    column_searchable_list = ("person.name", "office.name_vi", "office.name_en")
    column_sortable_list = (("person", "person.name"), "function", "valid_from")
    column_default_sort = ("valid_from", True)
    create_form_class, edit_form_class = NewHolding, HoldingForm

    def options(self, form: AdminForm) -> None:
        """Active people, functions and agencies of today, areas of today."""
        if isinstance(form, NewHolding):
            form.actor.choices = staff(without=current().id)
            form.function.choices = functions()
            form.agency.choices = agencies()
            form.area.choices = areas()
            if request.method == "GET":
                form.valid_from.data = today()
                form.actor.data = request.args.get("actor", "")

    def cells(self, row: Holding, known: Any) -> list[dict[str, Any]]:
        """Who, what, where, when."""
        ended = row.valid_to is not None and row.valid_to < today()
        when: dict[str, Any] = {"text": shown_days(row.valid_from, row.valid_to)}
        if ended:
            when["chips"] = [{"kind": "plain", "text": t("admin.ended")}]
        return [
            {"text": row.person.name, "href": self.edit_href(row)},
            {"text": function_name(row.function)},
            {"text": agency_name(row.agency), "small": area_name(row.area)},
            when,
        ]

    def name_of(self, row: Holding) -> str:
        """Person and function."""
        return f"{row.person.name} · {function_name(row.function)}"

    def beside(self, row: Any) -> dict[str, Any]:
        """What the holding is."""
        if row is None:
            return {}
        values = {
            "person": row.person.name,
            "function": function_name(row.function),
            "agency": agency_name(row.agency),
            "area": area_name(row.area),
            "valid_from": f"{row.valid_from:%d/%m/%Y}",
        }
        return {
            "facts": [
                {"label": t(f"admin.holdings.{name}"), "value": value} for name, value in values.items()
            ]
        }

    def insert(self, connection: Connection, form: Any) -> None:
        """A new holding, not for oneself."""
        if form.actor.data == current().id:
            raise Refused(actor=t("admin.holdings.not_oneself"))
        self._in_order(form.valid_from.data, form.valid_to.data)
        made = HoldingRow(
            id=str(uuid7()), actor=form.actor.data, function=form.function.data, agency=form.agency.data, area=form.area.data,
            valid_from=form.valid_from.data, valid_to=form.valid_to.data,
        )  # fmt: skip
        self._not_twice(connection, made)
        reference.put_holdings(connection, [made])

    def change(self, connection: Connection, form: Any, row: Any) -> None:
        """Its last day."""
        if row.actor == current().id:
            raise Refused(valid_to=t("admin.holdings.not_oneself"))
        self._in_order(row.valid_from, form.valid_to.data)
        wanted = rows_of(HoldingRow, ground.holding).where(ground.holding.c.id == row.id).with_for_update()
        (held,) = read(connection, HoldingRow, wanted)
        changed = replace(held, valid_to=form.valid_to.data)
        self._not_twice(connection, changed)
        reference.put_holdings(connection, [changed])

    def _in_order(self, start: Any, end: Any) -> None:
        if end is not None and end < start:
            raise Refused(valid_to=t("admin.fault.order"))

    def _not_twice(self, connection: Connection, made: HoldingRow) -> None:
        """The same function of the same person, twice at a time, would say nothing more and be ended only once."""
        column = ground.holding.c
        same = select(column.valid_from, column.valid_to).where(
            column.actor == made.actor, column.function == made.function, column.agency == made.agency,
            column.area == made.area, column.id != made.id,
        )  # fmt: skip
        for start, end in connection.execute(same):
            if (made.valid_to is None or start <= made.valid_to) and (end is None or made.valid_from <= end):
                raise Refused(valid_to=t("admin.holdings.twice"))
