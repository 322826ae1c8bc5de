"""The building blocks of the file schemas: strict marshmallow fields that give canonical plain data.

Every complaint is a `Trouble`, a value with a code and parameters; no sentence stands here. Canonical data
leave out what equals its default and write a map whose order means something as a list of `{"key": …}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from marshmallow import RAISE, Schema, ValidationError, fields, post_load

from engine.definition.durations import duration_text, parse_duration
from engine.definition.suggest import nearest

LONGEST_ID = 60
LONGEST_LABEL = 500  # a help text is a sentence or two
ID = re.compile(r"[a-z][a-z0-9_]*")
# Options may be codes of an official list: "147", "A-2".
OPTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One complaint about one value; WF105 unless said otherwise."""

    variant: str
    params: Mapping[str, Any] = field(default_factory=dict)
    code: str = "WF105"


def refuse(variant: str, code: str = "WF105", **params: Any) -> NoReturn:
    """End the reading of this value with a `Trouble`."""
    raise ValidationError([Trouble(variant, params, code)])


class Strict(Schema):
    """A mapping with known keys only; loading gives it without what is empty or false."""

    class Meta:
        unknown = RAISE

    def __init__(self) -> None:
        super().__init__()
        allowed = sorted(each.data_key or name for name, each in self.fields.items())
        troubles: dict[str, Any] = {
            "unknown": Trouble("", {"allowed": allowed}, "WF104"),
            "type": Trouble("mapping"),
        }
        self.error_messages = troubles

    @post_load
    def tidy(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Leave out what says nothing."""
        return {key: value for key, value in data.items() if not says_nothing(value)}


def says_nothing(value: Any) -> bool:
    """None, False and everything empty; a zero says something."""
    return value is None or value is False or (isinstance(value, (str, list, dict)) and not value)


_OWN = {"required": [Trouble("missing")], "null": [Trouble("empty")]}


class Part(fields.Field[Any]):
    """A field whose own complaints are `Trouble`s too."""

    default_error_messages: Any = _OWN


class Word(Part):
    """Some text that is not blank, without the white space around it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return text(value)


class Id(Part):
    """An id of ours, for a name that the author gives or means."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return identifier(value)


class Flag(Part):
    """true or false."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            refuse("boolean")
        return value


class Raw(Part):
    """A scalar that another field of the same mapping gives its meaning."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, (dict, list)):
            refuse("scalar")
        return value


class OneOf(Part):
    """One of a few words."""

    def __init__(self, choices: Collection[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = tuple(choices)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return one_of(value, self.choices)


class Ids(Part):
    """One id or a list of them, each once; a list in canonical form. `pattern` for other names than ids."""

    def __init__(self, pattern: re.Pattern[str] = ID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pattern = pattern

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        return items(
            value if isinstance(value, list) else [value], lambda each: identifier(each, self.pattern)
        )


class Label(Part):
    """{vi, en}, of which one may be missing (WF106 says so)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            refuse("label")
        loaded: dict[str, str] = LABEL.load(value)
        return loaded


class Said(Word):
    """A label in one language, short enough for a page."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        said = text(value)
        if len(said) > LONGEST_LABEL:
            refuse("label_long", most=LONGEST_LABEL)
        return said


class _LabelKeys(Strict):
    vi = Said()
    en = Said()


LABEL = _LabelKeys()


class Span(Part):
    """A duration, in canonical words."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return duration(value)


class One(Part):
    """A mapping of its own schema."""

    def __init__(self, schema: Schema, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.schema = schema

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self.schema.load(value)


class Keyed(Part):
    """A map of ids to values of one kind; in canonical form the list of them in the author's order.

    `value` gives the canonical mapping of one entry; `reserved` are ids that mean something else in this
    place.
    """

    def __init__(
        self,
        value: Callable[[Any], Mapping[str, Any]],
        pattern: re.Pattern[str] = ID,
        reserved: Collection[str] = (),
        filled: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.value, self.pattern, self.reserved = value, pattern, frozenset(reserved)
        self.filled = filled

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, Any]]:
        if self.filled and value == {}:
            refuse("empty")
        return [{"key": key, **entry} for key, entry in self._entries(value).items()]

    def _entries(self, value: Any) -> dict[str, Mapping[str, Any]]:
        def entry(key: str, inner: Any) -> Mapping[str, Any]:
            identifier(key, self.pattern)
            if key in self.reserved:
                refuse("reserved", name=key)
            if inner is None:
                refuse("empty")
            return self.value(inner)

        return mapped(value, entry)


class Mapped(Part):
    """A map of ids to plain values whose order means nothing: a map in canonical form too."""

    def __init__(self, value: Callable[[Any], Any], pattern: re.Pattern[str] = ID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value, self.pattern = value, pattern

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        def entry(key: str, inner: Any) -> Any:
            identifier(key, self.pattern)
            return self.value(inner)

        return mapped(value, entry)


class Each(Part):
    """A list, each item read by `value`; a single item may stand without the list if `single`."""

    def __init__(self, value: Callable[[Any], Any], single: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value, self.single = value, single

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if self.single and not isinstance(value, list):
            return [self.value(value)]
        return items(value, self.value, once=False)


def text(value: Any) -> str:
    """`value` if it is text and not blank."""
    if value is None:
        refuse("empty")
    if not isinstance(value, str):
        refuse("text")
    if not value.strip():
        refuse("empty")
    return value.strip()


def identifier(value: Any, pattern: re.Pattern[str] = ID) -> str:
    """`value` if it is an id (or another name of `pattern`)."""
    name = text(value)
    if len(name) > LONGEST_ID or not pattern.fullmatch(name):
        refuse("id", name=name[:LONGEST_ID])
    return name


def one_of(value: Any, choices: Collection[str]) -> str:
    """`value` if it is one of `choices`."""
    if not isinstance(value, str) or value not in choices:
        name = value if isinstance(value, str) else ""
        refuse("one_of", name=name[:LONGEST_ID], allowed=list(choices), suggestion=nearest(name, choices))
    return value


def duration(value: Any) -> str:
    """The canonical words of a duration."""
    try:
        return duration_text(parse_duration(text(value)))
    except ValueError:
        refuse("duration", name=str(value)[:LONGEST_ID])


def mapped(value: Any, entry: Callable[[str, Any], Any]) -> dict[str, Any]:
    """Every entry of a mapping read by `entry`, with all complaints under their keys."""
    if not isinstance(value, dict):
        refuse("mapping")
    loaded: dict[str, Any] = {}
    troubles: dict[str, Any] = {}
    for key, inner in value.items():
        try:
            loaded[key] = entry(key, inner)
        except ValidationError as error:
            troubles[key] = error.messages
    if troubles:
        raise ValidationError(troubles)
    return loaded


def items(value: Any, item: Callable[[Any], Any], once: bool = True) -> list[Any]:
    """Every item of a list read by `item`, with all complaints under their numbers.

    Equal items are refused if `once`; they must be hashable then.
    """
    if not isinstance(value, list):
        refuse("list")
    if not value:
        refuse("empty")
    loaded: list[Any] = []
    seen: set[str] = set()
    troubles: dict[int, Any] = {}
    for number, inner in enumerate(value):
        try:
            read = item(inner)
            if once and read in seen:
                refuse("twice", name=read)
            if once:
                seen.add(read)
            loaded.append(read)
        except ValidationError as error:
            troubles[number] = error.messages
    if troubles:
        raise ValidationError(troubles)
    return loaded
