"""What names mean where an expression stands: fields and tracks, and the case and actor around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.definition.expression.kinds import Kind
from engine.definition.model import Field, FieldType, Subcase
from engine.definition.text import Text

_AROUND: Mapping[str, Kind] = {
    "today": Kind.DATE,
    "now": Kind.DATETIME,
    "case.area": Kind.AREA,
    "case.entered_at": Kind.DATETIME,
    "case.opened_at": Kind.DATETIME,
    "case.opened_by": Kind.ACTOR,
    "case.cycle": Kind.INTEGER,
    "actor.id": Kind.ACTOR,
    "actor.agency": Kind.AGENCY,
    "actor.area": Kind.AREA,
    "subcases.all_closed": Kind.BOOLEAN,
    "subcases.any_opened": Kind.BOOLEAN,
}
_COUNTS = ("open", "closed", "count")


@dataclass(frozen=True, slots=True)
class Scope:
    """The names an expression may read. Each is one key of the flat environment it is evaluated in.

    names: more names by kind, such as the values of a decision table. states, stages, functions: when given,
    constants compared with `case.state`, `case.came_from`, `case.stage` and `actor.functions` are checked
    against them. around: False where there is no case, no actor and no clock (decision tables are functions
    of their inputs alone).
    """

    fields: Mapping[str, Field]
    subcases: Mapping[str, Subcase] = field(default_factory=dict)
    names: Mapping[str, Kind] = field(default_factory=dict)
    states: Mapping[str, Text] = field(default_factory=dict)
    stages: Mapping[str, Text] = field(default_factory=dict)
    functions: Mapping[str, Text] = field(default_factory=dict)
    around: bool = True

    def of_type(self, *types: FieldType) -> frozenset[str]:
        """The fields of these types."""
        return frozenset(key for key, each in self.fields.items() if each.type in types)

    def kind(self, name: str) -> Kind | None:
        """The kind of `name`: "risk_level", "case.state", "subcases.education.open", "education.marks"."""
        if name in self.fields:
            return Kind.of(self.fields[name])
        if name in self.names:
            return self.names[name]
        return self._of_around(name) if self.around else None

    def known(self) -> Iterator[str]:
        """All names, for the nearest to a misspelt one."""
        yield from self.fields
        yield from self.names
        if self.around:
            yield from _AROUND
            yield from ("case.state", "case.came_from", "case.stage", "actor.functions")
            for key, each in self.subcases.items():
                yield from (f"subcases.{key}.{count}" for count in _COUNTS)
                yield from (f"{key}.{returned}" for returned in each.returns)

    def _of_around(self, name: str) -> Kind | None:
        match name.split("."):
            case ["case", "state" | "came_from"]:
                return Kind.choosing("choice", self.states)
            case ["case", "stage"]:
                return Kind.choosing("choice", self.stages)
            case ["actor", "functions"]:
                return Kind.choosing("choices", self.functions)
            case ["subcases", key, count] if key in self.subcases and count in _COUNTS:
                return Kind.INTEGER
            case [key, returned] if key in self.subcases and returned in self.subcases[key].returns:
                return Kind.of_type(self.subcases[key].returns[returned])
        return _AROUND.get(name)


def labels_of(scope: Scope, language: str) -> Callable[[str], str]:
    """The titles that `explain` asks for, as declared in `scope`; without a title a name stands for itself.

    The names asked are `field`, `table.column`, `subcases.KEY` and `KEY.returned`, and any of them with
    `=option` after it, where an answer other than the question replaces the declared title.
    """

    def label(name: str) -> str:
        title = _title(scope, name)
        return (title.get(language) if title else "") or name

    return label


def _title(scope: Scope, name: str) -> Text | None:
    match name.split("."):
        case ["subcases", key] if key in scope.subcases:
            return scope.subcases[key].title
        case [key] if key in scope.fields:
            return scope.fields[key].title
        case [table, column] if table in scope.fields and column in scope.fields[table].columns:
            return scope.fields[table].columns[column].title
    return None
