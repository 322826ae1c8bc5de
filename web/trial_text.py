"""A case that was played, written as a stored test: what a person copies into the workflow's file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from engine.text import LANGUAGES
from web.texts import catalogue
from web.trial_play import KEY, Play

_BARE = re.compile(r"[a-z][a-z0-9_]*|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = ("true", "false", "null")


def snippet(play: Play, open_ways: Iterable[str]) -> str:
    """The case so far as a stored test, to be put under `tests:` of the definition."""
    plain = play.plain
    titles = ", ".join(
        f"{lang}: {json.dumps(catalogue().say(lang, 'simulate.test_title'), ensure_ascii=False)}"
        for lang in LANGUAGES
    )
    lines = [f"  {KEY}:", f"    title: {{{titles}}}"]
    lines += [f"    {name}: {_yaml(plain[name])}" for name in ("at", "on") if name in plain]
    lines += [f"    {name}: {_yaml(plain[name])}" for name in ("given", "tracks") if name in plain]
    if "steps" in plain:
        lines += ["    steps:", *(f"      - {_yaml(each)}" for each in plain["steps"])]
    expect: dict[str, Any] = {"state": play.trial.state} if play.trial.state else {}
    expect |= {"open": list(open_ways)} if open_ways else {}
    return "\n".join(["tests:", *lines, f"    expect: {_yaml(expect)}"]) + "\n"


def _yaml(value: Any) -> str:
    """Plain data as YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_yaml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    if isinstance(value, str) and _BARE.fullmatch(value) and value not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
