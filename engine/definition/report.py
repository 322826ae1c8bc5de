"""A finding in words: its sentence, its hint, and the line that a compiler would print.

The sentences are those of engine/messages/finding.*.toml; a finding's `variant` picks among those of its
code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definition.durations import duration_words
from engine.definition.findings import Finding
from engine.definition.flow import Duration
from engine.definition.text import Text
from engine.text import messages

# Sentences show the start of a long list; the rest is in the finding.
SHOWN = 12


def say(finding: Finding, language: str) -> str:
    """The sentence of a finding in `language` ("vi" or "en"), with "did you mean" where there is a
    suggestion.
    """
    sentence = _say(finding, language, "sentence")
    if finding.params.get("suggestion"):
        sentence += " " + messages().say(language, "finding.suggestion", name=finding.params["suggestion"])
    if finding.params.get("accepted"):
        sentence += " " + messages().say(language, "finding.accepted", reason=finding.params["accepted"])
    return sentence


def hint(finding: Finding, language: str) -> str:
    """What to do about it."""
    return _say(finding, language, "hint")


def line(finding: Finding, file: str, language: str) -> str:
    """`file:line:column: severity CODE sentence`, and the hint on a line of its own."""
    place = f":{finding.place.line}:{finding.place.column}" if finding.place else ""
    severity = messages().say(language, f"finding.severity.{finding.severity.value}")
    advice = messages().say(language, "finding.advice", hint=hint(finding, language))
    return f"{file}{place}: {severity} {finding.code} {say(finding, language)}\n    {advice}"


def _say(finding: Finding, language: str, part: str) -> str:
    """The variant's own text, or that of the whole code."""
    own = f"finding.{finding.code}.{finding.variant}".removesuffix(".")
    keys = (
        (f"{own}.{part}", own, f"finding.{finding.code}.{part}") if part == "sentence" else (f"{own}.{part}",)
    )
    key = next((each for each in keys if messages().has(each)), f"finding.{finding.code}.{part}")
    return messages().say(language, key, **_words(finding, language))


def _words(finding: Finding, language: str) -> Mapping[str, Any]:
    """The parameters of a finding as they stand in a sentence."""
    return {
        "path": finding.path,
        **{key: _word(key, value, language) for key, value in finding.params.items()},
    }


def _word(key: str, value: Any, language: str) -> str:
    """Lists are written out; durations, types of fields and kinds of values have words of their own."""
    if isinstance(value, (list, tuple)):
        shown = ", ".join(str(each) for each in value[:SHOWN])
        return f"{shown}, …" if len(value) > SHOWN else shown
    if isinstance(value, Text):
        return value.get(language)
    if isinstance(value, Duration):
        return duration_words(value, language)
    if key.endswith("type"):
        return messages().say(language, f"type.{value}")
    if key.endswith("_kind"):
        return messages().say(language, f"expression.kind.{value}")
    return str(value)
