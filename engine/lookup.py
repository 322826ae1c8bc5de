"""How a command, or a look, finds its case: locked and read, or the outcome when there is nothing to judge.

Reads only. What is judged on the `Scene` that comes of it, and what is written, is engine.py's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from engine.access.vault import Loaded, Vault
from engine.commands import ADMIN, MIGRATED, OPEN, Blocker, Command, Outcome
from engine.definition.model import Field
from engine.ids import is_id
from engine.ledger.body import NotCanonical
from engine.library import Library
from engine.mentions import area_of_opening
from engine.moving import Move, loads, settled, touched, unreadable
from engine.record import digest_of
from engine.scene import Scene
from engine.stale import is_stale
from engine.store.steps import CaseRow, Conflict, Seen, StepTransaction
from engine.values import NotAValue
from engine.workflow import Workflow


class Wanted(NamedTuple):
    """Names whose values are needed, and those of which it is enough to know whether there is a value."""

    values: frozenset[str] = frozenset()
    there: frozenset[str] = frozenset()


# By the version left and the state there, the version and state it goes to, and the names whose values change.
Also = Callable[[Workflow, str, Workflow, str, frozenset[str]], Wanted]


def nothing_else(old: Workflow, state: str, new: Workflow, there: str, touched: frozenset[str]) -> Wanted:
    """No names but those that a move itself reads."""
    return Wanted()


class Lookup:
    """Finds cases with the reference data of one installation and the keys to its private values. now: in UTC."""

    def __init__(self, library: Library, vault: Vault, now: Callable[[], datetime]) -> None:
        self.library, self.vault, self._now = library, vault, now

    def peek(
        self,
        transaction: StepTransaction,
        case: str,
        actor: str,
        opens: Callable[[Workflow, str], frozenset[str]],
        *,
        lock: bool = False,
    ) -> Scene | None:
        """The case as `actor` finds it. opens: the names whose values are needed in a state; of all others that a step
        may read it is only looked up whether they are there.
        """
        seen = transaction.look(case=case, command="", actor=actor, today=self._today(), lock=lock)
        if seen.case is None:
            return None
        self.library.refresh(seen.reference_version)
        workflow = self.library.workflow(seen.case.definition, seen.case.definition_number)
        names = opens(workflow, seen.case.state)
        only_there = workflow.loads_in(seen.case.state) - names
        return self._scene(transaction, workflow, seen, case, actor, names, only_there)

    def asked(self, command: Command, area: str = "") -> dict[str, Any]:
        """What a transaction is asked for this command."""
        return {
            "case": command.case, "command": command.id, "actor": command.actor, "today": self._today(), "area": area,
        }  # fmt: skip

    def look(
        self,
        transaction: StepTransaction,
        command: Command,
        parent: Scene | None,
        also: Also = nothing_else,
    ) -> Scene | Outcome:
        """Lock and read; or the outcome when there is nothing to judge: done before, reused id, unknown, stale.

        also: of a move, the names to load besides.
        """
        if not is_id(command.id) or not is_id(command.case):
            return Outcome.refused(command.case, Blocker("id_invalid"))
        try:
            digest = digest_of(command, self.vault.master.command_key)
        except (NotAValue, NotCanonical):
            return Outcome.refused(command.case, Blocker("value_unusable"))
        opening = self.library.newest(command.definition) if command.trigger == OPEN else None
        area = area_of_opening(self.library, opening, command) if opening else ""
        seen = transaction.look(**self.asked(command, area))
        if seen.earlier:
            return self._again(transaction, command, digest, seen)
        self.library.refresh(seen.reference_version)
        if opening is not None and opening is not self.library.newest(command.definition):
            raise Conflict  # published in between: the new case follows the new version
        refusal = self._no_such_case(transaction, command, seen, opening, parent)
        if refusal:
            return Outcome.refused(command.case, refusal)
        if command.trigger == MIGRATED and seen.case and ADMIN in {each.function for each in seen.holdings}:
            return self._leaving(transaction, command, seen, digest, also)
        workflow = opening or self.library.workflow(seen.case.definition, seen.case.definition_number)  # type: ignore[union-attr]
        names = workflow.loads_of(seen.case.state if seen.case else "", command.trigger, command.values)
        scene = self._scene(transaction, workflow, seen, command.case, command.actor, names)
        scene.digest, scene.agency, scene.trusted = digest, command.agency, parent is not None
        if seen.case and command.expected_version not in (None, seen.case.version):
            since = max(0, command.expected_version or 0)
            if since > seen.case.version:  # made from what the case never was
                return Outcome.refused(command.case, Blocker("stale", {"version": seen.case.version}))
            ways_here = workflow.alternatives(seen.case.state, command.trigger)
            asked = frozenset(name for way in ways_here for name in way.asked)
            if is_stale(transaction.events_after(seen.case, since), asked):
                return Outcome.refused(command.case, Blocker("stale", {"version": seen.case.version}))
        return scene

    def _leaving(
        self,
        transaction: StepTransaction,
        command: Command,
        seen: Seen,
        digest: bytes,
        also: Also,
    ) -> Scene | Outcome:
        """A case about to go to another version, as that version finds it; only if it is as it was looked at."""
        case = seen.case
        assert case is not None
        if command.expected_version != case.version:
            return Outcome.refused(command.case, Blocker("stale", {"version": case.version}))
        move = Move.of(command.values)
        leaves = self.library.workflow(case.definition, case.definition_number)
        try:
            target = self.library.workflow(case.definition, move.to)
        except KeyError:
            return Outcome.refused(command.case, Blocker("unknown_version", {"number": move.to}))
        last = self._last(transaction, case) if move.reverts else {}
        goes = settled(move, last)
        wanted = also(leaves, case.state, target, goes.state, touched(goes, last))
        names = (loads(target, goes) | wanted.values) - unreadable(case, leaves, target)
        scene = self._scene(
            transaction, target, seen, command.case, command.actor, names, wanted.there - names, leaves
        )
        scene.digest, scene.last = digest, last
        scene.holding = next(each for each in seen.holdings if each.function == ADMIN)
        return scene

    def _no_such_case(
        self,
        transaction: StepTransaction,
        command: Command,
        seen: Seen,
        opening: Workflow | None,
        parent: Scene | None,
    ) -> Blocker | None:
        """Why there is no case to take this step on, or to open."""
        if command.trigger != OPEN:
            return None if seen.case else Blocker("unknown_case")
        if opening is None:
            return Blocker("unknown_definition", {"definition": command.definition})
        if seen.case is not None:
            return Blocker("case_exists")
        if parent is None and (command.parent or command.subcase or command.agency):
            return Blocker("agency")  # a track is opened by its parent's step alone
        if parent is not None and not self._serves(transaction, command, parent):
            return Blocker("agency")
        return None

    def _scene(
        self,
        transaction: StepTransaction,
        workflow: Workflow,
        seen: Seen,
        case: str,
        actor: str,
        names: frozenset[str],
        only_there: frozenset[str] = frozenset(),
        leaves: Workflow | None = None,
    ) -> Scene:
        zone = self.library.zone
        now = self._now()
        definition = workflow.definition

        def field(name: str) -> Field | None:
            return workflow.field(name) or (leaves.field(name) if leaves else None)

        values, broken, closed = (
            self.vault.values(transaction, field, seen.case, seen.keys, names, only_there)
            if seen.case
            else Loaded({}, frozenset(), frozenset())
        )
        return Scene(
            workflow=workflow,
            seen=seen,
            case=seen.case,
            case_id=case,
            actor=actor,
            now=now,
            today=now.astimezone(zone).date(),
            zone=zone,
            calendar=self.library.calendar(definition.calendar),
            values=values,
            broken=broken,
            closed=closed,
            tracks={key: self.library.newest(each.definition) for key, each in definition.subcases.items()},
            leaves=leaves,
        )

    def _serves(self, transaction: StepTransaction, command: Command, parent: Scene) -> bool:
        """Does somebody at the agency hold the function this track needs today?"""
        subcase = parent.workflow.definition.subcases.get(command.subcase)
        return subcase is not None and transaction.agency_holds(command.agency, subcase.holder, self._today())

    def _again(self, transaction: StepTransaction, command: Command, digest: bytes, seen: Seen) -> Outcome:
        """The first outcome again, from the event it made."""
        assert seen.earlier is not None
        first, root, case, seq = seen.earlier
        if first != digest:
            return Outcome.refused(command.case, Blocker("command_reused"))
        return transaction.outcome(root, case, seq)

    def _last(self, transaction: StepTransaction, case: CaseRow) -> Mapping[str, Any]:
        """The body of the case's newest event; nothing where the record has lost it or it cannot be read."""
        found = transaction.events_after(case, case.version - 1)
        if len(found) > 1:
            raise Conflict("a step was taken since the case was read")
        try:
            last: Mapping[str, Any] = json.loads(found[0][1]) if found else {}
        except ValueError:
            return {}
        return last

    def _today(self) -> date:
        return self._now().astimezone(self.library.zone).date()
