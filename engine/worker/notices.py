"""Who is told of what, and the notice as a row: codes and ids only, its words are made on the screen.

Nobody is told of a case they could not open. One notice for each matter and person, however often it is told:
its id is made of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from engine.library import Library
from engine.store import people, queue
from engine.store.cases import find_case
from engine.store.queue import Limit
from engine.store.steps import CaseRow
from engine.values import moment

NOTICES = UUID("6b1d1f0e-5a0c-5d3b-9a57-0c6c3f0c9f11")
URGENT = frozenset(("breach", "escalation", "notify"))  # also mailed at once to whoever wants that


class Audience:
    """Who concerns themselves with one case today (in the installation's zone)."""

    def __init__(self, connection: Any, library: Library, case: CaseRow, today: date) -> None:
        self._connection, self._library, self._case, self._today = connection, library, case, today
        self._definition = library.workflow(case.definition, case.definition_number).definition

    def owner(self) -> tuple[str, ...]:
        """The owner while in office; else those from whose midst the case will be taken on."""
        case = self._case
        if case.owner and people.holdings(self._connection, case.owner, self._today):
            return (case.owner,)
        if case.agency is None:
            return self.holders(self._definition.owner)
        parent = find_case(self._connection, case.parent or "")
        assert parent is not None
        above = self._library.workflow(parent.definition, parent.definition_number).definition
        holder = above.subcases[case.subcase_key or ""].holder
        return tuple(queue.people_of(self._connection, case.agency, holder, self._today))

    def holders(self, function: str) -> tuple[str, ...]:
        """Who holds `function` today for the area of the case (of a track: of its root), or in its serving agency."""
        case, found = self._case, set[str]()
        if case.agency:
            found.update(queue.people_of(self._connection, case.agency, function, self._today))
        if function in self._definition.access:
            root = case if case.id == case.root else find_case(self._connection, case.root)
            assert root is not None
            found.update(
                each.id for each in people.holders(self._connection, function, root.area, self._today)
            )
        return tuple(sorted(found))

    def offered(self, function: str) -> tuple[str, ...]:
        """Who holds `function` today for the area that the case is offered to."""
        area = self._case.offered
        found = people.holders(self._connection, function, area, self._today) if area else ()
        return tuple(sorted({each.id for each in found}))


def of_limit(kind: str, limit: Limit, people: Iterable[str], now: datetime) -> Sequence[Mapping[str, Any]]:
    """Notices about a time limit (warning, breach, escalation): one for each due moment it had."""
    params = {
        "deadline": limit.id, "key": limit.key, "scope": limit.scope, "state": limit.state, "due": moment(limit.due_at),
    }  # fmt: skip
    return of_case(kind, (limit.id, moment(limit.due_at)), limit.root, limit.case_id, params, people, now)


def of_case(
    kind: str,
    about: Iterable[str],
    root: str,
    case: str,
    params: Mapping[str, Any],
    people: Iterable[str],
    now: datetime,
) -> Sequence[Mapping[str, Any]]:
    """Notices to `people`. about: what tells this matter from every other of its kind."""
    matter = "|".join((kind, *about))
    return [
        {
            "id": str(uuid5(NOTICES, f"{matter}|{actor}")), "actor": actor, "root": root, "case_id": case,
            "kind": kind, "params": params, "at": now, "read_at": None,
        }
        for actor in people
    ]  # fmt: skip


def of_failed_mail(today: date, administrators: Iterable[str], now: datetime) -> Sequence[Mapping[str, Any]]:
    """That mail was given up: one notice a day for each administrator, of no case."""
    return of_case("mail_failed", (today.isoformat(),), "", "", {}, administrators, now)
