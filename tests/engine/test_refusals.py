"""Every reason why not, all of them at once, and nothing changed by a refusal. Codes: contract and messages/blocker.*.toml."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from engine import Command, Engine, Outcome
from engine.commands import BREACH, CANCELLED, RETURNED, SYSTEM
from engine.store.ground import actor as person
from engine.store.steps import CaseRow
from tests.engine.evidence import clock_of, limits_of, refused, row_of
from tests.engine.wide import hire, open_wide
from tests.support.world import CHO_RA, PROVINCE, fire, open_toy

ASKING: dict[str, Any] = {"amount": 1_500_000, "urgency": "high"}


def children_of(wide: Engine, case: str) -> tuple[CaseRow, ...]:
    scene = wide.look(case, "officer")
    assert scene is not None
    return tuple(row_of(wide, each.id) for each in scene.seen.children)


def asked(toy: Engine, actor: str = "officer") -> str:
    case = open_toy(toy).case
    assert fire(toy, case, "ask", actor, **ASKING).applied
    return case


# ------------------------------------------------------------------ nothing to judge


def test_a_case_that_does_not_exist(toy: Engine) -> None:
    refused(toy, lambda: fire(toy, str(uuid4()), "ask", "officer", **ASKING), "unknown_case")


def test_an_id_that_is_no_uuid_as_we_write_it(toy: Engine) -> None:
    for wrong in ("-", "7", "{2}", "D0E4A1B2-0000-4000-8000-00000000000A"):
        refused(toy, lambda wrong=wrong: fire(toy, wrong, "ask", "officer"), "id_invalid")
        refused(toy, lambda wrong=wrong: open_toy(toy, command=wrong), "id_invalid")


def test_a_workflow_that_does_not_exist(toy: Engine) -> None:
    def take() -> Outcome:
        return toy.open("nothing", id=str(uuid4()), command=str(uuid4()), actor="officer", values={})

    refused(toy, take, "unknown_definition")


def test_a_second_opening_of_the_same_case(toy: Engine) -> None:
    case = open_toy(toy).case
    refused(toy, lambda: open_toy(toy, case=case), "case_exists")


def test_a_step_the_workflow_does_not_have(toy: Engine) -> None:
    case = open_toy(toy).case
    refused(toy, lambda: fire(toy, case, "nowhere", "officer"), "unknown_trigger")


def test_what_only_the_worker_may_do_does_not_exist_for_a_person(toy: Engine) -> None:
    case = open_toy(toy).case
    clock_of(toy).advance(days=30)
    limit = limits_of(toy, case)[0]["id"]
    for trigger in (BREACH, RETURNED, CANCELLED):
        refused(
            toy,
            lambda trigger=trigger: fire(toy, case, trigger, "officer", deadline=limit),
            "unknown_trigger",
        )


def test_a_step_from_another_state(toy: Engine) -> None:
    case = asked(toy)
    (blocker,) = refused(toy, lambda: fire(toy, case, "ask", "officer", **ASKING), "wrong_state")
    assert blocker.params == {"trigger": "ask", "state": "asked", "sources": ("draft",)}


def test_a_closed_case_takes_no_more_steps(toy: Engine) -> None:
    case = asked(toy)
    assert fire(toy, case, "grant", "chair", number="1").applied
    for trigger in ("ask", "return_request", "grant", "remark"):
        refused(toy, lambda trigger=trigger: fire(toy, case, trigger, "chair", reason="vì"), "wrong_state")


def test_what_no_record_can_keep(toy: Engine) -> None:
    case = open_toy(toy).case
    naive = datetime(2026, 1, 1)
    for value in (2**53, 0.5, b"x", "\ud800", "a\0b", naive, Decimal("NaN"), {"ê": 1}, object()):
        refused(toy, lambda value=value: fire(toy, case, "remark", "officer", note=value), "value_unusable")
        refused(toy, lambda value=value: open_toy(toy, what=value), "value_unusable")


def test_an_opening_where_no_area_is_in_force(toy: Engine) -> None:
    for area in (None, "", "x", 7, "01906", "01906@2025-07-02", "99999@2025-07-01"):
        refused(toy, lambda area=area: open_toy(toy, place=area), ("area_invalid", "place"))


def test_an_opening_without_an_area_names_the_other_gaps_too(toy: Engine) -> None:
    refused(
        toy,
        lambda: open_toy(toy, place=None, what=None),
        ("area_invalid", "place"),
        ("field_missing", "what"),
    )


# ------------------------------------------------------------------ who


def test_a_person_without_the_function(toy: Engine) -> None:
    case = open_toy(toy).case
    for actor in ("chair", "lead", "admin", "nobody", SYSTEM):
        (blocker,) = refused(toy, lambda actor=actor: fire(toy, case, "ask", actor, **ASKING), "function")
        assert blocker.params == {"functions": ("commune_officer",)}
    refused(toy, lambda: open_toy(toy, "chair"), "function")


def test_a_function_not_yet_or_no_longer_held(toy: Engine) -> None:
    hire(toy, "gone", "commune_officer", valid_to=date(2026, 11, 22))
    hire(toy, "coming", "commune_officer", valid_from=date(2026, 11, 24))
    hire(toy, "today", "commune_officer", valid_from=date(2026, 11, 23), valid_to=date(2026, 11, 23))
    for actor in ("gone", "coming"):
        refused(toy, lambda actor=actor: open_toy(toy, actor), "function")
    assert open_toy(toy, "today").applied
    clock_of(toy).advance(days=1)
    assert open_toy(toy, "coming").applied
    refused(toy, lambda: open_toy(toy, "today"), "function")


def test_a_function_one_names_but_does_not_hold(toy: Engine) -> None:
    case = asked(toy)

    def grant(acting_as: str) -> Outcome:
        command = Command(
            id=str(uuid4()),
            case=case,
            trigger="grant",
            actor="chair",
            values={"number": "1"},
            acting_as=acting_as,
        )
        return toy.apply(command)

    refused(toy, lambda: grant("province_child_lead"), "function")
    refused(toy, lambda: grant("commune_officer"), "function")
    assert grant("commune_chair").applied


def test_a_person_of_another_commune(toy: Engine) -> None:
    case = asked(toy)
    for trigger, actor, values in (
        ("remark", "other_officer", {"note": "x"}),
        ("grant", "other_chair", {"number": "1"}),
    ):
        refused(toy, lambda t=trigger, a=actor, v=values: fire(toy, case, t, a, **v), "scope")
    refused(toy, lambda: open_toy(toy, place=CHO_RA), "scope")
    refused(toy, lambda: open_toy(toy, place=PROVINCE), "scope")
    assert fire(toy, case, "grant", "lead", number="1").applied  # the province covers its communes


# ------------------------------------------------------------------ four eyes


def test_trap_13_who_submitted_does_not_decide_whatever_function_they_act_under(toy: Engine) -> None:
    hire(toy, "both", "commune_officer", "commune_chair")
    hire(toy, "both", "province_child_lead", agency="so_y_te", area=PROVINCE)
    case = asked(toy, "both")
    for acting_as in ("", "commune_chair", "province_child_lead"):
        command = Command(
            id=str(uuid4()),
            case=case,
            trigger="grant",
            actor="both",
            values={"number": "1"},
            acting_as=acting_as,
        )
        (blocker,) = refused(toy, lambda command=command: toy.apply(command), "four_eyes")
        assert blocker.params == {"trigger": "ask"}
    assert fire(toy, case, "grant", "chair", number="1").applied


def test_who_submitted_once_never_decides_on_that_case_however_often_it_went_back(toy: Engine) -> None:
    hire(toy, "both", "commune_officer", "commune_chair")
    case = asked(toy, "both")
    for _ in range(2):
        assert fire(toy, case, "return_request", "chair", reason="Thiếu").applied
        assert fire(toy, case, "ask", "second").applied
        refused(toy, lambda: fire(toy, case, "grant", "both", number="1"), "four_eyes")


def test_who_submitted_decides_on_other_cases(toy: Engine) -> None:
    hire(toy, "both", "commune_officer", "commune_chair")
    asked(toy, "both")
    assert fire(toy, asked(toy), "grant", "both", number="1").applied


# ------------------------------------------------------------------ stale


def expecting(engine: Engine, case: str, version: int, trigger: str, actor: str, **values: Any) -> Command:
    return Command(
        id=str(uuid4()),
        case=case,
        trigger=trigger,
        actor=actor,
        values=values,
        expected_version=version,
        reason="vì",
    )


def test_a_form_is_stale_once_any_person_did_anything(toy: Engine) -> None:
    case = open_toy(toy).case
    assert toy.apply(expecting(toy, case, 1, "remark", "officer", note="một")).applied
    (blocker,) = refused(toy, lambda: toy.apply(expecting(toy, case, 1, "ask", "officer", **ASKING)), "stale")
    assert blocker.params == {"version": 2}
    assert toy.apply(expecting(toy, case, 2, "ask", "officer", **ASKING)).applied


def test_a_missed_limit_makes_no_form_stale(toy: Engine) -> None:
    case = open_toy(toy).case
    clock_of(toy).advance(days=30)
    limit = limits_of(toy, case)[0]["id"]
    command = Command(id=str(uuid4()), case=case, trigger=BREACH, actor=SYSTEM, values={"deadline": limit})
    assert toy.apply(command).version == 2
    assert toy.apply(expecting(toy, case, 1, "ask", "officer", **ASKING)).version == 3


def test_a_form_is_stale_once_the_system_moved_the_case(wide: Engine) -> None:
    case = open_wide(wide).case
    assert fire(wide, case, "lapse", SYSTEM).state == "light"
    refused(wide, lambda: wide.apply(expecting(wide, case, 1, "fill", "officer", short="x")), "stale")
    assert wide.apply(expecting(wide, case, 2, "fill", "officer", short="x")).applied


def test_a_form_is_stale_once_the_system_changed_a_field_of_it_and_no_other_form_is(wide: Engine) -> None:
    case = open_wide(wide, count=3).case
    assert fire(wide, case, "touch", SYSTEM, kind="a").version == 2
    refused(wide, lambda: wide.apply(expecting(wide, case, 1, "fill", "officer", short="x")), "stale")
    assert wide.apply(expecting(wide, case, 1, "confirm", "officer", short="x")).applied


def test_a_form_made_from_a_version_that_never_was_is_stale(toy: Engine) -> None:
    case = open_toy(toy).case
    never = expecting(toy, case, 2, "ask", "officer", **ASKING)
    refused(toy, lambda: toy.apply(never), "stale")


def test_without_a_version_nothing_is_stale(toy: Engine) -> None:
    case = open_toy(toy).case
    fire(toy, case, "remark", "second", note="một")
    assert fire(toy, case, "ask", "officer", **ASKING).applied


# ------------------------------------------------------------------ guard, join, reason, decision


def test_a_guard_that_is_false_and_one_that_is_unknown(toy: Engine) -> None:
    case = open_toy(toy, name=None).case
    (amount, name) = refused(
        toy, lambda: fire(toy, case, "ask", "officer", **ASKING | {"amount": 0}), "guard"
    )
    assert (amount.params["condition"], name.params["condition"]) == (0, 1)
    found = refused(
        toy,
        lambda: fire(toy, case, "ask", "officer", urgency="low"),
        "guard",
        "guard_missing",
        ("field_missing", "amount"),
    )
    assert next(each for each in found if each.code == "guard_missing").params["missing"] == ("amount",)


def test_a_value_the_form_does_not_ask_for_fulfils_no_guard(toy: Engine) -> None:
    case = open_toy(toy, name=None).case
    form = ASKING | {"name": "Lò Văn Thử"}
    refused(toy, lambda: fire(toy, case, "ask", "officer", **form), "guard", ("field_unknown", "name"))


def test_an_open_track_stops_a_join_until_it_ends(wide: Engine) -> None:
    case = open_wide(wide, kind="a").case
    assert fire(wide, case, "assign", "officer", where="school").applied
    refused(wide, lambda: fire(wide, case, "finish", "officer"), "join")
    (track,) = children_of(wide, case)
    assert fire(wide, track.id, "end", "teacher", result="tốt").state == "ended"
    assert fire(wide, case, "finish", "officer").state == "done"


def test_an_agency_that_cannot_serve_a_track(wide: Engine) -> None:
    case = open_wide(wide, kind="a").case
    refused(wide, lambda: fire(wide, case, "assign", "officer", where="cho_ra"), ("agency", "where"))
    refused(wide, lambda: fire(wide, case, "assign", "officer", where="nowhere"), ("agency", "where"))


@pytest.mark.parametrize("who", ["ghost", "Triệu Thị Thử", "system", "other_officer", "teacher"])
def test_a_person_who_is_not_there_or_not_for_this_place_is_not_named(wide: Engine, who: str) -> None:
    """Any text could else stand in an open field of people, past sealing and past guards that compare people."""
    case = open_wide(wide).case
    if who == "teacher":  # of this place, but no longer with us
        with wide.database.write() as connection:
            connection.execute(update(person).where(person.c.id == who).values(active=False))
    refused(wide, lambda: fire(wide, case, "fill", "officer", who=who), ("field_option", "who"))
    assert fire(wide, case, "fill", "officer", who="chair").applied


def test_a_track_that_cannot_open_stops_its_parent_and_names_what_the_case_lacks(wide: Engine) -> None:
    case = open_wide(wide).case
    (blocker,) = refused(wide, lambda: fire(wide, case, "assign", "officer", where="school"), "track")
    assert blocker.params == {"subcase": "help", "missing": ("kind",)}


def test_what_a_case_hands_over_cannot_be_put_otherwise_in_the_tracks_form(wide: Engine) -> None:
    case = open_wide(wide, kind="a").case
    form = {"where": "school", "help.kind": "b", "help.bogus": 1}
    refused(
        wide,
        lambda: fire(wide, case, "assign", "officer", **form),
        ("field_unknown", "help.bogus"),
        ("field_unknown", "help.kind"),
    )


def test_a_track_given_once_is_not_opened_again_not_even_after_its_end(wide: Engine) -> None:
    case = open_wide(wide, kind="a").case
    assert fire(wide, case, "take_care", "officer", where="school").applied
    refused(wide, lambda: fire(wide, case, "take_care", "officer", where="school"), "track_once")
    (track,) = children_of(wide, case)
    assert fire(wide, track.id, "end", "teacher", result="tốt").applied
    refused(wide, lambda: fire(wide, case, "take_care", "officer", where="school"), "track_once")
    assert fire(wide, case, "assign", "officer", where="school").applied


def test_a_case_does_not_end_over_a_required_track_unless_it_cancels_it(wide: Engine) -> None:
    case = open_wide(wide, kind="a").case
    assert fire(wide, case, "take_care", "officer", where="school").applied
    assert fire(wide, case, "assign", "officer", where="school").applied
    (blocker,) = refused(wide, lambda: fire(wide, case, "stop", "officer"), "track_open")
    assert blocker.params == {"subcase": "care"}
    assert fire(wide, case, "abandon", "officer").state == "done"
    assert sorted((each.subcase_key, each.state) for each in children_of(wide, case)) == [
        ("care", "ended"),
        ("help", "given"),
    ]


def test_a_reason_that_is_required(toy: Engine) -> None:
    case = asked(toy)
    for blank in ("", "  \n"):
        refused(
            toy,
            lambda blank=blank: fire(toy, case, "return_request", "chair", reason=blank),
            ("reason", "reason"),
        )


def test_a_conclusion_unlike_the_rules_needs_a_reason(wide: Engine) -> None:
    case = open_wide(wide).case
    weighed: dict[str, Any] = {"weight": Decimal("20.5"), "day": date(2026, 3, 1), "confirmed": "light"}
    (blocker,) = refused(
        wide, lambda: fire(wide, case, "conclude", "officer", **weighed), ("decision_reason", "why")
    )
    assert blocker.params["proposed"] == "heavy"
    assert fire(wide, case, "conclude", "officer", **weighed, why="đã cân lại").applied
    assert row_of(wide, case).data["proposed"] == "heavy"
    assert fire(wide, case, "conclude", "officer", **weighed | {"confirmed": "heavy"}).applied


# ------------------------------------------------------------------ all at once


def test_a_form_with_everything_wrong_gets_every_reason(toy: Engine) -> None:
    case = open_toy(toy, name=None).case
    wrong: dict[str, Any] = {"amount": -1, "urgency": "soon", "note": "x" * 10_001, "bogus": 1}
    refused(
        toy, lambda: fire(toy, case, "ask", "chair", **wrong),
        "function", "guard", ("field_low", "amount"), ("field_option", "urgency"), ("field_length", "note"),
        ("field_unknown", "bogus"),
    )  # fmt: skip


def test_person_reason_and_form_together(toy: Engine) -> None:
    case = asked(toy)
    refused(
        toy, lambda: fire(toy, case, "return_request", "other_chair", bogus=1),
        "scope", ("reason", "reason"), ("field_unknown", "bogus"),
    )  # fmt: skip


def test_four_eyes_scope_and_form_together(toy: Engine) -> None:
    hire(toy, "mover", "commune_officer", valid_to=date(2026, 11, 23))
    hire(toy, "mover", "commune_chair", agency="cho_ra", area=CHO_RA)
    case = asked(toy, "mover")
    refused(toy, lambda: fire(toy, case, "grant", "mover"), "scope", "four_eyes", ("field_missing", "number"))


def test_an_opening_gets_every_reason_too(toy: Engine) -> None:
    refused(
        toy, lambda: open_toy(toy, "chair", what=None, born=date(2026, 11, 24), bogus="x"),
        "function", ("field_missing", "what"), ("field_high", "born"), ("field_unknown", "bogus"),
    )  # fmt: skip
