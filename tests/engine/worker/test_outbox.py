from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid5

import pytest
from sqlalchemy import func, select

from engine import Engine, FixedClock
from engine.store import ground, tables
from engine.worker import Turned, Worker
from engine.worker.loop import MOST_ATTEMPTS, waited
from tests.engine.worker.story import (
    done,
    kinds,
    notices,
    open_helping,
    open_lesson,
    outbox,
    post,
    tracks,
    turn,
)
from tests.support.world import fire

# ------------------------------------------------------------------ tracks


def test_a_track_that_ends_gives_its_parent_typed_values_and_tells_the_owner(engine: Engine) -> None:
    case = open_helping(engine)
    track = open_lesson(engine, case)
    done(fire(engine, track, "finish", "teacher", score=8))
    assert turn(engine) == Turned(sent=2, notices=1)
    assert kinds(engine, case) == ["case_opened", "step_taken", "subcase_returned"]
    view = engine.view(case, "officer", "case page")
    assert view is not None
    assert view.values["lesson.score"] == 8
    assert view.values["lesson.tenfold"] == 80
    assert "lesson.passed" not in view.values
    assert view.flaws == ()
    (told,) = notices(engine)
    assert told == (case, "officer", "returned", {"subcase": "lesson"})


def test_what_a_track_returns_is_sealed_in_the_parent(engine: Engine) -> None:
    case = open_helping(engine)
    track = open_lesson(engine, case)
    done(fire(engine, track, "finish", "teacher", score=8, passed=True))
    turn(engine)
    entry = engine.timeline(case)[-1]
    assert set(entry.sealed) == {"lesson.score", "lesson.tenfold", "lesson.passed"}
    assert "values" not in entry.args


def test_the_parent_does_not_move_and_its_event_is_one_for_each_closing(
    engine: Engine, clock: FixedClock
) -> None:
    case = open_helping(engine)
    track = open_lesson(engine, case)
    done(fire(engine, track, "finish", "teacher", score=8))
    turn(engine)
    clock.advance(hours=1)
    done(fire(engine, track, "again", "teacher"))
    done(fire(engine, track, "finish", "teacher", score=9))
    turn(engine)
    turn(engine)
    story = engine.timeline(case)
    assert [each.kind for each in story].count("subcase_returned") == 2
    assert {each.to_state for each in story} == {"running"}
    view = engine.view(case, "officer", "case page")
    assert view is not None
    assert view.values["lesson.score"] == 9
    assert engine.replay(case) == ()


def test_the_command_that_wakes_a_parent_is_known_by_track_and_closing_step(engine: Engine) -> None:
    case = open_helping(engine)
    track = open_lesson(engine, case)
    done(fire(engine, track, "finish", "teacher", score=8))
    turn(engine)
    with engine.database.read() as connection:
        found = connection.execute(
            select(tables.command.c.case_id).where(
                tables.command.c.id == str(uuid5(UUID(track), "returned:2"))
            )
        ).scalar()
    assert found == case


def test_a_parent_already_woken_is_not_woken_again_though_the_track_changed_meanwhile(
    engine: Engine, clock: FixedClock
) -> None:
    case = open_helping(engine)
    track = open_lesson(engine, case)
    done(fire(engine, track, "finish", "teacher", score=8))
    turn(engine)
    with engine.database.write() as connection:  # as if the worker had died before it noted that it was done
        which = tables.outbox.c.kind == "subcase_returned"
        connection.execute(tables.outbox.update().where(which).values(done_at=None))
    done(fire(engine, track, "again", "teacher"))
    done(fire(engine, track, "finish", "teacher", score=2))
    clock.advance(minutes=1)
    turn(engine)
    assert kinds(engine, case).count("subcase_returned") == 2
    assert [row.last_error for row in outbox(engine, "subcase_returned")] == [None, None]


def test_an_ownerless_track_is_told_of_to_those_it_waits_for_at_its_agency(
    engine: Engine, clock: FixedClock
) -> None:
    track = open_lesson(engine, open_helping(engine))
    with engine.database.write() as connection:
        connection.execute(tables.cases.update().where(tables.cases.c.id == track).values(owner=None))
    clock.advance(hours=49)
    turn(engine)
    assert [(each.actor, each.kind) for each in notices(engine, case=track)] == [
        ("teacher", "breach"), ("officer", "escalation"), ("second", "escalation"),
    ]  # fmt: skip


# ------------------------------------------------------------------ steps and notices


def test_a_missed_limit_takes_the_step_it_names_as_the_system(engine: Engine, clock: FixedClock) -> None:
    case = open_helping(engine)
    clock.advance(hours=25)
    turn(engine)
    last = engine.timeline(case)[-1]
    assert (last.transition, last.actor, last.to_state) == ("give_up", "system", "stopped")
    assert [row.last_error for row in outbox(engine, "fire")] == [None]


def test_a_step_that_is_refused_stands_as_an_incident_and_is_not_tried_again(
    engine: Engine, clock: FixedClock
) -> None:
    case = open_helping(engine)
    open_lesson(engine, case)
    clock.advance(hours=25)
    turn(engine)
    (row,) = outbox(engine, "fire")
    assert (row.last_error, row.attempts) == ("refused:join", 1)
    assert row.done_at == clock.now()
    (track,) = tracks(engine, case)
    done(fire(engine, track, "finish", "teacher", score=1))
    clock.advance(days=1)
    turn(engine)
    assert engine.timeline(case)[-1].to_state == "running"


