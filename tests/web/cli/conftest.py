"""A machine for the command line: calls as `./run` makes them, and installations for them to work on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import Engine, FixedClock, SystemClock
from tests.engine.worker.story import build
from tests.support import scratch
from tests.web.cli.hands import Call, Said, keep_key
from web import cli, cli_words


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine on which nothing was installed yet."""
    for name in ("CASEWORK_DATABASE", "CASEWORK_KEY", "FLASK_DEBUG", "LANG"):
        monkeypatch.delenv(name, raising=False)
    with scratch.folder() as folder:
        monkeypatch.setenv("CASEWORK_HOME", str(folder / "home"))
        yield folder / "home"
    cli_words.use(None)


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls the command line as `./run` does."""

    def run(*words: str) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(words)
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def engine(database: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A real installation: the small province, its key, and the machine's own clock."""
    made = build(database, FixedClock(datetime.now(UTC)))
    made.clock = SystemClock()
    keep_key(home)
    monkeypatch.setenv("CASEWORK_DATABASE", database)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def _installed_once() -> Iterator[Path]:
    with scratch.folder() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEWORK_HOME", str(folder / "home"))
        patch.delenv("CASEWORK_DATABASE", raising=False)
        with pytest.raises(SystemExit) as ended:
            cli.main(["init", "--username", "quan.tri", "--name", "Quản Trị Thử"])
        assert not ended.value.code
        yield folder / "home"


@pytest.fixture
def installed(home: Path, _installed_once: Path) -> Path:
    """The folder of a real installation with the shipped content, made by `init`."""
    shutil.copytree(_installed_once, home)
    return home
