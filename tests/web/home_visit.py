"""A change of `child_case` for tests and pictures: a state for a visit of the home, with its time limit and two ways on."""

from __future__ import annotations

from engine import Engine, migration
from engine.migration import HAND, confirmed, plan_between
from schemas.load import load_definition
from tests.web.journey import ADMIN
from workflows import catalogue

STATE = """  home_visit:
    title: {vi: Thăm hộ, en: Home visit}
    stage: intervention
    deadlines:
      visit: {title: {vi: Đến thăm hộ, en: Visit the home}, within: 3 working days, warn: 1 working day, escalate_to: province_child_lead, pause_while: contact_lost}
  plan_returned:"""
WAYS = """  visit_ok:
    trigger: visit_home
    title: {vi: Đã thăm hộ, en: Home visited}
    from: home_visit
    to: implementing
    by: [commune_officer]
    when: [{if: 'risk_level == "low"'}]
  visit_bad:
    trigger: visit_home
    title: {vi: Đã thăm hộ, en: Home visited}
    from: home_visit
    to: specific_assessment
    by: [commune_officer]
    when: [{if: 'risk_level in ["high", "emergency"]'}]
  return_plan:"""


def looked_at(engine: Engine) -> None:
    """A second version of child_case, and a dry run of the move to it: cases in one state wait for somebody's word."""
    text = catalogue.definition_texts()["child_case"]
    for old, new in (
        ("  plan_returned:", STATE),
        ("    to: implementing", "    to: home_visit"),
        ("  return_plan:", WAYS),
    ):
        text = text.replace(old, new, 1)
    loaded = load_definition(text, catalogue.code_lists())
    assert loaded.plain is not None
    number = engine.publish(loaded.plain, source=text, by=ADMIN)
    old, new = (engine.library.workflow("child_case", each).definition for each in (number - 1, number))
    plan = plan_between(old, new, number - 1, number)
    states = {**plan.states, "plan_submitted": HAND}
    made = migration.create(engine, confirmed(plan, states=states, sure=plan.guesses), ADMIN)
    migration.look(engine, made, ADMIN)
    while migration.advance(engine, made.id):
        pass
