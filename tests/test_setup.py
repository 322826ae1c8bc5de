"""The set-up keeps its promises: our own packages, pinned and hashed requirements, no address of an index."""

from __future__ import annotations

import importlib
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
LOCKED = sorted(REQUIREMENTS.glob("*.txt"))
NOT_OURS = {".git", ".venv", ".tools", "node_modules", "__pycache__"}


@pytest.mark.parametrize("package", ["engine", "schemas", "workflows", "web"])
def test_package_is_the_one_of_this_project(package: str) -> None:
    file = importlib.import_module(package).__file__
    assert file is not None
    assert Path(file).resolve() == ROOT / package / "__init__.py"


@pytest.mark.parametrize("room", ["engine", "schemas", "workflows", "web"])
def test_every_folder_of_modules_is_a_package_that_the_layers_are_checked_in(room: str) -> None:
    folders = {path.parent for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts}
    assert folders
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.name)
def test_every_locked_requirement_has_one_version_and_hashes(path: Path) -> None:
    statements = _statements(path)
    assert statements
    for statement in statements:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==\S+", statement), statement
        assert "--hash=sha256:" in statement, statement


def test_tests_run_on_the_versions_that_the_program_runs_on() -> None:
    run, test = (_pins(REQUIREMENTS / name) for name in ("run.txt", "test.txt"))
    assert run.items() <= test.items()


@pytest.mark.parametrize("name", ["run", "test", "build", "uv"])
def test_locked_versions_are_the_ones_asked_for(name: str) -> None:
    asked = _pins(REQUIREMENTS / f"{name}.in")
    assert asked
    assert asked.items() <= _pins(REQUIREMENTS / f"{name}.txt").items()


def test_every_asked_for_requirement_has_its_reason_written_down() -> None:
    reasons = (ROOT / "docs/decisions/001-dependencies.md").read_text("utf-8")
    explained = {
        _normal(name) for name in re.findall(r"^\| ([\w.-]+)(?:\[[\w,-]+\])? \|", reasons, re.MULTILINE)
    }
    asked = {name for path in REQUIREMENTS.glob("*.in") for name in _pins(path)}
    assert asked == explained - {"package"}


def test_no_file_says_where_packages_come_from() -> None:
    option = re.compile(
        r"--(extra-|default-)?index|index[-_]url|find[-_]links|tool\.uv\.(index|sources)|registry="
    )
    for path in _settings():
        assert not option.search(path.read_text("utf-8")), path
    for path in [*LOCKED, *REQUIREMENTS.glob("*.in")]:
        assert "://" not in path.read_text("utf-8"), path


def test_no_lock_file_with_addresses_is_kept() -> None:
    names = {
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "pylock.toml",
        "package-lock.json",
        "yarn.lock",
        "pnpm-lock.yaml",
    }
    assert [path for path in _files() if path.name in names] == []


def _files() -> list[Path]:
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [each for each in folders if each not in NOT_OURS]
        found += [Path(folder, name) for name in names]
    return found


def _settings() -> list[Path]:
    """The files that could name an index: settings, scripts and requirements."""
    scripts = {ROOT / "run", ROOT / "test", ROOT / ".ci/run"}
    kinds = {".cfg", ".in", ".ini", ".sh", ".toml", ".txt", ".npmrc", ".yml"}
    return [path for path in _files() if path in scripts or path.suffix in kinds or path.name == ".npmrc"]


def _statements(path: Path) -> list[str]:
    """Each requirement of a file on one line, without comments."""
    text = re.sub(r"#.*", "", path.read_text("utf-8")).replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("-")]


def _pins(path: Path) -> dict[str, str]:
    """Name → version."""
    found = (re.match(r"([A-Za-z0-9._-]+)(?:\[.*?\])?==(\S+)", line) for line in _statements(path))
    return {_normal(match[1]): match[2] for match in found if match}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
