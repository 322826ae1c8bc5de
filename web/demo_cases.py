"""How the cases of the demonstration are named, so that its doors may point at one; nothing of the story itself."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5


def case_id(key: str) -> str:
    """The id of the case of the child that the story calls `key`."""
    return str(uuid5(NAMESPACE_URL, f"demo:{key}"))
