"""What a workflow is: frozen data, nothing else.

A `Definition` says which states a case can be in, who may move it and when, what must be filled in and by
what time. It holds no code: guards are `Expression`s (see expression.py), effects are names from a closed list.
How a case moves is in flow.py. Loading and checking live elsewhere; neither module knows YAML or the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from engine.definition.flow import Deadline, State, Transition
from engine.definition.stored_tests import StoredTest
from engine.definition.text import Text

if TYPE_CHECKING:
    from engine.definition.expression import Expression


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the author's file: 1-based line and column."""

    line: int
    column: int


class FieldType(StrEnum):
    """The types a declared field can have; they drive forms, schemas, guards, proofs and reports."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"  # whole dong
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"
    ACTOR = "actor"
    AGENCY = "agency"
    AREA = "area"
    CASE = "case"  # another case of the same workflow, by its human number
    TABLE = "table"


Subject = Literal["child", "guardian", "reporter", "case"]
OPENER = "opener"  # among the readers of a field, beside functions: who opened the case, while it is in reach


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice. Options are disabled, never deleted."""

    key: str
    title: Text
    disabled: bool = False
    law: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One declared piece of data of a case (or a column of a table).

    Private unless `open`: sealed under the key of the subject it is `of`. `readers` narrows further to the
    functions named; `strict` never leaves the case.
    """

    key: str
    type: FieldType
    title: Text
    help: Text = Text()
    options: Mapping[str, Option] = field(default_factory=dict)
    list: str = ""
    min: Any = None
    max: Any = None
    open: bool = False
    strict: bool = False
    of: Subject = "case"
    readers: tuple[str, ...] = ()
    columns: Mapping[str, Field] = field(default_factory=dict)
    compute: Expression | None = None
    searchable: bool = False  # a name of a person: found by blind index (semantics.md §6)
    role: Text = Text()  # who that is on the case: "Child", where the title would be "Child's name"
    holder: str = ""  # actor and agency: only holders of this function are offered
    level: str = ""  # area: only areas of this level are offered
    law: str = ""

    @property
    def indexed(self) -> tuple[str, ...]:
        """Under what its names are found by search: its key, of a table `key.column`; nothing if it holds none."""
        if self.searchable:
            return (self.key,)
        return tuple(f"{self.key}.{each.key}" for each in self.columns.values() if each.searchable)

    def unindexed(self) -> Field:
        """The same field, but its names are not found by search."""
        columns = {key: replace(each, searchable=False) for key, each in self.columns.items()}
        return replace(self, searchable=False, columns=columns)

    def names(self, value: Any) -> Iterator[tuple[str, str]]:
        """The names in a typed value of this field, each with what it is found under (`indexed`)."""
        if self.searchable and value:
            yield self.key, value
        for key, column in self.columns.items() if value else ():
            if column.searchable:
                yield from ((f"{self.key}.{key}", row[key]) for row in value if row.get(key))


@dataclass(frozen=True, slots=True)
class FormField:
    """A field's place in a form: always required, never, or when an expression is true.

    only: of a table, the columns that may be changed here; its rows and all other columns stay as the case holds them.
    """

    key: str
    required: bool = False
    required_when: Expression | None = None
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormSection:
    """A heading over some fields of a form."""

    title: Text
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What a person fills in to take a step; `sheet` is the statutory form it stands for ("Mẫu 04")."""

    key: str
    title: Text
    sections: tuple[FormSection, ...]
    sheet: str = ""
    law: str = ""

    @property
    def fields(self) -> tuple[FormField, ...]:
        """All fields in order."""
        return tuple(each for section in self.sections for each in section.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subcase:
    """An intervention track: its own definition, people and record; only what is named crosses."""

    key: str
    definition: str
    title: Text
    code: str  # the part of the number: "GD" gives 01906-2026-00012/GD1
    holder: str  # the serving agency must hold this function
    many: bool = True
    required: bool = False
    gives: tuple[str, ...] = ()
    returns: Mapping[str, FieldType] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A rule table asked in the step whose form fills one of its inputs.

    `inputs` maps the table's inputs to expressions over the case; `on` is the date whose table version counts.
    The result goes to `gives`; a person confirms it in `confirms` and, if it differs, says why in `why`.
    """

    key: str
    table: str
    inputs: Mapping[str, Expression]
    on: str
    gives: str
    confirms: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """How two cases of a workflow belong together: what it is called on the one that names the other, and there."""

    key: str
    title: Text
    back: Text


@dataclass(frozen=True, slots=True)
class Duplicates:
    """By which fields it shows that two cases may be about one person (registry/duplicates.py).

    `age`: the years a person seemed to have when the case was opened. `relatives`: searchable fields and tables. While
    a case is in one of `states` its page asks; the field `checked` says that somebody has looked.
    """

    name: str
    born: str = ""
    age: str = ""
    sex: str = ""
    relatives: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    checked: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """All the fields it reads of a case."""
        return tuple(filter(None, (self.name, self.born, self.age, self.sex, *self.relatives)))


@dataclass(frozen=True, slots=True)
class Milestone:
    """Reached once, with its time, when the expression first becomes true."""

    key: str
    title: Text
    when: Expression


@dataclass(frozen=True, slots=True)
class Opening:
    """Who may open a case, with what form; `area` is the form field that says where the case belongs."""

    title: Text
    by: tuple[str, ...]
    form: str
    area: str = ""
    law: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One workflow. `access` maps a function to the fields it sees of every case in its area ("*" for all).

    `shows` says which fields head a case: "name", "about", "risk" (a choice whose options are levels), "also".
    `reopenings`: the ways that `reopen` of final states stands for, all of one trigger. `moves`: where a case of an
    earlier version goes that stands in a state this one no longer has.
    """

    id: str
    title: Text
    reference: str
    subject: str
    calendar: str
    fields: Mapping[str, Field]
    forms: Mapping[str, Form]
    stages: Mapping[str, Text]
    states: Mapping[str, State]
    transitions: Mapping[str, Transition]
    open: Opening
    access: Mapping[str, tuple[str, ...]]
    reopenings: Mapping[str, Transition] = field(default_factory=dict)
    owner: str = ""
    shows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    subcases: Mapping[str, Subcase] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    duplicates: Duplicates | None = None
    milestones: Mapping[str, Milestone] = field(default_factory=dict)
    accept: Mapping[str, str] = field(default_factory=dict)
    moves: Mapping[str, str] = field(default_factory=dict)
    tests: Mapping[str, StoredTest] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    @property
    def ways(self) -> tuple[Transition, ...]:
        """Every way from state to state, in the order of the file; out of ended cases last."""
        return (*self.transitions.values(), *self.reopenings.values())

    def way(self, key: str) -> Transition | None:
        """A transition or a reopening by its key."""
        return self.transitions.get(key) or self.reopenings.get(key)

    def place(self, path: str) -> Place | None:
        """Where `path` ("transitions.close.when") stands in the author's file; the nearest parent if unknown."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path.rpartition(".")[0]
        return self.places.get("")
