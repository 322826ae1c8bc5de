"""Lists of cases: scope, filters, paging by key, search by blind index. Scope is decided here and nowhere else.

Lists page by (opened_at, id), never by offset; names are found by tokens, decrypted and checked again above.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    TextClause,
    and_,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    text,
    tuple_,
    union,
)

from engine.definition.model import Unit
from engine.store.steps import CASE_COLUMNS, CaseRow
from engine.store.tables import (
    UNOWNED,
    area_cover,
    cases,
    deadline,
    event_sealed,
    holding,
    name_token,
    subject_key,
)
from engine.store.tables import actor as person

LITTLE = 20  # areas: a commune and those it was made of
COLUMNS = tuple(cases.c[name] for name in CASE_COLUMNS)
# As the partial indexes of `deadline` say it: limits that run, and limits that ran out and are still open.
_OPEN = (deadline.c.ended_at.is_(None), deadline.c.paused_at.is_(None))
RUNS, OVERRUN = (
    and_(*_OPEN, deadline.c.breached_at.is_(None)),
    and_(*_OPEN, deadline.c.breached_at.is_not(None)),
)


@dataclass(frozen=True, slots=True)
class Reach:
    """What one person may list. areas: definition to the areas its functions cover. agencies: whose tracks.

    held: definition to the areas the functions are held in; what they cover stands in `area_cover`. covered:
    (function, agency) to the areas it covers.
    """

    areas: Mapping[str, frozenset[str]]
    agencies: frozenset[str]
    covered: Mapping[tuple[str, str], frozenset[str]]
    held: Mapping[str, frozenset[str]]

    def where(self) -> ColumnElement[bool]:
        """The condition on `cases`. A track is reached by its agency, or by its root's area."""
        parts = [
            self._reached(held, cases.c.definition.in_(names)) for held, names in self._together().items()
        ]
        if self.agencies:
            parts.append(cases.c.agency.in_(self.agencies))
        return or_(*parts) if parts else false()

    def parts(
        self, wanted: str = "", *, by_limit: ColumnElement[str] | None = None
    ) -> Iterator[tuple[bool, ColumnElement[bool]]]:
        """`where` in parts that an index serves each, of the `wanted` definition or all; a case may be in several.

        (wide, condition): who covers much finds enough on the way through all cases from the newest; who covers
        little goes by area. by_limit: the wide way is through all time limits; this then stands for the definition.
        """
        root = cases.alias("root_of")
        for held, names in self._together(wanted).items():
            areas = self.areas[names[0]]
            if len(areas) > LITTLE:
                found = [cases.c.definition == each for each in names]
                if by_limit is not None:
                    found = [by_limit.in_(names)]
                yield from ((True, self._reached(held, each)) for each in found)
                continue
            yield (
                False,
                and_(cases.c.area.in_(areas), cases.c.definition.in_(names), cases.c.parent.is_(None)),
            )
            roots = select(root.c.id).where(root.c.area.in_(areas), root.c.parent.is_(None))
            # `|| ''` keeps SQLite from going by definition instead of by root.
            tracks = and_(cases.c.definition.concat("").in_(names), cases.c.parent.is_not(None))
            yield False, and_(cases.c.root.in_(roots), tracks)
        if self.agencies:
            yield False, cases.c.agency.in_(self.agencies)

    def _together(self, wanted: str = "") -> Mapping[frozenset[str], list[str]]:
        """Definitions by the areas in which one holds a function that sees them."""
        found: dict[frozenset[str], list[str]] = {}
        for definition in sorted(self.held):
            if wanted in ("", definition):
                found.setdefault(self.held[definition], []).append(definition)
        return found

    @staticmethod
    def _reached(held: frozenset[str], of_them: ColumnElement[bool]) -> ColumnElement[bool]:
        """Which `of_them` are reached from the areas `held` by their own area, or a track by its root's."""
        covered = select(area_cover.c.covered).where(area_cover.c.area.in_(held))
        root = cases.alias("root_of")
        in_area = select(root.c.id).where(
            root.c.id == cases.c.root, root.c.root == cases.c.root, root.c.area.in_(covered)
        )
        alone = and_(cases.c.parent.is_(None), cases.c.area.in_(covered))
        return and_(of_them, or_(alone, and_(cases.c.parent.is_not(None), in_area.exists())))


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


