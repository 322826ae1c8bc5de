"""A child's case from the report to the plan and back, taken on an engine and thought of beside it, with the shipped workflow."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.engine.trial.beside import Beside
from tests.workflows.road import BA_BE, CHAIR, FORMS, LEAD, OFFICER, TEN, Road

PEOPLE = {OFFICER: "commune_officer", CHAIR: "commune_chair", LEAD: "province_child_lead"}


def usual(trigger: str, **values: Any) -> dict[str, Any]:
    return {**FORMS.get(trigger, {}), **values}


def test_a_childs_case_is_thought_of_as_it_goes(road: Road) -> None:
    beside = Beside(road.engine, road.clock, PEOPLE)
    received = {
        "channel": "child",
        "received_at": road.clock.now(),
        "place_of_event": BA_BE,
        "current_condition": "x",
    }
    beside.open("child_case", OFFICER, **received | TEN)
    assert beside.fire("start_verification", OFFICER, usual("start_verification"))
    beside.wait(30)  # the verification is late
    assert not beside.fire("reject", OFFICER, {"rejection_evidence": "x"}, "x")
    assert beside.fire("confirm", OFFICER, usual("confirm"))
    assert not beside.fire("to_monitoring", OFFICER, usual("assess_initial"), "x")  # hazardous by the rules
    assert beside.fire("assess_initial", OFFICER, usual("assess_initial"))
    assert beside.trial.values["proposed_class"] == "hazardous"
    assert not beside.fire("submit_plan", OFFICER, usual("submit_plan"))
    assert beside.fire("assess_specific", OFFICER, usual("assess_specific"))
    assert beside.fire("correct_data", OFFICER, {"child_dob": date(2014, 11, 5)}, "x")
    assert not beside.fire("approve_correction", OFFICER, {})
    assert beside.fire("approve_correction", LEAD, {})
    assert beside.fire("submit_plan", OFFICER, usual("submit_plan"))
    beside.wait(24 * 9)
    assert beside.fire("return_plan", CHAIR, {}, "Thiếu")
    assert beside.fire("submit_plan", OFFICER, usual("submit_plan"))
    assert not beside.fire("approve_plan", OFFICER, usual("approve_plan"))
    assert beside.fire("approve_plan", CHAIR, usual("approve_plan"))
    assert beside.fire("open_education", OFFICER, usual("open_education"))
    beside.wait(24 * 20)
    assert beside.fire(
        "declare_emergency",
        CHAIR,
        {"danger_type": "life", "harmer_relation": "employer", "danger_received_at": road.clock.now()},
    )
    beside.wait(13)
    assert beside.trial.state == "emergency"
    assert {each.kind for each in beside.trial.path} == {"step", "missed", "waited"}
