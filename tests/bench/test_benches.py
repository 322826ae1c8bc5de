"""Every benchmark runs, on sizes of a few; how fast is asked by nobody here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from engine import Engine
from engine.definition import checks
from schemas.load import load_definition
from tests.bench import ground
from tests.support import scratch
from web import demo
from web.installation import Installation

TINY = {
    "step": {"CASES": 2, "WARM": 4, "ROUNDS": 1, "BLOCKS": 2, "BLOCK": 2},
    "available": {"ROUNDS": 1, "BLOCKS": 2, "BLOCK": 1},
    "cases": {"MANY": 1_010, "ROUNDS": 1, "TIMES": 1},
    "startup": {"ROUNDS": 1},
    "importing": {"ROWS": 30},
    "migrate": {"CASES": 1, "COPIES": 30, "OF_FLOOR": 2, "CHECKED": 1},
    "hostile": {
        "FILES": {"a tag": ("a: !x 1", "tag")},
        "ATTEMPTS": ["eval('1')"],
        "ROUNDS": 1,
        "WIDE": ((2, 2, 2),),
    },
    "check": {"SIZES": (2, 4), "ASKED": 4, "ROUNDS": 1},
}
ON_BOTH = ("step", "available", "cases", "importing", "migrate")
EMPTY = ("step", "importing")  # these fill an empty database by themselves
FEW = ("lua", "manh", "duc", "pao", "dao", "su")  # children of the demonstration
Demonstrations = Callable[[str], AbstractContextManager[Engine]]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """A benchmark by its name, on sizes of a few."""

    def made(name: str) -> ModuleType:
        module = import_module(f"tests.bench.{name}")
        for size, value in TINY[name].items():
            monkeypatch.setattr(module, size, value)
        return module

    return made


@pytest.fixture
def demonstrations(database: str) -> Demonstrations:
    """A few children of the demonstration in the test's own database instead of all on disk."""

    @contextmanager
    def made(_kind: str) -> Iterator[Engine]:
        with scratch.folder() as home:
            which = Installation(home / "demo", database, home / "demo" / "master.key")
            demo.build(which, some=FEW)
            running = which.engine()
            try:
                yield running
            finally:
                running.database.close()

    return made


@pytest.mark.parametrize("name", ON_BOTH)
def test_a_benchmark_measures_what_it_says_on_either_database(
    name: str,
    database: str,
    demonstrations: Demonstrations,
    tiny: Callable[[str], ModuleType],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @contextmanager
    def here(_kind: str) -> Iterator[str]:
        yield database

    module = tiny(name)
    kind = "sqlite" if database.startswith("sqlite") else "postgresql"
    monkeypatch.setattr(module, "KINDS", (kind,))
    monkeypatch.setattr(
        module, "database" if name in EMPTY else "demonstration", here if name in EMPTY else demonstrations
    )
    module.main()
    *said, result = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"{kind}") and "load" in line for line in said)
    assert re.fullmatch(rf"RESULT( {kind}\w*=\d+\.\d\d)+", result)


def test_starting_up_is_measured_from_the_call_to_the_page(
    tiny: Callable[[str], ModuleType],
    built_demo: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @contextmanager
    def home() -> Iterator[Path]:
        with scratch.folder() as folder:
            shutil.copytree(built_demo, folder / "demo")
            (folder / "demo" / "built").touch()  # to its end
            yield folder

    module = tiny("startup")
    monkeypatch.setattr(module, "folder", home)
    module.main()
    assert re.fullmatch(r"RESULT page_s=\d+\.\d\d help_s=\d+\.\d\d", capsys.readouterr().out.splitlines()[-1])


def test_checks_are_measured_by_the_size_of_a_definition_that_has_no_error(
    tiny: Callable[[str], ModuleType], capsys: pytest.CaptureFixture[str]
) -> None:
    module = tiny("check")
    loaded = load_definition(module.written(6), {})
    assert loaded.definition
    assert not [each for each in checks.run(loaded.definition) if each.severity == "error"]
    module.main()
    *said, result = capsys.readouterr().out.splitlines()
    assert sum("all checks" in line for line in said) == 2
    assert re.fullmatch(r"RESULT total_ms=\d+ growth=\d+\.\d\d", result)


def test_refusals_are_measured_in_time_and_memory(
    tiny: Callable[[str], ModuleType], capsys: pytest.CaptureFixture[str]
) -> None:
    tiny("hostile").main()
    *said, result = capsys.readouterr().out.splitlines()
    assert said[0].startswith("1 files and 1 guards; load")
    assert re.fullmatch(r"RESULT worst_ms=\d+\.\d worst_mb=\d+\.\d guard_ms=\d+\.\d", result)


def test_every_benchmark_runs_here() -> None:
    runnable = {
        each.stem
        for each in Path(ground.__file__).parent.glob("*.py")
        if "\ndef main(" in each.read_text("utf-8")
    }
    assert runnable == TINY.keys()


def test_the_floor_is_no_longer_than_forty_lines_and_asks_nobody_but_the_driver() -> None:
    text = (Path(__file__).parent / "floor.py").read_text("utf-8")
    assert len(text.splitlines()) <= 40
    assert not re.search(r"^\s*(from|import) (engine|sqlalchemy|web)", text, re.MULTILINE)


def test_what_is_measured_on_is_durable() -> None:
    with ground.empty("sqlite") as url:
        path = Path(ground.conninfo(url))
        assert ground._is_disk(path.parent)
    assert set(ground.DURABLE) <= {each.partition("=")[0] for each in ground.SETTINGS if each.endswith("=on")}
