"""A Flask-Admin view in the house: its lists and routes, our templates, one way to save.

Flask-Admin finds, sorts and pages; what is drawn is plain data for templates/admin/. None of its scripts, styles,
export, bulk or Ajax routes is in use. Saves go through the writer and make every process read again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from flask import abort, current_app, flash, redirect, request, url_for
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.contrib.sqla.tools import iterdecode
from sqlalchemy import Connection, Date, Integer
from sqlalchemy.exc import IntegrityError

from web.admin.forms import AdminForm, Refused, house_field, t_has
from web.person import current, engine
from web.shell import shell
from web.texts import t
from web.throttle import account_mark

MOST_PAGES = 10_000

SECTIONS = (
    "actors", "holdings", "agencies", "settings", "swaps", "definitions", "migrations", "tables", "mails",
)  # fmt: skip


class HouseView(ModelView):
    """One screen of the administration. `key` names it in addresses and sentences."""

    key = ""
    _urls: list[Any]  # Flask-Admin's: what is exposed
    routes: ClassVar[tuple[str, ...]] = ("index_view", "create_view", "edit_view")
    can_delete = can_export = False
    page_size = 50
    list_template = "admin/list.html"
    create_template = edit_template = "admin/form.html"
    form_base_class = AdminForm
    create_form_class: type[AdminForm] | None = None
    edit_form_class: type[AdminForm] | None = None

    def __init__(self, model: Any, session: Any) -> None:
        self._urls = [each for each in self._urls if each[1] in self.routes]
        self.can_create, self.can_edit = "create_view" in self.routes, "edit_view" in self.routes
        super().__init__(model, session, name=self.key, endpoint=f"admin_{self.key}", url=self.key)

    # -------------------------------------------------------------- what Flask-Admin asks

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Once: Flask-Admin runs a view that raised TypeError a second time, and hides why."""
        return fn(self, *args, **kwargs)

    def get_one(self, id: Any) -> Any:
        """The row with this id within `get_query`; None for one that is not there or is no id at all."""
        columns = self.model.__mapper__.primary_key
        parts = iterdecode(id)
        if not isinstance(parts, tuple | list):
            parts = (parts,)
        if len(parts) != len(columns):
            return None
        try:
            wanted = [_as_key(column, each) for column, each in zip(columns, parts, strict=True)]
        except ValueError:
            return None
        query = self.get_query()
        for column, each in zip(columns, wanted, strict=True):
            query = query.filter(column == each)
        return query.one_or_none()

    def get_create_form(self) -> type[AdminForm]:
        """Named by the view, never made of the columns: what is not named cannot be sent."""
        return self.create_form_class or AdminForm

    def get_edit_form(self) -> type[AdminForm]:
        """The same."""
        return self.edit_form_class or AdminForm

    def options(self, form: AdminForm) -> None:
        """Set the options of the choices of `form`."""

    # -------------------------------------------------------------- the list

    def get_list_row_actions(self) -> list[Any]:
        """None: a row's first cell is the way to it."""
        return []

    def known(self, rows: list[Any]) -> Any:
        """What `cells` needs to know of all rows, asked for once."""
        return None

    def cells(self, row: Any, known: Any) -> list[dict[str, Any]]:
        """A row of the list: {text, small?, href?, chips?: [{kind, text}]} for each of `column_list`."""
        raise NotImplementedError

    def empty(self) -> dict[str, Any]:
        """What stands where there is nothing."""
        return {"title": t("admin.empty"), "text": t("admin.empty_text")}

    def render(self, template: str, **given: Any) -> str:
        """What Flask-Admin found, as plain data for our own templates."""
        if template == self.list_template:
            given = {"page": self._list(given)}
        return super().render(template, shell=shell(current(), "admin", no_draft=True), **given)

    def _get_list_extra_args(self) -> Any:
        """What the address asks of the list; a page no list can have is not found."""
        asked = super()._get_list_extra_args()
        if not 0 <= (asked.page or 0) < MOST_PAGES:
            abort(404)
        return asked

    def _list(self, given: dict[str, Any]) -> dict[str, Any]:
        names = [name for name, _ in given["list_columns"]]
        known = self.known(given["data"])
        return {
            "title": self.title(),
            "subtitle": t(f"admin.{self.key}.about"),
            "actions": [
                {
                    "label": t(f"admin.{self.key}.new"),
                    "href": url_for(".create_view"),
                    "style": "primary",
                    "sign": "new",
                }
            ]
            if self.can_create
            else [],
            "tabs": sections(self.key),
            "search": {
                "action": url_for(".index_view"),
                "label": t(f"admin.{self.key}.search"),
                "value": given["search"] or "",
            }
            if given["search_supported"]
            else None,
            "columns": [self._column(name, at, given) for at, name in enumerate(names)],
            "rows": [self.cells(row, known) for row in given["data"]],
            "pager": self._pager(given),
            "empty": self.empty(),
        }

    def _column(self, name: str, at: int, given: dict[str, Any]) -> dict[str, Any]:
        model: dict[str, Any] = {"label": t(f"admin.{self.key}.{name}")}
        if name in given["sortable_columns"]:
            chosen = str(given["sort_column"]) == str(at)
            model["href"] = given["sort_url"](at, chosen)
            model["sorted"] = ("descending" if given["sort_desc"] else "ascending") if chosen else None
        return model

    def _pager(self, given: dict[str, Any]) -> dict[str, Any] | None:
        pages, here, count = given["num_pages"] or 1, given["page"] or 0, given["count"]
        if pages < 2:
            return None
        first = here * self.page_size
        pager = {
            "text": t("admin.shown", first=first + 1, last=min(first + self.page_size, count), total=count)
        }
        if here > 0:
            pager["previous"] = given["pager_url"](here - 1)
        if here + 1 < pages:
            pager["next"] = given["pager_url"](here + 1)
        return pager

    # -------------------------------------------------------------- creating and changing

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """An empty form, and what it saves."""
        form = self.create_form()
        self.options(form)
        if (
            request.method == "POST"
            and form.validate()
            and self.save(form, lambda connection: self.insert(connection, form))
        ):
            return self.done(form, None)
        return self._form_page(form, None)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """The form of one row, and what it saves."""
        row = self.get_one(request.args.get("id", ""))
        if row is None:
            abort(404)
        form = self.edit_form(obj=row)
        self.options(form)
        if (
            request.method == "POST"
            and form.validate()
            and self.save(form, lambda connection: self.change(connection, form, row))
        ):
            return self.done(form, row)
        return self._form_page(form, row)

    def insert(self, connection: Connection, form: Any) -> None:
        """Put a new row. Raises Refused."""
        raise NotImplementedError

    def change(self, connection: Connection, form: Any, row: Any) -> None:
        """Put the changed row. Raises Refused."""
        raise NotImplementedError

    def prepare(self, form: Any) -> None:
        """What a save needs and should not make the database wait for."""

    def save(self, form: Any, put: Callable[[Connection], None]) -> bool:
        """Save by `put` in one transaction; refused: every reason stands at its field, nothing is written."""
        self.prepare(form)
        try:
            with engine().database.write() as connection:
                put(connection)
        except Refused as refused:
            for name, text in refused.faults.items():
                form[name].errors = [*form[name].errors, text]
            return False
        except IntegrityError:  # somebody was quicker by a moment
            flash(t("admin.fault.meanwhile"), "late")
            return False
        saved(self.key)
        return True

    def done(self, form: Any, row: Any) -> Any:
        """Back to the list."""
        flash(t("admin.saved"), "ok")
        return redirect(url_for(".index_view"), 303)

    def _form_page(self, form: Any, row: Any) -> Any:
        action = (
            url_for(".edit_view", id=request.args.get("id", ""))
            if row is not None
            else url_for(".create_view")
        )
        fields = [
            house_field(field, self.key, **self.field_more(field.name))
            for field in form
            if field.name != "csrf_token"
        ]
        wrong = request.method == "POST"
        page = {
            "title": self.name_of(row) if row is not None else t(f"admin.{self.key}.new"),
            "crumbs": [
                {"label": self.title(), "href": url_for(".index_view")},
                {"label": self.name_of(row) if row is not None else t("admin.new")},
            ],
            "form": {
                "id": self.key,
                "about": t(f"admin.{self.key}.edit_about")
                if row is not None and t_has(f"admin.{self.key}.edit_about")
                else None,
                "action": action,
                "sections": [{"fields": fields}],
                "refused": wrong,
                "submit": {"label": t("admin.save")},
                "cancel": {"label": t("form.cancel"), "href": url_for(".index_view")},
            },
            **self.beside(row),
        }
        return self.render(self.edit_template, page=page), 422 if wrong else 200

    def field_more(self, name: str) -> dict[str, Any]:
        """What a field is drawn with besides what the form knows."""
        return {}

    def beside(self, row: Any) -> dict[str, Any]:
        """What else the form page shows: facts, asides."""
        return {}

    def name_of(self, row: Any) -> str:
        """What a row is called."""
        raise NotImplementedError

    def edit_href(self, row: Any) -> str:
        """The address of a row's form."""
        return url_for(".edit_view", id=self.get_pk_value(row))

    def title(self) -> str:
        """What this screen is called."""
        return t(f"admin.{self.key}.title")


