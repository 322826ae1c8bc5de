"""Cases whose record was tampered with, and cases that go on while they are moved: named or skipped, never in the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine import Engine, FixedClock
from engine.lookup import Lookup
from engine.migration import revert
from engine.store.steps import Conflict, StepTransaction
from tests.engine.evidence import assert_whole, row_of
from tests.engine.intruder import intruder
from tests.engine.migration.moves import asked_case, command, version
from tests.engine.migration.test_running import again, begun, carried_on, looked_at, planned, rows, status
from tests.engine.test_moving import NEW_LIMIT
from tests.support.world import NOON, build, fire

RENAMED_NOTE = (
    ("  note: {type: long_text", "  remark_text: {type: long_text"),
    ("urgency: required, note: optional}", "urgency: required, remark_text: optional}"),
    ("fields: {note: required}", "fields: {remark_text: required}"),
)
HARM = {
    "written over": "UPDATE event_sealed SET ciphertext = :harm WHERE case_id = :case AND field = 'note'",
    "taken away": "DELETE FROM event_sealed WHERE case_id = :case AND field = 'note'",
    "its key taken away": "DELETE FROM subject_key WHERE case_id = :case AND subject = 'case'",
}


@pytest.fixture
def postgres(postgresql_database: str) -> Iterator[Engine]:
    """The toy on the database that takes a step without a lock first."""
    built = build(postgresql_database, FixedClock(NOON))
    yield built
    built.database.close()


NOBODY_CAN = {
    "read": "UPDATE cases SET data = '{\"urgency\": 5}' WHERE id = :case",
    "write": "INSERT INTO log_pending (root, case_id, seq) SELECT root, id, version + 1 FROM cases WHERE id = :case",
}


def harm(engine: Engine, case: str, statement: str) -> None:
    with intruder(engine.database.url.render_as_string(hide_password=False), case) as there:
        there.run(statement, **({"harm": b"harm"} if ":harm" in statement else {}))


@pytest.mark.parametrize("kind", HARM)
def test_a_case_whose_value_was_tampered_with_is_named_and_not_moved_and_the_others_are(
    toy: Engine, kind: str
) -> None:
    harmed, whole, later = asked_case(toy), asked_case(toy), asked_case(toy)
    version(toy, *RENAMED_NOTE)
    harm(toy, harmed, HARM[kind])
    migration = looked_at(toy, planned(toy, sure=["fields.note"]))
    found = rows(toy, migration)
    assert (found[harmed].status, found[harmed].report["blockers"][0]["code"]) == ("blocked", "record_broken")
    moved = begun(toy, migration)
    harm(toy, later, HARM[kind])
    moved = carried_on(toy, moved)
    found = rows(toy, moved)
    assert {each: (found[each].status, found[each].reason) for each in (harmed, whole, later)} == {
        harmed: ("blocked", ""), whole: ("migrated", ""), later: ("failed", "record_broken"),
    }  # fmt: skip
    assert (moved.status, row_of(toy, harmed).definition_number) == ("done", 1)


@pytest.mark.parametrize("kind", NOBODY_CAN)
def test_a_case_that_nobody_can_read_or_write_is_named_and_stops_no_other(toy: Engine, kind: str) -> None:
    harmed, whole, later = asked_case(toy), asked_case(toy), asked_case(toy)
    version(toy, NEW_LIMIT)
    harm(toy, harmed, NOBODY_CAN[kind])
    migration = begun(toy, planned(toy))
    told = rows(toy, migration)[harmed].report["blockers"]
    assert [each["code"] for each in told] == ["move_failed"]
    harm(toy, later, NOBODY_CAN[kind])
    moved = carried_on(toy, migration)
    found = rows(toy, moved)
    assert {each: (found[each].status, found[each].reason) for each in (harmed, whole, later)} == {
        harmed: ("blocked", ""), whole: ("migrated", ""), later: ("failed", "move_failed"),
    }  # fmt: skip
    assert (moved.status, row_of(toy, later).definition_number) == ("done", 1)
    assert_whole(toy, whole)


@pytest.mark.parametrize(
    "statement", ["DELETE FROM case_event WHERE", "UPDATE case_event SET body = :harm WHERE"]
)
def test_a_case_that_lost_its_newest_event_stops_no_other_from_going_back(
    toy: Engine, statement: str
) -> None:
    harmed, whole = asked_case(toy), asked_case(toy)
    version(toy, NEW_LIMIT)
    migration = carried_on(toy, begun(toy, planned(toy)))
    harm(toy, harmed, f"{statement} case_id = :case AND seq = 3")
    back = carried_on(toy, begun(toy, revert(toy, migration, "admin")))
    assert back.status == "done"
    assert row_of(toy, whole).definition_number == 1
    assert_whole(toy, whole)


def test_a_step_taken_just_before_its_case_goes_back_is_seen_and_the_case_skipped(
    toy: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = asked_case(toy)
    version(toy, NEW_LIMIT)
    migration = carried_on(toy, begun(toy, planned(toy)))
    back = begun(toy, revert(toy, migration, "admin"))
    moved = toy.apply_moves

    def overtaken(*given: Any) -> Any:
        assert fire(toy, case, "remark", "officer", note="thêm").applied
        monkeypatch.setattr(toy, "apply_moves", moved)
        return moved(*given)

    monkeypatch.setattr(toy, "apply_moves", overtaken)
    assert carried_on(toy, back).status == "done"
    assert status(toy, again(toy, back)) == ["skipped"]
    assert_whole(toy, case)


def test_a_step_taken_while_a_case_goes_back_by_itself_makes_the_move_stale(
    postgres: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slice of cases is locked; a single move is not, on PostgreSQL, until somebody was there first."""
    case = asked_case(postgres)
    there = command(postgres, case, version(postgres, NEW_LIMIT))
    assert postgres.apply(there).applied
    back = command(postgres, case, 1, reverts=there.values["migration"])
    read, steps = Lookup._last, [lambda: fire(postgres, case, "remark", "officer", note="thêm")]

    def overtaken(self: Lookup, *given: Any) -> Any:
        while steps:
            assert steps.pop()().applied
        return read(self, *given)

    monkeypatch.setattr(Lookup, "_last", overtaken)
    assert {each.code for each in postgres.apply(back).blockers} == {"stale"}
    assert_whole(postgres, case)


