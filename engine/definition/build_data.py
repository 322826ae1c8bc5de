"""From canonical form to the data side of a definition: fields, forms, tracks, decisions, milestones, access.

Part of build.py, which says in what order things are built.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.definition.desk import Desk, text_of
from engine.definition.expression import Kind, Scope, walk
from engine.definition.expression.tree import Name
from engine.definition.model import (
    Decision,
    Duplicates,
    Field,
    FieldType,
    Form,
    FormField,
    FormSection,
    Link,
    Milestone,
    Opening,
    Option,
    Subcase,
)

Plain = Mapping[str, Any]


def build_fields(plain: Iterable[Plain]) -> dict[str, Field]:
    """Fields, or columns, without their `compute`, which may read all the others."""
    return {each["key"]: _field(each) for each in plain}


def _field(plain: Plain) -> Field:
    kind = FieldType(plain["type"])
    return Field(
        key=plain["key"],
        type=kind,
        title=text_of(plain.get("title")),
        help=text_of(plain.get("help")),
        options={each["key"]: _option(each) for each in plain.get("options", ())},
        list=plain.get("list", ""),
        min=_bound(plain.get("min"), kind),
        max=_bound(plain.get("max"), kind),
        open=plain.get("open", False),
        strict=plain.get("private") == "strict",
        of=plain.get("of", "case"),
        readers=tuple(plain.get("readers", ())),
        columns=build_fields(plain.get("columns", ())),
        searchable=plain.get("searchable", False),
        role=text_of(plain.get("role")),
        holder=plain.get("holder", ""),
        level=plain.get("level", ""),
        law=plain.get("law", ""),
    )


def _option(plain: Plain) -> Option:
    return Option(
        key=plain["key"],
        title=text_of(plain.get("title")),
        disabled=plain.get("disabled", False),
        law=plain.get("law", ""),
    )


def _bound(bound: Any, kind: FieldType) -> Any:
    if bound is None or bound in ("today", "now"):
        return bound
    if kind is FieldType.DATE:
        return date.fromisoformat(bound)
    return Decimal(bound) if kind is FieldType.DECIMAL else bound


def with_computed(
    fields: Mapping[str, Field], plain: Iterable[Plain], scope: Scope, desk: Desk
) -> dict[str, Field]:
    """`fields` with what they compute; a ring of computed fields is a problem of each in it."""
    whole = dict(fields)
    for each in plain:
        if source := each.get("compute"):
            path = f"fields.{each['key']}.compute"
            compute = desk.expression(source, scope, path, Kind.of(fields[each["key"]]))
            whole[each["key"]] = replace(fields[each["key"]], compute=compute)
    reads = {key: each.compute.reads for key, each in whole.items() if each.compute}
    inside = {key: _read_in_the_end(key, reads) for key in reads}
    rings = {key for key, names in inside.items() if key in names}
    for key, names in inside.items():
        if key in rings:
            desk.report("WF105", f"fields.{key}.compute", "compute_ring", name=key)
        elif rings.isdisjoint(names) and _is_large(key, whole, names & reads.keys()):
            desk.report("WF105", f"fields.{key}.compute", "compute_large", name=key, most=LARGE, deep=DEEP)
    return whole


DEEP, LARGE = 40, 500  # computed fields that one reads in the end, and the parts of what it then says


def _is_large(key: str, fields: Mapping[str, Field], inside: Collection[str]) -> bool:
    """Is it more, with the computed fields `inside` it put in their place, than can be looked through?"""
    return len(inside) > DEEP or _size(key, fields, {}) > LARGE


def _size(key: str, fields: Mapping[str, Field], known: dict[str, int]) -> int:
    compute = fields[key].compute
    if compute is None:
        return 1
    if key not in known:
        known[key] = sum(
            _size(node.name, fields, known) if isinstance(node, Name) and node.name in fields else 1
            for node in walk(compute.tree)
        )
    return known[key]


def _read_in_the_end(key: str, reads: Mapping[str, frozenset[str]]) -> set[str]:
    found: set[str] = set()
    todo = [key]
    while todo:
        for name in reads.get(todo.pop(), frozenset()) - found:
            found.add(name)
            todo.append(name)
    return found


def build_forms(plain: Iterable[Plain], rows: Mapping[str, str], scope: Scope, desk: Desk) -> dict[str, Form]:
    """The forms. `rows` maps a form to the table to which its transitions append: its fields are that
    table's columns.
    """
    return {each["key"]: _form(each, rows.get(each["key"], ""), scope, desk) for each in plain}


def _form(plain: Plain, table: str, scope: Scope, desk: Desk) -> Form:
    columns = scope.fields[table].columns if table else scope.fields
    inner = replace(scope, fields={**scope.fields, **columns})
    seen: set[str] = set()
    sections = []
    for number, section in enumerate(plain["sections"]):
        path = f"forms.{plain['key']}.sections.{number}.fields"
        if f"forms.{plain['key']}.fields" in desk.places:  # the author wrote no sections
            path = f"forms.{plain['key']}.fields"
        asked = tuple(
            _asked(each, columns, seen, inner, f"{path}.{each['key']}", desk) for each in section["fields"]
        )
        sections.append(FormSection(text_of(section.get("title")), asked))
    return Form(
        key=plain["key"],
        title=text_of(plain.get("title")),
        sections=tuple(sections),
        sheet=plain.get("sheet", ""),
        law=plain.get("law", ""),
    )


def _asked(
    plain: Plain, columns: Mapping[str, Field], seen: set[str], scope: Scope, path: str, desk: Desk
) -> FormField:
    key = plain["key"]
    if key in seen:
        desk.report("WF103", path, "form", name=key)
    seen.add(key)
    if desk.known(key, columns, "field", path) and columns[key].compute:
        desk.report("WF105", path, "computed_in_form", name=key)
    source = plain.get("required_when")
    when = desk.expression(source, scope, f"{path}.required_when", Kind.BOOLEAN) if source else None
    inside = columns[key].columns if key in columns else {}
    for number, column in enumerate(plain.get("only", ())):
        desk.known(column, inside, "field", f"{path}.only.{number}")
    return FormField(key, plain.get("required", False), when, tuple(plain.get("only", ())))


def build_opening(
    plain: Plain, forms: Mapping[str, Form], fields: Mapping[str, Field], desk: Desk
) -> Opening:
    """How a case begins; its `area` must be asked for in its form."""
    form, area = plain.get("form", ""), plain.get("area", "")
    if form and desk.known(form, forms, "form", "open.form") and area:
        asked = {each.key for each in forms[form].fields}
        places = [key for key in asked if key in fields and fields[key].type is FieldType.AREA]
        desk.known(area, places, "area_field", "open.area")
    return Opening(text_of(plain.get("title")), tuple(plain["by"]), form, area, plain.get("law", ""))


def build_access(plain: Plain, fields: Mapping[str, Field], desk: Desk) -> dict[str, tuple[str, ...]]:
    """Which function sees which fields."""
    for function, names in plain.items():
        for number, name in enumerate(names):
            if name != "*":
                desk.known(name, fields, "field", f"access.{function}.{number}")
    return {function: tuple(names) for function, names in plain.items()}


def build_shows(plain: Plain, fields: Mapping[str, Field], desk: Desk) -> dict[str, tuple[str, ...]]:
    """Which fields head a case; `risk` is a choice."""
    shown = {part: (names,) if isinstance(names, str) else tuple(names) for part, names in plain.items()}
    choices = [key for key, each in fields.items() if each.type is FieldType.CHOICE]
    for part, names in shown.items():
        for number, name in enumerate(names):
            path = f"shows.{part}.{number}"
            if part == "risk":
                desk.known(name, choices, "choice_field", path)
            else:
                desk.known(name, fields, "field", path)
    return shown


def build_subcases(plain: Iterable[Plain], fields: Mapping[str, Field], desk: Desk) -> dict[str, Subcase]:
    """The tracks, and that what they are given exists here."""
    subcases = {}
    for each in plain:
        for number, name in enumerate(each.get("gives", ())):
            desk.known(name, fields, "field", f"subcases.{each['key']}.gives.{number}")
        subcases[each["key"]] = Subcase(
            key=each["key"],
            definition=each["definition"],
            title=text_of(each.get("title")),
            code=each["code"],
            holder=each["holder"],
            many=not each.get("once", False),
            required=each.get("required", False),
            gives=tuple(each.get("gives", ())),
            returns={value["key"]: FieldType(value["type"]) for value in each.get("returns", ())},
        )
    return subcases


def build_decisions(plain: Iterable[Plain], scope: Scope, desk: Desk) -> dict[str, Decision]:
    """The rule tables asked, with what goes into them."""
    decisions = {}
    for each in plain:
        path = f"decisions.{each['key']}"
        for name in ("gives", "confirms", "why"):
            if name in each:
                desk.known(each[name], scope.fields, "field", f"{path}.{name}")
        dates = [
            key for key, field in scope.fields.items() if field.type in (FieldType.DATE, FieldType.DATETIME)
        ]
        desk.known(each["on"], dates, "date_field", f"{path}.on")
        inputs = {
            name: desk.expression(source, scope, f"{path}.inputs.{name}")
            for name, source in each["inputs"].items()
        }
        decisions[each["key"]] = Decision(
            key=each["key"],
            table=each["table"],
            inputs={name: expression for name, expression in inputs.items() if expression},
            on=each["on"],
            gives=each["gives"],
            confirms=each.get("confirms", ""),
            why=each.get("why", ""),
        )
    return decisions


def build_links(plain: Iterable[Plain]) -> dict[str, Link]:
    """How two cases belong together; without a word of its own the other side says the same."""
    return {
        each["key"]: Link(
            each["key"], text_of(each.get("title")), text_of(each.get("back") or each.get("title"))
        )
        for each in plain
    }


def build_duplicates(
    plain: Plain | None, fields: Mapping[str, Field], states: Iterable[str], desk: Desk
) -> Duplicates | None:
    """By which fields it shows that two cases may be about one person, each of a type that can tell it."""
    if plain is None:
        return None
    named = [key for key, each in fields.items() if each.indexed]
    for key, kind, fits in (
        ("name", "name_field", [key for key in named if fields[key].searchable]),
        ("born", "date_field", _of_type(fields, FieldType.DATE)),
        ("age", "number_field", _of_type(fields, FieldType.INTEGER)),
        ("sex", "choice_field", _of_type(fields, FieldType.CHOICE)),
        ("checked", "boolean_field", _of_type(fields, FieldType.BOOLEAN)),
    ):
        if key in plain:
            desk.known(plain[key], fits, kind, f"duplicates.{key}")
    for key, kind, fits in (("relatives", "name_field", named), ("states", "state", [*states])):
        for number, name in enumerate(plain.get(key, ())):
            desk.known(name, fits, kind, f"duplicates.{key}.{number}")
    return Duplicates(
        name=plain["name"],
        born=plain.get("born", ""),
        age=plain.get("age", ""),
        sex=plain.get("sex", ""),
        relatives=tuple(plain.get("relatives", ())),
        states=tuple(plain.get("states", ())),
        checked=plain.get("checked", ""),
    )


def _of_type(fields: Mapping[str, Field], kind: FieldType) -> list[str]:
    return [key for key, each in fields.items() if each.type is kind]


def build_milestones(plain: Iterable[Plain], scope: Scope, desk: Desk) -> dict[str, Milestone]:
    """What is reached once."""
    milestones = {}
    for each in plain:
        path = f"milestones.{each['key']}.when"
        if when := desk.expression(each["when"], scope, path, Kind.BOOLEAN):
            milestones[each["key"]] = Milestone(each["key"], text_of(each.get("title")), when)
    return milestones
