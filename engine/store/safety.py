"""Is the database set up so that what was acknowledged stays, and the record's guards stand above the program?

Asked when a program begins to serve (trust.md §4.1, §4.4 F26). The guards themselves are tried by self_check.
"""

from __future__ import annotations

import os

from sqlalchemy import text

from engine.store.database import Database

DURABLE = ("fsync", "full_page_writes")
_OTHERS = 0o077


def unsafe(database: Database) -> tuple[str, ...]:
    """Codes of what must not be so in production; empty when all is well.

    `file_open`: others than the owner can read or write the SQLite file. `fsync`, `full_page_writes`,
    `synchronous_commit`: PostgreSQL may lose what it acknowledged. `superuser`: the program could take its own
    guards away without leaving a trace in the catalogue.
    """
    if database.is_sqlite:
        # Durability is our own connection's setting there (database.py).
        mode = os.stat(database.url.database or "").st_mode
        return ("file_open",) if mode & _OTHERS else ()
    with database.read() as connection:
        found = [
            name
            for name in DURABLE
            if connection.scalar(text("SELECT current_setting(:name)"), {"name": name}) != "on"
        ]
        if connection.scalar(text("SELECT current_setting('synchronous_commit')")) == "off":
            found.append("synchronous_commit")
        if connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
            found.append("superuser")
    return tuple(found)
