"""What a step does beside moving a case, on variants of the toy and of `wide`; the fold of the events equals the row."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from engine import Engine, SystemClock
from engine.commands import SYSTEM
from engine.listing import Listing
from engine.machine import Incident
from tests.engine.evidence import assert_whole, clock_of, limits_of, refused, row_of
from tests.engine.wide import open_wide
from tests.support.world import BA_BE, CHO_RA, NOON, TOY, build, change, fire, open_toy

WIDE = (Path(__file__).parent / "wide.yaml").read_text("utf-8")


def correcting(toy: Engine) -> str:
    """A case of a toy whose remark can correct what the opening said."""
    change(
        toy, TOY, ("fields: {note: required}", "fields: {name: optional, place: optional, what: optional}")
    )
    return open_toy(toy).case


# ------------------------------------------------------------------ values that change


def found(toy: Engine, name: str) -> list[str]:
    with toy.database.read() as connection:
        return [each.case.id for each in Listing(toy, connection, "lead").search(name)]


def test_a_corrected_name_is_found_and_the_old_one_is_not(toy: Engine) -> None:
    case = correcting(toy)
    assert found(toy, "Triệu") == [case]
    assert fire(toy, case, "remark", "officer", name="Lò Thị Đức").applied
    assert (found(toy, "Triệu"), found(toy, "Lò"), found(toy, "Đức")) == ([], [case], [case])
    assert fire(toy, case, "remark", "officer", name="Lò Thị Đức").applied  # the same again
    assert found(toy, "Lò") == [case]
    assert_whole(toy, case)


def test_an_emptied_value_reads_as_missing_and_its_name_is_found_no_more(toy: Engine) -> None:
    case = correcting(toy)
    assert fire(toy, case, "remark", "officer", name=None, what=" ").applied
    row = row_of(toy, case)
    assert ("name" in row.sealed, "what" in row.data) == (False, False)
    assert found(toy, "Đức") == []
    refused(toy, lambda: fire(toy, case, "ask", "officer", amount=1, urgency="low"), "guard")
    view = toy.view(case, "officer", "case page")
    assert view is not None
    assert {"name", "what"} & {key for key, value in view.values.items() if value is not None} == set()
    assert_whole(toy, case)


def test_rows_are_added_one_by_one(wide: Engine) -> None:
    case = open_wide(wide).case
    for day in (1, 2):
        assert fire(wide, case, "add_row", "officer", on=date(2026, 1, day)).applied
    assert row_of(wide, case).data["rows"] == [{"on": "2026-01-01"}, {"on": "2026-01-02"}]
    assert_whole(wide, case)


# ------------------------------------------------------------------ place


def test_a_case_sent_to_another_commune_waits_there_for_an_owner(toy: Engine) -> None:
    case = correcting(toy)
    assert fire(toy, case, "remark", "officer", place=CHO_RA).applied
    row = row_of(toy, case)
    assert (row.area, row.owner, row.reference) == (CHO_RA, None, "01906-2026-00001")
    refused(toy, lambda: fire(toy, case, "remark", "officer", what="x"), "scope")
    assert fire(toy, case, "remark", "other_officer", what="x").applied
    assert row_of(toy, case).owner == "other_officer"
    assert_whole(toy, case)


@pytest.mark.parametrize("area", ["99999@2025-07-01", "01906", "01906@2025-07-02"])
def test_a_case_is_not_sent_where_no_area_is_in_force(toy: Engine, area: str) -> None:
    case = correcting(toy)
    refused(toy, lambda: fire(toy, case, "remark", "officer", place=area), ("area_invalid", "place"))
    refused(
        toy,
        lambda: fire(toy, case, "remark", "chair", place=area, bogus="x"),
        "function",
        ("area_invalid", "place"),
        ("field_unknown", "bogus"),
    )
    assert (row_of(toy, case).area, row_of(toy, case).version) == (BA_BE, 1)


@pytest.mark.parametrize(
    ("target", "codes"), [(CHO_RA, []), ("99999@2025-07-01", [("area_invalid", "target")])]
)
def test_a_case_goes_where_an_effect_sends_it_if_that_is_in_force(
    toy: Engine, target: str, codes: list[tuple[str, str]]
) -> None:
    change(
        toy,
        TOY,
        (
            "  what: {type: text",
            "  target: {type: area, title: {vi: Nơi đến, en: Target}, open: true}\n  what: {type: text",
        ),
        ("fields: {note: required}", "fields: {target: required}"),
        ("    form: remarking", "    form: remarking\n    do: [{set: {place: target}}]"),
    )
    case = open_toy(toy).case
    outcome = fire(toy, case, "remark", "officer", target=target)
    assert [(each.code, each.field) for each in outcome.blockers] == codes
    assert row_of(toy, case).area == (BA_BE if codes else CHO_RA)


# ------------------------------------------------------------------ time limits


def test_a_step_may_stop_a_limit_of_the_state_it_stays_in(toy: Engine) -> None:
    change(toy, TOY, ("    form: remarking", "    form: remarking\n    do: [{stop_deadline: ask}]"))
    case = open_toy(toy).case
    clock_of(toy).advance(hours=1)
    assert fire(toy, case, "remark", "officer", note="thôi").applied
    (limit,) = limits_of(toy, case)
    assert (limit["key"], limit["ended_at"], limit["ended_how"]) == (
        "ask",
        NOON + timedelta(hours=1),
        "stopped",
    )
    assert row_of(toy, case).next_due is None
    assert_whole(toy, case)


def test_a_limit_moves_with_the_date_it_starts_from(wide: Engine) -> None:
    change(wide, WIDE, ("within: 2 days, then: lapse", "within: 2 days, from: day, then: lapse"))
    case = open_wide(wide).case
    assert limits_of(wide, case) == []  # nothing to start from yet
    for day in (22, 23):
        assert fire(wide, case, "fill", "officer", day=date(2026, 11, day)).applied
        (limit,) = limits_of(wide, case)
        assert limit["due_at"] == row_of(wide, case).next_due
        assert limit["due_at"].date() == date(2026, 11, day + 2)
        assert_whole(wide, case)


def test_a_limit_stands_still_where_it_pauses(wide: Engine) -> None:
    whole = (
        "{vi: Cả, en: All}, within: 72 hours, starts: [fill], pause_in: [light], escalate_to: commune_chair"
    )
    change(
        wide, WIDE + f"\ndeadlines: {{whole: {{title: {whole}}}}}\n",
        ("  touch:", "  back: {title: {vi: Lại, en: Back}, from: light, to: new, by: [system]}\n  touch:"),
    )  # fmt: skip
    case = open_wide(wide).case
    assert fire(wide, case, "fill", "officer").applied
    clock_of(wide).advance(hours=1)
    assert fire(wide, case, "lapse", SYSTEM).state == "light"
    assert_whole(wide, case)
    assert row_of(wide, case).next_due is None
    clock_of(wide).advance(hours=10)
    assert fire(wide, case, "back", SYSTEM).state == "new"
    (limit,) = (each for each in limits_of(wide, case) if each["key"] == "whole")
    assert limit["due_at"] == NOON + timedelta(hours=82)
    assert_whole(wide, case)


# ------------------------------------------------------------------ tracks


def test_a_track_whose_workflow_is_not_in_force_is_not_opened(database: str) -> None:
    engine = build(database, toy=False)
    change(engine, WIDE)
    case = open_wide(engine, kind="a").case
    (way,) = (each for each in engine.available(case, "officer") if each.trigger == "assign")
    blockers = refused(
        engine,
        lambda: fire(engine, case, "assign", "officer", where="ba_be"),
        "unknown_definition",
        ("agency", "where"),  # there is no school either
    )
    assert (way.status, way.blockers) == ("blocked", blockers[:1])
    engine.database.close()


# ------------------------------------------------------------------ asked without a step


def test_what_the_rules_would_say_is_told_before_the_form_is_sent_and_changes_nothing(wide: Engine) -> None:
    case = open_wide(wide).case
    form: dict[str, Any] = {"weight": Decimal(20), "day": date(2026, 3, 1)}
    said = wide.propose(case, "officer", "conclude", form)["weighing"]
    assert (said["result"], said["first"], said["on"]) == ("heavy", "W2", "2026-03-01")
    assert row_of(wide, case).version == 1
    assert wide.propose(case, "officer", "conclude", {"weight": Decimal(20)}) == {}
    assert wide.propose(case, "officer", "nowhere", form) == {}
    assert wide.propose(str(uuid4()), "officer", "conclude", form) == {}


def test_an_answer_can_be_traced_to_the_very_table_that_gave_it(wide: Engine) -> None:
    form: dict[str, Any] = {"weight": Decimal(20), "day": date(2026, 3, 1)}
    said = wide.propose(open_wide(wide).case, "officer", "conclude", form)["weighing"]
    table = wide.library.table_by_hash("weighing", said["sha256"])
    assert table is not None
    assert [rule.key for rule in table.rules] == ["W1", "W2"]
    assert wide.library.table_by_hash("weighing", "0" * 64) is None
    assert wide.library.table_by_hash("nothing", said["sha256"]) is None


def test_a_version_that_was_never_published_is_an_error(wide: Engine) -> None:
    with pytest.raises(KeyError):
        wide.library.workflow("wide", 2)


# ------------------------------------------------------------------ faults of the program


def test_a_machine_that_goes_elsewhere_is_an_incident_and_nothing_is_written(
    toy: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = open_toy(toy).case
    workflow = toy.library.workflow("toy", 1)
    monkeypatch.setitem(workflow.machine._to, "ask", "granted")
    with pytest.raises(Incident, match="ask from draft led to asked, planned was granted"):
        fire(toy, case, "ask", "officer", amount=1, urgency="low")
    assert (row_of(toy, case).state, row_of(toy, case).version) == ("draft", 1)


def test_the_clock_of_the_machine_is_aware_and_goes_forward() -> None:
    first, second = SystemClock().now(), SystemClock().now()
    assert first.utcoffset() == timedelta(0)
    assert first <= second
