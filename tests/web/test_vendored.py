from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "web" / "static"
PAPERS = sorted(STATIC.rglob("VENDORED.md"))
LISTED = re.compile(r"\| `([\w./-]+)` \|.*`([0-9a-f]{64})` \|")


@pytest.mark.parametrize("paper", PAPERS, ids=[each.parent.name for each in PAPERS])
def test_every_file_of_others_is_the_one_that_is_written_down(paper: Path) -> None:
    folder = paper.parent
    listed = {
        name.removeprefix(f"{folder.name}/"): found
        for name, found in LISTED.findall(paper.read_text("utf-8"))
    }
    found = {
        each.name: sha256(each.read_bytes()).hexdigest()
        for each in folder.iterdir()
        if each.suffix in (".js", ".woff2")
    }
    assert found == listed


def test_there_are_papers_of_fonts_and_scripts_and_the_notice_names_them() -> None:
    assert [each.parent.name for each in PAPERS] == ["fonts", "vendor"]
    notice = (STATIC.parents[1] / "NOTICE").read_text("utf-8")
    assert all(each in notice for each in ("elkjs", "EPL-2.0", "CodeMirror", "Be Vietnam Pro"))


def test_no_script_of_others_needs_more_than_the_policy_allows() -> None:
    for script in (STATIC / "vendor").glob("*.js"):
        assert not re.search(r"\beval\(|new Function\(", script.read_text("utf-8")), script.name
