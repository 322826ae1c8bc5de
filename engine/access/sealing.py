"""Sealing of private values: AES-256-GCM envelopes that open only at the place they were made for.

Pure functions over bytes. Where keys come from is keys.py; what is private is said by the definition.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.definition.model import Field
from engine.values import from_json, to_json

VERSION = 1
_VERSION = bytes([VERSION])
_KID, _NONCE, _TAG = 16, 12, 16
_HEADER = len(_VERSION) + _KID
_START = _HEADER + _NONCE
_BLOCK = 32
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_read = json.JSONDecoder().decode


class SealBroken(Exception):
    """An envelope or a wrapped key was tampered with, stands at the wrong place, or this is not its key."""

    code = "sealing.seal_broken"


class KeyDestroyed(Exception):
    """The key was destroyed with the erasure of its subject: the value can never be read again."""

    code = "sealing.key_destroyed"


def place(log: str, root: str, case: str, field: str) -> bytes:
    """The one place where an envelope opens, authenticated as `log|root|case|field|version`.

    ValueError if a part holds the separator, so that no two places are written alike.
    """
    parts = (log, root, case, field, str(VERSION))
    joined = "|".join(parts)
    if joined.count("|") != len(parts) - 1:
        raise ValueError("a part of a place holds the separator |")
    return joined.encode()


def seal(key: bytes, kid: str, aad: bytes, plaintext: bytes) -> bytes:
    """Seal `plaintext` under the 256-bit `key` with the UUID `kid`, to be opened only at `aad` (a `place`).

    The envelope is version (1 byte), kid (16), random nonce (12), ciphertext, tag (16); NIST SP 800-38D.
    Version and kid are authenticated with `aad`. One data key seals far fewer than 2^32 values.
    """
    header = _VERSION + bytes.fromhex(kid.replace("-", ""))
    if len(header) != _HEADER:
        raise ValueError("a key id is a UUID")
    nonce = os.urandom(_NONCE)
    return header + nonce + AESGCM(key).encrypt(nonce, plaintext, header + aad)


def unseal(key: bytes, aad: bytes, envelope: bytes) -> bytes:
    """The plaintext of `envelope`; SealBroken if it is not whole, not at its place, or not under `key`."""
    if len(envelope) < _START + _TAG or envelope[0] != VERSION:
        raise SealBroken
    try:
        return AESGCM(key).decrypt(envelope[_HEADER:_START], envelope[_START:], envelope[:_HEADER] + aad)
    except InvalidTag:
        raise SealBroken from None


def kid_of(envelope: bytes) -> str:
    """The id of the key an envelope was sealed with; SealBroken if it is no envelope."""
    if len(envelope) < _START + _TAG or envelope[0] != VERSION:
        raise SealBroken
    kid = envelope[1:_HEADER].hex()
    return f"{kid[:8]}-{kid[8:12]}-{kid[12:16]}-{kid[16:20]}-{kid[20:]}"


def digest(envelope: bytes) -> str:
    """SHA-256 of the envelope in hex: what the event's body holds instead of the value (trust.md §2.1)."""
    return hashlib.sha256(envelope).hexdigest()


def encode_value(value: Any) -> bytes:
    """A typed value as bytes to seal, filled up with spaces to a multiple of 32.

    GCM shows the length of what it hides: without the filling, `true` and `false` or the answers of a choice
    could be told apart in a stolen database.
    """
    written = _write(to_json(value)).encode()
    return written + b" " * (-len(written) % _BLOCK)


def decode_value(plaintext: bytes, field: Field) -> Any:
    """The typed value of `field` that `encode_value` wrote; NotAValue if it does not fit."""
    return from_json(_read(plaintext.decode()), field)
