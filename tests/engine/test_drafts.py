"""From draft to published and retired: who may do what, ticks, what was overtaken, and that nothing is half done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from engine import Engine, FixedClock
from engine.drafts import Drafts
from engine.examined import Examined, Refusal, text_hash
from engine.store import drafts as rows
from engine.store import reference
from engine.store.drafts import DraftRow
from engine.store.rows import ActorRow, HoldingRow
from tests.support.world import NOON, PROVINCE, TOY, build
from workflows.drafting import drafts as drafts_of

OTHER = TOY.replace("vi: ", "vi: Mới ", 1)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    built = build(database, FixedClock(NOON))
    since = date(2025, 7, 1)
    with built.database.write() as connection:
        for name in ("binh", "cuc"):
            reference.put_actors(
                connection, [ActorRow(id=name, name=f"{name} thử", username=name, fs_uniquifier=name)]
            )
            reference.put_holdings(
                connection,
                [
                    HoldingRow(
                        id=name,
                        actor=name,
                        function="admin",
                        agency="so_y_te",
                        area=PROVINCE,
                        valid_from=since,
                    )
                ],
            )
    yield built
    built.database.close()


@pytest.fixture
def drafts(engine: Engine) -> Drafts:
    return drafts_of(engine)


def done(answer: DraftRow | Refusal) -> DraftRow:
    assert isinstance(answer, DraftRow), answer
    return answer


def refused(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    for language in ("vi", "en"):
        assert answer.say(language)
    return answer.code


def events(engine: Engine) -> list[rows.VersionEventRow]:
    with engine.database.read() as connection:
        return list(rows.history(connection, "toy"))


def submitted(drafts: Drafts, text: str = OTHER, by: str = "admin") -> DraftRow:
    draft = done(drafts.begin("toy", by, based_on=1))
    draft = done(drafts.save(draft.id, draft.revision, text, by))
    examined: Examined = drafts.judge(text)
    if examined.warnings:
        from engine.examined import tick_key

        reasons = {tick_key(each): "đã xem" for each in examined.warnings}
        draft = done(drafts.tick(draft.id, draft.revision, reasons, by))
    return done(drafts.submit(draft.id, draft.revision, by))


def test_a_second_person_publishes_what_the_first_submitted(engine: Engine, drafts: Drafts) -> None:
    draft = submitted(drafts)
    made = done(drafts.publish(draft.id, draft.revision, text_hash(OTHER), "binh"))
    assert (made.status, made.number) == ("published", 2)
    assert engine.library.newest("toy").number == 2  # type: ignore[union-attr]
    assert [(each.kind, each.actor, each.number) for each in events(engine)] == [
        ("submitted", "admin", None),
        ("published", "binh", 2),
    ]
