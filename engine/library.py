"""What the engine knows besides cases: workflows, rule tables, calendars, areas. Read once, read again when changed.

Every change of reference data raises one number, which each step reads with its case; the snapshot held here is
thrown away when it differs. A workflow version never changes, so it is compiled once a process. One that was changed
in the store all the same is refused: VersionChanged, wherever it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from threading import Lock
from zoneinfo import ZoneInfo

from engine.calendar import Calendar
from engine.definition.build import build
from engine.definition.decision import DecisionTable, build_table, in_force
from engine.published import VersionChanged, table_stands, workflow_stands
from engine.store import Database
from engine.store import reference as rows
from engine.store.rows import AreaRow, DecisionTableRow
from engine.workflow import Workflow


class Library:
    """Definitions and reference data of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._workflows: dict[tuple[str, int], Workflow] = {}
        self._lock = Lock()
        self._held = self._load()

    @property
    def log(self) -> tuple[str, int]:
        """Origin and epoch of the record."""
        return self._held.rows.installation.log, self._held.rows.installation.epoch

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of legal days."""
        return self._held.zone

    @property
    def rows(self) -> rows.ReferenceRows:
        """Areas, agencies, settings as they stand."""
        return self._held.rows

    def refresh(self, version: int | None = None) -> None:
        """Read again what was changed since; `version`: the data's present one, where it is known already."""
        if version is None:
            with self._database.read() as connection:
                version = rows.version(connection)
        if version != self._held.rows.installation.reference_version:
            with self._lock:
                self._held = self._load()

    def workflow(self, definition: str, number: int) -> Workflow:
        """A published version, compiled. KeyError if there is none; VersionChanged if it is not as it was published."""
        ready = self._workflows.get((definition, number))
        if ready is None:
            with self._database.read() as connection:
                row = rows.definition(connection, definition, number)
            if row is None:
                raise KeyError((definition, number))
            if not workflow_stands(definition, row.sha256, row.plain):
                raise VersionChanged("workflow", definition, number)
            ready = self._workflows[definition, number] = Workflow(build(row.plain), number, row.sha256)
        return ready

    def newest(self, definition: str) -> Workflow | None:
        """The version that new cases follow, as of the last `refresh`; None if there is none."""
        number = self._held.rows.newest.get(definition)
        return self.workflow(definition, number) if number else None

    def current(self) -> tuple[Workflow, ...]:
        """The newest version of every workflow in force, as of the last `refresh`."""
        return tuple(self.workflow(*each) for each in sorted(self._held.rows.newest.items()))

    def table(self, table: str, on: date) -> DecisionTable | None:
        """The rule table in force on a work date; None before the first: "no rule set", not a guess.

        VersionChanged if any text of the table is not as it was published: which one holds could not be trusted.
        """
        return in_force(self._held.table(table), on)

    def table_by_hash(self, table: str, sha256: str) -> DecisionTable | None:
        """The very rule table an event was decided by; None if it is not there as it was published."""
        try:
            return next((each for each in self._held.table(table) if each.sha256 == sha256), None)
        except VersionChanged:
            return None

    def calendar(self, calendar: str) -> Calendar:
        """The working calendar with its swaps."""
        return self._held.calendar(calendar)

    def area_in_force(self, area: str, on: date, level: str = "") -> bool:
        """Is there such an area on that day, of that level ("" = any)?"""
        row = self._held.rows.areas.get(area)
        return row is not None and _stands(row, on, level)

    def areas_in_force(self, on: date, level: str = "") -> list[AreaRow]:
        """The areas of that day and level ("" = any)."""
        return [row for row in self._held.rows.areas.values() if _stands(row, on, level)]

    def area_of_agency(self, agency: str) -> str | None:
        """Where an agency sits."""
        row = self._held.rows.agencies.get(agency)
        return row.area if row else None

    def _load(self) -> _Held:
        with self._database.read() as connection:
            return _Held(rows.load(connection))


class _Held:
    """One snapshot of the reference data, with what is built from it."""

    def __init__(self, snapshot: rows.ReferenceRows) -> None:
        self.rows = snapshot
        self.zone = ZoneInfo(snapshot.installation.zone)
        self._calendars: dict[str, Calendar] = {}
        self._tables: dict[str, tuple[DecisionTable, ...]] = {}

    def table(self, table: str) -> tuple[DecisionTable, ...]:
        """All texts of a rule table, in order of time; VersionChanged."""
        if table not in self._tables:
            found = self.rows.decision_tables.get(table, ())
            self._tables[table] = tuple(_built(each, found) for each in found)
        return self._tables[table]

    def calendar(self, calendar: str) -> Calendar:
        """One calendar a snapshot, so that its years are worked out once."""
        if calendar not in self._calendars:
            self._calendars[calendar] = Calendar(swaps=self.rows.swaps.get(calendar, {}))
        return self._calendars[calendar]


def _stands(area: AreaRow, on: date, level: str) -> bool:
    in_force = area.valid_from <= on and (area.valid_to is None or on <= area.valid_to)
    return in_force and level in ("", area.level)


def _built(row: DecisionTableRow, texts: Iterable[DecisionTableRow]) -> DecisionTable:
    since, until = row.valid_from.isoformat(), row.valid_to.isoformat() if row.valid_to else None
    replaced = sum(each.valid_from == row.valid_from for each in texts) > 1
    if not table_stands(row.id, row.sha256, row.plain, since, until, replaced=replaced):
        raise VersionChanged("table", row.id, since)
    return build_table(row.plain | {"sha256": row.sha256, "valid_to": until})
