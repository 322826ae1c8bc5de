import hashlib
import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from unicodedata import is_normalized, normalize

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ledger.body import NO_EVENT, EventFacts, NotCanonical, body, canonical, leaf
from engine.values import LARGEST_INTEGER, NotAValue
from tests.engine.ledger.chains import FACTS

NFC_TEXT = st.text(st.characters(exclude_categories=("Cs",))).map(lambda text: normalize("NFC", text))
KEYS = st.text(st.characters(max_codepoint=127))
PROFILE = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | NFC_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
TRICKY = st.sampled_from('aàe\u0300\u0301\u0323\n\t"\\<>=\u0338\ud800\uac00\u1100\u1161')
ANY_TEXT = st.text(st.characters() | TRICKY)


@settings(max_examples=500)
@given(PROFILE)
def test_on_the_profile_the_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@settings(max_examples=500)
@given(ANY_TEXT)
def test_a_text_is_taken_exactly_when_it_is_whole_and_nfc(text: str) -> None:
    whole = not any("\ud800" <= each <= "\udfff" for each in text)
    good = whole and is_normalized("NFC", text)
    with nullcontext() if good else pytest.raises(NotCanonical, match=r"^text: "):
        canonical({"text": text})


@given(PROFILE)
def test_what_is_written_reads_as_it_was(value: Any) -> None:
    assert json.loads(canonical(value)) == value


def test_order_of_keys_does_not_matter() -> None:
    either = [{"b": 1, "a": (True, None)}, {"a": [True, None], "b": 1}]
    assert [canonical(each) for each in either] == [b'{"a":[true,null],"b":1}'] * 2


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (1.0, ""),
        ({"a": {"b": [0, 2.5]}}, "a.b.1"),
        ({"a": float("nan")}, "a"),
        ({"a": [{"c": LARGEST_INTEGER + 1}]}, "a.0.c"),
        ({"a": -LARGEST_INTEGER - 1}, "a"),
        ({"a": {1: 2}}, "a"),
        ({"ngày": 1}, ""),
        ({"a": {None: 2}}, "a"),
        ({"a": ["ok", "e\u0301"]}, "a.1"),
        ({"a": {"b": "\udfff"}}, "a.b"),
        ({"a": b"bytes"}, "a"),
        ({"a": {1, 2}}, "a"),
        ({"a": datetime(2026, 1, 1, tzinfo=UTC)}, "a"),
    ],
)
def test_what_cannot_be_written_is_named_by_its_path(value: object, path: str) -> None:
    with pytest.raises(NotCanonical) as refusal:
        canonical(value)
    assert refusal.value.path == path


def test_a_refusal_never_quotes_the_value() -> None:
    with pytest.raises(NotCanonical) as refusal:
        canonical({"child_name": "Trie\u0323\u0302u Thi\u0323 Lan"})
    assert str(refusal.value) == "child_name: text is not NFC"


def test_a_value_without_end_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(NotCanonical, match="too deep"):
        canonical(endless)


def test_a_mark_after_a_line_break_is_not_mistaken_for_an_accent() -> None:
    assert canonical("\n\u0301") == '"\\n\u0301"'.encode()


def test_the_leaf_is_the_hash_of_rfc_9162() -> None:
    assert leaf(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf(b"x") == hashlib.sha256(b"\0x").digest()


def test_the_body_says_everything_that_happened() -> None:
    facts = EventFacts(
        log="casework.example/thu-nghiem",
        epoch=2,
        root="r",
        case="c",
        seq=7,
        prev=bytes(range(32)),
        at=datetime(2026, 11, 23, 2, 5, 6, 7, tzinfo=UTC),
        kind="step_taken",
        actor="a",
        on_behalf_of="KT. Chủ tịch",
        function="commune_chair",
        agency="ubnd",
        session="5e",
        trigger="approve",
        transition="approve_plan",
        from_state="plan_submitted",
        to_state="implementing",
        cycle=1,
        definition="child_case",
        number=3,
        sha256="ab",
        args={"values": {"decision": "yes"}},
        sealed={"note": "cd"},
        command="k",
        reason="",
        request="q",
    )
    assert json.loads(body(facts)) == {
        "v": 1, "log": "casework.example/thu-nghiem", "epoch": 2, "root": "r", "case": "c", "seq": 7,
        "prev": bytes(range(32)).hex(), "at": "2026-11-23T02:05:06.000007Z", "kind": "step_taken",
        "actor": "a", "on_behalf_of": "KT. Chủ tịch", "function": "commune_chair", "agency": "ubnd",
        "session": "5e", "trigger": "approve", "transition": "approve_plan", "from": "plan_submitted",
        "to": "implementing", "cycle": 1, "wf": "child_case", "wf_ver": 3, "wf_sha256": "ab",
        "args": {"values": {"decision": "yes"}}, "sealed": {"note": "cd"}, "command": "k", "reason": "",
        "request": "q",
    }  # fmt: skip


@pytest.mark.parametrize("name", list(EventFacts.__dataclass_fields__))
def test_every_fact_changes_the_body(name: str) -> None:
    old = getattr(FACTS, name)
    new: Any = {
        "prev": bytes(31) + b"\1",
        "at": FACTS.at.replace(microsecond=1),
        "args": {"a": 1},
        "sealed": {"a": "b"},
    }.get(name, old + 1 if isinstance(old, int) else "other")
    assert body(replace(FACTS, **{name: new})) != body(FACTS)


def test_the_first_event_names_sixty_four_zeros() -> None:
    assert json.loads(body(replace(FACTS, prev=NO_EVENT)))["prev"] == "0" * 64


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(NotAValue):
        body(replace(FACTS, at=datetime(2026, 1, 1)))  # naive on purpose
