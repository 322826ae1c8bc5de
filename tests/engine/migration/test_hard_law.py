"""The law of test_back_and_forth.py on cases that are hard to move: in interludes, offered, standing still, missed.

Besides: what runs belongs to where the case stands or to what it interrupts, and somebody can take the case on from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Engine
from engine.migration import HAND, STAY, confirmed, create, plan_between, revert
from engine.workflow import Workflow
from tests.engine.evidence import assert_whole, clock_of, row_of
from tests.engine.migration.care import CARE, open_care
from tests.engine.migration.moves import open_limits
from tests.engine.migration.test_back_and_forth import carried_out, standing
from tests.engine.worker.story import turn
from tests.support.world import CHO_RA, change, fire

RESTING = "resting: {title: {vi: Tạm nghỉ, en: Resting}"
CALL = "{call: {title: {vi: Gọi, en: Call}, within: 50 hours, escalate_to: commune_chair}, conclude"
CHANGES: dict[str, Callable[[str], str]] = {
    "another state": lambda text: text.replace("watching", "monitoring"),
    "another interlude": lambda text: re.sub(r"\baway\b", "gone", text),
    "another field": lambda text: re.sub(r"\blost\b", "vanished", text),
    "no interlude": lambda text: text.replace("    interlude: true\n", ""),
    "more interludes": lambda text: text.replace(RESTING, f"{RESTING}, interlude: true"),
    "shorter": lambda text: text.replace("within: 1000", "within: 300").replace("within: 240", "within: 70"),
    "time runs": lambda text: re.sub(r", pause_in: \[resting\]|, pause_while: \w+", "", text),
    "more limits": lambda text: text.replace("{conclude", CALL),
}
STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "plan": ("officer", {}), "visit": ("officer", {}), "note": ("officer", {"note": "thêm"}), "watch": ("officer", {}),
    "rest": ("officer", {}), "return": ("officer", {}), "hand_over": ("officer", {"target": CHO_RA}),
    "withdraw": ("officer", {}), "decline": ("other_officer", {}), "accept": ("other_officer", {}),
    "lose": ("officer", {"lost": True, "vanished": True}), "find": ("officer", {"lost": False, "vanished": False}),
    "wait": ("", {}), "worker": ("", {}),
}  # fmt: skip
VERSIONS = st.sets(st.sampled_from(sorted(CHANGES)), max_size=4)
ROADS = st.lists(st.sampled_from(sorted(STEPS)), max_size=8)
number = count(1)


def publish(engine: Engine, changes: set[str]) -> Workflow:
    text = CARE.replace("en: Care}", f"en: Care {next(number)}}}", 1)
    for name in sorted(changes):
        text = CHANGES[name](text)
    change(engine, text)
    found = engine.library.newest("care")
    assert found is not None
    return found


def live(engine: Engine, case: str, road: list[str]) -> None:
    """Take these steps; those that cannot be taken are left out."""
    for step in road:
        actor, values = STEPS[step]
        if step == "wait":
            clock_of(engine).advance(hours=60)
        elif step == "worker":
            turn(engine)
        else:
            known = engine.library.workflow("care", row_of(engine, case).definition_number).field
            said = {name: each for name, each in values.items() if known(name)}
            fire(engine, case, {"find": "lose"}.get(step, step), actor, **said)
    assert_whole(engine, case)


def assert_can_go_on(engine: Engine, case: str) -> None:
    row = row_of(engine, case)
    state = engine.library.workflow("care", row.definition_number).definition.states[row.state]
    counting = {"", row.state, row.came_from} if state.interlude else {"", row.state}
    assert {each["state"] for each in open_limits(engine, case)} <= counting
    ways = [way for actor in ("officer", "other_officer") for way in engine.available(case, actor)]
    assert any(way.status != "blocked" for way in ways if way.trigger != "note")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    versions=st.tuples(VERSIONS, VERSIONS),
    roads=st.lists(ROADS, min_size=1, max_size=3),
    rule=st.sampled_from(("keep", "entry", "today")),
    goes=st.sampled_from(("", HAND, STAY)),
    since=ROADS,
)
def test_whatever_the_case_and_the_plan_it_can_go_on_and_is_as_it_was_when_taken_back(
    care: Engine, versions: tuple[set[str], set[str]], roads: list[list[str]], rule: str, goes: str, since: list[str]
) -> None:  # fmt: skip
    old = publish(care, versions[0])
    cases = [open_care(care) for _ in roads]
    for case, road in zip(cases, roads, strict=True):
        live(care, case, road)
    before = {case: standing(care, case) for case in cases}
    new = publish(care, versions[1])
    plan = plan_between(old.definition, new.definition, old.number, new.number)
    states = {**plan.states, "watching": goes} if goes and "watching" in plan.states else plan.states
    plan = confirmed(plan, sure=plan.guesses, limits={"*": rule}, states=states)
    for taken in ([], since):
        there = carried_out(care, create(care, plan, "admin"))
        for case in cases:
            assert_whole(care, case)
            assert_can_go_on(care, case)
            live(care, case, taken)
        if there.status == "done":
            carried_out(care, revert(care, there, "admin"))
        for case in cases:
            assert_whole(care, case)
            assert taken or standing(care, case) == before[case]
            assert_can_go_on(care, case)
