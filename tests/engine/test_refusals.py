"""Every reason why not, all of them at once, and nothing changed by a refusal. Codes: contract and messages/blocker.*.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from engine import Blocker, Command, Engine, FixedClock, Outcome
from engine.commands import BREACH, CANCELLED, OPEN, RETURNED, SYSTEM
from engine.text import LANGUAGES
from engine.words import Words
from tests.engine.available_law import check_law
from tests.engine.evidence import codes, limits_of, row_of, snapshot
from tests.engine.wide import build_wide, hire, open_wide
from tests.support.world import BA_BE, CHO_RA, NOON, PROVINCE, build, fire, open_toy

ASKING: dict[str, Any] = {"amount": 1_500_000, "urgency": "high"}


@pytest.fixture
def toy(database: str) -> Iterator[Engine]:
    built = build(database, FixedClock(NOON))
    yield built
    built.database.close()


@pytest.fixture
def wide(database: str) -> Iterator[Engine]:
    built = build_wide(database, FixedClock(NOON))
    yield built
    built.database.close()


def clock_of(engine: Engine) -> FixedClock:
    assert isinstance(engine.clock, FixedClock)
    return engine.clock


def refused(engine: Engine, take: Callable[[], Outcome], *expected: str | tuple[str, str]) -> tuple[Blocker, ...]:
    """`take` is refused for exactly these codes (with their field), in words of both languages, and changes nothing."""
    before = snapshot(engine.database)
    outcome = take()
    assert not outcome.applied
    assert codes(outcome) == {(each, "") if isinstance(each, str) else each for each in expected}
    assert snapshot(engine.database) == before
    for workflow in engine.library.current():
        if any("condition" in each.params for each in outcome.blockers) and workflow.definition.id == "wide_track":
            continue
        for language in LANGUAGES:
            words = Words(workflow, language, lambda _, name: name, engine.library.zone)
            assert all(words.blocker(each) for each in outcome.blockers)
    return outcome.blockers


def asked(toy: Engine, actor: str = "officer") -> str:
    case = open_toy(toy).case
    assert fire(toy, case, "ask", actor, **ASKING).applied
    return case


# ------------------------------------------------------------------ nothing to judge


def test_a_case_that_does_not_exist(toy: Engine) -> None:
    refused(toy, lambda: fire(toy, str(uuid4()), "ask", "officer", **ASKING), "unknown_case")


@pytest.mark.parametrize("wrong", ["", "7", "{2}", "D0E4A1B2-0000-4000-8000-00000000000A"])
def test_an_id_that_is_no_uuid_as_we_write_it(toy: Engine, wrong: str) -> None:
    refused(toy, lambda: fire(toy, wrong or "-", "ask", "officer"), "id_invalid")
    refused(toy, lambda: open_toy(toy, command=wrong or "-"), "id_invalid")


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


@pytest.mark.parametrize("trigger", [BREACH, RETURNED, CANCELLED])
def test_what_only_the_worker_may_do_does_not_exist_for_a_person(toy: Engine, trigger: str) -> None:
    case = open_toy(toy).case
    clock_of(toy).advance(days=30)
    limit = limits_of(toy, case)[0]["id"]
    refused(toy, lambda: fire(toy, case, trigger, "officer", deadline=limit), "unknown_trigger")


def test_a_step_from_another_state(toy: Engine) -> None:
    case = asked(toy)
    (blocker,) = refused(toy, lambda: fire(toy, case, "ask", "officer", **ASKING), "wrong_state")
    assert blocker.params == {"trigger": "ask", "state": "asked", "sources": ("draft",)}


def test_a_closed_case_takes_no_more_steps(toy: Engine) -> None:
    case = asked(toy)
    assert fire(toy, case, "grant", "chair", number="1").applied
    for trigger in ("ask", "return_request", "grant", "remark"):
        refused(toy, lambda trigger=trigger: fire(toy, case, trigger, "chair", reason="vì"), "wrong_state")  # type: ignore[misc]


@pytest.mark.parametrize(
    "value", [2**53, 0.5, b"x", "\ud800", "a\0b", datetime(2026, 1, 1), Decimal("NaN"), {"ê": 1}, object()],  # noqa: DTZ001
    ids=repr,
)  # fmt: skip
def test_what_no_record_can_keep(toy: Engine, value: Any) -> None:
    case = open_toy(toy).case
    refused(toy, lambda: fire(toy, case, "remark", "officer", note=value), "value_unusable")
    refused(toy, lambda: open_toy(toy, what=value), "value_unusable")


@pytest.mark.parametrize("area", [None, "", "x", 7, "01906", "01906@2025-07-02", "99999@2025-07-01"])
def test_an_opening_where_no_area_is_in_force(toy: Engine, area: Any) -> None:
    refused(toy, lambda: open_toy(toy, place=area), ("area_invalid", "place"))


def test_an_opening_without_an_area_names_the_other_gaps_too(toy: Engine) -> None:
    """A blank form gets every reason at once, not the area first and the rest after it is mended."""
    outcome = open_toy(toy, place=None, what=None)
    assert codes(outcome) >= {("area_invalid", "place"), ("field_missing", "what")}


# ------------------------------------------------------------------ who


def test_a_person_without_the_function(toy: Engine) -> None:
    case = open_toy(toy).case
    for actor in ("chair", "lead", "admin", "nobody", SYSTEM):
        (blocker,) = refused(toy, lambda actor=actor: fire(toy, case, "ask", actor, **ASKING), "function")  # type: ignore[misc]
        assert blocker.params == {"functions": ("commune_officer",)}
    refused(toy, lambda: open_toy(toy, "chair"), "function")


def test_a_function_not_yet_or_no_longer_held(toy: Engine) -> None:
    hire(toy, "gone", "commune_officer", valid_to=date(2026, 11, 22))
    hire(toy, "coming", "commune_officer", valid_from=date(2026, 11, 24))
    hire(toy, "today", "commune_officer", valid_from=date(2026, 11, 23), valid_to=date(2026, 11, 23))
    for actor in ("gone", "coming"):
        refused(toy, lambda actor=actor: open_toy(toy, actor), "function")  # type: ignore[misc]
    assert open_toy(toy, "today").applied
    clock_of(toy).advance(days=1)
    assert open_toy(toy, "coming").applied
    refused(toy, lambda: open_toy(toy, "today"), "function")


def test_a_function_one_names_but_does_not_hold(toy: Engine) -> None:
    case = asked(toy)

    def grant(acting_as: str) -> Outcome:
        command = Command(
            id=str(uuid4()), case=case, trigger="grant", actor="chair", values={"number": "1"}, acting_as=acting_as
        )
        return toy.apply(command)

    refused(toy, lambda: grant("province_child_lead"), "function")
    refused(toy, lambda: grant("commune_officer"), "function")
    assert grant("commune_chair").applied


def test_a_person_of_another_commune(toy: Engine) -> None:
    case = asked(toy)
    for trigger, actor, values in (("remark", "other_officer", {"note": "x"}), ("grant", "other_chair", {"number": "1"})):
        refused(toy, lambda t=trigger, a=actor, v=values: fire(toy, case, t, a, **v), "scope")  # type: ignore[misc]
    refused(toy, lambda: open_toy(toy, place=CHO_RA), "scope")
    refused(toy, lambda: open_toy(toy, place=PROVINCE), "scope")
    assert fire(toy, case, "grant", "lead", number="1").applied  # the province covers its communes


# ------------------------------------------------------------------ four eyes


def test_who_submitted_does_not_decide_whatever_function_they_act_under(toy: Engine) -> None:
    hire(toy, "both", "commune_officer", "commune_chair")
    hire(toy, "both", "province_child_lead", agency="so_y_te", area=PROVINCE)
    case = asked(toy, "both")
    for acting_as in ("", "commune_chair", "province_child_lead"):
        command = Command(
            id=str(uuid4()), case=case, trigger="grant", actor="both", values={"number": "1"}, acting_as=acting_as
        )
        (blocker,) = refused(toy, lambda command=command: toy.apply(command), "four_eyes")  # type: ignore[misc]
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
        id=str(uuid4()), case=case, trigger=trigger, actor=actor, values=values, expected_version=version, reason="vì"
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


def test_without_a_version_nothing_is_stale(toy: Engine) -> None:
    case = open_toy(toy).case
    fire(toy, case, "remark", "second", note="một")
    assert fire(toy, case, "ask", "officer", **ASKING).applied


# ------------------------------------------------------------------ guard, join, reason, decision


def test_a_guard_that_is_false_and_one_that_is_unknown(toy: Engine) -> None:
    case = open_toy(toy, name=None).case
    (amount, name) = refused(toy, lambda: fire(toy, case, "ask", "officer", **ASKING | {"amount": 0}), "guard")
    assert (amount.params["condition"], name.params["condition"]) == (0, 1)
    found = refused(
        toy, lambda: fire(toy, case, "ask", "officer", urgency="low"), "guard", "guard_missing", ("field_missing", "amount")
    )
    assert next(each for each in found if each.code == "guard_missing").params["missing"] == ("amount",)


def test_an_open_track_stops_a_join_until_it_ends(wide: Engine) -> None:
    case = open_wide(wide, kind="a").case
    assert fire(wide, case, "assign", "officer", where="school").applied
    scene = wide.look(case, "officer")
    assert scene is not None
    refused(wide, lambda: fire(wide, case, "finish", "officer"), "join")
    (track,) = scene.seen.children
    assert fire(wide, track.id, "end", "teacher", result="tốt").state == "ended"
    assert fire(wide, case, "finish", "officer").state == "done"


def test_an_agency_that_cannot_serve_a_track(wide: Engine) -> None:
    case = open_wide(wide, kind="a").case
    refused(wide, lambda: fire(wide, case, "assign", "officer", where="cho_ra"), "agency")
    refused(wide, lambda: fire(wide, case, "assign", "officer", where="nowhere"), "agency")


def test_a_track_that_cannot_open_stops_its_parent_and_names_the_field_under_its_key(wide: Engine) -> None:
    case = open_wide(wide).case
    refused(wide, lambda: fire(wide, case, "assign", "officer", where="school"), ("field_missing", "help.kind"))


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_reason_that_is_required(toy: Engine, reason: str) -> None:
    case = asked(toy)
    refused(toy, lambda: fire(toy, case, "return_request", "chair", reason=reason), ("reason", "reason"))


def test_a_conclusion_unlike_the_rules_needs_a_reason(wide: Engine) -> None:
    case = open_wide(wide).case
    weighed: dict[str, Any] = {"weight": Decimal("20.5"), "day": date(2026, 3, 1), "confirmed": "light"}
    (blocker,) = refused(wide, lambda: fire(wide, case, "conclude", "officer", **weighed), ("decision_reason", "why"))
    assert blocker.params["proposed"] == "heavy"
    assert fire(wide, case, "conclude", "officer", **weighed, why="đã cân lại").applied
    assert row_of(wide, case).data["proposed"] == "heavy"
    assert fire(wide, case, "conclude", "officer", **weighed | {"confirmed": "heavy"}).applied


# ------------------------------------------------------------------ fields


FIELDS: list[tuple[str, Any, str]] = [
    ("short", 5, "field_type"),
    ("short", "sáu chữ", "field_length"),
    ("long", "x" * 10_001, "field_length"),
    ("long", "chuông \x07", "field_characters"),
    ("long", "e\u0302", "field_characters"),
    ("long", ("x",), "field_type"),
    ("count", True, "field_type"),
    ("count", "3", "field_type"),
    ("count", 0, "field_low"),
    ("count", 10, "field_high"),
    ("weight", 3, "field_type"),
    ("weight", Decimal("0.49"), "field_low"),
    ("weight", Decimal("150.01"), "field_high"),
    ("cost", Decimal(3), "field_type"),
    ("day", datetime(2026, 1, 1, tzinfo=UTC), "field_type"),
    ("day", "2026-01-01", "field_type"),
    ("day", date(2019, 12, 31), "field_low"),
    ("day", date(2026, 11, 24), "field_high"),
    ("moment", date(2026, 1, 1), "field_type"),
    ("moment", NOON + timedelta(microseconds=1), "field_high"),
    ("sure", 1, "field_type"),
    ("kind", "c", "field_option"),
    ("kind", "old", "field_option"),
    ("kind", ("a",), "field_type"),
    ("kinds", ("a", "c"), "field_option"),
    ("kinds", "a", "field_type"),
    ("who", 7, "field_type"),
    ("rows", "x", "field_type"),
    ("rows", ({},) * 201, "field_rows"),
    ("nothing", None, "field_unknown"),
    ("where", "school", "field_unknown"),  # a field of the case, but not of this form
]


@pytest.mark.parametrize(("name", "value", "code"), FIELDS, ids=lambda each: str(each)[:20])
def test_a_value_that_is_not_what_its_field_declares(wide: Engine, name: str, value: Any, code: str) -> None:
    case = open_wide(wide).case
    refused(wide, lambda: fire(wide, case, "fill", "officer", **{name: value}), (code, name))


def test_the_last_values_a_field_allows(wide: Engine) -> None:
    case = open_wide(wide).case
    allowed: dict[str, Any] = {
        "short": "x" * 5, "long": "x\n" * 5000, "count": 9, "weight": Decimal("0.5"), "cost": -(2**53) + 1,
        "day": date(2026, 11, 23), "moment": NOON, "sure": False, "kind": "b", "kinds": ("a", "b"), "who": "chair",
        "rows": ({"on": date(2026, 1, 1), "kind": "a"}, {"kind": None}),
    }  # fmt: skip
    assert fire(wide, case, "fill", "officer", **allowed).applied
    view = wide.view(case, "officer", "case page")
    assert view is not None
    assert {name: view.values[name] for name in allowed} == allowed


def test_a_wrong_cell_of_a_table_is_named_by_row_and_column(wide: Engine) -> None:
    case = open_wide(wide).case
    rows = ({"on": date(2026, 1, 1)}, {"on": date(2026, 12, 1), "kind": "z", "more": 1})
    expected = [("field_high", "rows.1.on"), ("field_option", "rows.1.kind"), ("field_unknown", "rows.1.more")]
    refused(wide, lambda: fire(wide, case, "fill", "officer", rows=rows), *expected)


@pytest.mark.parametrize("empty", [None, "", "  ", ()])
def test_a_required_field_left_empty(toy: Engine, empty: Any) -> None:
    case = asked(toy)
    refused(toy, lambda: fire(toy, case, "grant", "chair", number=empty), ("field_missing", "number"))


def test_what_the_case_already_holds_needs_not_be_typed_again(toy: Engine) -> None:
    case = asked(toy)
    fire(toy, case, "return_request", "chair", reason="Thiếu")
    assert fire(toy, case, "ask", "officer").applied


def test_a_row_is_always_filled_anew(wide: Engine) -> None:
    case = open_wide(wide).case
    assert fire(wide, case, "add_row", "officer", on=date(2026, 1, 1)).applied
    refused(wide, lambda: fire(wide, case, "add_row", "officer"), ("field_missing", "on"))


def test_a_field_required_when_something_is_true(wide: Engine) -> None:
    case = open_wide(wide).case
    assert fire(wide, case, "confirm", "officer").applied
    assert fire(wide, case, "fill", "officer", sure=True).applied
    refused(wide, lambda: fire(wide, case, "confirm", "officer"), ("field_missing", "short"))
    refused(wide, lambda: fire(wide, case, "add_row", "officer", on=date(2026, 1, 1)), ("field_missing", "kind"))


def test_a_step_without_a_form_takes_no_values(toy: Engine) -> None:
    case = asked(toy)
    refused(toy, lambda: fire(toy, case, "return_request", "chair", reason="vì", amount=1), ("field_unknown", "amount"))


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


# ------------------------------------------------------------------ ways that share a trigger


def test_the_first_of_several_ways_whose_guard_is_true_is_taken(wide: Engine) -> None:
    for kind, count, actor, state in (("a", 9, "chair", "light"), ("b", 1, "officer", "heavy")):
        case = open_wide(wide, kind=kind, count=count).case
        assert fire(wide, case, "sort", actor).state == state
    assert fire(wide, open_wide(wide).case, "pick", "officer", kind="b").state == "heavy"


def test_an_unknown_guard_stops_the_ways_below_it_and_names_what_is_missing(wide: Engine) -> None:
    case = open_wide(wide, count=9).case
    (blocker,) = refused(wide, lambda: fire(wide, case, "sort", "chair"), "guard_missing")
    assert (blocker.params["transition"], blocker.params["missing"]) == ("sort_light", ("kind",))


def test_when_no_guard_is_true_the_blockers_of_all_ways_are_given(wide: Engine) -> None:
    case = open_wide(wide).case
    fire(wide, case, "fill", "officer", sure=True)
    found = refused(wide, lambda: fire(wide, case, "pick", "officer", kind="c"), "guard", ("field_option", "kind"))
    assert [each.params["transition"] for each in found if each.code == "guard"] == ["pick_light", "pick_heavy"]


# ------------------------------------------------------------------ what `available` says


def _draft(toy: Engine) -> str:
    return open_toy(toy).case


def _nameless(toy: Engine) -> str:
    return open_toy(toy, name=None).case


def _asked(toy: Engine) -> str:
    return asked(toy, "both")


def _returned(toy: Engine) -> str:
    case = asked(toy, "both")
    fire(toy, case, "return_request", "chair", reason="Thiếu")
    return case


def _granted(toy: Engine) -> str:
    case = asked(toy, "both")
    fire(toy, case, "grant", "chair", number="1")
    return case


@pytest.mark.parametrize("actor", ["officer", "chair", "both", "other_officer", "lead", "admin", "nobody", SYSTEM])
@pytest.mark.parametrize(
    ("make", "triggers"),
    [
        (_draft, ["ask", "remark"]),
        (_nameless, ["ask", "remark"]),
        (_asked, ["return_request", "grant", "remark"]),
        (_returned, ["ask", "remark"]),
        (_granted, []),
    ],
)
def test_what_is_shown_is_what_is_accepted(
    toy: Engine, make: Callable[[Engine], str], triggers: list[str], actor: str
) -> None:
    hire(toy, "both", "commune_officer", "commune_chair")
    assert [each.trigger for each in check_law(toy, lambda: make(toy), actor)] == triggers


def test_a_way_says_what_its_form_still_lacks(toy: Engine) -> None:
    ways = {each.trigger: each for each in toy.available(_returned(toy_with_both(toy)), "officer")}
    assert (ways["ask"].status, ways["ask"].needs) == ("ready", ())  # amount and urgency are there already
    assert (ways["remark"].status, ways["remark"].needs) == ("needs", ("note",))
    ways = {each.trigger: each for each in toy.available(_asked(toy), "chair")}
    assert (ways["return_request"].status, ways["return_request"].needs) == ("needs", ("reason",))
    assert (ways["grant"].status, ways["grant"].needs) == ("needs", ("number",))


def toy_with_both(toy: Engine) -> Engine:
    hire(toy, "both", "commune_officer", "commune_chair")
    return toy


def test_asking_about_a_case_that_is_not_there_shows_no_way(toy: Engine) -> None:
    assert toy.available(str(uuid4()), "officer") == ()


@pytest.mark.parametrize("actor", ["officer", "chair", "lead"])
@pytest.mark.parametrize(("kind", "count"), [("a", 3), ("a", 9), ("b", 3), (None, 9), (None, None)])
def test_what_is_shown_is_what_is_accepted_where_ways_share_a_trigger(
    wide: Engine, kind: str | None, count: int | None, actor: str
) -> None:
    check_law(wide, lambda: open_wide(wide, kind=kind, count=count).case, actor)


def test_ways_of_the_system_are_not_shown_to_people(wide: Engine) -> None:
    shown = {each.trigger for each in wide.available(open_wide(wide).case, "officer")}
    assert shown & {"lapse", "touch"} == set()
    assert {"fill", "sort", "finish"} <= shown


def test_an_opening_is_no_way_out_of_a_case(toy: Engine) -> None:
    assert OPEN not in {each.trigger for each in toy.available(open_toy(toy).case, "officer")}


def test_the_areas_of_the_tests_are_what_they_say() -> None:
    assert len({BA_BE, CHO_RA, PROVINCE}) == 3
