"""Lists: who finds which case, in what order, by what name; nobody finds what the scope does not reach."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update

from engine import Engine
from engine.listing import Listed
from engine.store import reference
from engine.store.lists import Filter
from engine.store.reach import LITTLE
from engine.store.rows import ActorRow, AreaRow
from engine.store.tables import deadline
from engine.worker.loop import Worker
from tests.engine.evidence import clock_of, limits_of, listing, row_of
from tests.engine.wide import SINCE, hire, open_wide
from tests.support.world import BA_BE, CHO_RA, PROVINCE, TOY, change, fire, open_toy, publish

SHOWING = TOY.replace(
    "subject: household", "subject: household\nshows: {name: name, about: [years], also: [what]}"
)
TRACK = (Path(__file__).parent / "wide_track.yaml").read_text("utf-8")
EVERYBODY = (
    "officer",
    "second",
    "chair",
    "other_officer",
    "other_chair",
    "lead",
    "admin",
    "teacher",
    "nobody",
)
ASKING: dict[str, Any] = {"amount": 1, "urgency": "high"}


@pytest.fixture
def engine(wide: Engine) -> Engine:
    """`wide`, and the toy with what heads its rows."""
    change(wide, SHOWING)
    return wide


def listed(engine: Engine, actor: str, **wanted: Any) -> list[str]:
    """The ids of the cases on the first page."""
    with listing(engine, actor) as lists:
        rows = [each.id for each in lists.page(Filter(**wanted), limit=100)]
        assert lists.count(Filter(**wanted)) == len(rows)
        return rows


def found(engine: Engine, actor: str, text: str) -> list[str]:
    """The names a search finds."""
    with listing(engine, actor) as lists:
        return [each.values["name"] for each in lists.search(text)]


def with_track(engine: Engine) -> tuple[str, str]:
    """A case of `wide` and its track at the school."""
    case = open_wide(engine, kind="a").case
    assert fire(engine, case, "assign", "officer", where="school").applied
    scene = engine.look(case, "officer")
    assert scene is not None
    return case, scene.seen.children[0].id


def put_many_communes(engine: Engine) -> None:
    """So that whoever answers for the province answers for many areas."""
    more = [
        AreaRow(
            id=f"{code}@2025-07-01", code=str(code), valid_from=SINCE, level="commune", name_vi=f"xã {code}",
            name_en=f"{code} commune", parent=PROVINCE,
        )
        for code in range(2000, 2000 + LITTLE)
    ]  # fmt: skip
    with engine.database.write() as connection:
        reference.put_areas(connection, more, [])


def move(engine: Engine, **duration: float) -> None:
    clock_of(engine).advance(**duration)


# ------------------------------------------------------------------ scope


def test_a_list_holds_the_cases_of_the_areas_a_person_answers_for(engine: Engine) -> None:
    here, there = open_toy(engine).case, open_toy(engine, "other_officer", place=CHO_RA).case
    reached = {each: set(listed(engine, each)) for each in EVERYBODY}
    assert reached == {
        "officer": {here}, "second": {here}, "chair": {here}, "other_officer": {there}, "other_chair": {there},
        "lead": {here, there}, "admin": set(), "teacher": set(), "nobody": set(),
    }  # fmt: skip


def test_who_answers_for_many_areas_finds_the_same_cases(engine: Engine) -> None:
    here, there = open_toy(engine).case, open_toy(engine, "other_officer", place=CHO_RA).case
    case, track = with_track(engine)
    hire(engine, "above", "commune_officer", area=PROVINCE)
    few = listed(engine, "above")
    put_many_communes(engine)
    assert set(few) == {here, there, case, track}
    assert listed(engine, "above") == few


def test_a_function_not_yet_or_no_longer_held_lists_nothing(engine: Engine) -> None:
    open_toy(engine)
    hire(engine, "gone", "commune_officer", valid_to=date(2026, 11, 22))
    hire(engine, "coming", "commune_officer", valid_from=date(2026, 11, 24))
    assert listed(engine, "gone") == listed(engine, "coming") == []
    move(engine, days=1)
    assert len(listed(engine, "coming")) == 1


def test_who_was_locked_out_lists_nothing(engine: Engine) -> None:
    open_toy(engine)
    locked = ActorRow(
        id="second", name="Hoàng Văn Thử", username="second", fs_uniquifier="second", active=False
    )
    with engine.database.write() as connection:
        reference.put_actors(connection, [locked])
    assert listed(engine, "second") == []


def test_an_agency_lists_its_tracks_and_not_the_cases_they_belong_to(engine: Engine) -> None:
    case, track = with_track(engine)
    assert listed(engine, "teacher") == [track]
    assert set(listed(engine, "officer")) == {case, track}
    assert listed(engine, "chair") == [case]  # no access to tracks
    assert listed(engine, "other_officer") == []


# ------------------------------------------------------------------ order and filters


def test_pages_give_every_case_once_and_the_newest_first(engine: Engine) -> None:
    opened = []
    for number in range(7):
        opened.append(open_toy(engine).case)
        move(engine, hours=number % 2)  # some at the same moment
    seen: list[str] = []
    after = None
    with listing(engine, "officer") as lists:
        while rows := lists.page(Filter(), limit=3, after=after):
            assert len(rows) <= 3
            seen += [each.id for each in rows]
            after = (rows[-1].opened_at, rows[-1].id)
    newest = sorted(opened, key=lambda case: (row_of(engine, case).opened_at, case), reverse=True)
    assert seen == newest


def test_filters_leave_what_fits(engine: Engine) -> None:
    draft, asked, granted, waiting = (open_toy(engine).case for _ in range(4))
    there = open_toy(engine, "other_officer", place=CHO_RA).case
    for case in (asked, granted):
        assert fire(engine, case, "ask", "officer", **ASKING).applied
    assert fire(engine, granted, "grant", "chair", number="1").applied
    ownerless = open_wide(engine).case
    assert fire(engine, ownerless, "fill", "officer").applied
    move(engine, hours=13)  # `asked` is late now
    late = clock_of(engine).now()

    def fits(**wanted: Any) -> set[str]:
        return set(listed(engine, "lead", **wanted))

    assert fits(definition="toy") == {draft, asked, granted, waiting, there} == fits()
    assert fits(definition="wide") == set()  # of which the lead sees nothing
    assert set(listed(engine, "chair", definition="wide")) == {ownerless}
    assert fits(states=["asked", "granted"]) == {asked, granted}
    assert fits(area=CHO_RA) == {there}
    assert fits(owner="other_officer") == {there}
    assert fits(ownerless=True) == set()
    assert fits(open=True) == {draft, asked, waiting, there}
    assert fits(open=False) == {granted}
    assert fits(late_at=late) == {asked}
    assert fits(ids=[draft, there]) == {draft, there}
    assert fits(ids=[]) == set()
    assert fits(area=BA_BE, states=["draft"], ids=[draft, asked]) == {draft}


def test_a_case_without_an_owner_is_found_as_such(engine: Engine) -> None:
    _, track = with_track(engine)
    assert listed(engine, "teacher", ownerless=True) == [track]
    assert fire(engine, track, "end", "teacher", result="tốt").applied
    assert listed(engine, "teacher", ownerless=True) == []
    assert listed(engine, "teacher", owner="teacher") == [track]


def test_the_grid_counts_open_cases_and_the_late_ones_among_them(engine: Engine) -> None:
    for actor, place in (("officer", BA_BE), ("officer", BA_BE), ("other_officer", CHO_RA)):
        assert fire(engine, open_toy(engine, actor, place=place).case, "ask", actor, **ASKING).applied
    move(engine, hours=13)
    open_toy(engine)
    for actor, cells in (
        ("lead", {("officer", BA_BE, "asked", 2, 2), ("officer", BA_BE, "draft", 1, 0), ("other_officer", CHO_RA, "asked", 1, 1)}),
        ("other_chair", {("other_officer", CHO_RA, "asked", 1, 1)}),
        ("nobody", set()),
    ):  # fmt: skip
        with listing(engine, actor) as lists:
            assert {tuple(each) for each in lists.grid("toy")} == cells


def test_the_median_stay_is_that_of_open_cases_in_the_middle_of_each_state(engine: Engine) -> None:
    for days in (1, 2, 4):  # at the end the oldest is there for 7 days, the next for 6, the newest for 4
        open_toy(engine)
        move(engine, days=days)
    there = open_toy(engine, "other_officer", place=CHO_RA).case
    move(engine, days=2)
    assert fire(engine, open_toy(engine).case, "ask", "officer", **ASKING).applied
    move(engine, days=1)
    for actor, area, stays in (
        ("officer", "", {"draft": 9, "asked": 1}),
        ("lead", "", {"draft": 8, "asked": 1}),  # between the two in the middle, of 9 and 7 days
        ("lead", CHO_RA, {"draft": 3}),
        ("nobody", "", {}),
    ):
        with listing(engine, actor) as lists:
            found = {state: spent / timedelta(days=1) for state, spent in lists.stays("toy", area).items()}
            assert found == stays
    assert fire(engine, there, "ask", "other_officer", **ASKING).applied
    assert fire(engine, there, "grant", "other_chair", number="12").applied
    with listing(engine, "other_officer") as lists:
        assert lists.stays("toy") == {}  # what is closed waits no more
        assert lists.stays("wide") == {}


def test_tasks_are_the_open_limits_the_earliest_first(engine: Engine) -> None:
    draft, asked, gone = (open_toy(engine).case for _ in range(3))
    there = open_toy(engine, "other_officer", place=CHO_RA).case
    for case in (asked, gone):
        assert fire(engine, case, "ask", "officer", **ASKING).applied
    assert fire(engine, gone, "grant", "chair", number="1").applied
    with listing(engine, "officer") as lists:
        tasks = lists.tasks({"commune_officer"}, limit=10)
        assert [(case.id, task.key) for case, task in tasks] == [(asked, "decide"), (draft, "ask")]
        assert lists.tasks({"commune_officer"}, limit=1) == tasks[:1]
    hands = {"commune_officer", "commune_chair"}
    with listing(engine, "lead") as lists:
        all_tasks = lists.tasks(hands, limit=10)
        assert {case.id for case, _ in all_tasks} == {draft, asked, there}
    put_many_communes(engine)
    with listing(engine, "lead") as lists:
        assert lists.reach.is_wide()
        for number in (1, 2, 10):
            assert [case.id for case, _ in lists.tasks(hands, limit=number)] == [
                case.id for case, _ in all_tasks[:number]
            ]
    assert limits_of(engine, asked)[-1]["due_at"] == tasks[0][1].due_at


def test_where_a_person_has_nothing_to_do_only_own_cases_give_tasks(engine: Engine) -> None:
    draft, asked = (open_toy(engine).case for _ in range(2))
    assert fire(engine, asked, "ask", "officer", **ASKING).applied
    with listing(engine, "chair") as lists:
        assert [case.id for case, _ in lists.tasks({"commune_chair"}, limit=10)] == [asked]
    with listing(engine, "officer") as lists:
        both = {case.id for case, _ in lists.tasks({"commune_officer"}, limit=10)}
        assert both == {draft, asked}  # waits for the chairman, and is the officer's own


def test_late_cases_are_the_same_before_and_after_the_worker_found_them(engine: Engine) -> None:
    asked, draft = (open_toy(engine).case for _ in range(2))
    assert fire(engine, asked, "ask", "officer", **ASKING).applied
    clock_of(engine).advance(days=40)

    def late() -> tuple[list[str], int]:
        with listing(engine, "lead") as lists:
            wanted = Filter(late_at=lists.now)
            rows = lists.page(wanted, limit=10)
            assert lists.count(wanted) == len(rows)
            return [row.id for row in rows], lists.count(wanted, most=1)

    before = late()
    assert set(before[0]) == {asked, draft}
    assert before[1] == 1
    Worker(engine).turn()
    assert late() == before


@pytest.mark.parametrize("many", [False, True], ids=["few areas", "many areas"])
def test_pages_of_late_cases_give_each_once_and_the_longest_late_first(engine: Engine, many: bool) -> None:
    late = []
    for number in range(7):
        late.append(open_toy(engine).case)
        move(engine, hours=number % 2)  # some late since the same moment
    move(engine, days=40)
    now = clock_of(engine).now()
    with engine.database.write() as connection:
        (row,) = connection.execute(select(deadline).where(deadline.c.case_id == late[1])).all()
        for due_at in (row.due_at, now - timedelta(hours=1)):  # more limits of one case
            another = row._asdict() | {"id": str(uuid4()), "due_at": due_at}
            connection.execute(insert(deadline).values(another))
        known = deadline.c.case_id.in_([late[0], late[1], late[4]])  # some limits are known to be overrun
        connection.execute(update(deadline).where(known).values(breached_at=now))
    open_toy(engine)
    if many:
        put_many_communes(engine)
    seen: list[str] = []
    after = None
    with listing(engine, "lead") as lists:
        wanted = Filter(late_at=lists.now)
        assert lists.reach.is_wide("toy") == many
        while rows := lists.page(wanted, limit=2, after=after):
            seen += [each.id for each in rows]
            after = wanted.key(rows[-1])
        assert lists.count(wanted) == len(seen)
    assert seen == sorted(late, key=lambda case: (row_of(engine, case).next_due, case))


# ------------------------------------------------------------------ names and numbers


def test_trap_16_a_name_is_found_without_its_tones_and_the_exact_one_comes_first(engine: Engine) -> None:
    for name in ("Triệu Văn Đực", "Triệu Thị Đức", "Lò Văn Thử", None):
        assert open_toy(engine, name=name).applied
    assert set(found(engine, "officer", "duc")) == {"Triệu Thị Đức", "Triệu Văn Đực"}
    for exact in ("Triệu Thị Đức", "Triệu Văn Đực"):
        assert found(engine, "officer", exact.split()[-1])[0] == exact
    assert found(engine, "officer", " trieu  duc ") == found(engine, "officer", "duc trieu") != []
    assert found(engine, "officer", "Thị Lò") == []  # each is there, on no case both


def test_a_search_finds_only_what_the_searcher_may_list(engine: Engine) -> None:
    open_toy(engine)
    for actor in ("other_officer", "teacher", "admin", "nobody"):
        assert found(engine, actor, "Đức") == []
    assert found(engine, "lead", "Đức") == ["Triệu Thị Đức"]


@pytest.mark.parametrize("text", ["", "  ", "…", "%", "không ai"])
def test_a_search_for_nothing_finds_nothing(engine: Engine, text: str) -> None:
    open_toy(engine)
    assert found(engine, "officer", text) == []


def test_a_number_is_found_by_its_beginning(engine: Engine) -> None:
    first, second = open_toy(engine).case, open_toy(engine).case
    open_toy(engine, "other_officer", place=CHO_RA)
    for text, ids in (
        ("01906-2026-00002", [second]), (" 01906", [first, second]), ("01882", []), ("019", [first, second]), ("0190_", []),
    ):  # fmt: skip
        with listing(engine, "officer") as lists:
            assert [each.case.id for each in lists.search(text)] == ids


# ------------------------------------------------------------------ what a row shows


def shown(engine: Engine, actor: str, case: str) -> Listed:
    with listing(engine, actor) as lists:
        (row,) = lists.page(Filter(ids=[case]), limit=1)
        return lists.shown([row])[0]


def test_a_row_shows_what_its_workflow_says_sealed_and_computed_values_too(engine: Engine) -> None:
    case = open_toy(engine).case
    row = shown(engine, "chair", case)
    assert row.values == {"name": "Triệu Thị Đức", "years": 14, "born": date(2012, 3, 1), "what": "sách vở"}
    assert (row.case.id, row.workflow.definition.id) == (case, "toy")
    unnamed = shown(engine, "chair", open_toy(engine, name=None, born=None).case)
    assert unnamed.values == {"what": "sách vở", "years": None}


def test_a_row_shows_no_field_its_reader_may_not_read(engine: Engine) -> None:
    with engine.database.write() as connection:
        publish(connection, TRACK.replace("access:", "shows: {also: [kind, result]}\naccess:"))
    engine.library.refresh()
    _, track = with_track(engine)
    assert fire(engine, track, "end", "teacher", result="tốt").applied
    assert shown(engine, "teacher", track).values == {"kind": "a", "result": "tốt"}
    seen = shown(engine, "officer", track)
    assert (seen.values, seen.readable) == ({"kind": "a"}, frozenset({"kind"}))


def test_what_a_function_may_read_in_one_commune_it_may_not_read_in_another(engine: Engine) -> None:
    with engine.database.write() as connection:
        publish(
            connection, SHOWING.replace('commune_chair: "*"', 'commune_chair: "*"\n  collaborator: [what]')
        )
    engine.library.refresh()
    hire(engine, "two", "commune_chair")
    hire(engine, "two", "collaborator", agency="cho_ra", area=CHO_RA)
    here, there = open_toy(engine).case, open_toy(engine, "other_officer", place=CHO_RA).case
    assert shown(engine, "two", here).values["name"] == "Triệu Thị Đức"
    assert shown(engine, "two", there).values == {"what": "sách vở"}


def test_a_row_knows_its_next_limit_with_its_unit_and_its_warning(engine: Engine) -> None:
    case = open_toy(engine).case
    draft = limits_of(engine, case)[0]
    assert shown(engine, "chair", case).next == (draft["due_at"], "working_days", None)
    assert fire(engine, case, "ask", "officer", amount=1, urgency="high").applied
    asked = limits_of(engine, case)[-1]
    assert asked["warn_at"]
    assert shown(engine, "chair", case).next == (asked["due_at"], "hours", asked["warn_at"])


def test_a_list_of_nothing_opens_nothing(engine: Engine) -> None:
    with listing(engine, "officer") as lists:
        assert lists.shown([]) == []
