"""What an earlier cycle found is asked anew: each step that begins again clears what its forms will ask."""

from __future__ import annotations

import pytest

from engine.definition.model import Definition
from tests.workflows.content import definitions

# Of what is asked after the verification: who people are, what was decided about other children, what is settled at once.
KEPT = {
    "employers", "household", "guardians", "consents", "lawful_basis", "interview_language", "interpreter_name",
    "interpreter_checked", "screened", "disclosures", "post_checks", "separated",
    "merge_target", "same_child_as", "same_child_confirmed", "other_child", "new_owner", "receiving_commune",
    "new_address", "handover_note", "correction_opinion", "reopening_fact", "rejection_evidence",
    "rejection_opinion", "education_agency", "vocational_agency", "livelihood_agency", "plan_action",
    "counselled_on", "last_grade", "out_of_school_reason", "vocational_interests", "schooling_level",
    "household_members", "income_per_person", "deprivation_count", "debts", "land", "household_skills",
    "child_income_share",
}  # fmt: skip
OF_REPORT = ("intake", "forward_form", "verifier_form", "verification_form")


def asked(definition: Definition, *forms: str) -> set[str]:
    return {field.key for form in forms for field in definition.forms[form].fields}


def cleared(definition: Definition, way: str) -> set[str]:
    effects = (each for each in definition.way(way).do if each.name == "clear")
    return {field for each in effects for field in each.arguments["fields"]}


def test_reopening_a_closed_case_leaves_no_answer_of_the_last_cycle_standing() -> None:
    definition = definitions()["child_case"]
    forms = {each.form for each in definition.ways if each.form and not each.appends}
    tables = {each.appends for each in definition.ways if each.appends}
    later = asked(definition, *forms) | tables | {"separated", "contact_lost", "initial_assessed"}
    assert later - asked(definition, *OF_REPORT) - cleared(definition, "reopen.closed") == KEPT


@pytest.mark.parametrize(("way", "form"), [("escalate", "initial_form"), ("new_cycle", "review_form")])
def test_a_form_that_is_filled_in_once_more_begins_empty(way: str, form: str) -> None:
    definition = definitions()["child_case"]
    persons = {"child_dob", "child_age_estimate", "employers"}
    still_running = {"actions", "risk_level"}
    assert asked(definition, form) - persons - still_running <= cleared(definition, way)
