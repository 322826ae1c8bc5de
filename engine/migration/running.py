"""A migration looked at and carried out: a few cases at a time, by anybody, any number of times, from any point.

The dry run is the real code in transactions that are rolled back; its report has a hash. Carrying out needs that hash,
and moves each case by its own command, whose id follows from the migration and the case: killed in between, it is
asked again, and changes nothing twice. Both take a few cases by one transaction. A case that changed since it was looked at is skipped.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.commands import ADMIN, MIGRATED, Command, Outcome
from engine.definition.identity import canonical_bytes
from engine.engine import Engine, RehearsedMove
from engine.ids import derived_id
from engine.migration.plan import HAND, STAY, Plan, PlanBroken, check, inverse
from engine.migration.report import also, of_case
from engine.store import drafts, moves, people, queue
from engine.store.moves import Live, MigrationRow, MovedRow
from engine.values import to_json

SLICE = (
    100  # cases of one transaction, which is a tenth of a second, and between two looks at what else is due
)
AT_REPORT = ("planned", "migrated", "skipped", "failed")  # what a planned case may have become


def create(engine: Engine, plan: Plan, by: str) -> MigrationRow:
    """A migration by this plan, not looked at yet. Raises PlanBroken."""
    may(engine, by)
    _check(engine, plan)
    with engine.database.write() as connection:
        return moves.create(connection, plan.plain, by, engine.clock.now())


def change(engine: Engine, migration: MigrationRow, plan: Plan, by: str) -> None:
    """Give a migration that is not carried out another plan; what was found by the old one is forgotten.

    Raises PlanBroken; `overtaken` if somebody else changed, looked at or started it meanwhile.
    """
    may(engine, by)
    _check(engine, plan)
    _open(migration)
    with engine.database.write() as connection:
        _changed(connection, migration, status=migration.status)  # nobody can change it from here on
        now = moves.get(connection, migration.id)
        if now is None or now.plan != migration.plan:
            raise PlanBroken("overtaken", "")
        _changed(
            connection, migration, plan=plan.plain, status="planned", report_sha256=None, reported_at=None
        )
        moves.drop_report(connection, migration.id)


def look(engine: Engine, migration: MigrationRow, by: str) -> None:
    """Begin a dry run; `advance` carries it on. Raises PlanBroken."""
    may(engine, by)
    _open(migration)
    with engine.database.write() as connection:
        _changed(connection, migration, status="looking", made_by=by, report_sha256=None, reported_at=None)
        moves.drop_report(connection, migration.id)


def start(engine: Engine, migration: MigrationRow, report_sha256: str, by: str, reason: str) -> None:
    """Begin to move the cases, as the report with this hash says; `advance` carries it on.

    Raises PlanBroken: `no_report`, `other_report` (it was looked at again, or a row of it was changed), `plan_guess` (a
    guess that concerns somebody was not confirmed), `no_reason`, `nothing` (no case to move).
    """
    may(engine, by)
    if migration.status != "reported":
        raise PlanBroken("no_report", "")
    if not reason.strip():
        raise PlanBroken("no_reason", "reason")
    with engine.database.write() as connection:
        if report_sha256 != migration.report_sha256 or _hash(connection, migration) != report_sha256:
            raise PlanBroken("other_report", "")
        planned = moves.report(connection, migration.id, "planned")
        if not planned:
            raise PlanBroken("nothing", "")
        plan = Plan.of(migration.plan)
        if plan.guesses:
            _sure(plan, planned, moves.came_from(connection, migration.id))
        now = engine.clock.now()
        _changed(
            connection, migration, status="running", applied_by=by, reason=reason.strip(), started_at=now
        )
        drafts.note(
            connection, "reverted" if migration.reverts else "migrated", by=by, at=now, definition=migration.definition,
            number=migration.to_number, sha256=report_sha256,
            facts={"migration": migration.id, "from": migration.from_number, "cases": len(planned), "reason": reason.strip()},
        )  # fmt: skip


def advance(engine: Engine, id: str, most: int = SLICE) -> int:
    """Look at, or move, the next cases, and answer how many; 0: none was left, and it has ended. Raises what the
    database raises; cases that were not noted are dealt with again.
    """
    with engine.database.read() as connection:
        migration = moves.get(connection, id)
    engine.library.refresh()
    if migration is not None and migration.status == "looking":
        return _look_at(engine, migration, most)
    if migration is not None and migration.status == "running":
        return _move(engine, migration, most)
    return 0


def advance_beside(engine: Engine, id: str, most: int = SLICE) -> int:
    """The same beside people at work. SQLite has one writer at a time, and who waits looks only every tenth of a second:
    there they are left as much time as it took.
    """
    began = time.monotonic()
    dealt = advance(engine, id, most)
    if engine.database.is_sqlite:
        time.sleep(time.monotonic() - began)
    return dealt


def number(engine: Engine, plan: Plan) -> int:
    """How many cases a dry run by this plan looks at."""
    with engine.database.read() as connection:
        if plan.reverts:
            return moves.number_moved_by(connection, plan.reverts, plan.source)
        return moves.number_live(connection, plan.definition, plan.source, plan.areas, plan.only)


def revert(engine: Engine, migration: MigrationRow, by: str) -> MigrationRow:
    """The migration that takes this one back, not looked at yet. Raises PlanBroken (`not_done`)."""
    if migration.status != "done":
        raise PlanBroken("not_done", "")
    plan = Plan.of(migration.plan)
    old = engine.library.workflow(plan.definition, plan.source).definition
    new = engine.library.workflow(plan.definition, plan.target).definition
    return create(engine, inverse(plan, old, new, migration.id), by)


# ------------------------------------------------------------------ the dry run


def _look_at(engine: Engine, migration: MigrationRow, most: int) -> int:
    plan = Plan.of(migration.plan)
    with engine.database.read() as connection:
        last = moves.last_looked_at(connection, migration.id)
        page = set_of(connection, plan, last, most)
    found = _looked_again(engine, migration, plan, _looked_at(engine, migration, plan, page))
    with engine.database.write() as connection:
        if not _still_looks(connection, migration, last):
            return len(page) or 1
        moves.put_report(connection, migration.id, found)
        if not page:
            moves.change(
                connection, migration, status="reported", report_sha256=_hash(connection, migration),
                reported_at=engine.clock.now(),
            )  # fmt: skip
    return len(page)


def _looked_again(
    engine: Engine, migration: MigrationRow, plan: Plan, found: list[MovedRow]
) -> list[MovedRow]:
    """The same, but of cases that went on since the page was read as they stand now; without those that left the set."""
    overtaken = {each.case_id for each in found if _is_overtaken(each)}
    if not overtaken:
        return found
    with engine.database.read() as connection:
        from_it = {id: set_of(connection, plan, id[:-1], 1) for id in overtaken}
    now = [each for id, near in from_it.items() for each in near if each.id == id]
    rest = [each for each in found if each.case_id not in overtaken]
    return [*rest, *_looked_at(engine, migration, plan, now)]


def _still_looks(connection: Any, migration: MigrationRow, last: str) -> bool:
    """No, if somebody began it again, by another plan perhaps, or looked at the same cases meanwhile."""
    if not moves.change(connection, migration, status="looking"):  # nobody can begin it again from here on
        return False
    now = moves.get(connection, migration.id)
    return now is not None and now.plan == migration.plan and moves.last_looked_at(connection, now.id) == last


def set_of(connection: Any, plan: Plan, after: str, most: int) -> list[Live]:
    """The cases that a plan is about, by id, a page at a time."""
    if plan.reverts:
        return moves.moved_by(connection, plan.reverts, plan.source, after, most)
    return moves.live(connection, plan.definition, plan.source, plan.areas, plan.only, after, most)


def _looked_at(engine: Engine, migration: MigrationRow, plan: Plan, page: Sequence[Live]) -> list[MovedRow]:
    rows = {each.id: _as_it_stands(engine, migration, each) for each in page}
    goes = {each.id: plan.goes_to(each.id, each.state) for each in page}
    asked = [each for each in page if goes[each.id] != STAY and (goes[each.id] != HAND or plan.reverts)]
    commands = [_command(plan, rows[each.id], goes[each.id], migration.made_by, "") for each in asked]
    rehearsed = dict(zip((each.id for each in asked), engine.rehearse_moves(commands, also), strict=True))
    return [_found(engine, row, goes[id], rehearsed.get(id)) for id, row in rows.items()]


def _as_it_stands(engine: Engine, migration: MigrationRow, case: Live) -> MovedRow:
    return MovedRow(
        migration=migration.id, root=case.root, case_id=case.id, version=case.version, status="stays", state=case.state,
        target=None, report={}, done_at=engine.clock.now(),
    )  # fmt: skip


def _found(engine: Engine, row: MovedRow, goes: str, rehearsed: RehearsedMove | None) -> MovedRow:
    """What the report says of a case: that it stays, waits for a person's choice, or goes, or why it cannot."""
    if goes == STAY:
        return row
    if rehearsed is not None and rehearsed.case is not None:
        report = of_case(rehearsed, engine.library)
        return replace(row, status="planned", target=rehearsed.case.state, report=report)
    if rehearsed is None or goes == HAND:
        return replace(row, status="hand")
    told = [{"code": each.code, "params": to_json(dict(each.params))} for each in rehearsed.blockers]
    return replace(row, status="blocked", report={"blockers": told})


