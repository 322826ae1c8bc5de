"""What a form may hold: type, options, range, length, characters, required. The engine's own check (engine/forms.py)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine import Engine
from engine.forms import unseen
from tests.engine.evidence import refused
from tests.engine.wide import open_wide
from tests.support.world import NOON, fire, open_toy

ASKING: dict[str, Any] = {"amount": 1_500_000, "urgency": "high"}


def asked(toy: Engine) -> str:
    case = open_toy(toy).case
    assert fire(toy, case, "ask", "officer", **ASKING).applied
    return case


FIELDS: list[tuple[str, Any, str]] = [
    ("short", 5, "field_type"),
    ("short", "sáu chữ", "field_length"),
    ("long", "x" * 10_001, "field_length"),
    ("long", "chuông \x07", "field_characters"),
    ("long", "e\u0302", "field_characters"),
    ("long", "\u202eđảo ngược", "field_characters"),
    ("long", "\U000e0041", "field_characters"),
    ("long", "Nguyễn\u2800Văn", "field_characters"),
    ("short", "\u3164", "field_characters"),
    ("short", "Th\ufffd", "field_characters"),
    ("long", ("x",), "field_type"),
    ("count", True, "field_type"),
    ("count", "3", "field_type"),
    ("count", 0, "field_low"),
    ("count", 10, "field_high"),
    ("weight", 3, "field_type"),
    ("weight", Decimal("0.49"), "field_low"),
    ("weight", Decimal("150.01"), "field_high"),
    ("cost", Decimal(3), "field_type"),
    ("day", datetime(2026, 1, 1, tzinfo=UTC), "field_type"),
    ("day", "2026-01-01", "field_type"),
    ("day", date(2019, 12, 31), "field_low"),
    ("day", date(2026, 11, 24), "field_high"),
    ("moment", date(2026, 1, 1), "field_type"),
    ("moment", NOON + timedelta(microseconds=1), "field_high"),
    ("sure", 1, "field_type"),
    ("kind", "c", "field_option"),
    ("kind", "old", "field_option"),
    ("kind", ("a",), "field_type"),
    ("kinds", ("a", "c"), "field_option"),
    ("kinds", "a", "field_type"),
    ("who", 7, "field_type"),
    ("rows", "x", "field_type"),
    ("rows", ({},) * 201, "field_rows"),
    ("nothing", None, "field_unknown"),
    ("where", "school", "field_unknown"),  # a field of the case, but not of this form
]


def test_a_value_that_is_not_what_its_field_declares(wide: Engine) -> None:
    case = open_wide(wide).case
    for name, value, code in FIELDS:
        refused(wide, lambda form={name: value}: fire(wide, case, "fill", "officer", **form), (code, name))


BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180f\u2800\u3164\ufe0f\uffa0\U00016fe4\U0001d159\U000e0100"


def test_no_character_that_nobody_sees_passes_for_a_letter() -> None:
    for each in (*BLANK, "\u200b", "\u202e", "\0"):
        assert unseen(f"Nguyễn {each}Văn") == each, hex(ord(each))
    for text in ("Nguyễn Văn Thử\n\t", "Thử 😀 ☎", "ᄒ", "⠁", "e\u0302"):
        assert unseen(text) == "", text


def test_the_last_values_a_field_allows(wide: Engine) -> None:
    case = open_wide(wide).case
    allowed: dict[str, Any] = {
        "short": "x" * 5, "long": "x\n" * 5000, "count": 9, "weight": Decimal("0.5"), "cost": -(2**53) + 1,
        "day": date(2026, 11, 23), "moment": NOON, "sure": False, "kind": "b", "kinds": ("a", "b"), "who": "chair",
        "rows": ({"on": date(2026, 1, 1), "kind": "a"}, {"kind": None}),
    }  # fmt: skip
    assert fire(wide, case, "fill", "officer", **allowed).applied
    view = wide.view(case, "officer", "case page")
    assert view is not None
    assert {name: view.values[name] for name in allowed} == allowed


def test_a_wrong_cell_of_a_table_is_named_by_row_and_column(wide: Engine) -> None:
    case = open_wide(wide).case
    rows = ({"on": date(2026, 1, 1)}, {"on": date(2026, 12, 1), "kind": "z", "more": 1})
    expected = [
        ("field_high", "rows.1.on"),
        ("field_option", "rows.1.kind"),
        ("field_unknown", "rows.1.more"),
    ]
    refused(wide, lambda: fire(wide, case, "fill", "officer", rows=rows), *expected)


def test_a_required_field_left_empty(toy: Engine) -> None:
    case = asked(toy)
    for empty in (None, "", "  "):
        refused(
            toy,
            lambda empty=empty: fire(toy, case, "grant", "chair", number=empty),
            ("field_missing", "number"),
        )


def test_what_the_case_already_holds_needs_not_be_typed_again(toy: Engine) -> None:
    case = asked(toy)
    fire(toy, case, "return_request", "chair", reason="Thiếu")
    assert fire(toy, case, "ask", "officer").applied


def test_a_row_is_always_filled_anew(wide: Engine) -> None:
    case = open_wide(wide).case
    assert fire(wide, case, "add_row", "officer", on=date(2026, 1, 1)).applied
    refused(wide, lambda: fire(wide, case, "add_row", "officer"), ("field_missing", "on"))


def test_a_field_required_when_something_is_true(wide: Engine) -> None:
    case = open_wide(wide).case
    assert fire(wide, case, "confirm", "officer").applied
    assert fire(wide, case, "fill", "officer", sure=True).applied
    refused(wide, lambda: fire(wide, case, "confirm", "officer"), ("field_missing", "short"))
    refused(
        wide, lambda: fire(wide, case, "add_row", "officer", on=date(2026, 1, 1)), ("field_missing", "kind")
    )


def test_a_step_without_a_form_takes_no_values(toy: Engine) -> None:
    case = asked(toy)
    refused(
        toy,
        lambda: fire(toy, case, "return_request", "chair", reason="vì", amount=1),
        ("field_unknown", "amount"),
    )


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("\u200b", "field_characters"),
        ("\u3164", "field_characters"),
        ("vì\u202e", "field_characters"),
        ("x" * 10_001, "field_length"),
    ],
)
def test_a_reason_is_written_as_any_long_text_is(toy: Engine, reason: str, code: str) -> None:
    case = asked(toy)
    (blocker,) = refused(
        toy, lambda: fire(toy, case, "return_request", "chair", reason=reason), (code, "reason")
    )
    assert blocker.params["field"] == "reason"
