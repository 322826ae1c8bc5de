"""What `available` says and `apply` does are one law; and which of several ways a shared trigger takes (semantics.md §2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from engine import Engine
from engine.commands import OPEN, SYSTEM
from tests.engine.available_law import check_law
from tests.engine.evidence import refused
from tests.engine.wide import hire, open_wide
from tests.support.world import fire, open_toy

ASKING: dict[str, Any] = {"amount": 1_500_000, "urgency": "high"}


def asked(toy: Engine, actor: str) -> str:
    case = open_toy(toy).case
    assert fire(toy, case, "ask", actor, **ASKING).applied
    return case


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
    found = refused(
        wide, lambda: fire(wide, case, "pick", "officer", kind="c"), "guard", ("field_option", "kind")
    )
    assert [each.params["transition"] for each in found if each.code == "guard"] == [
        "pick_light",
        "pick_heavy",
    ]


# ------------------------------------------------------------------ what `available` says


def test_of_ways_that_share_a_trigger_only_the_one_that_would_be_taken_says_who_may(wide: Engine) -> None:
    case = open_wide(wide, kind="b").case
    (shown,) = (each for each in wide.available(case, "chair") if each.trigger == "sort")
    assert [(each.code, each.params) for each in shown.blockers] == [
        ("function", {"functions": ("commune_officer",)})
    ]
    assert refused(wide, lambda: fire(wide, case, "sort", "chair"), "function") == shown.blockers


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


@pytest.mark.parametrize(
    ("make", "triggers"),
    [
        (_draft, ["ask", "remark"]),
        (_nameless, ["ask", "remark"]),
        (_asked, ["return_request", "grant", "remark"]),
        (_returned, ["ask", "remark"]),
        (_granted, ["reopen"]),
    ],
)
def test_what_is_shown_is_what_is_accepted(
    toy: Engine, make: Callable[[Engine], str], triggers: list[str]
) -> None:
    hire(toy, "both", "commune_officer", "commune_chair")
    for actor in ("officer", "chair", "both", "other_officer", "lead", "admin", "nobody", SYSTEM):
        assert [each.trigger for each in check_law(toy, lambda: make(toy), actor)] == triggers


def test_a_way_says_what_its_form_still_lacks(toy: Engine) -> None:
    hire(toy, "both", "commune_officer", "commune_chair")
    ways = {each.trigger: each for each in toy.available(_returned(toy), "officer")}
    assert (ways["ask"].status, ways["ask"].needs) == ("ready", ())  # amount and urgency are there already
    assert (ways["remark"].status, ways["remark"].needs) == ("needs", ("note",))
    ways = {each.trigger: each for each in toy.available(_asked(toy), "chair")}
    assert (ways["return_request"].status, ways["return_request"].needs) == ("needs", ("reason",))
    assert (ways["grant"].status, ways["grant"].needs) == ("needs", ("number",))


def test_asking_about_a_case_that_is_not_there_shows_no_way(toy: Engine) -> None:
    assert toy.available(str(uuid4()), "officer") == ()


@pytest.mark.parametrize(("kind", "count"), [("a", 3), ("a", 9), ("b", 3), (None, 9), (None, None)])
def test_what_is_shown_is_what_is_accepted_where_ways_share_a_trigger(
    wide: Engine, kind: str | None, count: int | None
) -> None:
    for actor in ("officer", "chair", "lead"):
        check_law(wide, lambda: open_wide(wide, kind=kind, count=count).case, actor, ("sort", "pick"))


def test_what_is_shown_is_what_is_accepted_on_a_workflow_with_everything(wide: Engine) -> None:
    for actor in ("officer", "chair"):
        check_law(wide, lambda: open_wide(wide, kind="a").case, actor)


def test_a_way_that_opens_a_track_is_not_shown_as_open_while_the_case_lacks_what_the_track_needs(
    wide: Engine,
) -> None:
    check_law(wide, lambda: open_wide(wide, kind=None).case, "officer", ("assign",))


def test_ways_of_the_system_are_not_shown_to_people(wide: Engine) -> None:
    shown = {each.trigger for each in wide.available(open_wide(wide).case, "officer")}
    assert shown & {"lapse", "touch"} == set()
    assert {"fill", "sort", "finish"} <= shown


def test_an_opening_is_no_way_out_of_a_case(toy: Engine) -> None:
    assert OPEN not in {each.trigger for each in toy.available(open_toy(toy).case, "officer")}


def test_trap_24_saving_is_lenient_and_concluding_strict_over_one_list_of_what_lacks(wide: Engine) -> None:
    case = open_wide(wide).case

    def lacks() -> tuple[str, ...]:
        (way,) = (each for each in wide.available(case, "officer") if each.trigger == "conclude")
        refusal = fire(wide, case, "conclude", "officer").blockers
        assert way.needs == tuple(each.field for each in refusal if each.code == "field_missing")
        return way.needs

    assert lacks() == ("weight", "day", "confirmed")
    assert fire(wide, case, "fill", "officer", weight=Decimal(20)).applied
    assert lacks() == ("day", "confirmed")
    assert fire(wide, case, "fill", "officer", day=date(2026, 3, 1)).applied
    assert lacks() == ("confirmed",)
    assert fire(wide, case, "conclude", "officer", confirmed="heavy").applied
