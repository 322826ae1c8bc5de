"""A migration from the dry run to its end and back: the report, its hash, kills in the middle, cases that changed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from engine import Engine
from engine.migration import (
    HAND,
    STAY,
    Plan,
    PlanBroken,
    advance,
    change,
    confirmed,
    create,
    look,
    plan_between,
    revert,
    running,
    start,
)
from engine.store import drafts, moves
from engine.store.changing import migration_case
from engine.store.moves import MigrationRow, MovedRow
from engine.worker import Worker
from tests.engine.evidence import assert_whole, clock_of, row_of, snapshot
from tests.engine.migration.moves import asked_case, open_limits, version
from tests.engine.test_moving import NEW_LIMIT, RENAMED, known
from tests.support.world import fire, open_toy


def planned(engine: Engine, **changes: Any) -> MigrationRow:
    """A migration of the toy from version 1 to the newest."""
    old, new = engine.library.workflow("toy", 1), engine.library.newest("toy")
    assert new is not None
    plan = plan_between(old.definition, new.definition, 1, new.number)
    return create(engine, confirmed(plan, **changes), "admin")


def again(engine: Engine, migration: MigrationRow) -> MigrationRow:
    with engine.database.read() as connection:
        found = moves.get(connection, migration.id)
    assert found is not None
    return found


def carried_on(engine: Engine, migration: MigrationRow) -> MigrationRow:
    """Until nothing is left to look at, or to move."""
    while advance(engine, migration.id, 2):
        pass
    return again(engine, migration)


def looked_at(engine: Engine, migration: MigrationRow) -> MigrationRow:
    look(engine, again(engine, migration), "admin")
    return carried_on(engine, migration)


def begun(engine: Engine, migration: MigrationRow) -> MigrationRow:
    found = looked_at(engine, migration)
    assert found.report_sha256 is not None
    start(engine, found, found.report_sha256, "admin", "quy định mới")
    return again(engine, migration)


def rows(engine: Engine, migration: MigrationRow) -> dict[str, MovedRow]:
    with engine.database.read() as connection:
        return {each.case_id: each for each in moves.report(connection, migration.id)}


def code_of(do: Callable[[], Any]) -> str:
    with pytest.raises(PlanBroken) as broken:
        do()
    return broken.value.code


def status(engine: Engine, migration: MigrationRow) -> list[str]:
    return sorted(each.status for each in rows(engine, migration).values())


def test_a_dry_run_tells_every_case_and_changes_none(toy: Engine) -> None:
    asked, draft = asked_case(toy), open_toy(toy).case
    closed = asked_case(toy)
    assert fire(toy, closed, "grant", "chair", number="1").applied
    version(toy, *RENAMED, NEW_LIMIT)
    before = snapshot(toy.database)
    migration = looked_at(toy, planned(toy))
    assert snapshot(toy.database) == before
    found = rows(toy, migration)
    assert {id: (each.status, each.state, each.target) for id, each in found.items()} == {
        asked: ("planned", "asked", "submitted"), draft: ("planned", "draft", "draft"),
    }  # fmt: skip
    assert [key for key, _ in found[asked].report["limits"]["made"]] == ["visit"]
    assert (migration.status, bool(migration.report_sha256)) == ("reported", True)


def test_the_report_says_which_functions_gain_and_lose_which_steps_and_why(toy: Engine) -> None:
    case = asked_case(toy)
    version(
        toy,
        ("    by: [commune_chair, province_child_lead]\n", "    by: [province_child_lead]\n"),
        ("    form: granting\n", "    form: granting\n    when: amount >= 5000\n"),
        ("  return_request:", "  hold_on:\n    title: {vi: Giữ, en: Hold}\n    from: asked\n    to: draft\n    by: [commune_chair]\n  return_request:"),
    )  # fmt: skip
    report = rows(toy, looked_at(toy, planned(toy)))[case].report
    assert report["gained"] == {"commune_chair": ["hold_on"]}
    assert report["lost"] == {"commune_chair": ["grant"], "province_child_lead": ["grant"]}
    assert [each["code"] for each in report["closed"]["grant"]] == ["guard"]


def test_a_migration_moves_every_case_and_back_they_are_as_they_were(toy: Engine) -> None:
    cases = [asked_case(toy), open_toy(toy).case, asked_case(toy)]
    to = version(toy, *RENAMED, NEW_LIMIT)
    before = {case: (row_of(toy, case), known(toy, case), open_limits(toy, case)) for case in cases}
    clock_of(toy).advance(hours=1)
    migration = carried_on(toy, begun(toy, planned(toy, sure=["states.asked"])))
    assert (migration.status, status(toy, migration)) == ("done", ["migrated"] * 3)
    for case in cases:
        assert row_of(toy, case).definition_number == to
        assert_whole(toy, case)
        view = toy.view(case, "lead", "test")
        assert view is not None and view.reasons[view.story[-1].seq] == "quy định mới"
    clock_of(toy).advance(hours=1)
    back = carried_on(toy, begun(toy, revert(toy, migration, "admin")))
    assert (back.status, back.reverts, status(toy, back)) == ("done", migration.id, ["migrated"] * 3)
    for case, (row, held, limits) in before.items():
        assert row_of(toy, case)._replace(version=0, head=b"") == row._replace(version=0, head=b"")
        assert (known(toy, case), open_limits(toy, case)) == (held, limits)
        assert_whole(toy, case)
    with toy.database.read() as connection:
        assert [each.kind for each in drafts.history(connection, "toy")] == ["migrated", "reverted"]


def test_a_case_that_went_on_since_goes_back_by_the_turned_plan_or_waits_for_a_person(toy: Engine) -> None:
    moved, stepped = asked_case(toy), asked_case(toy)
    version(toy, *RENAMED, ("    initial: true\n", "    initial: true\n    interlude: false\n"))
    migration = carried_on(toy, begun(toy, planned(toy, sure=["states.asked"])))
    assert fire(toy, stepped, "return_request", "chair", reason="thiếu").state == "draft"
    back = carried_on(toy, begun(toy, revert(toy, migration, "admin")))
    assert status(toy, back) == ["migrated", "migrated"]
    assert (row_of(toy, moved).state, row_of(toy, stepped).state) == ("asked", "draft")
    for case in (moved, stepped):
        assert row_of(toy, case).definition_number == 1
        assert_whole(toy, case)


def test_a_case_that_changed_since_it_was_looked_at_is_skipped_and_listed(toy: Engine) -> None:
    quiet, busy = asked_case(toy), asked_case(toy)
    version(toy, NEW_LIMIT)
    migration = begun(toy, planned(toy))
    assert fire(toy, busy, "remark", "officer", note="thêm").applied
    found = rows(toy, carried_on(toy, migration))
    assert {id: (each.status, each.reason) for id, each in found.items()} == {
        quiet: ("migrated", ""),
        busy: ("skipped", "stale"),
    }
    assert row_of(toy, busy).definition_number == 1


def test_killed_between_a_case_and_its_note_the_migration_goes_on_and_moves_nobody_twice(
    toy: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [asked_case(toy) for _ in range(3)]
    version(toy, NEW_LIMIT)
    migration = begun(toy, planned(toy))
    with monkeypatch.context() as patched:
        patched.setattr(moves, "mark", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            advance(toy, migration.id, 2)
    assert status(toy, migration) == ["planned"] * 3
    assert sorted(row_of(toy, case).definition_number for case in cases) == [1, 2, 2]
    assert (carried_on(toy, migration).status, status(toy, migration)) == ("done", ["migrated"] * 3)
    assert [row_of(toy, case).version for case in cases] == [3] * 3


def test_a_case_stays_or_waits_for_a_person_or_goes_where_the_person_says(toy: Engine) -> None:
    by_hand, waits, stays = asked_case(toy), asked_case(toy), open_toy(toy).case
    version(toy, *RENAMED)
    states = {"asked": HAND, "draft": STAY, "granted": "granted"}
    migration = looked_at(toy, planned(toy, states=states))
    assert status(toy, migration) == ["hand", "hand", "stays"]
    change(
        toy, again(toy, migration), confirmed(Plan.of(migration.plan), hand={by_hand: "submitted"}), "admin"
    )
    assert (again(toy, migration).status, rows(toy, migration)) == ("planned", {})
    found = rows(toy, carried_on(toy, begun(toy, migration)))
    assert {id: each.status for id, each in found.items()} == {
        by_hand: "migrated",
        waits: "hand",
        stays: "stays",
    }


def test_only_the_report_that_was_read_is_carried_out(toy: Engine) -> None:
    asked_case(toy)
    version(toy, NEW_LIMIT)
    migration = looked_at(toy, planned(toy))
    assert code_of(lambda: start(toy, migration, "0" * 64, "admin", "lý do")) == "other_report"
    with toy.database.write() as connection:
        connection.execute(update(migration_case).values(target="draft"))
    assert (
        code_of(lambda: start(toy, migration, str(migration.report_sha256), "admin", "lý do"))
        == "other_report"
    )


def test_a_guess_has_to_be_confirmed_if_a_case_stands_in_the_state_it_is_about(toy: Engine) -> None:
    open_toy(toy)
    asked_case(toy)
    version(toy, *RENAMED)
    assert status(toy, carried_on(toy, begun(toy, planned(toy, only=["draft"])))) == ["migrated"]
    assert code_of(lambda: begun(toy, planned(toy))) == "plan_guess"
    assert carried_on(toy, begun(toy, planned(toy, sure=["states.asked"]))).status == "done"


def test_nothing_starts_without_a_report_a_reason_a_case_or_an_administrator(toy: Engine) -> None:
    version(toy, NEW_LIMIT)
    migration = planned(toy)
    for person, code in (("officer", "not_admin"), ("lead", "not_admin"), ("admin", "no_report")):
        assert code_of(lambda: start(toy, migration, "", person, "lý do")) == code  # noqa: B023 (called at once)
    found = looked_at(toy, migration)
    assert code_of(lambda: start(toy, found, str(found.report_sha256), "admin", " ")) == "no_reason"
    assert code_of(lambda: start(toy, found, str(found.report_sha256), "admin", "lý do")) == "nothing"


def test_of_two_who_start_the_same_migration_one_does(toy: Engine) -> None:
    asked_case(toy)
    version(toy, NEW_LIMIT)
    migration = looked_at(toy, planned(toy))
    start(toy, migration, str(migration.report_sha256), "admin", "lý do")
    assert (
        code_of(lambda: start(toy, migration, str(migration.report_sha256), "admin", "lý do")) == "overtaken"
    )
    assert code_of(lambda: change(toy, again(toy, migration), Plan.of(migration.plan), "admin")) == "started"


def test_the_worker_carries_on_what_was_begun(toy: Engine) -> None:
    cases = [asked_case(toy) for _ in range(3)]
    version(toy, NEW_LIMIT)
    migration = planned(toy)
    worker = Worker(toy)
    look(toy, migration, "admin")
    while worker.turn().moved:
        pass
    found = again(toy, migration)
    start(toy, found, str(found.report_sha256), "admin", "quy định mới")
    while worker.turn().moved:
        pass
    assert again(toy, migration).status == "done"
    assert [row_of(toy, case).definition_number for case in cases] == [2] * 3


def test_where_one_writes_at_a_time_the_worker_leaves_people_time_after_each_slice(
    toy: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []
    monkeypatch.setattr(running, "time", SimpleNamespace(monotonic=count().__next__, sleep=rests.append))
    asked_case(toy)
    version(toy, NEW_LIMIT)
    look(toy, planned(toy), "admin")
    assert Worker(toy).turn().moved == 1
    assert rests == ([1] if toy.database.is_sqlite else [])


def test_of_two_who_change_one_plan_at_once_the_second_is_told(toy: Engine) -> None:
    version(toy, *RENAMED)
    migration = planned(toy)
    as_both_read_it, plan = again(toy, migration), Plan.of(migration.plan)
    change(toy, as_both_read_it, confirmed(plan, sure=["states.asked"]), "admin")
    other = confirmed(plan, states={**plan.states, "asked": "draft"})
    assert code_of(lambda: change(toy, as_both_read_it, other, "admin")) == "overtaken"
    assert Plan.of(again(toy, migration).plan).states["asked"] == "submitted"


def between(engine: Engine, source: int, target: int) -> MigrationRow:
    """A migration with every guess confirmed, carried out."""
    old, new = (engine.library.workflow("toy", each).definition for each in (source, target))
    plan = plan_between(old, new, source, target)
    return carried_on(engine, begun(engine, create(engine, confirmed(plan, sure=plan.guesses), "admin")))


def test_of_two_moves_in_a_row_the_first_is_taken_back_after_the_second(toy: Engine) -> None:
    cases = [asked_case(toy), open_toy(toy).case]
    before = {case: (row_of(toy, case), known(toy, case), open_limits(toy, case)) for case in cases}
    version(toy, *RENAMED)
    first = between(toy, 1, 2)
    version(toy, *RENAMED, NEW_LIMIT)
    second = between(toy, 2, 3)
    early = looked_at(toy, revert(toy, first, "admin"))
    assert rows(toy, early) == {}  # none of its cases stands where it left them
    assert code_of(lambda: start(toy, early, str(early.report_sha256), "admin", "lý do")) == "nothing"
    carried_on(toy, begun(toy, revert(toy, second, "admin")))
    assert status(toy, carried_on(toy, begun(toy, early))) == ["migrated"] * 2
    for case, (row, held, limits) in before.items():
        assert row_of(toy, case)._replace(version=0, head=b"") == row._replace(version=0, head=b"")
        assert (known(toy, case), open_limits(toy, case)) == (held, limits)
        assert_whole(toy, case)
