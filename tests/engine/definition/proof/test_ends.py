"""Every case that can be comes to an end some day, or is told: against all cases of random workflows, played through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from engine.definition import report
from engine.definition.checks import wf202, wf208
from engine.definition.findings import Finding
from engine.definition.model import Definition
from engine.definition.proof import ends
from schemas.load import load_definition
from tests.engine.definition.proof.test_reach import WAYS, cases_of, workflow
from workflows import catalogue


def dead(definition: Definition) -> set[Any]:
    """The cases that can be and from which no steps lead to the end."""
    _, onward = cases_of(definition)
    ending = {each for each in onward if each[0] == "end"}
    while more := {each for each, there in onward.items() if each not in ending and there & ending}:
        ending |= more
    return onward.keys() - ending


def told(definition: Definition) -> list[Finding]:
    return [each for each in wf208.check(definition, {}) if each.variant in ("case", "stuck")]


@settings(max_examples=150)
@given(WAYS)
def test_a_case_that_can_never_end_is_told_and_no_other(drawn: Any) -> None:
    definition = workflow(drawn)
    lost, no_path = dead(definition), {each.params.get("state") for each in wf202.check(definition, {})}
    # Of a whole state it is also told where cases come to it only in what is thought possible.
    been = {state for state, _, _ in cases_of(definition)[1]}
    found = [each for each in told(definition) if each.variant == "case" or each.params["state"] in been]
    if not no_path:
        assert bool(found) == bool(lost)
    for each in found:
        here = [dict(pairs) for state, _, pairs in lost if state == each.params["state"]]
        assert any(case.items() >= each.witness.get("values", {}).items() for case in here), each


BRANCH = ("risk", [("a", "b", "forced", "both", ""), ("a", "c", "", "", "[{set: {forced: \"false\"}}]"), ("c", "b", "", "", ""), ("b", "end", "forced", "", "")])  # fmt: skip


def test_a_branch_that_sets_a_value_and_can_never_close_is_told_with_its_way() -> None:
    (finding,) = told(workflow(BRANCH))
    assert (finding.variant, finding.params["state"], finding.params["steps"]) == ("case", "c", ["w1"])
    assert finding.witness == {"path": ["w1"], "values": {"forced": False}}
    assert "forced = false" in report.say(finding, "vi")


def test_a_form_that_can_mend_the_value_makes_it_sound() -> None:
    opening, ways = BRANCH
    assert told(workflow((opening, [*ways, ("b", "same", "", "both", "")]))) == []


def test_a_value_chosen_in_a_form_that_nobody_asks_again_is_told() -> None:
    (finding,) = told(workflow(("both", [("a", "b", "", "", ""), ("b", "end", 'risk == "low"', "", "")])))
    assert finding.witness == {"path": [], "values": {"risk": "high"}}


def test_with_too_many_cases_values_of_forms_are_not_told_apart_and_effects_still_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ends, "FILLINGS", 1)
    assert told(workflow(("both", [("a", "b", "", "", ""), ("b", "end", 'risk == "low"', "", "")]))) == []
    assert [each.params["state"] for each in told(workflow(BRANCH))] == ["c"]


def test_in_a_crowded_state_further_cases_are_taken_together_and_nothing_is_told_that_is_not_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opening, ways = BRANCH
    both = workflow((opening, [("a", "c", "", "", '[{set: {forced: "true"}}]'), *ways]))
    assert [each.witness["values"] for each in told(both)] == [{"forced": False}]
    monkeypatch.setattr(ends, "APART", 1)
    assert told(both) == []


@pytest.mark.parametrize(
    "file", sorted(Path(catalogue.__file__).parent.glob("*.yaml")), ids=lambda file: file.stem
)
def test_every_shipped_case_can_always_be_finished(file: Path) -> None:
    definition = load_definition(file.read_bytes(), catalogue.code_lists()).definition
    assert definition
    assert told(definition) == []
