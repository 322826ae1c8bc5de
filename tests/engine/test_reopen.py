"""A case that has ended begins again: who may, until when, and what it keeps, on `roads` and the toy."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from engine import Engine
from engine.listing import Listing
from engine.store.tables import cases
from tests.engine.evidence import assert_whole, clock_of, codes, events_of, limits_of, refused, row_of
from tests.engine.roads import known, number_of, open_road, republish, take
from tests.engine.wide import hire
from tests.support.world import NOON, fire, open_toy


def found(roads: Engine, name: str) -> list[str]:
    with roads.database.read() as connection:
        return [each.case.id for each in Listing(roads, connection, "lead").search(name)]


def finished(roads: Engine) -> str:
    case = open_road(roads)
    take(roads, case, "visit", what="ổ gà")
    clock_of(roads).advance(hours=1)
    take(roads, case, "finish")
    return case


def test_trap_23_a_reopened_case_keeps_its_number_its_values_and_one_timeline(roads: Engine) -> None:
    case = finished(roads)
    before = known(roads, case)
    assert (row_of(roads, case).cycle, row_of(roads, case).closed_at) == (1, NOON + timedelta(hours=1))
    assert take(roads, case, "reopen", "lead", fact="lại hỏng").state == "open"
    row = row_of(roads, case)
    assert (row.cycle, row.closed_at, row.came_from, row.reference) == (2, None, "done", "01906-2026-D00001")
    del before["name"]  # what it clears is the next test's
    assert known(roads, case) == before | {"fact": "lại hỏng"}
    assert [each.transition for each in roads.timeline(case)] == ["open", "visit", "finish", "reopen.done"]
    with roads.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(cases)) == 1
    assert_whole(roads, case)


def test_what_a_reopening_clears_is_asked_anew_found_no_more_and_stays_in_the_record(roads: Engine) -> None:
    case = open_road(roads, name="Hoàng Văn Thử")
    take(roads, case, "fill", seen_on=NOON.date(), urgent=True)
    take(roads, case, "visit", what="ổ gà")
    take(roads, case, "finish")
    assert found(roads, "Hoàng Văn Thử") == [case]
    take(roads, case, "reopen", "lead", fact="lại hỏng")
    assert {"seen_on", "name"} & known(roads, case).keys() == set()
    assert known(roads, case)["urgent"] is True
    assert found(roads, "Hoàng Văn Thử") == []
    reopened = roads.timeline(case)[-1].args
    assert (reopened["values"]["seen_on"], reopened["emptied"]) == (None, ["name"])
    assert_whole(roads, case)


def test_the_form_of_a_second_reopening_begins_empty(roads: Engine) -> None:
    case = finished(roads)
    take(roads, case, "reopen", "lead", fact="lại hỏng")
    take(roads, case, "finish")
    (way,) = (each for each in roads.available(case, "lead") if each.trigger == "reopen")
    assert (way.status, way.needs) == ("needs", ("fact",))
    refused(roads, lambda: fire(roads, case, "reopen", "lead"), ("field_missing", "fact"))
    take(roads, case, "reopen", "lead", fact="sạt lở")
    assert known(roads, case)["fact"] == "sạt lở"
    assert_whole(roads, case)


def test_what_the_clearing_step_writes_itself_stands(roads: Engine) -> None:
    set_first = "form: reopening, do: [{set: {name: fact}}, {clear: [seen_on, name, fact]}]"
    republish(roads, ("form: reopening, do: [{clear: [seen_on, name]}]", set_first))
    case = open_road(roads, name="Hoàng Văn Thử")
    take(roads, case, "fill", seen_on=NOON.date())
    take(roads, case, "finish")
    take(roads, case, "reopen", "lead", fact="lại hỏng")
    now = known(roads, case)
    assert (now["name"], now["fact"], "seen_on" in now) == ("lại hỏng", "lại hỏng", False)
    assert_whole(roads, case)


def test_trap_21_reopening_starts_the_limits_of_its_state_once_and_keeps_those_that_ended(
    roads: Engine,
) -> None:
    case = finished(roads)
    assert [each["ended_how"] for each in limits_of(roads, case)] == ["met", "left"]
    clock_of(roads).advance(hours=1)
    take(roads, case, "reopen", "lead", fact="lại hỏng")
    first, second, third = limits_of(roads, case)
    assert (first["ended_how"], second["ended_how"], third["ended_how"]) == ("met", "left", None)
    assert third["due_at"] == NOON + timedelta(hours=2 + 48)
    take(roads, case, "fill", urgent=False)  # a step to the same state starts nothing anew
    assert limits_of(roads, case)[2]["due_at"] == third["due_at"]
    assert len(limits_of(roads, case)) == 3
    assert_whole(roads, case)


def test_a_case_is_reopened_until_the_end_of_the_last_day_and_no_longer(roads: Engine) -> None:
    case = finished(roads)
    clock_of(roads).set(NOON.replace(day=26, hour=16, minute=59, second=59))  # 23:59:59 in Vietnam
    (way,) = (each for each in roads.available(case, "lead") if each.trigger == "reopen")
    assert (way.status, way.needs) == ("needs", ("fact",))
    clock_of(roads).advance(seconds=1)
    (blocker,) = refused(roads, lambda: fire(roads, case, "reopen", "lead", fact="lại hỏng"), "reopen_late")
    (way,) = (each for each in roads.available(case, "lead") if each.trigger == "reopen")
    assert (way.status, way.blockers) == ("blocked", (blocker,))
    assert blocker.params["until"].isoformat() == "2026-11-26"


def test_the_time_to_reopen_counts_from_the_last_closing(roads: Engine) -> None:
    case = finished(roads)
    clock_of(roads).advance(days=2)
    take(roads, case, "reopen", "lead", fact="lại hỏng")
    clock_of(roads).advance(days=2)
    take(roads, case, "finish")
    clock_of(roads).advance(days=2)
    take(roads, case, "reopen", "lead", fact="lại hỏng lần nữa")
    assert row_of(roads, case).cycle == 3
    assert_whole(roads, case)


def test_a_case_is_reopened_by_those_named_with_the_form_named_and_only_from_where_it_ended(
    roads: Engine,
) -> None:
    case = open_road(roads)
    assert codes(fire(roads, case, "reopen", "lead", fact="x")) == {("wrong_state", "")}
    take(roads, case, "finish")
    refused(roads, lambda: fire(roads, case, "reopen", "officer", fact="x"), "function")
    refused(roads, lambda: fire(roads, case, "reopen", "lead"), ("field_missing", "fact"))
    refused(roads, lambda: fire(roads, case, "reopen", "lead", fact="x", what="y"), ("field_unknown", "what"))
    take(roads, case, "reopen", "lead", fact="x")


def test_without_a_form_the_reason_is_said(toy: Engine) -> None:
    case = open_toy(toy).case
    take(toy, case, "ask", amount=1, urgency="low")
    take(toy, case, "grant", "chair", number="1")
    clock_of(toy).advance(days=3000)  # it names no time
    refused(toy, lambda: fire(toy, case, "reopen", "lead"), ("reason", "reason"))
    take(toy, case, "reopen", "lead", reason="nhầm")
    assert (row_of(toy, case).state, row_of(toy, case).cycle) == ("draft", 2)
    assert_whole(toy, case)


def test_four_eyes_looks_back_over_all_cycles(toy: Engine) -> None:
    hire(toy, "both", "commune_officer", "commune_chair")
    case = open_toy(toy).case
    take(toy, case, "ask", "both", amount=1, urgency="low")
    take(toy, case, "grant", "chair", number="1")
    take(toy, case, "reopen", "lead", reason="nhầm")
    take(toy, case, "ask", "second", amount=1, urgency="low")
    refused(toy, lambda: fire(toy, case, "grant", "both", number="2"), "four_eyes")
    take(toy, case, "grant", "chair", number="2")
    assert [each["kind"] for each in events_of(toy, case)] == ["case_opened", *["step_taken"] * 5]
    assert_whole(toy, case)


def test_a_reopening_has_effects_and_a_title_of_its_own(roads: Engine) -> None:
    republish(
        roads,
        (
            "form: reopening, do: [",
            "form: reopening, title: {vi: Sửa lại, en: Again}, do: [{set: {urgent: 'true'}}, ",
        ),
    )
    case = finished(roads)
    take(roads, case, "reopen", "lead", fact="x")
    assert known(roads, case)["urgent"] is True
    assert roads.library.workflow("roads", 2).ways["reopen.done"].transition.title.vi == "Sửa lại"
    assert number_of(roads, case) == "01906-2026-D00001"
    assert_whole(roads, case)