def _is_overtaken(row: MovedRow) -> bool:
    return row.status == "blocked" and row.report["blockers"][0]["code"] == "stale"


def _hash(connection: Any, migration: MigrationRow) -> str:
    """Over the plan, and over each case as it was looked at."""
    digest = hashlib.sha256(canonical_bytes(dict(migration.plan)))
    for page in moves.pages(connection, migration.id):
        for each in page:
            status = "planned" if each.status in AT_REPORT else each.status
            facts: dict[str, Any] = {
                "case": each.case_id, "version": each.version, "status": status, "state": each.state,
                "target": each.target, "report": each.report,
            }  # fmt: skip
            digest.update(b"\n" + canonical_bytes(facts))
    return digest.hexdigest()


# ------------------------------------------------------------------ carrying out


def _move(engine: Engine, migration: MigrationRow, most: int) -> int:
    plan = Plan.of(migration.plan)
    with engine.database.read() as connection:
        page = moves.report(connection, migration.id, "planned", limit=most)
    dealt = _moved(engine, migration, plan, page)
    now = engine.clock.now()
    with engine.database.write() as connection:
        moves.mark(connection, migration.id, dealt, now)
        if not page and moves.change(connection, migration, status="done", ended_at=now):
            queue.tell(connection, list(_to_owners(migration, moves.owners(connection, migration.id), now)))
    return len(page)


