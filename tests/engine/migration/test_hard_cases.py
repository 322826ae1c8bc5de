"""Cases that are hard to move, there and back: offered to another commune, or in an interlude."""

from __future__ import annotations

import re

import pytest

from engine import Engine
from engine.migration import HAND, STAY, PlanBroken, start
from tests.engine.evidence import clock_of, row_of
from tests.engine.migration.care import (
    CARE,
    MONITORING,
    away_from,
    back,
    limit,
    looked,
    open_care,
    planned,
    take,
    there,
)
from tests.engine.migration.moves import open_limits
from tests.engine.migration.test_back_and_forth import standing
from tests.engine.migration.test_running import looked_at
from tests.engine.roads import ROADS, open_road
from tests.engine.test_offers import listed, ways
from tests.support.world import BA_BE, CHO_RA, change

# ------------------------------------------------------------------ an offer that waits

MENDING = re.sub(
    r"(from: |to: |\[)open\b", r"\1mending", ROADS.replace("  open:\n    t", "  mending:\n    t")
)
RECEIVER = MENDING.replace("target", "receiver")  # and the field that says where it is offered to
HERE, OFFERED = {"officer", "second", "chair", "lead"}, {"other_officer", "other_chair"}


@pytest.mark.parametrize(
    ("step", "actor", "area", "owner"),
    [
        ("take", "other_officer", CHO_RA, "other_officer"),
        ("refuse", "other_officer", BA_BE, "officer"),
        ("withdraw", "second", BA_BE, "officer"),
    ],
)
def test_an_offer_that_waits_while_its_case_is_moved_is_answered_by_the_new_version(
    roads: Engine, step: str, actor: str, area: str, owner: str
) -> None:
    case = open_road(roads)
    take(roads, case, "offer", target=CHO_RA)
    change(roads, RECEIVER)
    migration = there(roads, "roads")
    assert (row_of(roads, case).state, row_of(roads, case).offered) == ("mending", CHO_RA)
    assert listed(roads, case) == HERE | OFFERED
    assert ways(roads, case, "other_officer") == {"take", "refuse"}
    take(roads, case, step, actor)
    row = row_of(roads, case)
    assert (row.area, row.owner, row.offered) == (area, owner, None)
    back(roads, migration)
    row = row_of(roads, case)
    assert (row.definition_number, row.state, row.area, row.owner) == (1, "open", area, owner)
    take(roads, case, "fill", owner, urgent=True)


def test_an_offer_waits_on_when_the_move_is_taken_back_and_is_answered_by_the_old_version(
    roads: Engine,
) -> None:
    case = open_road(roads)
    take(roads, case, "offer", target=CHO_RA)
    before = standing(roads, case)
    change(roads, RECEIVER)
    migration = there(roads, "roads")
    assert standing(roads, case) != before
    back(roads, migration)
    assert standing(roads, case) == before
    take(roads, case, "take", "other_officer")
    assert (row_of(roads, case).area, row_of(roads, case).offered) == (CHO_RA, None)


def test_a_case_is_offered_again_by_the_new_version_and_that_offer_waits_on_in_the_old_one(
    roads: Engine,
) -> None:
    case = open_road(roads)
    change(roads, RECEIVER)
    migration = there(roads, "roads")
    take(roads, case, "offer", receiver=CHO_RA)
    back(roads, migration)
    assert row_of(roads, case).data["target"] == row_of(roads, case).offered == CHO_RA
    take(roads, case, "refuse", "other_officer")


# ------------------------------------------------------------------ an interlude

WITHOUT = re.sub(r"  watching:\n(    .*\n)*|  watch: .*\n", "", CARE).replace("working, watching", "working")
FORGOTTEN = re.sub(
    r"  \w+_watching: .*\n", "", WITHOUT
)  # no state `watching`, and no way asks for what was before
VISIT = "    repeats: {visit: {title: {vi: Thăm, en: Visit}, every: 100 hours, done_by: [visit], escalate_to: commune_chair}}\n"
STATES = {each: each for each in ("working", "resting", "away", "done")}  # but `watching`
ASKING = WITHOUT.replace("to: watching", "to: resting").replace(
    '== "watching"', '== "resting"'
)  # one asks for another


