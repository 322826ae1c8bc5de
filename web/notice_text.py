"""What a notice says, for the inbox and for mail: of a time limit, of a track, or a step's own sentence.

Asks no request for anything; codes and ids come in, a sentence without any name goes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definition.text import Text
from engine.words import Words
from web.case_model import limit_title
from web.texts import catalogue


def notice_title(words: Words, kind: str, params: Mapping[str, Any]) -> str:
    """The sentence of a notice about a case, in the language of `words`."""
    definition = words.workflow.definition
    if kind == "notify":
        effect = words.workflow.ways[params["transition"]].transition.do[params["effect"]]
        said: Text = effect.arguments["say"]
        return " ".join(said.get(words.language).split())
    if kind == "returned":
        title = definition.subcases[params["subcase"]].title.get(words.language)
    else:
        title = limit_title(words, params["scope"], params["state"], params["key"])
    return catalogue().say(words.language, f"notice.{kind}", title=title)
