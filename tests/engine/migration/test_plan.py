"""A plan: what follows from two versions alone, what a person has to confirm, and how it is turned round."""

from __future__ import annotations

from typing import Any

import pytest

from engine.definition.model import Definition
from engine.migration import HAND, STAY, Plan, PlanBroken, confirmed, plan_between
from engine.migration.plan import check, inverse
from schemas.load import load_definition
from tests.support.world import TOY


def toy(*changes: tuple[str, str]) -> Definition:
    text = TOY
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    found = load_definition(text, {})
    assert found.definition, found.findings
    return found.definition


SUBMITTED = (
    ("  asked:\n    title: {vi: Đã trình", "  submitted:\n    title: {vi: Đã trình"),
    ("    from: draft\n    to: asked\n", "    from: draft\n    to: submitted\n"),
    ("    from: asked\n    to: draft\n", "    from: submitted\n    to: draft\n"),
    ("    from: asked\n    to: granted\n", "    from: submitted\n    to: granted\n"),
    ("from: [draft, asked]", "from: [draft, submitted]"),
)
OTHER_NAME = (
    ("  what: {type: text", "  subject_matter: {type: text"),
    ("what: required, name", "subject_matter: required, name"),
)


def test_what_has_the_same_id_goes_to_the_same_id_and_nothing_is_guessed() -> None:
    plan = plan_between(toy(), toy(("Duyệt, en: Grant}", "Duyệt, en: Allow}")), 1, 2)
    assert plan.states == {"draft": "draft", "asked": "asked", "granted": "granted"}
    assert (plan.guesses, plan.fields) == ((), {})


def test_a_state_that_is_gone_is_guessed_to_be_the_one_between_the_same_states() -> None:
    plan = plan_between(toy(), toy(*SUBMITTED), 1, 2)
    assert plan.states["asked"] == "submitted"
    assert plan.guesses == ("states.asked",)


def test_a_field_that_is_gone_is_guessed_to_be_the_only_new_one_of_its_type_and_title() -> None:
    plan = plan_between(toy(), toy(*OTHER_NAME), 1, 2)
    assert (plan.fields, plan.guesses) == ({"what": "subject_matter"}, ("fields.what",))


def test_a_guess_that_a_person_confirms_or_changes_is_none_any_more() -> None:
    plan = plan_between(toy(), toy(*SUBMITTED, *OTHER_NAME), 1, 2)
    assert confirmed(plan, sure=["states.asked"]).guesses == ("fields.what",)
    assert confirmed(plan, states={**plan.states, "asked": "draft"}).guesses == ("fields.what",)
    assert confirmed(plan, fields={}).guesses == ("states.asked",)
    assert confirmed(plan, states=plan.states).guesses == plan.guesses


def test_a_plan_says_for_a_case_what_a_person_said_and_else_what_its_state_says() -> None:
    plan = plan_between(toy(), toy(*SUBMITTED), 1, 2)
    by_hand = confirmed(plan, states={**plan.states, "asked": HAND, "draft": STAY}, hand={"c1": "draft"})
    assert [
        by_hand.goes_to("c1", "asked"),
        by_hand.goes_to("c2", "asked"),
        by_hand.goes_to("c2", "draft"),
    ] == ["draft", HAND, STAY]


def test_a_plan_is_the_same_after_being_written_and_read() -> None:
    plan = plan_between(toy(), toy(*SUBMITTED, *OTHER_NAME), 1, 2)
    assert Plan.of(plan.plain) == plan
    assert Plan.of(plan.plain).sha256 == plan.sha256 != confirmed(plan, only=("draft",)).sha256


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"states": {"asked": "nowhere"}}, "plan_state", "states.asked"),
        ({"states": {"nowhere": "draft"}}, "plan_old_state", "states.nowhere"),
        ({"states": {"asked": "granted"}}, "plan_final", "states.asked"),
        ({"fields": {"what": "nothing"}}, "plan_field", "fields.what"),
        ({"fields": {"what": "amount"}}, "plan_type", "fields.what"),
        ({"fields": {"what": "number", "number": "number"}}, "plan_twice", "fields"),
        ({"limits": {"*": "never"}}, "plan_rule", "limits.*"),
        ({"defaults": {"years": 3}}, "plan_default", "defaults.years"),
        ({"hand": {"c1": "nowhere"}}, "plan_state", "hand.c1"),
    ],
)
def test_a_plan_that_no_case_could_follow_is_refused(changes: dict[str, Any], code: str, where: str) -> None:
    plan = confirmed(plan_between(toy(), toy(), 1, 2), **changes)
    with pytest.raises(PlanBroken) as broken:
        check(plan, toy(), toy())
    assert (broken.value.code, broken.value.where) == (code, where)


def test_the_inverse_goes_back_and_asks_a_person_where_two_states_became_one() -> None:
    old, new = toy(), toy(*SUBMITTED, *OTHER_NAME)
    plan = plan_between(old, new, 1, 2)
    back = inverse(plan, old, new, "m1")
    assert back.states == {"draft": "draft", "submitted": "asked", "granted": "granted"}
    assert (back.fields, back.source, back.target, back.reverts, back.guesses) == (
        {"subject_matter": "what"},
        2,
        1,
        "m1",
        (),
    )
    check(back, new, old)
    merged = confirmed(plan, states={**plan.states, "asked": "draft"})
    assert inverse(merged, old, new, "m1").states["draft"] == "draft"
    assert inverse(merged, old, new, "m1").states["submitted"] == HAND


@pytest.mark.parametrize(
    ("what_comes", "was", "now"),
    [
        ("remark: {type: long_text, open: true, ", "note", "remark"),  # sealed, then in clear
        ("called: {type: text, ", "name", "called"),  # erased with the child, then with the case
        ("remark: {type: long_text, of: child, ", "note", "remark"),
    ],
)
def test_what_is_private_becomes_nothing_less_private_by_another_name(
    what_comes: str, was: str, now: str
) -> None:
    new = toy(
        ("  number: {type: text", f"  {what_comes}title: {{vi: Mới, en: New}}}}\n  number: {{type: text")
    )
    plan = confirmed(plan_between(toy(), new, 1, 2), fields={was: now})
    with pytest.raises(PlanBroken) as broken:
        check(plan, toy(), new)
    assert (broken.value.code, broken.value.where) == ("plan_private", f"fields.{was}")


def test_what_became_private_by_a_move_may_stand_open_again_when_it_is_taken_back() -> None:
    new = toy(("  what: {type: text, title: {vi: Nội dung, en: What}, open: true}", "  matter: {type: text, title: {vi: Nội dung, en: What}}"), ("what: required, name", "matter: required, name"))  # fmt: skip
    plan = confirmed(plan_between(toy(), new, 1, 2), fields={"what": "matter"})
    check(plan, toy(), new)
    check(inverse(plan, toy(), new, "m1"), new, toy())
