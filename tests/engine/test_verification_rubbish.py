from __future__ import annotations

import pytest

from engine import FixedClock
from engine.verification import MOST_FLAWS, replay, verify
from tests.engine.intruder import Intruder, attacked, found, intruder
from tests.engine.worker.story import build, done
from tests.support.world import NOON, fire, open_toy


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_event SET at = 'yesterday' WHERE case_id = :case AND seq = 2",
        "UPDATE case_event SET body = 'text' WHERE case_id = :case AND seq = 2",
        "UPDATE case_event SET body = 7 WHERE case_id = :case AND seq = 2",
        "UPDATE case_event SET seq = 'two' WHERE case_id = :case AND seq = 2",
        "UPDATE cases SET version = 'many' WHERE id = :case",
        "UPDATE cases SET data = '{' WHERE id = :case",
        "UPDATE cases SET entered_at = 'noon' WHERE id = :case",
        "UPDATE event_sealed SET ciphertext = 'text' WHERE case_id = :case AND seq = 2",
    ],
)
def test_rubbish_in_a_column_is_a_flaw_and_no_fault_of_the_program(
    sqlite_database: str, statement: str
) -> None:
    engine = build(sqlite_database, FixedClock(NOON))
    case = done(open_toy(engine)).case
    done(fire(engine, case, "ask", "officer", amount=5, urgency="low", note="Nhà xa"))
    other = done(open_toy(engine)).case
    report = attacked(engine, case, lambda there: there.run(statement))
    assert report.cases == 2
    assert found(report, case)
    assert not found(report, other)
    replay(engine.database)
    engine.database.close()


@pytest.mark.parametrize(
    "args", [7, [], {"tracks": 7}, {"opened": 7}, {"decisions": {"x": 7}}, {"limits_made": {"x": []}}]
)
def test_a_body_made_by_hand_with_its_hash_is_a_flaw_and_no_fault_of_the_program(
    sqlite_database: str, args: object
) -> None:
    engine = build(sqlite_database, FixedClock(NOON))
    case = done(open_toy(engine)).case

    def attack(there: Intruder) -> None:
        there.run(
            "UPDATE cases SET head = :head WHERE id = :case", head=there.rewrite(1, rehash=True, args=args)
        )

    assert {code for code, _ in found(attacked(engine, case, attack), case)} >= {"REPLAY"}
    replay(engine.database)
    engine.database.close()


def test_of_many_flaws_the_first_thousand_are_told(sqlite_database: str) -> None:
    engine = build(sqlite_database, FixedClock(NOON))
    case = done(open_toy(engine)).case
    with intruder(sqlite_database, case) as there:
        for number in range(MOST_FLAWS + 1):
            there.run(
                "INSERT INTO command (id, sha256, root, case_id, seq) VALUES (:id, :junk, :case, :case, 9)",
                id=str(number),
                junk=b"x",
            )
    report = verify(engine.database)
    assert (len(report.flaws), report.cut) == (MOST_FLAWS, True)
    engine.database.close()
