"""The canonical form: the same bytes for the same workflow, and enough of it to build the workflow again."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.definition.build import build
from engine.definition.identity import canonical_bytes, content_hash
from schemas.load import load_definition

TEXT = (Path(__file__).parent / "whole.yaml").read_text()
LISTS: dict[str, Any] = {"hazards": {"heavy": {"vi": "Nặng"}}, "classes": {"safe": {"vi": "An toàn"}}}


def plain_of(text: str) -> dict[str, Any]:
    plain = load_definition(text, LISTS).plain
    assert plain is not None
    return plain


def test_the_bytes_are_sorted_compact_utf_8() -> None:
    assert canonical_bytes({"b": [1, {"d": "ạ"}], "a": True}) == '{"a":true,"b":[1,{"d":"ạ"}]}'.encode()


def test_the_hash_is_the_sha256_of_the_bytes() -> None:
    assert content_hash({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize("plain", [{"a": 0.5}, {"a": [{"b": 1.0}]}, {"a": float("nan")}])
def test_a_float_is_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"\.a"):
        canonical_bytes(plain)


def test_comments_spacing_and_the_order_of_keys_change_nothing() -> None:
    moved = TEXT.replace("id: whole\n", "", 1).replace(
        "subject: child\n", "# moved\nsubject:   child\nid: 'whole'\n", 1
    )
    assert content_hash(plain_of(moved)) == content_hash(plain_of(TEXT))


def test_the_order_of_transitions_changes_the_hash_because_it_changes_the_workflow() -> None:
    start = TEXT.index("  submit_high:")
    alternative = TEXT[start : TEXT.index("  log_visit:")]
    first = TEXT.replace(alternative, "", 1).replace("  start: {", alternative + "  start: {", 1)
    assert content_hash(plain_of(first)) != content_hash(plain_of(TEXT))


def test_another_option_in_a_code_list_is_another_version() -> None:
    other = load_definition(
        TEXT, {**LISTS, "hazards": {"heavy": {"vi": "Nặng"}, "night": {"vi": "Đêm"}}}
    ).plain
    assert other is not None
    assert content_hash(other) != content_hash(plain_of(TEXT))


def test_a_definition_is_the_same_when_it_is_built_again_from_stored_bytes() -> None:
    loaded = load_definition(TEXT, LISTS)
    assert loaded.plain is not None
    stored = json.loads(canonical_bytes(loaded.plain))
    assert build(stored) == loaded.definition
    again = build(stored)
    assert loaded.definition is not None
    for part in ("fields", "forms", "states", "transitions", "stages", "subcases"):
        assert list(getattr(again, part)) == list(getattr(loaded.definition, part))
    assert list(again.fields["risk_level"].options) == ["high", "low", "medium"]


def test_the_canonical_form_needs_no_list_any_more() -> None:
    stored = json.loads(canonical_bytes(plain_of(TEXT)))
    assert list(build(stored).fields["hazards"].options) == ["heavy"]