@dataclass(frozen=True, slots=True)
class Sealed:
    """Envelopes and keys of some cases, to be opened by the vault: by case id."""

    envelopes: Mapping[str, Mapping[tuple[str, int], bytes]] = field(default_factory=dict)
    keys: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def reach(connection: Connection, actor: str, today: date, access: Mapping[str, Collection[str]]) -> Reach:
    """What `actor` may list today. access: definition to the functions that see its cases."""
    in_force = and_(
        holding.c.valid_from <= today, or_(holding.c.valid_to.is_(None), holding.c.valid_to >= today)
    )
    held = connection.execute(
        select(holding.c.function, holding.c.agency, holding.c.area, area_cover.c.covered)
        .join(area_cover, area_cover.c.area == holding.c.area)
        .join(person, person.c.id == holding.c.actor)
        .where(holding.c.actor == actor, person.c.active, in_force)
    ).all()
    areas = {
        definition: frozenset(row.covered for row in held if row.function in functions)
        for definition, functions in access.items()
    }
    return Reach(
        {definition: covered for definition, covered in areas.items() if covered},
        frozenset(row.agency for row in held),
        {
            (function, agency): frozenset(
                row.covered for row in held if (row.function, row.agency) == (function, agency)
            )
            for function, agency in {(row.function, row.agency) for row in held}
        },
        {
            definition: found
            for definition, functions in access.items()
            if (found := frozenset(row.area for row in held if row.function in functions))
        },
    )


