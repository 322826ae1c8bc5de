"""Time is an argument: the engine asks a `Clock`, tests and the demo give their own. Always UTC."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol

REFRESH = 30.0  # seconds of our own counting before the database is asked again


class Clock(Protocol):
    """Answers the present moment, aware, in UTC."""

    def now(self) -> datetime:
        """The present moment."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that moves only when told: for tests, and for telling a demo's story backwards."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The moment it was set to."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Set the clock."""
        self._now = moment.astimezone(UTC)

    def advance(self, **duration: float) -> None:
        """Move on by a `timedelta`'s keywords, e.g. `advance(days=1)`."""
        self._now += timedelta(**duration)


class RunningClock:
    """A demo's clock: starts at a stored moment and runs on from there while the process lives."""

    def __init__(self, start: datetime) -> None:
        self._start, self._since = start.astimezone(UTC), time.monotonic()

    def now(self) -> datetime:
        """The stored moment plus the time this process has run."""
        return self._start + timedelta(seconds=time.monotonic() - self._since)


class DatabaseClock:
    """The database's clock, the same for every machine that works on it: asked every 30 seconds, counted between.

    ask: answers the database's present moment. Between two questions time is counted by the machine's monotonic
    clock, which nobody can set. When the database cannot be asked the counting goes on; the first question is
    asked at once and its error goes to the caller.
    """

    def __init__(self, ask: Callable[[], datetime]) -> None:
        self._ask, self._asking = ask, Lock()
        self._read = self._question()

    def now(self) -> datetime:
        """The present moment of the database."""
        at, since = self._read
        if time.monotonic() - since >= REFRESH and self._asking.acquire(blocking=False):
            try:
                at, since = self._read = self._question()
            except Exception:  # whatever the database says to it, a step that needs it will say better
                self._read = at + timedelta(seconds=time.monotonic() - since), time.monotonic()
                at, since = self._read
            finally:
                self._asking.release()
        return at + timedelta(seconds=time.monotonic() - since)

    def _question(self) -> tuple[datetime, float]:
        before = time.monotonic()
        at = self._ask().astimezone(UTC)
        return at, (before + time.monotonic()) / 2
