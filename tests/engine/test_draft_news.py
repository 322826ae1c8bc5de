"""Who is told of a draft: the administrators who may publish it, and then its authors; nobody of what they did themselves."""

from __future__ import annotations

from sqlalchemy import select, update

from engine import Engine
from engine.drafts import Drafts
from engine.store import ground
from engine.store.tables import notice
from tests.engine.drafting import OTHER, done, publish, stored, submitted, typed
from tests.engine.drafting import drafts as drafts
from tests.engine.drafting import engine as engine


def told(engine: Engine) -> set[tuple[str, str]]:
    with engine.database.read() as connection:
        return {(each.actor, each.kind) for each in connection.execute(select(notice))}


def test_a_submitted_draft_is_told_to_those_who_may_publish_it(engine: Engine, drafts: Drafts) -> None:
    draft = typed(drafts)
    assert told(engine) == set()
    draft = done(drafts.save(draft.id, draft.revision, OTHER + "\n", "cuc"))
    done(drafts.submit(draft.id, draft.revision, "admin"))
    assert told(engine) == {("binh", "draft_submitted")}


def test_an_administrator_who_has_left_is_not_told(engine: Engine, drafts: Drafts) -> None:
    with engine.database.write() as connection:
        connection.execute(update(ground.actor).where(ground.actor.c.id == "cuc").values(active=False))
    submitted(drafts)
    assert told(engine) == {("binh", "draft_submitted")}


def test_what_came_of_it_is_told_to_its_authors(engine: Engine, drafts: Drafts) -> None:
    draft = submitted(drafts)
    done(drafts.give_back(draft.id, draft.revision, "chưa rõ", "binh"))
    again = stored(engine, draft.id)
    done(drafts.submit(again.id, again.revision, "admin"))
    published = done(publish(drafts, stored(engine, draft.id), "cuc"))
    assert told(engine) == {
        ("binh", "draft_submitted"), ("cuc", "draft_submitted"), ("admin", "draft_returned"), ("admin", "draft_published"),
    }  # fmt: skip
    with engine.database.read() as connection:
        sent = connection.execute(select(notice.c.kind, notice.c.params)).all()
    assert len(sent) == 6  # submitted twice
    assert [each.params["number"] for each in sent if each.kind == "draft_published"] == [published.number]


def test_a_refused_submission_is_told_to_nobody(engine: Engine, drafts: Drafts) -> None:
    draft = typed(drafts, OTHER.replace("to: asked", "to: nowhere"))
    drafts.submit(draft.id, draft.revision, "admin")
    assert told(engine) == set()
