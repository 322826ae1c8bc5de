"""A case offered to another commune, on `roads`: who sees it meanwhile, who may take it over, and what it brings along."""

from __future__ import annotations

import pytest

from engine import Engine
from engine.listing import Listing
from engine.store import reference
from engine.store.lists import Filter
from engine.store.reach import LITTLE
from engine.store.rows import AgencyRow, AreaRow
from tests.engine.evidence import assert_whole, refused, row_of
from tests.engine.roads import ELSEWHERE, SINCE, known, open_road, republish, take
from tests.engine.test_listing import TRACK
from tests.engine.wide import hire
from tests.engine.worker.story import notices, turn
from tests.support.world import BA_BE, CHO_RA, fire, publish

SEES = ("officer", "second", "chair", "lead", "other_officer", "other_chair", "third_officer")
HELP = (  # what is put in before what
    ("  finish: {", "  help: {title: {vi: Nhờ, en: Ask}, from: open, to: same, by: [commune_officer], form: helping, do: [{open_subcase: help}]}\n"),
    ("  reopening: {", "  helping: {title: {vi: Nhờ, en: Help}, fields: {where: required}}\n"),
    ("  fact: {", "  where: {type: agency, title: {vi: Nơi, en: Agency}, holder: school, open: true}\n"),
    ("  what: {type", "  kind: {type: choice, title: {vi: Loại, en: Kind}, options: {a: {vi: A, en: A}}, open: true}\n"),
    ("visits: optional}}", "kind: optional, "),
    (
        "transitions:\n",
        "subcases: {help: {definition: wide_track, title: {vi: Giúp, en: Help}, code: HT, holder: school, gives: [kind], returns: {result: text}}}\n",
    ),
)  # fmt: skip


def offered(roads: Engine, target: str = CHO_RA) -> str:
    """A case of Ba Bể's officer offered to another commune."""
    case = open_road(roads)
    take(roads, case, "offer", target=target)
    return case


def listed(roads: Engine, case: str) -> set[str]:
    """Who finds the case in a list, and by its number."""
    found = set()
    for actor in SEES:
        with roads.database.read() as connection:
            lists = Listing(roads, connection, actor)
            by_list = case in {each.id for each in lists.page(Filter(), limit=100)}
            assert by_list == (case in {each.case.id for each in lists.search(row_of(roads, case).reference)})
            assert by_list == bool(lists.count(Filter()))
        found |= {actor} if by_list else set()
        assert by_list == bool(known(roads, case, actor)), actor
    return found


def ways(roads: Engine, case: str, actor: str) -> set[str]:
    """The ways that are open to a person."""
    return {each.trigger for each in roads.available(case, actor) if each.status != "blocked"}


# ------------------------------------------------------------------ while it is offered


def test_sender_and_receiver_see_it_and_a_third_commune_does_not(roads: Engine) -> None:
    case = open_road(roads)
    here = {"officer", "second", "chair", "lead"}
    assert listed(roads, case) == here
    take(roads, case, "offer", target=CHO_RA)
    assert listed(roads, case) == here | {"other_officer", "other_chair"}
    assert (row_of(roads, case).area, row_of(roads, case).owner) == (BA_BE, "officer")
    assert_whole(roads, case)


def test_only_the_receiver_may_take_it_over_and_may_do_nothing_else(roads: Engine) -> None:
    case = offered(roads)
    assert ways(roads, case, "other_officer") == {"take", "refuse"}
    assert {"take", "refuse"} & ways(roads, case, "officer") == set()
    for step in ("take", "refuse"):
        for actor in ("officer", "second", "third_officer"):
            (told,) = refused(roads, lambda step=step, actor=actor: fire(roads, case, step, actor), "scope")  # type: ignore[misc]
            assert told.params["at"] == "offered"  # else it would say that the case is not theirs
        refused(roads, lambda step=step: fire(roads, case, step, "other_chair"), "function")  # type: ignore[misc]
    for step in ("fill", "withdraw", "forget_other", "finish", "split"):
        refused(roads, lambda step=step: fire(roads, case, step, "other_officer"), "scope")  # type: ignore[misc]


def test_nobody_takes_over_what_is_not_offered(roads: Engine) -> None:
    case = open_road(roads)
    for actor in ("officer", "other_officer"):
        refused(roads, lambda actor=actor: fire(roads, case, "take", actor), "scope")  # type: ignore[misc]


@pytest.mark.parametrize("target", ["99999@2025-07-01", "01906"])
def test_a_case_is_offered_to_an_area_that_is_there(roads: Engine, target: str) -> None:
    case = open_road(roads)
    refused(roads, lambda: fire(roads, case, "offer", "officer", target=target), ("field_option", "target"))


def test_those_it_is_offered_to_are_told(roads: Engine) -> None:
    offered(roads)
    turn(roads)
    assert [(each.actor, each.kind) for each in notices(roads)] == [("other_officer", "notify")]


def test_whoever_answers_for_much_finds_what_is_offered_there(roads: Engine) -> None:
    away = AreaRow(
        id="20@2025-07-01", code="20", valid_from=SINCE, level="province", name_vi="Tỉnh", name_en="Far"
    )
    more = [
        AreaRow(
            id=f"{code}@2025-07-01", code=str(code), valid_from=SINCE, level="commune", name_vi=f"xã {code}",
            name_en=f"{code} commune", parent=away.id,
        )
        for code in range(2000, 2000 + LITTLE)
    ]  # fmt: skip
    with roads.database.write() as connection:
        reference.put_areas(connection, [away, *more], [])
    hire(roads, "far_lead", "province_child_lead", area=away.id)
    case = offered(roads, "2000@2025-07-01")
    with roads.database.read() as connection:
        lists = Listing(roads, connection, "far_lead")
        assert [each.id for each in lists.page(Filter(), limit=100)] == [case]
        assert lists.count(Filter()) == 1
    take(roads, case, "withdraw")
    with roads.database.read() as connection:
        assert Listing(roads, connection, "far_lead").page(Filter(), limit=100) == []


