import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.access.keys import new_data_key, new_key_id
from engine.access.sealing import (
    KeyDestroyed,
    SealBroken,
    decode_value,
    digest,
    encode_value,
    kid_of,
    place,
    seal,
    unseal,
)
from engine.definition.model import Field, FieldType
from engine.definition.text import Text
from engine.text import LANGUAGES, messages
from engine.values import to_json
from tests.engine.test_values import TYPED

KEY, KID = new_data_key(), new_key_id()
HERE = place("log.example", "r", "c", "child_name")


@given(st.binary(max_size=300))
def test_a_sealed_value_opens_at_its_place(plaintext: bytes) -> None:
    envelope = seal(KEY, KID, HERE, plaintext)
    assert unseal(KEY, HERE, envelope) == plaintext
    assert kid_of(envelope) == KID


@pytest.mark.parametrize(
    "elsewhere",
    [
        place("other.example", "r", "c", "child_name"),
        place("log.example", "r2", "c", "child_name"),
        place("log.example", "r", "c2", "child_name"),
        place("log.example", "r", "c", "guardian_name"),
        b"",
    ],
)
def test_a_sealed_value_moved_elsewhere_does_not_open(elsewhere: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, elsewhere, seal(KEY, KID, HERE, b"x"))


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(SealBroken):
        unseal(new_data_key(), HERE, seal(KEY, KID, HERE, b"x"))


def test_every_single_flipped_bit_breaks_the_seal() -> None:
    envelope = seal(KEY, KID, HERE, b"a short value")
    for bit in range(len(envelope) * 8):
        flipped = bytearray(envelope)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            unseal(KEY, HERE, bytes(flipped))


def test_every_shortened_envelope_breaks_the_seal() -> None:
    envelope = seal(KEY, KID, HERE, b"a short value")
    for length in range(len(envelope)):
        with pytest.raises(SealBroken):
            unseal(KEY, HERE, envelope[:length])


@pytest.mark.parametrize("not_one", [b"", b"\x01" * 44, b"\x02" * 60])
def test_what_is_no_envelope_has_no_key_id(not_one: bytes) -> None:
    with pytest.raises(SealBroken):
        kid_of(not_one)


def test_the_envelope_is_laid_out_as_documented() -> None:
    envelope = seal(KEY, KID, HERE, b"12345")
    assert envelope[0] == 1
    assert envelope[1:17].hex() == KID.replace("-", "")
    assert len(envelope) == 1 + 16 + 12 + 5 + 16


def test_a_key_id_that_is_no_uuid_is_refused() -> None:
    with pytest.raises(ValueError, match="UUID"):
        seal(KEY, "abcd", HERE, b"")


def test_the_same_value_is_never_sealed_alike() -> None:
    assert len({digest(seal(KEY, KID, HERE, b"x")) for _ in range(100)}) == 100


def test_the_place_is_written_as_documented() -> None:
    assert HERE == b"log.example|r|c|child_name|1"


def test_no_two_places_can_be_written_alike() -> None:
    with pytest.raises(ValueError, match="separator"):
        place("log.example", "r|c", "c", "child_name")


@given(TYPED)
def test_every_typed_value_comes_back_from_its_bytes(case: tuple[Any, Field]) -> None:
    value, field = case
    back = decode_value(encode_value(value), field)
    assert (back, repr(back)) == (value, repr(value))


@given(TYPED)
def test_a_value_made_ready_to_seal_shows_only_its_rough_length(case: tuple[Any, Field]) -> None:
    assert len(encode_value(case[0])) % 32 == 0


def test_yes_and_no_have_the_same_length_when_sealed() -> None:
    yes, no = (seal(KEY, KID, HERE, encode_value(each)) for each in (True, False))
    assert len(yes) == len(no)


def test_a_long_text_is_not_cut() -> None:
    text = "Trẻ kể lại. " * 2000
    assert decode_value(
        encode_value(text), Field(key="n", type=FieldType.LONG_TEXT, title=Text())
    ) == to_json(text)


@pytest.mark.parametrize("error", [SealBroken, KeyDestroyed])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_error_has_a_sentence(error: type[SealBroken | KeyDestroyed], language: str) -> None:
    assert messages().say(language, error.code)


def test_the_digest_is_sha256_in_hex() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest(os.urandom(5)) != digest(os.urandom(5))
