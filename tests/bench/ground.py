"""What benchmarks stand on: databases on a real disk that keep what they say they kept, and a few plain sums.

Unlike the tests' databases (tests/support/scratch.py), which live in memory and forget.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from unittest.mock import patch

import psycopg

from engine import Engine
from engine.store import migrate
from tests.support import postgres, scratch
from web import demo
from web.installation import Installation

KINDS = ("postgresql", "sqlite")
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
SETTINGS = ("listen_addresses=", *(f"{each}=on" for each in DURABLE))
IN_MEMORY = ("tmpfs", "ramfs")


class Round(NamedTuple):
    """Seconds of ours and of the floor, medians of a round."""

    ours: float
    floor: float


def say(text: str) -> None:
    """A line for whoever runs a benchmark."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def folder() -> Iterator[Path]:
    """A new private folder on a disk, gone afterwards. Its path is short: a Unix socket's ends at 107 bytes."""
    place = next(filter(_is_disk, (Path("/var/tmp"), Path("/tmp"), Path.cwd())), None)
    if place is None:
        sys.exit("neither /var/tmp nor /tmp nor this folder is on a disk: nothing to measure")
    made = Path(tempfile.mkdtemp(prefix="cw-", dir=place))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def empty(kind: str) -> Iterator[str]:
    """The address of an empty database of this kind, on disk and durable."""
    if kind == "sqlite":
        with folder() as made:
            yield f"sqlite:///{made / 'casework.db'}"
        return
    with (
        patch.object(postgres, "SETTINGS", SETTINGS),
        patch.object(scratch, "folder", folder),
        postgres.server() as server,
    ):
        for name in DURABLE:
            if server.admin.execute(f"SHOW {name}").fetchone() != ("on",):  # type: ignore[call-overload]
                sys.exit(f"this PostgreSQL runs without {name}: nothing to measure")
        name = f"casework_bench_{os.getpid()}"
        server.create(name)
        yield server.url_of(name)
        server.drop(name)


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The address of a migrated database of this kind."""
    with empty(kind) as url:
        migrate(url)
        yield url


@contextmanager
def demonstration(kind: str) -> Iterator[Engine]:
    """The engine on a demonstration: the shipped content, invented people and their cases."""
    with empty(kind) as url, folder() as home:
        which = Installation(home / "demo", url, home / "demo" / "master.key")
        demo.build(which)
        running = which.engine()
        try:
            yield running
        finally:
            running.database.close()


def conninfo(url: str) -> str:
    """The address as the driver alone takes it: a file of SQLite, a string of libpq."""
    if url.startswith("sqlite:"):
        return url.removeprefix("sqlite:///")
    return url.replace("postgresql+psycopg:", "postgresql:")


@contextmanager
def driver(url: str) -> Iterator[Any]:
    """A connection of the driver alone, each statement on its own; as durable as the engine's."""
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(conninfo(url), isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=FULL")  # the file is in WAL mode already
            yield connection
    else:
        with psycopg.connect(conninfo(url), autocommit=True) as connection:
            yield connection


def timed(work: Callable[[], object], times: int) -> float:
    """Seconds that `work` takes, the median of so many times."""
    return median(_each(work, times))


def in_turn(ours: Callable[[], object], floor: Callable[[], object], blocks: int, block: int) -> Round:
    """A round of both: `block` by `block` in turn, as a machine and its disk have their moods."""
    took: dict[Callable[[], object], list[float]] = {ours: [], floor: []}
    for number in range(blocks):
        for work in (ours, floor) if number % 2 else (floor, ours):
            took[work] += _each(work, block)
    return Round(median(took[ours]), median(took[floor]))


def _each(work: Callable[[], object], times: int) -> list[float]:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return took


@contextmanager
def parts(of: Sequence[tuple[str, Any, str]]) -> Iterator[dict[str, list[float]]]:
    """Seconds of each call of some functions, by the name given to it: (name, where it stands, what it is called)."""
    took: dict[str, list[float]] = {name: [] for name, _, _ in of}

    @contextmanager
    def watched(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        took[name].append(time.perf_counter() - start)

    with ExitStack() as stack:
        for name, where, function in of:
            stack.enter_context(patch.object(where, function, watched(name)(getattr(where, function))))
        yield took


def spread(values: Sequence[float]) -> str:
    """Median and, in brackets, the least and the most, in milliseconds."""
    return f"{median(values) * 1e3:.2f} ms ({min(values) * 1e3:.2f} to {max(values) * 1e3:.2f})"


def listed(took: Mapping[str, float]) -> str:
    """Parts and their seconds, as milliseconds in a line."""
    return ", ".join(f"{name} {each * 1e3:.2f}" for name, each in took.items())


def kept(times: int = 50) -> float:
    """Seconds until the disk says that it has kept 8 KiB, a median: what every commit waits for (fdatasync)."""
    with folder() as made, (made / "kept").open("wb", buffering=0) as file:

        def keep() -> None:
            os.pwrite(file.fileno(), bytes(8192), 0)
            os.fdatasync(file.fileno())

        return timed(keep, times)


def load() -> str:
    """How busy the machine is with other work: the load of the last minute and the number of its cores."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _is_disk(place: Path) -> bool:
    if not os.access(place, os.W_OK):
        return False
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return True
    kinds = {Path(each[1]): each[2] for each in mounts}
    # A changed root is under no mount that is listed.
    return next((kinds[each] for each in (place, *place.parents) if each in kinds), "") not in IN_MEMORY
