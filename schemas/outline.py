"""What can be seen of a workflow while its author is still typing: the graph and the names, from the file as it stands.

Lenient where the loader is strict: what is wrong, or not written yet, is left out. Judges nothing and raises nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.definition.durations import duration_words, parse_duration
from engine.definition.model import Place
from engine.text import messages
from schemas.yaml_text import Tree

Plain = Mapping[str, Any]
NAMED = (
    "states",
    "stages",
    "fields",
    "forms",
    "transitions",
    "subcases",
    "links",
    "deadlines",
    "decisions",
    "milestones",
)
LONGEST_TITLE = 120  # characters of a label in the picture


def outline(tree: Tree, language: str) -> dict[str, Any]:
    """The graph as plain data, labels in `language` ("vi" or "en"), lines from 1.

    `stages`, `states`, `ways` between them, `tracks`, and the `names` that the file declares.
    """
    sight = _Sight(tree, language)
    return {
        "title": sight.title(tree.plain, ""),
        "stages": [{"key": key, "title": sight.label(each, key)} for key, each in sight.maps("stages")],
        "states": [sight.state(key, each) for key, each in sight.maps("states")],
        "ways": [
            *(sight.way(key, each) for key, each in sight.maps("transitions")),
            *(
                sight.reopening(key, reopen)
                for key, each in sight.maps("states")
                if (reopen := _map(each.get("reopen")))
            ),
        ],
        "tracks": [sight.track(key, each) for key, each in sight.maps("subcases")],
        "names": sight.names(),
    }


class _Sight:
    """One file, seen in one language."""

    def __init__(self, tree: Tree, language: str) -> None:
        self.tree, self.language = tree, language
        self.ends: dict[str, int] = {}
        for path, place in tree.places.items():
            entry = ".".join(path.split(".", 2)[:2])
            self.ends[entry] = max(place.line, self.ends.get(entry, 1))

    def maps(self, section: str) -> Iterator[tuple[str, Plain]]:
        """The entries of a section that are maps."""
        for key, each in _map(self.tree.plain.get(section)).items():
            yield key, _map(each)

    def line(self, path: str) -> int:
        """Where an entry begins."""
        place: Place | None = self.tree.keys.get(path) or self.tree.places.get(path)
        return place.line if place else 1

    def label(self, label: Any, otherwise: str = "") -> str:
        """A label {vi, en} in the reader's language, or in the other one."""
        both = _map(label)
        other = "vi" if self.language == "en" else "en"
        found = both.get(self.language) or both.get(other) or otherwise
        return str(found)[:LONGEST_TITLE]

    def title(self, plain: Plain, otherwise: str) -> str:
        """The label under `title`."""
        return self.label(plain.get("title"), otherwise)

    def state(self, key: str, plain: Plain) -> dict[str, Any]:
        """One box."""
        path = f"states.{key}"
        return {
            "key": key,
            "title": self.title(plain, key),
            "stage": _word(plain.get("stage")),
            **{mark: plain.get(mark) is True for mark in ("initial", "final", "exceptional")},
            "line": self.line(path),
            "end": self.ends.get(path, 1),
            "limits": [
                *(self.limit(each, "within") for each in _map(plain.get("deadlines")).values()),
                *(self.limit(each, "every") for each in _map(plain.get("repeats")).values()),
            ],
        }

    def limit(self, plain: Any, key: str) -> dict[str, str]:
        """A time limit or an interval: what it is for, and how long, the shortest first."""
        found = [words for each in _list(_map(plain).get(key)) for words in self._spans(each)]
        return {"title": self.title(_map(plain), ""), "text": " / ".join(dict.fromkeys(found)), "kind": key}

    def _spans(self, limit: Any) -> Iterator[str]:
        plain = _map(limit)
        values = [value for name, value in plain.items() if name not in ("by", "law")] if plain else [limit]
        for each in values:
            try:
                yield duration_words(parse_duration(str(each)), self.language)
            except ValueError:
                continue

    def way(self, key: str, plain: Plain) -> dict[str, Any]:
        """The arrows of a way; `to` is None where it does not move."""
        path = f"transitions.{key}"
        to = _word(plain.get("to"))
        return {
            "key": key,
            "trigger": _word(plain.get("trigger")) or key,
            "title": self.title(plain, key),
            "from": list(dict.fromkeys(self._sources(plain))),
            "to": None if to == "same" else to,
            "by": _words(plain.get("by")),
            "aside": plain.get("aside") is True,
            "tracks": _words([_map(each).get("open_subcase") for each in _list(plain.get("do"))]),
            "line": self.line(path),
            "end": self.ends.get(path, 1),
        }

    def _sources(self, plain: Plain) -> Iterator[str]:
        for each in _words(plain.get("from")):
            stage = each.removeprefix("stage:")
            if stage != each:
                yield from (key for key, state in self.maps("states") if state.get("stage") == stage)
            else:
                yield each

    def reopening(self, key: str, reopen: Plain) -> dict[str, Any]:
        """The way out of an ended state."""
        line = self.line(f"states.{key}.reopen")
        return {
            "key": f"reopen:{key}",
            "trigger": "reopen",
            "title": self.title(reopen, messages().say(self.language, "word.reopen")),
            "from": [key],
            "to": _word(reopen.get("to")),
            "by": _words(reopen.get("by")),
            "aside": True,
            "tracks": [],
            "line": line,
            "end": line,
        }

    def track(self, key: str, plain: Plain) -> dict[str, Any]:
        """A track that hangs on the ways that open it."""
        return {
            "key": key,
            "title": self.title(plain, key),
            "code": _word(plain.get("code")),
            "definition": _word(plain.get("definition")),
            "line": self.line(f"subcases.{key}"),
        }

    def names(self) -> dict[str, Any]:
        """What the file declares, for completion: {kind: {name: label}}, and the options of its choices."""
        found: dict[str, Any] = {
            section: {key: self.title(each, "") or self.label(each) for key, each in self.maps(section)}
            for section in NAMED
        }
        found["triggers"] = {
            _word(each.get("trigger")) or key: self.title(each, "") for key, each in self.maps("transitions")
        }
        found["types"] = {key: _word(each.get("type")) for key, each in self.maps("fields")}
        found["options"] = {
            key: {name: self.label(option) for name, option in _map(each.get("options")).items()}
            for key, each in self.maps("fields")
            if each.get("options")
        }
        found["lists"] = {
            key: _word(each.get("list")) for key, each in self.maps("fields") if each.get("list")
        }
        return found


def _map(value: Any) -> Plain:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _words(value: Any) -> list[str]:
    return [each for each in map(_word, _list(value)) if each]


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
