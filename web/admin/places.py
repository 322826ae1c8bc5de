"""Agencies, settings and exchanged days: what differs from one installation, and from one year, to another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import request
from flask_admin.helpers import get_form_data
from sqlalchemy import Connection, select
from uuid_utils.compat import uuid7
from wtforms import SelectField

from engine.store import ground, reference
from engine.store.rows import AgencyRow, SettingRow, SwapRow
from web.admin.choices import Choices, areas
from web.admin.forms import AdminForm, Refused, day, one_of, whole, words, yes_or_no
from web.admin.house import HouseView, shown_day, shown_days, today
from web.admin.models import Agency, Setting, Swap
from web.admin.table_form import confirmation, typed_law
from web.laws import law_text
from web.person import engine
from web.shell import area_name
from web.texts import language, t
from workflows import catalogue

FIXED = frozenset(
    ("zone",)
)  # told once, when the installation is made; legal days have been counted by it since


class NewAgency(AdminForm):
    """An office and where it sits."""

    name_vi = words()
    name_en = words()
    area = one_of()
    valid_from = day()
    valid_to = day(needed=False)


class AgencyForm(AdminForm):
    """Its names and its end; an office that moves is another one, for old cases name this one."""

    name_vi = words()
    name_en = words()
    valid_to = day(needed=False)


class AgencyView(HouseView):
    """The offices people work for."""

    key = "agencies"
    column_list = ("name", "area", "valid_from")
    column_searchable_list = ("name_vi", "name_en")
    column_sortable_list = (("name", "name_vi"), "valid_from")
    column_default_sort = "name_vi"
    create_form_class, edit_form_class = NewAgency, AgencyForm

    def options(self, form: AdminForm) -> None:
        """Areas of today."""
        if isinstance(form, NewAgency):
            form.area.choices = areas()

    def cells(self, row: Agency, known: Any) -> list[dict[str, Any]]:
        """Both names, place, time."""
        ended = row.valid_to is not None and row.valid_to < today()
        own, other = (row.name_en, row.name_vi) if language() == "en" else (row.name_vi, row.name_en)
        return [
            {"text": own, "small": other, "href": self.edit_href(row)},
            {"text": area_name(row.area)},
            {
                "text": shown_days(row.valid_from, row.valid_to),
                "chips": [{"kind": "plain", "text": t("admin.ended")}] if ended else [],
            },
        ]

    def name_of(self, row: Agency) -> str:
        """Its name."""
        return row.name_en if language() == "en" else row.name_vi

    def insert(self, connection: Connection, form: Any) -> None:
        """A new agency."""
        _in_order(form.valid_from.data, form.valid_to.data)
        made = AgencyRow(
            id=str(uuid7()), name_vi=form.name_vi.data, name_en=form.name_en.data, area=form.area.data,
            valid_from=form.valid_from.data, valid_to=form.valid_to.data,
        )  # fmt: skip
        reference.put_agencies(connection, [made])

    def change(self, connection: Connection, form: Any, row: Agency) -> None:
        """Names and end."""
        _in_order(row.valid_from, form.valid_to.data)
        changed = AgencyRow(
            id=row.id, name_vi=form.name_vi.data, name_en=form.name_en.data, area=row.area, valid_from=row.valid_from,
            valid_to=form.valid_to.data,
        )  # fmt: skip
        reference.put_agencies(connection, [changed])


class SettingForm(AdminForm):
    """A value, whether a source has confirmed it, and which."""

    value = words()
    unconfirmed = yes_or_no()
    law = words(needed=False)


class SettingChoice(SettingForm):
    """The same where the value is the name of something."""

    value = SelectField(choices=[])


class SettingView(HouseView):
    """The numbers and choices of this installation; which there are is given."""

    key = "settings"
    routes = ("index_view", "edit_view")
    column_list = ("setting", "value", "law")
    column_sortable_list = ()
    column_default_sort = "key"
    edit_form_class = SettingForm

    def cells(self, row: Setting, known: Any) -> list[dict[str, Any]]:
        """Title, value with its mark, law."""
        mark = [{"kind": "soon", "text": t("admin.unconfirmed")}] if row.unconfirmed else []
        return [
            {"text": self.name_of(row)} | ({} if row.key in FIXED else {"href": self.edit_href(row)}),
            {
                "text": dict(_choices(row.key)).get(row.value, str(row.value)),
                "chips": mark,
                "small": t("admin.settings.fixed") if row.key in FIXED else None,
            },
            {"text": law_text(row.law)},
        ]

    def name_of(self, row: Setting) -> str:
        """Its title."""
        return catalogue.settings()[row.key].title.get(language())

    def get_query(self) -> Any:
        """The settings that have a title; others are notes the program keeps for itself."""
        return super().get_query().filter(ground.setting.c.key.in_(settings_shown()))

    def get_count_query(self) -> Any:
        """The same."""
        return super().get_count_query().filter(ground.setting.c.key.in_(settings_shown()))

    def get_one(self, id: Any) -> Any:
        """A setting that may be changed."""
        row = super().get_one(id)
        return None if row is None or row.key in FIXED else row

    def edit_form(self, obj: Any = None) -> Any:
        """A choice where the value is the name of something, else a line."""
        form = (SettingChoice if _choices(obj.key) else SettingForm)(get_form_data(), obj=obj)
        if request.method == "GET":
            form.law.data = law_text(obj.law)
        return form

    def field_more(self, name: str) -> dict[str, Any]:
        """Whether a source has confirmed the value is asked for without a "not"."""
        return confirmation() if name == "unconfirmed" else {}

    def options(self, form: AdminForm) -> None:
        """The names there are."""
        if isinstance(form, SettingChoice):
            form.value.choices = _choices(form._obj.key)

    def change(self, connection: Connection, form: Any, row: Setting) -> None:
        """Another value of the same type."""
        if row.key == "digest_hour" and _like(row.value, form.value.data) > 23:
            raise Refused(value=t("admin.fault.hour"))
        reference.put_settings(
            connection,
            [
                SettingRow(
                    key=row.key,
                    value=_like(row.value, form.value.data),
                    unconfirmed=form.unconfirmed.data,
                    law=typed_law(form.law.data, row.law),
                )
            ],
        )


class NewSwap(AdminForm):
    """A day the calendar alone would tell wrongly."""

    calendar = one_of()
    day = day()
    worked = yes_or_no()
    reason = words()


class SwapForm(AdminForm):
    """What the day is, and why. A day entered by mistake is put right by saying what it would be anyway."""

    worked = yes_or_no()
    reason = words()


class SwapView(HouseView):
    """Days the government exchanged: worked though a holiday or weekend, or the other way round."""

    key = "swaps"
    column_list = ("day", "worked", "reason")
    column_sortable_list = ("day",)
    column_default_sort = ("day", True)
    create_form_class, edit_form_class = NewSwap, SwapForm

    def options(self, form: AdminForm) -> None:
        """The calendars there are."""
        if isinstance(form, NewSwap):
            form.calendar.choices = _calendars()

    def cells(self, row: Swap, known: Any) -> list[dict[str, Any]]:
        """Day, what it is, why."""
        return [
            {
                "text": self.name_of(row),
                "small": dict(_calendars()).get(row.calendar, row.calendar),
                "href": self.edit_href(row),
            },
            {"text": t("admin.swaps.worked_yes") if row.worked else t("admin.swaps.worked_no")},
            {"text": row.reason},
        ]

    def name_of(self, row: Swap) -> str:
        """Its date."""
        return f"{t(f'weekday.{row.day.weekday()}')}, {shown_day(row.day)}"

    def insert(self, connection: Connection, form: Any) -> None:
        """A day that is not there yet."""
        column = ground.calendar_swap.c
        if connection.scalar(
            select(column.day).where(column.calendar == form.calendar.data, column.day == form.day.data)
        ):
            raise Refused(day=t("admin.swaps.taken"))
        made = SwapRow(
            calendar=form.calendar.data, day=form.day.data, worked=form.worked.data, reason=form.reason.data
        )
        reference.put_swaps(connection, [made])

    def change(self, connection: Connection, form: Any, row: Swap) -> None:
        """What the day is."""
        kept = SwapRow(calendar=row.calendar, day=row.day, worked=row.worked, reason=row.reason)
        reference.put_swaps(connection, [replace(kept, worked=form.worked.data, reason=form.reason.data)])


def settings_shown() -> list[str]:
    """The keys of the settings an administrator sees."""
    return list(catalogue.settings())


def _in_order(start: date, end: date | None) -> None:
    if end is not None and end < start:
        raise Refused(valid_to=t("admin.fault.order"))


def _calendars() -> Choices:
    one = catalogue.calendar()
    return [(one.id, one.title.get(language()))]


def _choices(key: str) -> Choices:
    """What a setting may name; empty for one that is a number or a text."""
    if key == "calendar":
        return _calendars()
    if key == "statistical_rules":
        return [(id, table_title(id)) for id in engine().library.rows.decision_tables]
    return []


def table_title(id: str) -> str:
    """The title of the newest text of a rule table."""
    title: dict[str, str] = engine().library.rows.decision_tables[id][-1].plain.get("title", {})
    return title.get(language(), id)


def _like(present: Any, typed: str) -> Any:
    """What was typed, as the type of the present value. Raises Refused."""
    if isinstance(present, bool) or not isinstance(present, int):
        return typed
    try:
        number = whole(typed)
    except ValueError:
        raise Refused(value=t("admin.fault.integer")) from None
    if number < 0:
        raise Refused(value=t("admin.fault.negative"))
    return number
