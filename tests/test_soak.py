"""The long tries of tests/soak, which nobody runs every day, still begin: a few runs of each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "soak"
FEW = {"SOAK_RUNS": "2", "SOAK_SECONDS": "1"}


@pytest.mark.parametrize("name", ["fuzz_definitions", "moves", "proof"])
def test_a_soak_that_takes_a_number_of_runs_goes_through_with_a_few(name: str) -> None:
    went = subprocess.run(
        [sys.executable, "-m", "pytest", str(FOLDER / f"{name}.py"), "-q", "-p", "no:cacheprovider"],
        env=os.environ | FEW, cwd=FOLDER.parents[1], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert went.returncode == 0, went.stdout[-3000:] + went.stderr[-3000:]
