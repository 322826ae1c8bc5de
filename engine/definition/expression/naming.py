"""The values of an expression in words: "số hoạt động", "the age (from date of birth) as of today".

Part of explaining.py. Labels come from the caller, all other words from messages/expression.*.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from engine.definition.expression.tree import (
    Arith,
    Call,
    Column,
    Const,
    Fold,
    Minus,
    Name,
    Node,
)
from engine.text import messages

Labels = Callable[[str], str]
_ARITHMETIC = {"+": "plus", "-": "minus", "*": "times"}
_GROUPS = str.maketrans(",.", ".,")  # Vietnam writes 1.500.000 and 1,5


class Speaker:
    """One language and one set of labels. `clause` says a condition on rows; explaining.py gives it."""

    def __init__(self, language: str, labels: Labels, clause: Callable[[Speaker, Node], str]) -> None:
        self.language, self.labels, self._clause = language, labels, clause

    def say(self, key: str, **params: Any) -> str:
        """A phrase of the catalogue."""
        return messages().say(self.language, f"expression.{key}", **params)

    def clause(self, node: Node) -> str:
        """A condition as a statement of what is the case."""
        return self._clause(self, node)

    def noun(self, node: Node) -> str:
        """What `node` stands for, to be put inside a sentence."""
        match node:
            case Name():
                return self._name(node.name)
            case Column():
                return lowered(self.title(node))
            case Const():
                return self.constant(node.value, node)
            case Arith():
                return self.say(
                    f"noun.{_ARITHMETIC[node.operator]}", x=self._part(node.left), y=self._part(node.right)
                )
            case Minus():
                return self.say("noun.negative", x=self._part(node.operand))
            case Call(function="count"):
                return self.say("noun.ticked", x=self.noun(node.arguments[0]))
            case Call():
                x, y = (self.noun(each) for each in node.arguments)
                return self.say(f"noun.{node.function}", x=x, y=y)
            case Fold():
                return self._fold(node)
        return self.clause(node)

    def title(self, node: Node) -> str:
        """The label of a field as it stands, to be quoted."""
        match node:
            case Name():
                return self._titled(node.name)
            case Column():
                name = f"{node.table}.{node.name}"
                label = self.labels(name)
                return label if label != name else self.labels(node.name)
        return self.noun(node)

    def constant(self, value: Any, beside: Node) -> str:
        """A constant as one would write it next to `beside`: the label of its option, a sum of money, a date."""
        match value:
            case tuple():
                return self.either([self.constant(each, beside) for each in value])
            case bool():
                return self.say("noun.yes" if value else "noun.no")
            case str():
                return self._option(value, beside)
            case date():
                return self.say("noun.date", x=f"{value:%d/%m/%Y}")
        return self.number(value, beside.kind.money)

    def number(self, value: int | Decimal, money: bool) -> str:
        """A number with the separators of the language."""
        written = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
        if self.language == "vi":
            written = written.translate(_GROUPS)
        return self.say("noun.money", x=written) if money else written

    def either(self, words: Sequence[str]) -> str:
        """One of several: "A, B hoặc C"."""
        *rest, last = words
        return self.say("join.or", a=", ".join(rest), b=last) if rest else last

    def _name(self, name: str) -> str:
        match name.split("."):
            case ["subcases", key, count]:
                title = self.labels(f"subcases.{key}")
                return self.say(f"noun.track_{count}", x=lowered(title), title=title)
        return lowered(self._titled(name))

    def _option(self, value: str, beside: Node) -> str:
        name = _holder(beside)
        if not name:
            return self.say("noun.quoted", x=value)
        label = self.labels(f"{name}={value}")
        if label == f"{name}={value}":
            title = beside.kind.titles.get(value)
            label = (title.get(self.language) if title else "") or value
        return self.say("noun.quoted", x=label) if "," in label or ";" in label else label

    def _titled(self, name: str) -> str:
        key = f"expression.name.{name}"
        return messages().say(self.language, key) if messages().has(key) else self.labels(name)

    def _part(self, node: Node) -> str:
        spoken = self.noun(node)
        return self.say("noun.group", x=spoken) if isinstance(node, Arith) else spoken

    def _fold(self, node: Fold) -> str:
        x = self.noun(node.table)
        y = self.noun(node.column) if node.column else ""
        p = self.clause(node.predicate) if node.predicate else ""
        match node.function:
            case "count":
                return self.say("noun.count_such" if p else "noun.count", x=x, p=p)
            case "max_of":
                return self.say("noun.latest" if node.kind.is_day else "noun.largest", x=x, y=y)
            case "streak" if node.days:
                return self.say("noun.streak", x=x, y=self.noun(node.days), p=p)
        return self.say(f"noun.{node.function}", x=x, y=y)


def lowered(label: str) -> str:
    """A label as it stands inside a sentence: "Mức nguy cơ" → "mức nguy cơ", but "UBND xã" as it is."""
    if len(label) > 1 and (label[1].isupper() or label[1].isdigit()):
        return label
    return label[:1].lower() + label[1:]


def _holder(node: Node) -> str:
    """Whose options a constant beside `node` is one of; a name for the caller's labels."""
    match node:
        case Name() if node.kind.name in ("choice", "choices"):
            return node.name
        case Column() if node.kind.name in ("choice", "choices"):
            return f"{node.table}.{node.name}"
        case Fold() if node.column:
            return _holder(node.column)
    return ""
