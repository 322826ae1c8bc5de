"""A real case on an engine and a thought-of one beside it: whatever is done to the one is done to the other, and compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from engine import Command, Engine, FixedClock
from engine.links import LINKS
from engine.scene import Scene
from engine.trial import Ground, Refused, Trial
from engine.worker.loop import Worker

ROW = ("state", "stage", "came_from", "cycle", "owner", "offered", "version", "entered_at", "entered_seq", "closed_at", "next_due")  # fmt: skip


class Beside:
    """people: who may ask what is possible, each with the one function held."""

    def __init__(self, engine: Engine, clock: FixedClock, people: Mapping[str, str]) -> None:
        self.engine, self.clock, self.people = engine, clock, people
        self.worker = Worker(engine)
        self.case = ""
        self.trial: Trial

    def open(self, definition: str, actor: str, **values: Any) -> None:
        """Open both."""
        library = self.engine.library
        workflow = library.newest(definition)
        assert workflow
        declared = workflow.definition
        ground = Ground(tables=library.table, calendar=library.calendar(declared.calendar), zone=library.zone)
        tracks = {key: library.newest(each.definition) for key, each in declared.subcases.items()}
        self.case = str(uuid4())
        self.trial = Trial.begin(workflow, ground, self.clock.now(), tracks)
        outcome = self.engine.open(definition, id=self.case, command=str(uuid4()), actor=actor, values=values)
        self._moved(outcome.applied, outcome.blockers, self._fired("open", actor, values, ""))

    def fire(self, trigger: str, actor: str, values: Mapping[str, Any], reason: str = "") -> bool:
        """Take a step on both; answers whether it was taken."""
        outcome = self.engine.apply(
            Command(
                id=str(uuid4()), case=self.case, trigger=trigger, actor=actor, values=values, reason=reason
            )
        )
        self._moved(outcome.applied, outcome.blockers, self._fired(trigger, actor, values, reason))
        return outcome.applied

    def wait(self, hours: int) -> None:
        """Let time pass for both; the worker looks at each moment at which something is missed."""
        self.clock.advance(hours=hours)
        until = self.clock.now()
        before = len(self.trial.path)
        self.trial = self.trial.wait_until(until)
        for event in self.trial.path[before:]:
            self.clock.set(event.at)
            self.worker.turn()
        self.clock.set(until)
        self.compare()

    def compare(self) -> None:
        """The row, its open values, which private ones there are, the time limits, and every way of everybody."""
        scene = self._scene(next(iter(self.people)))
        real, thought = scene.case, self.trial.case
        assert real
        assert thought
        differs = [
            (name, getattr(thought, name), getattr(real, name))
            for name in ROW
            if getattr(thought, name) != getattr(real, name)
        ]
        assert differs == [], differs
        assert _known(thought.data) == _known(real.data)
        assert {name: each[0] for name, each in thought.sealed.items()} == {
            name: each[0] for name, each in real.sealed.items()
        }
        assert sorted(map(_limit, self.trial.limits)) == sorted(map(_limit, scene.seen.deadlines))
        assert sorted((each.subcase_key, bool(each.closed_at)) for each in self.trial.children) == sorted(
            (each.subcase_key, bool(each.closed_at)) for each in scene.seen.children
        )
        for person, function in self.people.items():
            assert self.trial.ways(function, person) == self.engine.available(self.case, person)

    def _fired(self, trigger: str, actor: str, values: Mapping[str, Any], reason: str) -> Trial | Refused:
        return self.trial.fire(trigger, values, self.people.get(actor, ""), reason, actor)

    def _moved(self, applied: bool, blockers: Any, after: Trial | Refused) -> None:
        if isinstance(after, Refused):
            assert (applied, blockers) == (False, after.blockers)
        else:
            assert (applied, blockers) == (True, ())
            self.worker.turn()  # what is late from the start, and a track that was cancelled
            self.trial = after.wait_until(self.clock.now())
        self.compare()

    def end_track(self, key: str, trigger: str, actor: str, **values: Any) -> None:
        """The oldest open track of a key ends, by a step of its own on the engine; what it returns is given to the other."""
        children = self._scene(next(iter(self.people))).seen.children
        child = next(each for each in children if each.subcase_key == key and not each.closed_at)
        outcome = self.engine.apply(
            Command(id=str(uuid4()), case=child.id, trigger=trigger, actor=actor, values=values)
        )
        self.worker.turn()
        self._moved(outcome.applied, outcome.blockers, self.trial.end_track(key, values))

    def _scene(self, actor: str) -> Scene:
        scene = self.engine.look(self.case, actor)
        assert scene
        return scene


def _known(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != LINKS}


def _limit(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Limits of the same place may be told apart only by the id of their case."""
    names = ("scope", "state", "key", "entry", "start_at", "due_at", "warn_at", "escalate_to", "then")
    told = tuple(str(row[name]) for name in names)
    return (*told, str(row["paused_at"]), str(row["breached_at"]), str(sorted(row["rule"].items())))
