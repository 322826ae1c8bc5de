"""Addresses that came from outside: may one send somebody there? Not for what stands at the address."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_ours(target: str) -> bool:
    """Is `target` a path of this application, whichever way a browser reads it?

    Browsers take "//host", and with "\\" or a tab in it also "/\\host", for another host (WHATWG URL, relative slash state).
    """
    return (
        target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    )


def came_from(referrer: str | None, host: str) -> str | None:
    """The path and query of the page of ours that a request says it came from."""
    try:
        found = urlsplit(referrer or "")
    except ValueError:
        return None
    path = found.path + (f"?{found.query}" if found.query else "")
    return path if found.netloc == host and is_ours(path) else None
