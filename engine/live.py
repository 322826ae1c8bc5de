"""What a new version of a workflow would mean for its open cases: the checks against the version in force.

The store answers counts and names. How many cases lose a step is found by the guards themselves, of both versions, over
what the cases hold; nothing of it leaves this module but a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from engine import Engine
from engine.definition import checks
from engine.definition.expression import TRUE
from engine.definition.findings import Finding
from engine.definition.live import Live
from engine.definition.model import Definition, Field
from engine.guards import ANYBODY, guard_of
from engine.scene import Scene
from engine.store import live as store
from engine.store.steps import step_transaction
from engine.workflow import PROPOSED, CompiledWay, Workflow

MOST = 500  # cases looked at for one step, a second or two; with more nobody waits for the number


def against(engine: Engine, definition: Definition) -> tuple[Finding, ...]:
    """What is found when `definition` is compared with the newest version and its cases; nothing if it is the first."""
    newest = engine.library.newest(definition.id)
    return checks.against(newest.definition, definition, live_of(engine, definition)) if newest else ()


def live_of(engine: Engine, definition: Definition) -> Live:
    """What the open cases of earlier versions say to a new one."""
    with engine.database.read() as connection:
        standing: Counter[str] = Counter()
        for by_state in store.open_cases(connection, definition.id).values():
            standing.update(by_state)
        used = frozenset(name.rpartition(PROPOSED)[2] for name in store.used(connection, definition.id))
    return Live(standing, _Lost(engine, definition), used, _before(engine, definition.id, used))


def _before(engine: Engine, id: str, used: frozenset[str]) -> Mapping[str, Field]:
    """The used fields that the newest version has no more, as the last one declared them that had them."""
    newest = engine.library.newest(id)
    if newest is None:
        return {}
    found: dict[str, Field] = {}
    missing = {name for name in used if "." not in name} - newest.definition.fields.keys()
    for number in range(newest.number - 1, 0, -1):
        if not missing:
            break
        fields = engine.library.workflow(id, number).definition.fields
        found |= {name: fields[name] for name in missing & fields.keys()}
        missing -= fields.keys()
    return found


class _Lost:
    """Counts, of a way, the open cases that could take it by their own version and could not by the new one."""

    def __init__(self, engine: Engine, definition: Definition) -> None:
        self._engine, self._new = engine, Workflow(definition, 0, "")
        self._counted: dict[str, int | None] = {}

    def __call__(self, way: str) -> int | None:
        if way not in self._counted:
            self._counted[way] = self._count(self._new.ways[way])
        return self._counted[way]

    def _count(self, way: CompiledWay) -> int | None:
        definition = self._new.definition.id
        with self._engine.database.read() as connection:
            ids = store.open_in(connection, definition, way.transition.sources, MOST + 1)
        if len(ids) > MOST:
            return None
        lost = 0
        with step_transaction(self._engine.database, write=False) as transaction:
            for case in ids:
                scene = self._engine.lookup.peek(
                    transaction, case, "", lambda own, state: self._reads(own, way)
                )
                lost += scene is not None and self._loses(scene, way)
        return lost

    def _reads(self, own: Workflow, way: CompiledWay) -> frozenset[str]:
        before = own.ways.get(way.transition.key)
        return self._new.needed(way.reads) | (own.needed(before.reads) if before else frozenset())

    def _loses(self, scene: Scene, way: CompiledWay) -> bool:
        before = scene.workflow.ways.get(way.transition.key)
        if before is None or scene.state not in before.transition.sources:
            return False
        return _may_pass(scene, before) and not _may_pass(replace(scene, workflow=self._new), way)


def _may_pass(scene: Scene, way: CompiledWay) -> bool:
    """Can the guard come out true, whoever asks and whatever the step's form says?"""
    return bool(guard_of(scene, way, {}, way.pending | ANYBODY).mask & TRUE)
