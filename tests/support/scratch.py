"""Where the tests' databases lie: in memory where the machine has a folder with room for it, else on disk.

Each test makes and drops a database; on a busy disk that takes thirty times as long as in memory.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IN_MEMORY = Path("/dev/shm")
ROOM = 2**30  # bytes: containers often have 64 MiB there, which the server's own shared memory needs


@contextmanager
def folder() -> Iterator[Path]:
    """A new private folder, gone afterwards. Its path is short: that of a Unix socket ends at 107 bytes."""
    made = Path(tempfile.mkdtemp(prefix="cw-", dir=IN_MEMORY if _has_room() else "/tmp"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _has_room() -> bool:
    return IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM
