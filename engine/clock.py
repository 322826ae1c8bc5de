"""Time is an argument: the engine asks a `Clock`, tests and the demo give their own. Always UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


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
