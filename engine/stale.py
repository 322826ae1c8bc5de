"""Is a form that was opened some events ago still about the same case? (semantics.md §1)

Stale only if a later event moved the state, changed a field of this form, or was made by a person.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from engine.commands import SYSTEM


def is_stale(later: Iterable[tuple[str, bytes]], asked: frozenset[str]) -> bool:
    """later: (actor, body) of the events after the version the form was made from."""
    for actor, raw in later:
        body = json.loads(raw)
        args = body.get("args", {})
        touched = {
            *args.get("values", ()),
            *args.get("append", ()),
            *args.get("emptied", ()),
            *body.get("sealed", ()),
        }
        if actor != SYSTEM or body["from"] != body["to"] or touched & asked:
            return True
    return False
