"""From the complaints of the schemas to findings that point at a line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from marshmallow.exceptions import SCHEMA

from engine.definition.desk import MOST
from engine.definition.findings import Finding, Severity
from engine.definition.places import nearest_place
from engine.definition.suggest import nearest
from schemas.parts import Trouble
from schemas.yaml_text import Tree


def findings_of(messages: Any, tree: Tree) -> tuple[Finding, ...]:
    """The findings for marshmallow's nested `messages` about `tree`: the first `MOST`, in no order."""
    return tuple(_finding(trouble, path, tree) for path, trouble in islice(_flat(messages, ""), MOST))


def _flat(messages: Any, path: str) -> Iterator[tuple[str, Trouble]]:
    if isinstance(messages, Trouble):
        yield path, messages
    elif isinstance(messages, dict):
        for key, inner in messages.items():
            below = f"{path}.{key}".removeprefix(".")
            for where, trouble in _flat(inner, below):
                # marshmallow's name for the whole, unless an author wrote a key of that name
                of_the_whole = key == SCHEMA and where == below and trouble.code != "WF104"
                yield path if of_the_whole else where, trouble
    else:
        for inner in messages:
            yield from _flat(inner, path)


def _finding(trouble: Trouble, path: str, tree: Tree) -> Finding:
    if trouble.code != "WF104":
        place = nearest_place(tree.places, path)
        return Finding(trouble.code, Severity.ERROR, path, place, trouble.params, variant=trouble.variant)
    parent, _, name = path.rpartition(".")
    suggestion = nearest(name, trouble.params["allowed"])
    params = {**trouble.params, "name": name[:60], "where": parent, "suggestion": suggestion}
    place = tree.keys.get(path) or nearest_place(tree.places, path)
    return Finding("WF104", Severity.ERROR, path, place, params, variant="" if parent else "top")
