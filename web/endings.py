"""Which steps end a time limit: the same for My work, the morning digest and the order of steps on the case page.

Not for whether a step can be taken: that is the engine's to say.
"""

from __future__ import annotations

from typing import Any

from engine.definition.flow import Transition
from engine.workflow import CompiledWay, Workflow

BY_THE_CLOCK = ("minutes", "hours")  # units of the limits that run at night too


def ending(workflow: Workflow, at: str, limit_state: str, key: str) -> list[CompiledWay]:
    """The ways from the state `at` that end the limit `key`: by a step of its own, else by a step that leads on.

    limit_state: the state the limit belongs to, "" for one of the whole case. Whoever could only lead the case off its
    road, into an emergency or a merge, ends nothing.
    """
    definition = workflow.definition
    state = definition.states.get(limit_state)
    declared: Any = (
        (state.deadlines.get(key) or state.repeats.get(key)) if state else definition.deadlines.get(key)
    )
    done_by = {*(getattr(declared, "done_by", ()) or ()), *(getattr(declared, "ends", ()) or ())}
    ways = workflow.ways_from(at)
    own = [way for way in ways if way.transition.trigger in done_by or way.transition.key in done_by]
    return own or [way for way in ways if state and _leads_on(workflow, way.transition)]


def _leads_on(workflow: Workflow, transition: Transition) -> bool:
    to = transition.to
    return to is not None and not transition.aside and not workflow.definition.states[to].exceptional
