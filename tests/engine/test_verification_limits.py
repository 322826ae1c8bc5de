"""Time limits and keys changed past the program: each change is told in words, by `verify` and by `replay`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import Engine, FixedClock, MasterKey
from engine.store.tables import cases
from engine.verification import Fault, Report, replay, verify
from tests.engine.evidence import limits_of
from tests.engine.intruder import attacked, found, intruder
from tests.engine.worker.story import build, done, open_helping, turn
from tests.support.played import once
from tests.support.world import NOON, SECRET, fire, open_toy

LATER = NOON + timedelta(hours=13)
OF = "WHERE case_id = :case AND key ="


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    once("limits", database, lambda: tell(database))
    made = Engine(database, MasterKey(SECRET), FixedClock(LATER))
    yield made
    made.database.close()


@pytest.fixture
def asked(engine: Engine) -> str:
    """A case with a limit that ended with its state, and one that was missed and is still open."""
    return _case_of(engine, "toy")


@pytest.fixture
def helping(engine: Engine) -> str:
    """A case with a limit that was met, and one that stands still."""
    return _case_of(engine, "helping")


def tell(database: str) -> None:
    clock = FixedClock(NOON)
    engine = build(database, clock)
    toy = done(open_toy(engine)).case
    done(fire(engine, toy, "ask", "officer", amount=5, urgency="high", note="Nhà xa"))
    helping = open_helping(engine)
    for trigger in ("start", "act", "rest"):
        done(fire(engine, helping, trigger, "officer"))
    clock.set(LATER)
    turn(engine)
    engine.database.close()


def test_the_story_holds_limits_of_every_kind_and_has_no_flaw(
    engine: Engine, asked: str, helping: str
) -> None:
    told = {
        (each["key"], each["ended_how"], bool(each["paused_at"]), bool(each["breached_at"]))
        for case in (asked, helping)
        for each in limits_of(engine, case)
    }
    assert told == {
        ("ask", "left", False, False),
        ("decide", None, False, True),
        ("act", "met", False, False),
        ("whole", None, True, False),
    }
    assert verify(engine.database).clean
    assert replay(engine.database).differences == ()


@pytest.mark.parametrize(
    ("key", "change", "variant"),
    [
        ("decide", "DELETE FROM deadline", "missing"),
        ("ask", "DELETE FROM deadline", "missing"),
        ("decide", "UPDATE deadline SET due_at = '2099-01-01T00:00:00.000000Z'", "due"),
        ("ask", "UPDATE deadline SET due_at = '2099-01-01T00:00:00.000000Z'", "due"),
        ("decide", "UPDATE deadline SET ended_at = start_at, ended_how = 'met'", "ended"),
        ("ask", "UPDATE deadline SET ended_at = NULL, ended_how = NULL", "ended"),
        ("ask", "UPDATE deadline SET ended_how = 'met'", "ended"),
        ("decide", "UPDATE deadline SET breached_at = NULL", "missed"),
        ("decide", "UPDATE deadline SET breached_at = due_at", "missed"),
        ("ask", "UPDATE deadline SET breached_at = due_at", "missed"),
        ("decide", "UPDATE deadline SET paused_at = start_at", "paused"),
        ("decide", "UPDATE deadline SET state = 'drafted'", "differs"),
        ("decide", "UPDATE deadline SET entry = 1", "differs"),
    ],
)
def test_a_time_limit_changed_by_hand_is_named(
    engine: Engine, asked: str, key: str, change: str, variant: str
) -> None:
    report = attacked(engine, asked, lambda there: there.run(f"{change} {OF} '{key}'"))
    assert _told(report, asked) == [("LIMIT", variant, key)]
    assert {each.limit for each in engine.replay(asked)} == {key}
    assert {each.limit for each in replay(engine.database).differences} == {key}


@pytest.mark.parametrize(
    ("key", "change", "variant"),
    [
        ("whole", "UPDATE deadline SET paused_at = NULL", "paused"),
        ("whole", "UPDATE deadline SET due_at = paused_at", "due"),
        ("act", "UPDATE deadline SET ended_at = due_at", "ended"),
    ],
)
def test_a_limit_that_stands_still_or_was_met_changed_by_hand_is_named(
    engine: Engine, helping: str, key: str, change: str, variant: str
) -> None:
    report = attacked(engine, helping, lambda there: there.run(f"{change} {OF} '{key}'"))
    assert ("LIMIT", variant, key) in _told(report, helping)
    assert {each[0] for each in _told(report, helping)} == {"LIMIT"}


def test_a_limit_that_no_step_made_is_named(engine: Engine, asked: str) -> None:
    columns = (
        'root, case_id, key, scope, state, entry, start_at, due_at, rule, escalate_to, "then", created_seq'
    )
    report = attacked(
        engine,
        asked,
        lambda there: there.run(
            f"INSERT INTO deadline (id, {columns}) SELECT 'x', {columns} FROM deadline {OF} 'ask'"
        ),
    )
    assert _told(report, asked) == [("LIMIT", "stray", "ask")]


def test_a_limit_given_to_another_case_is_named_in_both(engine: Engine, asked: str, helping: str) -> None:
    report = attacked(
        engine,
        asked,
        lambda there: there.run(
            f"UPDATE deadline SET root = '{helping}', case_id = '{helping}' {OF} 'decide'"
        ),
    )
    assert _told(report, asked) == [("LIMIT", "missing", "decide")]
    assert _told(report, helping) == [("LIMIT", "stray", "decide")]


@pytest.mark.parametrize("column", ["due_at", "ended_at", "breached_at"])
def test_a_moment_that_never_comes_is_no_fault_of_the_program(postgresql_database: str, column: str) -> None:
    once("limits", postgresql_database, lambda: tell(postgresql_database))
    engine = Engine(postgresql_database, MasterKey(SECRET), FixedClock(LATER))
    case = _case_of(engine, "toy")
    with intruder(engine.database.url.render_as_string(hide_password=False), case) as there:
        there.run(f"UPDATE deadline SET {column} = 'infinity' {OF} 'decide'")
    assert {each[0] for each in _told(verify(engine.database), case)} == {"LIMIT"}
    engine.database.close()


def test_a_step_that_never_was_at_any_moment_is_no_fault_of_the_program(postgresql_database: str) -> None:
    once("limits", postgresql_database, lambda: tell(postgresql_database))
    engine = Engine(postgresql_database, MasterKey(SECRET), FixedClock(LATER))
    case = _case_of(engine, "toy")
    report = attacked(
        engine,
        case,
        lambda there: there.run("UPDATE case_event SET at = '-infinity' WHERE case_id = :case AND seq = 2"),
    )
    assert found(report, case) == {("COLUMN", 2)}
    engine.database.close()


# ------------------------------------------------------------------ keys


def test_a_key_taken_away_is_named_with_what_it_opened(engine: Engine, asked: str) -> None:
    report = attacked(
        engine,
        asked,
        lambda there: there.run("DELETE FROM subject_key WHERE case_id = :case AND subject = 'child'"),
    )
    (fault,) = report.flaws
    assert (fault.code, fault.variant, dict(fault.params)) == (
        "KEY",
        "missing",
        {"field": "born", "count": 2},
    )


def test_every_key_taken_away_is_named_in_every_case(engine: Engine, asked: str, helping: str) -> None:
    report = attacked(engine, asked, lambda there: there.run("DELETE FROM subject_key"))
    assert {each.case for each in report.flaws} == {asked, helping}
    assert {each.code for each in report.flaws} == {"KEY"}


@pytest.mark.parametrize("wrapped", [None, b"x"])
def test_a_key_emptied_without_an_erasure_is_named(engine: Engine, asked: str, wrapped: bytes | None) -> None:
    report = attacked(
        engine,
        asked,
        lambda there: there.run(
            "UPDATE subject_key SET wrapped = :wrapped WHERE case_id = :case AND subject = 'case'",
            wrapped=wrapped,
        ),
    )
    assert [(each.code, each.variant) for each in report.flaws] == [("KEY", "unusable")]


def test_a_key_given_to_another_case_is_named(engine: Engine, asked: str, helping: str) -> None:
    report = attacked(
        engine,
        asked,
        lambda there: there.run(
            f"UPDATE subject_key SET root = '{helping}', case_id = '{helping}' WHERE case_id = :case AND subject = 'case'"
        ),
    )
    assert found(report, asked) == {("KEY", 2)}


def test_each_is_told_in_both_languages_with_the_number_of_the_case(engine: Engine, asked: str) -> None:
    report = attacked(engine, asked, lambda there: there.run(f"DELETE FROM deadline {OF} 'ask'"))
    (fault,) = report.flaws
    name = report.names[asked]
    assert fault.say("en", name) == f"Case {name}: the time limit “ask” that entry 2 recorded is gone."
    assert fault.say("vi", name) == f"Hồ sơ {name}: thời hạn “ask” mà dòng 2 ghi nhận không còn nữa."


def _told(report: Report, case: str) -> list[tuple[str, str, str]]:
    return [
        (each.code, each.variant, str(each.params.get("limit")))
        for each in report.flaws
        if isinstance(each, Fault) and each.case == case
    ]


def _case_of(engine: Engine, definition: str) -> str:
    with engine.database.read() as connection:
        return str(connection.scalar(select(cases.c.id).where(cases.c.definition == definition)))
