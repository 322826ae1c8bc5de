"""The declared file of an import: whose opening form the columns fill in, and the words that sheets use for it.

Words are compared without tones, small and capital letters, or punctuation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from engine.definition.text import Text
from engine.registry.names import fold
from schemas.parts import Id, Label, Part, Strict, refuse
from schemas.yaml_text import read

DAY, HOUR = "day", "hour"


@dataclass(frozen=True, slots=True)
class Ask:
    """What is chosen once for the whole sheet where it has no such column; by_function: what is usual for whom.

    Where nothing is usual nothing is chosen beforehand: a source nobody named would stand in every record.
    """

    by_function: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Declared:
    """An import. headers: word to (field, part), part "" or of a moment in two columns. values: field to word to option.

    withdraw: the trigger that takes back what was opened by mistake. same: the fields that tell whether two rows name one
    child. empty: words that say that nothing is known. yes, no: of questions so answered. kinds: words before or after
    the name of a place that say what kind of place it is.
    """

    id: str
    title: Text
    definition: str
    withdraw: str
    same: tuple[str, ...]
    ask: Mapping[str, Ask]
    headers: Mapping[str, tuple[str, str]]
    ignored: frozenset[str]
    values: Mapping[str, Mapping[str, str]]
    empty: frozenset[str]
    yes: frozenset[str]
    no: frozenset[str]
    kinds: tuple[str, ...]


class _Words(Part):
    """A list of words or numbers, as sheets write them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(each, (str, int)) for each in value):
            refuse("list")
        return [str(each) for each in value]


class _Ask(Strict):
    usual = fields.Dict(keys=Id(), values=Id())


class _Joined(Strict):
    day = _Words(required=True)
    hour = _Words(required=True)


class _YesNo(Strict):
    yes = _Words(required=True)
    no = _Words(required=True)


class _File(Strict):
    format = fields.Integer(required=True, strict=True, validate=validate.Equal(1))
    id = Id(required=True)
    title = Label(required=True)
    definition = Id(required=True)
    withdraw = Id(required=True)
    same_person = fields.List(Id())
    ask = fields.Dict(keys=Id(), values=fields.Nested(_Ask()))
    ignore = _Words()
    headers = fields.Dict(keys=Id(), values=_Words())
    joined = fields.Dict(keys=Id(), values=fields.Nested(_Joined()))
    values = fields.Dict(keys=Id(), values=fields.Dict(keys=fields.String(), values=_Words()))
    empty = _Words()
    yes_no = fields.Nested(_YesNo())
    kinds_of_places = _Words()


def load_import(text: str) -> Declared:
    """The import that a file declares. ValidationError, Unreadable: the file is at fault, which is ours."""
    plain = _File().load(read(text.encode()).plain)
    headers: dict[str, tuple[str, str]] = {}
    for field, words in plain.get("headers", {}).items():
        headers |= dict.fromkeys(_folded(words), (field, ""))
    for field, parts in plain.get("joined", {}).items():
        headers |= dict.fromkeys(_folded(parts[DAY]), (field, DAY))
        headers |= dict.fromkeys(_folded(parts[HOUR]), (field, HOUR))
    answers = plain.get("yes_no", {"yes": [], "no": []})
    return Declared(
        id=plain["id"],
        title=Text(plain["title"]["vi"], plain["title"]["en"]),
        definition=plain["definition"],
        withdraw=plain["withdraw"],
        same=tuple(plain.get("same_person", ())),
        ask={field: Ask(each.get("usual", {})) for field, each in plain.get("ask", {}).items()},
        headers=headers,
        ignored=frozenset(_folded(plain.get("ignore", ()))),
        values={
            field: {word: option for option, words in options.items() for word in _folded(words)}
            for field, options in plain.get("values", {}).items()
        },
        empty=frozenset(_folded(plain.get("empty", ()))),
        yes=frozenset(_folded(answers["yes"])),
        no=frozenset(_folded(answers["no"])),
        kinds=tuple(_folded(plain.get("kinds_of_places", ()))),
    )


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(fold(each) for each in words)
