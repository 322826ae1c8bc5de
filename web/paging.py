"""Where a list goes on, as it stands in an address: "2026-11-23T03:30:00+00:00~id"."""

from __future__ import annotations

from datetime import UTC, datetime


def key_text(at: datetime, id: str) -> str:
    """The key of the last row of a page."""
    return f"{at.isoformat()}~{id}"


def key_of(text: str) -> tuple[datetime, str] | None:
    """What `key_text` wrote; None for anything else."""
    at, _, id = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment.astimezone(UTC), id) if id and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
