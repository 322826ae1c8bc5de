"""Three administrators and their drafts of the toy: typed, submitted, published; what stands in the store of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from engine import Engine, FixedClock
from engine.drafts import Drafts
from engine.examined import Refusal, text_hash
from engine.store import drafts as rows
from engine.store import reference
from engine.store.drafts import DraftRow, VersionEventRow
from engine.store.rows import ActorRow, HoldingRow
from tests.support.world import NOON, PROVINCE, TOY, build
from workflows.drafting import drafts as drafts_of

OTHER = TOY.replace("{vi: Số tiền,", "{vi: Số tiền xin,")
WARNED = OTHER.replace('province_child_lead: "*"', 'province_child_lead: "*"\n  auditor: "*"')
WARNING = "WF503:access.auditor"
SECOND = ("binh", "cuc")


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """The small province with three administrators: admin, binh and cuc."""
    built = build(database, FixedClock(NOON))
    with built.database.write() as connection:
        for name in SECOND:
            person = ActorRow(id=name, name=f"{name} thử", username=name, fs_uniquifier=name)
            reference.put_actors(connection, [person])
            give(connection, name, "admin")
    yield built
    built.database.close()


def give(connection: Any, actor: str, function: str) -> None:
    held = HoldingRow(
        id=f"{actor}:{function}", actor=actor, function=function, agency="so_y_te", area=PROVINCE,
        valid_from=date(2025, 7, 1),
    )  # fmt: skip
    reference.put_holdings(connection, [held])


@pytest.fixture
def drafts(engine: Engine) -> Drafts:
    """Its drafts, judged as everywhere."""
    return drafts_of(engine)


def done(answer: DraftRow | Refusal) -> DraftRow:
    assert isinstance(answer, DraftRow), answer
    return answer


def refused(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    assert answer.say("vi") != answer.say("en")
    return answer.code


def events(engine: Engine, definition: str = "toy") -> list[VersionEventRow]:
    with engine.database.read() as connection:
        return list(rows.history(connection, definition))


def stored(engine: Engine, id: str) -> DraftRow:
    with engine.database.read() as connection:
        found = rows.get(connection, id)
    assert found is not None
    return found


def numbers(engine: Engine) -> list[int]:
    with engine.database.read() as connection:
        return [each.number for each in reference.definitions(connection) if each.definition == "toy"]


def typed(drafts: Drafts, text: str = OTHER, by: str = "admin") -> DraftRow:
    draft = done(drafts.begin("toy", by, based_on=1))
    return done(drafts.save(draft.id, draft.revision, text, by))


def submitted(drafts: Drafts, text: str = OTHER, by: str = "admin") -> DraftRow:
    draft = typed(drafts, text, by)
    return done(drafts.submit(draft.id, draft.revision, by))


def publish(drafts: Drafts, draft: DraftRow, by: str = "binh") -> DraftRow | Refusal:
    return drafts.publish(draft.id, draft.revision, text_hash(draft.text), by)
