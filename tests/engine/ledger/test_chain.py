import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ledger.body import canonical, leaf
from engine.ledger.chain import EventRow, Flaw, FlawCode
from engine.text import LANGUAGES, messages
from tests.engine.ledger.chains import FACTS, Story, next_row, story

SEEDS = st.integers(0, 2**32)
OTHER = "018f6d1c-0000-7000-8000-000000000002"


@st.composite
def stories(draw: st.DrawFn, at_least: int = 1) -> Story:
    return story(draw(st.integers(at_least, 12)), draw(SEEDS))


@st.composite
def a_story_and_a_place(draw: st.DrawFn, leave: int = 0) -> tuple[Story, int]:
    """A story and a seq in it with `leave` events after it."""
    whole = draw(stories(1 + leave))
    return whole, draw(st.integers(1, whole.version - leave))


def rewritten(row: EventRow, **changes: Any) -> EventRow:
    """The row with other facts in its body, its leaf computed anew."""
    written = canonical(json.loads(row.body) | changes)
    return row._replace(body=written, leaf=leaf(written))


def replaced(whole: Story, row: EventRow) -> Story:
    return replace(whole, rows=tuple(row if each.seq == row.seq else each for each in whole.rows))


@given(stories(), SEEDS)
def test_a_clean_chain_has_no_flaw_whatever_the_order_of_its_rows(whole: Story, seed: int) -> None:
    assert whole.flaws() == ()
    mixed = tuple(sorted(whole.rows, key=lambda row: hash((row.leaf, seed))))
    assert replace(whole, rows=mixed).flaws() == ()


@given(a_story_and_a_place())
def test_an_edited_body_is_named(case: tuple[Story, int]) -> None:
    whole, seq = case
    body = whole.row(seq).body.replace(b"officer", b"0fficer", 1)
    assert whole.with_row(seq, body=body).found() == [("EDITED", seq)]


@given(a_story_and_a_place(leave=1))
def test_a_body_edited_with_its_leaf_breaks_the_next_link(case: tuple[Story, int]) -> None:
    whole, seq = case
    assert replaced(whole, rewritten(whole.row(seq), reason="x")).found() == [("BROKEN_LINK", seq + 1)]


@given(stories())
def test_the_last_body_edited_with_its_leaf_is_not_the_head(whole: Story) -> None:
    last = whole.version
    assert replaced(whole, rewritten(whole.row(last), reason="x")).found() == [("HEAD", last)]


@given(a_story_and_a_place(leave=1))
def test_a_deleted_row_leaves_a_gap(case: tuple[Story, int]) -> None:
    whole, seq = case
    flaws = whole.without(seq).flaws()
    assert flaws[0] == Flaw(FlawCode.GAP, FACTS.case, seq, "missing", {"found": seq + 1})
    assert {flaw.code for flaw in flaws} <= {FlawCode.GAP, FlawCode.SEALED}


@given(a_story_and_a_place(leave=1))
def test_a_deleted_row_covered_by_renumbering_shows_moved_rows(case: tuple[Story, int]) -> None:
    whole, seq = case
    rows = [row._replace(seq=row.seq - (row.seq > seq)) for row in whole.without(seq).rows]
    sealed = {(at - (at > seq), name): each for (at, name), each in whole.sealed.items() if at != seq}
    found = replace(whole, rows=tuple(rows), sealed=sealed, version=whole.version - 1).flaws()
    assert found[0] == Flaw(
        FlawCode.MOVED, FACTS.case, seq, "body", {"body_case": FACTS.case, "body_seq": seq + 1}
    )
    assert [flaw.seq for flaw in found if flaw.code is FlawCode.MOVED] == list(range(seq, whole.version))


@given(a_story_and_a_place(leave=1))
def test_a_cut_tail_does_not_reach_the_head(case: tuple[Story, int]) -> None:
    whole, last = case
    cut = whole.without(*range(last + 1, whole.version + 1))
    cut = replace(cut, sealed={place: each for place, each in whole.sealed.items() if place[0] <= last})
    assert cut.flaws() == (
        Flaw(FlawCode.HEAD, FACTS.case, last + 1, "version", {"version": whole.version, "newest": last}),
    )
    assert replace(cut, version=last).found() == [("HEAD", last)]


@given(stories())
def test_a_case_whose_events_are_all_gone_is_no_clean_case(whole: Story) -> None:
    assert replace(whole, rows=(), sealed={}).found() == [("HEAD", 1)]
    assert replace(whole, rows=(), sealed={}, version=0, head=b"").found() == [("HEAD", 1)]


