"""Cases as rows of lists: who may see which, and the few values that head a row. Names stay sealed until asked for.

The queries and the scope are store/lists.py; this opens what a row shows and checks what a search found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from engine.access.disclosure import readable
from engine.engine import Engine
from engine.registry.names import alike_tokens, query_tokens, rank
from engine.scene import Scene
from engine.store import alike, lists
from engine.store.reach import reach
from engine.store.steps import CaseRow, Holding, Seen, SubjectKey
from engine.workflow import Workflow

SEARCHED = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """One case of a list with the values its definition `shows`, as far as this person may read them."""

    case: CaseRow
    workflow: Workflow
    values: Mapping[str, Any]
    readable: frozenset[str]
    next: lists.Limit | None = None  # the earliest open time limit


class Listing:
    """What one person may list now."""

    def __init__(self, engine: Engine, connection: Any, actor: str) -> None:
        self._engine, self._connection, self._actor = engine, connection, actor
        self.now = engine.clock.now()
        self.today = self.now.astimezone(engine.library.zone).date()
        self.workflows = {each.definition.id: each for each in engine.library.current()}
        access = {key: frozenset(each.definition.access) for key, each in self.workflows.items()}
        self._readable: dict[Any, frozenset[str]] = {}  # the same for many rows
        self.reach = reach(connection, actor, self.today, access)

    def page(self, wanted: lists.Filter, *, limit: int, after: Any = None) -> Sequence[CaseRow]:
        """Rows of a list, newest first; late ones the longest late first."""
        return lists.page(self._connection, self.reach, wanted, limit=limit, after=after)

    def count(self, wanted: lists.Filter, *, most: int = 1000) -> int:
        """How many a list holds, counted up to `most`."""
        return lists.count(self._connection, self.reach, wanted, most=most)

    def tasks(self, functions: Set[str], *, limit: int) -> Sequence[tuple[CaseRow, Any]]:
        """Time limits within reach, the earliest first: where one of `functions` has a way on, and of own cases all."""
        idle = {
            key: {
                state
                for state in each.definition.states
                if not any(functions & set(way.transition.by) for way in each.ways_from(state))
            }
            for key, each in self.workflows.items()
        }
        return lists.tasks(self._connection, self.reach, limit=limit, idle=idle, owner=self._actor)

    def escalated(self, functions: Set[str], *, limit: int) -> Sequence[tuple[CaseRow, Any]]:
        """Missed limits still open that are reported to `functions`, where this person holds them for the case's area.

        Who came to the function later sees them as well; the notice went to those who held it then.
        """
        found = lists.escalated(self._connection, self.reach, functions, self.now, limit=limit)
        areas = lists.areas_of(self._connection, [case for case, _ in found])
        return [
            (case, row)
            for case, row in found
            if any(
                each.function == row.escalate_to and (each.covers or each.agency == case.agency)
                for each in self._holdings(areas[case.id])
            )
        ]

    def grid(self, definition: str) -> Sequence[Any]:
        """Open cases by owner, area and state."""
        return lists.grid(self._connection, self.reach, definition, self.now)

    def stays(self, definition: str, area: str = "") -> Mapping[str, timedelta]:
        """By state the median time open cases have been there."""
        return lists.stays(self._connection, self.reach, definition, self.now, area)

    def search(self, text: str, *, most: int = 100) -> list[Listed]:
        """By number or by name: "duc" finds "Đức", exact tones first (semantics.md §6)."""
        text = text.strip()
        if not text:
            return []
        if text[0].isdigit():
            return self.shown(lists.by_reference(self._connection, self.reach, text, limit=most))
        tokens = query_tokens(self._engine.vault.master.index_key, "name", text)
        fields = {
            key
            for each in self.workflows.values()
            for key, declared in each.definition.fields.items()
            if declared.indexed
        }
        places = {
            place
            for each in self.workflows.values()
            for declared in each.definition.fields.values()
            for place in declared.indexed
        }
        rows = lists.named(self._connection, self.reach, tokens.folded, places, limit=SEARCHED)
        # Only the names first: of many hits few are shown.
        named = self.opened(rows, {row.id: fields for row in rows})
        best = {each.case.id: max((rank(text, name) for name in _names(each)), default=0) for each in named}
        hits = sorted((row for row in rows if best[row.id]), key=lambda row: -best[row.id])
        return self.shown(hits[:most])

    def alike(
        self, definition: str, name: str, fields: Set[str], *, most: int, whole: bool = False
    ) -> Sequence[CaseRow]:
        """Cases where a name in one of `fields` shares two syllables with `name`; whole: all of them but one.

        A name of one syllable must have it. Nothing has been decrypted yet.
        """
        syllables = alike_tokens(self._engine.vault.master.index_key, "name", name)
        need = max(2, len(syllables) - 1) if whole else 2
        return alike.alike(
            self._connection,
            self.reach,
            definition,
            syllables,
            fields,
            need=min(need, len(syllables)),
            limit=most,
        )

    def land_of(self, areas: Set[str]) -> Mapping[str, frozenset[str]]:
        """Of each area itself and what it was formed of."""
        return alike.land_of(self._connection, areas)

    def shown(self, rows: Sequence[CaseRow]) -> list[Listed]:
        """The rows with what heads them, decrypted only where this person may read it."""
        roots, next_due = {row.root for row in rows}, {row.id: row.next_due for row in rows}
        limits = lists.next_limits(self._connection, roots, next_due)
        return [
            replace(each, next=limits.get(each.case.id))
            for each in self.opened(rows, {row.id: self._heading(row) for row in rows})
        ]

    def opened(self, rows: Sequence[CaseRow], wanted: Mapping[str, set[str]]) -> list[Listed]:
        """The rows with the `wanted` fields of each."""
        sealed = lists.sealed_of(
            self._connection, rows, {name for names in wanted.values() for name in names}
        )
        areas = lists.areas_of(self._connection, rows)
        return [self._shown(row, wanted[row.id], sealed, self._holdings(areas[row.id])) for row in rows]

    def _heading(self, row: CaseRow) -> set[str]:
        workflow = self._workflow(row)
        return set(workflow.needed(name for names in workflow.definition.shows.values() for name in names))

    def _shown(
        self, row: CaseRow, wanted: set[str], sealed: lists.Sealed, holdings: tuple[Holding, ...]
    ) -> Listed:
        workflow = self._workflow(row)
        whose = (row.definition, row.definition_number, row.agency, holdings)
        if whose not in self._readable:
            self._readable[whose] = readable(workflow.definition, row.agency, holdings)
        may_read = self._readable[whose]
        envelopes = {
            name: envelope
            for name in wanted
            if name in row.sealed
            for envelope in (sealed.envelopes.get(row.id, {}).get((name, row.sealed[name][0])),)
            if envelope is not None
        }
        keys = [SubjectKey(*each) for each in sealed.keys.get(row.id, ())]
        vault = self._engine.vault
        # What was tampered with stays out of a list; the page of the case tells it.
        values = (
            vault.opened(workflow.field, row, wanted)
            | vault.unsealed(workflow.field, row, keys, envelopes).values
        )
        scene = Scene(
            workflow=workflow, seen=NOTHING_SEEN, case=row, case_id=row.id, actor="", now=self.now, today=self.today,
            zone=self._engine.library.zone, calendar=self._engine.library.calendar(workflow.definition.calendar), values=values,
        )  # fmt: skip
        computed = [name for name in wanted if name in workflow.computed]
        env = scene.environment(computed, {})
        values |= {name: env[name] for name in computed}
        return Listed(
            row, workflow, {name: value for name, value in values.items() if name in may_read}, may_read
        )

    def _holdings(self, area: str) -> tuple[Holding, ...]:
        """The person's functions as a step on a case of `area` would find them."""
        return tuple(
            Holding(function, agency, "", area in covered)
            for (function, agency), covered in self.reach.covered.items()
        )

    def _workflow(self, row: CaseRow) -> Workflow:
        return self._engine.library.workflow(row.definition, row.definition_number)


def _names(listed: Listed) -> Iterator[str]:
    """The names of persons among the values of a row."""
    for key, value in listed.values.items():
        if declared := listed.workflow.field(key):
            yield from (name for _, name in declared.names(value))


NOTHING_SEEN = Seen(
    earlier=None, case=None, holdings=(), taken=(), children=(), deadlines=(), keys=(), reference_version=0
)
