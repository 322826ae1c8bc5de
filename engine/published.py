"""Is a published text still the one that was published? Its canonical form against the hash stored beside it.

A workflow or rule table changed past the program would change what is allowed, without a word; so nothing runs on
one. Whether text and hash were both changed, the events tell (verification.py).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

from engine.definition.identity import content_hash
from engine.text import messages

Kind = Literal["workflow", "table"]


class VersionChanged(Exception):
    """A workflow or rule table is not what was published. version: a workflow's number, or a table's first day."""

    def __init__(self, kind: Kind, id: str, version: int | str) -> None:
        self.kind, self.id, self.version = kind, id, version
        super().__init__(kind, id, version)

    def what(self, language: str) -> str:
        """What was changed, in `language`."""
        return messages().say(language, f"changed.{self.kind}", id=self.id, version=self.version)

    def todo(self, language: str) -> str:
        """What to do about it, in `language`."""
        return messages().say(language, "changed.todo")

    def say(self, language: str) -> str:
        """What was changed, and what to do, in `language`."""
        return f"{self.what(language)} {self.todo(language)}"

    def __str__(self) -> str:
        return f"{self.kind} {self.id} {self.version}"


def workflow_stands(definition: Any, sha256: Any, plain: Any) -> bool:
    """Is this version of `definition` as it was published?"""
    return _is(plain, sha256) and plain.get("id") == definition


def table_stands(
    id: Any, sha256: Any, plain: Any, valid_from: Any, valid_to: Any, *, replaced: bool = False
) -> bool:
    """Is this text of a rule table as it was published, and in force for as long as it says (days in ISO 8601)?

    replaced: another text holds from the same day, so that this one may have been put out of force (`put_decision_table`).
    """
    if not _is(plain, sha256) or (plain.get("id"), plain.get("valid_from")) != (id, valid_from):
        return False
    out_of_force = (date.fromisoformat(valid_from) - timedelta(days=1)).isoformat()
    return valid_to == plain.get("valid_to") or (replaced and valid_to == out_of_force)


def _is(plain: Any, sha256: Any) -> bool:
    try:
        return isinstance(plain, dict) and content_hash(plain) == sha256
    except (TypeError, ValueError, RecursionError):
        return False  # nothing that was ever published