@given(stories())
def test_a_forged_event_behind_the_head_is_named(whole: Story) -> None:
    forged = next_row(list(whole.rows), whole.case, {}, {})
    assert replace(whole, rows=(*whole.rows, forged)).found() == [("HEAD", whole.version + 1)]


@given(a_story_and_a_place(leave=1), st.data())
def test_two_swapped_rows_are_both_named(case: tuple[Story, int], data: st.DataObject) -> None:
    whole, one = case
    other = data.draw(st.integers(one + 1, whole.version))
    a, b = whole.row(one), whole.row(other)
    rows = {row.seq: row for row in whole.rows} | {one: b._replace(seq=one), other: a._replace(seq=other)}
    swapped = replace(whole, rows=tuple(rows.values()))
    assert [seq for code, seq in swapped.found() if code == "MOVED"] == [one, other]


@given(a_story_and_a_place(leave=1), SEEDS)
def test_a_row_moved_to_another_case_is_missed_here_and_strange_there(
    case: tuple[Story, int], seed: int
) -> None:
    whole, seq = case
    there = story(3, seed, case=OTHER)
    assert whole.without(seq).found()[0] == ("GAP", seq)
    added = replace(
        there, rows=(*there.rows, whole.row(seq)._replace(seq=4)), version=4, head=whole.row(seq).leaf
    )
    assert added.flaws() == (
        Flaw(FlawCode.MOVED, OTHER, 4, "body", {"body_case": FACTS.case, "body_seq": seq}),
    )


@given(a_story_and_a_place())
def test_a_row_moved_under_another_root_is_named(case: tuple[Story, int]) -> None:
    whole, _ = case
    assert {code for code, _ in replace(whole, root=OTHER).found()} == {"MOVED"}


@given(a_story_and_a_place(), st.data())
def test_a_single_flipped_bit_of_body_or_leaf_is_named_at_its_row(
    case: tuple[Story, int], data: st.DataObject
) -> None:
    whole, seq = case
    column = data.draw(st.sampled_from(["body", "leaf"]))
    value = bytearray(getattr(whole.row(seq), column))
    bit = data.draw(st.integers(0, len(value) * 8 - 1))
    value[bit // 8] ^= 1 << bit % 8
    assert whole.with_row(seq, **{column: bytes(value)}).found() == [("EDITED", seq)]


def test_every_single_flipped_bit_of_a_whole_chain_is_named() -> None:
    whole = story(3, seed=7)
    for row in whole.rows:
        for column in ("body", "leaf"):
            for bit in range(len(getattr(row, column)) * 8):
                value = bytearray(getattr(row, column))
                value[bit // 8] ^= 1 << bit % 8
                assert whole.with_row(row.seq, **{column: bytes(value)}).found() == [("EDITED", row.seq)]


def test_every_single_flipped_bit_of_the_head_is_named() -> None:
    whole = story(3)
    for bit in range(256):
        head = bytearray(whole.head)
        head[bit // 8] ^= 1 << bit % 8
        assert replace(whole, head=bytes(head)).found() == [("HEAD", 3)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", FACTS.at + timedelta(days=1)),
        ("at", datetime(2026, 11, 9)),  # what a tampered text can read as
        ("at", None),
        ("kind", "data_corrected"),
        ("transition", "approve_plan"),
        ("transition", ""),
        ("actor", "somebody_else"),
    ],
)
@given(case=a_story_and_a_place())
def test_a_column_that_says_otherwise_than_the_body_is_named(
    column: str, value: object, case: tuple[Story, int]
) -> None:
    whole, seq = case
    flaws = whole.with_row(seq, **{column: value}).flaws()
    assert flaws == (Flaw(FlawCode.COLUMN, FACTS.case, seq, "differs", {"column": column}),)


SEALED = story(6, seed=3)


@pytest.mark.parametrize("at", SEALED.sealed)
@pytest.mark.parametrize(
    ("change", "variant"),
    [
        (lambda envelope: envelope[:-1] + bytes([envelope[-1] ^ 1]), "differs"),
        (lambda envelope: "text", "differs"),
        (lambda envelope: None, "missing"),
    ],
)
def test_a_changed_or_missing_sealed_value_is_named(at: tuple[int, str], change: Any, variant: str) -> None:
    tampered = replace(SEALED, sealed={**SEALED.sealed, at: change(SEALED.sealed[at])})
    assert tampered.flaws() == (Flaw(FlawCode.SEALED, FACTS.case, at[0], variant, {"field": at[1]}),)


@pytest.mark.parametrize("at", SEALED.sealed)
def test_an_erased_value_is_no_flaw(at: tuple[int, str]) -> None:
    sealed = {place: each for place, each in SEALED.sealed.items() if place != at}
    assert replace(SEALED, sealed=sealed, erased=frozenset([at])).flaws() == ()


@pytest.mark.parametrize("at", SEALED.sealed)
def test_an_erasure_excuses_no_other_missing_value(at: tuple[int, str]) -> None:
    sealed = {place: each for place, each in SEALED.sealed.items() if place != at}
    assert replace(SEALED, sealed=sealed, erased=SEALED.sealed.keys() - {at}).found() == [("SEALED", at[0])]


@pytest.mark.parametrize("at", SEALED.sealed)
def test_an_erasure_excuses_no_changed_value(at: tuple[int, str]) -> None:
    tampered = replace(SEALED, sealed={**SEALED.sealed, at: b"other"}, erased=frozenset([at]))
    assert tampered.found() == [("SEALED", at[0])]


@pytest.mark.parametrize("at", [(1, "invented"), (7, "child_name")])
def test_a_sealed_value_that_no_event_made_is_named(at: tuple[int, str]) -> None:
    tampered = replace(SEALED, sealed={**SEALED.sealed, at: b"x"})
    assert tampered.flaws() == (Flaw(FlawCode.SEALED, FACTS.case, at[0], "stray", {"field": at[1]}),)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        canonical(json.loads(SEALED.row(2).body) | {"sealed": []}),
    ],
)
def test_a_body_that_is_no_event_is_named_though_its_hash_fits(body: bytes) -> None:
    flaws = SEALED.with_row(2, body=body, leaf=leaf(body)).flaws()
    assert flaws == (Flaw(FlawCode.EDITED, FACTS.case, 2, "unreadable"),)