def test_a_transition_that_notifies_tells_the_holders_of_the_function_it_names(engine: Engine) -> None:
    case = open_helping(engine)
    done(fire(engine, case, "shout", "officer"))
    done(fire(engine, case, "shout", "second"))
    assert turn(engine) == Turned(sent=2, notices=2)
    assert (
        notices(engine) == [(case, "lead", "notify", {"transition": "shout", "effect": 0, "number": 1})] * 2
    )


def test_a_notice_that_reaches_nobody_stands_as_an_incident(engine: Engine) -> None:
    case = open_helping(engine)
    with engine.database.write() as connection:
        connection.execute(ground.actor.update().where(ground.actor.c.id == "lead").values(active=False))
    done(fire(engine, case, "shout", "officer"))
    assert turn(engine) == Turned(sent=1)
    assert [row.last_error for row in outbox(engine)] == ["nobody_to_tell"]


def test_no_notice_holds_a_name_or_a_value(engine: Engine, clock: FixedClock) -> None:
    case = open_helping(engine)
    track = open_lesson(engine, case)
    done(fire(engine, case, "shout", "officer"))
    done(fire(engine, track, "finish", "teacher", score=8))
    clock.advance(hours=20)
    turn(engine)
    clock.advance(hours=20)
    turn(engine)
    allowed = {"deadline", "key", "scope", "state", "due", "subcase", "transition", "effect", "number"}
    told = notices(engine)
    assert {each.kind for each in told} == {"warning", "breach", "escalation", "returned", "notify"}
    assert {name for each in told for name in each.params} <= allowed
    assert "Triệu" not in repr(told) + repr(outbox(engine))


# ------------------------------------------------------------------ attempts


def test_an_errand_that_fails_is_tried_again_after_longer_and_longer_waits(
    engine: Engine, clock: FixedClock
) -> None:
    post(engine, open_helping(engine), "fax", clock.now())
    worker, seen = Worker(engine), []
    for second in range(40):
        failed = worker.turn().failed
        if failed:
            seen.append(second)
        clock.advance(seconds=1)
    assert seen == [0, 1, 3, 7, 15, 31]
    (row,) = outbox(engine)
    assert (row.attempts, row.last_error, row.done_at) == (6, "UnknownErrand:fax", None)


def test_what_stands_behind_a_failed_row_of_its_case_waits_and_other_cases_do_not(
    engine: Engine, clock: FixedClock
) -> None:
    bad, good = open_helping(engine), open_helping(engine)
    post(engine, bad, "fax", clock.now())
    done(fire(engine, bad, "shout", "officer"))
    done(fire(engine, good, "shout", "officer"))
    assert turn(engine) == Turned(sent=1, notices=1, failed=1)
    assert [each.case for each in notices(engine)] == [good]
    with engine.database.write() as connection:
        connection.execute(tables.outbox.delete().where(tables.outbox.c.kind == "fax"))
    assert turn(engine) == Turned(sent=1, notices=1)


def test_after_its_last_attempt_a_row_is_an_incident_and_holds_up_nothing_more(
    engine: Engine, clock: FixedClock
) -> None:
    case = open_helping(engine)
    post(engine, case, "fax", clock.now())
    done(fire(engine, case, "shout", "officer"))
    for _ in range(MOST_ATTEMPTS):
        assert notices(engine, kind="notify") == []
        clock.advance(hours=1)
        turn(engine)
    fax, shout = outbox(engine)[0], outbox(engine)[1]
    assert (fax.last_error, fax.attempts) == ("gave_up:UnknownErrand:fax", MOST_ATTEMPTS)
    assert fax.done_at is not None
    turn(engine)
    assert notices(engine, kind="notify")[0].case == case
    assert (outbox(engine)[1].id, outbox(engine)[1].last_error) == (shout.id, None)


def test_the_text_of_a_fault_never_reaches_the_row_or_the_log(
    engine: Engine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case = open_helping(engine)
    done(fire(engine, case, "shout", "officer"))

    def failing(*_: object) -> None:
        raise ValueError("Triệu Thị Đức")

    monkeypatch.setattr("engine.worker.errands.of_case", failing)
    assert turn(engine).failed == 1
    assert [row.last_error for row in outbox(engine)] == ["ValueError"]
    assert "ValueError" in caplog.text
    assert "Triệu" not in caplog.text


def test_waits_double_up_to_an_hour() -> None:
    assert [waited(each) for each in range(4)] == [timedelta(seconds=each) for each in (0, 1, 3, 7)]
    assert waited(20) - waited(19) == timedelta(hours=1)


def test_rows_beyond_one_page_are_all_dealt_with_in_one_turn(
    engine: Engine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.worker.loop.PAGE", 2)
    cases = [open_helping(engine) for _ in range(5)]
    for case in cases:
        done(fire(engine, case, "shout", "officer"))
    clock.advance(hours=25)
    assert turn(engine) == Turned(breached=5, sent=15, notices=15)
    with engine.database.read() as connection:
        rows = select(func.count()).select_from(tables.outbox).where(tables.outbox.c.done_at.is_(None))
        assert connection.scalar(rows) == 0
