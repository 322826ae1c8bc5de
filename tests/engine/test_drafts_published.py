"""What was submitted: returned or published by a second person, two at the same moment, retired; nothing is half done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from engine import Engine
from engine.definition.findings import Finding, Severity
from engine.drafts import Drafts
from engine.examined import Examined, Refusal, text_hash
from engine.store import changing, ground, people, reference
from engine.store.drafts import DraftRow
from tests.engine.drafting import (
    OTHER,
    SECOND,
    WARNED,
    WARNING,
    done,
    events,
    give,
    numbers,
    publish,
    refused,
    stored,
    submitted,
    typed,
)
from tests.engine.drafting import drafts as drafts
from tests.engine.drafting import engine as engine
from tests.support.world import open_toy

# ------------------------------------------------------------------ back to the author, or published


def test_a_second_person_publishes_what_the_first_submitted(engine: Engine, drafts: Drafts) -> None:
    draft = typed(drafts, WARNED)
    draft = done(drafts.tick(draft.id, draft.revision, {WARNING: "để kiểm tra"}, "admin"))
    draft = done(drafts.submit(draft.id, draft.revision, "admin"))
    made = done(publish(drafts, draft))
    assert (made.status, made.number) == ("published", 2)
    with engine.database.read() as connection:
        version = reference.definition(connection, "toy", 2)
    assert version is not None
    assert (version.source, version.published_by) == (WARNED, "binh")
    asked, published = events(engine)
    assert (asked.kind, asked.actor, asked.number, asked.draft) == ("submitted", "admin", None, draft.id)
    assert (published.kind, published.actor, published.number) == ("published", "binh", 2)
    assert published.sha256 == asked.sha256 == version.sha256
    assert published.facts == {
        "authors": ["admin"],
        "submitted_by": "admin",
        "ticks": {WARNING: {"reason": "để kiểm tra", "by": "admin"}},
        "text_sha256": text_hash(WARNED),
    }


def test_new_cases_follow_it_and_open_ones_keep_theirs(engine: Engine, drafts: Drafts) -> None:
    before = open_toy(engine).case
    done(publish(drafts, submitted(drafts)))
    after = open_toy(engine).case
    scenes = [engine.look(each, "officer") for each in (before, after)]
    assert [scene.workflow.number for scene in scenes if scene] == [1, 2]


@pytest.mark.parametrize("also", ["commune_officer", "province_child_lead"])
def test_no_author_publishes_whatever_function_they_hold(engine: Engine, drafts: Drafts, also: str) -> None:
    with engine.database.write() as connection:
        give(connection, "admin", also)
        assert len(people.holdings(connection, "admin", date(2026, 11, 23))) == 2
    draft = typed(drafts)
    draft = done(drafts.save(draft.id, draft.revision, draft.text + "# b\n", "binh"))
    draft = done(drafts.submit(draft.id, draft.revision, "admin"))
    assert [refused(publish(drafts, draft, by)) for by in ("admin", "binh")] == ["own", "own"]
    assert done(publish(drafts, draft, "cuc")).number == 2


def test_what_was_read_is_what_is_published(engine: Engine, drafts: Drafts) -> None:
    draft = submitted(drafts)
    assert refused(drafts.publish(draft.id, draft.revision, text_hash("another"), "binh")) == "overtaken"
    changed = done(drafts.save(draft.id, draft.revision, WARNED, "admin"))
    assert refused(publish(drafts, draft)) == "overtaken"
    changed = done(drafts.tick(changed.id, changed.revision, {WARNING: "để kiểm tra"}, "admin"))
    done(drafts.submit(changed.id, changed.revision, "admin"))
    assert refused(publish(drafts, draft)) == "overtaken"
    assert numbers(engine) == [1]


def test_the_text_is_judged_again_when_it_is_published(engine: Engine, drafts: Drafts) -> None:
    draft = submitted(drafts)
    error = Finding("WF101", Severity.ERROR, "states.x")
    strict = Drafts(engine, lambda text: replace(drafts.judge(text), findings=(error,)))
    answer = publish(strict, draft)
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.findings) == ("errors", (error,))
    doubtful = replace(error, severity=Severity.WARNING)
    wary = Drafts(engine, lambda text: replace(drafts.judge(text), findings=(doubtful,)))
    assert refused(publish(wary, draft)) == "unticked"
    assert (numbers(engine), stored(engine, draft.id)) == ([1], draft)


def test_a_returned_draft_is_open_with_the_reason_on_record(engine: Engine, drafts: Drafts) -> None:
    draft = submitted(drafts)
    assert refused(drafts.give_back(draft.id, draft.revision, " ", "binh")) == "reason"
    back = done(drafts.give_back(draft.id, draft.revision, "thiếu thời hạn", "binh"))
    assert (back.status, back.authors) == ("open", ("admin",))
    last = events(engine)[-1]
    assert (last.kind, last.actor, last.draft, last.facts) == (
        "returned",
        "binh",
        draft.id,
        {"reason": "thiếu thời hạn"},
    )
    done(drafts.submit(back.id, back.revision, "admin"))


def test_publishing_twice_gives_one_version(engine: Engine, drafts: Drafts) -> None:
    draft = submitted(drafts)
    done(publish(drafts, draft))
    answer = publish(drafts, draft)
    assert isinstance(answer, Refusal)
    assert (answer.code, answer.params) == ("published", {"definition": "toy", "number": 2})
    assert [each.kind for each in events(engine)] == ["submitted", "published"]


def test_whatever_fails_while_publishing_leaves_nothing_half_done(
    engine: Engine, drafts: Drafts, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = submitted(drafts)

    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space")

    monkeypatch.setattr("engine.drafts.rows.note", full)
    with pytest.raises(OSError, match="no space"):
        publish(drafts, draft)
    assert (numbers(engine), stored(engine, draft.id), len(events(engine))) == ([1], draft, 1)


# ------------------------------------------------------------------ at the same moment


def at_once(*doings: Callable[[], Any]) -> list[Any]:
    gate = Barrier(len(doings))

    def started(do: Callable[[], Any]) -> Any:
        gate.wait()
        return do()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(started, doings))


def test_of_two_who_publish_at_once_one_does(engine: Engine, drafts: Drafts) -> None:
    draft = submitted(drafts)
    answers = at_once(*(lambda by=by: publish(drafts, draft, by) for by in (*SECOND, *SECOND)))
    assert sorted(refused(each) for each in answers if isinstance(each, Refusal)) == ["published"] * 3
    assert numbers(engine) == [1, 2]
    assert [each.kind for each in events(engine)] == ["submitted", "published"]


def test_a_save_against_a_publishing_is_one_or_the_other(engine: Engine, drafts: Drafts) -> None:
    for number in range(6):
        draft = submitted(drafts, OTHER.replace("Số tiền xin", f"Số tiền {number}"))
        newest = max(numbers(engine))
        saved, made = at_once(
            lambda draft=draft: drafts.save(draft.id, draft.revision, draft.text + "# late\n", "admin"),
            lambda draft=draft: publish(drafts, draft),
        )
        last = events(engine)[-1]
        if isinstance(made, DraftRow):
            assert refused(saved) == "published"
            assert (stored(engine, draft.id).text, max(numbers(engine))) == (draft.text, newest + 1)
            assert (last.kind, last.number) == ("published", newest + 1)
        else:
            assert refused(made) == "overtaken"
            assert (done(saved).status, max(numbers(engine)), last.kind) == ("open", newest, "submitted")


def test_two_drafts_of_the_same_content_make_one_version(engine: Engine, drafts: Drafts) -> None:
    pair = [submitted(drafts), submitted(drafts)]
    answers = at_once(*(lambda draft=draft: publish(drafts, draft) for draft in pair))
    assert sorted(each.code for each in answers if isinstance(each, Refusal)) == ["same"]
    assert numbers(engine) == [1, 2]


def test_what_it_was_judged_by_is_what_stands_when_it_is_published(
    engine: Engine, drafts: Drafts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something else is published between the judging and the writing: judged again."""
    draft, between = (
        submitted(drafts),
        submitted(drafts, WARNED.replace('  auditor: "*"\n', "").replace("xin", "cần")),
    )
    judged: list[str] = []

    def judge(text: str) -> Examined:
        judged.append(text)
        if len(judged) == 1:
            done(publish(drafts, between))
        return drafts.judge(text)

    made = done(publish(Drafts(engine, judge), draft))
    assert (len(judged), made.number) == (2, 3)


