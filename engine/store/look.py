"""What a step sees: the case and all that stands beside it, as it was at one moment (semantics.md §11).

On PostgreSQL the lists beside the case come as JSON, so that one round trip brings everything. SQLite answers in the
same process: there plain questions one after another are faster. What a step writes is steps.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    ColumnElement,
    LargeBinary,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
)

from engine.store.ground import area_cover, holding, installation
from engine.store.statement import Statement
from engine.store.tables import case_event, cases, command, deadline, subject_key
from engine.store.types import Moment

Row = Mapping[str, Any]


class CaseRow(NamedTuple):
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


CASE_COLUMNS = CaseRow._fields


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
    opened_at: datetime


class SubjectKey(NamedTuple):
    """The key that seals what concerns one subject of a case; `wrapped` None once destroyed."""

    subject: str
    kid: str
    wrapped: bytes | None


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a step may depend on, as it was at one moment."""

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
_root: Any = bindparam("root")
_root_case = cases.alias("root_case")
in_force = and_(
    holding.c.valid_from <= bindparam("today"),
    or_(holding.c.valid_to.is_(None), holding.c.valid_to >= bindparam("today")),
)
_child, _taker = cases.alias("child"), area_cover.alias("taker")

EARLIER = select(command.c.sha256, command.c.root, command.c.case_id, command.c.seq).where(
    command.c.id == bindparam("command")
)
REFERENCE = select(installation.c.reference_version)


def _area_of(root: Any) -> ColumnElement[Any]:
    """Where a case belongs: a track where its root does, which its agency need not serve."""
    return (
        select(_root_case.c.area)
        .where(_root_case.c.root == root, _root_case.c.id == root)
        .correlate(cases)
        .scalar_subquery()
    )


def _holdings(area: Any, offered: Any) -> Select[Any]:
    """The actor's functions; `area`: where the case belongs, `offered`: where it may go."""
    covers = and_(area_cover.c.area == holding.c.area, area_cover.c.covered == area)
    takes = select(_taker.c.area).where(_taker.c.covered == offered, _taker.c.area == holding.c.area)
    return (
        select(
            holding.c.function,
            holding.c.agency,
            holding.c.area,
            area_cover.c.area.is_not(None).label("covers"),
            takes.correlate(holding, cases).exists().label("offered"),
        )
        .select_from(holding.outerjoin(area_cover, covers))
        .where(holding.c.actor == bindparam("actor"), in_force)
        .order_by(holding.c.id)
    )


def _of_case(root: Any) -> tuple[Select[Any], ...]:
    """What stands beside the case: steps taken, tracks, open time limits, keys."""
    found = (
        select(
            case_event.c.transition,
            case_event.c.actor,
            func.max(case_event.c.at, type_=case_event.c.at.type).label("at"),
        )
        .where(case_event.c.root == root, case_event.c.case_id == _case, case_event.c.transition.is_not(None))
        .group_by(case_event.c.transition, case_event.c.actor),
        select(*(_child.c[name] for name in Child._fields))
        .where(_child.c.root == root, _child.c.parent == _case)
        .order_by(_child.c.opened_at, _child.c.id),
        select(*(deadline.c[name] for name in DEADLINE_COLUMNS))
        .where(deadline.c.root == root, deadline.c.case_id == _case, deadline.c.ended_at.is_(None))
        .order_by(deadline.c.due_at, deadline.c.id),
        select(subject_key.c.subject, subject_key.c.kid, subject_key.c.wrapped).where(
            subject_key.c.root == root, subject_key.c.case_id == _case
        ),
    )
    return tuple(each.correlate(cases) for each in found)


def _listed(rows: Select[Any]) -> ColumnElement[Any]:
    """A select as one column: a JSON list of lists, in its order; bytes in hex."""
    columns = rows.subquery().c
    hexed = (
        func.encode(each, literal_column("'hex'")) if isinstance(each.type, LargeBinary) else each
        for each in columns
    )
    return select(func.json_agg(func.json_build_array(*hexed))).scalar_subquery()


