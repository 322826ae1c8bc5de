"""What changed in what is filled in and read: fields, forms, opening, access, tracks, rule tables, milestones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definition.diff.asking import asked
from engine.definition.diff.change import Sheet, Subject, What, title_of
from engine.definition.diff.rules import (
    A,
    Attribute,
    B,
    N,
    T,
    bound,
    compared,
    keyed,
    narrowing,
    some,
    subject_of,
    switch,
    value,
    words,
)
from engine.definition.model import Definition, Field, FieldType, Form, FormField, Subcase
from engine.definition.text import Text

_FIELD = (
    Attribute("title", words), Attribute("help", words), Attribute("role", words), Attribute("law", words),
    Attribute("list", value(N, N, N)),  # what it means for the options is told of each
    Attribute("min", bound(T, A)), Attribute("max", bound(A, T)),
    Attribute("open", switch(B, B)), Attribute("strict", switch(T, A), "private"), Attribute("of", value(B, B, B)),
    Attribute("readers", narrowing("function")), Attribute("searchable", switch(A, T)),
    Attribute("holder", value(T, A, T, "function")), Attribute("level", value(T, A, T)),
)  # fmt: skip
_OPTION = (Attribute("title", words), Attribute("disabled", switch(T, A)), Attribute("law", words))
_FORM = (Attribute("title", words), Attribute("sheet", words), Attribute("law", words))
_OPENING = (
    Attribute("title", words), Attribute("law", words), Attribute("by", some(A, T, "function")),
    Attribute("form", value(T, T, T, "form")), Attribute("area", value(T, T, T, "field")),
)  # fmt: skip
_SUBCASE = (
    Attribute("title", words), Attribute("code", words), Attribute("definition", value(B, B, B)),
    Attribute("holder", value(T, A, T, "function")), Attribute("many", switch(A, T), "repeat"),
    Attribute("required", switch(T, A)), Attribute("gives", some(A, T, "field")),
)  # fmt: skip
_DECISION = (
    Attribute("table", value(T, T, T)), Attribute("on", value(T, T, T, "field")),
    Attribute("gives", value(B, B, B, "field")), Attribute("confirms", value(T, T, T, "field")),
    Attribute("why", value(T, T, T, "field")),
)  # fmt: skip
_LINK = (Attribute("title", words), Attribute("back", words))
_MILESTONE = (Attribute("title", words),)


class Data:
    """Compares one side of two versions."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def noted(self) -> None:
        """Writes down all that changed here."""
        sheet, old, new = self._sheet, self._sheet.old, self._sheet.new
        whole = Subject("whole", title_of(new))
        self._fields("fields", old.fields, new.fields, "field", whole)
        keyed(sheet, "forms", old.forms, new.forms, (A, T), subject_of("form"), self._form, whole)
        compared(sheet, _OPENING, "open", Subject("opening"), old.open, new.open)
        self._access(old, new)
        keyed(
            sheet, "subcases", old.subcases, new.subcases, (A, B), subject_of("subcase"), self._subcase, whole
        )
        keyed(
            sheet,
            "decisions",
            old.decisions,
            new.decisions,
            (A, T),
            subject_of("decision"),
            self._decision,
            whole,
        )
        keyed(sheet, "links", old.links, new.links, (A, B), subject_of("link"), self._link, whole)
        keyed(
            sheet,
            "milestones",
            old.milestones,
            new.milestones,
            (A, T),
            subject_of("milestone"),
            self._milestone,
            whole,
        )

    # ------------------------------------------------------------------ fields

    def _fields(
        self, path: str, old: Mapping[str, Field], new: Mapping[str, Field], noun: str, of: Subject
    ) -> None:
        owner = of.name if noun == "column" else Text()

        def subject(thing: Any, key: str) -> Subject:
            return Subject(noun, title_of(thing, key), owner)

        keyed(self._sheet, path, old, new, (A, B), subject, self._field, of)

    def _field(self, path: str, about: Subject, old: Field, new: Field) -> None:
        sheet = self._sheet
        compared(sheet, _FIELD, path, about, old, new)
        if old.compute != new.compute:
            self._compute(f"{path}.compute", about, old, new)
        if old.type is not new.type:
            sheet.note(B, f"{path}.type", "type.changed", about, old=old.type, new=new.type)
        elif old.type is FieldType.TABLE:
            self._fields(f"{path}.columns", old.columns, new.columns, "column", about)
        else:

            def option(thing: Any, key: str) -> Subject:
                return Subject("option", title_of(thing, key), about.name)

            def inside(at: str, which: Subject, was: Any, now: Any) -> None:
                compared(sheet, _OPTION, at, which, was, now)

            keyed(sheet, f"{path}.options", old.options, new.options, (A, B), option, inside, about)

    def _compute(self, path: str, about: Subject, old: Field, new: Field) -> None:
        if old.compute is None or new.compute is None:
            self._sheet.note(B, path, "compute.added" if new.compute else "compute.removed", about)
        elif new.type is old.type is FieldType.BOOLEAN:
            asked(self._sheet, path, "compute", about, (old.compute,), (new.compute,), (T, T))
        else:
            self._sheet.note(T, path, "compute.changed", about)

    # ------------------------------------------------------------------ forms, opening, access

    def _form(self, path: str, about: Subject, old: Form, new: Form) -> None:
        compared(self._sheet, _FORM, path, about, old, new)
        were, are = ({each.key: each for each in form.fields} for form in (old, new))
        for key, each in are.items():
            at, which = f"{path}.fields.{key}", self._asked_for(about, key)
            if key not in were:
                must = "required" if each.required else "when" if each.required_when else "optional"
                kind = A if must == "optional" else T
                self._sheet.note(kind, at, f"asked.{must}", which, What.ADDED)
            elif each != were[key]:
                self._form_field(at, which, were[key], each)
        for key in were:
            if key not in are:
                self._sheet.note(
                    T, f"{path}.fields.{key}", "asked.removed", self._asked_for(about, key), What.REMOVED
                )
        if _layout(old, are) != _layout(new, were):
            self._sheet.note(N, f"{path}.sections", "layout.changed", about)

    def _asked_for(self, form: Subject, key: str) -> Subject:
        return Subject("form_field", self._titled(key), form.name)

    def _titled(self, key: str) -> Text:
        """Of a row's form the fields are columns of a table."""
        for version in (self._sheet.new, self._sheet.old):
            if key in version.fields:
                return title_of(version.fields[key], key)
            for table in version.fields.values():
                if key in table.columns:
                    return title_of(table.columns[key], key)
        return Text(key)

    def _form_field(self, path: str, about: Subject, old: FormField, new: FormField) -> None:
        sheet = self._sheet
        if old.only != new.only:
            kind, how, params = narrowing("field")(sheet, old.only, new.only) or (N, "", {})
            sheet.note(kind, f"{path}.only", f"only.{how}", about, **params)
        was, now = _asks(old), _asks(new)
        if was != now:
            sheet.note(
                T if now > was else A,
                f"{path}.required",
                f"required.{('never', 'when', 'always')[now]}",
                about,
            )
        elif now == 2 and old.required_when != new.required_when:
            sheet.note(N, f"{path}.required_when", "required_when.same", about)  # it is required in any case
        elif old.required_when and new.required_when and old.required_when != new.required_when:
            asked(
                sheet,
                f"{path}.required_when",
                "required_when",
                about,
                (old.required_when,),
                (new.required_when,),
                (T, A),
                demands=True,
            )

    def _access(self, old: Definition, new: Definition) -> None:
        sheet = self._sheet
        for function in (*new.access, *(each for each in old.access if each not in new.access)):
            path, about = f"access.{function}", Subject("access", Text(function))
            was, now = old.access.get(function), new.access.get(function)
            if was is None or now is None:
                what = What.ADDED if was is None else What.REMOVED
                seen = self._seen(now if was is None else was)
                sheet.note(A if was is None else T, path, f"access.{what.value}", about, what, seen=seen)
            elif ("*" in was) != ("*" in now):
                sheet.note(
                    A if "*" in now else T,
                    path,
                    "access.all" if "*" in now else "access.part",
                    about,
                    seen=self._seen(now),
                )
            elif was != now:
                kind, how, params = some(A, T, "field")(sheet, was, now) or (N, "", {})
                sheet.note(kind, path, f"access.{how}", about, **params)

    def _seen(self, fields: tuple[str, ...] | None) -> tuple[Text, ...]:
        return tuple(Text("*") if each == "*" else self._sheet.named("field", each) for each in fields or ())

    # ------------------------------------------------------------------ tracks, tables, milestones

    def _subcase(self, path: str, about: Subject, old: Subcase, new: Subcase) -> None:
        compared(self._sheet, _SUBCASE, path, about, old, new)
        for key, kind in new.returns.items():
            at = f"{path}.returns.{key}"
            if key not in old.returns:
                self._sheet.note(A, at, "returns.added", about, What.ADDED, name=key)
            elif old.returns[key] is not kind:
                self._sheet.note(B, at, "returns.changed", about, name=key, old=old.returns[key], new=kind)
        for key in old.returns:
            if key not in new.returns:
                self._sheet.note(T, f"{path}.returns.{key}", "returns.removed", about, What.REMOVED, name=key)

    def _decision(self, path: str, about: Subject, old: Any, new: Any) -> None:
        compared(self._sheet, _DECISION, path, about, old, new)
        for key in dict.fromkeys((*new.inputs, *old.inputs)):
            if old.inputs.get(key) != new.inputs.get(key):
                self._sheet.note(T, f"{path}.inputs.{key}", "inputs.changed", about, name=key)

    def _link(self, path: str, about: Subject, old: Any, new: Any) -> None:
        compared(self._sheet, _LINK, path, about, old, new)

    def _milestone(self, path: str, about: Subject, old: Any, new: Any) -> None:
        compared(self._sheet, _MILESTONE, path, about, old, new)
        if old.when != new.when:
            asked(self._sheet, f"{path}.when", "milestone", about, (old.when,), (new.when,), (T, A))


def _asks(field: FormField) -> int:
    return 2 if field.required else 1 if field.required_when else 0


def _layout(form: Form, both: Mapping[str, Any]) -> list[Any]:
    """The headings and the order of what both versions ask."""
    sections = [
        (each.title, [field.key for field in each.fields if field.key in both]) for each in form.sections
    ]
    return [each for each in sections if each[1]]
