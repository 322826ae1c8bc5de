"""The time limits of a case as its events tell them, and where the stored rows say otherwise.

Pure: bodies of events and rows come in. What no event keeps (start, warning, the rule that won, whom it escalates
to) is not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

COMPARED = (
    "key", "scope", "state", "entry", "created_seq", "due_at", "paused_at", "ended_at", "ended_how", "breached_at",
)  # fmt: skip
MISSING, STRAY = "missing", "stray"


@dataclass(slots=True)
class Told:
    """A time limit folded from events; moments as the record writes them. last: seq of the last event that names it."""

    key: str
    scope: str
    state: str
    entry: int
    created_seq: int
    due_at: str
    last: int
    paused_at: str | None = None
    ended_at: str | None = None
    ended_how: str | None = None
    breached_at: str | None = None


class Unlike(NamedTuple):
    """Where a row differs from what was told. what: a column, MISSING or STRAY."""

    key: str
    seq: int
    what: str
    told: Any
    row: Any


def retell(limits: dict[str, Told], body: Mapping[str, Any], entered_seq: int) -> None:
    """Fold one more event into `limits`, by id. entered_seq: of the event by which the case is where it is after it."""
    args, seq = body.get("args", {}), body["seq"]
    for each, (scope, state, key, due) in args.get("limits_made", {}).items():
        entry = seq if scope == "case" else entered_seq
        limits[each] = Told(key, scope, state, entry, seq, due, seq)
    for each, (due, paused) in args.get("limits_moved", {}).items():
        limits[each].due_at, limits[each].paused_at, limits[each].last = due, paused, seq
    for each, how in args.get("limits_ended", {}).items():
        limits[each].ended_at, limits[each].ended_how, limits[each].last = body["at"], how, seq
    for each, state in args.get("limits_placed", {}).items():
        limits[each].state, limits[each].last = state, seq
    for each in args.get("limits_restored", ()):
        limits[each].ended_at = limits[each].ended_how = None
        limits[each].last = seq
    if missed := args.get("breached"):
        limits[missed].breached_at, limits[missed].last = body["at"], seq


def next_due(limits: Iterable[Told]) -> str | None:
    """The earliest due moment of those that run."""
    return min((each.due_at for each in limits if not each.ended_at and not each.paused_at), default=None)


def unlike(limits: Mapping[str, Told], rows: Iterable[Mapping[str, Any]]) -> Iterator[Unlike]:
    """Every difference, in the order told. rows: `id` and the columns COMPARED, moments as the record writes them."""
    stored = {each["id"]: each for each in rows}
    for id, told in limits.items():
        row = stored.pop(id, None)
        if row is None:
            yield Unlike(told.key, told.last, MISSING, told.key, None)
            continue
        for name in COMPARED:
            if row[name] != (expected := getattr(told, name)):
                yield Unlike(told.key, told.last, name, expected, row[name])
    for row in stored.values():
        yield Unlike(str(row["key"]), 0, STRAY, None, row["key"])