# ------------------------------------------------------------------ retiring


def test_a_retired_version_takes_no_new_cases_and_keeps_those_it_has(engine: Engine, drafts: Drafts) -> None:
    done(publish(drafts, submitted(drafts)))
    case = open_toy(engine).case
    assert drafts.retire("toy", 2, " thời hạn sai ", "binh") is None
    scene = engine.look(case, "officer")
    assert scene is not None
    assert scene.workflow.number == 2
    assert [each.blockers for each in engine.available(case, "officer")] != []
    after = engine.look(open_toy(engine).case, "officer")
    assert after is not None
    assert after.workflow.number == 1  # the newest that is published
    last = events(engine)[-1]
    assert (last.kind, last.actor, last.number, last.facts) == (
        "retired",
        "binh",
        2,
        {"reason": "thời hạn sai"},
    )


def test_without_any_version_opening_says_so(engine: Engine, drafts: Drafts) -> None:
    assert drafts.retire("toy", 1, "không dùng nữa", "admin") is None
    assert [each.code for each in open_toy(engine).blockers] == ["unknown_definition"]


def test_retiring_needs_a_reason_and_a_version_in_use(engine: Engine, drafts: Drafts) -> None:
    assert refused(drafts.retire("toy", 1, "", "admin")) == "reason"
    assert refused(drafts.retire("toy", 2, "x", "admin")) == "no_version"
    assert drafts.retire("toy", 1, "x", "admin") is None
    assert refused(drafts.retire("toy", 1, "x", "admin")) == "retired"
    assert [each.kind for each in events(engine)] == ["retired"]


def test_of_two_who_retire_at_once_one_does(engine: Engine, drafts: Drafts) -> None:
    answers = at_once(*(lambda by=by: drafts.retire("toy", 1, "x", by) for by in SECOND))
    assert sorted(str(each and each.code) for each in answers) == ["None", "retired"]
    assert len(events(engine)) == 1


def test_nobody_deletes_a_version_a_draft_was_published_as_or_what_was_decided(
    engine: Engine, drafts: Drafts
) -> None:
    done(publish(drafts, submitted(drafts)))
    assert drafts.retire("toy", 1, "x", "binh") is None
    for table in (ground.definition_version, changing.version_event):
        for statement in (table.delete(), table.update().values(definition="other")):
            with pytest.raises(IntegrityError), engine.database.write() as connection:
                connection.execute(statement)
    assert (numbers(engine), len(events(engine))) == ([1, 2], 3)
