"""The engine: open, ask what is possible, take a step, read the story, prove it. The one write path.

`Engine.apply` is the page to show a visitor: everything that changes a case goes through its `_step`, whole or not at
all; moves to another version many by one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from engine import change as changes
from engine.access.keys import MasterKey
from engine.access.vault import Vault
from engine.change import Change
from engine.clock import Clock, SystemClock
from engine.commands import (
    BREACH,
    LINKED,
    OPEN,
    RETURNED,
    SYSTEM,
    UNLINKED,
    Blocker,
    Command,
    Outcome,
    Way,
)
from engine.deadlines import OpenDeadline, breaches
from engine.definition.build import build
from engine.definition.identity import content_hash
from engine.judge import judge, ways
from engine.laying import lay
from engine.ledger.body import NotCanonical
from engine.library import Library
from engine.lookup import Also, Lookup, nothing_else
from engine.mentions import area_of_opening, nowhere, with_area
from engine.moving import Move, of_move
from engine.reading import CaseView, open_case
from engine.record import digest_of, record
from engine.replay import Difference, differences
from engine.scene import Scene
from engine.store import Database
from engine.store.cases import events, find_case, limits
from engine.store.reference import put_definition
from engine.store.steps import CaseRow, Conflict, Gone, StepTransaction, step_transaction
from engine.summary import Opened
from engine.timeline import Entry, entries
from engine.values import NotAValue
from engine.workflow import Workflow

ATTEMPTS = 5
NOWHERE = "00000000-0000-0000-0000-000000000000"  # a case that is only thought of


class RehearsedMove(NamedTuple):
    """What a move would come to: the case as it would find it, and its change and row; or every blocker."""

    blockers: tuple[Blocker, ...]
    scene: Scene | None = None
    change: Change | None = None
    case: CaseRow | None = None


class Rehearsed(NamedTuple):
    """What an opening would come to: every blocker; or, without any, the time limits that are missed from the start."""

    blockers: tuple[Blocker, ...]
    late: tuple[OpenDeadline, ...] = ()


class Engine:
    """A workflow engine on one database.

    url: `sqlite:///path` or `postgresql+psycopg://…`, migrated (`engine.store.migrate`). key: the master key
    file of the private values. clock: answers the present moment in UTC.
    """

    def __init__(self, url: str, key: Path | MasterKey, clock: Clock | None = None) -> None:
        self.database = Database(url)
        self.clock = clock or SystemClock()
        self.library = Library(self.database)
        self.vault = Vault(key if isinstance(key, MasterKey) else MasterKey.load(key), self.library.log[0])
        self.lookup = Lookup(self.library, self.vault, lambda: self.clock.now())

    # ------------------------------------------------------------------ the write path

    def apply(self, command: Command) -> Outcome:
        """Carry out `command`, or answer every reason why not.

        One transaction: state, data, event, time limits, sub-cases and outgoing messages are written together or
        not at all. The same command again gives the first outcome again; the same id with another content is
        refused (`command_reused`). Blockers: architecture.md §4, codes in messages/. Errors: Gone when the
        database cannot be reached; nothing is then known to be written, and the same command may be sent again.
        """
        for attempt in range(ATTEMPTS):
            try:
                # A step that was overtaken is taken again under the lock of its case; an opening needs more (009).
                locked = attempt > 0 or command.trigger == OPEN
                with step_transaction(self.database, locked=locked) as transaction:
                    outcome = self._step(transaction, command)
                    if outcome.applied and not outcome.repeated:
                        transaction.commit()
                return outcome
            except Conflict:
                if attempt + 1 == ATTEMPTS:
                    raise
        raise AssertionError

    def apply_moves(self, commands: Sequence[Command]) -> list[Outcome]:
        """Carry out moves of different cases to another version, in one transaction; each outcome as `apply` gives it.

        A move that is refused has written nothing. Where another step was there first, or a case cannot be read or
        written, each is carried out by itself, and only that case is refused (`move_failed`). Errors: Gone.
        """
        try:
            with step_transaction(self.database) as transaction:
                transaction.expect(map(self.lookup.asked, commands))
                outcomes = [self._step(transaction, each) for each in commands]
                transaction.commit()
            return outcomes
        except Gone:
            raise
        except Exception:
            return [self._moved_alone(each) for each in commands]

    def _moved_alone(self, command: Command) -> Outcome:
        try:
            return self.apply(command)
        except Gone:
            raise
        except Exception as error:
            return Outcome.refused(command.case, _unmovable(error))

    def _step(self, transaction: StepTransaction, command: Command, parent: Scene | None = None) -> Outcome:
        """The body of `apply`, in a transaction that may already hold the parent's lock."""
        # Lock the case and read all that the step may depend on.
        scene = self.lookup.look(transaction, command, parent)
        if isinstance(scene, Outcome):
            return scene
        # Every reason against it, or what it changes.
        change = self._judged(transaction, scene, command)
        if isinstance(change, Outcome):
            return change
        # Sealed, chained, compared and set: all rows or none.
        opened = self._opened(transaction, scene, command, parent) if scene.case is None else None
        writing = record(scene, command, change, vault=self.vault, log=self.library.log, opened=opened)
        transaction.write(writing)
        # Tracks opened or cancelled, each by its own step under this lock.
        for follow in change.follows:
            outcome = self._step(transaction, follow, parent=scene)
            if not outcome.applied:
                return Outcome.refused(command.case, *_of_track(follow, outcome.blockers))
        return _applied(writing.case, change.transition or "")

    def _judged(self, transaction: StepTransaction, scene: Scene, command: Command) -> Change | Outcome:
        """What the step changes, or the outcome: refused for these reasons, or dealt with before."""
        if command.actor == SYSTEM and command.trigger in (BREACH, RETURNED, LINKED, UNLINKED):
            return self._of_the_worker(scene, command)
        if scene.leaves is not None:
            moved = of_move(
                scene, Move.of(command.values), scene.last, command.reason, versions=self.library.workflow
            )
            return moved if isinstance(moved, Change) else Outcome.refused(command.case, *moved)
        values, decided = lay(scene, command, self.library.table)
        way, blockers = judge(scene, command, values)
        blockers = with_area(self.library, scene, command, values, blockers)
        blockers += nowhere(self.library, transaction, scene, command, blockers)
        if way is None or blockers:
            return Outcome.refused(command.case, *blockers)
        return changes.of_way(scene, command, way, values, decided)

    def open(
        self, definition: str, *, id: str, command: str, actor: str, values: Mapping[str, Any], **more: Any
    ) -> Outcome:
        """Open a case of the newest version of `definition`. `id` and `command` are UUIDs the caller chooses."""
        return self.apply(
            Command(
                id=command, case=id, trigger=OPEN, actor=actor, values=values, definition=definition, **more
            )
        )

    def publish(
        self,
        plain: Mapping[str, Any],
        *,
        source: str,
        by: str,
        settle: Callable[[Any, int, bool], None] | None = None,
    ) -> int:
        """Store a workflow version and answer its number; new cases follow it, the same content keeps its number.

        plain: its canonical form (schemas.load). source: the author's text. by: the person's id. settle: given the
        transaction, the number and whether it is new, writes what belongs to it; raising takes all back. Broken: a
        name or an expression of it does not hold; the other checks, and who may publish, come before (drafts.py).
        """
        definition = build(plain)
        with self.database.write() as connection:
            number, new = put_definition(
                connection, definition.id, content_hash(plain), source, plain, self.clock.now(), by
            )
            if settle:
                settle(connection, number, new)
        self.library.refresh()
        return number

    # ------------------------------------------------------------------ asking

    def available(self, case: str, actor: str, acting_as: str = "") -> tuple[Way, ...]:
        """Every way out of the present state for this person, allowed or not, with the same blockers `apply` gives."""
        scene = self.look(case, actor)
        return ways(scene, acting_as) if scene else ()

    def look(self, case: str, actor: str) -> Scene | None:
        """The case as a step of `actor` would find it, read without a lock; None if there is no such case."""
        try:
            with step_transaction(self.database, write=False, locked=False) as transaction:
                return self.lookup.peek(transaction, case, actor, Workflow.judged_in)
        except Conflict:  # values were erased: then or meanwhile
            with step_transaction(self.database, write=False) as transaction:
                return self.lookup.peek(transaction, case, actor, Workflow.judged_in)

    def view(self, case: str, actor: str, what: str, request: str = "") -> CaseView | None:
        """The file of a case as `actor` may see it; the look is recorded. None: it does not exist for this person."""
        with step_transaction(self.database) as transaction:
            # The lock keeps row and story of one moment: a step in between would look like tampering.
            scene = self.lookup.peek(transaction, case, actor, Workflow.shown_in, lock=True)
            view = open_case(transaction, scene, self.vault, what, request) if scene else None
            if view:
                transaction.commit()
            return view

    def rehearse(self, definition: str, actor: str, forms: Iterable[Mapping[str, Any]]) -> list[Rehearsed]:
        """What `open` would answer to each of these forms if `actor` sent it now; nothing is written."""
        scenes: dict[str, Scene | Outcome] = {}
        answers: list[Rehearsed] = []
        with step_transaction(self.database, write=False) as transaction:
            for values in forms:
                command = Command(
                    id=NOWHERE, case=NOWHERE, trigger=OPEN, actor=actor, definition=definition, values=values
                )
                workflow = self.library.newest(definition)
                area = area_of_opening(self.library, workflow, command) if workflow else ""
                try:
                    digest_of(command, self.vault.master.command_key)
                except (NotAValue, NotCanonical):
                    answers.append(Rehearsed((Blocker("value_unusable"),)))
                    continue
                if area not in scenes:
                    scenes[area] = self.lookup.look(transaction, command, None)
                scene = scenes[area]
                answer = scene if isinstance(scene, Outcome) else self._judged(transaction, scene, command)
                if isinstance(answer, Outcome):
                    answers.append(Rehearsed(answer.blockers))
                else:
                    answers.append(Rehearsed((), breaches(answer.deadlines.create, self.clock.now())))
        return answers

    def rehearse_moves(self, commands: Sequence[Command], also: Also = nothing_else) -> list[RehearsedMove]:
        """What `apply_moves` would do, by the same code, in a transaction that is rolled back.

        also: names whose values the scenes are to have besides.
        """
        try:
            with step_transaction(self.database) as transaction:
                transaction.expect(map(self.lookup.asked, commands))
                return [self._rehearsed(transaction, each, also) for each in commands]
        except Gone:
            raise
        except Exception as error:
            if len(commands) == 1:
                return [RehearsedMove((_unmovable(error),))]
            return [rehearsed for each in commands for rehearsed in self.rehearse_moves([each], also)]

    def propose(self, case: str, actor: str, trigger: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the rule tables would say of a form before it is sent: decision key to what an event would keep."""
        with step_transaction(self.database, write=False) as transaction:
            scene = self.lookup.peek(transaction, case, actor, Workflow.loads_in)
            if scene is None:
                return {}
            command = Command(id="", case=case, trigger=trigger, actor=actor, values=values)
            return lay(scene, command, self.library.table)[1]

    def timeline(self, case: str) -> tuple[Entry, ...]:
        """What happened, oldest first, as data for sentences (engine.timeline)."""
        with self.database.read() as connection:
            found = find_case(connection, case)
            return entries(events(connection, found)) if found else ()

    def replay(self, case: str) -> tuple[Difference, ...]:
        """Fold the events of `case` again and compare with its row and those of its time limits; empty when equal."""
        with self.database.read() as connection:
            found = find_case(connection, case)
            if found is None:
                return (Difference("unknown_case", case, None, None),)
            return differences(found, limits(connection, found), events(connection, found))

    # ------------------------------------------------------------------ parts of a step

    def _rehearsed(self, transaction: StepTransaction, command: Command, also: Also) -> RehearsedMove:
        scene = self.lookup.look(transaction, command, None, also)
        change = scene if isinstance(scene, Outcome) else self._judged(transaction, scene, command)
        if isinstance(scene, Outcome) or isinstance(change, Outcome):
            return RehearsedMove(change.blockers if isinstance(change, Outcome) else ())
        writing = record(scene, command, change, vault=self.vault, log=self.library.log, opened=None)
        transaction.write(writing)
        return RehearsedMove((), scene, change, writing.case)

    def _of_the_worker(self, scene: Scene, command: Command) -> Change | Outcome:
        """A missed time limit, a returned track, a link to another case; the case as it stands when it was dealt with
        before.
        """
        assert scene.case is not None and command.actor == SYSTEM
        if command.trigger == RETURNED:
            return changes.of_return(scene, command)
        if command.trigger in (LINKED, UNLINKED):
            return changes.of_link(scene, command)
        row = next((each for each in scene.seen.deadlines if each["id"] == command.values["deadline"]), None)
        if row is None or row["breached_at"] or (row["paused_at"] or scene.now) <= row["due_at"]:
            return replace(_applied(scene.case, ""), repeated=True)
        return changes.of_breach(scene, row)

    def _opened(
        self, transaction: StepTransaction, scene: Scene, command: Command, parent: Scene | None
    ) -> Opened:
        """Number and place of a new case. Numbers are unique for ever; a refused opening may leave a gap."""
        area = area_of_opening(self.library, scene.workflow, command)
        code, year = area.partition("@")[0], scene.today.year
        pattern, parts = scene.workflow.definition.reference, {"area": code, "year": year}
        if parent is None or parent.case is None:
            number = transaction.next_number(f"{command.definition}|{code}|{year}")
            reference = pattern.format(number=number, **parts)
            return Opened(root=command.case, reference=reference, area=area)
        track = parent.workflow.definition.subcases[command.subcase].code
        number = transaction.next_number(f"{parent.case.id}|{track}")
        reference = pattern.format(parent=parent.case.reference, code=track, number=number, **parts)
        return Opened(root=parent.case.root, reference=reference, area=area)


def _applied(case: CaseRow, transition: str) -> Outcome:
    return Outcome(
        applied=True,
        case=case.id,
        version=case.version,
        state=case.state,
        reference=case.reference,
        transition=transition,
    )


def _unmovable(error: Exception) -> Blocker:
    """Of one case; the kind of a fault alone, as its text may quote what was being read or written."""
    return Blocker("move_failed", {"fault": type(error).__name__})


def _of_track(follow: Command, blockers: Sequence[Blocker]) -> list[Blocker]:
    """A track's blockers, on the parent's form: its fields stand there under the track's key."""
    return [replace(each, field=f"{follow.subcase}.{each.field}" if each.field else "") for each in blockers]
