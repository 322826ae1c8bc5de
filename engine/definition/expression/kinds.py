"""The kinds of values an expression works with, and what a declared field means in these terms.

Kinds are coarser than field types: text and long text are one, money is an integer. No rule of what fits what
stands here (see rules.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from engine.definition.model import Field, FieldType
from engine.definition.text import Text

KindName = Literal[
    "boolean", "integer", "decimal", "text", "date", "datetime", "choice", "choices",
    "table", "list", "area", "actor", "agency",
]  # fmt: skip

_OF_TYPE: Mapping[FieldType, KindName] = {
    FieldType.TEXT: "text",
    FieldType.LONG_TEXT: "text",
    FieldType.INTEGER: "integer",
    FieldType.DECIMAL: "decimal",
    FieldType.MONEY: "integer",
    FieldType.DATE: "date",
    FieldType.DATETIME: "datetime",
    FieldType.BOOLEAN: "boolean",
    FieldType.CHOICE: "choice",
    FieldType.CHOICES: "choices",
    FieldType.ACTOR: "actor",
    FieldType.AGENCY: "agency",
    FieldType.AREA: "area",
    FieldType.CASE: "text",
    FieldType.TABLE: "table",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What values something can have.

    options: of choice and choices the declared options, of text and list the constants it stands for; None
    when any text may come. titles: of the options. element: of a list (None: of an empty one). columns: of a
    table. money: whole dong, for the words.
    """

    name: KindName
    options: tuple[str, ...] | None = None
    element: Kind | None = None
    titles: Mapping[str, Text] = field(default_factory=dict, compare=False)
    columns: Mapping[str, Field] = field(default_factory=dict, compare=False)
    money: bool = field(default=False, compare=False)

    BOOLEAN: ClassVar[Kind]
    INTEGER: ClassVar[Kind]
    DECIMAL: ClassVar[Kind]
    TEXT: ClassVar[Kind]
    DATE: ClassVar[Kind]
    DATETIME: ClassVar[Kind]
    ACTOR: ClassVar[Kind]
    AGENCY: ClassVar[Kind]
    AREA: ClassVar[Kind]

    @classmethod
    def of(cls, declared: Field) -> Kind:
        """The kind of a declared field, or of a column."""
        if declared.type is FieldType.TABLE:
            return cls("table", columns=declared.columns)
        if declared.type in (FieldType.CHOICE, FieldType.CHOICES):
            titles = {key: each.title for key, each in declared.options.items()}
            return cls.choosing(_OF_TYPE[declared.type], titles)
        return cls.of_type(declared.type)

    @classmethod
    def choosing(cls, name: KindName, titles: Mapping[str, Text]) -> Kind:
        """A choice or choices among options known by their titles; among any text when there are none."""
        return cls(name, options=tuple(titles) or None, titles=titles)

    @classmethod
    def of_type(cls, kind: FieldType) -> Kind:
        """The kind of a value of which only the type is known, such as one that a track returns."""
        return cls(_OF_TYPE[kind], money=kind is FieldType.MONEY)

    @property
    def is_number(self) -> bool:
        """Integers and decimals compare and calculate with each other."""
        return self.name in ("integer", "decimal")

    @property
    def is_day(self) -> bool:
        """A date, or a moment that falls on one."""
        return self.name in ("date", "datetime")


Kind.BOOLEAN = Kind("boolean")
Kind.INTEGER = Kind("integer")
Kind.DECIMAL = Kind("decimal")
Kind.TEXT = Kind("text")
Kind.DATE = Kind("date")
Kind.DATETIME = Kind("datetime")
Kind.ACTOR = Kind("actor")
Kind.AGENCY = Kind("agency")
Kind.AREA = Kind("area")
