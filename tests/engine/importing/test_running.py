from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import Engine, FixedClock, Outcome
from engine.importing import advance, forget, start, stop, undo, undoable
from engine.store import imports, tables
from engine.store.imports import Batch
from engine.store.rows import HoldingRow
from engine.worker import Worker
from tests.engine.evidence import assert_whole
from tests.engine.importing.sheets import (
    batch_of,
    brought,
    cases,
    row,
    rows_of,
    run,
    sheet,
    staged,
    statuses,
    withdrawing,
)
from tests.support.world import NOON, fire


def everything_opened(engine: Engine) -> dict[str, str]:
    with engine.database.read() as connection:
        found = connection.execute(select(tables.case_event.c.root, tables.case_event.c.actor))
        return {each.root: each.actor for each in found}


def test_every_row_becomes_a_case_opened_by_who_asked(toy: Engine) -> None:
    batch = brought(toy, sheet(10))
    assert (batch.status, statuses(toy, batch)) == ("done", {"received": 10})
    opened = everything_opened(toy)
    assert opened == {each.case_id: "officer" for each in rows_of(toy, batch, "received")}
    for case in opened:
        assert_whole(toy, case)
        assert toy.view(case, "officer", "test").values["name"].startswith("Trẻ Thử")  # type: ignore[union-attr]


def test_the_same_rows_again_make_nothing_new_sorted_saved_again_or_with_more_beside_them(
    toy: Engine,
) -> None:
    rows = sheet(5)
    brought(toy, rows)
    again = brought(toy, [*(row(40 - each.number, **each.own) for each in rows), row(99)])
    assert statuses(toy, again) == {"already": 5, "received": 1}
    assert cases(toy) == 6


def test_somebody_elses_import_of_the_same_rows_finds_them_received(toy: Engine) -> None:
    brought(toy, sheet(4))
    assert statuses(toy, brought(toy, sheet(4), "second")) == {"already": 4}
    assert cases(toy) == 4


def test_two_people_at_once_make_each_case_once(toy: Engine) -> None:
    both = [staged(toy, sheet(6), actor) for actor in ("officer", "second")]
    for each in both:
        assert start(toy, each, good_only=False)
    for _ in range(6):
        for each in both:
            advance(toy, each.id, 2)
    found = [statuses(toy, each) for each in both]
    assert cases(toy) == 6
    assert sum(each.get("received", 0) for each in found) == 6
    assert sum(each.get("already", 0) for each in found) == 6


def test_equal_rows_of_one_sheet_are_each_a_case(toy: Engine) -> None:
    batch = brought(toy, [row(2, name="Ma Thị Thử"), row(3, name="Ma Thị Thử", born=row(2).own["born"])])
    assert statuses(toy, batch) == {"received": 2}
    assert cases(toy) == 2


