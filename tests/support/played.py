"""What many tests begin with is made once a worker and played back: the same rows in the next empty database.

The first time they are made as ever. After that the whole content is copied: on SQLite page by page, on PostgreSQL table by
table. Only for what depends on nothing but its key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

Tables = list[tuple[str, bytes]]

_pages: dict[Hashable, sqlite3.Connection] = {}
_tables: dict[Hashable, tuple[Tables, list[tuple[str, int]]]] = {}


def once(key: Hashable, url: str, make: Callable[[], object]) -> None:
    """Fill the empty, migrated database at `url` by `make`, or with what `make` left in an earlier one of its kind."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        _on_sqlite(key, str(address.database), make)
    else:
        plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
        _on_postgresql(key, plain, make)


def _on_sqlite(key: Hashable, path: str, make: Callable[[], object]) -> None:
    if key not in _pages:
        make()
        kept = sqlite3.connect(":memory:")
        with sqlite3.connect(path) as made:
            made.backup(kept)
        made.close()
        _pages[key] = kept
        return
    empty = sqlite3.connect(path)
    _pages[key].backup(empty)
    empty.close()


def _on_postgresql(key: Hashable, address: str, make: Callable[[], object]) -> None:
    if key not in _tables:
        make()
        with psycopg.connect(address) as connection:
            _tables[key] = _taken(connection)
        return
    tables, counters = _tables[key]
    with psycopg.connect(address) as connection:
        for name, rows in tables:
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                copy.write(rows)
        for name, last in counters:
            connection.execute("SELECT setval(%s, %s)", (f'"{name}"', last))


def _taken(connection: psycopg.Connection) -> tuple[Tables, list[tuple[str, int]]]:
    # Here and not above: this module is loaded before coverage starts, and by tests that need no store.
    from engine.store.ground import metadata

    tables: Tables = []
    for table in metadata.sorted_tables:
        copied = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table.name))
        with connection.cursor().copy(copied) as copy:
            rows = b"".join(map(bytes, copy))
        if rows:
            tables.append((table.name, rows))
    counters = connection.execute(
        "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
    )
    return tables, counters.fetchall()