class _Reader:
    """Rows out of the JSON that `_listed` made of a select."""

    def __init__(self, rows: Select[Any]) -> None:
        self._read: list[tuple[int, Callable[[Any], Any]]] = []
        for place, column in enumerate(rows.selected_columns):
            for kind, read in ((Moment, datetime.fromisoformat), (LargeBinary, bytes.fromhex)):
                if isinstance(column.type, kind):
                    self._read.append((place, read))

    def __call__(self, found: Sequence[list[Any]] | None) -> Sequence[list[Any]]:
        for row in found or ():
            for place, read in self._read:
                if row[place] is not None:
                    row[place] = read(row[place])
        return found or ()


# ------------------------------------------------------------------ PostgreSQL: all by one statement

_self = cases.alias("this_case")
_version_of = select(_self.c.version).where(_self.c.id == _case).scalar_subquery()
_BESIDE = (
    EARLIER,
    _holdings(_area_of(cases.c.root), cases.c.offered).correlate(cases),
    *_of_case(cases.c.root),
)
_READERS = tuple(map(_Reader, _BESIDE))


def _beside(lists: Iterable[Select[Any]], version: Any) -> ColumnElement[Any]:
    """All lists, then the version of the reference data and that of the case, as one column."""
    numbers = (REFERENCE.scalar_subquery(), version)
    return type_coerce(func.json_build_array(*map(_listed, lists), *numbers), JSON).label("beside")


def _seeing(version: Any) -> Select[Any]:
    columns = (cases.c[name] for name in CASE_COLUMNS)
    return select(*columns, _beside(_BESIDE, version)).where(cases.c.id == _case)


PEEK = Statement(_seeing(cases.c.version))
LOCK = Statement(_seeing(_version_of).with_for_update())
WITHOUT_CASE = Statement(select(_beside((EARLIER, _holdings(bindparam("area"), null())), null())))


def outdated(row: Sequence[Any]) -> bool:
    """Did the statement wait for the lock? Then the case is newer than what was read beside it: look again.

    On PostgreSQL (READ COMMITTED) a statement that waited has the locked row as it is now, and all else as it was
    before the wait.
    """
    return bool(row[_VERSION] != row[-1][-1])


def seen(row: Sequence[Any]) -> Seen:
    """What was seen: a row of LOCK or PEEK, or, where there is no case, one of WITHOUT_CASE."""
    *case, beside = row
    *lists, reference_version, _ = beside
    return _seen(case, [read(each) for read, each in zip(_READERS, lists, strict=False)], reference_version)


_VERSION = CASE_COLUMNS.index("version")

# ------------------------------------------------------------------ SQLite: one after another, nothing to wait for

_offered_of = select(_root_case.c.offered).where(_root_case.c.id == _case).scalar_subquery()
_CASE = Statement(select(*(cases.c[name] for name in CASE_COLUMNS)).where(cases.c.id == _case))
_EARLIER, _REFERENCE = Statement(EARLIER), Statement(REFERENCE)
_HELD, _HELD_AT = (
    Statement(_holdings(_area_of(_root), _offered_of)),
    Statement(_holdings(bindparam("area"), null())),
)
_OF_CASE = tuple(map(Statement, _of_case(_root)))


def seen_in_turn(ask: Callable[[Statement, Row], Sequence[Any]], asked: Row) -> Seen:
    """The same by a statement for each part, inside the transaction that holds SQLite's lock."""
    case, earlier = ask(_CASE, asked), ask(_EARLIER, asked)
    asked = {**asked, "root": case[0][0]} if case else asked
    lists = [earlier, ask(_HELD if case else _HELD_AT, asked)]
    lists += [ask(each, asked) for each in _OF_CASE] if case else []
    ((reference_version,),) = ask(_REFERENCE, asked)
    return _seen(case[0] if case else (), lists, reference_version)


def _seen(case: Sequence[Any], lists: Sequence[Sequence[Any]], reference_version: int) -> Seen:
    earlier, holdings, *of_case = lists
    taken, children, deadlines, keys = of_case or ((), (), (), ())
    return Seen(
        earlier=tuple(earlier[0]) if earlier else None,
        case=CaseRow._make(case) if case else None,
        holdings=tuple(map(Holding._make, holdings)),
        taken=tuple(map(Taken._make, taken)),
        children=tuple(map(Child._make, children)),
        deadlines=tuple(dict(zip(DEADLINE_COLUMNS, each, strict=True)) for each in deadlines),
        keys=tuple(map(SubjectKey._make, keys)),
        reference_version=reference_version,
    )
