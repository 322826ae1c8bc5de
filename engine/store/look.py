"""What a step sees: the case, locked, and all that stands beside it, by one statement (semantics.md §11).

The lists beside the case come as JSON, so that one round trip brings everything as it was at one moment.
What a step writes is steps.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Dialect,
    LargeBinary,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from engine.store.statement import Statement
from engine.store.tables import (
    area_cover,
    case_event,
    cases,
    command,
    deadline,
    holding,
    installation,
    subject_key,
)
from engine.store.types import Moment

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """The summary of a case: the fold of its events (columns of the table `cases`)."""

    root: str
    id: str
    parent: str | None
    subcase_key: str | None
    definition: str
    definition_number: int
    reference: str
    area: str
    offered: str | None
    agency: str | None
    state: str
    stage: str
    came_from: str | None
    cycle: int
    owner: str | None
    version: int
    head: bytes
    entered_at: datetime
    entered_seq: int
    opened_at: datetime
    closed_at: datetime | None
    next_due: datetime | None
    data: Mapping[str, Any]
    sealed: Mapping[str, Any]


CASE_COLUMNS = tuple(each.name for each in fields(CaseRow))


class Holding(NamedTuple):
    """A function of the actor in force today; `covers`: its area answers for the case's area; `offered`: for the area
    that the case is offered to."""

    function: str
    agency: str
    area: str
    covers: bool
    offered: bool = False


class Taken(NamedTuple):
    """That a person took a transition, and when last."""

    transition: str
    actor: str
    at: datetime


class Child(NamedTuple):
    """A sub-case as its parent sees it."""

    id: str
    subcase_key: str
    state: str
    closed_at: datetime | None
    definition: str
    definition_number: int
    reference: str
    agency: str | None
    area: str
    next_due: datetime | None


class SubjectKey(NamedTuple):
    """The key that seals what concerns one subject of a case; `wrapped` None once destroyed."""

    subject: str
    kid: str
    wrapped: bytes | None


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a step may depend on, read under the lock of the case."""

    earlier: tuple[Any, ...] | None  # (sha256, root, case, seq) of the command, if it was carried out before
    case: CaseRow | None
    holdings: tuple[Holding, ...]
    taken: tuple[Taken, ...]
    children: tuple[Child, ...]
    deadlines: tuple[Row, ...]
    keys: tuple[SubjectKey, ...]
    reference_version: int


DEADLINE_COLUMNS = (
    "id", "key", "scope", "state", "entry", "start_at", "due_at", "warn_at", "rule", "escalate_to", "then",
    "paused_at", "breached_at",
)  # fmt: skip

_case: Any = bindparam("case")
_self = cases.alias("this_case")
_root_of = select(_self.c.root).where(_self.c.id == _case).scalar_subquery()
_version_of = select(_self.c.version).where(_self.c.id == _case).scalar_subquery()
_root = cases.alias("root_case")
_area_of = (  # of a track: its root's area, which its agency need not serve
    select(_root.c.area).where(_root.c.root == _root_of, _root.c.id == _root.c.root).scalar_subquery()
)
in_force = and_(
    holding.c.valid_from <= bindparam("today"),
    or_(holding.c.valid_to.is_(None), holding.c.valid_to >= bindparam("today")),
)
_child = cases.alias("child")

EARLIER = select(command.c.sha256, command.c.root, command.c.case_id, command.c.seq).where(
    command.c.id == bindparam("command")
)
TAKEN = (
    select(
        case_event.c.transition,
        case_event.c.actor,
        func.max(case_event.c.at, type_=case_event.c.at.type).label("at"),
    )
    .where(case_event.c.root == _root_of, case_event.c.case_id == _case, case_event.c.transition.is_not(None))
    .group_by(case_event.c.transition, case_event.c.actor)
)
CHILDREN = (
    select(*(_child.c[name] for name in Child._fields))
    .where(_child.c.root == _root_of, _child.c.parent == _case)
    .order_by(_child.c.opened_at, _child.c.id)
)
DEADLINES = (
    select(*(deadline.c[name] for name in DEADLINE_COLUMNS))
    .where(deadline.c.root == _root_of, deadline.c.case_id == _case, deadline.c.ended_at.is_(None))
    .order_by(deadline.c.due_at, deadline.c.id)
)
KEYS = select(subject_key.c.subject, subject_key.c.kid, subject_key.c.wrapped).where(
    subject_key.c.root == _root_of, subject_key.c.case_id == _case
)


_taker = area_cover.alias("taker")
_offered = (  # only a case that is offered to somebody is found here
    select(_taker.c.area)
    .join(_self, _self.c.offered == _taker.c.covered)
    .where(_self.c.id == _case, _self.c.offered.is_not(None), _taker.c.area == holding.c.area)
    .exists()
)


