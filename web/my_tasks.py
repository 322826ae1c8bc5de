"""What one person can do now, and by when: the same for My work and for the morning digest.

Asks no request who the person is; no name of a child is opened here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from engine import Engine
from engine.listing import Listing
from engine.store.steps import CaseRow
from engine.workflow import Workflow
from web.endings import BY_THE_CLOCK, ending
from web.person import Person

Task = tuple[CaseRow, Any]
MOST = 500


def split(engine: Engine, me: Person, listing: Listing) -> tuple[list[Task], list[Task]]:
    """(what this person can do, what waits for others on cases this person owns)."""
    mine: list[Task] = []
    waiting: list[Task] = []
    for case, row in listing.tasks(me.functions, limit=MOST):
        workflow = engine.library.workflow(case.definition, case.definition_number)
        mine_to = me.functions & _able(workflow, case, row)
        if mine_to and _is_mine(me, case, workflow, mine_to):
            mine.append((case, row))
        elif case.owner == me.id:
            waiting.append((case, row))
    return mine, waiting


def emergencies(engine: Engine, waiting: Sequence[Task]) -> list[Task]:
    """Of what waits for others, the limits told in hours of a state off the usual road, such as the 12 of an emergency."""
    return [
        (case, row)
        for case, row in waiting
        if _is_emergency(engine.library.workflow(case.definition, case.definition_number), row)
    ]


def by_due(engine: Engine, tasks: Sequence[Task], listing: Listing) -> Mapping[str, list[Task]]:
    """Tasks that are late, due today, due within seven days after today, and later."""
    tomorrow = datetime.combine(listing.today + timedelta(days=1), time(), engine.library.zone)
    week = tomorrow + timedelta(days=7)
    found: dict[str, list[Task]] = {"late": [], "today": [], "week": [], "later": []}
    for case, row in tasks:
        found[_when(row.due_at, listing.now, tomorrow, week)].append((case, row))
    return found


def _when(due: datetime, now: datetime, tomorrow: datetime, week: datetime) -> str:
    if due < now:
        return "late"
    if due < tomorrow:
        return "today"
    return "week" if due < week else "later"


def _able(workflow: Workflow, case: CaseRow, row: Any) -> frozenset[str]:
    """The functions that can end this time limit now."""
    ways = ending(workflow, case.state, row.deadline_state, row.key)
    return frozenset(function for way in ways for function in way.transition.by)


def _is_emergency(workflow: Workflow, row: Any) -> bool:
    state = workflow.definition.states.get(row.deadline_state)
    return bool(state and state.exceptional and not state.final and row.rule["unit"] in BY_THE_CLOCK)


def _is_mine(me: Person, case: CaseRow, workflow: Workflow, able: frozenset[str]) -> bool:
    if case.agency:
        return any(each.agency == case.agency for each in me.holdings)
    if workflow.definition.owner in able:
        return case.owner in (me.id, None)
    return True
