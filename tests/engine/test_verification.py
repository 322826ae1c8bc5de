from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread
from uuid import uuid4

import pytest
from sqlalchemy import select

from engine import Engine, FixedClock, MasterKey
from engine.ledger.body import canonical, leaf
from engine.store.tables import cases
from engine.verification import Report, UnknownCase, replay, verify
from tests.engine.intruder import Intruder, attacked, found, intruder
from tests.engine.worker.story import build, done, open_helping, open_lesson, turn
from tests.support.played import once
from tests.support.world import NOON, SECRET, fire, open_toy

FIRST = "01906-2026-00001"
TRACES = (
    "event_sealed", "log_pending", "case_event", "command", "case_number", "deadline", "subject_key", "name_token",
)  # fmt: skip


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    once("verified", database, lambda: tell(database))
    made = Engine(database, MasterKey(SECRET), FixedClock(NOON))
    yield made
    made.database.close()


@pytest.fixture
def case(engine: Engine) -> str:
    """A case of five steps among others of every kind."""
    with engine.database.read() as connection:
        return str(connection.scalar(select(cases.c.id).where(cases.c.reference == FIRST)))


def tell(database: str) -> None:
    engine = build(database, FixedClock(NOON))
    case = done(open_toy(engine)).case
    done(fire(engine, case, "ask", "officer", amount=5, urgency="low", note="Nhà xa"))
    done(fire(engine, case, "remark", "second", note="Đã gọi"))
    done(fire(engine, case, "return_request", "chair", reason="Thiếu giấy tờ"))
    done(fire(engine, case, "ask", "officer", amount=7, urgency="high"))
    done(open_toy(engine))
    done(fire(engine, open_lesson(engine, open_helping(engine)), "finish", "teacher", score=8))
    turn(engine)
    engine.database.close()


def test_a_record_nobody_touched_has_no_flaw(engine: Engine, case: str) -> None:
    report = verify(engine.database)
    assert report == Report(cases=4, events=11, flaws=(), names={}, cut=False)
    assert report.clean
    assert verify(engine.database, case).events == 5
    assert replay(engine.database).differences == ()


def test_a_case_that_is_not_there_cannot_be_verified(engine: Engine) -> None:
    with pytest.raises(UnknownCase):
        verify(engine.database, str(uuid4()))
    with pytest.raises(UnknownCase):
        replay(engine.database, str(uuid4()))


