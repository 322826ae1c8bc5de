"""What a notice says, for the inbox and for mail: of a time limit, of a track, or a step's own sentence.

Asks no request for anything; codes and ids come in, a sentence without any name goes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definition.text import Text
from engine.library import Library
from engine.words import Words
from web.case_model import limit_title
from web.texts import catalogue
from web.words_then import first, then


def notice_title(library: Library, words: Words, kind: str, params: Mapping[str, Any]) -> str:
    """The sentence of a notice about a case, in the language of `words`, which are those of the version it follows now."""
    if kind == "notify":
        told = then(library, words, params["number"]) if "number" in params else words
        return _said(told, params) or catalogue().say(words.language, "notice.notify.other")

    def known(told: Words) -> str | None:
        if kind == "returned":
            found = told.workflow.definition.subcases.get(params["subcase"])
            return found.title.get(words.language) if found else None
        title = limit_title(told, params["scope"], params["state"], params["key"])
        return title if title != params["key"] else None

    title = first(library, words, known) or params.get("key") or params["subcase"]
    return catalogue().say(words.language, f"notice.{kind}", title=title)


def _said(words: Words, params: Mapping[str, Any]) -> str:
    """The step's own sentence; "" if this version has none there."""
    way = words.workflow.ways.get(params["transition"])
    effects = way.transition.do[params["effect"] :] if way else ()
    said: Text | None = effects[0].arguments.get("say") if effects else None
    return " ".join(said.get(words.language).split()) if said else ""
