"""Reference data written and read: places, agencies, people, rules, calendars and published definitions.

Every change raises `installation.reference_version`, by which a process knows that what it keeps in memory is
old. What the rows mean for a case is judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from graphlib import TopologicalSorter
from types import MappingProxyType
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, delete, func, insert, select, union_all, update

from engine.store import ground
from engine.store.rows import (
    ActorRow,
    AgencyRow,
    AreaRow,
    DecisionTableRow,
    DefinitionRow,
    HoldingRow,
    InstallationRow,
    Row,
    SettingRow,
    SuccessionRow,
    SwapRow,
    put,
    read,
    rows_of,
)

__all__ = [
    "ActorRow",
    "AgencyRow",
    "AreaRow",
    "DecisionTableRow",
    "DefinitionRow",
    "HoldingRow",
    "InstallationRow",
    "NotInstalled",
    "ReferenceRows",
    "SettingRow",
    "SuccessionRow",
    "SwapRow",
    "create_installation",
    "definition",
    "definitions",
    "load",
    "published_as",
    "put_actors",
    "put_agencies",
    "put_areas",
    "put_decision_table",
    "put_definition",
    "put_holdings",
    "put_settings",
    "put_swaps",
    "rebuild_cover",
    "retire_definition",
    "version",
]


class NotInstalled(LookupError):
    """The database has a schema, but nobody has made an installation of it yet."""


@dataclass(frozen=True, slots=True)
class ReferenceRows:
    """All reference data but people and the texts of definitions, as it stood at one moment.

    newest: by definition the number of the version that new cases follow. areas, agencies, settings: by id or key. decision_tables: by id, in order of `valid_from`. swaps: by
    calendar, then day; true: worked though holiday or weekend.
    """

    installation: InstallationRow
    newest: Mapping[str, int]
    areas: Mapping[str, AreaRow]
    agencies: Mapping[str, AgencyRow]
    decision_tables: Mapping[str, tuple[DecisionTableRow, ...]]
    swaps: Mapping[str, Mapping[date, bool]]
    settings: Mapping[str, SettingRow]


# ------------------------------------------------------------------ the installation


def create_installation(connection: Connection, kind: str, zone: str, now: datetime) -> InstallationRow:
    """Make this database an installation: once, and for ever of this kind.

    kind: "demo" or "real". zone: IANA name of the zone of legal days. now: aware; of a demo also where its
    clock starts. Raises ZoneInfoNotFoundError, and IntegrityError for another kind or a second time.
    """
    ZoneInfo(zone)
    connection.execute(
        insert(ground.installation).values(
            id=1,
            kind=kind,
            log=str(uuid4()),
            zone=zone,
            created_at=now,
            demo_now=now if kind == "demo" else None,
        )
    )
    return _installation(connection)


def load(connection: Connection) -> ReferenceRows:
    """The reference data as it stands. Raises NotInstalled."""
    rule_tables: dict[str, tuple[DecisionTableRow, ...]] = {}
    for table in _all(connection, DecisionTableRow, ground.decision_table):
        rule_tables[table.id] = (*rule_tables.get(table.id, ()), table)
    swaps: dict[str, dict[date, bool]] = {}
    for swap in _all(connection, SwapRow, ground.calendar_swap):
        swaps.setdefault(swap.calendar, {})[swap.day] = swap.worked
    return ReferenceRows(
        installation=_installation(connection),
        newest=MappingProxyType(newest(connection)),
        areas=MappingProxyType({each.id: each for each in _all(connection, AreaRow, ground.area)}),
        agencies=MappingProxyType({each.id: each for each in _all(connection, AgencyRow, ground.agency)}),
        decision_tables=MappingProxyType(rule_tables),
        swaps=MappingProxyType({key: MappingProxyType(days) for key, days in swaps.items()}),
        settings=MappingProxyType({each.key: each for each in _all(connection, SettingRow, ground.setting)}),
    )


# ------------------------------------------------------------------ places and people


def put_areas(connection: Connection, areas: Sequence[AreaRow], successions: Sequence[SuccessionRow]) -> None:
    """Add or change areas and which became which, and work out again who answers for what.

    Raises IntegrityError for a parent or successor that is not there, CycleError for areas below themselves.
    """
    given = {each.id: each for each in areas}
    parents = {each.id: {each.parent} if each.parent in given else set() for each in areas}
    put(connection, ground.area, [given[each] for each in TopologicalSorter(parents).static_order()])
    put(connection, ground.area_succession, successions)
    rebuild_cover(connection)


def rebuild_cover(connection: Connection) -> None:
    """Work out `area_cover` again, which `put_areas` does by itself.

    An area answers for itself, for all below it and all it succeeded, and for what was below or before those
    in turn (semantics.md §8).
    """
    area, succession = ground.area.c, ground.area_succession.c
    steps = union_all(
        select(area.parent.label("by"), area.id.label("also")).where(area.parent.is_not(None)),
        select(succession.new, succession.old),
    ).subquery()
    cover = select(area.id.label("area"), area.id.label("covered")).cte("cover", recursive=True)
    cover = cover.union(select(cover.c.area, steps.c.also).join(steps, steps.c.by == cover.c.covered))
    connection.execute(delete(ground.area_cover))
    connection.execute(insert(ground.area_cover).from_select(["area", "covered"], select(cover)))
    _raise_version(connection)


def put_agencies(connection: Connection, agencies: Sequence[AgencyRow]) -> None:
    """Add or change agencies."""
    put(connection, ground.agency, agencies)
    _raise_version(connection)


def put_actors(connection: Connection, actors: Sequence[ActorRow]) -> None:
    """Add or change people, the password and what ends their sessions included."""
    put(connection, ground.actor, actors)
    _raise_version(connection)


def put_holdings(connection: Connection, holdings: Sequence[HoldingRow]) -> None:
    """Add or change who holds which function; one that has ended gets a `valid_to` and stays."""
    put(connection, ground.holding, holdings)
    _raise_version(connection)


# ------------------------------------------------------------------ numbers, days and rules


def put_settings(connection: Connection, settings: Sequence[SettingRow]) -> None:
    """Add or change settings."""
    put(connection, ground.setting, settings)
    _raise_version(connection)


def put_swaps(connection: Connection, swaps: Sequence[SwapRow]) -> None:
    """Add or change exchanged days. One entered by mistake is put right by what the day would be anyway."""
    put(connection, ground.calendar_swap, swaps)
    _raise_version(connection)


def put_decision_table(connection: Connection, table: DecisionTableRow) -> None:
    """Add a text of a rule table, in place of one that was to hold from the same day.

    The other stays for the record of what it decided; its `valid_to` now lies before its `valid_from`.
    """
    column = ground.decision_table.c
    connection.execute(
        update(ground.decision_table)
        .where(column.id == table.id, column.valid_from == table.valid_from, column.sha256 != table.sha256)
        .values(valid_to=table.valid_from - timedelta(days=1))
    )
    put(connection, ground.decision_table, [table])
    _raise_version(connection)


# ------------------------------------------------------------------ definitions


def put_definition(
    connection: Connection, definition_id: str, sha256: str, source: str, plain: Any, at: datetime, by: str
) -> tuple[int, bool]:
    """Publish a version; answers its number and whether it is new: the same content again has the number it had.

    sha256: of the canonical form. plain: that form, as JSON takes it. at: aware. by: the person's id.
    """
    column = ground.definition_version.c
    same = select(column.number).where(column.definition == definition_id, column.sha256 == sha256)
    known: int | None = connection.execute(same).scalar()
    if known is None:
        _raise_version(connection)  # first: it makes other publishers wait for this one
        known = connection.execute(same).scalar()
    if known is not None:
        return known, False
    last = connection.execute(
        select(func.max(column.number)).where(column.definition == definition_id)
    ).scalar()
    number = (last or 0) + 1
    connection.execute(
        insert(ground.definition_version).values(
            definition=definition_id, number=number, sha256=sha256, status="published",
            source=source, plain=plain, published_at=at, published_by=by,
        )
    )  # fmt: skip
    return number, True


def retire_definition(connection: Connection, definition_id: str, number: int) -> None:
    """No new cases by this version; those that are open go on. Raises KeyError: not there, or retired before.

    Whoever else publishes or retires waits from here on for the end of the transaction.
    """
    _raise_version(connection)
    column = ground.definition_version.c
    found = connection.execute(
        update(ground.definition_version)
        .where(column.definition == definition_id, column.number == number, column.status == "published")
        .values(status="retired")
    )
    if not found.rowcount:
        raise KeyError((definition_id, number))


def definition(connection: Connection, definition_id: str, number: int) -> DefinitionRow | None:
    """One version, retired or not."""
    table = ground.definition_version
    wanted = rows_of(DefinitionRow, table).where(
        table.c.definition == definition_id, table.c.number == number
    )
    return next(iter(read(connection, DefinitionRow, wanted)), None)


def published_as(connection: Connection, definition_id: str, sha256: str) -> DefinitionRow | None:
    """The version with this content, retired or not."""
    table = ground.definition_version
    wanted = rows_of(DefinitionRow, table).where(
        table.c.definition == definition_id, table.c.sha256 == sha256
    )
    return next(iter(read(connection, DefinitionRow, wanted)), None)


def definitions(connection: Connection) -> tuple[DefinitionRow, ...]:
    """All versions of all definitions, retired ones too, by definition and number."""
    return _all(connection, DefinitionRow, ground.definition_version)


def newest(connection: Connection) -> dict[str, int]:
    column = ground.definition_version.c
    wanted = select(column.definition, func.max(column.number).label("number")).where(
        column.status == "published"
    )
    return {row.definition: row.number for row in connection.execute(wanted.group_by(column.definition))}


def _all(connection: Connection, kind: type[Row], table: Table) -> tuple[Row, ...]:
    return read(connection, kind, rows_of(kind, table).order_by(*table.primary_key.columns))


def _installation(connection: Connection) -> InstallationRow:
    found = read(connection, InstallationRow, rows_of(InstallationRow, ground.installation))
    if not found:
        raise NotInstalled
    return found[0]


def version(connection: Connection) -> int:
    """The number that every change of reference data raises."""
    found: int = connection.execute(select(ground.installation.c.reference_version)).scalar_one()
    return found


def _raise_version(connection: Connection) -> None:
    raised = ground.installation.c.reference_version + 1
    connection.execute(update(ground.installation).values(reference_version=raised))