def test_pages_of_every_size_find_the_same(
    engine: Engine, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with intruder(engine.database.url.render_as_string(hide_password=False), case) as there:
        there.rewrite(3, rehash=False, actor="lead")
    whole = verify(engine.database)
    for size in (1, 2, 3, 4, 5):
        monkeypatch.setattr("engine.verification.PAGE", size)
        again = verify(engine.database)
        assert (again.cases, again.events) == (whole.cases, whole.events)
        assert found(again, case) == found(whole, case) == {("EDITED", 3)}
        assert len(again.flaws) == len(whole.flaws)


def test_cases_that_go_on_meanwhile_raise_no_false_alarm(engine: Engine, case: str) -> None:
    stop = Event()

    def work() -> None:
        own = Engine(
            engine.database.url.render_as_string(hide_password=False), MasterKey(SECRET), FixedClock(NOON)
        )
        while not stop.is_set():
            new = done(open_toy(own)).case
            done(fire(own, new, "ask", "officer", amount=5, urgency="low"))
        own.database.close()

    thread = Thread(target=work)
    thread.start()
    try:
        reports = [verify(engine.database) for _ in range(15)]
    finally:
        stop.set()
        thread.join()
    assert [each.flaws for each in reports] == [()] * 15


# ------------------------------------------------------------------ attacks (trust.md §1.4)


def test_an_edited_body_is_named(engine: Engine, case: str) -> None:
    report = attacked(engine, case, lambda there: there.rewrite(3, rehash=False, actor="lead"))
    assert ("EDITED", 3) in found(report, case)


def test_an_edited_body_with_its_hash_made_anew_is_named_by_the_next_step(engine: Engine, case: str) -> None:
    report = attacked(engine, case, lambda there: there.rewrite(3, rehash=True, actor="lead"))
    assert ("BROKEN_LINK", 4) in found(report, case)


def test_the_last_body_edited_with_its_hash_made_anew_is_named(engine: Engine, case: str) -> None:
    report = attacked(engine, case, lambda there: there.rewrite(5, rehash=True, cycle=3))
    assert ("HEAD", 5) in found(report, case)


def test_a_deleted_step_is_named(engine: Engine, case: str) -> None:
    def attack(there: Intruder) -> None:
        there.run("DELETE FROM event_sealed WHERE case_id = :case AND seq = 3")
        there.run("DELETE FROM case_event WHERE case_id = :case AND seq = 3")

    assert {("GAP", 3), ("COMMAND", 3)} <= found(attacked(engine, case, attack), case)


def test_a_deleted_step_with_the_rest_renumbered_is_named(engine: Engine, case: str) -> None:
    def attack(there: Intruder) -> None:
        there.run("DELETE FROM case_event WHERE case_id = :case AND seq = 3")
        there.run("UPDATE case_event SET seq = 3 WHERE case_id = :case AND seq = 4")
        there.run("UPDATE case_event SET seq = 4 WHERE case_id = :case AND seq = 5")
        there.run("UPDATE cases SET version = 4 WHERE id = :case")

    assert {("MOVED", 3), ("MOVED", 4)} <= found(attacked(engine, case, attack), case)


def test_a_tail_cut_off_is_named(engine: Engine, case: str) -> None:
    def attack(there: Intruder) -> None:
        there.cut("event_sealed", 3)
        there.cut("case_event", 3)

    assert ("HEAD", 4) in found(attacked(engine, case, attack), case)


def test_a_tail_cut_off_with_the_case_set_back_to_it_is_named_by_the_commands_left_over(
    engine: Engine, case: str
) -> None:
    def attack(there: Intruder) -> None:
        before = there.body(5)
        there.cut("event_sealed", 4)
        there.cut("case_event", 4)
        there.run(
            "UPDATE cases SET version = 4, head = :head, state = :state, stage = 'asking' WHERE id = :case",
            head=bytes.fromhex(before["prev"]),
            state=before["from"],
        )

    assert ("COMMAND", 5) in found(attacked(engine, case, attack), case)


def test_two_swapped_steps_are_named(engine: Engine, case: str) -> None:
    def attack(there: Intruder) -> None:
        for old, new in ((3, 30), (4, 3), (30, 4)):
            there.run(
                "UPDATE case_event SET seq = :new WHERE case_id = :case AND seq = :old", old=old, new=new
            )

    assert {("MOVED", 3), ("MOVED", 4)} <= found(attacked(engine, case, attack), case)


def test_a_step_moved_to_another_case_is_named_in_both(engine: Engine, case: str) -> None:
    other = done(open_toy(engine)).case

    def attack(there: Intruder) -> None:
        there.run(
            "UPDATE case_event SET root = :other, case_id = :other, seq = 2 WHERE case_id = :case AND seq = 5",
            other=other,
        )
        there.run("UPDATE cases SET version = 2 WHERE id = :other", other=other)

    report = attacked(engine, case, attack)
    assert ("HEAD", 5) in found(report, case)
    assert ("MOVED", 2) in found(report, other)


def test_a_forged_step_that_fits_the_chain_is_named_by_the_registry(engine: Engine, case: str) -> None:
    def attack(there: Intruder) -> None:
        head = there.one("SELECT head FROM cases WHERE id = :case")
        body = canonical(
            there.body(3)
            | {
                "seq": 6,
                "prev": bytes(head).hex(),
                "from": "asked",
                "to": "asked",
                "command": str(uuid4()),
                "sealed": {},
            }
        )
        there.run(
            "INSERT INTO case_event (root, case_id, seq, at, kind, transition, actor, body, leaf, command_id, command_sha256) "
            "SELECT root, case_id, 6, at, kind, transition, actor, :body, :leaf, :command, command_sha256 FROM case_event "
            "WHERE case_id = :case AND seq = 3",
            body=body, leaf=leaf(body), command=_command(body),
        )  # fmt: skip
        there.run("UPDATE cases SET version = 6, head = :head WHERE id = :case", head=leaf(body))

    assert found(attacked(engine, case, attack), case) == {("COMMAND", 6)}


def test_a_whole_case_taken_away_is_named_by_what_the_registries_still_know(
    engine: Engine, case: str
) -> None:
    def attack(there: Intruder) -> None:
        for table in ("event_sealed", "log_pending", "case_event"):
            there.run(f"DELETE FROM {table} WHERE case_id = :case")
        there.run("DELETE FROM cases WHERE id = :case")

    report = attacked(engine, case, attack)
    assert {code for code, _ in found(report, case)} == {
        "COMMAND",
        "NUMBER",
        "ORPHAN",
    }  # keys and limits left
    assert {seq for code, seq in found(report, case) if code == "COMMAND"} == {1, 2, 3, 4, 5}


def test_a_case_row_taken_away_leaves_events_without_a_case(engine: Engine, case: str) -> None:
    report = attacked(engine, case, lambda there: there.run("DELETE FROM cases WHERE id = :case"))
    assert ("ORPHAN", 0) in found(report, case)


def test_a_track_taken_away_with_all_its_traces_is_named_by_its_parent(engine: Engine, case: str) -> None:
    parent = open_helping(engine)
    track = open_lesson(engine, parent)

    def attack(there: Intruder) -> None:
        for table in TRACES:
            there.connection.exec_driver_sql(f"DELETE FROM {table} WHERE case_id = '{track}'")
        there.connection.exec_driver_sql(f"DELETE FROM cases WHERE id = '{track}'")

    report = attacked(engine, case, attack)
    assert found(report, parent) == {("ABSENT", 2)}
    assert [dict(each.params) for each in report.flaws] == [{"other": track}]


def test_a_parent_taken_away_with_all_its_traces_is_named_by_its_track(engine: Engine, case: str) -> None:
    parent = open_helping(engine)
    track = open_lesson(engine, parent)

    def attack(there: Intruder) -> None:
        for table in TRACES:
            there.connection.exec_driver_sql(f"DELETE FROM {table} WHERE case_id = '{parent}'")
        there.connection.exec_driver_sql(f"DELETE FROM cases WHERE id = '{parent}'")

    assert found(attacked(engine, case, attack), track) == {("ABSENT", 1)}


@pytest.mark.parametrize(
    ("column", "value"),
    [("state", "granted"), ("owner", "second"), ("cycle", 9), ("came_from", "granted"), ("agency", "cho_ra"),
     ("stage", "detection"), ("area", "01882@2025-07-01"), ("entered_seq", 1), ("parent", "x"), ("definition_number", 1_000), ("reference", "01906-2020-00001")],
)  # fmt: skip
def test_a_case_row_that_is_not_the_fold_of_its_events_is_named(
    engine: Engine, case: str, column: str, value: object
) -> None:
    report = attacked(
        engine,
        case,
        lambda there: there.run(f"UPDATE cases SET {column} = :value WHERE id = :case", value=value),
    )
    assert ("REPLAY", 5) in found(report, case)
    assert column in [each.params.get("column") for each in report.flaws]
    assert [each.code for each in replay(engine.database).differences] == [column]
    assert replay(engine.database).names.keys() == {case}


@pytest.mark.parametrize("column", ["closed_at", "next_due"])
def test_a_moment_of_a_case_row_that_no_event_tells_of_is_named(
    engine: Engine, case: str, column: str
) -> None:
    report = attacked(
        engine, case, lambda there: there.run(f"UPDATE cases SET {column} = opened_at WHERE id = :case")
    )
    assert [each.params.get("column") for each in report.flaws] == [column]


def test_changed_open_values_are_named(engine: Engine, case: str) -> None:
    report = attacked(
        engine,
        case,
        lambda there: there.run("UPDATE cases SET data = :data WHERE id = :case", data='{"amount": 9000000}'),
    )
    assert ("REPLAY", 5) in found(report, case)


@pytest.mark.parametrize(
    ("column", "value"), [("actor", "lead"), ("kind", "data_corrected"), ("transition", "grant")]
)
def test_a_changed_column_beside_a_body_is_named(engine: Engine, case: str, column: str, value: str) -> None:
    def attack(there: Intruder) -> None:
        there.run(f"UPDATE case_event SET {column} = :value WHERE case_id = :case AND seq = 2", value=value)

    assert found(attacked(engine, case, attack), case) == {("COLUMN", 2)}


def test_a_sealed_value_changed_or_taken_away_is_named(engine: Engine, case: str) -> None:
    def attack(there: Intruder) -> None:
        there.run(
            "UPDATE event_sealed SET ciphertext = :junk WHERE case_id = :case AND seq = 2 AND field = 'note'",
            junk=b"x",
        )
        there.run("DELETE FROM event_sealed WHERE case_id = :case AND seq = 1 AND field = 'born'")

    assert found(attacked(engine, case, attack), case) == {("SEALED", 1), ("SEALED", 2)}


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("DELETE FROM command WHERE case_id = :case AND seq = 2", 2),
        ("UPDATE command SET sha256 = :junk WHERE case_id = :case AND seq = 2", 2),
        ("UPDATE command SET seq = 4 WHERE case_id = :case AND seq = 2", 2),
        (
            "UPDATE case_event SET command_id = 'x', command_sha256 = :junk WHERE case_id = :case AND seq = 2",
            2,
        ),
    ],
)
def test_a_registry_of_commands_that_disagrees_is_named(
    engine: Engine, case: str, statement: str, seq: int
) -> None:
    junk = {"junk": b"x"} if ":junk" in statement else {}
    report = attacked(engine, case, lambda there: there.run(statement, **junk))
    assert ("COMMAND", seq) in found(report, case)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM case_number WHERE case_id = :case",
        "UPDATE case_number SET root = 'x', case_id = 'x' WHERE case_id = :case",
    ],
)
def test_a_number_taken_away_or_given_to_another_case_is_named(
    engine: Engine, case: str, statement: str
) -> None:
    assert ("NUMBER", 0) in found(attacked(engine, case, lambda there: there.run(statement)), case)


