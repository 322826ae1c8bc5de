"""What a case held before a step asked its fields anew (`clear`): where the record keeps it. Pure; reading.py opens it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.timeline import Entry
from engine.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Cleared:
    """What one step cleared. open: the stored values by field. sealed: by field the event that holds the value."""

    entry: Entry
    open: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The values that `entry` cleared, typed, as far as they may be read."""

    entry: Entry
    values: Mapping[str, Any]


def cleared(workflow: Workflow, story: Iterable[Entry]) -> Iterator[Cleared]:
    """Each step of the story that cleared something, oldest first."""
    open_values: dict[str, Any] = {}
    sealed: dict[str, int] = {}
    for entry in story:
        values = entry.args.get("values", {})
        emptied = {*entry.args.get("emptied", ()), *(name for name in values if values[name] is None)}
        gone = emptied & _clears(workflow, entry)
        if gone & {*open_values, *sealed}:
            yield Cleared(
                entry,
                {name: value for name, value in open_values.items() if name in gone},
                {name: seq for name, seq in sealed.items() if name in gone},
            )
        for name in emptied:
            open_values.pop(name, None)
            sealed.pop(name, None)
        open_values |= {name: value for name, value in values.items() if value is not None}
        for name, row in entry.args.get("append", {}).items():
            open_values[name] = [*open_values.get(name, []), row]
        sealed |= dict.fromkeys(entry.sealed, entry.seq)


def _clears(workflow: Workflow, entry: Entry) -> set[str]:
    way = workflow.ways.get(entry.transition)
    effects = way.transition.do if way else ()
    return {name for each in effects if each.name == "clear" for name in each.arguments["fields"]}
