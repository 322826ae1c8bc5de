"""A finding: what a check has to say about a definition, as a value that every screen and command renders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from engine.definition.model import Place


class Severity(StrEnum):
    """ERROR refuses to publish, WARNING needs a person's tick, NOTE is for information."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check: `code` names the rule and its page, `params` fill the sentence of the catalogue."""

    code: str
    severity: Severity
    path: str
    place: Place | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    witness: Mapping[str, Any] = field(default_factory=dict)
    variant: str = ""  # which sentence of the code's page: finding.WF101 or finding.WF101.<variant>