# ------------------------------------------------------------------ how it ends


def test_who_accepts_it_owns_it_and_the_sender_is_out(roads: Engine) -> None:
    case = offered(roads)
    number = row_of(roads, case).reference
    take(roads, case, "take", "other_officer")
    row = row_of(roads, case)
    assert (row.area, row.owner, row.offered, row.reference) == (CHO_RA, "other_officer", None, number)
    assert listed(roads, case) == {"lead", "other_officer", "other_chair"}
    refused(roads, lambda: fire(roads, case, "fill", "officer"), "scope")
    refused(roads, lambda: fire(roads, case, "take", "other_officer"), "scope")
    take(roads, case, "fill", "other_officer", urgent=True)
    assert_whole(roads, case)


@pytest.mark.parametrize(("step", "actor"), [("refuse", "other_officer"), ("withdraw", "second")])
def test_declined_or_withdrawn_it_stays_where_it_was(roads: Engine, step: str, actor: str) -> None:
    case = offered(roads)
    take(roads, case, step, actor)
    row = row_of(roads, case)
    assert (row.area, row.owner, row.offered) == (BA_BE, "officer", None)
    assert listed(roads, case) == {"officer", "second", "chair", "lead"}
    refused(roads, lambda: fire(roads, case, "take", "other_officer"), "scope")
    assert_whole(roads, case)


def test_an_offer_made_again_goes_to_the_newer_place_alone(roads: Engine) -> None:
    case = offered(roads)
    take(roads, case, "offer", "second", target=ELSEWHERE)
    assert listed(roads, case) == {"officer", "second", "chair", "lead", "third_officer"}
    take(roads, case, "take", "third_officer")
    assert (row_of(roads, case).area, row_of(roads, case).owner) == (ELSEWHERE, "third_officer")
    assert_whole(roads, case)


def test_a_case_that_ends_is_offered_to_nobody(roads: Engine) -> None:
    case = offered(roads)
    take(roads, case, "finish")
    assert row_of(roads, case).offered is None
    assert listed(roads, case) == {"officer", "second", "chair", "lead"}
    assert_whole(roads, case)


# ------------------------------------------------------------------ owner by name


def test_trap_09_a_named_person_becomes_the_owner_and_the_timeline_says_so(roads: Engine) -> None:
    case = open_road(roads)
    take(roads, case, "assign", "chair", keeper="second")
    assert row_of(roads, case).owner == "second"
    (said,) = (each for each in roads.timeline(case) if each.transition == "assign")
    assert (said.args["owner"], said.actor) == ("second", "chair")
    take(roads, case, "offer", target=CHO_RA)
    take(roads, case, "take", "other_officer")
    assert [each.args.get("owner") for each in roads.timeline(case)] == [
        "officer",
        "second",
        None,
        "other_officer",
    ]
    assert_whole(roads, case)


def test_only_a_holder_for_this_place_can_be_named_as_owner(roads: Engine) -> None:
    case = open_road(roads)
    for keeper in ("other_officer", "chair", "nobody"):
        refused(
            roads,
            lambda keeper=keeper: fire(roads, case, "assign", "chair", keeper=keeper),  # type: ignore[misc]
            ("field_option", "keeper"),
        )


# ------------------------------------------------------------------ its tracks


def with_track(roads: Engine) -> tuple[str, str]:
    """A case of Ba Bể and its track at a school there."""
    with roads.database.write() as connection:
        publish(connection, TRACK)
        school = AgencyRow(id="school", name_vi="Trường", name_en="School", area=BA_BE, valid_from=SINCE)
        reference.put_agencies(connection, [school])
    hire(roads, "teacher", "school", agency="school")
    republish(roads, *((before, new + before) for before, new in HELP))
    case = open_road(roads, kind="a")
    take(roads, case, "help", where="school")
    scene = roads.look(case, "officer")
    assert scene is not None
    return case, scene.seen.children[0].id


def test_tracks_stay_with_their_agency_and_the_new_commune_sees_them_through_the_case(roads: Engine) -> None:
    case, track = with_track(roads)
    take(roads, case, "offer", target=CHO_RA)
    assert known(roads, track, "other_officer") == {}  # offered is the case, not yet its tracks
    take(roads, case, "take", "other_officer")
    row = row_of(roads, track)
    assert (row.agency, row.area) == ("school", BA_BE)
    assert known(roads, track, "other_officer")["kind"] == "a"
    assert known(roads, track, "officer") == {}
    with roads.database.read() as connection:
        seen = {
            actor: track in {each.id for each in Listing(roads, connection, actor).page(Filter(), limit=100)}
            for actor in ("officer", "other_officer", "teacher", "third_officer")
        }
    assert seen == {"officer": False, "other_officer": True, "teacher": True, "third_officer": False}
    take(roads, track, "end", "teacher", result="tốt")
    turn(roads)
    assert known(roads, case, "other_officer")["help.result"] == "tốt"
    assert_whole(roads, case)
    assert_whole(roads, track)
