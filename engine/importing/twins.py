"""Rows that may be about the same child: a warning that a person looks at, never a refusal.

Those of one sheet are compared with each other, and with the cases that are there: all rows at once, going through the
blind index of the names within the person's reach once, and opening no more than the cases whose name is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from engine.engine import Engine
from engine.importing.reasons import Reason
from engine.listing import Listing
from engine.registry.names import fold, query_tokens, syllables
from engine.store import alike, imports

TOLD = 3  # cases named in one warning
TOGETHER = 500  # cases opened at once


class Found(NamedTuple):
    """Warnings by row number, and whether a sealed value of any case was opened for them."""

    warnings: Mapping[int, tuple[Reason, ...]]
    opened: bool


class Row(Protocol):
    """What is looked at of a row."""

    @property
    def number(self) -> int:
        """Of the row in the sheet."""
        ...

    @property
    def own(self) -> Mapping[str, object]:
        """Its typed values."""
        ...


def in_sheet(
    rows: Sequence[Row], prints: Sequence[bytes | None], same: tuple[str, ...]
) -> dict[int, tuple[Reason, ...]]:
    """Warnings by row number: the row says the same as an earlier one, or names the same child.

    same: fields that are all filled in and alike (text without tones, small and capital letters) in rows about one child.
    """
    found: dict[int, tuple[Reason, ...]] = {}
    whole: dict[bytes, int] = {}
    people: dict[tuple[Hashable, ...], int] = {}
    for row, print_ in zip(rows, prints, strict=True):
        if print_ is None:
            continue
        earlier = whole.setdefault(print_, row.number)
        if earlier != row.number:
            found[row.number] = (Reason("row_twice", params={"row": earlier}, warning=True),)
            continue
        key = _person(row.own, same)
        if key:
            earlier = people.setdefault(key, row.number)
            if earlier != row.number:
                warning = Reason("same_person", field=same[0], params={"row": earlier}, warning=True)
                found[row.number] = (warning,)
    return found


def known(
    engine: Engine,
    connection: Any,
    actor: str,
    definition: str,
    rows: Iterable[Row],
    same: tuple[str, ...],
    *,
    withdrawals: Sequence[str],
) -> Found:
    """Rows whose child has a case already, open or ended, that `actor` may see: all of `same` are alike.

    withdrawals: keys of the transitions that take a case back; of what was taken back nobody is warned.
    """
    workflow = engine.library.newest(definition)
    name = next((key for key in same if workflow and workflow.definition.fields[key].indexed), "")
    people: dict[tuple[Hashable, ...], list[int]] = {}
    names: dict[str, str] = {}
    for row in rows:
        key = _person(row.own, same)
        if name and key:
            people.setdefault(key, []).append(row.number)
            names.setdefault(fold(str(row.own[name])), str(row.own[name]))
    listing = Listing(engine, connection, actor)
    cases = sorted(_named(listing, connection, engine.vault.master.index_key, definition, name, names.values())) if names else []  # fmt: skip
    there = imports.openings(connection, cases, withdrawals)
    cases = [case for case in cases if case in there and not there[case].withdrawn]
    found: dict[int, list[str]] = {}
    for first in range(0, len(cases), TOGETHER):
        some = alike.of_ids(connection, cases[first : first + TOGETHER])
        for each in listing.opened(some, {row.id: set(same) for row in some}):
            for number in people.get(_person(each.values, same), ()):
                found.setdefault(number, []).append(each.case.reference)
    warnings = {
        number: (Reason("maybe_known", field=name, params={"cases": _several(references)}, warning=True),)
        for number, references in found.items()
    }
    return Found(warnings, bool(cases))


def _person(values: Mapping[str, object], same: tuple[str, ...]) -> tuple[Hashable, ...]:
    """What tells who it is, to be compared; empty where any of it is missing."""
    said = [values.get(name) for name in same]
    if any(value in (None, "") for value in said):
        return ()
    return tuple(fold(value) if isinstance(value, str) else str(value) for value in said)


def _several(references: Sequence[str]) -> str:
    return ", ".join(sorted(references)[:TOLD]) + (" …" if len(references) > TOLD else "")


def _named(
    listing: Listing, connection: Any, key: bytes, definition: str, field: str, names: Collection[str]
) -> Iterator[str]:
    """Cases within reach whose name has the syllables of one of `names`, tones aside, and no others."""
    wanted = {query_tokens(key, "name", each).folded: len(syllables(each)) for each in names}
    held = Counter(token for tokens in wanted for token in tokens)
    by_rarest: dict[bytes, list[tuple[frozenset[bytes], int]]] = {}
    for tokens, words in wanted.items():
        if tokens:
            by_rarest.setdefault(min(tokens, key=lambda each: held[each]), []).append((tokens, words))
    pairs = alike.names_within(connection, listing.reach, definition, field)
    for case, some in groupby(pairs, key=lambda each: each[0]):
        there = {token for _, token in some}
        # A name stands there under the folded and the toned form of each of its syllables.
        if any(
            tokens <= there and len(there) <= 2 * words
            for token in there & by_rarest.keys()
            for tokens, words in by_rarest[token]
        ):
            yield case
