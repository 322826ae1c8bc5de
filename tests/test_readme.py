"""The README's example is run as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

README = Path(__file__).parent.parent / "README.md"


def test_the_example_of_the_readme_runs(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(README.parent)
    example, beginning = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.S)
    names: dict[str, Any] = {}
    beginning = beginning.replace("sqlite:////tmp/casework-example.db", database)
    exec(compile(beginning + example, "README.md", "exec"), names)  # noqa: S102 - the text of our own README
    engine = names["engine"]
    engine.database.close()


def test_every_link_of_the_readme_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README.read_text("utf-8")):
        assert (README.parent / target).exists(), target
