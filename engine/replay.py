"""A case is the fold of its own events; this folds them again and compares with the row. Needs no key.

Private values are compared by their pointers (event and hash of the ciphertext), so it holds after erasure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.change import MILESTONES
from engine.deadlines.retold import Told, next_due, retell, unlike
from engine.links import LINKS, linked
from engine.store.steps import CaseRow
from engine.values import moment

MOMENTS = ("opened_at", "entered_at", "closed_at", "next_due")


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the row differs from the fold of the events. limit: key of the time limit whose row it is; then `code` may
    also be "missing" or "stray", and `seq` is the last step that names it.
    """

    code: str
    case: str
    folded: Any
    row: Any
    limit: str = ""
    seq: int = 0


@dataclass(slots=True)
class Folded:
    """A case rebuilt from its events: the columns of its row, and its time limits by id."""

    version: int = 0
    head: bytes = b""
    definition: str = ""
    definition_number: int = 0
    reference: str = ""
    area: str = ""
    offered: str | None = None
    agency: str | None = None
    parent: str | None = None
    subcase_key: str | None = None
    state: str = ""
    came_from: str | None = None
    cycle: int = 1
    owner: str | None = None
    stage: str = ""
    closed_at: str | None = None
    next_due: str | None = None
    opened_at: str = ""
    entered_at: str = ""
    entered_seq: int = 0
    data: dict[str, Any] = field(default_factory=dict)
    sealed: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Told] = field(default_factory=dict)


COLUMNS = tuple(name for name in Folded.__dataclass_fields__ if name != "limits")


def fold(events: Iterable[tuple[bytes | Mapping[str, Any], bytes]]) -> Folded:
    """Fold (body, leaf) of a case's events, oldest first; a body as its bytes, or read already."""
    case = Folded()
    for raw, leaf in events:
        body = json.loads(raw) if isinstance(raw, bytes) else raw
        args = body.get("args", {})
        case.version, case.head = body["seq"], leaf
        if opened := args.get("opened"):
            _open(case, body, opened)
        elif args.get("moved"):
            case.came_from, case.entered_at, case.entered_seq = body["from"], body["at"], body["seq"]
        case.state, case.cycle = body["to"], body["cycle"]
        if migrated := args.get("migrated"):
            case.definition_number, case.came_from = body["wf_ver"], migrated["came_from"]
        case.area = args.get("area") or case.area
        case.owner = (args.get("owner") or None) if args.get("area") else args.get("owner") or case.owner
        case.offered = None if args.get("offer_ended") else args.get("offer") or case.offered
        case.stage = args.get("stage", case.stage)
        if args.get("closed") or args.get("reopened"):
            case.closed_at = body["at"] if args.get("closed") else None
        _values(case, body["seq"], args, body.get("sealed", {}))
        retell(case.limits, body, case.entered_seq)
    case.next_due = next_due(case.limits.values())
    return case


def differences(
    row: CaseRow,
    limits: Iterable[Mapping[str, Any]],
    events: Iterable[tuple[bytes | Mapping[str, Any], bytes]],
) -> tuple[Difference, ...]:
    """Every column of the row, and of the rows of its time limits, that is not what the events say (as `fold` takes them)."""
    case = fold(events)
    expected: Mapping[str, Any] = {name: getattr(case, name) for name in COLUMNS}
    found = {name: getattr(row, name) for name in expected}
    found |= {name: found[name] and moment(found[name]) for name in MOMENTS}
    found |= {"data": dict(row.data), "sealed": {key: list(value) for key, value in row.sealed.items()}}
    of_row = (
        Difference(name, row.id, expected[name], found[name])
        for name in expected
        if expected[name] != found[name]
    )
    of_limits = (
        Difference(each.what, row.id, each.told, each.row, limit=each.key, seq=each.seq)
        for each in unlike(case.limits, limits)
    )
    return (*of_row, *of_limits)


def _open(case: Folded, body: Mapping[str, Any], opened: Mapping[str, Any]) -> None:
    case.definition, case.definition_number = body["wf"], body["wf_ver"]
    case.reference, case.area, case.agency = opened["reference"], opened["area"], opened["agency"]
    case.parent, case.subcase_key = opened["parent"], opened["subcase"]
    case.opened_at = case.entered_at = body["at"]
    case.entered_seq = body["seq"]


def _values(case: Folded, seq: int, args: Mapping[str, Any], sealed: Mapping[str, str]) -> None:
    for name, value in args.get("values", {}).items():
        case.data[name] = value
        if value is None:
            del case.data[name]
    for name, row in args.get("append", {}).items():
        case.data[name] = [*case.data.get(name, []), row]
    for name in args.get("emptied", ()):
        case.sealed.pop(name, None)
    for name, digest in sealed.items():
        if not name.startswith("@"):
            case.sealed[name] = [seq, digest]
    if args.get("links") or args.get("unlinks"):
        case.data[LINKS] = linked(case.data.get(LINKS, ()), args.get("links", ()), args.get("unlinks", ()))
    if reached := args.get("milestones"):
        case.data[MILESTONES] = {**case.data.get(MILESTONES, {}), **reached}
