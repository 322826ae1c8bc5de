"""Values, labels and reasons in words, in both languages (engine/words.py)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine import Blocker, Engine
from engine.words import Words


def words(engine: Engine, language: str) -> Words:
    """Those of `wide`, its track among them; a person, an area and an agency are called by kind and id."""
    workflow, track = engine.library.newest("wide"), engine.library.newest("wide_track")
    assert workflow is not None
    return Words(
        workflow, language, lambda kind, id: f"{kind} {id}", engine.library.zone, tracks={"help": track}
    )


@pytest.mark.parametrize(
    ("field", "value", "vietnamese", "english"),
    [
        ("short", None, "", ""),
        ("short", "x y", "x y", "x y"),
        ("count", 5, "5", "5"),
        ("weight", Decimal("20.50"), "20,5", "20.5"),
        ("weight", Decimal(100), "100", "100"),
        ("cost", 1_500_000, "1.500.000 ₫", "1,500,000 ₫"),
        ("day", date(2026, 11, 3), "03/11/2026", "03/11/2026"),
        ("moment", datetime(2026, 11, 22, 17, 5, tzinfo=UTC), "23/11/2026 00:05", "23/11/2026 00:05"),
        ("sure", True, "Có", "Yes"),
        ("sure", False, "Không", "No"),
        ("kind", "old", "Cũ", "Old"),
        ("kind", "gone", "gone", "gone"),
        ("kinds", ("b", "a"), "B, A", "B, A"),
        ("who", "officer", "actor officer", "actor officer"),
        ("place", "x", "area x", "area x"),
        ("where", "school", "agency school", "agency school"),
        ("rows", ({}, {}), "2", "2"),
    ],
)
def test_a_value_is_written_as_its_reader_writes_it(
    wide: Engine, field: str, value: Any, vietnamese: str, english: str
) -> None:
    for language, expected in (("vi", vietnamese), ("en", english)):
        said = words(wide, language)
        declared = said.workflow.field(field)
        assert declared is not None
        assert said.value(declared, value) == expected


@pytest.mark.parametrize(
    ("name", "vietnamese", "english"),
    [
        ("weight", "Cân nặng", "Weight"),
        ("rows.on", "Ngày", "Day"),
        ("on", "Ngày", "Day"),  # a column, as a row's own form names it
        ("help.result", "Kết quả", "Result"),
        ("help.nothing", "Hỗ trợ", "Support"),
        ("subcases.help", "Hỗ trợ", "Support"),
        ("subcases.help.open", "Hỗ trợ", "Support"),
        ("subcases.all_closed", "subcases.all_closed", "subcases.all_closed"),
        ("reason", "Lý do", "Reason"),
        ("nothing", "nothing", "nothing"),
    ],
)
def test_a_name_is_called_by_its_title(wide: Engine, name: str, vietnamese: str, english: str) -> None:
    assert (words(wide, "vi").label(name), words(wide, "en").label(name)) == (vietnamese, english)


def test_steps_and_states_are_called_by_their_titles_and_what_is_gone_by_its_key(wide: Engine) -> None:
    said = words(wide, "en")
    assert [said.trigger(each) for each in ("open", "sort", "gone")] == ["Open", "Light", "gone"]
    assert [said.state(each) for each in ("heavy", "gone")] == ["Heavy", "gone"]


def test_a_condition_without_a_sentence_of_its_own_is_explained(wide: Engine) -> None:
    blocker = Blocker(
        "guard_missing", {"transition": "sort_heavy", "condition": 0, "missing": ("kind", "count")}
    )
    sentence = words(wide, "en").blocker(blocker)
    assert re.search(r"[^.]\. Still missing: Kind, Number\.$", sentence)
    assert "{" not in sentence


def test_every_part_of_a_reason_is_said_in_words(wide: Engine) -> None:
    said = words(wide, "en")
    for blocker, parts in (
        (Blocker("function", {"functions": ("a", "b")}), ("function a", "function b")),
        (Blocker("four_eyes", {"trigger": "finish"}), ("Finish",)),
        (Blocker("wrong_state", {"trigger": "sort", "state": "done", "sources": ("new",)}), ("Done", "New")),
        (Blocker("field_type", {"field": "weight", "type": "decimal"}), ("Weight", "a number")),
        (
            Blocker("field_type", {"field": "day", "type": "date", "no_such_day": True}),
            ("“Day”: the calendar has no such day.", "write day/month/year"),
        ),
        (Blocker("scope", {"functions": ("a",)}), ("outside your area",)),
        (
            Blocker("scope", {"functions": ("a",), "at": "offered"}),
            ("Only the place that the case is offered to",),
        ),
        (
            Blocker("field_high", {"field": "day", "max": date(2026, 11, 23)}),
            ("“Day” must not be later than 23/11/2026.",),
        ),
        (
            Blocker("field_low", {"field": "moment", "min": datetime(2026, 11, 23, 7, 30, tzinfo=UTC)}),
            ("must not be earlier than 23/11/2026 ",),
        ),
        (Blocker("field_high", {"field": "count", "max": 9}), ("“Number” must not be more than 9.",)),
        (Blocker("track", {"subcase": "help", "missing": ("kind",)}), ("Support", "Kind")),
    ):
        sentence = said.blocker(blocker)
        assert all(part in sentence for part in parts), sentence
