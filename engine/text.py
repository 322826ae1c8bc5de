"""Sentences for codes: the catalogues of messages/ in Vietnamese and English, looked up by key.

Screens have catalogues of their own on the same class. No text a person reads stands in code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("vi", "en")


class Catalogue:
    """Keys to sentences with named `{places}`; every `*.<language>.toml` or `<language>.toml` of a folder."""

    def __init__(self, package: str, folder: str) -> None:
        self.sentences: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
        for entry in sorted(files(package).joinpath(folder).iterdir(), key=lambda each: each.name):
            name, _, ending = entry.name.rpartition(".")
            language = name.rpartition(".")[2]
            if ending == "toml" and language in LANGUAGES:
                self.sentences[language].update(_flat(tomllib.loads(entry.read_text("utf-8"))))

    def say(self, language: str, key: str, /, **params: Any) -> str:
        """The sentence for `key` in `language`; KeyError for a key that is not there."""
        return self.sentences[language][key].format_map(params)

    def has(self, key: str) -> bool:
        """Is there such a sentence?"""
        return key in self.sentences["vi"]


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = value
    return flat


@cache
def messages() -> Catalogue:
    """The engine's own sentences."""
    return Catalogue("engine", "messages")
