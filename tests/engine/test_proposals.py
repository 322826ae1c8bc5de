"""Values that wait for a second person, on `roads`: who may propose, who decides, and what cannot be decided any more."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine import Engine
from engine.ledger.body import canonical
from tests.engine.evidence import assert_whole, clock_of, codes, events_of, refused, row_of
from tests.engine.roads import known, open_road, republish, take
from tests.engine.test_effects import WIDE
from tests.engine.wide import open_wide
from tests.support.world import change, fire

BOTH: dict[str, Any] = {"what": "cầu gãy", "name": "Lò Văn Thử"}


def waiting(roads: Engine, **values: Any) -> str:
    """A case the officer opened and the second officer wants corrected."""
    case = open_road(roads)
    take(roads, case, "correct", "second", **(values or BOTH))
    return case


def test_what_is_proposed_changes_nothing_until_it_is_accepted(roads: Engine) -> None:
    case = waiting(roads)
    assert (known(roads, case)["what"], known(roads, case)["name"]) == ("đường lầy", "Triệu Thị Đức")
    take(roads, case, "accept_correction", "chair")
    assert (known(roads, case)["what"], known(roads, case)["name"]) == ("cầu gãy", "Lò Văn Thử")
    assert [each["kind"] for each in events_of(roads, case)] == [
        "case_opened",
        "step_taken",
        "data_corrected",
    ]
    assert_whole(roads, case)


def test_a_private_value_that_waits_is_sealed_like_the_field_it_is_for(roads: Engine) -> None:
    case = waiting(roads)
    row = row_of(roads, case)
    assert set(row.sealed) == {"name", "correct:name"}
    assert row.data["correct:what"] == "cầu gãy"
    assert not any(b"Th\xe1\xbb\xad" in bytes(each["body"]) for each in events_of(roads, case))
    assert_whole(roads, case)


@pytest.mark.parametrize("step", ["accept_correction", "decline_correction"])
def test_once_decided_nothing_waits_any_more(roads: Engine, step: str) -> None:
    case = waiting(roads)
    take(roads, case, step, "chair")
    row = row_of(roads, case)
    assert not [name for name in (*row.data, *row.sealed) if name.startswith("correct:")]
    refused(roads, lambda: fire(roads, case, step, "chair"), "proposal_none")
    assert_whole(roads, case)


def test_a_declined_proposal_leaves_the_values_and_is_a_step_like_any_other(roads: Engine) -> None:
    case = waiting(roads)
    take(roads, case, "decline_correction", "chair")
    assert known(roads, case)["what"] == "đường lầy"
    assert events_of(roads, case)[-1]["kind"] == "step_taken"
    assert_whole(roads, case)


def test_a_step_that_does_not_propose_writes_at_once(roads: Engine) -> None:
    republish(
        roads,
        ("form: correction, proposes: true", "form: correction"),
        (", accepts: correct", ""),
        (", declines: correct", ""),
    )
    case = open_road(roads)
    take(roads, case, "correct", "second", what="cầu gãy")
    assert known(roads, case)["what"] == "cầu gãy"
    assert_whole(roads, case)


def test_one_proposal_waits_at_a_time(roads: Engine) -> None:
    case = waiting(roads)
    refused(roads, lambda: fire(roads, case, "correct", "officer", what="x"), "proposal_waiting")
    take(roads, case, "decline_correction", "second")  # taken back by who made it
    take(roads, case, "correct", "officer", what="x")
    assert row_of(roads, case).data["correct:what"] == "x"
    assert "correct:name" not in row_of(roads, case).sealed
    assert_whole(roads, case)


def test_a_proposal_that_changes_nothing_is_none(roads: Engine) -> None:
    case = open_road(roads)
    same: dict[str, Any] = {"what": "đường lầy", "name": "Triệu Thị Đức"}
    refused(roads, lambda: fire(roads, case, "correct", "second", **same), "proposal_empty")
    refused(roads, lambda: fire(roads, case, "correct", "second"), "proposal_empty")
    take(roads, case, "correct", "second", **same | {"name": "Lò Thị Đức"})
    assert row_of(roads, case).data["correct:"] == ["name=1"]  # the event whose sealed name it replaces
    assert_whole(roads, case)


def test_emptying_a_field_can_be_proposed(roads: Engine) -> None:
    case = waiting(roads, name=None)
    assert known(roads, case)["name"] == "Triệu Thị Đức"
    take(roads, case, "accept_correction", "chair")
    assert "name" not in known(roads, case)
    assert_whole(roads, case)


# ------------------------------------------------------------------ who decides


def test_trap_13_who_wrote_an_entry_does_not_accept_its_correction_whatever_the_function(
    roads: Engine,
) -> None:
    case = waiting(roads)
    own = [("own_entry", ""), ("own_entry", "")]
    blockers = refused(roads, lambda: fire(roads, case, "accept_correction", "officer"), "own_entry")
    assert [(each.code, each.field) for each in blockers] == own
    assert [each.params["field"] for each in blockers] == ["name", "what"]
    (way,) = (each for each in roads.available(case, "officer") if each.trigger == "accept_correction")
    assert (way.status, way.blockers) == ("blocked", blockers)


def test_who_wrote_one_of_the_fields_long_ago_is_still_not_the_second_person(roads: Engine) -> None:
    case = waiting(roads)
    take(roads, case, "accept_correction", "chair")
    clock_of(roads).advance(days=1)
    take(roads, case, "correct", "chair", what="đường lầy")
    answer = fire(roads, case, "accept_correction", "officer")
    assert codes(answer) == {("own_entry", "")}
    take(roads, case, "accept_correction", "lead")
    assert_whole(roads, case)


def test_who_wrote_another_field_may_accept(roads: Engine) -> None:
    case = open_road(roads)
    take(roads, case, "fill", "second", urgent=True)  # a form with “what”, and without the name
    take(roads, case, "correct", "chair", name="Lò Văn Thử")
    take(roads, case, "accept_correction", "second")
    assert_whole(roads, case)


def test_who_proposed_it_is_not_the_second_person_either(roads: Engine) -> None:
    case = waiting(roads)
    refused(roads, lambda: fire(roads, case, "accept_correction", "second"), ("four_eyes", ""))
    take(roads, case, "decline_correction", "second")
    clock_of(roads).advance(minutes=1)
    take(roads, case, "correct", "chair", **BOTH)
    take(roads, case, "accept_correction", "second")  # it is the chair's now
    assert_whole(roads, case)


# ------------------------------------------------------------------ overtaken


def test_what_is_newer_than_the_proposal_is_not_overwritten(roads: Engine) -> None:
    republish(roads, ("fields: {what: optional, urgent", "fields: {what: optional, name: optional, urgent"))
    case = waiting(roads)
    take(roads, case, "fill", "second", what="đã sửa một nửa")
    blockers = refused(roads, lambda: fire(roads, case, "accept_correction", "chair"), "proposal_overtaken")
    assert [each.params["field"] for each in blockers] == ["what"]
    take(roads, case, "fill", "second", name="Bàn Thị Thử")
    blockers = refused(roads, lambda: fire(roads, case, "accept_correction", "chair"), "proposal_overtaken")
    assert [each.params["field"] for each in blockers] == ["name", "what"]
    take(roads, case, "decline_correction", "chair")
    take(roads, case, "correct", "second", **BOTH)
    take(roads, case, "accept_correction", "chair")
    assert known(roads, case)["what"] == "cầu gãy"
    assert_whole(roads, case)


def test_what_was_proposed_for_an_empty_field_is_not_accepted_after_the_field_is_asked_anew(
    roads: Engine,
) -> None:
    case = open_road(roads, name="")
    take(roads, case, "correct", "second", **BOTH)
    clock_of(roads).advance(minutes=1)
    take(roads, case, "finish")
    take(roads, case, "reopen", "lead", fact="lại hỏng")  # clears the name, which was empty before
    blockers = refused(roads, lambda: fire(roads, case, "accept_correction", "lead"), "proposal_overtaken")
    assert [each.params["field"] for each in blockers] == ["name"]
    (way,) = (each for each in roads.available(case, "lead") if each.trigger == "accept_correction")
    assert (way.status, way.blockers) == ("blocked", blockers)
    take(roads, case, "decline_correction", "lead")
    clock_of(roads).advance(minutes=1)
    take(roads, case, "correct", "second", **BOTH)
    take(roads, case, "accept_correction", "lead")
    assert known(roads, case)["name"] == "Lò Văn Thử"
    assert_whole(roads, case)


def test_the_mark_of_a_value_says_nothing_about_it(roads: Engine) -> None:
    case = waiting(roads)
    listed = row_of(roads, case).data["correct:"]
    assert [each.partition("=")[0] for each in listed] == ["name", "what"]
    assert "lầy" not in canonical({"is": listed}).decode()


# ------------------------------------------------------------------ a decision that moves, a name that is found


def test_an_acceptance_may_move_the_case(roads: Engine) -> None:
    republish(
        roads,
        (
            "from: [open, done], to: same, by: [commune_officer, commune_chair, province_child_lead], accepts",
            "from: [open, done], to: done, by: [commune_officer, commune_chair, province_child_lead], accepts",
        ),
    )
    case = waiting(roads)
    assert take(roads, case, "accept_correction", "chair").state == "done"
    row = row_of(roads, case)
    assert (row.came_from, row.entered_seq) == ("open", 3)
    assert_whole(roads, case)


def test_a_rule_table_is_asked_when_the_value_is_accepted_and_not_before(wide: Engine) -> None:
    steps = (
        "  weigh: {title: {vi: Cân lại, en: Weigh again}, from: new, to: same, by: [commune_officer], form: class, proposes: true}\n"
        "  weighed: {title: {vi: Đồng ý, en: Agree}, from: new, to: same, by: [commune_officer, commune_chair], accepts: weigh}\n"
    )
    change(wide, WIDE, ("  confirm: {title", steps + "  confirm: {title"))
    case = open_wide(wide).case
    form: dict[str, Any] = {
        "weight": Decimal(20),
        "day": date(2026, 3, 1),
        "confirmed": "heavy",
        "why": "cân lại",
    }
    take(wide, case, "weigh", **form)
    assert "proposed" not in row_of(wide, case).data
    take(wide, case, "weighed", "chair")
    assert row_of(wide, case).data["proposed"] == "heavy"
    assert row_of(wide, case).data["weight"] == "20"
    assert_whole(wide, case)
