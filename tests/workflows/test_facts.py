"""The procedure as the domain facts give it, row by row (facts_8.csv, facts_8_states.csv), against the workflows.

How to read the rows: `guard` holds the conditions in order, `other than …` for four eyes, and bounds of a column that
stand for a guard, `within …` for how long after closing a case is reopened; `does` the effects but notices and what is cleared (test_cycles.py), where it is
taken ("at offered"), and what becomes of a proposal; `deadline` the limits of the state named in `deadline_state` ("case":
those that run through states); `required_fields` the form's required fields with their types, and `reason`. A row whose
`source_row` begins with "P:" is our proposal; all others stand in the domain facts or in semantics.md.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.definition.durations import duration_text
from engine.definition.flow import Deadline, Effect, Limit, Repeat, Transition
from engine.definition.model import Definition, Form
from engine.definition.text import Text
from tests.workflows.content import definitions

HERE = Path(__file__).parent
Row = Mapping[str, str]


def rows(name: str) -> list[Row]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = rows("facts_8.csv")
STATES = rows("facts_8_states.csv")
# Facts know one opening row for all tracks, and name the openings of two tracks after what is done there.
TRIGGERS = {
    "receive": "open", "counsel": "open", "assess": "open",
    "open_education": "open_support", "open_vocational": "open_support", "open_livelihood": "open_support",
}  # fmt: skip


def each_row(found: list[Row], *keys: str) -> Any:
    return pytest.mark.parametrize("row", found, ids=["-".join(row[key] for key in keys) for row in found])


def way(row: Row) -> tuple[Definition, Transition | None]:
    definition = definitions()[row["definition"]]
    return definition, None if row["transition"] == "open" else definition.way(row["transition"])


def part(text: str) -> list[str]:
    return text.split(" ;; ") if text else []


def limit(each: Limit) -> str:
    if each.duration:
        return duration_text(each.duration)
    return f"{each.by}({', '.join(f'{key}={duration_text(value)}' for key, value in each.durations.items())})"


def deadline(each: Deadline) -> str:
    words = [f"{each.key}={' | '.join(limit(one) for one in each.within)}"]
    words += [f"from {each.start}"] if each.start != "entry" else []
    words += [f"or {each.or_from}"] if each.or_from else []
    words += [f"after {' '.join(each.starts)}"] if each.starts else []
    words += [f"until {' '.join(each.ends or each.done_by)}"] if each.ends or each.done_by else []
    words += [f"still in {' '.join(each.pause_in)}"] if each.pause_in else []
    return " ".join(words) + still(each.pause_while)


def repeat(each: Repeat) -> str:
    return f"{each.key}=every {limit(each.every)} by {' '.join(each.done_by)}" + still(each.pause_while)


def still(field: str) -> str:
    return f" still while {field}" if field else ""


def effect(each: Effect) -> str:
    given = each.arguments
    match each.name:
        case "set":
            return f"set {', '.join(f'{key}={value.source}' for key, value in given['values'].items())}"
        case "link":
            return f"link {given['to']} as {given['as']}"
        case "open_case":
            return f"open_case as {given['as']} with {' '.join(given['values'])}"
        case "settle_offer":
            return f"settle_offer {'accepted' if given['accepted'] else 'declined'}"
        case _:
            return " ".join((each.name, *map(str, given.values())))


def does(transition: Transition) -> list[str]:
    found = [f"at {transition.at}"] if transition.at else []
    found += ["proposes"] if transition.proposes else []
    found += [f"accepts {transition.accepts}"] if transition.accepts else []
    found += [f"declines {transition.declines}"] if transition.declines else []
    return found + [effect(each) for each in transition.do if each.name not in ("notify", "clear")]


def limits(definition: Definition, state: str) -> list[str]:
    if state == "case":
        return [deadline(each) for each in definition.deadlines.values()]
    here = definition.states[state]
    return [deadline(each) for each in here.deadlines.values()] + [
        repeat(each) for each in here.repeats.values()
    ]


def required(definition: Definition, form: Form | None, appends: str, reason: str) -> list[str]:
    fields = definition.fields[appends].columns if appends else definition.fields
    named = [
        f"{each.key}:{fields[each.key].type.value}" for each in (form.fields if form else ()) if each.required
    ]
    return (["reason"] if reason == "required" else []) + named


@each_row(ROWS, "definition", "transition")
def test_row_has_the_labels_of_the_facts(row: Row) -> None:
    definition, transition = way(row)
    title = transition.title if transition else definition.open.title
    assert title == Text(row["vi"], row["en"])


@each_row(ROWS, "definition", "transition")
def test_row_has_trigger_from_to_and_by(row: Row) -> None:
    definition, transition = way(row)
    initial = next(key for key, state in definition.states.items() if state.initial)
    trigger = transition.trigger if transition else "open"
    sources = transition.sources if transition else ()
    target = (transition.to or "same") if transition else initial
    by = transition.by if transition else definition.open.by
    assert TRIGGERS.get(trigger, trigger) == TRIGGERS.get(row["trigger"], row["trigger"])
    assert (list(sources), target, sorted(by)) == (row["from"].split(), row["to"], sorted(row["by"].split()))


@each_row(ROWS, "definition", "transition")
def test_row_asks_for_exactly_the_required_fields(row: Row) -> None:
    definition, transition = way(row)
    name = transition.form if transition else definition.open.form
    asked = required(
        definition,
        definition.forms[name] if name else None,
        transition.appends if transition else "",
        transition.reason if transition else "none",
    )
    assert asked == row["required_fields"].split()


@each_row(ROWS, "definition", "transition")
def test_row_has_the_guard_and_four_eyes_of_the_facts(row: Row) -> None:
    definition, transition = way(row)
    found = [each.expression.source for each in transition.when] if transition else []
    if transition and transition.other_than:
        found.insert(0, f"other than {' '.join(transition.other_than)}")
    if transition and transition.appends == "visits":
        found += [
            f"{key} at most {each.max}"
            for key, each in definition.fields["visits"].columns.items()
            if each.max == "today"
        ]
    if transition and transition.within:
        found.append(f"within {duration_text(transition.within)}")
    assert found == part(row["guard"])


@each_row(ROWS, "definition", "transition")
def test_row_does_what_the_facts_say_and_nothing_else(row: Row) -> None:
    _, transition = way(row)
    assert (does(transition) if transition else []) == part(row["does"])


@each_row([row for row in ROWS if row["deadline"]], "definition", "transition")
def test_row_starts_the_deadlines_of_the_facts(row: Row) -> None:
    found = limits(definitions()[row["definition"]], row["deadline_state"])
    if row["deadline_state"] == "case":
        assert set(part(row["deadline"])) <= set(found)
    else:
        assert found == part(row["deadline"])


@each_row(ROWS, "definition", "transition")
def test_row_names_its_law(row: Row) -> None:
    definition, transition = way(row)
    assert (transition.law if transition else definition.open.law) == row["law"]


@each_row(STATES, "definition", "state")
def test_state_has_labels_and_kind_of_the_facts(row: Row) -> None:
    state = definitions()[row["definition"]].states[row["state"]]
    kind = "initial" if state.initial else "final" if state.final else "active"
    assert (state.title, kind) == (Text(row["vi"], row["en"]), row["kind"])


@pytest.mark.parametrize("name", definitions())
def test_workflow_holds_nothing_that_is_not_in_the_rows(name: str) -> None:
    definition = definitions()[name]
    assert {each.key for each in definition.ways} == {
        row["transition"] for row in ROWS if row["definition"] == name and row["transition"] != "open"
    }
    assert list(definition.states) == [row["state"] for row in STATES if row["definition"] == name]


@pytest.mark.parametrize("name", definitions())
def test_every_deadline_of_a_state_stands_in_a_row(name: str) -> None:
    definition = definitions()[name]
    told = {
        (row["deadline_state"], each)
        for row in ROWS
        if row["definition"] == name
        for each in part(row["deadline"])
    }
    found = {(state, each) for state in ("case", *definition.states) for each in limits(definition, state)}
    assert found == told


def test_every_step_of_a_childs_case_has_its_source() -> None:
    sources = [row["source_row"] for row in ROWS if row["definition"] == "child_case"]
    assert [each for each in sources if not each.startswith(("8.1 ", "P: ", "semantics 10"))] == []


def test_law_wins_over_a_later_default_of_the_province() -> None:
    plan = definitions()["child_case"].deadlines["plan"]
    assert [(limit(each), each.law) for each in plan.within] == [
        ("5 working days", "D56/2017 art. 28(1)"),
        ("risk_level(emergency=24 hours)", ""),
    ]


def test_receiving_asks_only_what_a_report_must_have_to_exist() -> None:
    child_case = definitions()["child_case"]
    intake = child_case.forms[child_case.open.form]
    assert {each.key for each in intake.fields if each.required or each.required_when} == {
        "channel", "received_at", "place_of_event", "current_condition",
    }  # fmt: skip
