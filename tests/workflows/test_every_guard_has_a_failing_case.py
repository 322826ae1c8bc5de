from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from engine.definition import expression
from engine.definition.expression import Expression
from engine.definition.flow import Condition
from tests.workflows.content import definitions
from tests.workflows.guard_cases import NOW, TODAY, Cases
from tests.workflows.guard_child import CHILD_CASE
from tests.workflows.guard_tracks import ASKED, EDUCATION, LIVELIHOOD, VOCATIONAL

CASES: Mapping[str, Cases] = {
    f"{definition}.{key}": each
    for definition, found in (
        ("child_case", CHILD_CASE),
        ("education_support", EDUCATION),
        ("vocational_training", VOCATIONAL),
        ("family_livelihood", LIVELIHOOD),
    )
    for key, each in found.items()
}
CONDITIONS: Mapping[str, Condition] = {
    f"{definition.id}.{transition.key}.{number}": condition
    for definition in definitions().values()
    for transition in definition.transitions.values()
    for number, condition in enumerate(transition.when)
}
SOMETIMES: Mapping[str, Expression] = {
    f"{definition.id}.{form.key}.{each.key}": each.required_when
    for definition in definitions().values()
    for form in definition.forms.values()
    for each in form.fields
    if each.required_when
}


def answers(asked: Expression, values: tuple[Mapping[str, Any], ...]) -> list[bool | None]:
    unknown = {name for each in values for name in each} - asked.reads
    assert not unknown, f"the guard reads no {sorted(unknown)}"
    return [expression.compile(asked)({"today": TODAY, "now": NOW, **each}) for each in values]


def judged(asked: Expression, cases: Cases) -> None:
    assert True not in answers(asked, cases.fails)
    assert set(answers(asked, cases.passes)) == {True}


def test_every_condition_has_its_cases_and_no_case_is_left_over() -> None:
    assert set(CASES) == set(CONDITIONS)
    assert set(ASKED) == set(SOMETIMES)


@pytest.mark.parametrize("key", CASES)
def test_condition_refuses_what_fails_it_and_lets_the_rest_pass(key: str) -> None:
    judged(CONDITIONS[key].expression, CASES[key])


@pytest.mark.parametrize("key", ASKED)
def test_field_is_asked_only_when_it_is_needed(key: str) -> None:
    judged(SOMETIMES[key], ASKED[key])


@pytest.mark.parametrize("key", CONDITIONS)
def test_condition_says_in_both_languages_what_is_wrong(key: str) -> None:
    say = CONDITIONS[key].say
    assert say.vi and say.en and say.vi != say.en


def test_whatever_the_class_a_child_never_stands_between_assessment_and_monitoring() -> None:
    """Every class and risk opens at least one of the two ways out of the initial assessment."""
    child_case = definitions()["child_case"]
    ways = [CONDITIONS["child_case.assess_initial.0"], CONDITIONS["child_case.to_monitoring.0"]]
    for work_class in child_case.fields["work_class"].options:
        for risk_level in child_case.fields["risk_level"].options:
            env = {"work_class": work_class, "risk_level": risk_level}
            assert any(expression.compile(each.expression)(env) is True for each in ways), env


def test_a_closure_is_approved_by_exactly_one_of_chairman_and_province() -> None:
    child_case = definitions()["child_case"]
    alone, province = (
        CONDITIONS[f"child_case.{key}.0"] for key in ("approve_closure", "approve_closure_province")
    )
    classes = (None, *child_case.fields["work_class"].options)
    for work_class, reason, pending in product(
        classes, child_case.fields["closure_reason"].options, (None, True, False)
    ):
        env = {"work_class": work_class, "closure_reason": reason, "class_to_confirm": pending}
        answered = {expression.compile(each.expression)(env) for each in (alone, province)}
        assert answered == {True, False}, env


def test_a_review_always_leads_on_whatever_mau_06_says() -> None:
    """Where the child's state or the visits stand against closing, a new cycle is open; where they do not, it is not."""
    harm, stable, seen = (
        CONDITIONS[f"child_case.propose_closure.{number}"].expression for number in (0, 1, 2)
    )
    again = CONDITIONS["child_case.new_cycle.0"].expression
    for values in (*CASES["child_case.new_cycle.0"].passes, CASES["child_case.new_cycle.0"].fails[0]):
        env = {"closure_reason": "goals_met", **values}
        may_close = all(expression.compile(each)(env) is True for each in (harm, stable, seen))
        assert may_close is not expression.compile(again)(env)


BACK = tuple(
    f"decline_closure_{each}"
    for each in ("monitoring", "initial", "emergency", "court", "specific", "planning")
)


def test_a_closure_declined_returns_to_where_it_was_proposed_or_to_the_plan() -> None:
    """One alternative at most holds; without it the plan, which is then an approved one, goes on."""
    child_case = definitions()["child_case"]
    closing = [each for each in child_case.transitions.values() if each.to == "closure_submitted"]
    for came_from in {state for each in closing for state in each.sources}:
        back = [
            child_case.transitions[key].to
            for key in BACK
            if expression.compile(CONDITIONS[f"child_case.{key}.0"].expression)({"case.came_from": came_from})
        ] or [child_case.transitions["decline_closure"].to]
        approved = came_from in ("implementing", "review")
        assert back == (
            ["implementing"] if approved else [{"plan_returned": "planning"}.get(came_from, came_from)]
        )