def test_every_flaw_is_told_in_both_languages_with_the_number_of_the_case(engine: Engine, case: str) -> None:
    def attack(there: Intruder) -> None:
        there.run("UPDATE cases SET state = 'granted' WHERE id = :case")
        there.run("DELETE FROM command WHERE case_id = :case AND seq = 2")
        there.run("UPDATE case_event SET actor = 'lead' WHERE case_id = :case AND seq = 2")
        there.run("UPDATE case_number SET case_id = 'x' WHERE case_id = :case")

    report = attacked(engine, case, attack)
    ours = [each for each in report.flaws if each.case == case]
    assert {each.code for each in ours} == {"COLUMN", "COMMAND", "NUMBER"}
    for language in ("vi", "en"):
        for each in ours:
            assert report.names[each.case] in each.say(language, report.names[each.case])


def test_the_sentences_of_every_fault_exist_in_both_languages() -> None:
    from engine.text import messages

    keys = [
        {key for key in messages().sentences[language] if key.startswith("fault.")}
        for language in ("vi", "en")
    ]
    assert keys[0] == keys[1]
    assert {key.split(".")[1] for key in keys[0]} == {
        "COMMAND", "NUMBER", "REPLAY", "LIMIT", "KEY", "DEFINITION", "ORPHAN", "ABSENT",
    }  # fmt: skip


def _command(body: bytes) -> str:
    import json

    return str(json.loads(body)["command"])
