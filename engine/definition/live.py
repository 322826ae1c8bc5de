"""What is known of the open cases of a workflow when a new version of it is looked at: counts and names, no contents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.definition.model import Field


def _none(way: str) -> int | None:
    return 0


@dataclass(frozen=True, slots=True)
class Live:
    """standing: open cases by state, over all versions. lost: of a way by its key, how many open cases could take it and no
    longer can, None where that was not counted. used: the fields in which some case holds a value.

    before: fields as the newest earlier version declared them that had them, where the present one has not.
    """

    standing: Mapping[str, int] = field(default_factory=dict)
    lost: Callable[[str], int | None] = _none
    used: frozenset[str] = frozenset()
    before: Mapping[str, Field] = field(default_factory=dict)
