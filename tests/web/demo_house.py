"""The demonstration built at a chosen moment, and questions about its cases by the names the story gives them.

Building takes as long as a hundred tests do: what stands at `MOMENT` is built once a run and copied.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine import Engine, FixedClock, MasterKey
from engine.scene import Scene
from engine.store.cases import case_ids, find_case
from engine.store.steps import CaseRow
from engine.timeline import Entry
from tests.support import scratch
from web.demo import build
from web.demo.crew import LEAD
from web.demo_cases import case_id
from web.installation import Installation

MOMENT = datetime(2026, 11, 23, 3, 45, tzinfo=UTC)


def at(home: Path) -> Installation:
    """The demonstration in this folder."""
    return Installation(home, f"sqlite:///{home / 'demo.db'}", home / "key" / "master.key")


def build_once(shared: Path) -> Path:
    """The folder of the demonstration at MOMENT, inside `shared`; of all who ask, the first builds it."""
    home = shared / "demonstration"
    with (shared / "demonstration.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not home.exists():
            with TemporaryDirectory(dir=shared) as folder:  # half a demonstration is none
                build(at(Path(folder) / "demo"), MOMENT)
                (Path(folder) / "demo").rename(home)
    return home


@contextmanager
def copied(home: Path, moment: datetime = MOMENT) -> Iterator[tuple[Installation, Engine]]:
    """A copy of the demonstration in `home`, its clock standing at `moment`."""
    with scratch.folder() as folder:
        installation = at(Path(shutil.copytree(home, folder / "demo")))
        engine = Engine(installation.url, MasterKey.load(installation.key), FixedClock(moment))
        yield installation, engine
        engine.database.close()


@contextmanager
def built(moment: datetime) -> Iterator[tuple[Installation, Engine]]:
    """The demonstration as `./run` builds it at `moment`, its clock standing there."""
    with scratch.folder() as folder:
        build(at(folder / "built"), moment)
        with copied(folder / "built", moment) as made:
            yield made


@dataclass(slots=True)
class Story:
    """What became of the children of a story."""

    engine: Engine

    def rows(self) -> list[CaseRow]:
        """Every case and track."""
        with self.engine.database.read() as connection:
            found = [find_case(connection, each) for each in case_ids(connection)]
        return [each for each in found if each]

    def states(self) -> dict[str, set[str]]:
        """By workflow, the states that cases stand in."""
        found: dict[str, set[str]] = {}
        for row in self.rows():
            found.setdefault(row.definition, set()).add(row.state)
        return found

    def scene(self, child: str, actor: str = LEAD) -> Scene:
        """The case of the child, as the supervisor may see it."""
        scene = self.engine.look(case_id(child), actor)
        assert scene
        return scene

    def row(self, child: str) -> CaseRow:
        """The row of the child's case."""
        row = self.scene(child).case
        assert row
        return row

    def state(self, child: str) -> str:
        """Where the child's case stands."""
        return self.row(child).state

    def tracks(self, child: str) -> dict[str, str]:
        """The tracks of the child, each with its state."""
        parent = case_id(child)
        return {row.reference.rpartition("/")[2]: row.state for row in self.rows() if row.parent == parent}

    def limits(self, child: str) -> dict[str, Mapping[str, Any]]:
        """The open time limits of the child's case, by key."""
        return {each["key"]: each for each in self.scene(child).seen.deadlines}

    def values(self, child: str, actor: str = LEAD) -> Mapping[str, Any]:
        """What a person may read of the case."""
        view = self.engine.view(case_id(child), actor, "test")
        assert view
        return view.values

    def line(self, child: str) -> tuple[Entry, ...]:
        """All that happened in the case."""
        return self.engine.timeline(case_id(child))

    def steps(self, child: str) -> dict[str, datetime]:
        """When each transition was last taken."""
        return {each.transition: each.at for each in self.line(child) if each.transition}

    def links(self, child: str) -> set[tuple[str, str, bool]]:
        """Kind, other case, and whether it is the other that named this one."""
        row = self.row(child)
        return {(each["as"], each["case"], each.get("back", False)) for each in row.data.get("@links", ())}