@pytest.mark.parametrize(
    ("column", "value"), [("body", "text"), ("body", None), ("leaf", "text"), ("leaf", None)]
)
def test_a_column_of_another_type_is_an_edit_and_no_crash(column: str, value: object) -> None:
    assert SEALED.with_row(6, **{column: value}).found()[0] == ("EDITED", 6)


def test_a_row_whose_number_is_no_number_is_named() -> None:
    strange = SEALED.row(3)._replace(seq="three")
    tampered = replace(SEALED, rows=(*SEALED.without(3).rows, strange))
    assert tampered.found()[:2] == [("EDITED", 0), ("GAP", 3)]


def test_a_version_that_is_no_number_is_named() -> None:
    assert replace(SEALED, version="six").found() == [("HEAD", 7)]


def test_a_row_that_stands_twice_is_named() -> None:
    assert replace(SEALED, rows=(*SEALED.rows, SEALED.row(3))).found()[0][0] == "GAP"


@given(a_story_and_a_place(leave=1), SEEDS)
def test_a_tail_cut_or_rewritten_to_its_end_is_left_to_the_witness(
    case: tuple[Story, int], seed: int
) -> None:
    whole, last = case
    shorter = story(last, seed)
    assert shorter.flaws() == ()
    cut = whole.without(*range(last + 1, whole.version + 1))
    sealed = {place: each for place, each in whole.sealed.items() if place[0] <= last}
    assert replace(cut, sealed=sealed, version=last, head=whole.row(last).leaf).flaws() == ()


EVERY_FLAW = [
    *SEALED.with_row(2, body=b"").flaws(),
    *SEALED.with_row(2, body=b"", leaf=leaf(b"")).flaws(),
    *replaced(SEALED, rewritten(SEALED.row(2), reason="x")).flaws(),
    *SEALED.without(2).flaws(),
    *SEALED.without(6).flaws(),
    *replace(SEALED, head=b"").flaws(),
    *replace(SEALED, root=OTHER).flaws(),
    *SEALED.with_row(2, actor="x").flaws(),
    *replace(SEALED, sealed=dict.fromkeys(SEALED.sealed)).flaws(),
    *replace(SEALED, sealed=dict.fromkeys(SEALED.sealed, b"x")).flaws(),
    *replace(SEALED, sealed={**SEALED.sealed, (1, "invented"): b"x"}).flaws(),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_flaw_has_a_sentence_with_the_case_and_the_place(language: str) -> None:
    assert {flaw.code for flaw in EVERY_FLAW} == set(FlawCode)
    for flaw in EVERY_FLAW:
        sentence = flaw.say(language, "01906-2026-00012")
        assert "01906-2026-00012" in sentence
        assert FACTS.case in flaw.say(language)
        assert "{" not in sentence


def test_no_sentence_stands_idle() -> None:
    for language in LANGUAGES:
        keys = {key for key in messages().sentences[language] if key.startswith("flaw.")}
        told = {f"flaw.{flaw.code}.{flaw.variant}" for flaw in EVERY_FLAW}
        assert keys == told | {"flaw.SEALED.closed"}  # which takes keys to see (engine/reading.py)
