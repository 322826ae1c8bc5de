"""Lists of cases within reach (reach.py): filters, paging by key, search by blind index.

Lists page by a key, never by offset; names are found by tokens, decrypted and checked again above.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    and_,
    case,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
    union,
    union_all,
)

from engine.definition.flow import Unit
from engine.store.reach import Reach
from engine.store.steps import CASE_COLUMNS, CaseRow
from engine.store.tables import cases, deadline, event_sealed, name_token, subject_key

COLUMNS = tuple(cases.c[name] for name in CASE_COLUMNS)
# As the partial indexes of `deadline` say it: limits that run, and limits that ran out and are still open.
_OPEN = (deadline.c.ended_at.is_(None), deadline.c.paused_at.is_(None))
RUNS, OVERRUN = (
    and_(*_OPEN, deadline.c.breached_at.is_(None)),
    and_(*_OPEN, deadline.c.breached_at.is_not(None)),
)
# As the index of these cases says it (tables.py), word for word.
UNOWNED = func.coalesce(cases.c.owner, literal_column("''")) == literal_column("''")
LIMIT_COLUMNS = (
    deadline.c.id.label("deadline_id"), deadline.c.key, deadline.c.scope, deadline.c.state.label("deadline_state"),
    deadline.c.due_at, deadline.c.warn_at, deadline.c.rule, deadline.c.paused_at, deadline.c.breached_at,
    deadline.c.escalate_to,
)  # fmt: skip
_IN_TIME = (deadline.c.due_at, deadline.c.case_id, deadline.c.id)
_OF_CASE = and_(deadline.c.root == cases.c.root, deadline.c.case_id == cases.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list asks for; it stands in the page's address. Empty means all."""

    definition: str = ""
    states: Collection[str] = ()
    area: str = ""
    owner: str = ""
    ownerless: bool = False
    open: bool | None = None
    late_at: datetime | None = None
    ids: Collection[str] | None = None

    def key(self, row: CaseRow) -> tuple[datetime, str]:
        """Where a row stands in the order of this list: newest first, late ones the longest late first."""
        at = row.next_due if self.late_at else row.opened_at
        assert at is not None
        return at, row.id


