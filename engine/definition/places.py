"""Where something stands in the author's file, found by its dotted path."""

from __future__ import annotations

from collections.abc import Mapping

from engine.definition.model import Place


def nearest_place(places: Mapping[str, Place], path: str) -> Place | None:
    """The place of `path` ("transitions.close.when.0.need"), or of the nearest parent that has one."""
    while path and path not in places:
        path = path.rpartition(".")[0]
    return places.get(path)