@pytest.mark.parametrize(
    ("step", "actor"), [("accept", "other_officer"), ("decline", "other_officer"), ("withdraw", "officer")]
)
@pytest.mark.parametrize("state", ["watching", "working"])
def test_the_way_back_from_an_interlude_leads_to_the_new_name_of_the_state_it_interrupts(
    care: Engine, state: str, step: str, actor: str
) -> None:
    case = away_from(care, state)
    interrupted = limit(care, case, "conclude") or limit(care, case, "plan")
    change(care, MONITORING)
    clock_of(care).advance(hours=5)
    there(care)
    row, name = row_of(care, case), {"watching": "monitoring"}.get(state, state)
    assert (row.state, row.came_from) == ("away", name)
    assert take(care, case, step, actor).state == name
    assert interrupted is not None
    assert limit(care, case, interrupted["key"]) == interrupted | {"state": name}
    assert limit(care, case, "answer") is None


def test_a_move_in_an_interlude_is_taken_back_exactly_or_by_the_turned_plan(care: Engine) -> None:
    quiet, noted = away_from(care, "watching"), away_from(care, "watching")
    before = standing(care, quiet)
    change(care, MONITORING)
    migration = there(care)
    take(care, noted, "note", note="thêm")
    back(care, migration)
    assert standing(care, quiet) == before
    for case in (quiet, noted):
        assert row_of(care, case).came_from == "watching"
        assert take(care, case, "decline", "other_officer").state == "watching"
        assert limit(care, case, "conclude") is not None


def test_a_guess_about_a_state_in_which_no_case_stands_is_confirmed_if_a_case_came_from_it(
    care: Engine,
) -> None:
    away_from(care, "watching")
    change(care, MONITORING)
    migration = looked_at(care, planned(care, sure=False))
    with pytest.raises(PlanBroken) as broken:
        start(care, migration, str(migration.report_sha256), "admin", "quy định mới")
    assert (broken.value.code, broken.value.where) == ("plan_guess", "states.watching")


@pytest.mark.parametrize("goes", [HAND, STAY])
def test_a_case_is_not_moved_where_its_way_back_asks_for_a_state_that_is_gone_until_the_plan_says_which(
    care: Engine, goes: str
) -> None:
    """It would go back where nobody meant it to, or could be neither accepted nor declined nor withdrawn at all."""
    lost, fine = away_from(care, "watching"), away_from(care, "working")
    change(care, ASKING)
    found = looked(care, states={**STATES, "watching": goes})
    assert (found[lost].status, found[fine].status) == ("blocked", "planned")
    (told,) = found[lost].report["blockers"]
    assert told == {"code": "move_came_from", "params": {"name": "watching", "number": 2}}
    there(care, states={**STATES, "watching": "working"})
    for case in (lost, fine):
        assert take(care, case, "decline", "other_officer").state == "working"


def test_a_state_that_is_gone_is_no_hindrance_where_nobody_asks_for_it_and_is_known_again_afterwards(
    care: Engine,
) -> None:
    case = away_from(care, "watching")
    change(care, FORGOTTEN)
    migration = there(care, states={**STATES, "watching": HAND})
    assert limit(care, case, "conclude") is None
    take(care, case, "note", note="thêm")  # so it goes back by the turned plan
    back(care, migration)
    assert row_of(care, case).came_from == "watching"
    assert take(care, case, "decline", "other_officer").state == "watching"


def test_a_case_in_an_interlude_that_is_gone_stands_in_the_state_it_interrupted_with_the_limits_of_that(
    care: Engine,
) -> None:
    """`plan` was met before and is not asked again; of two limits of one name that become one, the interrupted runs on."""
    both = CARE.replace("    interlude: true\n", "    interlude: true\n" + VISIT)
    change(care, both)
    case = open_care(care)
    take(care, case, "plan")
    clock_of(care).advance(hours=30)
    take(care, case, "hand_over", target=CHO_RA)
    (runs,) = (
        each for each in open_limits(care, case) if (each["key"], each["state"]) == ("visit", "working")
    )
    before = standing(care, case)
    here = re.sub(r"  away:\n(    .*\n)*", "", both).replace(", away]", "]")
    change(care, here.replace("to: away", "to: same").replace("from: away", "from: working"))
    states = {**STATES, "watching": "watching", "away": "working"}
    migration = there(care, states=states)
    assert (row_of(care, case).state, limit(care, case, "visit")) == ("working", runs)
    assert {each["key"] for each in open_limits(care, case)} == {"visit", "whole"}
    back(care, migration)
    assert standing(care, case) == before
    migration = there(care, states=states)
    take(care, case, "accept", "other_officer")
    back(care, migration)
    assert (row_of(care, case).state, row_of(care, case).area) == ("working", CHO_RA)
