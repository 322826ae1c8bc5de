"""Open time limits and what a step changes of them, as frozen values.

The rows of the store in the engine's words; writing them, and sending what they call for, is done elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Scope = Literal["state", "case", "repeat"]
How = Literal["met", "left", "superseded", "ended", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDeadline:
    """One time limit that runs.

    scope: "state" and "repeat" live as long as the case stays in `state`, "case" survives changes of state
    (then `state` is ""). entry: seq of the event by which the case entered the state; for "case", of the
    event that made the limit. All moments are UTC; while `paused_at` is set time stands still. rule: JSON
    data saying what won: `limit` (index in `within`), `by` and `value` (`value` only of an open field: a
    private value is never copied here), `amount`, `unit`, `law`, `from`, and `pauses` (pairs of ISO 8601
    moments).
    """

    id: str
    key: str
    scope: Scope
    state: str
    entry: int
    start_at: datetime
    due_at: datetime
    warn_at: datetime | None
    rule: Mapping[str, Any] = field(hash=False)
    escalate_to: str = ""
    then: str = ""
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePlan:
    """What one step does to the time limits of its case.

    Every row of create, move, pause and resume is given as it shall stand; each id is in one tuple only.
    end: (id, how). `met`: a `done_by` was taken. `left`: the state was left; whether in time is told by
    ended_at against due_at. `ended`: an `ends` was taken. `stopped`: by the effect `stop_deadline`.
    `superseded`: started anew, or its rule no longer gives a limit. move: new start, due or rule. pause,
    resume: time stands still, or runs again with a new due moment. retarget: in another version of the workflow,
    under another state perhaps. restore: had ended, and runs again.
    """

    create: tuple[OpenDeadline, ...] = ()
    end: tuple[tuple[str, How], ...] = ()
    move: tuple[OpenDeadline, ...] = ()
    pause: tuple[OpenDeadline, ...] = ()
    resume: tuple[OpenDeadline, ...] = ()
    retarget: tuple[OpenDeadline, ...] = ()
    restore: tuple[OpenDeadline, ...] = ()

    def applied(self, before: Iterable[OpenDeadline]) -> tuple[OpenDeadline, ...]:
        """The open time limits after the step, from those before it."""
        ended = {each for each, _ in self.end}
        changed = {each.id: each for each in (*self.move, *self.pause, *self.resume, *self.retarget)}
        kept = (changed.get(each.id, each) for each in before if each.id not in ended)
        return (*kept, *self.create, *self.restore)


def breached(deadline: OpenDeadline, now: datetime) -> bool:
    """Is it missed? now > due; a paused one is judged by the moment its time stood still."""
    return (deadline.paused_at or now) > deadline.due_at


def breaches(open: Iterable[OpenDeadline], now: datetime) -> tuple[OpenDeadline, ...]:
    """Those missed at `now`, the oldest due first. Which of them were already recorded, the caller knows."""
    return _by_due(each for each in open if breached(each, now))


def warnings(open: Iterable[OpenDeadline], now: datetime) -> tuple[OpenDeadline, ...]:
    """Those to warn of at `now`, the first due first: warning reached, not paused, and not missed already.

    After a time of standing still a limit that is both warned and missed calls for the breach alone: a
    warning that something will be late when it is late misleads.
    """
    return _by_due(
        each
        for each in open
        if each.warn_at is not None
        and each.warn_at <= now
        and each.paused_at is None
        and not breached(each, now)
    )


def _by_due(deadlines: Iterable[OpenDeadline]) -> tuple[OpenDeadline, ...]:
    return tuple(sorted(deadlines, key=lambda each: (each.due_at, each.id)))
