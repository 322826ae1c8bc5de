"""A draft until it is submitted: saved as typed, what was overtaken, ticks, and who may submit it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine import Engine
from engine.definition.findings import Finding, Severity
from engine.drafts import Drafts
from engine.examined import MOST_REASON, MOST_TEXT, Refusal, tick_key
from engine.store import changing
from engine.store import drafts as rows
from tests.engine.drafting import (
    OTHER,
    WARNED,
    WARNING,
    done,
    numbers,
    publish,
    refused,
    stored,
    submitted,
    typed,
)
from tests.engine.drafting import drafts as drafts
from tests.engine.drafting import engine as engine
from tests.support.world import TOY, open_toy

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


@pytest.mark.parametrize("signs", ["\0", "a\ud800", "x" * (MOST_REASON + 1)])
def test_a_reason_that_no_database_would_keep_is_refused_in_words(drafts: Drafts, signs: str) -> None:
    draft = typed(drafts, WARNED)
    code = "reason_long" if len(signs) > MOST_REASON else "text_signs"
    assert refused(drafts.tick(draft.id, draft.revision, {WARNING: signs}, "admin")) == code
    assert refused(drafts.retire("toy", 1, signs, "admin")) == code
    assert refused(drafts.give_back(draft.id, draft.revision, signs, "binh")) == code
    assert refused(drafts.bring(WARNED, {WARNING: signs}, "admin")) == code