def saved(what: str) -> None:
    """After every save: read the reference data again, and note that it was changed, by whom, without a name."""
    engine().library.refresh()
    mark = account_mark(current_app.config["SECRET_KEY"], current().id)
    current_app.logger.warning("administration saved=%s by=%s", what, mark)


def sections(here: str) -> list[dict[str, Any]]:
    """The screens of the administration as tabs."""
    return [
        {"label": t(f"admin.{key}.title"), "href": url_for(f"admin_{key}.index_view"), "here": key == here}
        for key in SECTIONS
    ]


def _as_key(column: Any, text: str) -> Any:
    """A part of an id as the type of its column. Raises ValueError."""
    if isinstance(column.type, Date):
        return date.fromisoformat(text)
    if isinstance(column.type, Integer):
        return int(text) if len(text) < 10 else int("")
    return text


def shown_day(day: date | None) -> str:
    """A date as Vietnam writes it."""
    return f"{day:%d/%m/%Y}" if day else ""


def shown_span(start: date, end: date | None) -> str:
    """From a day on, or from one to another."""
    return (
        t("admin.span", start=shown_day(start), end=shown_day(end))
        if end
        else t("admin.since", start=shown_day(start))
    )


def shown_days(start: date, end: date | None) -> str:
    """The same under a heading that says "from" itself."""
    return shown_span(start, end) if end else shown_day(start)


def whole(text: str) -> int:
    """A whole number as it was typed or sent; 0, which names nothing, for all else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def today() -> date:
    """The installation's day."""
    return engine().clock.now().astimezone(engine().library.zone).date()