def test_a_batch_whose_rows_were_not_noted_goes_on_as_its_own(
    toy: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = staged(toy, sheet(5))
    start(toy, batch, good_only=False)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(imports, "mark", killed)
    with pytest.raises(KeyboardInterrupt):
        advance(toy, batch.id, 3)
    monkeypatch.undo()
    assert cases(toy) == 3
    assert statuses(toy, run(toy, batch)) == {"received": 5}
    assert cases(toy) == 5


def test_a_row_the_engine_refuses_is_kept_with_its_reasons_and_the_others_go_on(
    toy: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = staged(toy, sheet(4))
    start(toy, batch, good_only=False)
    advance(toy, batch.id, 2)
    with toy.database.write() as connection:
        from engine.store import reference

        held = HoldingRow(
            id="officer",
            actor="officer",
            function="commune_officer",
            agency="ba_be",
            area="01882@2025-07-01",
            valid_from=NOON.date(),
        )
        reference.put_holdings(connection, [held])  # moved to another commune meanwhile
    ended = run(toy, batch)
    assert statuses(toy, ended) == {"received": 2, "refused": 2}
    assert {why["code"] for each in rows_of(toy, ended, "refused") for why in each.reasons} == {"scope"}


def test_a_run_that_is_stopped_keeps_what_it_opened_and_forgets_the_rest(toy: Engine) -> None:
    batch = staged(toy, sheet(6))
    start(toy, batch, good_only=False)
    advance(toy, batch.id, 2)
    stop(toy, batch_of(toy, batch.id))
    ended = batch_of(toy, batch.id)
    assert (ended.status, ended.wrapped, statuses(toy, ended)) == ("done", None, {"received": 2, "left": 4})
    assert advance(toy, batch.id) == 0


# ------------------------------------------------------------------ the worker


def test_the_worker_takes_a_few_rows_a_turn_and_time_limits_first(toy: Engine) -> None:
    batch = staged(toy, sheet(60))
    start(toy, batch, good_only=False)
    worker = Worker(toy)
    turned = [worker.turn().imported for _ in range(4)]
    assert turned == [25, 25, 10, 0]
    assert batch_of(toy, batch.id).status == "done"


def test_a_sheet_that_fails_is_tried_again_later_and_holds_up_nothing(
    toy: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    batch = staged(toy, sheet(3))
    start(toy, batch, good_only=False)
    worker = Worker(toy)

    def broken(*_: object) -> None:
        raise RuntimeError("Triệu Thị Đức")

    monkeypatch.setattr(toy, "apply", broken)
    assert (worker.turn().failed, worker.turn().failed) == (1, 0)
    assert "RuntimeError" in caplog.text and "Triệu" not in caplog.text
    monkeypatch.undo()
    toy.clock.advance(seconds=5)  # type: ignore[attr-defined]
    assert worker.turn().imported == 3


def test_the_worker_leaves_what_the_command_line_runs(toy: Engine) -> None:
    batch = staged(toy, sheet(3), runner="cli")
    start(toy, batch, good_only=False, runner="cli")
    assert Worker(toy).turn().imported == 0


def test_previews_and_runs_that_nobody_goes_on_with_are_forgotten(toy: Engine) -> None:
    staged(toy, sheet(3))
    running = staged(toy, sheet(3, first=50), runner="cli")
    start(toy, running, good_only=False, runner="cli")
    clock = toy.clock
    assert isinstance(clock, FixedClock)
    clock.advance(hours=25)
    assert forget(toy) == 1
    clock.advance(days=7)
    Worker(toy).turn()
    with toy.database.read() as connection:
        assert connection.scalars(select(tables.import_batch.c.id)).all() == [running.id]
    assert (batch_of(toy, running.id).status, batch_of(toy, running.id).wrapped) == ("done", None)


# ------------------------------------------------------------------ undo


@pytest.fixture
def withdrawable(toy: Engine) -> Engine:
    withdrawing(toy)
    return toy


def openings(engine: Engine, batch: Batch) -> dict[int, bool]:
    rows = rows_of(engine, batch, "received")
    with engine.database.read() as connection:
        found = imports.openings(connection, [each.case_id for each in rows], ("drop",))
    return {each.number: undoable(found.get(each.case_id)) for each in rows}


def dropped(
    engine: Engine, batch: Batch, *, actor: str = "officer", reason: str = "Nhầm", most: int = 10
) -> dict[int, Outcome]:
    """What came of taking back the first rows that were received, by their numbers."""
    rows = rows_of(engine, batch, "received")[:most]
    return dict(undo(engine, batch, rows, actor=actor, trigger="drop", reason=reason))


def test_what_nobody_has_touched_is_taken_back_with_a_reason(withdrawable: Engine) -> None:
    batch = brought(withdrawable, sheet(3))
    rows = rows_of(withdrawable, batch, "received")
    assert fire(withdrawable, rows[1].case_id, "remark", "officer", note="đã gọi").applied
    assert openings(withdrawable, batch) == {2: True, 3: False, 4: True}
    outcomes = dropped(withdrawable, batch)
    assert {n: (each.applied, [b.code for b in each.blockers]) for n, each in outcomes.items()} == {
        2: (True, []), 3: (False, ["stale"]), 4: (True, []),
    }  # fmt: skip
    assert openings(withdrawable, batch) == {2: False, 3: False, 4: False}
    for each in rows:
        assert_whole(withdrawable, each.case_id)


def test_what_the_system_did_by_itself_does_not_keep_a_case(withdrawable: Engine) -> None:
    batch = brought(withdrawable, sheet(1))
    withdrawable.clock.advance(days=20)  # type: ignore[attr-defined]
    assert Worker(withdrawable).turn().breached == 1
    assert openings(withdrawable, batch) == {2: True}
    (outcome,) = dropped(withdrawable, batch).values()
    assert outcome.applied


def test_undoing_twice_is_undoing_once(withdrawable: Engine) -> None:
    batch = brought(withdrawable, sheet(1))
    both = [dropped(withdrawable, batch)[2] for _ in range(2)]
    assert [(each.applied, [b.code for b in each.blockers]) for each in both] == [
        (True, []),
        (False, ["taken_back"]),
    ]


def test_taking_back_a_second_time_says_that_it_was_done_whoever_asks_and_why(withdrawable: Engine) -> None:
    batch = brought(withdrawable, sheet(2))
    dropped(withdrawable, batch, most=1)
    for actor, reason in (("officer", "Trùng"), ("second", "Nhầm")):
        told = dropped(withdrawable, batch, actor=actor, reason=reason, most=1)[2]
        assert [each.code for each in told.blockers] == ["taken_back"]
    assert openings(withdrawable, batch) == {2: False, 3: True}


def test_notices_of_the_time_limits_of_what_was_taken_back_are_put_away(withdrawable: Engine) -> None:
    batch = brought(withdrawable, sheet(2))
    withdrawable.clock.advance(days=20)  # type: ignore[attr-defined]
    worker = Worker(withdrawable)
    while worker.turn().worked:
        pass
    first, second = rows_of(withdrawable, batch, "received")
    dropped(withdrawable, batch, most=1)
    with withdrawable.database.read() as connection:
        told = connection.execute(
            select(tables.notice.c.root, tables.notice.c.kind, tables.notice.c.read_at)
        ).all()
    assert {root for root, _, read_at in told if read_at is None} == {second.case_id}
    assert {kind for root, kind, read_at in told if root == first.case_id and read_at} >= {"breach"}


def test_a_report_that_was_withdrawn_may_be_brought_in_again(withdrawable: Engine) -> None:
    batch = brought(withdrawable, sheet(2))
    dropped(withdrawable, batch, most=1)
    again = brought(withdrawable, sheet(2))
    assert statuses(withdrawable, again) == {"received": 1, "already": 1}
    assert cases(withdrawable) == 3


def test_who_may_not_take_the_step_undoes_nothing(withdrawable: Engine) -> None:
    batch = brought(withdrawable, sheet(1))
    (outcome,) = dropped(withdrawable, batch, actor="other_officer").values()
    assert [each.code for each in outcome.blockers] == ["scope"]


def test_undo_without_a_reason_is_refused(withdrawable: Engine) -> None:
    batch = brought(withdrawable, sheet(1))
    (outcome,) = dropped(withdrawable, batch, reason=" ").values()
    assert [each.code for each in outcome.blockers] == ["reason"]
