"""The regression gate: what has happened to live cases, taken again by the other version of their workflow.

Each step is set before it is taken: the case as the record says it stood, its states and fields as the plan renames
them, and what the person entered. A history is legal if no step that the old version takes is refused, or leads
elsewhere, by the new one. The judging is the engine's own, on a case that is only thought of; nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.access.vault import FieldOf
from engine.commands import OPEN, SYSTEM
from engine.definition.model import Field
from engine.engine import Engine
from engine.library import Library
from engine.migration.plan import HAND, STAY, Plan
from engine.migration.running import set_of
from engine.replay import Folded, fold
from engine.store.look import CaseRow, Child, SubjectKey, Taken
from engine.store.steps import step_transaction
from engine.trial import Ground, Refused, Trial
from engine.values import from_json, to_json
from engine.workflow import Workflow

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Illegal:
    """The first step of a history that the new version does not take. to: where it leads instead, if it is taken."""

    case: str
    reference: str
    seq: int
    trigger: str
    state: str
    blockers: tuple[dict[str, Any], ...] = ()
    to: str = ""


@dataclass(frozen=True, slots=True)
class Histories:
    """Of `looked_at` histories those that are not legal; `more`: the set has others, which were not looked at."""

    looked_at: int
    illegal: tuple[Illegal, ...]
    more: bool = False

    @property
    def legal(self) -> int:
        """How many the new version takes as they were."""
        return self.looked_at - len(self.illegal)


def replayed(
    engine: Engine, plan: Plan, most: int | None = None, passed: Callable[[int], None] | None = None
) -> Histories:
    """The first `most` cases of a plan that go somewhere, by id; None: all. Reads only.

    passed: told after each case of the plan, those that stay too, how many are behind us.
    """
    old, new = (engine.library.workflow(plan.definition, number) for number in (plan.source, plan.target))
    illegal: list[Illegal] = []
    looked_at, behind, after = 0, 0, ""
    while True:
        with engine.database.read() as connection:
            page = set_of(connection, plan, after, 100)
        for each in page:
            if plan.goes_to(each.id, each.state) != STAY:
                if looked_at == most:
                    return Histories(looked_at, tuple(illegal), more=True)
                looked_at += 1
                if (found := _History(engine, each.id, old, new, plan).first_illegal()) is not None:
                    illegal.append(found)
            behind += 1
            if passed:
                passed(behind)
        if not page:
            return Histories(looked_at, tuple(illegal))
        after = page[-1].id


class _History:
    """One case: its events, and what was sealed in each, opened."""

    def __init__(self, engine: Engine, case: str, old: Workflow, new: Workflow, plan: Plan) -> None:
        self._versions, self._plan = (old, new), plan
        self._ground = Ground(
            engine.library.table, engine.library.calendar(old.definition.calendar), engine.library.zone
        )
        self._tracks = _tracks(engine.library, old) | _tracks(engine.library, new)
        today = engine.clock.now().astimezone(engine.library.zone).date()
        with step_transaction(engine.database, write=False) as transaction:
            seen = transaction.look(case=case, command="", actor="", today=today, lock=False)
            assert seen.case is not None
            self._row, self._children = seen.case, seen.children
            events, envelopes = transaction.story(seen.case)
        self._events = [(json.loads(each.body), each) for each in events]
        self._sealed = _opened(engine, self._row, seen.keys, self._field, envelopes)

    def first_illegal(self) -> Illegal | None:
        """The first step that the old version takes and the new one does not take so."""
        for place, (body, _) in enumerate(self._events):
            if body["transition"] and self._was_by_the_old(body):
                found = self._compared(place, body)
                if found is not None:
                    return found
        return None

    def _was_by_the_old(self, body: Body) -> bool:
        return bool(body["wf_ver"] == self._plan.source)

    def _compared(self, place: int, body: Body) -> Illegal | None:
        before = fold((each, row.leaf) for each, row in self._events[:place])
        old, new = (self._taken(workflow, before, place, body) for workflow in self._versions)
        if isinstance(old, Refused) or old.state != body["to"]:
            return None  # what the thought-of case does not know stood in the way: nothing can be said
        asked = {
            "case": self._row.id,
            "reference": self._row.reference,
            "seq": body["seq"],
            "trigger": body["trigger"],
        }
        if isinstance(new, Refused):
            told = tuple({"code": each.code, "params": to_json(dict(each.params))} for each in new.blockers)
            return Illegal(**asked, state=body["from"] or "", blockers=told)
        wanted = self._plan.states.get(body["to"], body["to"])
        if wanted in (HAND, STAY) or new.state == wanted:
            return None
        return Illegal(**asked, state=body["from"] or "", to=new.state)

    def _taken(self, workflow: Workflow, before: Folded, place: int, body: Body) -> Trial | Refused:
        trial = Trial.begin(workflow, self._ground, datetime.fromisoformat(body["at"]), self._tracks)
        values = self._given(workflow, place, body)
        person = "" if body["actor"] == SYSTEM else body["actor"]
        function = body["function"] or (SYSTEM if body["actor"] == SYSTEM else "")
        if body["trigger"] != OPEN:
            row = self._case(workflow, before)
            trial = replace(
                trial, case=row, values=self._values(workflow, before), taken=self._taken_before(place),
                children=tuple(self._children_at(trial.now)),
            )  # fmt: skip
        reason = "…" if "@reason" in body["sealed"] else ""
        return trial.fire(body["trigger"], values, function, reason, person)

    # ------------------------------------------------------------------ the case as it stood

    def _field(self, name: str) -> Field | None:
        """As the version declares it by which the steps were taken; what only the other knows stays in a case too."""
        old, new = self._versions
        return old.field(name) or new.field(name)

    def _mapped(self, workflow: Workflow, name: str) -> str:
        return self._plan.fields.get(name, name) if workflow is self._versions[1] else name

    def _state(self, workflow: Workflow, state: str) -> str:
        if workflow is self._versions[0]:
            return state
        goes = self._plan.states.get(state, state)
        return state if goes in (HAND, STAY) else goes

    def _case(self, workflow: Workflow, before: Folded) -> CaseRow:
        moments = {
            name: datetime.fromisoformat(value) if (value := getattr(before, name)) else None
            for name in ("entered_at", "opened_at", "closed_at")
        }
        columns = {
            name: getattr(before, name) for name in CaseRow._fields if name in Folded.__dataclass_fields__
        } | moments
        state = self._state(workflow, before.state)
        came_from = self._state(workflow, before.came_from) if before.came_from else None
        data = {self._mapped(workflow, name): each for name, each in before.data.items()}
        sealed = {self._mapped(workflow, name): each for name, each in before.sealed.items()}
        return CaseRow(
            **{
                **columns, "root": self._row.root, "id": self._row.id, "state": state, "came_from": came_from,
                "next_due": None, "data": data, "sealed": sealed,
            }
        )  # fmt: skip

    def _values(self, workflow: Workflow, before: Folded) -> dict[str, Any]:
        plain = self._open(before.data)
        sealed = {name: self._sealed.get((seq, name)) for name, (seq, _) in before.sealed.items()}
        return {
            self._mapped(workflow, name): each
            for name, each in {**plain, **sealed}.items()
            if each is not None
        }

    def _given(self, workflow: Workflow, place: int, body: Body) -> dict[str, Any]:
        """What the person entered: of all that the step wrote, what the forms of its trigger ask for."""
        args, seq = body["args"], body["seq"]
        written = self._open(
            {**args.get("values", {}), **{name: [row] for name, row in args.get("append", {}).items()}}
        )
        written |= {name: self._sealed.get((seq, name)) for name in body["sealed"]}
        old = self._versions[0]
        way = old.opening if body["trigger"] == OPEN else old.ways.get(body["transition"])
        if way is None:
            return {}
        if way.transition.appends:
            rows = written.get(way.transition.appends) or ()
            return dict(rows[-1]) if rows else {}
        given = {name: written.get(name) for name in way.asked if written.get(name) is not None}
        return {self._mapped(workflow, name): each for name, each in given.items()}

    def _open(self, data: Mapping[str, Any]) -> dict[str, Any]:
        declared = {name: self._field(name) for name in data}
        return {name: from_json(each, field) for name, each in data.items() if (field := declared[name])}

    def _taken_before(self, place: int) -> tuple[Taken, ...]:
        last: dict[tuple[str, str], Taken] = {}
        for body, _ in self._events[:place]:
            if body["transition"]:
                key = (body["transition"], body["actor"])
                last[key] = Taken(*key, datetime.fromisoformat(body["at"]))
        return tuple(last.values())

    def _children_at(self, now: datetime) -> Iterator[Child]:
        """The tracks as far as they were open or ended at that moment."""
        for each in self._children:
            if each.opened_at <= now:
                yield each._replace(
                    closed_at=each.closed_at if each.closed_at and each.closed_at <= now else None
                )


def _tracks(library: Library, workflow: Workflow) -> dict[str, Workflow | None]:
    return {key: library.newest(each.definition) for key, each in workflow.definition.subcases.items()}


def _opened(
    engine: Engine,
    case: CaseRow,
    keys: Sequence[SubjectKey],
    field: FieldOf,
    envelopes: Mapping[tuple[int, str], bytes],
) -> dict[tuple[int, str], Any]:
    """Every sealed value by (seq, field); one that is erased or broken reads as missing."""
    found: dict[tuple[int, str], Any] = {}
    by_seq: dict[int, dict[str, bytes]] = {}
    for (seq, name), envelope in envelopes.items():
        by_seq.setdefault(seq, {})[name] = envelope
    for seq, some in by_seq.items():
        for name, value in engine.vault.unsealed(field, case, keys, some).values.items():
            found[seq, name] = value
    return found
