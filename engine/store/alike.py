"""Cases whose names share syllables with a name, by blind index: what duplicates are looked for among.

Only which rows to open; how alike they are is judged on the decrypted names (registry/duplicates.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Connection, and_, case, func, select

from engine.store.ground import area_cover
from engine.store.lists import COLUMNS, commonness
from engine.store.reach import Reach
from engine.store.steps import CaseRow
from engine.store.tables import cases, name_token

STREAMED = 5_000  # rows of the index held at once
FEW = 300  # names: a token that no more hold is looked up even when another one is rarer


def alike(
    connection: Connection,
    within: Reach,
    definition: str,
    syllables: Sequence[Collection[bytes]],
    fields: Collection[str],
    *,
    need: int,
    limit: int,
) -> Sequence[CaseRow]:
    """Cases within reach, open or ended, where one name has tokens of at least `need` of the `syllables`.

    syllables: of each the tokens it may have (as heard, as written, its initial). Those that share most come first.
    """
    of = {token: number for number, tokens in enumerate(syllables) for token in tokens}
    if not of or not fields:
        return []
    common = commonness(connection, of)
    held = [some for tokens in syllables if (some := {token for token in tokens if common[token]})]
    if not held:
        return []
    rare = min(held, key=lambda some: sum(common[token] for token in some))
    rare |= {token for token in of if 0 < common[token] <= FEW}
    place = (name_token.c.root, name_token.c.case_id, name_token.c.field)
    anchor = (
        select(*place).where(name_token.c.token.in_(rare), name_token.c.field.in_(fields)).distinct()
    ).subquery()
    also = name_token.alias("also")
    shared = func.count(case(*((also.c.token == token, number) for token, number in of.items())).distinct())
    hits = (
        select(also.c.root, also.c.case_id, func.count().label("n"))
        .join(anchor, and_(*(anchor.c[each.name] == also.c[each.name] for each in place)))
        .where(also.c.token.in_(of))
        .group_by(also.c.root, also.c.case_id, also.c.field)
        .having(shared >= need)
    ).subquery()
    best = select(hits.c.root, hits.c.case_id, func.max(hits.c.n).label("n")).group_by(
        hits.c.root, hits.c.case_id
    )
    found = best.subquery()
    query = (
        select(*COLUMNS)
        .join(found, and_(found.c.root == cases.c.root, found.c.case_id == cases.c.id))
        .where(within.where(), cases.c.definition == definition)
        .order_by(found.c.n.desc(), cases.c.opened_at.desc(), cases.c.id)
        .limit(limit)
    )
    return [CaseRow(*row) for row in connection.execute(query)]


def names_within(
    connection: Connection, within: Reach, definition: str, field: str
) -> Iterator[tuple[str, bytes]]:
    """(case, token) of the names in `field` of all cases within reach, case by case: for many names at once."""
    query = (
        select(name_token.c.case_id, name_token.c.token)
        .join(cases, and_(name_token.c.root == cases.c.root, name_token.c.case_id == cases.c.id))
        .where(within.where(), cases.c.definition == definition, name_token.c.field == field)
        .order_by(name_token.c.root, name_token.c.case_id)
    )
    for id_, token in connection.execute(query.execution_options(yield_per=STREAMED)):
        yield id_, bytes(token)


def of_ids(connection: Connection, ids: Collection[str]) -> Sequence[CaseRow]:
    """The rows of these cases, which are no tracks."""
    query = select(*COLUMNS).where(cases.c.root.in_(ids), cases.c.id == cases.c.root)
    return [CaseRow(*row) for row in connection.execute(query)]


def land_of(connection: Connection, areas: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Of each area what it covers: itself and what it was formed of. Two that share some are the same place."""
    found: dict[str, set[str]] = {each: {each} for each in areas}
    query = select(area_cover.c.area, area_cover.c.covered).where(area_cover.c.area.in_(areas))
    for area, covered in connection.execute(query):
        found[area].add(covered)
    return {area: frozenset(land) for area, land in found.items()}
