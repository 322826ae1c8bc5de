"""A command of the line in a process of its own, which is killed wherever it happens to be."""

from __future__ import annotations

import os
from functools import partial

from engine import migration
from web import cli


def run(home: str, url: str, *words: str) -> None:
    """Call the command line as `./run` does, on the installation in `home`; five cases are moved by one transaction."""
    os.environ |= {"CASEWORK_HOME": home, "CASEWORK_DATABASE": url}
    migration.advance_beside = partial(migration.advance_beside, most=5)  # type: ignore[assignment]
    cli.main(words)
