from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine import Engine, FixedClock
from engine.store import ground, tables
from engine.worker import Turned
from tests.engine.worker.story import done, end_holding, kinds, notices, open_helping, outbox, turn
from tests.support.world import CHO_RA, fire


def test_a_limit_is_not_missed_at_its_very_moment_but_after_it(engine: Engine, clock: FixedClock) -> None:
    case = open_helping(engine)
    clock.advance(hours=24)
    assert turn(engine).breached == 0
    clock.advance(seconds=0.000001)
    assert turn(engine).breached == 1
    assert kinds(engine, case)[:2] == ["case_opened", "deadline_breached"]


def test_a_missed_limit_is_one_event_of_the_system_and_tells_the_owner_and_those_above(
    engine: Engine, clock: FixedClock
) -> None:
    case = open_helping(engine)
    clock.advance(hours=25)
    assert turn(engine) == Turned(breached=1, sent=2, notices=2)
    assert [(each.kind, each.actor) for each in engine.timeline(case)] == [
        ("case_opened", "officer"), ("deadline_breached", "system"), ("step_taken", "system"),
    ]  # fmt: skip
    told = notices(engine)
    assert [(each.actor, each.kind) for each in told] == [("officer", "breach"), ("lead", "escalation")]
    assert {each.case for each in told} == {case}
    assert told[0].params == told[1].params
    assert told[0].params.keys() == {"deadline", "key", "scope", "state", "due"}
    assert (told[0].params["key"], told[0].params["state"]) == ("act", "running")
    assert told[0].params["due"] == "2026-11-24T05:00:00.000000Z"


def test_a_second_turn_makes_nothing_new(engine: Engine, clock: FixedClock) -> None:
    case = open_helping(engine)
    clock.advance(hours=19)
    turn(engine)
    clock.advance(hours=6)
    turn(engine)
    before = (kinds(engine, case), notices(engine), outbox(engine))
    assert turn(engine) == Turned()
    clock.advance(hours=1)
    assert turn(engine) == Turned()
    assert (kinds(engine, case), notices(engine), outbox(engine)) == before


def test_after_a_day_of_standing_still_each_missed_limit_is_told_once(
    engine: Engine, clock: FixedClock
) -> None:
    cases = [open_helping(engine) for _ in range(5)]
    turn(engine)
    clock.advance(days=2)
    assert turn(engine).breached == 5
    assert turn(engine) == Turned()
    for case in cases:
        assert kinds(engine, case).count("deadline_breached") == 1
        assert [each.kind for each in notices(engine, case=case)] == ["breach", "escalation"]


def test_a_warning_is_a_notice_to_the_owner_and_no_event(engine: Engine, clock: FixedClock) -> None:
    case = open_helping(engine)
    clock.advance(hours=17, minutes=59)
    assert turn(engine) == Turned()
    clock.advance(minutes=1)
    assert turn(engine) == Turned(warned=1, notices=1)
    (told,) = notices(engine)
    assert (told.case, told.actor, told.kind) == (case, "officer", "warning")
    assert kinds(engine, case) == ["case_opened"]
    assert turn(engine) == Turned()


def test_a_warning_makes_no_open_form_stale(engine: Engine, clock: FixedClock) -> None:
    case = open_helping(engine)
    form = engine.look(case, "officer")
    assert form is not None
    assert form.case is not None
    clock.advance(hours=20)
    assert turn(engine).warned == 1
    after = engine.look(case, "officer")
    assert after is not None
    assert after.case is not None
    assert after.case.version == form.case.version


def test_a_limit_that_is_both_near_and_missed_is_told_as_missed_only(
    engine: Engine, clock: FixedClock
) -> None:
    open_helping(engine)
    clock.advance(hours=30)
    assert turn(engine).warned == 0
    assert {each.kind for each in notices(engine)} == {"breach", "escalation"}


def test_a_limit_met_in_time_is_never_told_of(engine: Engine, clock: FixedClock) -> None:
    case = open_helping(engine)
    clock.advance(hours=1)
    done(fire(engine, case, "act", "officer"))
    clock.advance(days=2)
    assert turn(engine) == Turned()
    assert notices(engine) == []


