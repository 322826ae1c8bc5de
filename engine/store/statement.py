"""Statements of the hot path: SQLAlchemy builds and compiles each once, a step runs the text on the driver.

Not for screens, which use SQLAlchemy as it comes. What is saved is the per-execution work between a
statement object and the driver; types are still converted by SQLAlchemy's own processors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Executable, Select
from sqlalchemy.sql import ClauseElement

Processor = Callable[[Any], Any]


class Compiled(NamedTuple):
    """The text for one dialect and how values go in and come out."""

    text: str
    binds: tuple[tuple[str, Processor], ...]
    fixed: Mapping[str, Any]
    results: tuple[Processor | None, ...]

    def bind(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters as the driver wants them."""
        bound = {**self.fixed, **params}
        for name, process in self.binds:
            bound[name] = process(bound[name])
        return bound

    def rows(self, raw: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Rows as Python values."""
        if not any(self.results):
            return raw
        return [
            tuple(value if process is None else process(value) for value, process in zip(row, self.results, strict=True))
            for row in raw
        ]


class Statement:
    """One statement, compiled at first use for each dialect it meets."""

    def __init__(self, clause: Executable) -> None:
        self._clause = clause
        self._compiled: dict[str, Compiled] = {}

    def on(self, dialect: Dialect) -> Compiled:
        """The compiled form for `dialect`."""
        ready = self._compiled.get(dialect.name)
        if ready is None:
            ready = self._compiled[dialect.name] = self._compile(dialect)
        return ready

    def _compile(self, dialect: Dialect) -> Compiled:
        assert isinstance(self._clause, ClauseElement)
        compiled = self._clause.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        binds = []
        for name, bind in compiled.binds.items():  # type: ignore[attr-defined]
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if process is not None:
                binds.append((name, process))
        columns: Any = self._clause.selected_columns if isinstance(self._clause, Select) else ()
        results = tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        return Compiled(str(compiled), tuple(binds), fixed, results)