def test_a_case_that_goes_on_while_it_is_looked_at_is_looked_at_as_it_stands_then(
    toy: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, on, whole = sorted(
        asked_case(toy) for _ in range(3)
    )  # what ends is looked at just before what goes on
    version(toy, NEW_LIMIT)
    rehearse = toy.rehearse_moves

    def overtaken(*given: Any) -> Any:
        monkeypatch.setattr(toy, "rehearse_moves", rehearse)
        assert fire(toy, on, "return_request", "chair", reason="thiếu").applied
        assert fire(toy, ended, "grant", "chair", number="1").applied
        return rehearse(*given)

    monkeypatch.setattr(toy, "rehearse_moves", overtaken)
    found = rows(toy, begun(toy, planned(toy)))
    assert {id: (each.status, each.state, each.version) for id, each in found.items()} == {
        on: ("planned", "draft", 3), whole: ("planned", "asked", 2),
    }  # fmt: skip


def test_cases_of_which_one_cannot_be_written_are_moved_one_by_one(
    toy: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody was there first in the middle of a slice: nothing of it is kept, and each case is tried by itself."""
    cases = [asked_case(toy) for _ in range(3)]
    version(toy, NEW_LIMIT)
    migration = begun(toy, planned(toy))
    written, tries = StepTransaction.write, iter(range(100))

    def second(self: StepTransaction, writing: Any) -> None:
        if next(tries) == 1:
            raise Conflict("there first")
        written(self, writing)

    monkeypatch.setattr(StepTransaction, "write", second)
    moved = carried_on(toy, migration)
    assert (moved.status, status(toy, moved)) == ("done", ["migrated"] * 3)
    for case in cases:
        assert row_of(toy, case).version == 3
        assert_whole(toy, case)
