"""The words of a definition: a label in both languages. Everything else of a definition refers to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A label in both languages; `vi` is the one that counts, `en` may be absent in a draft."""

    vi: str = ""
    en: str = ""

    def get(self, language: str) -> str:
        """The label in `language` ("vi" or "en"), or the other one when it is missing."""
        return (self.en or self.vi) if language == "en" else (self.vi or self.en)
