"""From the canonical form of a definition (plain data, see schemas/canonical.py) to a `Definition`.

Used when a file is loaded and when the engine reads a version back from its store; knows no YAML. What the
schema has already refused (unknown keys, wrong types) is not looked for again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.definition import build_data, build_flow
from engine.definition.desk import Broken, Desk, text_of
from engine.definition.expression import Scope
from engine.definition.model import Definition, FieldType, Place
from engine.definition.stored_tests import build_test

__all__ = ["Broken", "build"]

CASE_NUMBER = "{area}-{year}-{number:05}"
TRACK_NUMBER = "{parent}/{code}{number}"
CALENDAR = "vn_public"
SUBJECT = "case"


def build(plain: Mapping[str, Any], places: Mapping[str, Place] | None = None) -> Definition:
    """The definition that the canonical form `plain` says.

    `places` are those of its file, if it comes from one.
    Raises `Broken` with every name that is not there (WF101) and every expression that cannot be read or
    does not fit its fields (WF305, WF306, WF310).
    """
    desk = Desk(places or {})
    fields = build_data.build_fields(plain.get("fields", ()))
    subcases = build_data.build_subcases(plain.get("subcases", ()), fields, desk)
    stages = {each["key"]: text_of(each.get("title")) for each in plain.get("stages", ())}
    titles = {each["key"]: text_of(each.get("title")) for each in plain.get("states", ())}
    scope = Scope(fields, subcases, states=titles, stages=stages)
    fields = build_data.with_computed(fields, plain.get("fields", ()), scope, desk)
    scope = replace(scope, fields=fields)
    names = build_flow.Names.of(plain, scope)
    forms = build_data.build_forms(plain.get("forms", ()), _rows(plain, scope, desk), scope, desk)
    states = {each["key"]: build_flow.build_state(each, names, desk) for each in plain.get("states", ())}
    transitions = [build_flow.build_transition(each, names, desk) for each in plain.get("transitions", ())]
    build_flow.not_too_many(transitions, desk)
    definition = Definition(
        id=plain["id"],
        title=text_of(plain.get("title")),
        reference=_number(plain, desk),
        subject=plain.get("subject", SUBJECT),
        calendar=plain.get("calendar", CALENDAR),
        fields=fields,
        forms=forms,
        stages=stages,
        states=states,
        transitions={each.key: each for each in transitions},
        reopenings=build_flow.build_reopenings(states),
        open=build_data.build_opening(plain["open"], forms, fields, desk),
        access=build_data.build_access(plain.get("access", {}), fields, desk),
        owner=plain.get("owner", ""),
        shows=build_data.build_shows(plain.get("shows", {}), fields, desk),
        deadlines=build_flow.build_deadlines(plain.get("deadlines", ()), "deadlines", names, desk),
        subcases=subcases,
        decisions=build_data.build_decisions(plain.get("decisions", ()), scope, desk),
        links=build_data.build_links(plain.get("links", ())),
        duplicates=build_data.build_duplicates(plain.get("duplicates"), fields, titles, desk),
        milestones=build_data.build_milestones(plain.get("milestones", ()), scope, desk),
        accept=dict(plain.get("accept", {})),
        moves=build_flow.build_moves(plain.get("moves", {}), titles, desk),
        tests={each["key"]: build_test(each) for each in plain.get("tests", ())},
        places=desk.places,
    )
    if desk.findings:
        raise Broken(desk.findings)
    return definition


def _number(plain: Mapping[str, Any], desk: Desk) -> str:
    """The pattern of the number; a case that stands by itself has no parent to name."""
    alone = "area" in plain["open"]
    pattern: str = plain.get("reference") or (CASE_NUMBER if alone else TRACK_NUMBER)
    if alone and ("{parent}" in pattern or "{code}" in pattern):
        desk.report("WF105", "reference", "reference", allowed=["area", "year", "number"])
    return pattern


def _rows(plain: Mapping[str, Any], scope: Scope, desk: Desk) -> dict[str, str]:
    """The forms that ask for a row of a table, each with that table.

    A form cannot serve two tables, or a row and a case.
    """
    tables = [key for key, field in scope.fields.items() if field.type is FieldType.TABLE]
    uses: dict[str, str] = {plain["open"]["form"]: ""} if "form" in plain["open"] else {}
    for each in plain.get("states", ()):
        if form := each.get("reopen", {}).get("form", ""):
            uses.setdefault(form, "")
    for each in plain.get("transitions", ()):
        path, form, table = f"transitions.{each['key']}", each.get("form", ""), each.get("appends", "")
        if table and not desk.known(table, tables, "table_field", f"{path}.appends"):
            continue
        if table and not form:
            desk.report("WF105", f"{path}.appends", "appends_without_form", name=table)
        elif form and uses.setdefault(form, table) != table:
            desk.report("WF105", f"{path}.form", "form_two_uses", name=form)
    return {form: table for form, table in uses.items() if table}
