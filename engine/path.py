"""The path a case took: each entering of a state, in order, as the story of the case tells it.

Whatever moved the case counts, a step, a reopening or a move to another version of its workflow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.timeline import Entry


@dataclass(frozen=True, slots=True)
class Visit:
    """The `number`-th entering of a state, from 1. at: UTC. source: the state left, "" at the opening."""

    number: int
    at: datetime
    source: str
    state: str
    entry: Entry


def path_of(story: Iterable[Entry], renaming: Collection[int] = ()) -> tuple[Visit, ...]:
    """Every entering of a state, oldest first; one that led back to the same state counts where it entered it anew.

    renaming: numbers of events that count too, since a state has had another title from then on.
    """
    entered = (
        entry
        for entry in story
        if entry.from_state != entry.to_state or entry.args.get("moved") is True or entry.seq in renaming
    )
    return tuple(
        Visit(number, entry.at, entry.from_state, entry.to_state, entry)
        for number, entry in enumerate(entered, 1)
    )
