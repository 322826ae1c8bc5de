"""Where an installation keeps its things: a folder with the database and the key, outside the program's tree.

`$CASEWORK_HOME` (default `~/.local/share/casework`), `$CASEWORK_DATABASE` for a PostgreSQL address,
`$CASEWORK_KEY` for a key file kept elsewhere, `$CASEWORK_MAIL_…` or `mail.toml` for mail (mail_settings.py). The demo
has a folder of its own beside.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import inspect, select
from sqlalchemy.engine import make_url

from engine import Engine, MasterKey, RunningClock, SystemClock
from engine.clock import DatabaseClock
from engine.store import Database, ground, reference
from engine.store.moment import database_now


@dataclass(frozen=True, slots=True)
class Installation:
    """home: the folder. url: the database. key: the file of the master key."""

    home: Path
    url: str
    key: Path

    @staticmethod
    def real() -> Installation:
        """The installation that the environment names."""
        home = _home()
        url = os.environ.get("CASEWORK_DATABASE") or f"sqlite:///{home / 'casework.db'}"
        return Installation(home, url, Path(os.environ.get("CASEWORK_KEY") or home / "key" / "master.key"))

    @staticmethod
    def demo() -> Installation:
        """The demo's own database and key."""
        home = _home() / "demo"
        return Installation(home, f"sqlite:///{home / 'demo.db'}", home / "key" / "master.key")

    def kind(self) -> str | None:
        """ "real" or "demo"; None where none was made to its end. Nothing is written."""
        url = make_url(self.url)
        if url.get_backend_name() == "sqlite" and not os.path.exists(url.database or ""):
            return None
        database = Database(self.url)
        try:
            with database.read() as connection:
                if not inspect(connection).has_table(ground.installation.name):
                    return None
                return connection.scalar(select(ground.installation.c.kind))
        finally:
            database.close()

    def engine(self) -> Engine:
        """The engine on it; a demo runs on the clock it was left at, a server tells its own time."""
        database = Database(self.url)
        try:
            with database.read() as connection:
                row = reference.load(connection).installation
        finally:
            database.close()
        clock = RunningClock(row.demo_now) if row.kind == "demo" and row.demo_now else SystemClock()
        engine = Engine(self.url, MasterKey.load(self.key), clock)
        if row.kind == "real" and not engine.database.is_sqlite:
            engine.clock = DatabaseClock(partial(database_now, engine.database))
        return engine


def _home() -> Path:
    return Path(os.environ.get("CASEWORK_HOME") or Path.home() / ".local" / "share" / "casework")
