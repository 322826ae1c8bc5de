"""Cases whose record was tampered with, and cases that go on while they are moved: named or skipped, never in the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine import Engine, FixedClock
from engine.lookup import Lookup
from engine.migration import revert
from tests.engine.evidence import assert_whole, row_of
from tests.engine.intruder import intruder
from tests.engine.migration.moves import asked_case, version
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


def test_a_step_taken_while_a_case_goes_back_is_seen_and_the_case_skipped(
    postgres: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = asked_case(postgres)
    version(postgres, NEW_LIMIT)
    migration = carried_on(postgres, begun(postgres, planned(postgres)))
    back = begun(postgres, revert(postgres, migration, "admin"))
    read, steps = Lookup._last, [lambda: fire(postgres, case, "remark", "officer", note="thêm")]

    def overtaken(self: Lookup, *given: Any) -> Any:
        while steps:
            assert steps.pop()().applied
        return read(self, *given)

    monkeypatch.setattr(Lookup, "_last", overtaken)
    assert carried_on(postgres, back).status == "done"
    assert status(postgres, again(postgres, back)) == ["skipped"]
    assert_whole(postgres, case)
