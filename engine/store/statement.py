"""Statements of the hot path: SQLAlchemy builds and compiles each once, a step gives the text to the driver.

Not for screens, which use SQLAlchemy as it comes. What is saved is the work between a statement object and the
driver at every execution: parameters go by place, as SQLite's driver or libpq takes them (driver.py).
"""

from __future__ import annotations

import json
import re
from binascii import hexlify, unhexlify
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any

from sqlalchemy import ARRAY, JSON, Boolean, Date, Dialect, Integer, LargeBinary, Select
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeEngine

from engine.store.types import Moment
from engine.values import moment

Convert = Callable[[Any], Any]

_NAMED = {"sqlite": re.compile(r":(\w+)"), "postgresql": re.compile(r"%\((\w+)\)s")}
_NUMBERED = re.compile(r"\$(\d+)")

_json = json.JSONEncoder(check_circular=False).encode
_moment = lru_cache(256)(moment)  # a step writes its own moment many times
_moment_bytes = lru_cache(256)(lambda at: moment(at).encode())

# By column type, the first that fits: how a value goes to the driver, and how it comes back. None: as it is.
_SQLITE: Sequence[tuple[type, Convert | None, Convert | None]] = (
    (Moment, _moment, datetime.fromisoformat),
    (JSON, _json, json.loads),
    (Date, date.isoformat, date.fromisoformat),
    (Boolean, None, bool),
    (object, None, None),
)
_POSTGRESQL: Sequence[tuple[type, Convert | None, Convert | None]] = (
    (Moment, _moment_bytes, lambda at: datetime.fromisoformat(at.decode())),
    (JSON, lambda value: _json(value).encode(), json.loads),
    (Date, lambda day: day.isoformat().encode(), lambda day: date.fromisoformat(day.decode())),
    (Boolean, lambda value: b"t" if value else b"f", lambda value: value == b"t"),
    (Integer, lambda value: b"%d" % value, int),
    (LargeBinary, lambda value: b"\\x" + hexlify(value), lambda value: unhexlify(value[2:])),
    (ARRAY, lambda values: b"{%s}" % ",".join(map(str, values)).encode(), None),
    (object, str.encode, bytes.decode),
)
_WAYS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """The text for one dialect, its parameters in order and how each goes in, and how each column comes out."""

    text: str
    binds: tuple[tuple[str, Convert | None], ...]
    plain: Callable[[Mapping[str, Any]], Sequence[Any]] | None  # where nothing is converted
    results: tuple[tuple[int, Convert], ...]

    def bind(self, params: Mapping[str, Any]) -> Sequence[Any]:
        """The parameters in their order, as the driver wants them."""
        if self.plain:
            return self.plain(params)
        return [
            value if (value := params[name]) is None or convert is None else convert(value)
            for name, convert in self.binds
        ]

    def rows(self, raw: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
        """Rows as Python values."""
        if not self.results:
            return list(raw)
        rows: list[Any] = [list(each) for each in raw]
        for row in rows:
            for place, convert in self.results:
                if row[place] is not None:
                    row[place] = convert(row[place])
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
        readers = (_ways(each.type, dialect)[1] for each in columns)
        binds = tuple((name, _ways(types[name], dialect)[0]) for name in names)
        plain = len(names) > 1 and not any(convert for _, convert in binds)
        return Compiled(
            text,
            binds,
            itemgetter(*names) if plain else None,
            tuple((place, each) for place, each in enumerate(readers) if each is not None),
        )


@lru_cache(maxsize=512)
def together(parts: tuple[Compiled, ...]) -> str:
    """Several changes as one statement of PostgreSQL.

    The statement fails (division by zero), and so changes nothing, unless its first part changed a row. None of
    the parts sees what another does. The parameters are those of all of them in their order.
    """
    texts: list[str] = []
    start = 0
    for number, part in enumerate(parts):
        moved = _NUMBERED.sub(partial(_moved, start), part.text)
        texts.append(f"w{number} AS ({moved}{'' if number else ' RETURNING 1'})")
        start += len(part.binds)
    return f"WITH {', '.join(texts)} SELECT 1 / count(*) FROM w0"  # noqa: S608 (statements of our own)


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


def _ways(kind: TypeEngine[Any], dialect: Dialect) -> tuple[Convert | None, Convert | None]:
    """How a value of this type goes in and comes out."""
    return next((put, get) for each, put, get in _WAYS[dialect.name] if isinstance(kind, each))
