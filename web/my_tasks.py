"""What one person can do now, and by when: the same for My work and for the morning digest.

Asks no request who the person is; no name of a child is opened here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from engine import Engine
from engine.definition.flow import Transition
from engine.listing import Listing
from engine.store.steps import CaseRow
from engine.workflow import Workflow
from web.person import Person

Task = tuple[CaseRow, Any]
MOST = 500


def split(engine: Engine, me: Person, listing: Listing) -> tuple[list[Task], list[Task]]:
    """(what this person can do, what waits for others on cases this person owns)."""
    mine: list[Task] = []
    waiting: list[Task] = []
    for case, row in listing.tasks(me.functions, limit=MOST):
        workflow = engine.library.workflow(case.definition, case.definition_number)
        able = me.functions & _able(workflow, case, row)
        if able and _is_mine(me, case, workflow, able):
            mine.append((case, row))
        elif case.owner == me.id:
            waiting.append((case, row))
    return mine, waiting


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
    """The functions that can end this time limit now: by a step of `done_by`, else by a way on from its state.

    Whoever could only lead the case off its road, into an emergency or a merge, has nothing to do here.
    """
    definition = workflow.definition
    state = definition.states.get(row.deadline_state)
    declared: Any = (
        (state.deadlines.get(row.key) or state.repeats.get(row.key))
        if state
        else definition.deadlines.get(row.key)
    )
    done_by = set(getattr(declared, "done_by", ()) or ()) | set(getattr(declared, "ends", ()) or ())
    ways = workflow.ways_from(case.state)
    ending = [way for way in ways if way.transition.trigger in done_by or way.transition.key in done_by]
    moving = [way for way in ways if state and _leads_on(workflow, way.transition)]
    return frozenset(function for way in (ending or moving) for function in way.transition.by)


def _leads_on(workflow: Workflow, transition: Transition) -> bool:
    to = transition.to
    return to is not None and not transition.aside and not workflow.definition.states[to].exceptional


def _is_mine(me: Person, case: CaseRow, workflow: Workflow, able: frozenset[str]) -> bool:
    if case.agency:
        return any(each.agency == case.agency for each in me.holdings)
    if workflow.definition.owner in able:
        return case.owner in (me.id, None)
    return True
