"""Where a case has been, in the states of the version it follows now: what became of each by moves to other versions.

What the new version has too is itself; for the rest the plan of a move says what it became. Titles of then and of now
stand side by side; which of them is shown is others' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine import Engine
from engine.commands import MIGRATED
from engine.migration import HAND, STAY
from engine.store import moves
from engine.timeline import Entry
from engine.words import Words
from web.old_states import state_title
from web.words_then import before, then


@dataclass(frozen=True, slots=True)
class Place:
    """The state an event led to, as the version has it that the case follows now.

    state: its key; a state for which this version has nothing keeps the key it had. called: its title then; title: the
    one it has now. named: when a move to another version gave it that title; None if it was always called so.
    """

    state: str
    called: str
    title: str
    named: datetime | None = None

    @property
    def renamed(self) -> datetime | None:
        """Since when it is called otherwise than when the case came; None if it is not."""
        return self.named if self.called != self.title else None


def places(engine: Engine, words: Words, story: Iterable[Entry]) -> dict[int, Place]:
    """Where a case has been: by number of each event, oldest first, the state it led to."""
    found: dict[int, Place] = {}
    led: dict[int, Entry] = {}
    for entry in story:
        told = then(engine.library, words, entry.number)
        if entry.kind == MIGRATED:
            became = _became(engine, entry)
            found = {seq: _after(place, led[seq], entry, told, became) for seq, place in found.items()}
        title = _title(engine, told, entry.to_state)
        found[entry.seq], led[entry.seq] = Place(entry.to_state, title, title), entry
    return found


def stay_renamed(engine: Engine, words: Words, stay: Sequence[Entry]) -> tuple[str, datetime] | None:
    """What a state in which a case stays was called until a move gave it the title of now, and when that was.

    stay: what happened there, from the entering on. None: it is called as it was when the case came.
    """
    titles = [_title(engine, then(engine.library, words, each.number), each.to_state) for each in stay]
    if titles[:1] == titles[-1:]:
        return None
    last = max(at for at, title in enumerate(titles) if title != titles[-1])
    return titles[last], stay[last + 1].at


def renaming(engine: Engine, words: Words, story: Iterable[Entry]) -> frozenset[int]:
    """The moves to another version by which the state where the case stands came to be called otherwise."""
    moves = (entry for entry in story if entry.kind == MIGRATED)
    return frozenset(
        entry.seq
        for entry in moves
        if _title(engine, before(engine.library, words, entry), entry.from_state)
        != _title(engine, then(engine.library, words, entry.number), entry.to_state)
    )


def _title(engine: Engine, told: Words, state: str) -> str:
    return state_title(engine, told.workflow, state, told.language)


def _after(place: Place, led: Entry, move: Entry, told: Words, became: Mapping[str, str]) -> Place:
    """A place after a move, under the key and the title that the new version has for it."""
    states = told.workflow.definition.states
    if move.number == led.number:  # back in the version in which the case was there
        state = led.to_state
    else:
        state = place.state if place.state in states else became.get(place.state, place.state)
    title = told.state(state) if state in states else place.title
    return replace(place, state=state, title=title, named=move.at if title != place.title else place.named)


def _became(engine: Engine, entry: Entry) -> Mapping[str, str]:
    """By state of the old version the one it became, as the plan says; the case's own first."""
    with engine.database.read() as connection:
        row = moves.get(connection, entry.args.get("migrated", {}).get("migration", ""))
    planned = row.plan["states"].items() if row else ()
    return {
        **{old: new for old, new in planned if new not in (STAY, HAND)},
        entry.from_state: entry.to_state,
    }
