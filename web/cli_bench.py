"""`bench NAME`: a benchmark of tests/bench/, from a checkout of the project. It prints its own lines."""

from __future__ import annotations

import sys
from pathlib import Path
from runpy import run_module

import click

from web.cli_words import Refused, Spoken

ROOT = Path(__file__).parents[1]


@click.command("bench", cls=Spoken)
@click.argument("name")
def bench(name: str) -> None:
    """Run a benchmark; its last line is `RESULT key=value …`."""
    folder = ROOT / "tests" / "bench"
    if not folder.is_dir():
        raise Refused("bench.no_checkout")
    known = sorted(each.stem for each in folder.glob("*.py") if "__main__" in each.read_text("utf-8"))
    if name not in known:
        raise Refused("bench.unknown", name=name, known=", ".join(known))
    sys.argv[1:] = []
    sys.path.insert(0, str(ROOT))
    run_module(f"tests.bench.{name}", run_name="__main__")
