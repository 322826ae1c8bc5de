"""Migrations as rows: the plan, what the dry run found of each case, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Select,
    Text,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from uuid_utils.compat import uuid7

from engine.store.changing import migration, migration_case
from engine.store.ground import area_cover
from engine.store.rows import read, rows_of
from engine.store.tables import cases

WAITING = ("hand", "blocked", "skipped", "failed")  # for a person
GOING = ("planned", "migrated")
_empty = cast(migration_case.c.report, Text) == "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationRow:
    """One migration. status: planned, reported (a dry run stands), running or done. report_sha256: of that dry run."""

    id: str
    definition: str
    from_number: int
    to_number: int
    plan: Mapping[str, Any]
    status: str
    reverts: str | None = None
    made_by: str
    made_at: datetime
    report_sha256: str | None = None
    reported_at: datetime | None = None
    applied_by: str | None = None
    reason: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedRow:
    """One case of a migration. version: of the case when it was looked at. target: where it goes, None: nowhere.

    status: planned, hand (a person has to say where to), stays, blocked (for `report["blockers"]`); after the run
    migrated, skipped (for `reason`) or failed. done_at: when it was looked at, then when it was dealt with.
    """

    migration: str
    root: str
    case_id: str
    version: int
    status: str
    state: str
    target: str | None
    report: Mapping[str, Any]
    reason: str = ""
    done_at: datetime | None = None


class Live(NamedTuple):
    """An open case as the set of a migration has it."""

    root: str
    id: str
    state: str
    version: int


def create(connection: Connection, plan: Mapping[str, Any], by: str, at: datetime) -> MigrationRow:
    """A new migration by a plan (engine.migration.plan, as JSON). at: aware."""
    made = MigrationRow(
        id=str(uuid7()), definition=plan["definition"], from_number=plan["source"], to_number=plan["target"],
        plan=plan, status="planned", reverts=plan["reverts"] or None, made_by=by, made_at=at,
    )  # fmt: skip
    connection.execute(
        insert(migration).values({name: getattr(made, name) for name in MigrationRow.__dataclass_fields__})
    )
    return made


def get(connection: Connection, id: str) -> MigrationRow | None:
    """One migration."""
    found = read(connection, MigrationRow, rows_of(MigrationRow, migration).where(migration.c.id == id))
    return found[0] if found else None


def all_of(connection: Connection, definition: str = "") -> tuple[MigrationRow, ...]:
    """All of a workflow ("" = of all), newest first."""
    wanted = rows_of(MigrationRow, migration).order_by(migration.c.id.desc())
    return read(
        connection, MigrationRow, wanted.where(migration.c.definition == definition) if definition else wanted
    )


def at_work(connection: Connection) -> tuple[str, ...]:
    """The ids of those that are being looked at or carried out, oldest first."""
    wanted = (
        select(migration.c.id).where(migration.c.status.in_(("looking", "running"))).order_by(migration.c.id)
    )
    return tuple(connection.scalars(wanted))


def change(connection: Connection, row: MigrationRow, **values: Any) -> bool:
    """Change a migration as it was read; False, and nothing is changed, if it has another plan, report or status by now."""
    column = migration.c
    as_read = (
        column.id == row.id, column.status == row.status, column.report_sha256.is_not_distinct_from(row.report_sha256),
    )  # fmt: skip
    return connection.execute(update(migration).where(*as_read).values(**values)).rowcount == 1


def live(
    connection: Connection, definition: str, number: int, areas: Sequence[str], states: Sequence[str],
    after: str, limit: int,
) -> list[Live]:  # fmt: skip
    """Open cases of a version by id, a page at a time; of these areas and all below, in these states (empty: any)."""
    column = cases.c
    wanted = select(column.root, column.id, column.state, column.version).where(column.id > after)
    wanted = _of_version(wanted, definition, number, areas, states)
    return [Live(*each) for each in connection.execute(wanted.order_by(column.id).limit(limit))]


def number_live(
    connection: Connection, definition: str, number: int, areas: Sequence[str], states: Sequence[str]
) -> int:
    """How many of them there are."""
    wanted = _of_version(select(func.count()).select_from(cases), definition, number, areas, states)
    return connection.scalar(wanted) or 0


def _of_version(
    wanted: Select[Any], definition: str, number: int, areas: Sequence[str], states: Sequence[str]
) -> Select[Any]:
    column = cases.c
    wanted = wanted.where(
        column.definition == definition, column.definition_number == number, column.closed_at.is_(None)
    )
    if areas:
        covered = select(area_cover.c.covered).where(area_cover.c.area.in_(areas))
        wanted = wanted.where(column.area.in_(covered))
    return wanted.where(column.state.in_(states)) if states else wanted


def last_looked_at(connection: Connection, id: str) -> str:
    """The id of the last case that the dry run has dealt with; "" at its beginning."""
    column = migration_case.c
    return connection.scalar(select(func.max(column.case_id)).where(column.migration == id)) or ""


def moved_by(connection: Connection, id: str, number: int, after: str, limit: int) -> list[Live]:
    """The cases that a migration has moved and that are open and on version `number` still, by id, a page at a time."""
    column = cases.c
    wanted = select(column.root, column.id, column.state, column.version).where(column.id > after)
    wanted = _moved_by(wanted, id, number).order_by(column.id).limit(limit)
    return [Live(*each) for each in connection.execute(wanted)]


def number_moved_by(connection: Connection, id: str, number: int) -> int:
    """How many of them there are."""
    return connection.scalar(_moved_by(select(func.count()).select_from(cases), id, number)) or 0


def _moved_by(wanted: Select[Any], id: str, number: int) -> Select[Any]:
    column = migration_case.c
    return wanted.join(migration_case, (column.root == cases.c.root) & (column.case_id == cases.c.id)).where(
        column.migration == id, column.status == "migrated", cases.c.closed_at.is_(None),
        cases.c.definition_number == number,
    )  # fmt: skip


def put_report(connection: Connection, id: str, rows: Iterable[MovedRow]) -> None:
    """Add what a dry run found of some cases."""
    values = [{name: getattr(each, name) for name in MovedRow.__dataclass_fields__} for each in rows]
    if values:
        connection.execute(insert(migration_case), values)


def drop_report(connection: Connection, id: str) -> None:
    """Forget what an earlier dry run found."""
    connection.execute(delete(migration_case).where(migration_case.c.migration == id))


def report(
    connection: Connection, id: str, *statuses: str, after: str = "", limit: int | None = None, part: str = ""
) -> list[MovedRow]:
    """The cases of a migration by id, of these statuses (none given: all), whose report has this part ("" = any)."""
    column = migration_case.c
    wanted = _reported(id, statuses, part).where(column.case_id > after)
    return list(read(connection, MovedRow, wanted.order_by(column.case_id).limit(limit)))


def by_weight(
    connection: Connection, id: str, *statuses: str, after: tuple[int, str] = (0, ""), limit: int, part: str = ""
) -> list[tuple[int, MovedRow]]:  # fmt: skip
    """The same, what asks for a person first: 0 wait for a choice or could not go, 1 something changes, 2 another state,
    3 nothing but the version, or nothing at all. part: also "same", those of which nothing but the version changes.

    after: weight and case id of the last one before.
    """
    column = migration_case.c
    weight = case(
        (column.status.in_(WAITING), 0), (~_empty, 1), (column.target.is_not(None) & (column.target != column.state), 2),
        else_=3,
    )  # fmt: skip
    behind = or_(weight > after[0], (weight == after[0]) & (column.case_id > after[1]))
    wanted = _reported(id, statuses, part).where(behind).order_by(weight, column.case_id).limit(limit)
    rows = connection.execute(wanted.add_columns(weight.label("weight"))).mappings()
    return [
        (each["weight"], MovedRow(**{key: each[key] for key in MovedRow.__dataclass_fields__}))
        for each in rows
    ]


def _reported(id: str, statuses: Sequence[str], part: str) -> Select[Any]:
    column = migration_case.c
    wanted = rows_of(MovedRow, migration_case).where(column.migration == id)
    if statuses:
        wanted = wanted.where(column.status.in_(statuses))
    if part == "same":
        return wanted.where(column.status.in_(GOING), _empty, column.target == column.state)
    if part:
        path: Any = column.report
        for key in part.split("."):
            path = path[key]
        wanted = wanted.where(path.as_string().is_not(None))
    return wanted


def last_dealt(connection: Connection, id: str) -> datetime | None:
    """When a case of a migration was last looked at or dealt with."""
    column = migration_case.c
    found: datetime | None = connection.scalar(
        select(func.max(column.done_at, type_=column.done_at.type)).where(column.migration == id)
    )
    return found


def pages(connection: Connection, id: str, size: int = 500) -> Iterator[list[MovedRow]]:
    """All cases of a migration, page by page."""
    after = ""
    while page := report(connection, id, after=after, limit=size):
        yield page
        after = page[-1].case_id


def totals(connection: Connection, id: str) -> Mapping[str, int]:
    """How many cases of a migration have which status."""
    column = migration_case.c
    wanted = select(column.status, func.count()).where(column.migration == id).group_by(column.status)
    return _pairs(connection, wanted)


def owners(connection: Connection, id: str) -> Mapping[str, int]:
    """How many of the cases that a migration has moved belong to whom."""
    column = migration_case.c
    wanted = (
        select(cases.c.owner, func.count())
        .join(migration_case, (column.root == cases.c.root) & (column.case_id == cases.c.id))
        .where(column.migration == id, column.status == "migrated", cases.c.owner.is_not(None))
        .group_by(cases.c.owner)
    )
    return _pairs(connection, wanted)


def came_from(connection: Connection, id: str) -> frozenset[str]:
    """The states from which the planned cases of a migration came to where they stand."""
    column = migration_case.c
    wanted = (
        select(cases.c.came_from)
        .distinct()
        .join(migration_case, (column.root == cases.c.root) & (column.case_id == cases.c.id))
        .where(column.migration == id, column.status == "planned", cases.c.came_from.is_not(None))
    )
    return frozenset(connection.scalars(wanted))


def references(connection: Connection, ids: Sequence[str]) -> Mapping[str, str]:
    """The numbers of cases, by id."""
    wanted = select(cases.c.id, cases.c.reference).where(cases.c.id.in_(ids))
    return _pairs(connection, wanted)


def mark(connection: Connection, id: str, dealt: Sequence[tuple[str, str, str]], at: datetime) -> None:
    """Note what became of some cases: (case, status, reason)."""
    column = migration_case.c
    noted = (
        update(migration_case)
        .where(column.migration == id, column.case_id == bindparam("of_case"))
        .values(status=bindparam("new_status"), reason=bindparam("new_reason"), done_at=at)
    )
    if dealt:
        connection.execute(
            noted,
            [{"of_case": case, "new_status": status, "new_reason": reason} for case, status, reason in dealt],
        )


def _pairs(connection: Connection, wanted: Select[Any]) -> dict[Any, Any]:
    """The rows of two columns, the second by the first."""
    return {key: value for key, value in connection.execute(wanted)}  # noqa: C416 (rows are no pairs to mypy)
