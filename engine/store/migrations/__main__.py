"""Drafts the next version of the schema: `python -m engine.store.migrations "what changed"`.

What it writes is to be read and tested: it does not see CHECK constraints, nor that a column was renamed.
"""

from __future__ import annotations

import sys
from tempfile import TemporaryDirectory

from alembic import command
from alembic.script import ScriptDirectory

from engine.store.database import Database
from engine.store.migrate import config, migrate


def draft(message: str) -> None:
    """Write the difference between the tables and the newest version into a file of `versions`."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.db"
        migrate(url)
        database = Database(url)
        try:
            with database.writer.begin() as connection:
                settings = config(connection)
                number = int(ScriptDirectory.from_config(settings).get_current_head() or 0) + 1
                command.revision(settings, message, autogenerate=True, rev_id=f"{number:04}")
        finally:
            database.close()


if __name__ == "__main__":
    draft(sys.argv[1])
