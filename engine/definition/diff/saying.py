"""A change in words: what it is about and what became of it, from engine/messages/change.*.toml."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from engine.definition.diff.change import Change, Function
from engine.definition.diff.flow import Effected
from engine.definition.durations import duration_words
from engine.definition.flow import Duration
from engine.definition.model import FieldType
from engine.definition.report import SHOWN
from engine.definition.text import Text
from engine.text import messages


def say(change: Change, language: str, functions: Callable[[str], str] = str) -> str:
    """The sentence of a change in `language` ("vi" or "en"). functions: the title of a function by its id."""
    speaker = _Speaker(language, functions)
    about = change.subject
    owner = speaker.word(about.owner)
    name = functions(about.name.vi) if about.noun == "access" else speaker.word(about.name)
    noun = f"{about.noun}_of" if owner and messages().has(f"change.about.{about.noun}_of") else about.noun
    subject = speaker.say(f"about.{noun}", name=name, owner=owner)
    params = {key: speaker.word(value) for key, value in change.params.items() if key != "durations"}
    if "durations" in change.params:
        params["durations"] = speaker.durations(change.params["durations"])
    return speaker.say("sentence", subject=subject, change=speaker.say(change.how, **params))


class _Speaker:
    def __init__(self, language: str, functions: Callable[[str], str]) -> None:
        self._language, self._functions = language, functions

    def say(self, key: str, **params: Any) -> str:
        return messages().say(self._language, f"change.{key}", **params)

    def word(self, value: Any) -> str:
        """One value as it stands in a sentence."""
        match value:
            case None:
                return self.say("nothing")
            case Text():
                return self.say("all") if value.vi == "*" else value.get(self._language)
            case Function():
                return self._functions(value)
            case Effected():
                return self.say(f"effect.{value}")
            case FieldType():
                return self.say(f"type.{value.value}")
            case Duration():
                return duration_words(value, self._language)
            case tuple():
                shown = "; ".join(self.word(each) for each in value[:SHOWN])
                return (f"{shown}; …" if len(value) > SHOWN else shown) or self.say("nothing")
            case date():
                return value.strftime("%d/%m/%Y")
            case Decimal():
                text = f"{value.normalize():f}"
                return text.replace(".", ",") if self._language == "vi" else text
            case "today" | "now" | "entry" | "case" | "child" | "guardian" | "reporter":
                return self.say(f"word.{value}")
        return str(value) or self.say("nothing")

    def durations(self, told: tuple[Any, ...]) -> str:
        """Each duration that changed, with the value of the field it goes by."""
        said = []
        for field, option, old, new in told:
            key = "duration.by" if field else "duration.all"
            limit = [self.say("duration.none") if each is None else self.word(each) for each in (old, new)]
            said.append(
                self.say(key, field=self.word(field), option=self.word(option), old=limit[0], new=limit[1])
            )
        return "; ".join(said)