class Limit(NamedTuple):
    """What has to be known of a time limit to tell how it stands: its end, what it is counted in, when it is warned of."""

    due_at: datetime
    unit: Unit
    warn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sealed:
    """Envelopes and keys of some cases, to be opened by the vault: by case id."""

    envelopes: Mapping[str, Mapping[tuple[str, int], bytes]] = field(default_factory=dict)
    keys: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def page(
    connection: Connection,
    within: Reach,
    wanted: Filter,
    *,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> Sequence[CaseRow]:
    """Cases newest first, late ones the longest late first; `after` is the key of the last row of the page before."""
    if wanted.late_at is not None and within.is_wide(wanted.definition):
        return _late(connection, within, wanted, limit, after)
    late = wanted.late_at is not None
    order = (cases.c.next_due, cases.c.id) if late else (cases.c.opened_at.desc(), cases.c.id.desc())
    found = _found(within, wanted, limit, _beyond(wanted, after), order)
    if found is None:
        return []
    some = found.subquery()
    query = select(*COLUMNS).join(some, and_(some.c.root == cases.c.root, some.c.id == cases.c.id))
    return [CaseRow(*row) for row in connection.execute(query.order_by(*order).limit(limit))]


def count(connection: Connection, within: Reach, wanted: Filter, *, most: int = 1000) -> int:
    """How many, counted up to `most`: a number a person reads, not a scan of a million rows."""
    if wanted.late_at is not None and within.is_wide(wanted.definition):
        return len(_late(connection, within, wanted, most))
    found = _found(within, wanted, most)
    if found is None:
        return 0
    return connection.scalar(select(func.count()).select_from(found.limit(most).subquery())) or 0


def _found(
    within: Reach,
    wanted: Filter,
    limit: int,
    beyond: Sequence[ColumnElement[bool]] = (),
    order: Sequence[ColumnElement[Any]] = (),
) -> CompoundSelect[Any] | None:
    """(root, id) of what a list asks for, at least `limit` of them if there are so many; with `order` the first."""
    conditions = (*_conditions(wanted), *beyond)
    parts = [
        select(cases.c.root, cases.c.id).where(each, *conditions).order_by(*order).limit(limit)
        for each in within.parts(wanted.definition)
    ]
    return union(*(select(each.subquery()) for each in parts)) if parts else None


def _beyond(wanted: Filter, after: tuple[datetime, str] | None) -> list[ColumnElement[bool]]:
    """What comes after that key in the order of the list."""
    if not after:
        return []
    last = tuple_(literal(after[0], cases.c.opened_at.type), literal(after[1]))
    if wanted.late_at is not None:
        return [tuple_(cases.c.next_due, cases.c.id) > last]
    return [tuple_(cases.c.opened_at, cases.c.id) < last]


def _late(
    connection: Connection,
    within: Reach,
    wanted: Filter,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[CaseRow]:
    """Late cases for whoever covers much, the longest late first. Of several limits of a case the first stands for it."""
    conditions = [*_conditions(wanted), cases.c.next_due == deadline.c.due_at]
    found: dict[str, CaseRow] = {}
    for row, _ in _along_limits(
        connection, within, conditions, limit, until=wanted.late_at, after=after or ()
    ):
        found.setdefault(row.id, row)
        if len(found) == limit:
            break
    return list(found.values())


def _along_limits(
    connection: Connection,
    within: Reach,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    *,
    until: datetime | None = None,
    after: tuple[Any, ...] = (),
) -> Iterator[tuple[CaseRow, Any]]:
    """Limits that run or were overrun, each with its case within reach, the earliest first: for whoever covers much.

    Some at a time, and first the limits: PostgreSQL would read both tables for one, as it believes that one case in
    thousands has a limit.
    """
    key = _IN_TIME
    some = max(200, 2 * limit)
    while True:
        asked = select(deadline.c.root, *key).order_by(*key).limit(some)
        if until is not None:
            asked = asked.where(deadline.c.due_at < until)
        if after:
            last = (literal(each, column.type) for each, column in zip(after, key, strict=False))
            asked = asked.where(deadline.c.due_at >= after[0], tuple_(*key[: len(after)]) > tuple_(*last))
        both = union_all(*(select(asked.where(which).subquery()) for which in (RUNS, OVERRUN)))
        limits = both.order_by("due_at", "case_id", "id").limit(some).subquery()
        of_limit = and_(*(limits.c[name] == deadline.c[name] for name in ("root", "case_id", "id")))
        reached = and_(_OF_CASE, within.where(), *conditions)
        query = (
            select(
                *COLUMNS, *LIMIT_COLUMNS, *(limits.c[each.name].label("last_" + each.name) for each in key)
            )
            .select_from(limits.join(deadline, of_limit).outerjoin(cases, reached))
            .order_by(limits.c.due_at, limits.c.case_id, limits.c.id)
        )
        rows = connection.execute(query).all()
        yield from ((CaseRow(*row[: len(COLUMNS)]), row) for row in rows if row.id is not None)
        if len(rows) < some:
            return
        after, some = tuple(rows[-1][-len(key) :]), 2 * some


def grid(connection: Connection, within: Reach, definition: str, now: datetime) -> Sequence[Any]:
    """(owner, area, state, cases, of them late) of the open cases of a definition."""
    late = func.sum(case((cases.c.next_due < now, 1), else_=0))
    return connection.execute(
        select(cases.c.owner, cases.c.area, cases.c.state, func.count().label("n"), late.label("late"))
        .where(within.where(), cases.c.definition == definition, cases.c.closed_at.is_(None))
        .group_by(cases.c.owner, cases.c.area, cases.c.state)
    ).all()


def stays(
    connection: Connection, within: Reach, definition: str, now: datetime, area: str = ""
) -> Mapping[str, timedelta]:
    """By state how long half of the open cases of a definition have been there, at least: the median, of all or of an area."""
    wanted = Filter(definition=definition, area=area, open=True)
    ranked = (
        select(
            cases.c.state,
            cases.c.entered_at,
            func.row_number().over(partition_by=cases.c.state, order_by=cases.c.entered_at).label("place"),
            func.count().over(partition_by=cases.c.state).label("n"),
        )
        .where(within.where(), *_conditions(wanted))
        .subquery()
    )
    # The one in the middle, or the two.
    middle = ranked.c.n - 2 * ranked.c.place
    found: dict[str, list[timedelta]] = {}
    for state, entered in connection.execute(
        select(ranked.c.state, ranked.c.entered_at).where(middle.between(-2, 0))
    ):
        found.setdefault(state, []).append(now - entered)
    return {state: sum(spent, timedelta()) / len(spent) for state, spent in found.items()}


def tasks(
    connection: Connection,
    within: Reach,
    *,
    limit: int,
    idle: Mapping[str, Collection[str]],
    owner: str,
) -> Sequence[tuple[CaseRow, Any]]:
    """Time limits that run or were overrun, of cases within reach, the earliest first, each with its case.

    idle: definition to the states in which this person has nothing to do: of such cases only those of `owner` count.
    """
    nothing = [
        and_(cases.c.definition == definition, cases.c.state.in_(sorted(states)))
        for definition, states in idle.items()
        if states
    ]
    wanted = [or_(cases.c.owner == owner, not_(or_(*nothing)))] if nothing else []
    if within.is_wide():
        return list(islice(_along_limits(connection, within, wanted, limit), limit))
    found = {}
    for each in within.parts():
        query = select(*COLUMNS, *LIMIT_COLUMNS).join(deadline, _OF_CASE).where(each, *_OPEN, *wanted)
        for row in connection.execute(query.order_by(*_IN_TIME).limit(limit)):
            found[row.due_at, row.id, row.deadline_id] = (CaseRow(*row[: len(COLUMNS)]), row)
    return [found[each] for each in sorted(found)][:limit]


def escalated(
    connection: Connection, within: Reach, functions: Collection[str], now: datetime, *, limit: int
) -> Sequence[tuple[CaseRow, Any]]:
    """Missed limits still open that are reported to one of `functions`, the longest late first, each with its case."""
    if not functions:
        return []
    wanted = [deadline.c.breached_at.is_not(None), deadline.c.escalate_to.in_(sorted(functions))]
    if within.is_wide():
        return list(islice(_along_limits(connection, within, wanted, limit, until=now), limit))
    found = {}
    for each in within.parts():
        query = select(*COLUMNS, *LIMIT_COLUMNS).join(deadline, _OF_CASE).where(each, OVERRUN, *wanted)
        for row in connection.execute(query.order_by(*_IN_TIME).limit(limit)):
            found[row.due_at, row.id, row.deadline_id] = (CaseRow(*row[: len(COLUMNS)]), row)
    return [found[each] for each in sorted(found)][:limit]


def named(
    connection: Connection, within: Reach, tokens: Collection[bytes], fields: Collection[str], *, limit: int
) -> Sequence[CaseRow]:
    """Cases where one readable name field holds every token."""
    if not tokens or not fields:
        return []
    common = commonness(connection, tokens)
    rarest, *others = sorted(tokens, key=lambda token: common[token])
    hit = name_token.alias("hit")
    hits = select(hit.c.root, hit.c.case_id).where(hit.c.token == rarest, hit.c.field.in_(fields))
    for number, token in enumerate(others):
        also = name_token.alias(f"also_{number}")
        same = (also.c[name] == hit.c[name] for name in ("root", "case_id", "field"))
        hits = hits.where(select(also.c.token).where(also.c.token == token, *same).exists())
    found = hits.distinct().subquery()
    query = (
        select(*COLUMNS)
        .join(found, and_(found.c.root == cases.c.root, found.c.case_id == cases.c.id))
        .where(within.where())
        .order_by(cases.c.opened_at.desc())
        .limit(limit)
    )
    return [CaseRow(*row) for row in connection.execute(query)]


def commonness(connection: Connection, tokens: Collection[bytes], most: int = 1000) -> Mapping[bytes, int]:
    """How many names hold each token, counted up to `most`: a search goes by the rarest of its syllables."""
    asked = list(tokens)
    counts: list[Any] = [
        select(literal_column(str(number)).label("number"), func.count().label("n")).select_from(
            select(name_token.c.token).where(name_token.c.token == token).limit(most).subquery()
        )
        for number, token in enumerate(asked)
    ]
    return {asked[number]: n for number, n in connection.execute(union_all(*counts))} if counts else {}


def by_reference(connection: Connection, within: Reach, begun: str, *, limit: int) -> Sequence[CaseRow]:
    """Cases whose number begins so."""
    upper = begun + "\uffff"
    query = select(*COLUMNS).where(within.where(), cases.c.reference >= begun, cases.c.reference < upper)
    return [CaseRow(*row) for row in connection.execute(query.order_by(cases.c.reference).limit(limit))]


def areas_of(connection: Connection, rows: Sequence[CaseRow]) -> Mapping[str, str]:
    """By case the area that scope goes by: its own, of a track its root's."""
    roots = {row.root for row in rows if row.root != row.id}
    root = select(cases.c.id, cases.c.area).where(cases.c.id.in_(roots), cases.c.root.in_(roots))
    known = {row.id: row.area for row in connection.execute(root)} if roots else {}
    return {row.id: known.get(row.root, row.area) for row in rows}


def next_limits(
    connection: Connection, roots: Collection[str], next_due: Mapping[str, datetime | None]
) -> Mapping[str, Limit]:
    """By case how its next time limit is told. next_due: by case, as its row says it; roots: those of these cases."""
    due = {case_id: at for case_id, at in next_due.items() if at is not None}
    if not due:
        return {}
    limits = select(deadline.c.case_id, deadline.c.due_at, deadline.c.warn_at, deadline.c.rule).where(
        deadline.c.root.in_(roots), deadline.c.case_id.in_(due), *_OPEN
    )
    return {
        case_id: Limit(due_at, rule["unit"], warn_at)
        for case_id, due_at, warn_at, rule in connection.execute(limits.order_by(deadline.c.id))
        if due[case_id] == due_at
    }


def sealed_of(connection: Connection, rows: Sequence[CaseRow], fields: Collection[str]) -> Sealed:
    """The envelopes of `fields` and the keys of these cases, in two queries."""
    if not rows:
        return Sealed()
    roots, ids = (
        {row.root for row in rows},
        {row.id for row in rows},
    )  # not as pairs: SQLite has no index for those
    envelopes: dict[str, dict[tuple[str, int], bytes]] = {}
    keys: dict[str, list[Any]] = {}
    found = select(
        event_sealed.c.case_id, event_sealed.c.field, event_sealed.c.seq, event_sealed.c.ciphertext
    ).where(event_sealed.c.root.in_(roots), event_sealed.c.case_id.in_(ids), event_sealed.c.field.in_(fields))
    for case_id, name, seq, ciphertext in connection.execute(found):
        envelopes.setdefault(case_id, {})[name, seq] = bytes(ciphertext)
    wrapped = select(
        subject_key.c.case_id, subject_key.c.subject, subject_key.c.kid, subject_key.c.wrapped
    ).where(subject_key.c.root.in_(roots), subject_key.c.case_id.in_(ids))
    for case_id, subject, kid, key in connection.execute(wrapped):
        keys.setdefault(case_id, []).append((subject, kid, key))
    return Sealed(envelopes, keys)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.definition:
        found.append(cases.c.definition == wanted.definition)
    if wanted.states:
        found.append(cases.c.state.in_(wanted.states))
    if wanted.area:
        found.append(cases.c.area == wanted.area)
    if wanted.owner:
        found.append(cases.c.owner == wanted.owner)
    if wanted.ownerless:
        found.append(UNOWNED)
    if wanted.open is not None:
        found.append(cases.c.closed_at.is_(None) if wanted.open else cases.c.closed_at.is_not(None))
    if wanted.late_at is not None:
        found.append(cases.c.next_due < wanted.late_at)
    if wanted.ids is not None:
        found.append(cases.c.id.in_(wanted.ids))
    return found
