"""From draft to published and retired: who may do what, ticks, what was overtaken, and that nothing is half done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from engine import Engine, FixedClock
from engine.definition.findings import Finding, Severity
from engine.drafts import Drafts
from engine.examined import MOST_REASON, MOST_TEXT, Examined, Refusal, text_hash, tick_key
from engine.store import changing, ground, people, reference
from engine.store import drafts as rows
from engine.store.drafts import DraftRow, VersionEventRow
from engine.store.rows import ActorRow, HoldingRow
from tests.support.world import NOON, PROVINCE, TOY, build, open_toy
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


# ------------------------------------------------------------------ saving


def test_a_draft_begins_with_the_text_of_its_version(drafts: Drafts) -> None:
    draft = done(drafts.begin("toy", "admin", based_on=1))
    assert (draft.text, draft.based_on, draft.status, draft.authors) == (TOY, 1, "open", ("admin",))
    assert refused(drafts.begin("toy", "admin", based_on=7)) == "no_version"
    assert done(drafts.begin("new_one", "admin")).text == ""


@pytest.mark.parametrize("text", ["", "a: [", "\t", "id: toy\r\n", "{{{" * 50, "x" * MOST_TEXT], ids=range(6))
def test_what_is_typed_is_saved_as_typed_also_when_broken(engine: Engine, drafts: Drafts, text: str) -> None:
    draft = typed(drafts, text)
    assert stored(engine, draft.id).text == text
    assert refused(drafts.submit(draft.id, draft.revision, "admin")) == "errors"


def test_what_no_database_keeps_is_refused_with_a_sentence(drafts: Drafts) -> None:
    draft = typed(drafts)
    for text, code in (
        ("a\0b", "text_signs"),
        ("\ud800", "text_signs"),
        ("x" * (MOST_TEXT + 1), "text_long"),
    ):
        assert refused(drafts.save(draft.id, draft.revision, text, "admin")) == code
        assert refused(drafts.begin("toy", "admin", text=text)) == code


def test_of_two_who_edit_one_draft_the_second_is_told_and_overwrites_nothing(
    engine: Engine, drafts: Drafts
) -> None:
    draft = typed(drafts)
    done(drafts.save(draft.id, draft.revision, OTHER + "# first\n", "admin"))
    assert refused(drafts.save(draft.id, draft.revision, OTHER + "# second\n", "binh")) == "overtaken"
    kept = stored(engine, draft.id)
    assert (kept.text, kept.authors) == (OTHER + "# first\n", ("admin",))


def test_the_same_text_again_changes_nothing_and_makes_nobody_an_author(drafts: Drafts) -> None:
    draft = typed(drafts)
    assert done(drafts.save(draft.id, draft.revision, draft.text, "binh")) == draft


def test_who_saved_is_an_author_once(drafts: Drafts) -> None:
    draft = typed(drafts)
    for number, by in enumerate(("binh", "admin", "binh")):
        draft = done(drafts.save(draft.id, draft.revision, f"{OTHER}# {number}\n", by))
    assert (draft.authors, draft.saved_by) == (("admin", "binh"), "binh")


def test_saving_a_submitted_draft_opens_it_again(drafts: Drafts) -> None:
    draft = submitted(drafts)
    again = done(drafts.save(draft.id, draft.revision, WARNED, "admin"))
    assert again.status == "open"
    assert refused(publish(drafts, again)) == "is_open"


def test_a_draft_put_aside_takes_no_more_changes(drafts: Drafts) -> None:
    draft = typed(drafts)
    gone = done(drafts.drop(draft.id, draft.revision, "admin"))
    assert refused(drafts.save(gone.id, gone.revision, TOY, "admin")) == "dropped"
    assert refused(drafts.submit(gone.id, gone.revision, "admin")) == "dropped"
    waiting = submitted(drafts)
    assert refused(drafts.drop(waiting.id, waiting.revision, "admin")) == "is_submitted"


def test_only_administrators_do_anything_with_drafts(engine: Engine, drafts: Drafts) -> None:
    draft = submitted(drafts)
    id, revision = draft.id, draft.revision
    for by in ("officer", "lead", "nobody"):
        answers = (
            drafts.begin("toy", by, based_on=1), drafts.save(id, revision, TOY, by), drafts.tick(id, revision, {}, by),
            drafts.submit(id, revision, by), drafts.give_back(id, revision, "sai", by), drafts.drop(id, revision, by),
            publish(drafts, draft, by), drafts.retire("toy", 1, "sai", by),
        )  # fmt: skip
        assert {refused(each) for each in answers} == {"not_admin"}
    assert stored(engine, id) == draft


def test_a_draft_that_is_not_there_is_said_to_be_so(drafts: Drafts) -> None:
    answers = (
        drafts.save("x", 1, TOY, "admin"), drafts.tick("x", 1, {}, "admin"), drafts.submit("x", 1, "admin"),
        drafts.publish("x", 1, "", "admin"), drafts.drop("x", 1, "admin"),
    )  # fmt: skip
    assert {refused(each) for each in answers} == {"no_draft"}


# ------------------------------------------------------------------ ticks and submitting


def test_a_warning_needs_a_tick_with_a_reason(drafts: Drafts) -> None:
    draft = typed(drafts, WARNED)
    answer = drafts.submit(draft.id, draft.revision, "admin")
    assert isinstance(answer, Refusal)
    assert (answer.code, [tick_key(each) for each in answer.findings]) == ("unticked", [WARNING])
    assert done(drafts.tick(draft.id, draft.revision, {WARNING: "  "}, "admin")) == draft
    ticked = done(drafts.tick(draft.id, draft.revision, {WARNING: " chỉ để kiểm tra "}, "admin"))
    assert ticked.ticks == {WARNING: {"reason": "chỉ để kiểm tra", "by": "admin"}}
    assert done(drafts.submit(ticked.id, ticked.revision, "admin")).status == "submitted"


def test_a_tick_is_for_a_warning_that_is_there(drafts: Drafts) -> None:
    draft = typed(drafts, WARNED)
    assert (
        refused(drafts.tick(draft.id, draft.revision, {"WF601:states.asked": "x"}, "admin")) == "no_warning"
    )
    long = "x" * (MOST_REASON + 1)
    assert refused(drafts.tick(draft.id, draft.revision, {WARNING: long}, "admin")) == "reason_long"


def test_a_tick_survives_edits_elsewhere_and_goes_with_its_warning(drafts: Drafts) -> None:
    draft = typed(drafts, WARNED)
    draft = done(drafts.tick(draft.id, draft.revision, {WARNING: "để kiểm tra"}, "admin"))
    elsewhere = f"# moved down\n{WARNED}".replace("Trả lại", "Trả về")
    for text in (elsewhere, "a: ["):  # broken for a moment: nobody knows which warnings there are
        draft = done(drafts.save(draft.id, draft.revision, text, "admin", drafts.judge(text)))
        assert list(draft.ticks) == [WARNING]
    draft = done(drafts.save(draft.id, draft.revision, OTHER, "admin", drafts.judge(OTHER)))
    assert draft.ticks == {}
    draft = done(drafts.save(draft.id, draft.revision, WARNED, "admin", drafts.judge(WARNED)))
    assert refused(drafts.submit(draft.id, draft.revision, "admin")) == "unticked"


def test_a_tick_does_not_stand_on_the_witness_or_the_line() -> None:
    one = Finding("WF601", Severity.WARNING, "states.a", None, {"n": 1}, {"case": 1}, "late")
    assert (
        tick_key(one) == tick_key(replace(one, witness={"case": 2}, params={"n": 2})) == "WF601.late:states.a"
    )
    assert tick_key(one) != tick_key(replace(one, variant=""))


def test_a_tick_is_taken_away_by_an_empty_reason_and_opens_the_draft(drafts: Drafts) -> None:
    draft = typed(drafts, WARNED)
    draft = done(drafts.tick(draft.id, draft.revision, {WARNING: "để kiểm tra"}, "admin"))
    draft = done(drafts.submit(draft.id, draft.revision, "admin"))
    draft = done(drafts.tick(draft.id, draft.revision, {WARNING: ""}, "binh"))
    assert (draft.ticks, draft.status, draft.authors) == ({}, "open", ("admin", "binh"))


def test_a_warning_accepted_in_the_file_needs_no_tick(drafts: Drafts) -> None:
    text = WARNED.replace("stages:", "accept: {WF503: chỉ để kiểm tra}\nstages:", 1)
    assert submitted(drafts, text).status == "submitted"


def test_errors_cannot_be_submitted_and_are_handed_over(drafts: Drafts) -> None:
    draft = typed(drafts, TOY.replace("to: asked", "to: aksed"))
    answer = drafts.submit(draft.id, draft.revision, "admin")
    assert isinstance(answer, Refusal)
    assert (answer.code, [each.code for each in answer.findings]) == ("errors", ["WF101"])


def test_only_an_author_submits(drafts: Drafts) -> None:
    draft = typed(drafts)
    assert refused(drafts.submit(draft.id, draft.revision, "binh")) == "not_author"


def test_a_draft_stays_of_its_workflow(drafts: Drafts) -> None:
    draft = typed(drafts, OTHER.replace("id: toy", "id: toys"))
    assert refused(drafts.submit(draft.id, draft.revision, "admin")) == "other_workflow"


def test_the_content_of_a_version_is_answered_as_such(engine: Engine, drafts: Drafts) -> None:
    draft = typed(drafts, TOY + "\n# only a comment\n")
    assert refused(drafts.submit(draft.id, draft.revision, "admin")) == "same"
    done(publish(drafts, submitted(drafts)))
    assert refused(drafts.submit(draft.id, draft.revision, "admin")) == "same_earlier"
    assert drafts.retire("toy", 1, "bản cũ", "admin") is None
    assert refused(drafts.submit(draft.id, draft.revision, "admin")) == "same_retired"
    assert numbers(engine) == [1, 2]


def test_a_text_made_elsewhere_is_submitted_in_one_go_or_not_at_all(engine: Engine, drafts: Drafts) -> None:
    for text, reasons, code in (
        (WARNED, {}, "unticked"), (TOY, {}, "same"), ("a: [", {}, "errors"), ("a\0", {}, "text_signs"),
    ):  # fmt: skip
        assert refused(drafts.bring(text, reasons, "admin")) == code
    assert refused(drafts.bring(WARNED, {WARNING: "x"}, "officer")) == "not_admin"
    with engine.database.read() as connection:
        assert rows.all_of(connection, *changing.DRAFT) == ()
    made = done(drafts.bring(WARNED, {WARNING: "để kiểm tra"}, "admin"))
    assert (made.status, made.based_on, list(made.ticks)) == ("submitted", 1, [WARNING])
    assert done(drafts.bring(WARNED, {}, "admin")) == made
    assert done(publish(drafts, made)).number == 2


def test_a_field_that_was_used_keeps_its_type_for_ever(engine: Engine, drafts: Drafts) -> None:
    open_toy(engine)
    draft = typed(drafts, TOY.replace("what: {type: text,", "what: {type: long_text,"))
    answer = drafts.submit(draft.id, draft.revision, "admin")
    assert isinstance(answer, Refusal)
    assert (answer.code, [each.code for each in answer.findings]) == ("errors", ["WF703"])


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


@pytest.mark.parametrize("signs", ["\0", "a\ud800", "x" * (MOST_REASON + 1)])
def test_a_reason_that_no_database_would_keep_is_refused_in_words(drafts: Drafts, signs: str) -> None:
    draft = typed(drafts, WARNED)
    code = "reason_long" if len(signs) > MOST_REASON else "text_signs"
    assert refused(drafts.tick(draft.id, draft.revision, {WARNING: signs}, "admin")) == code
    assert refused(drafts.retire("toy", 1, signs, "admin")) == code
    assert refused(drafts.give_back(draft.id, draft.revision, signs, "binh")) == code
    assert refused(drafts.bring(WARNED, {WARNING: signs}, "admin")) == code
