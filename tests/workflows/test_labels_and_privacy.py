from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from engine.definition.checks import run
from engine.definition.findings import Severity
from engine.definition.model import Definition, FieldType
from engine.definition.text import Text
from tests.workflows.content import definitions, tables
from workflows import catalogue

# Proper names, which are the same in both languages.
NAMES = {Text(name, name) for name in ("Tày", "Nùng", "Kinh", "Dao", "Hoa", "Sán Chay")}
# Open though sealed would be the default: what a process is measured by, never who it is about.
NEVER_OPEN = (
    "name",
    "dob",
    "phone",
    "address",
    "village",
    "contact",
    "workplace",
    "signer",
    "reporter",
    "interpreter",
)


def texts(value: Any, path: str) -> Iterator[tuple[str, Text]]:
    """Every label in a definition or table, with where it stands."""
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from texts(each, f"{path}.{key}")
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from texts(each, f"{path}.{number}")
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            if each.name not in ("places", "help", "role") or getattr(value, each.name) != Text():
                yield from texts(getattr(value, each.name), f"{path}.{each.name}")


def all_labels() -> Iterator[tuple[str, Text]]:
    for name, each in (*definitions().items(), *tables().items()):
        yield from texts(each, name)
    for name, code_list in catalogue.code_lists().items():
        yield f"{name}.title", Text(**code_list["title"])
        yield from (
            (f"{name}.{key}", Text(each["vi"], each["en"])) for key, each in code_list["options"].items()
        )
    yield from ((f"function.{key}", each.title) for key, each in catalogue.functions().items())
    yield from ((f"setting.{key}", each.title) for key, each in catalogue.settings().items())


def test_every_label_is_there_in_both_languages_and_they_differ() -> None:
    labels = dict(all_labels())
    untitled = {path for path, each in labels.items() if not each.vi or not each.en}
    # A form in one part has no heading over it; a reopening without a name of its own has the engine's.
    unnamed = (".sections.0.title", ".reopen.title")
    assert {path for path in untitled if not path.endswith(unnamed)} == set()
    same = {path for path, each in labels.items() if each.vi and each.vi == each.en and each not in NAMES}
    assert same == set()


@pytest.mark.parametrize("name", definitions())
def test_check_finds_neither_error_nor_warning_that_is_not_accepted(name: str) -> None:
    found = run(definitions()[name], definitions())
    assert [
        (each.code, each.path)
        for each in found
        if each.severity is not Severity.NOTE and "accepted" not in each.params
    ] == []


@pytest.mark.parametrize("definition", definitions().values(), ids=definitions())
def test_no_field_that_tells_who_it_is_about_is_open(definition: Definition) -> None:
    told = {key for key, each in definition.fields.items() if each.open}
    naming = {key for key in told if definition.fields[key].type is not FieldType.BOOLEAN}
    assert {key for key in naming if any(word in key for word in NEVER_OPEN)} == set()
    assert {key for key in told if definition.fields[key].of != "case"} == set()
    free_text = {key for key in told if definition.fields[key].type in (FieldType.TEXT, FieldType.LONG_TEXT)}
    assert free_text == set()
    for key in told:
        columns = definition.fields[key].columns.values()
        assert not {
            each.key
            for each in columns
            if each.type in (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.ACTOR)
        }


@pytest.mark.parametrize("definition", definitions().values(), ids=definitions())
def test_names_of_child_and_family_are_searchable_and_sealed_under_their_own_key(
    definition: Definition,
) -> None:
    for key in ("child_name", "father_name", "mother_name", "guardian_name"):
        if found := definition.fields.get(key):
            assert found.searchable and found.of == ("child" if key == "child_name" else "guardian")


def test_reporter_has_a_key_of_its_own_and_two_readers() -> None:
    child_case = definitions()["child_case"]
    about = [each for each in child_case.fields.values() if each.of == "reporter"]
    assert {each.key for each in about} == {key for key in child_case.fields if key.startswith("reporter_")}
    assert {each.readers for each in about} == {("opener", "province_child_lead")}


def test_nothing_about_the_reporter_goes_to_a_track() -> None:
    child_case = definitions()["child_case"]
    for subcase in child_case.subcases.values():
        assert not {key for key in subcase.gives if child_case.fields[key].of == "reporter"}


def test_what_is_given_fills_all_that_the_opening_of_a_track_requires() -> None:
    for subcase in definitions()["child_case"].subcases.values():
        track = definitions()[subcase.definition]
        assert {each.key for each in track.forms[track.open.form].fields if each.required} <= set(
            subcase.gives
        )


def test_serving_agency_is_asked_by_function_in_the_step_that_opens_a_track() -> None:
    child_case = definitions()["child_case"]
    for key, subcase in child_case.subcases.items():
        form = child_case.forms[child_case.transitions[f"open_{key}"].form]
        asked = [
            child_case.fields[each.key]
            for each in form.fields
            if child_case.fields[each.key].type is FieldType.AGENCY
        ]
        assert [each.holder for each in asked] == [subcase.holder]


def test_function_that_serves_a_track_sees_it_by_agency_alone() -> None:
    """In `access` it would see the tracks of other agencies in its area."""
    for subcase in definitions()["child_case"].subcases.values():
        assert subcase.holder not in definitions()[subcase.definition].access


@pytest.mark.parametrize("definition", definitions().values(), ids=definitions())
def test_every_function_named_is_a_function(definition: Definition) -> None:
    named = {*definition.access, *definition.open.by, *([definition.owner] if definition.owner else ())}
    for transition in definition.ways:
        named |= {*transition.by, *(each.arguments["to"] for each in transition.do if each.name == "notify")}
    for state in definition.states.values():
        timed = (*state.deadlines.values(), *state.repeats.values())
        named |= {each.escalate_to for each in timed if each.escalate_to}
    named |= {each.escalate_to for each in definition.deadlines.values()}
    named |= {
        each.holder for each in (*definition.fields.values(), *definition.subcases.values()) if each.holder
    }
    assert named - {"system"} <= set(catalogue.functions())


@pytest.mark.parametrize("definition", definitions().values(), ids=definitions())
def test_every_form_is_used(definition: Definition) -> None:
    used = {definition.open.form, *(each.form for each in definition.ways)} - {""}
    assert used == set(definition.forms)


@pytest.mark.parametrize("definition", definitions().values(), ids=definitions())
def test_every_field_is_asked_given_computed_set_or_decided(definition: Definition) -> None:
    filled = {each.key for form in definition.forms.values() for each in form.fields}
    filled |= {each.appends for each in definition.transitions.values()}
    filled |= {each.gives for each in definition.decisions.values()}
    for transition in definition.ways:
        filled |= {key for each in transition.do if each.name == "set" for key in each.arguments["values"]}
    assert {key for key, each in definition.fields.items() if not each.compute} <= filled
