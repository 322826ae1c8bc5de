"""Who does what in the demonstration: the people of workflows/reference/demo_people.yaml by what they are in a commune."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from workflows import catalogue

BA_BE, CHO_RA = "01906@2025-07-01", "01912@2025-07-01"
LEAD = "ly_thi_uyen_chi"
# Those who serve the whole province.
PROVINCE = {
    "lead": LEAD,
    "trainer": "lam_thi_soi",
    "social": "luong_thi_ngan_ha",
    "bank": "phung_quoc_diep",
    "education": "ha_lam_giang",
}
_COMMUNE = (("commune_officer", "officer", "second"), ("commune_chair", "chair", "vice"),
            ("collaborator", "collaborator", "collaborator"))  # fmt: skip

# Who usually takes a step, by its name in the story; all others are the officer's.
_TAKES: Mapping[str, tuple[str, ...]] = {
    "chair": ("approve_plan", "return_plan", "secure_child", "separate", "extend_separation", "lift_separation",
              "refuse_by_carer", "court_result", "endorse_closure", "approve_closure", "education.approve", "education.reject",
              "vocational.approve", "vocational.reject", "livelihood.approve", "livelihood.reject", "livelihood.complete"),
    "lead": ("approve_rejection", "merge_into", "reopen", "approve_correction", "decline_correction", "education.approve_stop"),
    "collaborator": ("post_check",),
    "school": ("education.check", "education.enroll", "education.record_attendance", "education.flag_absence",
               "education.return", "education.complete"),
    "trainer": ("vocational.start", "vocational.attend", "vocational.suspend", "vocational.resume", "vocational.certify",
                "vocational.drop"),
    "social": ("vocational.refer_job", "livelihood.deliver"),
    "bank": ("livelihood.loan_result",),
}  # fmt: skip
_ROLE = {step: role for role, steps in _TAKES.items() for step in steps}


def role_of(step: str) -> str:
    """Who usually takes the step of this name."""
    return _ROLE.get(step, "officer")


@cache
def crew() -> Mapping[str, Mapping[str, str]]:
    """The people of every commune, by its area: officer, second, chair, vice, collaborator."""
    found: dict[str, dict[str, str]] = {}
    for person in catalogue.demo_people().values():
        for held in person.holdings:
            for function, first, more in _COMMUNE:
                if held.function == function:
                    people = found.setdefault(held.area, {})
                    people.setdefault(more if first in people else first, person.id)
    return {
        area: {"second": people["officer"], "vice": people["chair"], **people}
        for area, people in found.items()
    }


@cache
def teacher(agency: str) -> str:
    """Who answers for pupils at a school."""
    return next(
        person.id
        for person in catalogue.demo_people().values()
        if any((held.function, held.agency) == ("school", agency) for held in person.holdings)
    )


@cache
def school(area: str) -> str:
    """The school of a commune, or that of Ba Bể."""
    schools = [each for each in catalogue.agencies().values() if "school" in each.functions]
    return next((each.id for each in schools if each.area == area), schools[0].id)