def test_a_limit_moved_to_a_later_day_is_warned_of_again(engine: Engine, clock: FixedClock) -> None:
    case = open_helping(engine)
    clock.advance(hours=19)
    turn(engine)
    limit = tables.deadline
    moved = clock.now() + timedelta(days=3)
    with engine.database.write() as connection:
        connection.execute(
            limit.update()
            .where(limit.c.case_id == case)
            .values(due_at=moved, warn_at=moved - timedelta(hours=6))
        )
    assert turn(engine) == Turned()
    clock.advance(days=2, hours=20)
    assert turn(engine) == Turned(warned=1, notices=1)
    assert len({each.params["due"] for each in notices(engine, kind="warning")}) == 2


def test_a_limit_whose_time_stands_still_is_neither_warned_of_nor_missed(
    engine: Engine, clock: FixedClock
) -> None:
    case = open_helping(engine)
    done(fire(engine, case, "start", "officer"))
    done(fire(engine, case, "rest", "officer"))
    clock.advance(days=30)
    assert turn(engine) == Turned()
    assert kinds(engine, case).count("deadline_breached") == 0


def test_trap_19_what_is_missed_in_case_a_leaves_case_b_alone(engine: Engine, clock: FixedClock) -> None:
    a = open_helping(engine)
    clock.advance(hours=12)
    b = open_helping(engine)
    with engine.database.read() as connection:
        of_b = select(tables.deadline).where(tables.deadline.c.case_id == b)
        before = connection.execute(of_b).all()
    clock.advance(hours=12, minutes=1)
    assert turn(engine).breached == 1
    with engine.database.read() as connection:
        after = connection.execute(of_b).all()
    assert after == before
    assert kinds(engine, b) == ["case_opened"]
    assert {each.case for each in notices(engine)} == {a}


def test_only_those_who_hold_the_function_that_day_are_told(engine: Engine, clock: FixedClock) -> None:
    open_helping(engine)
    end_holding(engine, "lead", date(2026, 11, 23))
    clock.advance(hours=25)
    turn(engine)
    assert notices(engine, kind="escalation") == []
    assert [each.actor for each in notices(engine, kind="breach")] == ["officer"]


def test_a_holder_elsewhere_is_not_told(engine: Engine, clock: FixedClock) -> None:
    case = open_helping(engine, "other_officer", CHO_RA)
    with engine.database.write() as connection:
        connection.execute(tables.cases.update().where(tables.cases.c.id == case).values(owner=None))
    clock.advance(hours=20)
    turn(engine)
    assert [each.actor for each in notices(engine)] == ["other_officer"]


@pytest.mark.parametrize("why", ["left", "inactive"])
def test_when_the_owner_is_out_of_office_all_of_the_owners_function_are_told(
    engine: Engine, clock: FixedClock, why: str
) -> None:
    open_helping(engine)
    if why == "left":
        end_holding(engine, "officer", date(2026, 11, 22))
    else:
        with engine.database.write() as connection:
            connection.execute(
                ground.actor.update().where(ground.actor.c.id == "officer").values(active=False)
            )
    clock.advance(hours=20)
    turn(engine)
    assert [each.actor for each in notices(engine)] == ["second"]


def test_nobody_is_told_of_a_case_they_could_not_open(engine: Engine, clock: FixedClock) -> None:
    case = open_helping(engine)
    done(fire(engine, case, "start", "officer"))
    done(fire(engine, case, "act", "officer"))
    clock.advance(hours=73)
    assert turn(engine).breached == 1
    assert [(each.actor, each.kind) for each in notices(engine)] == [("officer", "breach")]


def test_a_limit_that_cannot_be_recorded_waits_longer_each_time_and_holds_up_no_other(
    engine: Engine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.worker import Worker

    bad, good = open_helping(engine), open_helping(engine)
    clock.advance(hours=25)
    apply, tried = engine.apply, []

    def failing(command):  # type: ignore[no-untyped-def]
        if command.case == bad:
            tried.append(clock.now())
            raise RuntimeError("Triệu Thị Đức")
        return apply(command)

    monkeypatch.setattr(engine, "apply", failing)
    worker = Worker(engine)
    first = worker.turn()
    assert (first.breached, first.failed) == (1, 1)
    assert kinds(engine, good)[1] == "deadline_breached"
    for _ in range(10):
        clock.advance(seconds=1)
        worker.turn()
    assert [(each - tried[0]).total_seconds() for each in tried] == [0, 1, 3, 7]
    monkeypatch.undo()
    clock.advance(seconds=10)
    assert worker.turn().breached == 1
