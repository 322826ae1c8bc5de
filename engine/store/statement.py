"""Statements of the hot path: SQLAlchemy builds and compiles each once, a step runs the text on the driver.

Not for screens, which use SQLAlchemy as it comes. What is saved is the work between a statement object and the
driver at every execution: parameters go by place, moments and JSON as text, so that a driver guesses no types.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import JSON, Dialect, Select
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeEngine

from engine.store.types import Moment
from engine.values import moment

Convert = Callable[[Any], Any]
Picker = Callable[[Mapping[str, Any]], Sequence[Any]]

_NAMED = {"sqlite": re.compile(r":(\w+)"), "postgresql": re.compile(r"%\((\w+)\)s")}
_NUMBERED = re.compile(r"\$(\d+)")


class Compiled(NamedTuple):
    """The text for one dialect with its parameters by place, and which places are converted on the way in and out."""

    text: str
    size: int
    pick: Picker
    binds: tuple[tuple[int, Convert], ...]
    results: tuple[tuple[int, Convert], ...]

    def bind(self, params: Mapping[str, Any]) -> list[Any]:
        """The parameters in their order, as the driver wants them."""
        bound = list(self.pick(params))
        for place, convert in self.binds:
            if bound[place] is not None:
                bound[place] = convert(bound[place])
        return bound

    def rows(self, raw: list[tuple[Any, ...]]) -> list[Sequence[Any]]:
        """Rows as Python values."""
        rows: list[Sequence[Any]] = []
        for each in raw:
            row = list(each)
            for place, convert in self.results:
                row[place] = convert(row[place])
            rows.append(row)
        return rows


class Statement:
    """One statement, compiled at first use for each dialect it meets.

    clause: the statement, or what makes it where the two databases have different words.
    """

    def __init__(self, clause: ClauseElement | Callable[[Dialect], ClauseElement]) -> None:
        self._clause = clause
        self._compiled: dict[str, Compiled] = {}

    def on(self, dialect: Dialect) -> Compiled:
        """The compiled form for `dialect`."""
        ready = self._compiled.get(dialect.name)
        if ready is None:
            ready = self._compiled[dialect.name] = self._compile(dialect)
        return ready

    def _compile(self, dialect: Dialect) -> Compiled:
        clause = self._clause if isinstance(self._clause, ClauseElement) else self._clause(dialect)
        compiled = clause.compile(dialect=dialect)
        text, names = _by_place(str(compiled), dialect)
        types = {name: bind.type for name, bind in compiled.binds.items()}  # type: ignore[attr-defined]
        columns: Sequence[Any] = list(clause.selected_columns) if isinstance(clause, Select) else ()
        binders = (_binder(types[name], dialect) for name in names)
        readers = (each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns)
        return Compiled(
            text,
            len(names),
            _picker(names),
            tuple((place, each) for place, each in enumerate(binders) if each is not None),
            tuple((place, each) for place, each in enumerate(readers) if each is not None),
        )


@lru_cache(maxsize=512)
def together(texts: tuple[str, ...], sizes: tuple[int, ...]) -> str:
    """Several changes as one statement of PostgreSQL, whose answer is the number of rows of the first.

    None of them sees what another does. texts, sizes: of the compiled statements; the parameters are those of
    all of them in their order.
    """
    parts: list[str] = []
    start = 0
    for number, (text, size) in enumerate(zip(texts, sizes, strict=True)):
        moved = _NUMBERED.sub(partial(_moved, start), text)
        parts.append(f"w{number} AS ({moved}{'' if number else ' RETURNING 1'})")
        start += size
    return f"WITH {', '.join(parts)} SELECT count(*) FROM w0"  # noqa: S608 (statements of our own)


def _moved(start: int, place: re.Match[str]) -> str:
    return f"${start + int(place[1])}"


def _by_place(text: str, dialect: Dialect) -> tuple[str, list[str]]:
    """The text with `?`, or `$1`, `$2` …, for named parameters, and their names by place."""
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        if dialect.name == "sqlite" or found[1] not in names:
            names.append(found[1])
        return "?" if dialect.name == "sqlite" else f"${names.index(found[1]) + 1}"

    return _NAMED[dialect.name].sub(place, text), names


def _picker(names: Sequence[str]) -> Picker:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda params: [params[name] for name in names]


def _binder(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """Moments and JSON as text on both databases; whatever else as SQLAlchemy does it."""
    if isinstance(kind, Moment):
        return moment
    return json.dumps if isinstance(kind, JSON) else kind.dialect_impl(dialect).bind_processor(dialect)