def _to_owners(
    migration: MigrationRow, owners: Mapping[str, int], now: datetime
) -> Iterator[Mapping[str, Any]]:
    """One notice for each owner, not one for each case: what changed is told there."""
    params = {"definition": migration.definition, "number": migration.to_number, "migration": migration.id}
    for owner, n in owners.items():
        yield {
            "id": derived_id(migration.id, f"{MIGRATED}|{owner}"), "actor": owner, "root": "", "case_id": "",
            "kind": "migrated", "params": params | {"n": n}, "at": now, "read_at": None,
        }  # fmt: skip


def _moved(
    engine: Engine, migration: MigrationRow, plan: Plan, page: Sequence[MovedRow]
) -> list[tuple[str, str, str]]:
    """What became of each case: its id, its status, and the code that says why not."""
    assert migration.applied_by is not None
    commands = [
        _command(plan, each, each.target or "", migration.applied_by, migration.reason) for each in page
    ]
    outcomes = engine.apply_moves(commands)
    return [(each.case_id, *_became(outcome)) for each, outcome in zip(page, outcomes, strict=True)]


def _became(outcome: Outcome) -> tuple[str, str]:
    if outcome.applied:
        return "migrated", ""
    code = outcome.blockers[0].code if outcome.blockers else ""
    return ("skipped" if code == "stale" else "failed"), code


def _command(plan: Plan, row: MovedRow, state: str, by: str, reason: str) -> Command:
    return Command(
        id=derived_id(row.migration, row.case_id), case=row.case_id, trigger=MIGRATED, actor=by, acting_as=ADMIN,
        values=plan.move(row.migration, state).values, expected_version=row.version, reason=reason,
        request=row.migration,
    )  # fmt: skip


# ------------------------------------------------------------------ who and whether


def may(engine: Engine, by: str) -> None:
    """Only an administrator of today. Raises PlanBroken (`not_admin`)."""
    with engine.database.read() as connection:
        held = people.holdings(connection, by, engine.clock.now().astimezone(engine.library.zone).date())
    if ADMIN not in {each.function for each in held}:
        raise PlanBroken("not_admin", "")


def _check(engine: Engine, plan: Plan) -> None:
    try:
        old = engine.library.workflow(plan.definition, plan.source)
        new = engine.library.workflow(plan.definition, plan.target)
    except KeyError as error:
        raise PlanBroken("plan_version", "", number=error.args[0][1]) from None
    if plan.source == plan.target:
        raise PlanBroken("plan_same", "")
    check(plan, old.definition, new.definition)


def _open(migration: MigrationRow) -> None:
    if migration.status not in ("planned", "looking", "reported"):
        raise PlanBroken("started", "")


def _changed(connection: Any, migration: MigrationRow, **values: Any) -> None:
    if not moves.change(connection, migration, **values):
        raise PlanBroken("overtaken", "")


def _sure(plan: Plan, planned: list[MovedRow], came_from: frozenset[str]) -> None:
    """A guess about a state in which no case stands, and from which none came, hurts nobody; one about a field might
    hurt all.
    """
    stood = came_from | {each.state for each in planned if each.case_id not in plan.hand}
    for each in plan.guesses:
        part, _, key = each.partition(".")
        if part == "fields" or key in stood:
            raise PlanBroken("plan_guess", each, name=key)
