"""The classification written a second time, by hand, from the law as the domain facts tell it; shares no code with the tables.

A job is a plain mapping; what is not there was not seen. Only what is known counts here: no three-valued logic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Job = Mapping[str, Any]

LIGHT_WORK = {
    "light_performing_arts", "light_athlete", "light_software", "light_traditional_craft", "light_handicraft",
    "light_wicker", "light_wrapping", "light_silkworm", "light_clean_vegetables", "light_grazing",
    "light_fishing_nets", "light_textile_finishing",
}  # fmt: skip
ARTS_AND_SPORT = {"light_performing_arts", "light_athlete"}
LETTERS_147_1 = {
    "a_heavy_lifting", "b_alcohol_tobacco", "c_chemicals", "d_machine_upkeep", "dd_demolition", "e_metal_work",
    "g_deep_sea", "h_other_harmful",
}  # fmt: skip
PLACES_147_2 = {
    "a_underground", "b_construction", "c_slaughterhouse", "d_entertainment", "dd_other_harmful", "dd_harmful_agents",
    "dd_cramped", "dd_heights",
}  # fmt: skip


@dataclass(frozen=True)
class Child:
    """A child on the work date. age: from the date of birth; guessed: the estimate while that is not known."""

    age: int | None = None
    guessed: int | None = None
    jobs: tuple[Job, ...] = ()
    hazards: frozenset[str] = frozenset()
    forced: bool = False
    trafficked: bool = False
    sexual_exploitation: bool = False
    illicit_activity: bool = False
    harm_signs: bool = False
    school: str = "attending"
    risks: frozenset[str] = field(default_factory=frozenset)

    @property
    def grown(self) -> bool:
        """18 by the date of birth. An estimate never makes an adult."""
        return self.age is not None and self.age >= 18

    @property
    def years(self) -> int | None:
        """The age to judge by: 17 at most while it is only estimated."""
        if self.age is not None:
            return self.age
        return None if self.guessed is None else min(self.guessed, 17)


def legal(child: Child) -> tuple[str, tuple[str, ...]]:
    """The class, and every rule that applies, in the order R1, R2, R11, R3 … R10."""
    applies = {
        "R1": not child.grown
        and (child.forced or child.trafficked or child.sexual_exploitation or child.illicit_activity),
        "R2": not child.grown and _dangerous(child),
        "R11": child.years is None,
        "R3": _aged(child, 0, 13) and any(not _approved_art(job) for job in _employments(child)),
        "R4": _aged(child, 13, 15) and any(job.get("job") not in LIGHT_WORK for job in _employments(child)),
        "R5": _overworked(child),
        "R6": not child.grown and any(_without_papers(job) for job in child.jobs),
        "R7": not child.grown and _harmed_at_home(child),
        "R8": not child.grown and (bool(child.risks) or child.school in ("dropped_out", "often_absent")),
        "R9": bool(child.jobs),
        "R10": not child.jobs,
    }
    results = {
        "R1": "worst_form", "R2": "hazardous", "R11": "unknown_age", "R3": "unlawful", "R4": "unlawful", "R5": "unlawful",
        "R6": "unlawful_procedural", "R7": "unlawful", "R8": "at_risk", "R9": "working_lawful", "R10": "not_working",
    }  # fmt: skip
    matched = tuple(rule for rule, holds in applies.items() if holds)
    return results[matched[0]], matched


def statistical(child: Child) -> str:
    """Child labour as the survey of 2012 counted it."""
    if child.age is None and child.guessed is None:
        return "unknown_age"
    years = child.age if child.age is not None else child.guessed
    day, week = _day(child), _week(child)
    assert years is not None
    if 5 <= years < 12 and (day >= 1 or week >= 5):
        return "child_labour"
    if 12 <= years < 15 and (day > 4 or week > 24):
        return "child_labour"
    if 15 <= years < 18 and (day > 7 or week > 42):
        return "child_labour"
    return "economically_active" if child.jobs else "not_working"


def _aged(child: Child, start: int, end: int) -> bool:
    return child.years is not None and start <= child.years < end


def _total(values: Iterable[Decimal]) -> Decimal:
    return sum(values, Decimal(0))


def _day(child: Child) -> Decimal:
    return _total(job["hours_day"] for job in child.jobs)


def _week(child: Child) -> Decimal:
    return _total(job["hours_week"] for job in child.jobs)


def _dangerous(child: Child) -> bool:
    listed = any(job.get("job") in LETTERS_147_1 or job.get("place") in PLACES_147_2 for job in child.jobs)
    return bool(child.hazards) or listed


def _employments(child: Child) -> list[Job]:
    return [job for job in child.jobs if job.get("setting") not in ("household_own", "school")]


def _approved_art(job: Job) -> bool:
    return job.get("job") in ARTS_AND_SPORT and "provincial_approval" in job.get("papers", ())


def _overworked(child: Child) -> bool:
    if child.years is None or child.grown:
        return False
    extra = [job for job in child.jobs if job.get("night") or job.get("overtime")]
    if child.years < 15:
        return _day(child) > 4 or _week(child) > 20 or bool(extra)
    return _day(child) > 8 or _week(child) > 40 or any(job.get("job") not in ARTS_AND_SPORT for job in extra)


def _without_papers(job: Job) -> bool:
    wanted = {"contract", "parent_consent", "health_check", "school_time_kept"}
    return job.get("setting") == "employed" and not wanted <= set(job.get("papers", ()))


def _harmed_at_home(child: Child) -> bool:
    if not any(job.get("setting") == "household_own" for job in child.jobs):
        return False
    if (
        _dangerous(child)
        or child.harm_signs
        or child.school in ("often_absent", "dropped_out", "never_attended")
    ):
        return True
    if child.years is None:
        return False
    if child.years < 12:
        return _day(child) >= 1 or _week(child) >= 5
    if child.years < 15:
        return _day(child) > 4 or _week(child) > 24
    return _day(child) > 7 or _week(child) > 42
