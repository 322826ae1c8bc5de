"""What is said to be out of reach is: every case played through a random workflow stays inside what was found."""

from __future__ import annotations

from collections import deque
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.definition.checks import wf208
from engine.definition.expression import compile
from engine.definition.flow import Transition
from engine.definition.model import Definition
from engine.definition.proof.reach import explore
from schemas.load import load_definition

VALUES: dict[str, tuple[Any, ...]] = {"risk": ("low", "high"), "forced": (True, False)}
GUARDS = (
    "forced", "not forced", 'risk == "low"', 'risk != "low"', "known(risk)", "not known(forced)", "known(risk) or forced",
    'risk == "high" and not forced', 'case.came_from == "a"', 'case.state == "b" and forced', "urgent",
)  # fmt: skip
EFFECTS = (
    '[{set: {forced: "true"}}]', '[{set: {forced: "false"}}]', "[{set: {risk: '\"high\"'}}]", "[{clear: [risk]}]",
    "[{clear: [forced]}, {set: {risk: '\"low\"'}}]",
)  # fmt: skip
FORMS = ("", "both", "risk", "maybe")
HEAD = """\
format: 1
id: walk
title: {vi: a, en: a}
reference: "{area}-{number}"
subject: child
calendar: vn_public
access: {officer: "*"}
fields:
  place: {type: area, title: {vi: a, en: a}, open: true}
  risk: {type: choice, title: {vi: a, en: a}, options: {low: {vi: a, en: a}, high: {vi: b, en: b}}}
  forced: {type: boolean, title: {vi: a, en: a}}
  urgent: {type: boolean, title: {vi: a, en: a}, compute: 'forced and risk == "high"'}
forms:
  both: {title: {vi: a, en: a}, fields: {place: required, risk: required, forced: required}}
  risk: {title: {vi: a, en: a}, fields: {place: required, risk: required}}
  maybe: {title: {vi: a, en: a}, fields: {place: required, risk: optional, forced: optional}}
states:
  a: {title: {vi: a, en: a}, initial: true}
  b: {title: {vi: a, en: a}}
  c: {title: {vi: a, en: a}}
  end: {title: {vi: a, en: a}, final: true}
"""
WAY = st.tuples(
    st.sampled_from("abc"), st.sampled_from(("a", "b", "c", "end", "same")), st.sampled_from((*GUARDS, "")),
    st.sampled_from(FORMS), st.sampled_from((*EFFECTS, "")),
)  # fmt: skip
WAYS = st.tuples(st.sampled_from(("both", "risk", "maybe")), st.lists(WAY, min_size=3, max_size=7))


def workflow(drawn: tuple[str, list[tuple[str, str, str, str, str]]]) -> Definition:
    opening, ways = drawn
    lines = [
        f"open: {{title: {{vi: a, en: a}}, by: [officer], form: {opening}, area: place}}",
        "transitions:",
    ]
    for number, (source, to, guard, form, effects) in enumerate(ways):
        lines.append(
            f"  w{number}:\n    title: {{vi: a, en: a}}\n    from: {source}\n    to: {to}\n    by: [officer]"
        )
        lines += [f"    when: '{guard}'"] if guard else []
        lines += [f"    form: {form}"] if form else []
        lines += [f"    do: {effects}"] if effects else []
    loaded = load_definition(HEAD + "\n".join(lines) + "\n", {})
    assert loaded.definition, loaded.findings
    return loaded.definition


def filled(definition: Definition, form: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """All ways to fill in a form over the values of a case."""
    fields = [each for each in definition.forms[form].fields if each.key in VALUES] if form else []
    options = [VALUES[each.key] if each.required else (None, *VALUES[each.key]) for each in fields]
    return [
        values | dict(zip([each.key for each in fields], chosen, strict=True)) for chosen in product(*options)
    ]


def holds(way: Transition, state: str, came: str | None, values: dict[str, Any]) -> bool:
    urgent = compile(WALKED.fields["urgent"].compute)(values)  # type: ignore[arg-type]
    env = {**values, "urgent": urgent, "case.state": state, "case.came_from": came}
    return all(compile(each.expression)(env) is True for each in way.when)


def cases_of(definition: Definition) -> tuple[set[tuple[str, str]], dict[Any, set[Any]]]:
    """Every step that some case can take; and every case there can be, with those it can become by one step."""
    start = [("a", None, tuple(sorted(each.items()))) for each in filled(definition, definition.open.form, dict.fromkeys(VALUES))]  # fmt: skip
    onward: dict[Any, set[Any]] = {}
    steps: set[tuple[str, str]] = set()
    todo = deque(start)
    while todo:
        here = todo.popleft()
        if here in onward:
            continue
        onward[here] = set()
        state, came, pairs = here
        for way in definition.transitions.values():
            if state not in way.sources:
                continue
            for values in filled(definition, way.form, dict(pairs)):
                if holds(way, state, came, values):
                    steps.add((state, way.key))
                    after = dict(values)
                    for effect in way.do:
                        if effect.name == "clear":
                            after |= dict.fromkeys(effect.arguments["fields"])
                        else:
                            after |= {
                                key: each.tree.value for key, each in effect.arguments["values"].items()
                            }
                    to = way.to or state
                    there = (to, state if way.to else came, tuple(sorted(after.items())))
                    onward[here].add(there)
                    todo.append(there)
    return steps, onward


def played(definition: Definition) -> tuple[set[tuple[str, str]], dict[str, set[str]]]:
    """Every step that some case can take, and from each state the states that some case there can still come to."""
    steps, onward = cases_of(definition)
    reachable: dict[str, set[str]] = {}
    for here in onward:
        seen, todo = {here}, deque([here])
        while todo:
            for there in onward[todo.popleft()]:
                if there not in seen:
                    seen.add(there)
                    todo.append(there)
        reachable.setdefault(here[0], set()).update(state for state, _, _ in seen)
    return steps, reachable


WALKED = workflow(("both", [("a", "end", "", "", "")]))


@given(WAYS)
def test_no_case_goes_where_the_proof_says_that_none_can(drawn: Any) -> None:
    definition = workflow(drawn)
    found, (steps, reachable) = explore(definition), played(definition)
    assert reachable.keys() <= found.holds.keys()
    assert steps <= found.steps.keys()
    for finding in wf208.check(definition, {}):
        state = finding.params["state"]
        if finding.variant == "case":
            continue  # test_ends.py
        if finding.variant == "stuck":
            assert "end" not in reachable.get(state, set())
        else:
            assert state not in reachable