def page(
    connection: Connection,
    within: Reach,
    wanted: Filter,
    *,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> Sequence[CaseRow]:
    """Cases newest first; `after` is the key of the last row of the page before."""
    conditions = _conditions(wanted)
    if after:
        conditions.append(tuple_(cases.c.opened_at, cases.c.id) < tuple_(*_bound(after)))
    newest = (cases.c.opened_at.desc(), cases.c.id.desc())
    parts = [
        select(cases.c.root, cases.c.id)
        .where(each, *conditions, *_way_in(wanted, wide))
        .order_by(*newest)
        .limit(limit)
        for wide, each in within.parts(wanted.definition)
    ]
    if not parts:
        return []
    found = union(*(select(each.subquery()) for each in parts)).subquery()
    query = select(*COLUMNS).join(found, and_(found.c.root == cases.c.root, found.c.id == cases.c.id))
    return [CaseRow(*row) for row in connection.execute(query.order_by(*newest).limit(limit))]


def count(connection: Connection, within: Reach, wanted: Filter, *, most: int = 1000) -> int:
    """How many, counted up to `most`: a number a person reads, not a scan of a million rows."""
    conditions = _conditions(wanted)
    parts = [
        select(cases.c.id).where(each, *conditions, *_way_in(wanted, wide)).limit(most)
        for wide, each in within.parts(wanted.definition)
    ]
    if not parts:
        return 0
    some = union(*(select(each.subquery()) for each in parts)).limit(most).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0


def grid(connection: Connection, within: Reach, definition: str, now: datetime) -> Sequence[Any]:
    """(owner, area, state, cases, of them late) of the open cases of a definition."""
    late = func.sum(case((cases.c.next_due < now, 1), else_=0))
    return connection.execute(
        select(cases.c.owner, cases.c.area, cases.c.state, func.count().label("n"), late.label("late"))
        .where(within.where(), cases.c.definition == definition, cases.c.closed_at.is_(None))
        .group_by(cases.c.owner, cases.c.area, cases.c.state)
    ).all()


def tasks(
    connection: Connection,
    within: Reach,
    *,
    limit: int,
    until: datetime | None = None,
    idle: Mapping[str, Collection[str]] | None = None,
    owner: str = "",
) -> Sequence[tuple[CaseRow, Any]]:
    """Time limits that run or were overrun, of cases within reach, the earliest first, each with its case.

    idle: definition to the states in which this person has nothing to do: of such cases only those of `owner` count.
    """
    nothing = [
        and_(cases.c.definition == definition, cases.c.state.in_(sorted(states)))
        for definition, states in (idle or {}).items()
        if states
    ]
    wanted = [or_(cases.c.owner == owner, not_(or_(*nothing)))] if nothing else []
    if until is not None:
        wanted.append(deadline.c.due_at <= until)
    key = (deadline.c.due_at, deadline.c.id, deadline.c.root, deadline.c.case_id)
    of_case = and_(deadline.c.root == cases.c.root, deadline.c.case_id == cases.c.id)
    # `|| ''` keeps SQLite from going by definition instead of by due_at; PostgreSQL would misjudge it.
    name = cases.c.definition.concat("") if connection.dialect.name == "sqlite" else cases.c.definition
    parts = [
        select(*key).join(cases, of_case).where(which, each, *wanted).order_by(*key[:2]).limit(limit)
        for _, each in within.parts(by_limit=name)
        for which in (RUNS, OVERRUN)
    ]
    if not parts:
        return []
    found = union(*(select(each.subquery()) for each in parts)).order_by("due_at", "id").limit(limit)
    # In two statements: PostgreSQL cannot know how many these are.
    keys = connection.execute(found).all()
    columns = (
        deadline.c.id.label("deadline_id"), deadline.c.key, deadline.c.scope, deadline.c.state.label("deadline_state"),
        deadline.c.due_at, deadline.c.rule, deadline.c.paused_at, deadline.c.breached_at,
    )  # fmt: skip
    query = (
        select(*COLUMNS, *columns)
        .join(deadline, of_case)
        .where(
            deadline.c.root.in_({each.root for each in keys}),
            deadline.c.case_id.in_({each.case_id for each in keys}),
            deadline.c.id.in_({each.id for each in keys}),
        )
    )
    rows = {(row.root, row.id, row.deadline_id): row for row in connection.execute(query)} if keys else {}
    ordered = [rows[each.root, each.case_id, each.id] for each in keys]
    return [(CaseRow(*row[: len(COLUMNS)]), row) for row in ordered]


def named(
    connection: Connection, within: Reach, tokens: Collection[bytes], fields: Collection[str], *, limit: int
) -> Sequence[CaseRow]:
    """Cases where one readable name field holds every token."""
    if not tokens or not fields:
        return []
    rarest, *others = sorted(tokens, key=lambda token: _commonness(connection, token))
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


def _commonness(connection: Connection, token: bytes, most: int = 1000) -> int:
    """How many names hold a token, counted up to `most`: a search goes by the rarest of its syllables."""
    some = select(name_token.c.token).where(name_token.c.token == token).limit(most).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0


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


def units_of(connection: Connection, rows: Sequence[CaseRow]) -> Mapping[str, Unit]:
    """By case what its next time limit is counted in."""
    due = [row for row in rows if row.next_due is not None]
    if not due:
        return {}
    limits = select(deadline.c.case_id, deadline.c.due_at, deadline.c.rule).where(
        deadline.c.root.in_({row.root for row in due}),
        deadline.c.case_id.in_({row.id for row in due}),
        *_OPEN,
    )
    next_due = {row.id: row.next_due for row in due}
    found = connection.execute(limits.order_by(deadline.c.id))
    return {case_id: rule["unit"] for case_id, due_at, rule in found if next_due[case_id] == due_at}


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


def _conditions(wanted: Filter) -> list[ColumnElement[bool] | TextClause]:
    found: list[ColumnElement[bool] | TextClause] = []
    if wanted.definition:
        found.append(cases.c.definition == wanted.definition)
    if wanted.states:
        found.append(cases.c.state.in_(wanted.states))
    if wanted.area:
        found.append(cases.c.area == wanted.area)
    if wanted.owner:
        found.append(cases.c.owner == wanted.owner)
    if wanted.ownerless:
        found.append(text(UNOWNED))
    if wanted.open is not None:
        found.append(cases.c.closed_at.is_(None) if wanted.open else cases.c.closed_at.is_not(None))
    if wanted.late_at is not None:
        found.append(cases.c.next_due < wanted.late_at)
    if wanted.ids is not None:
        found.append(cases.c.id.in_(wanted.ids))
    return found


def _way_in(wanted: Filter, wide: bool) -> list[ColumnElement[bool]]:
    """Whoever covers much finds late cases from their time limits on: an index holds those that run or were overrun."""
    if wanted.late_at is None or not wide:
        return []
    late = select(deadline.c.root).where(RUNS, deadline.c.due_at < wanted.late_at)
    return [cases.c.root.in_(late.union_all(select(deadline.c.root).where(OVERRUN)))]


def _bound(after: tuple[datetime, str]) -> tuple[Any, Any]:
    return literal(after[0], cases.c.opened_at.type), literal(after[1])