def _holdings(area: Any) -> Select[Any]:
    """The actor's functions; `area`: where the case belongs."""
    covers = and_(area_cover.c.area == holding.c.area, area_cover.c.covered == area)
    return (
        select(
            holding.c.function,
            holding.c.agency,
            holding.c.area,
            area_cover.c.area.is_not(None).label("covers"),
            _offered.label("offered"),
        )
        .select_from(holding.outerjoin(area_cover, covers))
        .where(holding.c.actor == bindparam("actor"), in_force)
        .order_by(holding.c.id)
    )


class _Json(NamedTuple):
    """How a database writes a list, and a list of rows, as JSON."""

    row: str
    rows: str


_JSON = {
    "sqlite": _Json("json_array", "json_group_array"),
    "postgresql": _Json("json_build_array", "json_agg"),
}


def _listed(rows: Select[Any], dialect: Dialect) -> ColumnElement[Any]:
    """A select as one column: a JSON list of lists, in its order."""
    inner, words = rows.subquery(), _JSON[dialect.name]
    row = getattr(func, words.row)(*(_plain(column, dialect) for column in inner.c))
    return type_coerce(select(getattr(func, words.rows)(row)).scalar_subquery(), JSON)


def _plain(column: ColumnElement[Any], dialect: Dialect) -> ColumnElement[Any]:
    """A column as JSON can hold it: bytes in hex; SQLite is told which text is JSON already."""
    if isinstance(column.type, LargeBinary):
        if dialect.name == "sqlite":  # where the hex of nothing is an empty text
            return func.nullif(func.hex(column), literal_column("''"))
        return func.encode(column, literal_column("'hex'"))
    return func.json(column) if isinstance(column.type, JSON) and dialect.name == "sqlite" else column


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class _Reader:
    """Rows out of the JSON that `_listed` made of a select."""

    def __init__(self, rows: Select[Any]) -> None:
        self._read: list[tuple[int, Callable[[Any], Any]]] = []
        for place, column in enumerate(rows.selected_columns):
            for kind, read in ((Moment, _moment), (LargeBinary, bytes.fromhex), (Boolean, bool)):
                if isinstance(column.type, kind):
                    self._read.append((place, read))

    def __call__(self, found: Sequence[list[Any]] | None) -> Sequence[list[Any]]:
        for row in found or ():
            for place, read in self._read:
                if row[place] is not None:
                    row[place] = read(row[place])
        return found or ()


HELD = _holdings(_area_of)
LISTS = (EARLIER, HELD, TAKEN, CHILDREN, DEADLINES, KEYS)
_READERS = tuple(map(_Reader, LISTS))


def _beside(dialect: Dialect, held: Select[Any]) -> ColumnElement[Any]:
    """All lists, then the version of the reference data and that of the case, as one column."""
    lists = (_listed(held if each is HELD else each, dialect) for each in LISTS)
    numbers = (select(installation.c.reference_version).scalar_subquery(), _version_of)
    found = getattr(func, _JSON[dialect.name].row)(*(_plain(each, dialect) for each in lists), *numbers)
    return type_coerce(found, JSON).label("beside")


def _seeing(dialect: Dialect) -> Select[Any]:
    columns = (cases.c[name] for name in CASE_COLUMNS)
    return select(*columns, _beside(dialect, HELD)).where(cases.c.id == _case)


PEEK = Statement(_seeing)
LOCK = Statement(lambda dialect: _seeing(dialect).with_for_update())
WITHOUT_CASE = Statement(lambda dialect: select(_beside(dialect, _holdings(bindparam("area")))))


def outdated(row: Sequence[Any]) -> bool:
    """Did the statement wait for the lock? Then the case is newer than what was read beside it: look again.

    On PostgreSQL (READ COMMITTED) a statement that waited has the locked row as it is now, and all else as it was
    before the wait.
    """
    return bool(row[_VERSION] != row[-1][-1])


def seen(row: Sequence[Any]) -> Seen:
    """What was seen: a row of LOCK or PEEK, or, where there is no case, one of WITHOUT_CASE."""
    *case, beside = row
    earlier, holdings, taken, children, deadlines, keys = (
        read(each) for read, each in zip(_READERS, beside, strict=False)
    )
    return Seen(
        earlier=tuple(earlier[0]) if earlier else None,
        case=CaseRow(*case) if case else None,
        holdings=tuple(Holding(*each) for each in holdings),
        taken=tuple(Taken(*each) for each in taken),
        children=tuple(Child(*each) for each in children),
        deadlines=tuple(dict(zip(DEADLINE_COLUMNS, each, strict=True)) for each in deadlines),
        keys=tuple(SubjectKey(*each) for each in keys),
        reference_version=beside[-2],
    )


_VERSION = CASE_COLUMNS.index("version")
