"""A text of a workflow with all there is to say about it, and why something about a draft cannot be done.

Findings are the checks'; a warning the file does not accept itself needs a tick with a reason. Who may do what with
a draft is judged in drafts.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from engine.definition.findings import Finding, Severity
from engine.definition.model import Definition
from engine.text import messages

MOST_TEXT = 1_000_000  # characters, as the strict reader takes them
MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something about a draft or a version cannot be done. findings: what has to be mended or ticked first."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def say(self, language: str) -> str:
        """The sentence in `language` ("vi" or "en")."""
        return messages().say(language, f"draft.{self.code}", **self.params)


@dataclass(frozen=True, slots=True)
class Examined:
    """A text and all there is to say about it. definition, plain: there only if the text holds together."""

    text: str
    findings: tuple[Finding, ...]
    definition: Definition | None = None
    plain: Mapping[str, Any] | None = None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What refuses to submit and to publish."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What needs a tick with a reason: warnings that the file itself does not accept."""
        return tuple(
            each
            for each in self.findings
            if each.severity is Severity.WARNING and "accepted" not in each.params
        )

    def unticked(self, ticks: Mapping[str, Any]) -> tuple[Finding, ...]:
        """The warnings without a tick."""
        return tuple(each for each in self.warnings if tick_key(each) not in ticks)

    def kept(self, ticks: Mapping[str, Any]) -> dict[str, Any]:
        """The ticks whose warning is still there; all of them while the text cannot be checked."""
        if self.definition is None:
            return dict(ticks)
        there = {tick_key(each) for each in self.warnings}
        return {key: each for key, each in ticks.items() if key in there}


Judge = Callable[[str], Examined]


def tick_key(finding: Finding) -> str:
    """What names a warning through edits elsewhere in the file and with other witnesses: code, variant and path."""
    return f"{finding.code}{'.' if finding.variant else ''}{finding.variant}:{finding.path}"


def text_hash(text: str) -> str:
    """What names a draft's text as it was read: sha256 in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def text_fault(text: str) -> Refusal | None:
    """Why no database would keep this text."""
    if len(text) > MOST_TEXT:
        return Refusal("text_long", {"most": f"{MOST_TEXT:,}"})
    return _signs_fault(text)


def _signs_fault(text: str) -> Refusal | None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return Refusal("text_signs")
    return Refusal("text_signs") if "\0" in text else None


def reason_fault(reason: str) -> Refusal | None:
    """Why this is no reason."""
    return words_fault(reason) if reason.strip() else Refusal("reason")


def words_fault(reason: str) -> Refusal | None:
    """Why no reason could be kept in these words; there need be none."""
    if len(reason) > MOST_REASON:
        return Refusal("reason_long", {"most": MOST_REASON})
    return _signs_fault(reason)
