"""What names a version of a definition or a rule table for ever: the hash of its canonical form (schemas/canonical.py)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any


def canonical_bytes(plain: Mapping[str, Any]) -> bytes:
    """The canonical form as bytes: UTF-8 JSON, keys sorted, no white space, no floats.

    Raises TypeError for a float, whose text would not be the same everywhere.
    """
    if _holds_float(plain):
        raise TypeError(f"a float in a canonical form: {next(_floats(plain, ''))}")
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def content_hash(plain: Mapping[str, Any]) -> str:
    """The sha256 of the canonical bytes, in hexadecimal: what names a version for ever."""
    return hashlib.sha256(canonical_bytes(plain)).hexdigest()


def _holds_float(value: Any) -> bool:
    """Without the path, which costs ten times as much and is nearly never needed."""
    if isinstance(value, dict):
        return any(map(_holds_float, value.values()))
    if isinstance(value, list):
        return any(map(_holds_float, value))
    return isinstance(value, float)


def _floats(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, float):
        yield path or "."
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _floats(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _floats(inner, f"{path}.{number}")
