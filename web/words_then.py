"""Words of the version that was in force then: a case that went to another version tells its past as it was called.

What happened names states, steps and limits of the version of its own event (`Entry.number`); the present one may know
none of them. What no version knows is called by its key: a page never fails for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.library import Library
from engine.published import VersionChanged
from engine.timeline import Entry
from engine.words import Words


def then(library: Library, words: Words, number: int | None) -> Words:
    """The words of version `number` of the same workflow; the present ones where it cannot be had."""
    if number is None or number == words.workflow.number:
        return words
    try:
        return replace(words, workflow=library.workflow(words.workflow.definition.id, number))
    except (KeyError, VersionChanged):
        return words


def before(library: Library, words: Words, entry: Entry) -> Words:
    """The words of the version that a case left with this event; of any other event, of its own version."""
    left = entry.args.get("migrated", {}).get("from", {}).get("number")
    return then(library, words, left or entry.number)


def versions(library: Library, words: Words) -> Iterator[Words]:
    """The words of the present version, then of those before it, the newest first."""
    yield words
    for number in range(words.workflow.number - 1, 0, -1):
        yield then(library, words, number)


def first(library: Library, words: Words, find: Callable[[Words], str | None]) -> str | None:
    """What the newest version says that says something."""
    found = (find(each) for each in versions(library, words))
    return next((each for each in found if each is not None), None)
