"""The screens' sentences: `t(key, **params)` in the reader's language. No text a person reads stands in code."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import g, has_request_context, request

from engine.text import LANGUAGES, Catalogue


@cache
def catalogue() -> Catalogue:
    """All files of translations/."""
    return Catalogue("web", "translations")


def language() -> str:
    """The reader's language: the person's own, else the cookie's, else Vietnamese."""
    if not has_request_context():
        return "vi"
    chosen = getattr(g, "language", None) or request.cookies.get("language")
    return chosen if chosen in LANGUAGES else "vi"


def t(key: str, /, **params: Any) -> str:
    """The sentence of `key` in the reader's language."""
    return catalogue().say(language(), key, **params)


def capitalised(text: str) -> str:
    """`text` as it begins a line."""
    return text[:1].upper() + text[1:]


def dotted(parts: Iterable[str | None]) -> str:
    """The parts that say something, with a dot between two; a line never begins with the dot."""
    return "\u00a0· ".join(each for each in parts if each)
