"""Other cases, other children, and the police."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import uuid4

from engine import Command, Outcome
from tests.workflows.road import (
    BA_BE,
    LEAD,
    OFFICER,
    TEN,
    Road,
)


def test_a_merge_is_recorded_in_both_cases_and_can_be_undone(road: Road) -> None:
    first, second = road.open_child(**TEN), road.open_child(**TEN)
    merge = {"merge_target": road.row(first).reference, "same_child_confirmed": True}
    assert road.refused(
        second, "merge_into", LEAD, **(merge | {"merge_target": road.row(second).reference})
    ) == {"case_itself"}
    assert road.refused(second, "merge_into", LEAD, **(merge | {"merge_target": "01906-2026-09999"})) == {
        "case_number"
    }
    assert road.step(second, "merge_into", LEAD, **merge) == "merged"
    road.later(0)
    assert road.links(second) == {("merged", first, False)}
    assert road.links(first) == {("merged", second, True)}
    assert road.engine.timeline(first)[-1].kind == "case_merged"
    assert "reopen" in {each.trigger for each in road.engine.available(second, LEAD)}
    assert road.step(second, "reopen", LEAD, reason="Hai trẻ khác nhau") == "reported"
    road.later(0)
    assert road.links(first) == road.links(second) == set()
    assert road.engine.replay(first) == road.engine.replay(second) == ()


def test_the_undoing_of_a_merge_makes_nobody_late_and_begins_without_its_answers(road: Road) -> None:
    first, second = road.open_child(**TEN), road.open_child(**TEN)
    road.step(second, "forward", target_commune=BA_BE, forwarded_at=road.clock.now())
    unsent = road.open_child(**TEN)
    road.step(unsent, "merge_into", LEAD, merge_target=road.row(first).reference, same_child_confirmed=True)
    road.step(second, "merge_into", LEAD, merge_target=road.row(first).reference, same_child_confirmed=True)
    road.later(3)
    road.step(second, "reopen", LEAD, reason="Hai trẻ khác nhau")
    road.step(unsent, "reopen", LEAD, reason="Hai trẻ khác nhau")
    assert set(road.limits(second)) == set(road.limits(unsent)) == {"reopened", "take_up"}
    values = road.values(second, LEAD)
    assert values
    assert not {"merge_target", "same_child_confirmed"} & set(values)
    assert (
        road.step(
            second, "merge_into", LEAD, merge_target=road.row(first).reference, same_child_confirmed=True
        )
        == "merged"
    )
    assert road.limits(second) == {}
    assert road.engine.replay(second) == ()


def test_a_reopened_report_that_is_withdrawn_has_no_limit_left(road: Road) -> None:
    first, second = road.open_child(**TEN), road.open_child(**TEN)
    road.step(second, "merge_into", LEAD, merge_target=road.row(first).reference, same_child_confirmed=True)
    road.step(second, "reopen", LEAD, reason="Hai trẻ khác nhau")
    road.step(second, "withdraw", reason="nhầm")
    assert road.limits(second) == {}


def test_other_children_are_looked_for_in_monitoring_too(road: Road) -> None:
    case = road.open_child(**TEN)
    for trigger in ("start_verification", "confirm", "assess_initial"):
        road.step(case, trigger)
    assert "screening" in road.limits(case)
    road.step(case, "correct_data", reason="x", jobs=(), hazards=(), child_dob=date(2005, 1, 1))
    road.step(case, "approve_correction", LEAD)
    road.step(case, "confirm_class", work_class="not_working", class_reason="x")
    assert road.step(case, "to_monitoring", reason="x") == "monitoring"
    road.step(case, "end_screening", minors_household=0, minors_workplace=0, screening_note="x")
    assert "screening" not in road.limits(case)


def test_nothing_is_merged_into_a_case_that_was_itself_merged(road: Road) -> None:
    first, second, third = road.open_child(**TEN), road.open_child(**TEN), road.open_child(**TEN)
    road.step(second, "merge_into", LEAD, merge_target=road.row(first).reference, same_child_confirmed=True)
    into = {"merge_target": road.row(second).reference, "same_child_confirmed": True}
    assert road.refused(third, "merge_into", LEAD, **into) == {"case_merged"}
    assert road.refused(first, "merge_into", LEAD, **into) == {"case_merged"}


def test_the_same_child_is_known_from_both_cases(road: Road) -> None:
    first, second = road.open_child(**TEN), road.open_child(**TEN)
    road.step(second, "link_child", same_child_as=road.row(first).reference, same_child_confirmed=True)
    road.later(0)
    assert road.links(first) == {("same_child", second, True)}


def test_another_child_of_the_household_becomes_a_linked_report(road: Road) -> None:
    case = road.to_implementing(**TEN)
    assert "screening" in road.limits(case)
    road.step(
        case,
        "screen_others",
        screened_relation="household",
        screened_name="Triệu Văn Em",
        screened_age=8,
        screened_condition="x",
    )
    road.step(case, "screen_others", screened_relation="employer", screened_condition="Một em khác")
    road.later(0)
    road.later(0)
    found = {other for kind, other, back in road.links(case) if kind == "screening" and not back}
    assert len(found) == 2
    names = set()
    for other in found:
        assert (road.row(other).state, road.row(other).cycle) == ("reported", 1)
        assert road.links(other) == {("screening", case, True)}
        values = road.values(other, OFFICER)
        assert values
        assert values["channel"] == "screening"
        names.add(values.get("child_name"))
    assert names == {"Triệu Văn Em", None}
    road.step(case, "end_screening", minors_household=1, minors_workplace=1, screening_note="x")
    assert "screening" not in road.limits(case)


def test_the_police_are_told_of_a_worst_form_or_a_sign_of_a_crime(road: Road) -> None:
    case = road.to_implementing(**TEN)
    shared = {"disclosed_to": "Công an xã", "disclosed_items": ("identity", "facts"), "disclosed_ground": "x"}
    assert road.refused(case, "refer_police", **shared) == {"guard_missing"}
    assert road.step(case, "refer_police", crime_sign="Có dấu hiệu ép buộc", **shared) == "implementing"


def test_two_cases_are_never_merged_into_each_other_at_the_same_moment(road: Road) -> None:
    for _ in range(6):
        pair = [road.open_child(**TEN), road.open_child(**TEN)]
        outcomes = at_once(road, [(pair[0], pair[1]), (pair[1], pair[0])])
        assert sorted(each.applied for each in outcomes) == [False, True]
        (refused,) = (each for each in outcomes if not each.applied)
        assert {each.code for each in refused.blockers} <= {"case_merged", "wrong_state"}


def at_once(road: Road, pairs: list[tuple[str, str]]) -> list[Outcome]:
    """Each first case merged into its second, by threads that begin together."""
    start = Barrier(len(pairs))

    def merge(case: str, into: str) -> Outcome:
        values = {"merge_target": road.row(into).reference, "same_child_confirmed": True}
        sent = Command(id=str(uuid4()), case=case, trigger="merge_into", actor=LEAD, values=values)
        start.wait()
        return road.engine.apply(sent)

    with ThreadPoolExecutor(len(pairs)) as pool:
        return list(pool.map(merge, *zip(*pairs, strict=True)))
