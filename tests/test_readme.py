"""The README's example is run as it stands."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import pytest

README = Path(__file__).parent.parent / "README.md"


PLACE = 'f"sqlite:///{mkdtemp()}/casework-example.db"'


def program() -> str:
    """The two texts of the README, in the order in which they are to be run."""
    example, beginning = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.S)
    return str(beginning + example)


def run(text: str) -> None:
    names: dict[str, Any] = {}
    exec(compile(text, "README.md", "exec"), names)  # noqa: S102 - the text of our own README
    names["engine"].database.close()


def test_the_example_of_the_readme_runs(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(README.parent)
    assert PLACE in program()
    run(program().replace(PLACE, repr(database)))


def test_the_example_of_the_readme_runs_again_on_the_same_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(README.parent)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for _ in range(2):
        run(program())
    assert len(list(tmp_path.rglob("casework-example.db"))) == 2


def test_every_link_of_the_readme_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README.read_text("utf-8")):
        assert (README.parent / target).exists(), target
