"""The body of an event: the canonical bytes that are hashed, chained and kept for ever, never written again.

Canonical form is RFC 8785 on a narrow profile (no floats, safe integers, NFC text, ASCII keys) on which the
standard library's writer gives the same bytes. Checking chains is chain.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unicodedata import is_normalized

from engine.values import LARGEST_INTEGER, moment

BODY_VERSION = 1
NO_EVENT = bytes(32)  # what stands as `prev` in the first event of a case
_write = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode


class NotCanonical(ValueError):
    """Something cannot be written canonically: `path` says where, `reason` why. Never quotes the value."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path or 'the whole'}: {reason}")


@dataclass(slots=True, kw_only=True)
class EventFacts:
    """What an event says (trust.md §1.2, semantics.md §1).

    log, epoch: which record. root, case, command: UUIDs. seq from 1; prev: leaf of seq-1, or NO_EVENT. at:
    aware, any zone. session: the SHA-256 of the session id in hex, never the id. transition: None for an
    event that takes no way; from_state: None at the opening; to_state: the state after it. definition,
    number and sha256: the version in force. args: as `to_json` gives them. Private values stand only in
    `sealed`, as field to SHA-256 of the envelope. A reason in a person's own words is private too: `reason`
    is for others.
    """

    log: str
    epoch: int
    root: str
    case: str
    seq: int
    prev: bytes
    at: datetime
    kind: str
    actor: str
    on_behalf_of: str = ""
    function: str = ""
    agency: str = ""
    session: str = ""
    trigger: str
    transition: str | None = None
    from_state: str | None = None
    to_state: str
    cycle: int
    definition: str
    number: int
    sha256: str
    args: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)
    command: str
    reason: str = ""
    request: str = ""


def body(facts: EventFacts) -> bytes:
    """The bytes to store and to hash. NotCanonical as `canonical`; NotAValue for a naive `at`."""
    return canonical(
        {
            "v": BODY_VERSION,
            "log": facts.log,
            "epoch": facts.epoch,
            "root": facts.root,
            "case": facts.case,
            "seq": facts.seq,
            "prev": facts.prev.hex(),
            "at": moment(facts.at),
            "kind": facts.kind,
            "actor": facts.actor,
            "on_behalf_of": facts.on_behalf_of,
            "function": facts.function,
            "agency": facts.agency,
            "session": facts.session,
            "trigger": facts.trigger,
            "transition": facts.transition,
            "from": facts.from_state,
            "to": facts.to_state,
            "cycle": facts.cycle,
            "wf": facts.definition,
            "wf_ver": facts.number,
            "wf_sha256": facts.sha256,
            "args": facts.args,
            "sealed": facts.sealed,
            "command": facts.command,
            "reason": facts.reason,
            "request": facts.request,
        }
    )


def leaf(body: bytes) -> bytes:
    """The hash of an event, in chain and tree alike: SHA-256 of 0x00 and the body (RFC 9162 §2.1.1)."""
    return hashlib.sha256(b"\0" + body).digest()


def canonical(value: Any) -> bytes:
    """`value` (dicts, lists, tuples, str, int, bool, None) as RFC 8785 bytes.

    NotCanonical names the path of a float, an integer beyond 2^53-1, text that is not NFC or holds half a
    surrogate pair, a key that is not ASCII text, or any other type.
    """
    try:
        _check(value)
        text = _write(value)
    except RecursionError:
        raise NotCanonical("", "nested too deep") from None
    try:
        written = text.encode()
    except UnicodeEncodeError:
        written = b""
    # A line that is NFC holds only NFC texts. One that is not may still (a mark after the n of \n): ask each.
    if not written or not is_normalized("NFC", text):
        _check_texts(value, "")
    return written


def _check(value: Any) -> None:
    """Check types, keys and integers; texts are left to the written line. A path is made only on failure."""
    kind = type(value)
    if kind is dict:
        for key, each in value.items():
            if type(key) is not str or not key.isascii():
                raise NotCanonical("", f"a key is not ASCII text but {type(key).__name__}")
            if type(each) is not str:
                try:
                    _check(each)
                except NotCanonical as error:
                    raise _under(key, error) from None
    elif kind is int:
        if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            raise NotCanonical("", "an integer beyond 2^53-1")
    elif kind is list or kind is tuple:
        for place, each in enumerate(value):
            if type(each) is not str:
                try:
                    _check(each)
                except NotCanonical as error:
                    raise _under(str(place), error) from None
    elif value is not None and kind is not bool and kind is not str:
        raise NotCanonical("", f"{kind.__name__} has no canonical form")


def _check_texts(value: Any, path: str) -> None:
    """Check each text of a `value` that `_check` passed."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotCanonical(path, "half a surrogate pair") from None
        if not is_normalized("NFC", value):
            raise NotCanonical(path, "text is not NFC")
    elif isinstance(value, dict):
        for key, each in value.items():
            _check_texts(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list | tuple):
        for place, each in enumerate(value):
            _check_texts(each, f"{path}.{place}" if path else str(place))


def _under(key: str, error: NotCanonical) -> NotCanonical:
    return NotCanonical(f"{key}.{error.path}" if error.path else key, error.reason)
