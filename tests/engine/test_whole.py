"""What says that every event is whole can see: with any one kind of row gone, changed or too many, it complains."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import Engine
from tests.engine.intruder import intruder
from tests.engine.whole import assert_every_event_is_whole
from tests.engine.writers import build_both, life
from tests.support.world import open_toy, same_id

SHARED = same_id("shared")
HARM = (
    "DELETE FROM case_event WHERE kind = 'deadline_breached'",
    "DELETE FROM command WHERE seq = 2",
    "UPDATE command SET seq = 9 WHERE seq = 3",
    "UPDATE command SET sha256 = leaf FROM case_event WHERE command_id = id",
    "DELETE FROM log_pending WHERE seq = 2",
    "UPDATE cases SET version = version - 1",
    "DELETE FROM cases WHERE parent IS NOT NULL",
    "DELETE FROM case_number WHERE reference LIKE '%/HT1'",
    "UPDATE number_counter SET last = last + 1",
    "DELETE FROM event_sealed WHERE field = 'note'",
    "UPDATE event_sealed SET field = 'born' WHERE field = 'note'",
    "UPDATE event_sealed SET ciphertext = CAST('x' AS BLOB) WHERE field = 'note'",
    "DELETE FROM subject_key WHERE subject = 'child'",
    "DELETE FROM name_token",
    "DELETE FROM deadline WHERE ended_at IS NULL",
    "UPDATE deadline SET ended_at = NULL",
    "UPDATE deadline SET ended_at = start_at",
    "UPDATE deadline SET breached_at = NULL",
    "DELETE FROM outbox WHERE kind = 'breach'",
    "DELETE FROM outbox WHERE kind = 'subcase_returned'",
    "UPDATE outbox SET seq = 1",
)


@pytest.fixture
def engine(sqlite_database: str) -> Iterator[Engine]:
    built = build_both(sqlite_database)
    assert open_toy(built, case=SHARED).applied
    for command in life(built, SHARED):
        assert built.apply(command).applied
    yield built
    built.database.close()


def test_a_story_as_the_engine_wrote_it_is_whole(engine: Engine) -> None:
    assert_every_event_is_whole(engine.database)


@pytest.mark.parametrize("harm", HARM)
def test_harm_is_seen(engine: Engine, harm: str) -> None:
    with intruder(engine.database.url.render_as_string(), SHARED) as there:
        there.run(harm)
    with pytest.raises(AssertionError):
        assert_every_event_is_whole(engine.database)
